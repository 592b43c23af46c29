"""Constraints, under Keras's names."""

from typing import Any

from typing_extensions import Self

class Constraint:
    def __init__(self) -> None: ...
    def __call__(self, w: Any) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class MaxNorm(Constraint):
    """Vectors of at most max_value in length."""

    def __init__(self, max_value: float = 2, axis: int | tuple[int, ...] | None = 0) -> None: ...

max_norm = MaxNorm

class MinMaxNorm(Constraint):
    """Vectors between min_value and max_value in length."""

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: int | tuple[int, ...] | None = 0,
    ) -> None: ...

min_max_norm = MinMaxNorm

class NonNeg(Constraint):
    """No weight below 0."""

    def __init__(self) -> None: ...

non_neg = NonNeg

class UnitNorm(Constraint):
    """Vectors of length 1."""

    def __init__(self, axis: int | tuple[int, ...] | None = 0) -> None: ...

unit_norm = UnitNorm

def __getattr__(name: str) -> Any: ...
