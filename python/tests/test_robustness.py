"""Wrong arguments, odd arrays, long runs, interruptions and threads: an exception at worst, and a clear one."""

import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import cornu
from cornu import layers, ops

N_CALLS = int(os.environ.get("CORNU_ROBUSTNESS_CALLS", "5000"))
RIGHT = (TypeError, ValueError, RuntimeError, IndexError, OverflowError, MemoryError)


def network():
    model = cornu.Sequential([cornu.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


class Names:
    """What knows nothing of numbers."""


class Liar:
    """What says that it is an array, and is none."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("there is nothing here")


def odd_values(draw: np.random.Generator) -> list:
    """Give makers of arguments, right and wrong."""
    n, m = int(draw.integers(1, 6)), int(draw.integers(1, 6))
    good = draw.normal(size=(n, 4)).astype("float32")
    read_only = good.copy()
    read_only.setflags(write=False)
    unaligned = np.frombuffer(b"\0" * (16 * n + 1), np.uint8)[1:].view(np.float32).reshape(n, 4)
    itself: list = []
    itself.append(itself)
    deep: object = 1.0
    for _ in range(40):
        deep = [deep]
    return [
        lambda: good,
        lambda: good,
        lambda: good.astype("float64"),
        lambda: good.astype("float16"),
        lambda: good.astype("longdouble"),
        lambda: good.astype(draw.choice(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"])),
        lambda: good > 0,
        lambda: good.astype("complex64"),
        lambda: good.astype(">f4"),
        lambda: good.astype(">i8"),
        lambda: good.astype(object),
        lambda: good.astype(str),
        lambda: good.astype("S8"),
        lambda: good.astype("datetime64[s]"),
        lambda: np.zeros(n, [("a", "f4"), ("b", "i8")]),
        lambda: np.asfortranarray(good),
        lambda: draw.normal(size=(4, n)).astype("float32").T,
        lambda: good[::-1],
        lambda: good[:, ::-1],
        lambda: np.repeat(good, 2, 1)[:, ::2],
        lambda: read_only,
        lambda: unaligned,
        lambda: np.broadcast_to(np.float32(1), (n, 4)),
        lambda: np.broadcast_to(np.float32(1), (2**20, 2**20)),
        lambda: np.broadcast_to(np.float32(1), (2**40, 4, 2**10)),
        lambda: np.zeros((0, 4), "float32"),
        lambda: np.zeros((n, 0), "float32"),
        lambda: np.zeros((0,), "float32"),
        lambda: np.zeros((n, m), "float32"),
        lambda: np.zeros((n, 4, m), "float32"),
        lambda: np.zeros((1,) * int(draw.integers(1, 40)), "float32"),
        lambda: np.float32(3),
        lambda: np.array(3.0),
        lambda: 3,
        lambda: 2**80,
        lambda: -(2**63),
        lambda: float("nan"),
        lambda: np.full((n, 4), np.nan, "float32"),
        lambda: np.full((n, 4), np.inf),
        lambda: "words",
        lambda: b"bytes",
        lambda: None,
        lambda: [],
        lambda: (),
        lambda: {},
        lambda: [None],
        lambda: [[1.0, 2.0], [3.0]],
        lambda: good.tolist(),
        lambda: [good, good],
        lambda: (good, good),
        lambda: {"a": good},
        lambda: {1: good},
        lambda: [good, [good, "x"]],
        lambda: itself,
        lambda: deep,
        lambda: {1, 2},
        lambda: iter([good]),
        lambda: iter([(good, good[:, :1])]),
        lambda: iter([]),
        lambda: (row for row in [None]),
        lambda: range(4),
        lambda: slice(1, 2),
        lambda: ...,
        lambda: Names(),
        lambda: Names,
        lambda: Liar(),
        lambda: len,
        lambda: cornu.Input((4,)),
        lambda: np.ma.masked_array(good, good > 0),
        lambda: np.array(["a", None], object),
        lambda: np.array([good, good[:1]] if n > 1 else [1, "x"], object),
        lambda: memoryview(good),
        lambda: bytearray(16),
        lambda: draw.normal(size=(n, 1)).astype("float32"),
        lambda: draw.normal(size=n),
        lambda: draw.integers(0, 3, n),
    ]


def calls(model, layer, draw: np.random.Generator) -> dict:
    """Give what is called, by name."""

    def value():
        makers = odd_values(draw)
        return makers[draw.integers(len(makers))]()

    def option(*right):
        return right[draw.integers(len(right))] if draw.random() < 0.9 else value()

    def small():
        found = value()
        return np.zeros((2, 3), "float32") if getattr(found, "nbytes", 0) > 2**24 else found

    unary = ["sum", "mean", "max", "argmax", "sort", "exp", "abs", "softmax", "transpose", "reshape", "cumsum",
             "squeeze", "expand_dims", "one_hot", "cast", "flip", "norm", "relu", "stack", "concatenate"]  # fmt: skip
    binary = ["add", "subtract", "multiply", "divide", "matmul", "maximum", "where", "take", "dot", "power", "equal"]
    name, pair = unary[draw.integers(len(unary))], binary[draw.integers(len(binary))]
    extra = {"reshape": [(2, -1)], "one_hot": [3], "cast": ["int32"], "expand_dims": [0]}.get(name, [])
    return {
        "fit": lambda: model.fit(small(), small(), batch_size=option(None, 1, 3), epochs=option(1, 2), verbose=0,
                                 steps_per_epoch=option(None, 1, 2), shuffle=option(True, False),
                                 validation_split=option(0.0, 0.5), sample_weight=option(None),
                                 class_weight=option(None, {0: 1.0})),
        "evaluate": lambda: model.evaluate(small(), small(), batch_size=option(None, 2), verbose=0,
                                           steps=option(None, 1)),
        "predict": lambda: model.predict(small(), batch_size=option(None, 2), verbose=0, steps=option(None, 1)),
        "predict_on_batch": lambda: model.predict_on_batch(value()),
        "train_on_batch": lambda: model.train_on_batch(small(), small(), sample_weight=option(None)),
        "test_on_batch": lambda: model.test_on_batch(small(), small()),
        "set_weights": lambda: model.set_weights([small() for _ in range(draw.integers(0, 5))]),
        "assign": lambda: model.weights[0].assign(small()),
        "model": lambda: model(small()),
        "layer": lambda: layer(small()),
        name: lambda: getattr(ops, name)(small(), *[option(e) for e in extra]),
        pair: lambda: getattr(ops, pair)(small(), small()),
        "axis": lambda: ops.sum(small(), axis=option(0, -1)),
    }  # fmt: skip


def test_wrong_arguments_raise():
    draw = np.random.default_rng(int(os.environ.get("CORNU_ROBUSTNESS_SEED", "0")))
    model, layer = network(), layers.Dense(3)
    layer(np.zeros((1, 4), "float32"))
    weights = [np.array(w) for w in model.get_weights()]
    raised: dict[str, int] = {}
    with np.errstate(all="ignore"):
        for i in range(N_CALLS):
            found = calls(model, layer, draw)
            names = list(found)
            name = names[draw.integers(len(names))]
            state = draw.bit_generator.state
            try:
                found[name]()
            except RIGHT as error:
                told = str(error).strip() or isinstance(error, MemoryError)
                assert told, f"call {i}, {name}: {error!r} says nothing (before it: {state})"
                raised[type(error).__name__] = raised.get(type(error).__name__, 0) + 1
            except BaseException as error:
                raise AssertionError(f"call {i}, {name}: {type(error).__name__}: {error}") from error
            if name in ("set_weights", "assign", "fit", "train_on_batch") and i % 5 == 0:
                model.set_weights(weights)
    assert raised["TypeError"] and raised["ValueError"]
    model.set_weights(weights)
    assert np.isfinite(model.predict(np.ones((3, 4), "float32"), verbose=0)).all()


def test_odd_layouts_give_the_same():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(12, 4)).astype("float32")
    y = x.sum(1, keepdims=True)
    model = network()
    start = [w.copy() for w in model.get_weights()]
    read_only = x.copy()
    read_only.setflags(write=False)
    unaligned = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32).reshape(x.shape)
    layouts = {
        "fortran": np.asfortranarray(x),
        "transposed": np.ascontiguousarray(x.T).T,
        "reversed": np.ascontiguousarray(x[::-1])[::-1],
        "columns reversed": np.ascontiguousarray(x[:, ::-1])[:, ::-1],
        "strided": np.repeat(x, 3, 1)[:, ::3],
        "byte-swapped": x.astype(">f4"),
        "read-only": read_only,
        "unaligned": unaligned,
        "float64": x.astype("float64"),
        "list": x.tolist(),
    }
    predicted = model.predict(x, verbose=0)
    one = model.train_on_batch(x, y)
    trained = model.get_weights()
    for name, given in layouts.items():
        model.set_weights(start)
        assert np.array_equal(model.predict(given, verbose=0), predicted), name
        assert np.array_equal(model.predict_on_batch(given), predicted), name
        model.compile("adam", "mse", metrics=["mae"])
        assert model.train_on_batch(given, y) == one, name
        assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), trained, strict=True)), name
        assert np.allclose(ops.sum(given, axis=0), x.sum(0), atol=1e-5), name
    assert float(ops.exp(np.array(0.0))) == 1 and ops.exp(np.array(0.0)).shape == ()
    with pytest.raises(ValueError, match="axis"):
        model.predict(np.array(3.0), verbose=0)


def test_operations_that_are_called_as_functions_of_python_hide_none():
    for name in ("all", "any", "abs", "max", "min", "sum", "round", "slice", "map"):
        getattr(ops, name)
    assert float(ops.sum([[1.0, 2.0], [3.0, 4.0]])) == 10


def in_process(script: str, **environment: str) -> str:
    """Run a script alone, and give what it prints."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True,
                          env={**os.environ, **environment}, timeout=600)  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


MEMORY = """
    import sys, gc
    import cornu, numpy as np
    from cornu import layers

    def memory():
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    def network():
        model = cornu.Sequential([cornu.Input((32,)), layers.Dense(64, activation="relu"), layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    x = np.ones((64, 32), "float32")
    y = np.ones((64, 1), "float32")
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
def test_memory_stays_flat():
    script = (
        MEMORY
        + f"""
    model = network()
    def calls(count):
        for _ in range(count):
            model.predict_on_batch(x[:1])
            model.predict(x, verbose=0)
    calls(500)
    before = memory()
    calls({max(1000, N_CALLS)})
    print(memory() - before)
    """
    )
    assert int(in_process(script)) < 2**21
    n_models = 50 if N_CALLS > 20_000 else 20
    script = (
        MEMORY
        + f"""
    def build():
        model = network()
        model.fit(x, y, epochs=2, verbose=0)
        model.predict(x, verbose=0)
    for _ in range(20):
        build()
    before = memory()
    for _ in range({n_models}):
        build()
    print((memory() - before) // {n_models})
    """
    )
    assert int(in_process(script)) < 2**15


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_interruption_ends_a_fit_and_leaves_the_model_whole():
    script = """
    import os, signal, threading, time
    import cornu, numpy as np
    from cornu import layers

    model = cornu.Sequential([cornu.Input((64,)), layers.Dense(256, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    x, y = np.ones((4096, 64), "float32"), np.ones((4096, 1), "float32")

    def passes():
        while True:
            yield x[:32], y[:32]

    for data in ((x, y), (passes(), None)):
        sent = []
        def interrupt():
            time.sleep(0.5)
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=interrupt).start()
        options = {} if data[1] is not None else {"steps_per_epoch": 10**6}
        try:
            model.fit(*data, epochs=10**6, verbose=0, **options)
        except KeyboardInterrupt:
            print(time.perf_counter() - sent[0])
        assert np.isfinite(model.predict(x, verbose=0)).all()
        model.fit(x, y, epochs=1, verbose=0)
        assert np.isfinite(model.get_weights()[0]).all()
    """
    waits = [float(line) for line in in_process(script).split()]
    assert len(waits) == 2 and max(waits) < 0.5


def in_threads(*work) -> None:
    """Run functions at the same time, and raise what one of them raises."""
    raised = []

    def run(function):
        try:
            function()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(function,)) for function in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    if raised:
        raise raised[0]


def test_threads_predict_on_one_model_and_on_several():
    x = np.random.default_rng(0).normal(size=(500, 4)).astype("float32")
    models = [network() for _ in range(3)]
    start = cornu.Input((4,))
    shared = layers.Dense(32)
    models += [cornu.Model(start, shared(start)), cornu.Model(start, layers.Dense(2)(shared(start)))]
    wanted = [model.predict(x, verbose=0) for model in models]

    def predict(i):
        for k in range(40):
            found = models[i].predict(x, verbose=0) if k % 2 else models[i].predict_on_batch(x)
            assert np.array_equal(found, wanted[i])
            assert models[i].get_weights()[0].shape[0] == 4

    in_threads(*[lambda i=i: predict(i) for i in (0, 0, 0, 1, 2, 3, 4, 3, 4)])
    assert all(np.array_equal(model.predict(x, verbose=0), y) for model, y in zip(models, wanted, strict=True))


def test_a_model_that_is_trained_is_in_use_elsewhere():
    x, y = np.ones((512, 4), "float32"), np.ones((512, 1), "float32")
    model = network()
    begun, ended = threading.Event(), threading.Event()
    here = []

    class Wait(cornu.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            here.append(self.model.predict(x, verbose=0).shape)
            begun.set()
            ended.wait(30)

    def predict():
        begun.wait(30)
        try:
            for work in (lambda: model.predict(x, verbose=0), lambda: model.fit(x, y, verbose=0)):
                with pytest.raises(RuntimeError, match="in use by another thread"):
                    work()
        finally:
            ended.set()

    in_threads(lambda: model.fit(x, y, epochs=2, verbose=0, callbacks=[Wait()]), predict)
    assert here == [(512, 1)] * 2
    assert np.isfinite(model.predict(x, verbose=0)).all()
