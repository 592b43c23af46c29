"""Arrays made ready for a network: one-hot rows, unit norms, sequences of one length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """One-hot rows of class numbers.

    Parameters
    ----------
    x : array-like of int
        Classes from 0 on; a last axis of size 1 is dropped.
    num_classes : int, optional
        Size of the new last axis, the largest class plus one unless said.

    Examples
    --------
    >>> to_categorical([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    classes = np.asarray(x).astype(np.int64)
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    if not num_classes:
        if classes.size == 0:
            raise ValueError("to_categorical needs num_classes where there are no labels")
        num_classes = int(classes.max()) + 1
    if classes.size and not -num_classes <= classes.min() <= classes.max() < num_classes:
        raise ValueError(
            f"labels must be from 0 to {num_classes - 1} for num_classes={num_classes}, "
            f"got labels from {classes.min()} to {classes.max()}"
        )
    rows = np.zeros((classes.size, num_classes))
    rows[np.arange(classes.size), classes.reshape(-1)] = 1
    return rows.reshape(*classes.shape, num_classes)


def normalize(x: Any, axis: int = -1, order: int | float = 2) -> np.ndarray:
    """`x` divided by its norm of `order` along `axis`; zeros stay zeros.

    Examples
    --------
    >>> normalize([[3.0, 4.0]]).tolist()
    [[0.6, 0.8]]
    """
    x = np.asarray(x)
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norm == 0, 1, norm)


def pad_sequences(
    sequences: Sequence,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences of different lengths as one array.

    Parameters
    ----------
    sequences : sequence of sequences
    maxlen : int, optional
        Length of all, that of the longest unless said.
    dtype : dtype-like
    padding, truncating : {"pre", "post"}
        Whether short sequences are filled, and long ones cut, at the beginning or the end.
    value : number or str
        What fills.

    Examples
    --------
    >>> pad_sequences([[1], [2, 3]]).tolist()
    [[0, 1], [2, 3]]
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ValueError(f'{name} must be "pre" or "post", got {side!r}')
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"pad_sequences expects a list of sequences, got {type(sequences).__name__}")
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(f"pad_sequences expects a list of sequences, its element {i} is {sequence!r}")
    lengths = [len(sequence) for sequence in sequences]
    if maxlen is None:
        maxlen = max(lengths, default=0)
    rest: tuple = next((np.shape(s)[1:] for s in sequences if len(s)), ())
    dtype = np.dtype(dtype) if not (isinstance(value, str) and np.dtype(dtype).kind == "i") else None
    if dtype is None:
        raise ValueError(f"value {value!r} is text, but dtype is a number; give dtype=object")
    padded = np.full((len(lengths), maxlen, *rest), value, dtype)
    for i, sequence in enumerate(sequences):
        if len(sequence) == 0 or maxlen == 0:
            continue
        kept = np.asarray(sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype)
        if kept.shape[1:] != rest:
            raise ValueError(f"sequence {i} has elements of shape {kept.shape[1:]}, those before it {rest}")
        if padding == "pre":
            padded[i, -len(kept) :] = kept
        else:
            padded[i, : len(kept)] = kept
    return padded
