"""Training, evaluating and predicting: what `fit` and its like do with their arguments."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _adapters
from ._structure import leaves


class Passes:
    """Data that come in batches, as the engine goes through them: pass after pass."""

    def __init__(self, batches: Any, model: Any, steps: int | None = None) -> None:
        self._batches = batches
        self._model = model
        self._length = batches.length if steps is None else steps
        self._steps = steps
        self._peeked: list = []
        self._one_shot = batches.kind == "generator"
        self._stream: Any = None
        self._begun = -1

    def first(self) -> Any:
        """Give the first batch, without taking it."""
        if self._one_shot:
            if not self._peeked:
                self._stream = self._batches.make_iterator()
                found = next(self._stream, None)
                if found is None:
                    return None
                self._peeked.append(found)
            return self._peeked[0]
        return next(iter(self._batches.make_iterator()), None)

    def _pass(self, number: int) -> Cursor:
        """Begin a pass."""
        if self._one_shot:
            self.first()
            # What was looked at first comes first.
            rest = iter(self._peeked) if number == 0 and self._peeked else iter(())
            stream = _first_again(self, rest)
            if self._steps is not None:
                stream = itertools.islice(stream, self._steps)
            return Cursor(stream, self._model)
        if number > self._begun:
            if self._begun >= 0:
                self._batches.on_epoch_end()
            self._begun = number
        stream = iter(self._batches.make_iterator())
        if self._steps is not None:
            stream = itertools.islice(stream, self._steps)
        return Cursor(stream, self._model)


def _first_again(passes: Passes, first: Iterator) -> Iterator:
    for item in first:
        # The engine looks at the first batch before it begins: until a second is asked for, it is not used up.
        yield item
        passes._peeked.clear()
    while True:
        item = next(passes._stream, None)
        if item is None:
            return
        yield item


class Cursor:
    """A pass under way."""

    def __init__(self, stream: Iterator, model: Any) -> None:
        self._stream = stream
        self._model = model

    def _next(self) -> list | None:
        triple = next(self._stream, None)
        return None if triple is None else flat_batch(self._model, triple)


def flat_batch(model: Any, triple: Any) -> list:
    """Give a batch as the engine takes it: inputs, targets, sample weights."""
    x, y, weight = triple
    found = [np.asarray(value) for value in model._flat_inputs(x)]
    if y is not None:
        found += [np.asarray(value) for value in flat_targets(model, y)]
    if weight is not None:
        found += [np.asarray(value) for value in leaves(weight)]
    return found


def flat_targets(model: Any, y: Any) -> list:
    """Give the targets in the order of the outputs."""
    if isinstance(y, dict):
        names = model._keys[1]
        aliases = model._aliases(names)
        by_place = {aliases.get(key, key): value for key, value in y.items()}
        losses = model.__dict__.get("_losses_given") or []
        needless = {i for i, loss in enumerate(losses) if loss is None and len(losses) == len(names)}
        missing = [name for i, name in enumerate(names) if i not in by_place and i not in needless]
        if missing:
            raise ValueError(f"the targets {missing[0]!r} are missing; the model gives {', '.join(names)}")
        return [by_place[i] for i in range(len(names)) if i in by_place]
    return leaves(y)


def arrays_of(model: Any, x: Any) -> Any:
    """Give data in arrays as the engine takes them."""
    x = _adapters.arrays(x, "float32")
    if isinstance(x, np.ndarray):
        return model._ranked(x)
    return model._flat_inputs(x)


def _whole(model: Any, triple: Any) -> tuple[Any, Any, list]:
    x, y, weight = triple
    x = model._ranked(x) if isinstance(x, np.ndarray) else model._flat_inputs(x)
    y = y if y is None or isinstance(y, np.ndarray) else flat_targets(model, y)
    if isinstance(weight, dict):
        weight = flat_targets(model, weight)
    return x, y, [] if weight is None else leaves(weight)


def _check_compiled(model: Any) -> None:
    if model._compiled is None and not (model._core is not None and model._core.is_compiled()):
        raise ValueError("the model is not compiled\n help: call model.compile(optimizer=..., loss=...) first")


def _classes(class_weight: Any) -> Any:
    if class_weight is None:
        return None
    if not isinstance(class_weight, dict):
        raise TypeError(f"class_weight is a dictionary of classes to weights, got {type(class_weight).__name__}")
    return {int(key): float(value) for key, value in class_weight.items()}


def _weighted_step(model: Any, y: Any, weight: list) -> tuple[Any, list]:
    """Give a step of one's own its sample weights among the targets."""
    model.__dict__["_weights_last"] = bool(weight) and model._steps_itself
    if model.__dict__["_weights_last"]:
        return [*([] if y is None else y if isinstance(y, list) else [y]), *weight], []
    return y, weight


