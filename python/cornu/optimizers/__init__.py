"""Optimizers: rules that turn gradients into new weights."""

from __future__ import annotations

import weakref
from typing import Any

from .. import _core, _item, _session
from .._tensor import tensor
from . import schedules


class Optimizer(_item.Item):
    """A rule that turns gradients into new weights.

    Notes
    -----
    Agrees with ``keras.optimizers.Optimizer``.
    """

    _kind = "optimizers"
    _model: Any = None

    def _configure(self, bound: dict[str, Any]) -> None:
        rate = bound.get("learning_rate")
        if callable(rate) and not isinstance(rate, (schedules.LearningRateSchedule, type)):
            bound = {**bound, "learning_rate": rate()}
        elif isinstance(rate, _core.Variable):
            bound = {**bound, "learning_rate": float(rate)}
        self._id = _session.next_id()
        super()._configure(bound)
        self.name = self._config.get("name") or _session.snake_case(self._class_name())

    def _attach(self, model: Any) -> None:
        self._model = weakref.ref(model)

    def _engine(self) -> Any:
        model = self._model() if self._model is not None else None
        core = getattr(model, "_core", None)
        return core if core is not None and core.is_compiled() else None

    @property
    def learning_rate(self) -> Any:
        """The learning rate in force: a number, or a schedule."""
        core = self._engine()
        own = self._bound.get("learning_rate")
        if isinstance(own, schedules.LearningRateSchedule):
            return own if core is None else _at(own, self.iterations)
        rate = None if core is None else core.learning_rate()
        return Rate(self._config.get("learning_rate") if rate is None else rate, self)

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        if isinstance(rate, schedules.LearningRateSchedule):
            self._configure({**self._bound, "learning_rate": rate})
            return
        rate = float(rate)
        core = self._engine()
        if core is not None:
            core.set_learning_rate(rate)
        elif isinstance(self._bound.get("learning_rate"), schedules.LearningRateSchedule):
            raise TypeError("this optimizer follows a schedule: its learning rate cannot be set")
        self._bound = {**self._bound, "learning_rate": rate}
        self._config["learning_rate"] = rate

    lr = learning_rate

    @property
    def iterations(self) -> Any:
        """The number of steps taken."""
        for path, value in self._variables():
            if path.endswith("iteration"):
                return tensor(value)
        return tensor(0)

    def _variables(self) -> list[tuple[str, Any]]:
        core = self._engine()
        return [] if core is None else core.optimizer_variables()

    @property
    def variables(self) -> list[Any]:
        """What it keeps between steps."""
        return [tensor(value) for _, value in self._variables()]

    def build(self, variables: Any) -> None:
        """Do nothing: what it keeps is made with the model's first step."""

    def apply_gradients(self, grads_and_vars: Any, **kwargs: Any) -> Any:
        """Change variables by their gradients; within a training step."""
        pairs = [(gradient, variable) for gradient, variable in grads_and_vars if gradient is not None]
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Change variables by their gradients; within a training step."""
        if not _core.tracing():
            raise RuntimeError(
                "an optimizer changes weights within a training step: override train_step of a model, and let fit "
                "call it"
            )
        model = _session.tracing.layers[0] if _session.tracing.layers else None
        own = getattr(model, "optimizer", None) is self
        if trainable_variables is None:
            trainable_variables = model.trainable_variables
        pairs = list(zip(grads, trainable_variables, strict=True))
        _core.apply_gradients(None if own else f"{self.name}_{_number(model, self)}", self._plain(), pairs)

    def minimize(self, loss: Any, var_list: Any, tape: Any = None) -> None:
        """Change variables so that the loss gets smaller; within a training step."""
        variables = var_list() if callable(var_list) else list(var_list)
        self.apply(_core.gradient(loss() if callable(loss) else loss, variables), variables)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make the optimizer from its config."""
        config = dict(config)
        if "inner_optimizer" in config:
            # What such a one has of all optimizers' settings is of no effect.
            config = {key: value for key, value in config.items() if key in cls._binder.defaults}
            config["inner_optimizer"] = get(config["inner_optimizer"])
        return cls(**config)

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        config = dict(self._config)
        rate = self._bound.get("learning_rate")
        config["learning_rate"] = (
            self._config["learning_rate"]
            if isinstance(rate, schedules.LearningRateSchedule)
            else float(rate)
            if isinstance(rate, (int, float))
            else self._config.get("learning_rate")
        )
        return config


def _number(model: Any, optimizer: Optimizer) -> int:
    """Give which of a model's optimizers it is, so that each keeps its own."""
    known = model.__dict__.setdefault("_optimizers", [])
    if optimizer._id not in known:
        known.append(optimizer._id)
    return known.index(optimizer._id)


def _at(schedule: Any, step: Any) -> Any:
    return schedule(step)


class Rate(float):
    """A learning rate: a number that can also be assigned to."""

    _optimizer: Any

    def __new__(cls, value: Any, optimizer: Optimizer) -> Rate:
        """Keep whose it is."""
        rate = super().__new__(cls, 0.0 if value is None or isinstance(value, dict) else value)
        rate._optimizer = optimizer
        return rate

    def numpy(self) -> Any:
        """Give the number."""
        import numpy as np

        return np.float32(self)

    @property
    def value(self) -> Rate:
        """The number itself."""
        return self

    def assign(self, rate: Any) -> None:
        """Set the optimizer's learning rate."""
        self._optimizer.learning_rate = rate


_functions = _item.functions("optimizers", Optimizer, "optimizer")
get = _functions["get"]
_extra = {
    "Optimizer": Optimizer,
    **_functions,
}
_get, __dir__, __all__ = _item.module(__name__, Optimizer, _extra)


def __getattr__(name: str) -> Any:
    if name == "legacy":
        import sys

        return sys.modules[__name__]
    return _get(name)
