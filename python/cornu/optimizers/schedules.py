"""Learning rates that depend on the number of steps taken."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core, _item
from .._tensor import tensor


class LearningRateSchedule(_item.Item):
    """A learning rate that depends on the number of steps taken.

    Notes
    -----
    Agrees with ``keras.optimizers.schedules.LearningRateSchedule``.
    """

    _kind = "schedules"

    def __call__(self, step: Any) -> Any:
        """Give the learning rate at a step."""
        return tensor(_core.apply("schedules", self._plain(), np.asarray(step, "float32")))


_extra = {
    "LearningRateSchedule": LearningRateSchedule,
    **_item.functions("optimizers.schedules", LearningRateSchedule, "schedule"),
}
__getattr__, __dir__, __all__ = _item.module(__name__, LearningRateSchedule, _extra)
