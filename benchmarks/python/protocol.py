"""The line protocol between `cargo xtask bench` and a peer, and the data they share.

Each request is one line on stdin, each answer one line of JSON on stdout. A peer gives `serve` a
class whose instances are one workload, prepared, by its name and perhaps the path of weights to
load. It has `parameters()`, `run(steps)` (which gives the loss of the last step or epoch),
`predict(rows, calls)` and `save(path)`.
"""

import json
import os
import sys
import time

import numpy as np

# Name -> (name of the data, shape of a row of x, shape of a row of y, batch).
# The files are written by `cargo xtask bench`, which says the same in `data.rs`.
DATA = {
    "W1": ("images", (784,), (), 128),
    "W2": ("rows", (8,), (1,), 32),
    "W3": ("images", (784,), (), 128),
    "W4": ("images", (28, 28, 1), (), 128),
    "W5": ("words", (100,), (1,), 32),
    "W6": ("text", (64,), (64,), 12),
    "W7": ("images", (28, 28, 1), (), 128),
    "W8": ("pictures", (32, 32, 3), (), 64),
}

# How many rows a peer predicts at a time where it is asked for many.
PREDICT_BATCH = 250

# Characters and words are integers; all else is float32.
INTEGERS = {"words", "text"}


class Unsupported(Exception):
    """What this peer has no means to express, with the reason."""


def threads():
    """How many threads the peer may use."""
    return int(os.environ["BENCH_THREADS"])


def read(workload):
    """x, y and the batch size of a workload."""
    name, x_shape, y_shape, batch = DATA[workload]
    folder = os.environ["BENCH_DATA"]
    x_type = np.int32 if name in INTEGERS else np.float32
    # The labels of two classes are compared with probabilities, all others are classes.
    y_type = np.float32 if y_shape == (1,) else np.int32
    x = np.fromfile(os.path.join(folder, f"{name}.x"), x_type).reshape(-1, *x_shape)
    y = np.fromfile(os.path.join(folder, f"{name}.y"), y_type).reshape(-1, *y_shape)
    return x, y, batch


def indices(n_rows, batch, steps, generator):
    """The rows of each of `steps` batches, shuffled anew each epoch."""
    per_epoch = n_rows // batch
    while steps > 0:
        order = generator.permutation(n_rows).astype(np.int32)
        for step in range(min(per_epoch, steps)):
            yield order[step * batch : (step + 1) * batch]
        steps -= per_epoch


def peak_bytes():
    """The most memory that the process ever held."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return 0


def serve(make, version):
    """Answers requests until `quit`."""
    # What libraries print belongs on stderr: stdout is the protocol's.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    subject = None

    def answer(request):
        nonlocal subject
        # `prepare W1 1` and `load W1 1 path`; the threads were told by the environment already.
        if request[0] in ("prepare", "load"):
            subject = make(request[1], *request[3:])
            return {"ok": True, "parameters": int(subject.parameters())}
        if request[0] == "version":
            return {"version": version}
        if request[0] == "run":
            start = time.perf_counter()
            loss = subject.run(int(request[1]))
            return {"seconds": time.perf_counter() - start, "loss": float(loss)}
        if request[0] == "predict":
            start = time.perf_counter()
            subject.predict(int(request[1]), int(request[2]))
            return {"seconds": time.perf_counter() - start}
        if request[0] == "save":
            subject.save(request[1])
            return {"ok": True}
        if request[0] == "memory":
            return {"peak_bytes": peak_bytes()}
        return {"error": f"unknown request {request[0]}"}

    for line in sys.stdin:
        request = line.split()
        if request == ["quit"]:
            return
        try:
            reply = answer(request)
        except Unsupported as reason:
            reply = {"unsupported": str(reason)}
        except Exception as error:  # Told to xtask, which names the peer and the request.
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers)
