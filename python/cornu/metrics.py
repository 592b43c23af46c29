"""Metrics: figures that are reported, over all the batches of an epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core, _item, _make, _session, _tables
from ._tensor import tensor
from ._variable import Variable


class Metric(_item.Item):
    """A figure that is reported, over all the batches of an epoch.

    To write one, derive from this class; declare totals with ``self.add_variable`` in ``__init__``, change them in
    ``update_state(self, y_true, y_pred, sample_weight=None)`` by ``assign`` or ``assign_add``, and give the figure
    in ``result(self)``, with operations of ``cornu.ops``.

    Parameters
    ----------
    name : str, optional
        What it is reported under.

    Notes
    -----
    Agrees with ``keras.metrics.Metric``.
    """

    _kind = "metrics"
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or _session.snake_case(type(self).__name__)
        self.dtype = dtype or "float32"
        self._begin()

    def _begin(self) -> None:
        self._id = _session.next_id()
        self._totals: list[Variable] = []
        self._starts: list[np.ndarray] = []
        self._state: Any = None
        # Within a training step: what it was last given, and its place among the step's metrics.
        self._last: Any = None
        self._place: int | None = None

    def _configure(self, bound: dict[str, Any]) -> None:
        super()._configure(bound)
        name = self._config.get("name") or bound.get("name")
        if not name:
            name = _session.unique_name(_session.snake_case(self._class_name()))
            self._config["name"] = name
        self.name = name
        self.dtype = "float32"
        self._begin()

    @property
    def _is_custom(self) -> bool:
        return type(self).update_state is not Metric.update_state or type(self).result is not Metric.result

    def _given(self) -> Any:
        """Give what the engine takes: a config, or this object."""
        if self._is_custom or "_config" not in self.__dict__:
            return self
        return {**self._plain(), "config": {**self._config, "name": self.name}}

    def _engine(self) -> Any:
        if self._state is None:
            self._state = _core.MetricState(self._given())
        return self._state

    def add_variable(
        self, shape: Any = (), initializer: Any = "zeros", dtype: Any = None, aggregation: Any = None, name: Any = None
    ) -> Variable:
        """Declare a total."""
        name = name or f"variable_{len(self._totals)}"
        variable = Variable(
            initializer,
            shape=tuple(shape),
            dtype=dtype or "float32",
            trainable=False,
            name=name,
            _layer=self._id,
            _path=f"{self.name}/{name}",
            _is_total=True,
        )
        self._totals.append(variable)
        self._starts.append(variable.numpy())
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = "zeros", dtype: Any = None, name: Any = None, **kwargs: Any
    ) -> Variable:
        """Declare a total."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add a batch."""
        values = _arguments(self, args, kwargs)
        if _core.tracing():
            self._note(*values)
        else:
            y_true, y_pred, weight = (None if v is None else np.asarray(_known(v)) for v in values)
            if y_true is None:
                y_true = y_pred
            # Single numbers are batches of one.
            y_true, y_pred = (np.reshape(v, (1,)) if v.ndim == 0 else v for v in (y_true, y_pred))
            self._engine().update(y_true, y_pred, weight)

    def _note(self, y_true: Any, y_pred: Any, weight: Any) -> None:
        self._last = y_pred
        if type(self).__name__ != "Mean" and self._place is not None:
            _core.count(self._place, y_pred if y_true is None else y_true, y_pred, weight)

    def result(self) -> Any:
        """Give the figure."""
        if _core.tracing():
            return InStep(self)
        return tensor(self._engine().result())

    def reset_state(self) -> None:
        """Begin anew."""
        for variable, start in zip(self._totals, self._starts, strict=True):
            variable.assign(start)
        if self._state is not None:
            self._state.reset()

    reset_states = reset_state

    def _describe_update(self, y_true: Any, y_pred: Any, weight: Any) -> None:
        import inspect

        parameters = inspect.signature(self.update_state).parameters
        named = "sample_weight" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        if len(parameters) == 1 or next(iter(parameters), "") == "values":
            self.update_state(y_pred)
        elif named and weight is not None:
            self.update_state(y_true, y_pred, sample_weight=weight)
        else:
            self.update_state(y_true, y_pred)

    def _describe_result(self) -> Any:
        result = self.result()
        return result

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add a batch, and give the figure."""
        self.update_state(*args, **kwargs)
        return self.result()

    @property
    def variables(self) -> list[Any]:
        """The totals."""
        if self._totals:
            return list(self._totals)
        return [tensor(value) for _, value in self._engine().variables()]

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        if "_config" in self.__dict__:
            return {**self._config, "name": self.name}
        return {"name": self.name}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class InStep:
    """What a metric says in the training step that is being described: its figure, when the step has run."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric


