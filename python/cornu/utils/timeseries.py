"""Windows that slide over a series."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data import Dataset


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """A dataset of windows of `data`, each with the target of the step that it begins with.

    Parameters
    ----------
    data : array
        The first axis is time.
    targets : array or None
        `targets[i]` belongs to the window that begins at `data[i]`.
    sequence_length : int
        Steps of a window.
    sequence_stride : int
        Steps between the beginnings of two windows.
    sampling_rate : int
        Steps between two elements of a window.
    batch_size : int or None
    shuffle, seed
    start_index, end_index : int, optional
        The part of `data` to use.

    Examples
    --------
    >>> ds = timeseries_dataset_from_array([0, 1, 2, 3], [10, 11], sequence_length=3)
    >>> [(x.tolist(), y.tolist()) for x, y in ds.as_numpy_iterator()]
    [([[0, 1, 2], [1, 2, 3]], [10, 11])]
    """
    data = np.asarray(data)
    count = len(data)
    for name, value in (
        ("sequence_length", sequence_length),
        ("sampling_rate", sampling_rate),
        ("sequence_stride", sequence_stride),
    ):
        if value <= 0:
            raise ValueError(f"{name} must be at least 1, got {value}")
        if value >= count and name != "sequence_length":
            raise ValueError(f"{name} must be less than the {count} steps of the data, got {value}")
    start = 0 if start_index is None else start_index
    end = count if end_index is None else end_index
    if not 0 <= start < count:
        raise ValueError(f"start_index must be from 0 to {count - 1}, got {start}")
    if end_index is not None and not start < end < count:
        raise ValueError(f"end_index must be from {start + 1} to {count - 1}, got {end}")
    windows = end - start - (sequence_length - 1) * sampling_rate
    if targets is not None:
        targets = np.asarray(targets)
        windows = min(windows, len(targets))
    if windows <= 0:
        raise ValueError(
            f"{end - start} steps hold no window of {sequence_length} steps at sampling_rate={sampling_rate}"
        )
    begins = np.arange(0, windows, sequence_stride)
    if shuffle:
        if seed is None:
            seed = int(np.random.randint(1_000_000))
        np.random.RandomState(seed).shuffle(begins)
    # A view: a batch copies its windows out of the series, the windows themselves are never copied.
    part = np.lib.stride_tricks.sliding_window_view(data[start:end], (sequence_length - 1) * sampling_rate + 1, axis=0)
    part = np.moveaxis(part, -1, 1)[:, ::sampling_rate]
    goals = None if targets is None else targets[start:end]
    if goals is not None and len(goals) < len(begins):
        begins = begins[begins < len(goals)]
    return _windows(part, goals, begins, batch_size, shuffle, seed)


def _windows(
    part: np.ndarray,
    goals: np.ndarray | None,
    begins: np.ndarray,
    batch_size: int | None,
    shuffle: bool,
    seed: int | None,
) -> Dataset:
    rows = part if goals is None else (part[: len(goals)], goals[: len(part)])
    from ..data import _of_rows

    dataset = _of_rows(rows, lambda: begins, len(begins))
    if shuffle:
        dataset = dataset.shuffle(1024 if batch_size is None else batch_size * 8, seed=seed)
    return dataset if batch_size is None else dataset.batch(batch_size)
