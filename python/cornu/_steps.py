"""Training steps that are described in Python, and the metrics that they report."""

from __future__ import annotations

import inspect
from typing import Any

from . import _core, _session
from ._nested import unflatten
from ._structure import leaves


class Steps:
    """What models describe a training step with; `train_step` and its like can be written anew."""

    @property
    def metrics(self) -> list:
        """The metrics: the loss's mean, those compiled with, and those that are attributes."""
        from .metrics import Metric

        return [*self._step_metrics_all(), *[m for m in self._attribute_metrics() if isinstance(m, Metric)]]

    def _attribute_metrics(self) -> list:
        from .metrics import Metric

        own = [value for key, value in self.__dict__.items() if isinstance(value, Metric) and key != "_loss_mean"]
        return own

    def _step_metrics_all(self) -> list:
        from . import metrics

        if self._compiled is None:
            return []
        if "_loss_mean" not in self.__dict__:
            self.__dict__["_loss_mean"] = metrics.Mean(name="loss")
        found = [self._loss_mean] if self._compiled["loss"] is not None else []
        return found + self._resolved_metrics()

    def _resolved_metrics(self) -> list:
        """Give the compiled metrics as objects: what `accuracy` means follows from the loss and the output."""
        from . import metrics

        if self.__dict__.get("_step_metric_objects") is None:
            loss = self._kept[0][0] if self._kept and self._kept[0] else None
            name = loss if isinstance(loss, str) else getattr(loss, "name", "") or ""
            shape = self._core.output_types()[0][0] if self._core is not None else (None, None)
            if "sparse" in name:
                form = "SparseCategorical"
            elif shape and shape[-1] == 1 or "binary" in name:
                form = "Binary"
            else:
                form = "Categorical"
            found = []
            for item in self._metric_objects:
                if isinstance(item, str):
                    word = "Crossentropy" if item.lower() in ("crossentropy", "ce") else "Accuracy"
                    item = getattr(metrics, f"{form}{word}")(name=item)
                found.append(item)
            self.__dict__["_step_metric_objects"] = found
        return self._step_metric_objects

    @property
    def metrics_names(self) -> list[str]:
        """What is reported."""
        return [metric.name for metric in self.metrics] or ["loss"]

    # Training steps of one's own.

    def _step_metrics(self) -> list:
        """Give the metrics that the engine counts in a training step."""
        counted = [m for m in [*self._resolved_metrics(), *self._attribute_metrics()] if type(m).__name__ != "Mean"]
        for i, metric in enumerate(counted):
            metric._place = i
        self.__dict__["_counted"] = counted
        return [m._given() for m in counted]

    def _describe_step(self, x: list, y: list, training: bool) -> None:
        """Describe a step of training, or of evaluation, on tensors."""
        from .metrics import InStep

        inputs = self._packed_inputs(x)
        targets = None if not y else y[0] if len(y) == 1 else list(y)
        weight = None
        if self.__dict__.get("_weights_last") and y:
            weight = y[-1]
            rest = y[:-1]
            targets = None if not rest else rest[0] if len(rest) == 1 else rest
        data = inputs if targets is None else (inputs, targets)
        if weight is not None:
            data = (inputs, targets, weight)
        if targets is None and not self.__dict__.get("_bare", True):
            data = (inputs,)
        for metric in self.metrics:
            metric._last = None
        self._place(self.name if self._is_custom else "")
        _session.tracing.layers.append(self)
        self.__dict__["_stepping"] = True
        self.__dict__["_step_training"] = training
        self.__dict__["_loss_of_step"] = None
        try:
            logs = self.train_step(data) if training else self.test_step(data)
        finally:
            self.__dict__["_stepping"] = False
            _session.tracing.layers.pop()
        if not isinstance(logs, dict):
            raise TypeError(
                f"{type(self).__name__}.{'train' if training else 'test'}_step has to return a dictionary of what is "
                f"reported, got {type(logs).__name__}"
            )
        reported = {}
        for name, value in logs.items():
            if isinstance(value, InStep):
                if type(value.metric).__name__ != "Mean":
                    continue
                value = value.metric._last
                if value is None:
                    continue
            reported[name] = _scalar(value)
        if "loss" not in reported:
            first = self._loss_of_step if self._loss_of_step is not None else next(iter(reported.values()), 0.0)
            self.__dict__["_hides_loss"] = "loss" not in logs
            _core.report("loss", first)
        else:
            self.__dict__["_hides_loss"] = False
        for name, value in reported.items():
            _core.report(name, value)

    def _packed_inputs(self, x: list) -> Any:
        structure = self._input_structure
        if isinstance(structure, tuple) and structure[0] == "dict":
            names = sorted(name for name, _ in structure[1])
            return dict(zip(names, x, strict=True))
        if structure is None or len(x) == 1:
            return x[0] if len(x) == 1 else list(x)
        return unflatten(structure, iter(x))

    def train_step(self, data: Any) -> dict[str, Any]:
        """Describe a step of training: predict, compute the loss and its gradients, update weights and metrics.

        Override it for what is more than one loss of the outputs. It runs once for each graph, on tensors.
        """
        x, y, sample_weight = _unpacked(data)
        y_pred = self(x, training=True)
        loss = self._loss_value(x, y, y_pred, sample_weight, True)
        weights = self.trainable_weights
        if weights:
            gradients = _core.gradient(loss, weights)
            self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Describe a step of evaluation."""
        x, y, sample_weight = _unpacked(data)
        y_pred = self(x, training=False)
        self._loss_value(x, y, y_pred, sample_weight, False)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def _loss_value(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        accepts = inspect.signature(self.compute_loss).parameters
        given = {"x": x, "y": y, "y_pred": y_pred, "sample_weight": sample_weight, "training": training}
        if not any(p.kind is p.VAR_KEYWORD for p in accepts.values()):
            given = {name: value for name, value in given.items() if name in accepts}
        loss = self.compute_loss(**given)
        if self._compiled["loss"] is not None or "_loss_mean" in self.__dict__:
            self._step_metrics_all()
            self._loss_mean.update_state(loss)
        self.__dict__["_loss_of_step"] = loss
        return loss

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
        allow_empty: bool = False,
    ) -> Any:
        """Give the loss that is minimized: of the outputs, and what layers added."""
        from . import losses

        given = self._compiled["loss"]
        total = None
        if given is not None:
            wanted, predicted = leaves(y), leaves(y_pred)
            each = self.__dict__.get("_losses_given") or [losses.as_loss(given)]
            each = each * len(predicted) if len(each) == 1 else each
            weights = self._prepared(self._names_of_outputs() or None)[1] or [1.0] * len(each)
            if len(wanted) == sum(loss is not None for loss in each):
                # Targets of outputs that have no loss are left out.
                rest = iter(wanted)
                wanted = [None if loss is None else next(rest) for loss in each]
            for loss, y_true, prediction, weight in zip(each, wanted, predicted, weights, strict=False):
                if loss is None:
                    continue
                loss = loss._given() if hasattr(loss, "_given") else loss
                value = _core.traced_loss(loss, y_true, prediction, sample_weight) * weight
                total = value if total is None else total + value
        for added in _core.added_losses():
            total = added if total is None else total + added
        if total is None:
            raise ValueError("there is no loss to minimize: give compile a loss, or call add_loss in a layer")
        return total

    def compiled_loss(self, y: Any, y_pred: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Give the loss that the model was compiled with."""
        return self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics, and give what is reported."""
        for metric in self._resolved_metrics():
            metric.update_state(y, y_pred, sample_weight=None)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Give what is reported."""
        return {metric.name: metric.result() for metric in self.metrics}

    @property
    def compiled_metrics(self) -> Any:
        """The compiled metrics, as scripts update them in training steps."""
        return _CompiledMetrics(self)

    def predict_step(self, data: Any) -> Any:
        """Give the output for a batch."""
        return self(_unpacked(data)[0], training=False)


class _CompiledMetrics:
    def __init__(self, model: Any) -> None:
        self._model = model

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        for metric in self._model._resolved_metrics():
            metric.update_state(y, y_pred)


def _unpacked(data: Any) -> tuple[Any, Any, Any]:
    if not isinstance(data, tuple):
        return data, None, None
    return (*data, None, None)[:3]


def _scalar(value: Any) -> Any:
    from . import ops

    shape = ops.shape(value)
    return value if not shape else ops.mean(value)
