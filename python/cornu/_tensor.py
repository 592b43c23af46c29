"""Numbers that operations give: NumPy's arrays with the methods that scripts expect of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np


class Tensor(np.ndarray):
    """An array of numbers, as operations on numbers give it: NumPy's own, with `numpy()`."""

    def numpy(self) -> np.ndarray:
        """Give the numbers as a plain NumPy array."""
        return self.view(np.ndarray)

    def __array_finalize__(self, other: Any) -> None:
        """Nothing is kept besides the numbers."""

    def __hash__(self) -> int:
        return id(self)


EagerTensor = Tensor


def tensor(array: Any) -> Tensor:
    """Give the array as a `Tensor`, in the same memory."""
    return np.asarray(array).view(Tensor)
