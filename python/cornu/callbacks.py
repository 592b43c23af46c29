"""Callbacks: what happens besides training, at its events."""

from __future__ import annotations

import contextlib
import inspect
import sys
import time
from collections.abc import Iterator
from typing import Any

from . import _core

_EVENTS = (
    "on_train_begin",
    "on_epoch_begin",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_epoch_end",
    "on_train_end",
)
# Older names, which new ones call unless they are written anew.
_OLDER = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class Callback:
    """What happens besides training, at its events; derive from it, and define those of interest.

    ``self.model`` is the model, and ``self.params`` says how many ``epochs`` and ``steps`` there will be. To end the
    training, set ``self.model.stop_training = True``.

    Notes
    -----
    Agrees with ``keras.callbacks.Callback``.
    """

    _native: Any = None

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    model: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Say how many epochs and steps there will be."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Say which model is trained."""
        self.model = model

    def on_train_begin(self, logs: Any = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Any = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """After an epoch, with what is reported of it; more can be added."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a step."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a step, with the figures of the epoch so far."""

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a step."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a step, with the figures of the epoch so far."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: Any = None) -> None:
        """After an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Not called: batches are evaluated together."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Not called: batches are evaluated together."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Any = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Not called: batches are predicted together."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Not called: batches are predicted together."""

    @property
    def _is_native(self) -> bool:
        return False

    def _method(self, event: str) -> Any:
        older = _OLDER.get(event)
        if older and getattr(type(self), event) is getattr(Callback, event):
            return getattr(self, older)
        return getattr(self, event)

    def _events(self) -> list[str]:
        """Give the events that it does something at."""
        found = []
        for event in _EVENTS:
            names = [event, _OLDER.get(event, event)]
            if any(getattr(type(self), name) is not getattr(Callback, name) for name in names):
                found.append(event)
        return found

    def _tell(self, event: str, number: int | None, logs: dict[str, float]) -> bool:
        """Tell it of an event; says whether training is to stop."""
        method = self._method(event)
        if number is None:
            method(logs)
        else:
            method(number, logs)
        return bool(getattr(self.model, "stop_training", False))


