"""A dataset in two."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._structure import leaves, map_leaves, zip_leaves
from ..data import Dataset


def split_dataset(
    dataset: Any,
    left_size: int | float | None = None,
    right_size: int | float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Two datasets, the first elements and the last, from a Dataset, arrays or any iterable.

    Parameters
    ----------
    dataset : Dataset, array, tuple, list or dict of arrays, or DataLoader
    left_size, right_size : int or float
        Number of elements, or their fraction; one of the two is enough.
    shuffle, seed
        Whether elements are mixed before.

    Examples
    --------
    >>> left, right = split_dataset(Dataset.range(10), left_size=0.8)
    >>> len(left), len(right)
    (8, 2)
    """
    rows = _rows(dataset)
    count = len(leaves(rows)[0])
    left, right = _sizes(count, left_size, right_size)
    order = np.arange(count)
    if shuffle:
        np.random.default_rng(int(np.random.randint(2**31 - 1)) if seed is None else seed).shuffle(order)

    def part(taken: np.ndarray) -> Dataset:
        return Dataset.from_tensor_slices(map_leaves(lambda array: array[taken], rows))

    halves = part(order[:left]), part(order[count - right :])
    batch = getattr(dataset, "_batch_size", None)
    return halves if batch is None else tuple(half.batch(batch) for half in halves)


def _rows(dataset: Any) -> Any:
    if isinstance(dataset, Dataset):
        if dataset._cardinality == -1:
            raise ValueError("an infinite dataset cannot be split; take() cuts it before")
        elements = list((dataset.unbatch() if dataset._batch_size else dataset).as_numpy_iterator())
    elif isinstance(dataset, np.ndarray):
        return dataset
    elif isinstance(dataset, dict):
        return map_leaves(np.asarray, dataset)
    elif isinstance(dataset, (tuple, list)) and len(dataset) and np.ndim(dataset[0]) > 0:
        parts = tuple(np.asarray(part) for part in dataset)
        if len({len(part) for part in parts}) > 1:
            raise ValueError(f"arrays must have the same number of rows, got {[len(part) for part in parts]}")
        return parts
    elif hasattr(dataset, "__iter__"):
        elements = [tuple(e) if isinstance(e, list) else e for e in dataset]
    elif hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        elements = [dataset[i] for i in range(len(dataset))]
    else:
        raise TypeError(f"split_dataset expects a Dataset, arrays or an iterable, got {type(dataset).__name__}")
    if not elements:
        raise ValueError("an empty dataset cannot be split")
    return zip_leaves(lambda values: np.stack([np.asarray(value) for value in values]), elements)


def _sizes(count: int, left: int | float | None, right: int | float | None) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError("split_dataset needs left_size, right_size or both")
    numbers = []
    for name, size in (("left_size", left), ("right_size", right)):
        if size is None:
            numbers.append(None)
            continue
        if isinstance(size, bool) or not isinstance(size, (int, float, np.number)):
            raise TypeError(f"{name} must be a number, got {size!r}")
        whole = isinstance(size, (int, np.integer))
        if not 0 < size < (count if whole else 1):
            limit = f"an integer from 1 to {count - 1}" if whole else "a fraction between 0 and 1"
            raise ValueError(f"{name} must be {limit}, got {size}")
        numbers.append(int(size) if whole else round(size * count))
    if numbers[0] is None:
        numbers[0] = count - numbers[1]
    if numbers[1] is None:
        numbers[1] = count - numbers[0]
    if sum(numbers) > count:
        raise ValueError(f"left_size={left} and right_size={right} are together more than the {count} elements")
    if 0 in numbers:
        raise ValueError(f"{count} elements with left_size={left} and right_size={right} leave one part empty")
    return numbers[0], numbers[1]
