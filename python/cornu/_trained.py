"""What models are trained, evaluated and run with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ._network import Network
from ._steps import Steps


class Trained(Steps, Network):
    """A network that is compiled and fitted."""

    # Training.

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        memory_limit: int | None = None,
    ) -> None:
        """Say what the model is trained with.

        Parameters
        ----------
        optimizer : str or Optimizer
            What turns gradients into new weights.
        loss : str, Loss or function, or a list or dictionary of such
            What is minimized, of each output.
        loss_weights : list or dict of float, optional
            What each output's loss counts for.
        metrics, weighted_metrics : list, or a list or dictionary of lists
            What is reported.
        memory_limit : int, optional
            The most bytes that a step may take; parts are then computed twice.
        """
        from . import optimizers

        self.optimizer = optimizers.get(optimizer)
        if isinstance(self.optimizer, optimizers.Optimizer):
            self.optimizer._attach(self)
        self.loss = loss
        self._compiled = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "memory_limit": memory_limit,
        }
        self._metric_objects: list = []
        self._step_metric_objects: Any = None
        self.compiled = True
        if self._core is not None:
            self._compile_engine()
        else:
            # What there is no such thing as is told here, and not when training begins.
            self._prepared(None)

    def _names_of_outputs(self) -> list[str]:
        return self._keys[1] if self._core is not None else []

    def _per_output(self, given: Any, what: str, names: list[str] | None, as_list: bool) -> list:
        """Give what is meant for each output: one for all, or one for each."""
        if isinstance(given, dict) and not (as_list is False and "class_name" in given):
            if names is None:
                return [item for item in given.values()]
            aliases = self._aliases(names)
            stray = [key for key in given if key not in aliases]
            if stray:
                raise ValueError(f"there is no output {stray[0]!r} for {what}; there are {', '.join(names)}")
            by_place = {aliases[key]: value for key, value in given.items()}
            return [by_place.get(i) for i in range(len(names))]
        if isinstance(given, (list, tuple)):
            return list(given)
        return [given]

    def _aliases(self, names: list[str]) -> dict[str, int]:
        aliases = {name: i for i, name in enumerate(names)}
        for i, symbol in enumerate(self.__dict__.get("_symbols", ((), ()))[1]):
            if symbol.history is not None:
                aliases.setdefault(symbol.history[0].name, i)
        return aliases

    def _prepared(self, names: list[str] | None) -> tuple:
        from . import losses, metrics

        settings = self._compiled
        given = self._per_output(settings["loss"], "loss", names, False)
        # An output without a loss is not trained; with no loss at all there is what layers add.
        loss = [] if all(item is None for item in given) else [item and losses.as_loss(item) for item in given]
        lists = []
        n = len(names or [])
        for key in ("metrics", "weighted_metrics"):
            value = settings[key]
            if value is None:
                lists.append([])
                continue
            if isinstance(value, dict):
                per = self._per_output(value, key, names, True)
            elif isinstance(value, (list, tuple)):
                nested = any(isinstance(item, (list, tuple)) for item in value)
                # With several outputs a flat list as long as they has one for each, as in Keras.
                per = list(value) if nested or (n > 1 and len(value) == n) else [list(value)]
            else:
                per = [[value]]
            per = [item if isinstance(item, (list, tuple)) else [] if item is None else [item] for item in per]
            lists.append([[metrics.as_metric(item) for item in row] for row in per])
        weights = settings["loss_weights"]
        if isinstance(weights, dict):
            weights = [1.0 if w is None else w for w in self._per_output(weights, "loss_weights", names, True)]
        elif isinstance(weights, (int, float)):
            weights = [float(weights)]
        return loss, weights, lists[0], lists[1]

    @property
    def _steps_itself(self) -> bool:
        return type(self).train_step is not Steps.train_step or type(self).compute_loss is not Steps.compute_loss

    def _compile_engine(self) -> None:
        names = self._names_of_outputs()
        loss, weights, metrics, weighted = self._prepared(names)
        self._kept = [loss, metrics, weighted]
        self.__dict__["_losses_given"] = loss
        self._metric_objects = [m for row in [*metrics, *weighted] for m in row]
        flags = list(self._trainable_flags(""))
        if self._flags_before != flags:
            self._core.set_trainable(flags)
            self._flags_before = flags
        own_step = self._steps_itself or not loss or None in loss
        as_given = lambda item: item._given() if hasattr(item, "_given") else item  # noqa: E731
        self._core.compile(
            self.optimizer._plain() if hasattr(self.optimizer, "_plain") else self.optimizer,
            ["mse"] if own_step else [as_given(item) for item in loss],
            weights,
            [] if own_step else [[as_given(m) for m in row] for row in metrics],
            [] if own_step else [[as_given(m) for m in row] for row in weighted],
            self if own_step else None,
            self._compiled["memory_limit"],
        )

    _flags_before: Any = None

    def _trainable_flags(self, prefix: str) -> Iterator[tuple[str, bool]]:
        if self._is_custom:
            yield f"{prefix}{self.name}", self._trainable
            return
        for layer in self.layers:
            yield f"{prefix}{layer.name}", layer._trainable
            if isinstance(layer, Network) and not layer._is_custom:
                yield from layer._trainable_flags(f"{prefix}{layer.name}/")

    def _ready(self, x: Any) -> None:
        """Make the model for data like `x`, and compile it, if that is still to be done."""
        built = self._core is not None
        self._build_for(x)
        if self._compiled is not None and not (built and self._core.is_compiled()):
            self._compile_engine()

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        **kwargs: Any,
    ) -> Any:
        """Train: go through the data in batches, epoch by epoch.

        Parameters
        ----------
        x, y : arrays, or lists or dictionaries of such; a Dataset, a DataLoader, a generator ... for both
            What the model is fed, and what it is to give.
        batch_size : int, optional
            Rows of a step; 32 unless given.
        epochs : int
            How often the data is gone through.
        verbose : {"auto", 0, 1, 2}
            Nothing, a bar, or a line for each epoch.
        callbacks : list of Callback, optional
            What happens besides.
        validation_split : float
            The share of rows, from the end, that is evaluated and not trained on.
        validation_data : tuple, or data as `x`, optional
            What is evaluated after each epoch.
        shuffle : bool
            Whether rows are put in a new order for each epoch.
        class_weight : dict, optional
            What samples of each class count for.
        sample_weight : array, optional
            What each row counts for.

        Returns
        -------
        History
            What was reported of each epoch, in ``history.history``.
        """
        from ._training import fit

        if kwargs:
            raise TypeError(f"fit() got an unexpected keyword argument {next(iter(kwargs))!r}")
        return fit(
            self,
            x,
            y,
            batch_size,
            epochs,
            verbose,
            callbacks,
            validation_split,
            validation_data,
            shuffle,
            class_weight,
            sample_weight,
            initial_epoch,
            steps_per_epoch,
            validation_steps,
            validation_batch_size,
            validation_freq,
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Give the loss, and the metrics if there are some, on data that is not trained on."""
        from ._training import evaluate

        return evaluate(self, x, y, batch_size, verbose, sample_weight, steps, callbacks, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Give the output for each row of the data, as NumPy arrays."""
        from ._training import predict

        return predict(self, x, batch_size, verbose, steps, callbacks)

    def predict_on_batch(self, x: Any) -> Any:
        """Give the output for one batch, as NumPy arrays."""
        if type(x) is np.ndarray and self._core is not None and self._output_structure is None:
            outputs = self._core.predict_on_batch(x, self.stateful)
            return outputs[0] if len(outputs) == 1 else outputs
        from ._training import arrays_of

        self._build_for(x)
        return self._pack_outputs(self._core.predict_on_batch(arrays_of(self, x), self.stateful))

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Train on one batch; give its loss, and its metrics if there are some."""
        from ._training import on_batch

        self.reset_metrics()
        return on_batch(self, x, y, sample_weight, class_weight, return_dict, train=True)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False, **kwargs: Any
    ) -> Any:
        """Evaluate one batch; give its loss, and its metrics if there are some."""
        from ._training import on_batch

        self.reset_metrics()
        return on_batch(self, x, y, sample_weight, None, return_dict, train=False)

    def reset_metrics(self) -> None:
        """Start the metrics anew."""
        if self._core is not None and self._core.is_compiled():
            self._core.reset_metrics()

    def reset_states(self) -> None:
        """Set what stateful layers keep from batch to batch to zeros."""
        if self._core is not None:
            self._core.reset_states()
        for layer in self.layers:
            layer.reset_states()

    reset_state = reset_states

    @property
    def stateful(self) -> bool:
        """Whether a layer keeps something from batch to batch."""
        known = self.__dict__.get("_stateful")
        if known is None or self._core is None:
            known = any(layer.stateful is True or (layer._bound or {}).get("stateful") is True for layer in self.layers)
            if self._core is not None:
                self.__dict__["_stateful"] = known
        return known