class History(Callback):
    """What was reported of each epoch, in ``history``; ``fit`` gives one.

    Notes
    -----
    Agrees with ``keras.callbacks.History``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def __repr__(self) -> str:
        return f"<History of {len(self.epoch)} epochs: {', '.join(self.history)}>"


class LambdaCallback(Callback):
    """A callback made of functions.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end, on_train_begin, on_train_end, on_train_batch_begin, on_train_batch_end
        What is done at these events.

    Notes
    -----
    Agrees with ``keras.callbacks.LambdaCallback``.
    """

    def __init__(
        self,
        on_epoch_begin: Any = None,
        on_epoch_end: Any = None,
        on_train_begin: Any = None,
        on_train_end: Any = None,
        on_train_batch_begin: Any = None,
        on_train_batch_end: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin or kwargs.pop("on_batch_begin", None),
            "on_train_batch_end": on_train_batch_end or kwargs.pop("on_batch_end", None),
            **kwargs,
        }
        self._functions = {event: function for event, function in given.items() if function is not None}
        self.__dict__.update(self._functions)

    def _events(self) -> list[str]:
        return [event for event in _EVENTS if event in self._functions]

    def _method(self, event: str) -> Any:
        return self._functions[event]


class CallbackList:
    """Callbacks, however they are given."""

    @staticmethod
    def listed(callbacks: Any) -> list[Callback]:
        """Give them in a list."""
        if callbacks is None:
            return []
        found = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
        for callback in found:
            if not isinstance(callback, Callback):
                raise TypeError(
                    f"callbacks derive from cornu.callbacks.Callback, got {getattr(callback, '__name__', callback)!r}"
                )
        return found


class _Native(Callback):
    """One of the engine's own callbacks; a class that derives from it can do more at its events."""

    _arguments: tuple[str, ...] = ()

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = options
        self.__dict__.update({key: value for key, value in options.items() if key not in self.__dict__})
        given = {key: value for key, value in options.items() if value is not None and key not in ("verbose",)}
        self._native = _core.Native(self._name(), given)

    @classmethod
    def _name(cls) -> str:
        return next(parent.__name__ for parent in cls.__mro__ if _Native in parent.__bases__)

    @property
    def _is_native(self) -> bool:
        base = next(parent for parent in type(self).__mro__ if _Native in parent.__bases__)
        return all(getattr(type(self), event) is getattr(base, event) for event in (*_EVENTS, *_OLDER.values()))

    def _events(self) -> list[str]:
        return list(_EVENTS)

    def _forward(self, event: str, number: int, logs: Any) -> None:
        reported, stop = self._native.tell(event, number, list((logs or {}).items()))
        if logs is not None:
            logs.update(reported)
        if stop:
            self.model.stop_training = True

    def on_train_begin(self, logs: Any = None) -> None:
        """Before the first epoch."""
        self._forward("on_train_begin", 0, logs)

    def on_train_end(self, logs: Any = None) -> None:
        """After the last epoch."""
        self._forward("on_train_end", 0, logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Before an epoch."""
        self._forward("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """After an epoch."""
        self._forward("on_epoch_end", epoch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a step."""
        self._forward("on_train_batch_end", batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """Before an evaluation."""
        if self.model is not None and self._tracks_tests():
            self._forward("on_test_begin", 0, logs)

    def on_test_end(self, logs: Any = None) -> None:
        """After an evaluation."""
        if self.model is not None and self._tracks_tests():
            self._forward("on_test_end", 0, logs)

    def _tracks_tests(self) -> bool:
        return type(self).__name__ == "SwapEMAWeights"


class EarlyStopping(_Native):
    """Stop when a figure no longer gets better.

    Parameters
    ----------
    monitor : str
        The figure.
    min_delta : float
        What counts as better.
    patience : int
        The epochs without a better figure after which training stops.
    mode : {"auto", "min", "max"}
        Which way is better.
    baseline : float, optional
        What the figure has to beat.
    restore_best_weights : bool
        Whether the model gets the weights of its best epoch back.
    start_from_epoch : int
        Epochs before are not looked at.

    Notes
    -----
    Agrees with ``keras.callbacks.EarlyStopping``.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(
            monitor=monitor,
            min_delta=abs(float(min_delta)),
            patience=patience,
            verbose=verbose,
            mode=mode,
            baseline=baseline,
            restore_best_weights=restore_best_weights,
            start_from_epoch=start_from_epoch,
        )

    @property
    def best(self) -> float | None:
        """The best figure."""
        return self._native.state()[0]

    @property
    def stopped_epoch(self) -> int:
        """The epoch after which training was stopped; 0 if it was not."""
        return self._native.state()[1] or 0

    @property
    def best_epoch(self) -> int:
        """The best epoch."""
        return self._native.state()[2]


class ModelCheckpoint(_Native):
    """Save the model after epochs.

    Parameters
    ----------
    filepath : str or Path
        The file; ``{epoch:02d}`` and figures such as ``{val_loss:.2f}`` are filled in.
    monitor : str
        The figure that says which epoch is best.
    save_best_only : bool
        Whether only epochs that are the best so far are saved.
    save_weights_only : bool
        Whether weights alone are saved, to ``.weights.h5`` files.
    save_freq : "epoch" or int
        Or after how many steps.

    Notes
    -----
    Agrees with ``keras.callbacks.ModelCheckpoint``.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        filepath = str(filepath)
        if save_weights_only and not filepath.endswith(".weights.h5"):
            raise ValueError(f"weights alone are saved to a file that ends in .weights.h5, got {filepath!r}")
        if not save_weights_only and not filepath.endswith(".keras"):
            raise ValueError(f"models are saved to a file that ends in .keras, got {filepath!r}")
        super().__init__(
            filepath=filepath,
            monitor=monitor,
            verbose=verbose,
            save_best_only=save_best_only,
            save_weights_only=save_weights_only,
            mode=mode,
            save_freq=save_freq,
            initial_value_threshold=initial_value_threshold,
        )

    @property
    def best(self) -> float | None:
        """The best figure so far, if only the best epochs are saved."""
        return self._native.state()[0]


class ReduceLROnPlateau(_Native):
    """Lower the learning rate when a figure no longer gets better.

    Notes
    -----
    Agrees with ``keras.callbacks.ReduceLROnPlateau``.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if factor >= 1.0:
            raise ValueError(f"factor lowers the learning rate, so it is below 1, got {factor}")
        super().__init__(
            monitor=monitor,
            factor=factor,
            patience=patience,
            verbose=verbose,
            mode=mode,
            min_delta=min_delta,
            cooldown=cooldown,
            min_lr=min_lr,
        )


class LearningRateScheduler(_Native):
    """Set the learning rate before each epoch: ``schedule(epoch, rate)`` gives it.

    Notes
    -----
    Agrees with ``keras.callbacks.LearningRateScheduler``.
    """

    def __init__(self, schedule: Any, verbose: int = 0) -> None:
        try:
            takes_rate = len(inspect.signature(schedule).parameters) > 1
        except (TypeError, ValueError):
            takes_rate = True
        self._takes_rate = takes_rate

        def rate(*args: Any) -> float:
            return float(schedule(*args))

        super().__init__(schedule=rate, takes_rate=takes_rate, verbose=verbose)
        self.schedule = schedule


class TerminateOnNaN(_Native):
    """Stop when a loss is no number.

    Notes
    -----
    Agrees with ``keras.callbacks.TerminateOnNaN``.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()


class CSVLogger(_Native):
    """Write the figures of each epoch to a CSV file.

    Notes
    -----
    Agrees with ``keras.callbacks.CSVLogger``.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__(filename=str(filename), separator=separator, append=append)


class TensorBoard(_Native):
    """Write the figures for TensorBoard.

    Notes
    -----
    Agrees with ``keras.callbacks.TensorBoard``, of which scalars alone are written.
    """

    def __init__(self, log_dir: Any = "logs", update_freq: Any = "epoch", **kwargs: Any) -> None:
        super().__init__(log_dir=str(log_dir), update_freq=update_freq)


class BackupAndRestore(_Native):
    """Keep what is needed to go on with a training that is interrupted.

    Notes
    -----
    Agrees with ``keras.callbacks.BackupAndRestore``.
    """

    def __init__(
        self,
        backup_dir: Any,
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__(backup_dir=str(backup_dir), save_freq=save_freq, delete_checkpoint=delete_checkpoint)


class SwapEMAWeights(_Native):
    """Evaluate with the moving averages of weights.

    Notes
    -----
    Agrees with ``keras.callbacks.SwapEMAWeights``.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__(swap_on_epoch=swap_on_epoch)


class RemoteMonitor(_Native):
    """Send the figures of each epoch to a server.

    Notes
    -----
    Agrees with ``keras.callbacks.RemoteMonitor``.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Any = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__(
            root=root,
            path=path,
            field=field,
            headers=None if headers is None else list(headers.items()),
            send_as_json=send_as_json,
        )


class StopAtLoss(_Native):
    """Stop when the loss is small enough.

    Parameters
    ----------
    threshold : float
        How small.
    monitor : str, optional
        Another figure.
    """

    def __init__(self, threshold: float, monitor: str | None = None) -> None:
        super().__init__(threshold=threshold, monitor=monitor)


class ProgbarLogger(Callback):
    """Nothing: `fit` shows its progress by itself."""


def shown(verbose: Any) -> int:
    """Give what is shown: 0 nothing, 1 a bar, 2 lines."""
    if verbose == "auto":
        return 1
    return int(verbose)


class Shown:
    """The progress of a training, as the engine tells of it."""

    def __init__(self, epochs: int, verbose: int, model: Any) -> None:
        self._epochs = epochs
        self._verbose = verbose
        self._model = model
        self._bar: Any = None
        self._steps = 0

    def _figures(self, logs: list) -> list:
        hides = self._model.__dict__.get("_hides_loss")
        # As in Keras, in alphabetical order.
        return sorted((name, value) for name, value in logs if not (hides and name in ("loss", "val_loss")))

    def begin(self, epoch: int, steps: int, logs: list) -> None:
        """Begin an epoch."""
        from .utils.progbar import Progbar

        self._bar = Progbar(steps or None, verbose=self._verbose, unit_name="step")
        self._bar.stateful_metrics = _All()
        if self._epochs > 1:
            _say(f"Epoch {epoch + 1}/{self._epochs}")

    def update(self, step: int, steps: int, logs: list) -> None:
        """Show where the epoch is."""
        self._steps = step
        if self._verbose == 1:
            self._bar.target = steps or None
            self._bar.update(step, self._figures(logs), finalize=False)

    def end(self, epoch: int, steps: int, logs: list) -> None:
        """Show what an epoch was."""
        self._bar.target = steps
        self._bar.update(steps, self._figures(logs), finalize=True)


class _All:
    """Contains everything: figures are those of the epoch so far, and not averaged again."""

    def __contains__(self, name: object) -> bool:
        return True


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class _Bar:
    def __init__(self, verbose: int, steps: int | None) -> None:
        self._verbose, self._steps = verbose, steps
        self._started = time.time()

    def end(self, scores: list) -> None:
        """Show what there was."""
        if not self._verbose:
            return
        from .utils.progbar import Progbar

        bar = Progbar(self._steps, verbose=self._verbose, unit_name="step")
        bar.stateful_metrics = _All()
        for name in ("_start", "start"):
            if hasattr(bar, name):
                setattr(bar, name, self._started)
        bar.update(self._steps or 1, sorted(scores), finalize=True)


@contextlib.contextmanager
def timed(verbose: int, steps: int | None) -> Iterator[_Bar]:
    """Show how long something took."""
    yield _Bar(verbose, steps)


__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "StopAtLoss",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
