"""Operations that are no nodes: shapes, dtypes, arrays made from nothing, loops that are unrolled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core, config
from .._structure import map_leaves
from .._tensor import Tensor, tensor
from .._variable import _dtype_name

__all__ = [
    "arange",
    "array",
    "bartlett",
    "blackman",
    "cond",
    "convert_to_numpy",
    "convert_to_tensor",
    "custom_gradient",
    "dtype",
    "empty",
    "eye",
    "fori_loop",
    "hamming",
    "hanning",
    "identity",
    "is_tensor",
    "kaiser",
    "map",
    "ones",
    "scan",
    "shape",
    "size",
    "ndim",
    "stop_gradient",
    "switch",
    "tri",
    "unstack",
    "vectorized_map",
    "vectorize",
    "while_loop",
    "zeros",
]


def _made(array: Any, dtype: Any = None) -> Any:
    array = np.asarray(array)
    if dtype is None and array.dtype == np.float64:
        dtype = config.floatx()
    return tensor(array if dtype is None else array.astype(_dtype_name(dtype)))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Give the numbers from `start` to below `stop`, by `step`."""
    start, stop, step = (0, start, step) if stop is None else (start, stop, step)
    values = np.arange(start, stop, 1 if step is None else step)
    if dtype is None and values.dtype == np.int64:
        dtype = "int32"
    return _made(values, dtype)


def shape(x: Any) -> tuple:
    """Give the extents; `None` where the batch decides."""
    if isinstance(x, (_core.Symbol, _core.Tensor, _core.Variable)):
        return tuple(x.shape)
    return np.shape(x)


def size(x: Any) -> Any:
    """Give the number of elements."""
    extents = shape(x)
    if None in extents:
        return None
    return int(np.prod(extents, dtype=np.int64))


def ndim(x: Any) -> int:
    """Give the number of axes."""
    return len(shape(x))


def dtype(x: Any) -> str:
    """Give the name of the dtype."""
    return x.dtype if isinstance(getattr(x, "dtype", None), str) else np.asarray(x).dtype.name


def is_tensor(x: Any) -> bool:
    """Say whether `x` is a tensor: numbers of an operation, or what stands for some."""
    return isinstance(x, (Tensor, _core.Tensor, _core.Symbol))


def convert_to_numpy(x: Any) -> np.ndarray:
    """Give the numbers as a NumPy array."""
    return x.numpy() if hasattr(x, "numpy") else np.asarray(x)


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """Give `x` as a tensor, of `dtype` if that is said."""
    from . import cast

    if isinstance(x, (_core.Symbol, _core.Tensor)):
        return x if dtype is None else cast(x, dtype)
    if isinstance(x, _core.Variable):
        return x if _core.tracing() else _made(x.numpy(), dtype)
    if isinstance(x, (list, tuple)) and _core.call_kind(x) != 0:
        from . import stack

        return stack(list(x))
    if isinstance(x, (list, tuple, int)) and dtype is None:
        values = np.asarray(x)
        return _made(values, "int32" if values.dtype == np.int64 else None)
    if not isinstance(x, np.ndarray) and hasattr(x, "__dlpack__") and not hasattr(x, "__array__"):
        x = np.from_dlpack(x)
    return _made(x, dtype)


array = convert_to_tensor


def zeros(shape: Any, dtype: Any = None) -> Any:
    """Give zeros."""
    return tensor(np.zeros(shape, _dtype_name(dtype, config.floatx())))


def ones(shape: Any, dtype: Any = None) -> Any:
    """Give ones."""
    return tensor(np.ones(shape, _dtype_name(dtype, config.floatx())))


