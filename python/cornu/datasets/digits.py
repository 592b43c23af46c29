"""1,797 handwritten digits of 8 by 8 pixels, which come with the package."""

from __future__ import annotations

import numpy as np

from ._sources import Arrays

__all__ = ["load_data"]


def load_data(test_split: float = 0.2, seed: int = 113) -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: values from 0 to 16 `[rows, 8, 8]` and digits.

    Parameters
    ----------
    test_split : float
        The fraction held back.
    seed : int
        Of the order in which they are split.
    """
    from .. import _core

    if not 0 <= test_split < 1:
        raise ValueError(f"test_split must be at least 0 and less than 1, got {test_split}")
    x, y = (np.asarray(part) for part in _core.load_digits())
    x = x.reshape(len(y), 8, 8)
    order = np.random.RandomState(seed).permutation(len(y))
    at = int(len(y) * (1 - test_split))
    return (x[order[:at]], y[order[:at]]), (x[order[at:]], y[order[at:]])
