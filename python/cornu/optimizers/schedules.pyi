"""Schedules, under Keras's names."""

from typing import Any

from typing_extensions import Self

class LearningRateSchedule:
    def __init__(self) -> None: ...
    def __call__(self, step: Any) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class CosineDecay(LearningRateSchedule):
    """Falls along half a cosine, after a warm-up if asked for."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str | None = "CosineDecay",
        warmup_target: Any = None,
        warmup_steps: float = 0,
    ) -> None: ...

class CosineDecayRestarts(LearningRateSchedule):
    """Falls along half a cosine again and again."""

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = "SGDRDecay",
    ) -> None: ...

class ExponentialDecay(LearningRateSchedule):
    """Falls by the same part every so many steps."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = "ExponentialDecay",
    ) -> None: ...

class InverseTimeDecay(LearningRateSchedule):
    """Falls as one over time."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = "InverseTimeDecay",
    ) -> None: ...

class PiecewiseConstantDecay(LearningRateSchedule):
    """Changes at given steps."""

    def __init__(self, boundaries: Any, values: Any, name: str | None = "PiecewiseConstant") -> None: ...

class PolynomialDecay(LearningRateSchedule):
    """Falls to its end along a power of the time left."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = "PolynomialDecay",
    ) -> None: ...

def __getattr__(name: str) -> Any: ...
