"""Wrong arguments, odd arrays, long runs, interruptions and threads: an exception at worst, and a clear one."""

import os
import subprocess
import sys
import textwrap
import threading

import cornu
import numpy as np
import pytest
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
        *([lambda: itself] if os.environ.get("CYC","1")=="1" else []),
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
        "evaluate": lambda: model.evaluate(small(), small(), batch_size=option(None, 2), verbose=0, steps=option(None, 1)),
        "predict": lambda: model.predict(small(), batch_size=option(None, 2), verbose=0, steps=option(None, 1)),
        "predict_on_batch": lambda: model.predict_on_batch(value() if os.environ.get("CYC","1")=="1" else small()),
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
                assert str(error).strip(), f"call {i}, {name}: {error!r} says nothing (before it: {state})"
                raised[type(error).__name__] = raised.get(type(error).__name__, 0) + 1
            except BaseException as error:
                raise AssertionError(f"call {i}, {name}: {type(error).__name__}: {error}") from error
            if name in ("set_weights", "assign", "fit", "train_on_batch") and i % 5 == 0:
                model.set_weights(weights)
    assert raised["TypeError"] and raised["ValueError"]
    model.set_weights(weights)
    assert np.isfinite(model.predict(np.ones((3, 4), "float32"), verbose=0)).all()