class FunctionMetric(Metric):
    """A function as a metric: the mean of `fn(y_true, y_pred, **kwargs)`."""

    def __init__(self, fn: Any, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(dtype, name or getattr(fn, "__name__", "metric"))
        self._fn = fn
        self._kwargs = kwargs
        self.total = self.add_variable((), name="total")
        self.count = self.add_variable((), name="count")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        from . import ops

        values = ops.cast(self._fn(y_true, y_pred, **self._kwargs), "float32")
        if len(values.shape) > 1:
            values = ops.mean(values, axis=tuple(range(1, len(values.shape))))
        if sample_weight is not None and len(values.shape) == 1:
            weight = ops.cast(sample_weight, "float32")
            self.total.assign_add(ops.sum(values * weight))
            self.count.assign_add(ops.sum(weight))
        else:
            self.total.assign_add(ops.sum(values))
            self.count.assign_add(float(values.shape[0]) if values.shape else 1.0)

    def result(self) -> Any:
        """Give the mean."""
        from . import ops

        return self.total / ops.maximum(self.count, 1e-12)


def _known(value: Any) -> Any:
    return value.numpy() if isinstance(value, _core.Variable) else value


def _arguments(metric: Metric, args: tuple, kwargs: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Give labels, predictions and weights of a call of `update_state`."""
    if metric._class_name() in ("Mean", "Sum"):
        values = args[0] if args else kwargs.get("values")
        return None, values, args[1] if len(args) > 1 else kwargs.get("sample_weight")
    names = ("y_true", "y_pred", "sample_weight")
    given = dict(zip(names, args, strict=False)) | kwargs
    if unknown := set(given) - set(names):
        raise TypeError(f"update_state got an unexpected keyword argument {unknown.pop()!r}")
    for name in names[:2]:
        if name not in given:
            raise TypeError(f"update_state is missing the argument {name!r}")
    return given["y_true"], given["y_pred"], given.get("sample_weight")


def _right(name: str, y_true: Any, y_pred: Any, given: dict[str, Any]) -> Any:
    """Give whether predictions are right, on numbers, tensors and symbols."""
    from . import ops

    if name == "binary_accuracy":
        truth = ops.greater(y_pred, given["threshold"])
        return ops.cast(ops.equal(y_true, ops.cast(truth, ops.dtype(y_true))), "float32")
    if not name.startswith("sparse"):
        y_true = ops.argmax(y_true, axis=-1)
    elif len(ops.shape(y_true)) == len(ops.shape(y_pred)) and ops.shape(y_true)[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    if "k" in given:
        return ops.cast(ops.in_top_k(ops.cast(y_true, "int32"), y_pred, k=given["k"]), "float32")
    found = ops.argmax(y_pred, axis=-1)
    return ops.cast(ops.equal(ops.cast(y_true, ops.dtype(found)), found), "float32")


def _function(name: str) -> Any:
    """Make the function that gives the figure of each sample."""
    entry = _tables.entry("metrics", name)
    from . import losses

    if name in _tables.names("losses", "functions"):
        return getattr(losses, name)
    cls_name = entry["class"]

    def run(bound: dict[str, Any]) -> Any:
        import sys

        if name.endswith("_accuracy"):
            return _right(name, bound.pop("y_true"), bound.pop("y_pred"), bound)
        y_true, y_pred = (np.asarray(_known(bound.pop(key))) for key in ("y_true", "y_pred"))
        cls = getattr(sys.modules[__name__], cls_name)
        # Sample by sample: a metric of one sample is that sample's figure.
        known = {key: value for key, value in bound.items() if key in _tables.binder("metrics", cls_name).defaults}
        rows = []
        for i in range(len(y_pred)):
            metric = cls(**known)
            metric.update_state(y_true[i : i + 1], y_pred[i : i + 1])
            rows.append(float(metric.result()))
        return tensor(np.asarray(rows, "float32"))

    summary = next((line for known, _, line in _core.listed("metrics") if known == cls_name), "")
    function = _make.make_function("metrics", name, run, summary)
    function._metric_class = cls_name
    return function


def as_metric(identifier: Any) -> Any:
    """Give what the engine takes for a metric: a name, or an object."""
    import sys

    if isinstance(identifier, str):
        from .saving import get_registered_object

        custom = get_registered_object(identifier)
        if custom is None:
            if identifier.lower() in ("accuracy", "acc", "crossentropy", "ce"):
                return identifier
            cls = _tables.resolve("metrics", identifier)
            if cls in _tables.names("metrics"):
                # As in Keras, it is reported under the name that was given.
                return getattr(sys.modules[__name__], cls)(name=identifier)
            if cls in _tables.names("metrics", "functions"):
                return _of_function(cls, identifier)
            return identifier
        identifier = custom
    if isinstance(identifier, dict):
        identifier = get(identifier)
    if isinstance(identifier, type):
        identifier = identifier()
    if isinstance(identifier, Metric):
        return identifier
    known = getattr(identifier, "_metric_class", None) or getattr(identifier, "_loss_class", None)
    if known is not None:
        name = known if isinstance(known, str) else known.__name__
        if name in _tables.names("metrics"):
            return getattr(sys.modules[__name__], name)(name=identifier.__name__)
    if callable(identifier):
        return FunctionMetric(identifier)
    raise ValueError(f"{identifier!r} is no metric")


def _of_function(name: str, reported: str) -> Any:
    import sys

    cls = _tables.entry("metrics", name).get("class")
    return getattr(sys.modules[__name__], cls)(name=reported)


_functions = _item.functions("metrics", Metric, "metric")
get = _functions["get"]
_extra = {
    "Metric": Metric,
    **_functions,
}
_get, __dir__, __all__ = _item.module(__name__, Metric, _extra, _function)


def __getattr__(name: str) -> Any:
    return _get(name)
