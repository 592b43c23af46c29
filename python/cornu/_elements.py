"""The elements of datasets: arrays, their specifications, and the threads that make them."""

from __future__ import annotations

import functools
import itertools
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ._structure import map_leaves

if TYPE_CHECKING:
    from concurrent.futures import Executor


class TensorSpec:
    """Shape and dtype of the arrays that stand at one place of a dataset's elements.

    Parameters
    ----------
    shape : sequence of int or None
        `None` for an axis of unknown or changing size.
    dtype : dtype-like
    name : str, optional
    """

    def __init__(self, shape: Iterable | None = None, dtype: Any = "float32", name: str | None = None):
        self.shape = None if shape is None else tuple(shape)
        self.dtype = np.dtype(getattr(dtype, "as_numpy_dtype", dtype))
        self.name = name

    def __repr__(self) -> str:
        dtype = "string" if self.dtype.kind in "USO" else self.dtype.name
        return f"TensorSpec(shape={self.shape}, dtype={dtype}, name={self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))


def _lists_as_arrays(value: Any) -> Any:
    """A list is one array here; a tuple or dict is several."""
    if isinstance(value, dict):
        return {key: _lists_as_arrays(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return (
            type(value)(*map(_lists_as_arrays, value))
            if hasattr(value, "_fields")
            else tuple(map(_lists_as_arrays, value))
        )
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        return value.to_numpy()
    return _array(value) if isinstance(value, list) else value


def _array(value: Any) -> Any:
    """`value` as an array; Python's numbers become 32 bits wide, as in TensorFlow."""
    if isinstance(value, (np.ndarray, np.generic)) or hasattr(value, "_elements"):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    array = np.asarray(value)
    if isinstance(value, (bool, int, float, list, tuple)) or hasattr(value, "_fields"):
        if array.dtype == np.float64:
            return array.astype(np.float32)
        if array.dtype == np.int64 and (array.size == 0 or np.abs(array).max() < 2**31):
            return array.astype(np.int32)
    return array


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, np.ndarray) and type(value) is not np.ndarray else value


def _tensor(value: Any) -> Any:
    """`value` as what the package's eager operations return: an array that also has `.numpy()`."""
    tensor = _tensor_class()
    if tensor is None or not isinstance(value, (np.ndarray, np.generic)) or isinstance(value, tensor):
        return value
    return np.asarray(value).view(tensor)


@functools.cache
def _tensor_class() -> type | None:
    found = getattr(sys.modules[__package__], "EagerTensor", None)
    return found if isinstance(found, type) and issubclass(found, np.ndarray) else None


def _stack(values: list) -> np.ndarray:
    first = values[0]
    shape = np.shape(first)
    if not isinstance(first, np.ndarray) or first.dtype.kind in "USO":
        shapes = {np.shape(value) for value in values}
        if len(shapes) > 1:
            raise _unequal(*sorted(shapes)[:2])
        return np.stack([np.asarray(value) for value in values]) if shape else np.asarray(values)
    stacked = np.empty((len(values), *shape), first.dtype)  # row by row is faster than np.stack
    for row, value in enumerate(values):
        if np.shape(value) != shape:
            raise _unequal(shape, np.shape(value))
        stacked[row] = value
    return stacked


def _unequal(one: tuple, other: tuple) -> ValueError:
    return ValueError(f"elements of different shapes cannot be batched: {one} and {other}; padded_batch fills them up")


def _spec_of(value: Any) -> Any:
    def spec(leaf: Any) -> Any:
        if hasattr(leaf, "_elements"):
            return leaf.element_spec
        array = np.asarray(leaf)
        return TensorSpec(array.shape, array.dtype)

    return map_leaves(spec, value)


def _specs(dtypes: Any, shapes: Any) -> Any:
    if isinstance(dtypes, dict):
        return {key: _specs(dtypes[key], shapes[key]) for key in dtypes}
    if isinstance(dtypes, (tuple, list)):
        return tuple(_specs(dtype, shape) for dtype, shape in zip(dtypes, shapes))
    return TensorSpec(shapes, dtypes)


def _positive(name: str, value: Any) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return number


def _through_buffer(values: Iterator, size: int, draw: np.random.Generator) -> Iterator:
    held = list(itertools.islice(values, size))
    while True:
        block = list(itertools.islice(values, 4096))
        if not block:
            break
        for i, value in zip(draw.integers(len(held), size=len(block)).tolist(), block):
            yield held[i]
            held[i] = value
    for i in draw.permutation(len(held)).tolist():
        yield held[i]


def _map_in_threads(call: Callable, values: Iterator, threads: int) -> Iterator:
    if threads < 1:  # AUTOTUNE: calls take threads if they are slow against a handover
        times = []
        for value in itertools.islice(values, 4):
            begin = time.perf_counter()
            result = call(value)
            times.append(time.perf_counter() - begin)
            yield result
        threads = min(os.cpu_count() or 1, 16)
        if not times or min(times) < 1e-3 or threads == 1:
            yield from map(call, values)
            return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        yield from _in_pool(pool, call, values, 2 * threads + 1)


def _in_pool(pool: Executor, call: Callable, values: Iterable, ahead: int) -> Iterator:
    """What `call` makes of the values, in their order; at most `ahead` calls are under way."""
    waiting: deque = deque()
    try:
        for value in values:
            waiting.append(pool.submit(call, value))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _ahead(elements: Callable[[], Iterator], size: int) -> Iterator:
    """The same elements, made by a thread that is at most `size` of them ahead."""
    ready: queue.Queue = queue.Queue(size)
    stop = threading.Event()
    end = object()

    def offer(item: tuple) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for value in elements():
                if not offer((value, None)):
                    return
            offer((end, None))
        except BaseException as error:  # raised again where the elements are used
            offer((end, error))

    threading.Thread(target=work, daemon=True, name="cornu-prefetch").start()
    try:
        while True:
            value, error = ready.get()
            if error is not None:
                raise error
            if value is end:
                return
            yield value
    finally:
        stop.set()
