"""Figures of speed, printed: `pytest -m slow -s tests/test_speed.py`, with nothing else running."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import cornu
from cornu import layers

pytestmark = pytest.mark.slow


def network():
    model = cornu.Sequential([cornu.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10)])
    model.compile("adam", cornu.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def least(work, times=7):
    """Give the least time that `work` takes, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def test_a_step_of_fit():
    """Compare steps of `fit`, in which the engine runs alone, with steps of `train_on_batch` and with callbacks."""
    x = np.random.default_rng(0).random((3200, 784), "float32")
    y = np.random.default_rng(0).integers(0, 10, 3200)
    model = network()

    class Nothing(cornu.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

    def step(**options):
        def run(epochs):
            model.fit(x, y, batch_size=32, epochs=epochs, verbose=0, shuffle=False, **options)

        run(1)
        # The difference leaves out what each call of fit costs once.
        return (least(lambda: run(11), 3) - least(lambda: run(1), 3)) / 1000

    alone, called = step(), step(callbacks=[Nothing()])
    batch = x[:32], y[:32]
    single = least(lambda: [model.train_on_batch(*batch) for _ in range(200)]) / 200
    print(f"\na step of fit, 784-128-10, batches of 32: {alone * 1e6:.1f} us; with a callback of Python's "
          f"{called * 1e6:.1f} us; train_on_batch {single * 1e6:.1f} us")  # fmt: skip
    assert called - alone < 50e-6 and single - alone < 100e-6


@pytest.mark.parametrize(("workload", "sizes", "batch", "epochs"), [("W1", (784, 10, 10, 10, 10), 128, 60),
                                                                    ("W2", (8, 10, 8, 1), 32, 900)])  # fmt: skip
def test_fit_beside_rust(workload, sizes, batch, epochs):
    """Compare steps of `fit` with those of the benchmarks' worker in Rust, in turn, on one thread.

    `CORNU_WORKER` names it: `cargo build --release -p cornu-bench` of the profile that made the extension.
    """
    program = os.environ.get("CORNU_WORKER")
    if program is None:
        pytest.skip("CORNU_WORKER names no worker")
    cornu.set_threads(1)
    classes = sizes[-1]
    hidden = [layers.Dense(units, activation="relu") for units in sizes[1:-1]]
    last = layers.Dense(classes, activation="softmax" if classes > 1 else "sigmoid")
    model = cornu.Sequential([cornu.Input(sizes[:1]), *hidden, last])
    model.compile("adam", "sparse_categorical_crossentropy" if classes > 1 else "binary_crossentropy")
    random, rows = np.random.default_rng(0), 32 * batch
    x, y = random.random((rows, sizes[0]), "float32"), random.integers(0, max(classes, 2), rows).astype("float32")

    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:

        def ask(request):
            worker.stdin.write(f"{request}\n")
            worker.stdin.flush()
            return json.loads(worker.stdout.readline())

        def fit(epochs):
            model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)

        ask(f"prepare {workload} 1")
        ask("run 400")
        fit(2)
        pairs = [(ask(f"run {32 * epochs}")["seconds"], least(lambda: fit(epochs), 1)) for _ in range(31)]
        ask("predict 1 20000")
        rust = min(ask("predict 1 20000")["seconds"] for _ in range(3)) / 20000
        worker.stdin.write("quit\n")
    model.predict_on_batch(x[:1])
    row = least(lambda: [model.predict_on_batch(x[:1]) for _ in range(20000)], 3) / 20000
    ratio = statistics.median(python / alone for alone, python in pairs)
    print(f"\n{workload}: a step of fit takes {ratio:.3f} times that of Rust (median of {len(pairs)} pairs); "
          f"one row of predict_on_batch {row * 1e6:.2f} us, in Rust {rust * 1e6:.2f} us")  # fmt: skip
    # Two per cent is wanted; what one run says of it is uncertain by several.
    assert ratio < 1.1 and row - rust < 10e-6


def test_a_row():
    model = cornu.Sequential([cornu.Input((4,)), layers.Dense(1)])
    x = np.ones((1, 4), "float32")
    model.predict_on_batch(x)

    def each(work, count=5000):
        return least(lambda: [work() for _ in range(count)]) / count

    # Its run is a product of four numbers: nearly all of the time is that of the call.
    whole, engine = each(lambda: model.predict_on_batch(x)), each(lambda: model._core.predict_on_batch(x))
    predict = each(lambda: model.predict(x, verbose=0), 1000)
    print(f"\none row: predict_on_batch {whole * 1e6:.2f} us, of it in the extension {engine * 1e6:.2f} us; "
          f"predict {predict * 1e6:.2f} us")  # fmt: skip
    assert whole < 10e-6


def test_import():
    def seconds(code):
        def run():
            subprocess.run([sys.executable, "-c", code], check=True)

        run()
        return statistics.median(least(run, 1) for _ in range(7))

    nothing, numpy = seconds("pass"), seconds("import numpy")
    whole = seconds("import cornu; cornu.Sequential, cornu.layers.Dense")
    bare = seconds("import cornu")
    print(f"\nimport: bare {(bare - nothing) * 1e3:.0f} ms; NumPy {(numpy - nothing) * 1e3:.0f} ms; models and layers "
          f"{(whole - numpy) * 1e3:.0f} ms beyond it; "
          f"Python alone {nothing * 1e3:.0f} ms")  # fmt: skip
    assert whole - numpy < 0.1


def test_size():
    folder = Path(cornu.__file__).parent
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    extension = sum(size for name, size in sizes.items() if name.startswith("_core"))
    print(f"\nthe extension {extension / 2**20:.1f} MiB, all else {(sum(sizes.values()) - extension) / 2**20:.2f} MiB")
    wheels = os.environ.get("CORNU_WHEELS")
    for wheel in Path(wheels).glob("*.whl") if wheels else ():
        print(f"{wheel.name}: {wheel.stat().st_size / 2**20:.1f} MiB")