def empty(shape: Any, dtype: Any = None) -> Any:
    """Give an array of that shape; of zeros, so that nothing depends on what was in memory."""
    return zeros(shape, dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Give a matrix with ones on a diagonal."""
    return tensor(np.eye(N, M, k, _dtype_name(dtype, config.floatx())))


def identity(n: int, dtype: Any = None) -> Any:
    """Give the identity matrix."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Give a matrix with ones at and below a diagonal."""
    return tensor(np.tri(N, M, k, _dtype_name(dtype, config.floatx())))


def bartlett(x: int) -> Any:
    """Give Bartlett's window of `x` points."""
    return _made(np.bartlett(int(x)))


def blackman(x: int) -> Any:
    """Give Blackman's window of `x` points."""
    return _made(np.blackman(int(x)))


def hamming(x: int) -> Any:
    """Give Hamming's window of `x` points."""
    return _made(np.hamming(int(x)))


def hanning(x: int) -> Any:
    """Give Hann's window of `x` points."""
    return _made(np.hanning(int(x)))


def kaiser(x: int, beta: float) -> Any:
    """Give Kaiser's window of `x` points."""
    return _made(np.kaiser(int(x), beta))


def stop_gradient(variable: Any) -> Any:
    """Give the same, of which no gradient is passed on."""
    from . import call

    if isinstance(variable, (list, tuple, dict)):
        return map_leaves(stop_gradient, variable)
    if _core.call_kind(variable) == 0:
        return convert_to_tensor(variable)
    return call("core", "StopGradient", {}, (variable,), None)


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list:
    """Give the parts along an axis, without it."""
    extent = shape(x)[axis]
    if extent is None:
        raise ValueError("unstack needs an axis of known extent")
    place = axis % len(shape(x))
    return [x[(slice(None),) * place + (i,)] for i in range(extent)]


def custom_gradient(f: Callable) -> Callable:
    """Refuse: gradients are made from what is computed, and cannot be replaced."""
    raise NotImplementedError(
        "custom_gradient is not supported: gradients follow from the operations; stop_gradient can leave parts out"
    )


def _decided(pred: Any) -> Any:
    return None if _core.call_kind(pred) else bool(np.asarray(pred))


def cond(pred: Any, true_fn: Callable, false_fn: Callable) -> Any:
    """Give what `true_fn` gives if `pred` holds, else what `false_fn` gives.

    For a `pred` that only a run of the model decides both are computed.
    """
    from . import where

    decided = _decided(pred)
    if decided is not None:
        return true_fn() if decided else false_fn()
    yes, no = true_fn(), false_fn()
    if isinstance(yes, (list, tuple)):
        return type(yes)(where(pred, a, b) for a, b in zip(yes, no, strict=True))
    return where(pred, yes, no)


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """Give what the branch of number `index` gives; the number has to be known."""
    if _core.call_kind(index):
        raise ValueError("switch needs an index that is known when the model is described")
    at = min(max(int(np.asarray(index)), 0), len(branches) - 1)
    return branches[at](*operands)


def fori_loop(lower: int, upper: int, body_fun: Callable, init_val: Any) -> Any:
    """Give what is left when `body_fun(i, value)` was done for each `i` from `lower` to below `upper`."""
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def while_loop(cond: Callable, body: Callable, loop_vars: Any, maximum_iterations: int | None = None) -> Any:
    """Do `body` as long as `cond` holds, which has to be known when the model is described."""
    several = isinstance(loop_vars, (list, tuple))
    values = tuple(loop_vars) if several else (loop_vars,)
    n = 0
    while maximum_iterations is None or n < maximum_iterations:
        decided = _decided(cond(*values))
        if decided is None:
            raise ValueError("while_loop needs a condition that is known when the model is described")
        if not decided:
            break
        result = body(*values)
        values = tuple(result) if isinstance(result, (list, tuple)) else (result,)
        n += 1
    return type(loop_vars)(values) if several else values[0]


def scan(
    f: Callable, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: int = 1
) -> Any:
    """Give the last carry and all results of `f(carry, x)` along the first axis; the loop is unrolled."""
    from . import stack

    n = length if xs is None else len(_first(xs))
    order = range(n - 1, -1, -1) if reverse else range(n)
    carry, results = init, []
    for i in order:
        carry, result = f(carry, None if xs is None else map_leaves(lambda x: x[i], xs))  # noqa: B023
        results.append(result)
    if reverse:
        results.reverse()
    if not results or results[0] is None:
        return carry, None
    if isinstance(results[0], (list, tuple)):
        return carry, type(results[0])(stack(list(part)) for part in zip(*results, strict=True))
    return carry, stack(results)


def map(f: Callable, xs: Any) -> Any:
    """Give `f` of each part along the first axis."""
    return scan(lambda _, x: (None, f(x)), None, xs)[1]


def vectorized_map(function: Callable, elements: Any) -> Any:
    """Give `function` of each part along the first axis."""
    return map(function, elements)


def vectorize(pyfunc: Callable, *, excluded: Any = None, signature: str | None = None) -> Callable:
    """Give a function that applies `pyfunc` along the first axis of what it is given."""
    return lambda *xs: map(lambda parts: pyfunc(*parts), tuple(xs))


def _first(xs: Any) -> Any:
    while isinstance(xs, (list, tuple, dict)):
        xs = next(iter(xs.values())) if isinstance(xs, dict) else xs[0]
    return xs
