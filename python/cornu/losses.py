"""Losses: how far predictions are from what they should be."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core, _item, _make, _session, _tables
from ._tensor import tensor


def _known(value: Any) -> Any:
    return value.numpy() if isinstance(value, _core.Variable) and not _core.tracing() else value


class Loss(_item.Item):
    """How far predictions are from what they should be.

    To write one, derive from this class and define ``call(self, y_true, y_pred)`` with operations of
    ``cornu.ops``; it gives the loss of each sample, and is traced once.

    Parameters
    ----------
    name : str, optional
        What it is called.
    reduction : str or None
        How samples' losses become one: ``sum_over_batch_size`` (their mean), ``sum``, ``mean_with_sample_weight``
        or ``none``.

    Notes
    -----
    Agrees with ``keras.losses.Loss``.
    """

    _kind = "losses"

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        self.name = name or _session.snake_case(type(self).__name__)
        self.reduction = None if reduction == "none" else reduction
        self.dtype = dtype

    def _configure(self, bound: dict[str, Any]) -> None:
        super()._configure(bound)
        self.name = self._config.get("name") or _session.snake_case(self._class_name())
        self.reduction = self._config.get("reduction")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give the loss of each sample."""
        if "_config" not in self.__dict__:
            raise NotImplementedError(f"{type(self).__name__} has to define call(self, y_true, y_pred)")
        return _each(self, y_true, y_pred)

    def _given(self) -> Any:
        """Give what the engine takes: a config, or this object."""
        overridden = type(self).call is not Loss.call
        return self if overridden or "_config" not in self.__dict__ else self._plain()

    def _describe(self, y_true: Any, y_pred: Any) -> Any:
        return self.call(y_true, y_pred)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Give the loss of a batch."""
        if _core.call_kind(y_true, y_pred, sample_weight) == 1 or _core.tracing():
            return _core.traced_loss(self._given(), y_true, y_pred, sample_weight)
        y_true, y_pred = (np.asarray(_known(value)) for value in (y_true, y_pred))
        weight = None if sample_weight is None else np.asarray(_known(sample_weight))
        return tensor(_core.loss_value(self._given(), y_true, y_pred, weight))

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        if "_config" in self.__dict__:
            return dict(self._config)
        return {"name": self.name, "reduction": self.reduction}


class LossFunctionWrapper(Loss):
    """A function as a loss: `fn(y_true, y_pred, **kwargs)` gives the loss of each sample.

    Notes
    -----
    Agrees with ``keras.losses.Loss`` of a function.
    """

    def __init__(
        self,
        fn: Any,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", "loss"), reduction, dtype)
        self.fn = fn
        self._kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give what the function gives."""
        return self.fn(y_true, y_pred, **self._kwargs)


def _each(loss: Loss, y_true: Any, y_pred: Any) -> Any:
    """Give the loss of each sample, by a loss of the engine."""
    unreduced = {**loss._config, "reduction": "none"}
    given = {"class_name": loss._class_name(), "config": unreduced, "module": None}
    if _core.call_kind(y_true, y_pred) == 1 or _core.tracing():
        return _core.traced_loss(given, y_true, y_pred)
    y_true, y_pred = (np.asarray(_known(value)) for value in (y_true, y_pred))
    return tensor(_core.loss_value(given, y_true, y_pred))


def _function(name: str) -> Any:
    """Make the function that gives the loss of each sample."""
    import sys

    cls = getattr(sys.modules[__name__], _tables.entry("losses", name)["class"])

    def run(bound: dict[str, Any]) -> Any:
        y_true, y_pred = bound.pop("y_true"), bound.pop("y_pred")
        for key in ("ref_labels", "ref_embeddings"):
            if bound.pop(key, None) is not None:
                raise ValueError(f"{name}: {key} is not supported")
        return _each(cls(**bound), y_true, y_pred)

    summary = next((line for known, _, line in _core.listed("losses") if known == cls.__name__), "")
    function = _make.make_function("losses", name, run, summary)
    function._loss_class = cls
    return function


def as_loss(identifier: Any) -> Any:
    """Give what the engine takes for a loss: a name, a config, or an object that describes it."""
    if isinstance(identifier, str):
        from .saving import get_registered_object

        custom = get_registered_object(identifier)
        if custom is None:
            # A function's name is known by the table, the class's by the engine.
            name = _tables.resolve("losses", identifier)
            if name is None or identifier.lower() in ("crossentropy", "ce"):
                return identifier
            return as_loss(get(identifier))
        identifier = custom
    identifier = get(identifier)
    if isinstance(identifier, Loss):
        return identifier
    known = getattr(identifier, "_loss_class", None)
    return known() if known is not None else LossFunctionWrapper(identifier)


_functions = _item.functions("losses", Loss, "loss")
get = _functions["get"]
_extra = {
    "Loss": Loss,
    "LossFunctionWrapper": LossFunctionWrapper,
    **_functions,
}
_get, __dir__, __all__ = _item.module(__name__, Loss, _extra, _function)


def __getattr__(name: str) -> Any:
    # `losses.mse` and `losses.MSE` are functions too.
    resolved = _tables.table()["losses"].get("strings", {}).get(name)
    if resolved in _tables.names("losses", "functions"):
        return _get(resolved)
    return _get(name)