def fit(
    model: Any,
    x: Any,
    y: Any,
    batch_size: int | None,
    epochs: int,
    verbose: Any,
    callbacks: Any,
    validation_split: float,
    validation_data: Any,
    shuffle: bool,
    class_weight: Any,
    sample_weight: Any,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_batch_size: int | None,
    validation_freq: Any,
) -> Any:
    """Train; see `Model.fit`."""
    from . import callbacks as callbacks_module

    _check_compiled(model)
    batches = _adapters.batches(x, y, sample_weight, batch_size=batch_size, floatx=None)
    model.stop_training = False
    options: dict[str, Any] = {"epochs": epochs, "initial_epoch": initial_epoch, "shuffle": bool(shuffle)}
    if steps_per_epoch is not None:
        options["steps_per_epoch"] = steps_per_epoch
    if isinstance(validation_freq, int):
        options["validation_freq"] = validation_freq
    if class_weight is not None:
        options["class_weight"] = _classes(class_weight)
    by_arrays = batches.kind == "arrays"
    passes = None if by_arrays else Passes(batches, model)
    if not by_arrays and steps_per_epoch is None and batches.kind == "generator" and batches.length is None:
        # A generator is gone through once; each epoch is what is left of it.
        pass
    first = batches.arrays if by_arrays else passes.first()
    if first is None:
        raise ValueError("the data have no batch")
    model._ready(first[0])
    validation = None
    if validation_data is not None:
        values = _adapters.batches(
            *_validation(validation_data), batch_size=validation_batch_size if by_arrays else None, floatx=None
        )
        if values.kind == "arrays" and validation_batch_size is None:
            validation = _whole(model, values.arrays)
        else:
            options["validation_batches"] = Passes(values, model, validation_steps)
    own = callbacks_module.CallbackList.listed(callbacks)
    shown = callbacks_module.shown(verbose)
    history = next((c for c in own if isinstance(c, callbacks_module.History)), None) or callbacks_module.History()
    steps = steps_per_epoch or batches.length
    if by_arrays:
        rows = batches.n_samples - int(batches.n_samples * validation_split)
        steps = steps_per_epoch or -(-rows // (batch_size or 32))
    params = {"verbose": shown, "epochs": epochs, "steps": steps}
    for callback in [*own, history]:
        callback.set_model(model)
        callback.set_params(params)
    native = [c._native for c in own if c._is_native]
    python = [c for c in own if not c._is_native and not isinstance(c, callbacks_module.History)]
    progress = callbacks_module.Shown(epochs, shown, model) if shown else None
    model.__dict__["history"] = history
    model.__dict__["_bare"] = y is None
    if by_arrays:
        inputs, targets, weight = _whole(model, batches.arrays)
        targets, weight = _weighted_step(model, targets, weight)
        options["batch_size"] = 32 if batch_size is None else batch_size
        options["validation_split"] = float(validation_split)
        done = model._core.fit(inputs, targets, weight, validation, options, native, python, progress)
    else:
        if validation_split:
            raise ValueError("validation_split is for arrays: give validation_data of its own beside batches")
        model.__dict__["_weights_last"] = first[2] is not None and model._steps_itself
        done = model._core.fit_batches(passes, validation, options, native, python, progress)
        batches.on_epoch_end()
    hides = model.__dict__.get("_hides_loss")
    history.epoch = list(done[0])
    history.history = {name: list(values) for name, values in done[1] if not (hides and name in ("loss", "val_loss"))}
    return history


def _validation(data: Any) -> tuple:
    if isinstance(data, tuple) and 1 <= len(data) <= 3:
        return (*data, None, None)[:3]
    if isinstance(data, list) and 2 <= len(data) <= 3:
        return (*data, None, None)[:3]
    return data, None, None


def _scores(model: Any, scores: list, return_dict: bool) -> Any:
    hides = model.__dict__.get("_hides_loss")
    scores = [(name, value) for name, value in scores if not (hides and name == "loss")]
    if return_dict:
        return dict(scores)
    values = [value for _, value in scores]
    return values[0] if len(values) == 1 else values


def evaluate(
    model: Any,
    x: Any,
    y: Any,
    batch_size: int | None,
    verbose: Any,
    sample_weight: Any,
    steps: int | None,
    callbacks: Any,
    return_dict: bool,
) -> Any:
    """Evaluate; see `Model.evaluate`."""
    from . import callbacks as callbacks_module

    _check_compiled(model)
    batches = _adapters.batches(x, y, sample_weight, batch_size=batch_size, floatx=None)
    shown = callbacks_module.shown(verbose)
    own = callbacks_module.CallbackList.listed(callbacks)
    for callback in own:
        callback.set_model(model)
        callback.on_test_begin({})
    model.__dict__["_bare"] = y is None
    if batches.kind == "arrays" and steps is None:
        model._ready(batches.arrays[0])
        inputs, targets, weight = _whole(model, batches.arrays)
        targets, weight = _weighted_step(model, targets, weight)
        with callbacks_module.timed(shown, -(-batches.n_samples // (batch_size or 32))) as bar:
            scores = model._core.evaluate(inputs, targets, weight, 32 if batch_size is None else batch_size)
            bar.end(scores)
    else:
        passes = Passes(batches, model, steps)
        first = passes.first()
        if first is None:
            raise ValueError("the data have no batch")
        model._ready(first[0])
        model.__dict__["_weights_last"] = first[2] is not None and model._steps_itself
        with callbacks_module.timed(shown, passes._length) as bar:
            scores = model._core.evaluate_batches(passes)
            bar.end(scores)
    for callback in own:
        callback.on_test_end(dict(scores))
    return _scores(model, scores, return_dict)


def predict(model: Any, x: Any, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any) -> Any:
    """Predict; see `Model.predict`."""
    from . import callbacks as callbacks_module

    own = callbacks_module.CallbackList.listed(callbacks)
    for callback in own:
        callback.set_model(model)
        callback.on_predict_begin({})
    shown = callbacks_module.shown(verbose)
    if type(x) is np.ndarray and model._core is not None and not shown and steps is None:
        found = model._core.predict(x)
        result = found[0] if len(found) == 1 and model._output_structure is None else model._pack_outputs(found)
    else:
        batches = _adapters.batches(x, batch_size=None, floatx=None)
        if batches.kind == "arrays" and steps is None:
            inputs = batches.arrays[0]
            model._build_for(inputs)
            with callbacks_module.timed(shown, -(-batches.n_samples // (batch_size or 32))) as bar:
                flat = model._ranked(inputs) if isinstance(inputs, np.ndarray) else model._flat_inputs(inputs)
                found = model._core.predict(flat)
                bar.end([])
        else:
            passes = Passes(batches, model, steps)
            first = passes.first()
            if first is None:
                raise ValueError("the data have no batch")
            model._build_for(first[0])
            with callbacks_module.timed(shown, passes._length) as bar:
                found = model._core.predict_batches(passes)
                bar.end([])
        result = model._pack_outputs(found)
    for callback in own:
        callback.on_predict_end({})
    return result


def on_batch(model: Any, x: Any, y: Any, sample_weight: Any, class_weight: Any, return_dict: bool, train: bool) -> Any:
    """Train or evaluate on one batch."""
    _check_compiled(model)
    x = _adapters.arrays(x)
    model._ready(x)
    y = None if y is None else _adapters.arrays(y)
    weight = None if sample_weight is None else _adapters.arrays(sample_weight)
    if class_weight is not None:
        classes = np.asarray(y)
        classes = classes.argmax(-1) if classes.ndim > 1 and classes.shape[-1] > 1 else classes.reshape(len(classes))
        weight = np.asarray([class_weight.get(int(c), 1.0) for c in classes], "float32")
    inputs, targets, weights = _whole(model, (x, y, weight))
    model.__dict__["_bare"] = y is None
    targets, weights = _weighted_step(model, targets, weights)
    scores = model._core.on_batch(inputs, targets, weights, train)
    return _scores(model, scores, return_dict)
