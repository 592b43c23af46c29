"""Regularizers, under Keras's names."""

from typing import Any

from typing_extensions import Self

class Regularizer:
    def __init__(self) -> None: ...
    def __call__(self, x: Any) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class L1(Regularizer):
    """l1 * sum(|w|)."""

    def __init__(self, l1: float = 0.01) -> None: ...

l1 = L1

class L1L2(Regularizer):
    """l1 * sum(|w|) + l2 * sum(w^2)."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None: ...

l1_l2 = L1L2

class L2(Regularizer):
    """l2 * sum(w^2)."""

    def __init__(self, l2: float = 0.01) -> None: ...

l2 = L2

class OrthogonalRegularizer(Regularizer):
    """Factor * mean(|cos|) of the angles between rows or columns."""

    def __init__(self, factor: float | tuple[float, float] = 0.01, mode: str = "rows") -> None: ...

orthogonal_regularizer = OrthogonalRegularizer

def __getattr__(name: str) -> Any: ...
