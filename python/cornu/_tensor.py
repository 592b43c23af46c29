"""Numbers that operations give: NumPy's arrays with the methods that scripts expect of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core


class Tensor(np.ndarray):
    """An array of numbers, as operations on numbers give it: NumPy's own, with `numpy()`."""

    def numpy(self) -> np.ndarray:
        """Give the numbers as a plain NumPy array."""
        return self.view(np.ndarray)

    def __array_finalize__(self, other: Any) -> None:
        """Nothing is kept besides the numbers."""

    # In place there is no room for what stands for numbers: a new tensor takes the old one's name.
    def __iadd__(self, other: Any) -> Any:
        return NotImplemented if _stands_for_numbers(other) else super().__iadd__(other)

    def __isub__(self, other: Any) -> Any:
        return NotImplemented if _stands_for_numbers(other) else super().__isub__(other)

    def __imul__(self, other: Any) -> Any:
        return NotImplemented if _stands_for_numbers(other) else super().__imul__(other)

    def __itruediv__(self, other: Any) -> Any:
        return NotImplemented if _stands_for_numbers(other) else super().__itruediv__(other)

    def __hash__(self) -> int:
        return id(self)


EagerTensor = Tensor


def _stands_for_numbers(value: Any) -> bool:
    return isinstance(value, (_core.Tensor, _core.Symbol, _core.Variable))


def tensor(array: Any) -> Tensor:
    """Give the array as a `Tensor`, in the same memory."""
    return np.asarray(array).view(Tensor)
