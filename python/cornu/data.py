"""Datasets: chains of steps (shuffle, map, batch ...) over NumPy arrays, under the names of tf.data."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from ._elements import (
    TensorSpec,
    _ahead,
    _array,
    _lists_as_arrays,
    _map_in_threads,
    _plain,
    _positive,
    _spec_of,
    _specs,
    _stack,
    _tensor,
    _through_buffer,
)
from ._structure import is_nested, leaves, map_leaves, zip_leaves

__all__ = [
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "UNKNOWN_CARDINALITY",
    "Dataset",
    "Options",
    "TensorSpec",
    "experimental",
]

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


class Dataset:
    """A sequence of elements, each an array or a tuple or dict of arrays.

    Every method returns a new dataset and computes nothing; the work is done anew whenever the dataset is
    iterated over. A dataset that was made of arrays and only shuffled, cut and batched takes each batch
    from the arrays at once instead of row by row.

    Examples
    --------
    >>> ds = Dataset.from_tensor_slices(([1, 2, 3], [0, 1, 0])).batch(2)
    >>> [x.tolist() for x, y in ds.as_numpy_iterator()]
    [[1, 2], [3]]
    """

    def __init__(
        self,
        elements: Callable[[], Iterator],
        cardinality: int = UNKNOWN_CARDINALITY,
        spec: Callable[[], Any] | None = None,
        rows: Any = None,
        order: Callable[[], np.ndarray] | None = None,
        calls_python: bool = False,
    ):
        self._elements = elements
        self._cardinality = cardinality
        self._spec = spec
        self._rows = rows  # the arrays whose rows are the elements, if they are nothing but that ...
        self._order = order  # ... and which rows, in which order
        self._calls_python = calls_python
        self._batch_size: int | None = None

    # Where elements come from

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """A dataset of the rows of arrays: of one, or of a tuple or dict of arrays of the same length."""
        rows = map_leaves(_array, _lists_as_arrays(tensors))
        parts = leaves(rows)
        if not parts:
            raise ValueError("from_tensor_slices expects at least one array")
        for part in parts:
            if part.ndim == 0:
                raise ValueError("from_tensor_slices expects arrays with at least one axis, got a scalar")
        counts = sorted({len(part) for part in parts})
        if len(counts) > 1:
            raise ValueError(f"from_tensor_slices expects arrays of the same length, got lengths {counts}")
        return _of_rows(rows, lambda: np.arange(counts[0]), counts[0])

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """A dataset of one element, which is `tensors` as a whole."""
        value = map_leaves(_array, _lists_as_arrays(tensors))
        return Dataset(lambda: iter([value]), 1, lambda: _spec_of(value))

    @staticmethod
    def from_generator(
        generator: Callable[..., Iterable],
        output_types: Any = None,
        output_shapes: Any = None,
        args: tuple | None = None,
        output_signature: Any = None,
    ) -> Dataset:
        """A dataset of what `generator(*args)` yields, called anew for each pass.

        `output_signature` (or `output_types`) says the dtypes, to which the values are then cast.
        """
        if not callable(generator):
            raise TypeError("from_generator expects a function that returns an iterable, e.g. a generator function")
        spec = output_signature
        if spec is None and output_types is not None:
            if output_shapes is None:
                spec = map_leaves(lambda dtype: TensorSpec(None, dtype), output_types)
            else:
                spec = _specs(output_types, output_shapes)

        def cast(value: Any, wanted: Any) -> Any:
            if isinstance(wanted, dict):
                return {key: cast(value[key], wanted[key]) for key in wanted}
            if isinstance(wanted, (tuple, list)):
                if len(value) != len(wanted):
                    message = f"the generator yielded {len(value)} parts, its signature has {len(wanted)}"
                    raise ValueError(message)
                return tuple(cast(v, w) for v, w in zip(value, wanted))
            array = np.asarray(value)
            return array if wanted.dtype.kind in "USO" else array.astype(wanted.dtype, copy=False)

        def elements() -> Iterator:
            for value in generator(*(args or ())):
                if spec is None:
                    yield map_leaves(_array, tuple(value) if isinstance(value, list) else value)
                else:
                    yield cast(value, spec)

        known = None if spec is None else (lambda: spec)
        return Dataset(elements, UNKNOWN_CARDINALITY, known, calls_python=True)

    @staticmethod
    def range(*args: int, output_type: Any = np.int64) -> Dataset:
        """The integers of Python's `range(*args)`."""
        return Dataset.from_tensor_slices(np.arange(*args, dtype=output_type))

    @staticmethod
    def zip(*datasets: Any) -> Dataset:
        """Elements side by side, as tuples, until the shortest dataset ends."""
        parts = datasets[0] if len(datasets) == 1 else datasets
        if isinstance(parts, Dataset):
            parts = (parts,)
        found = leaves(parts)
        for part in found:
            if not isinstance(part, Dataset):
                raise TypeError(f"zip expects datasets, got {type(part).__name__}")
        sizes = [part._cardinality for part in found]
        finite = [size for size in sizes if size >= 0]
        if UNKNOWN_CARDINALITY in sizes:
            cardinality = UNKNOWN_CARDINALITY
        else:
            cardinality = min(finite) if finite else INFINITE_CARDINALITY

        def elements() -> Iterator:
            for values in zip(*[part._elements() for part in found]):
                taken = iter(values)
                yield map_leaves(lambda _: next(taken), parts)

        return Dataset(
            elements,
            cardinality,
            lambda: map_leaves(lambda part: part.element_spec, parts),
            calls_python=any(part._calls_python for part in found),
        )

    # What is done with them

    def map(
        self,
        map_func: Callable,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """What `map_func` makes of each element; a tuple is handed over as several arguments.

        `num_parallel_calls` threads call it; `AUTOTUNE` takes threads where a call is slow enough to
        gain by them (they do where the work is done outside of Python). The order is kept.
        """

        def call(value: Any) -> Any:
            value = map_leaves(_tensor, value)
            result = map_func(*value) if isinstance(value, tuple) else map_func(value)
            return map_leaves(_array, tuple(result) if isinstance(result, list) else result)

        def elements() -> Iterator:
            values = self._elements()
            if num_parallel_calls is None:
                return map(call, values)
            return _map_in_threads(call, values, num_parallel_calls)

        return Dataset(elements, self._cardinality, calls_python=True)

    def batch(
        self,
        batch_size: int,
        drop_remainder: bool = False,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> Dataset:
        """Consecutive elements stacked into batches; the last one is smaller or, if asked for, dropped."""
        size = _positive("batch_size", batch_size)
        count = self._cardinality
        if count >= 0:
            count = count // size if drop_remainder else -(-count // size)

        def spec() -> Any:
            first = size if drop_remainder else None
            return map_leaves(
                lambda s: TensorSpec(None if s.shape is None else (first, *s.shape), s.dtype),
                self.element_spec,
            )

        if self._rows is not None:

            def elements() -> Iterator:
                order = self._order()
                end = len(order) - len(order) % size if drop_remainder else len(order)
                for start in range(0, end, size):
                    taken = order[start : start + size]
                    yield map_leaves(lambda array: array[taken], self._rows)
        else:

            def elements() -> Iterator:
                values = self._elements()
                while group := list(itertools.islice(values, size)):
                    if len(group) == size or not drop_remainder:
                        yield zip_leaves(_stack, group)

        batched = Dataset(elements, count, spec, calls_python=self._calls_python)
        batched._batch_size = size
        return batched

    def padded_batch(
        self,
        batch_size: int,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """Batches of elements of different sizes, each filled up at its end.

        `padded_shapes` has a shape for each part, `None` for an axis as long as the longest of the batch.
        """
        size = _positive("batch_size", batch_size)
        count = self._cardinality
        if count >= 0:
            count = count // size if drop_remainder else -(-count // size)

        def pad(arrays: list, shape: Any, value: Any) -> np.ndarray:
            longest = [max(sizes) for sizes in zip(*(array.shape for array in arrays))]
            wanted = longest if shape is None else [w if w not in (None, -1) else n for w, n in zip(shape, longest)]
            if any(w < n for w, n in zip(wanted, longest)):
                raise ValueError(f"padded_batch: an element of shape {longest} does not fit into {wanted}")
            fill = value if value is not None else np.zeros((), arrays[0].dtype)[()]
            result = np.full([len(arrays), *wanted], fill, arrays[0].dtype)
            for row, array in zip(result, arrays):
                row[tuple(slice(0, n) for n in array.shape)] = array
            return result

        def elements() -> Iterator:
            values = self._elements()
            while group := list(itertools.islice(values, size)):
                if len(group) < size and drop_remainder:
                    return
                first = group[0]
                if not is_nested(first):
                    yield pad(group, padded_shapes, padding_values)
                    continue
                keys = first if isinstance(first, dict) else range(len(first))
                parts = {
                    key: pad(
                        [np.asarray(value[key]) for value in group],
                        None if padded_shapes is None else padded_shapes[key],
                        padding_values[key] if is_nested(padding_values) else padding_values,
                    )
                    for key in keys
                }
                yield parts if isinstance(first, dict) else tuple(parts.values())

        return Dataset(elements, count, calls_python=True)

    def unbatch(self, name: str | None = None) -> Dataset:
        """The rows of each element as elements of their own."""

        def elements() -> Iterator:
            for value in self._elements():
                for i in range(len(leaves(value)[0])):
                    yield map_leaves(lambda array: array[i], value)

        def spec() -> Any:
            return map_leaves(
                lambda s: TensorSpec(None if s.shape is None else s.shape[1:], s.dtype), self.element_spec
            )

        return Dataset(elements, UNKNOWN_CARDINALITY, spec, calls_python=self._calls_python)

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = True,
        name: str | None = None,
    ) -> Dataset:
        """Elements in random order: each is drawn from a buffer of the next `buffer_size`.

        With a `seed` the orders are the same in every run, but differ from pass to pass unless
        `reshuffle_each_iteration=False`. Without one they follow NumPy's global generator.
        """
        size = _positive("buffer_size", buffer_size)
        again = reshuffle_each_iteration is None or reshuffle_each_iteration
        passes = itertools.count()
        fixed: list[int] = []

        def generator() -> np.random.Generator:
            nonlocal fixed
            if seed is not None:
                return np.random.default_rng([abs(int(seed)), next(passes) if again else 0])
            if again or not fixed:
                fixed = [int(np.random.randint(2**31 - 1))]
            return np.random.default_rng(fixed)

        if self._rows is not None:

            def order() -> np.ndarray:
                rows, draw = self._order(), generator()
                if size >= len(rows):
                    return draw.permutation(rows)
                return np.fromiter(_through_buffer(iter(rows), size, draw), np.int64, len(rows))

            return _of_rows(self._rows, order, self._cardinality, self._spec)
        return self._like(lambda: _through_buffer(self._elements(), size, generator()))

    def repeat(self, count: int | None = None, name: str | None = None) -> Dataset:
        """The dataset `count` times over, without end if `count` is `None` or -1."""
        endless = count is None or count < 0
        if endless:
            cardinality = 0 if self._cardinality == 0 else INFINITE_CARDINALITY
        else:
            cardinality = self._cardinality * count if self._cardinality >= 0 else self._cardinality
            cardinality = 0 if count == 0 else cardinality

        def elements() -> Iterator:
            for _ in itertools.count() if endless else range(count):
                empty = True
                for value in self._elements():
                    empty = False
                    yield value
                if empty:
                    return

        return Dataset(elements, cardinality, self._spec_later(), calls_python=self._calls_python)

    def prefetch(self, buffer_size: int = AUTOTUNE, name: str | None = None) -> Dataset:
        """A thread of its own prepares the next elements, where a function of Python's makes them."""
        if not self._calls_python:  # the handover would cost more than what is handed over
            return self
        size = 2 if buffer_size is None or buffer_size < 1 else int(buffer_size)
        return self._like(lambda: _ahead(self._elements, size))

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """Elements are kept in memory as the first whole pass has made them."""
        if self._rows is not None:
            orders: list[np.ndarray] = []

            def order() -> np.ndarray:
                if not orders:
                    orders.append(self._order())
                return orders[0]

            return _of_rows(self._rows, order, self._cardinality, self._spec)
        kept: list[list] = []

        def elements() -> Iterator:
            if kept:
                yield from kept[0]
                return
            values = []
            for value in self._elements():
                values.append(value)
                yield value
            kept[:] = [values]

        return self._like(elements)

    def take(self, count: int, name: str | None = None) -> Dataset:
        """The first `count` elements; all of them if `count` is -1."""
        return self if count < 0 else self._part(0, count)

    def skip(self, count: int, name: str | None = None) -> Dataset:
        """What follows the first `count` elements; nothing if `count` is -1."""
        return self._part(0, 0) if count < 0 else self._part(count, None)

    def shard(self, num_shards: int, index: int, name: str | None = None) -> Dataset:
        """Every `num_shards`-th element, from `index` on."""
        if not 0 <= index < _positive("num_shards", num_shards):
            raise ValueError(f"shard expects an index from 0 to {num_shards - 1}, got {index}")
        return self._part(index, None, num_shards)

    def filter(self, predicate: Callable, name: str | None = None) -> Dataset:
        """The elements for which `predicate` is true."""

        def elements() -> Iterator:
            for value in self._elements():
                seen = map_leaves(_tensor, value)
                if bool(predicate(*seen) if isinstance(seen, tuple) else predicate(seen)):
                    yield value

        return Dataset(elements, UNKNOWN_CARDINALITY, self._spec_later(), calls_python=True)

    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Pairs of a number, counted from `start`, and an element."""

        def elements() -> Iterator:
            for i, value in enumerate(self._elements(), start):
                yield np.int64(i), value

        spec = lambda: (TensorSpec((), np.int64), self.element_spec)  # noqa: E731
        return Dataset(elements, self._cardinality, spec, calls_python=self._calls_python)

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """This dataset, then another."""
        sizes = (self._cardinality, dataset._cardinality)
        cardinality = sum(sizes) if min(sizes) >= 0 else min(sizes)
        if INFINITE_CARDINALITY in sizes:
            cardinality = INFINITE_CARDINALITY
        return Dataset(
            lambda: itertools.chain(self._elements(), dataset._elements()),
            cardinality,
            self._spec_later(),
            calls_python=self._calls_python or dataset._calls_python,
        )

    def window(self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False) -> Dataset:
        """Datasets of `size` elements each, `stride` apart, whose beginnings are `shift` apart."""
        size, shift = _positive("size", size), _positive("shift", size if shift is None else shift)
        stride, reach = _positive("stride", stride), (size - 1) * stride + 1

        def elements() -> Iterator:
            values, held, ended = self._elements(), [], False
            while True:
                while len(held) < reach and not ended:
                    try:
                        held.append(next(values))
                    except StopIteration:
                        ended = True
                if not held or (drop_remainder and len(held) < reach):
                    return
                part = held[:reach:stride]
                if is_nested(part[0]) and not isinstance(part[0], dict):
                    yield tuple(_of_list(list(column)) for column in zip(*part))
                else:
                    yield _of_list(part)
                for _ in range(shift - len(held)):
                    if next(values, None) is None:
                        ended = True
                held = held[shift:]

        return Dataset(elements, UNKNOWN_CARDINALITY, calls_python=True)

    def flat_map(self, map_func: Callable, name: str | None = None) -> Dataset:
        """The elements of the datasets that `map_func` makes of the elements, one after the other."""

        def elements() -> Iterator:
            for value in self._elements():
                value = map_leaves(_tensor, value)
                yield from (map_func(*value) if isinstance(value, tuple) else map_func(value))._elements()

        return Dataset(elements, UNKNOWN_CARDINALITY, calls_python=True)

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """`transformation_func(self)`."""
        return transformation_func(self)

    def reduce(self, initial_state: Any, reduce_func: Callable, name: str | None = None) -> Any:
        """The last state, where each is `reduce_func(state, element)`."""
        state = initial_state
        for value in self:
            state = reduce_func(state, value)
        return state

    def with_options(self, options: Any, name: str | None = None) -> Dataset:
        """The same dataset: there are no options to set."""
        return self

    # What one asks them

    def cardinality(self) -> np.int64:
        """The number of elements; -1 if there is no end, -2 if it is not known."""
        return _tensor(np.int64(self._cardinality))

    def __len__(self) -> int:
        if self._cardinality == INFINITE_CARDINALITY:
            raise TypeError("the dataset is infinite and has no length")
        if self._cardinality < 0:
            raise TypeError("the length of the dataset is not known before it is iterated over")
        return self._cardinality

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator:
        return (map_leaves(_tensor, value) for value in self._elements())

    def as_numpy_iterator(self) -> Iterator:
        """The elements as plain NumPy arrays."""
        return (map_leaves(_plain, value) for value in self._elements())

    def get_single_element(self) -> Any:
        """The only element of the dataset."""
        values = list(itertools.islice(self, 2))
        if len(values) != 1:
            raise ValueError(f"expected a dataset of one element, got {'none' if not values else 'more'}")
        return values[0]

    @property
    def element_spec(self) -> Any:
        """A `TensorSpec` for each part of an element; where it is not known, the first element tells."""
        if self._spec is None:
            first = next(self._elements(), None)
            if first is None:
                raise ValueError("an empty dataset does not tell what its elements would be")
            known = _spec_of(first)
            self._spec = lambda: known
        return self._spec()

    def __repr__(self) -> str:
        count = {INFINITE_CARDINALITY: "infinite", UNKNOWN_CARDINALITY: "unknown"}
        size = count.get(self._cardinality, self._cardinality)
        try:
            spec = self._spec() if self._spec is not None else "not known yet"
        except ValueError:
            spec = "not known yet"
        return f"<Dataset cardinality={size} element_spec={spec}>"

    # Parts of the above

    def _spec_later(self) -> Callable[[], Any]:
        return lambda: self.element_spec

    def _like(self, elements: Callable[[], Iterator]) -> Dataset:
        like = Dataset(elements, self._cardinality, self._spec_later(), calls_python=self._calls_python)
        like._batch_size = self._batch_size
        return like

    def _part(self, start: int, stop: int | None, step: int = 1) -> Dataset:
        cardinality = self._cardinality
        if cardinality >= 0:
            cardinality = len(range(cardinality)[start:stop:step])
        elif cardinality == INFINITE_CARDINALITY and stop is not None:
            cardinality = len(range(start, stop, step))
        if stop == start:
            cardinality = 0
        if self._rows is not None:
            return _of_rows(self._rows, lambda: self._order()[start:stop:step], cardinality, self._spec)
        return Dataset(
            lambda: itertools.islice(self._elements(), start, stop, step),
            cardinality,
            self._spec_later(),
            calls_python=self._calls_python,
        )


class Options(SimpleNamespace):
    """What scripts set for other engines; nothing of it changes what a dataset gives."""

    def __init__(self) -> None:
        super().__init__(
            experimental_optimization=SimpleNamespace(),
            experimental_distribute=SimpleNamespace(),
            threading=SimpleNamespace(),
        )


experimental = SimpleNamespace(
    AUTOTUNE=AUTOTUNE,
    INFINITE_CARDINALITY=INFINITE_CARDINALITY,
    UNKNOWN_CARDINALITY=UNKNOWN_CARDINALITY,
    cardinality=Dataset.cardinality,
)


def _of_rows(rows: Any, order: Callable[[], np.ndarray], count: int, spec: Callable | None = None) -> Dataset:
    def elements() -> Iterator:
        for i in order():
            yield map_leaves(lambda array: array[i], rows)

    def row_spec() -> Any:
        return map_leaves(lambda array: TensorSpec(array.shape[1:], array.dtype), rows)

    return Dataset(elements, count, spec or row_spec, rows, order)


def _of_list(values: list) -> Dataset:
    return Dataset(lambda: iter(values), len(values), lambda: _spec_of(values[0]))
