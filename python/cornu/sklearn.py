"""Networks as scikit-learn's estimators: in pipelines, searches, cross-validation, pickles.

Needs scikit-learn 1.6 or newer, which is imported with this module alone.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    RegressorMixin,
    TransformerMixin,
)
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from .utils.py_dataset import PyDataset

__all__ = ["CornuClassifier", "CornuRegressor", "CornuTransformer"]

# Fewer rows than this are one batch: that is as fast, and the result then does not depend on their order.
_WHOLE_BATCH = 64

_PARAMETERS = """
    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int
        Units of the dense layers before the last.
    activation : str
        Of these layers.
    model : callable, optional
        `model(n_features, n_outputs)` gives the network instead. Where it is compiled already it is trained
        so; its seeds are its own matter, except that `random_state` seeds the global generators before.
    optimizer : str or Optimizer
    learning_rate : float or None
        `None` leaves that of the optimizer.
    epochs : int
        Passes over the data at most.
    batch_size : int or "auto"
        32, or all rows where there are few.
    dropout : float
        Fraction of the units of each hidden layer that a step leaves out.
    l2 : float
        Penalty on the squares of the kernels.
    standardize : bool
        Whether features (and the targets of a regression) are shifted and scaled to mean 0 and deviation 1.
    early_stopping : bool
        Whether to hold back `validation_fraction` of the rows and to keep the weights that suit these best.
    validation_fraction : float
    patience : int
        Epochs without progress after which training ends.
    tol : float or None
        What counts as progress of the loss; `None` trains all epochs (unless stopped early).
    warm_start : bool
        Whether `fit` goes on from the weights of the last fit.
    random_state : int, RandomState or None
    verbose : int
        0, 1 (a bar) or 2 (a line an epoch).
"""


class _Rows(PyDataset):
    """Batches of rows in random order, drawn anew for each epoch; what is left over waits for another."""

    def __init__(self, parts: tuple, size: int, draw: np.random.RandomState):
        super().__init__()
        self.parts, self.size, self.draw = parts, size, draw
        self.rows = len(parts[0])
        self.on_epoch_end()

    def __len__(self) -> int:
        return max(1, self.rows // self.size)

    def __getitem__(self, i: int) -> tuple:
        taken = self.order[i * self.size : (i + 1) * self.size]
        return tuple(part[taken] for part in self.parts)

    def on_epoch_end(self) -> None:
        self.order = self.draw.permutation(self.rows)


class _Network(BaseEstimator):
    """What the estimators share: the network, its training, its way into a pickle."""

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        model: Any = None,
        optimizer: Any = "adam",
        learning_rate: float | None = 0.003,
        epochs: int = 200,
        batch_size: Any = "auto",
        dropout: float = 0.0,
        l2: float = 1e-4,
        standardize: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        tol: float | None = 1e-4,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.model = model
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.dropout = dropout
        self.l2 = l2
        self.standardize = standardize
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.tol = tol
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    # The network

    def _hidden_sizes(self) -> list[int]:
        sizes = self.hidden_layer_sizes
        sizes = [sizes] if isinstance(sizes, (int, np.integer)) else list(sizes)
        if any(size < 1 for size in sizes):
            raise ValueError(f"hidden_layer_sizes must be at least 1 each, got {self.hidden_layer_sizes}")
        return [int(size) for size in sizes]

    def _build(self, n_features: int, n_outputs: int, last: str, loss: str, draw: Any) -> Any:
        from . import Input, Sequential, initializers, layers, optimizers, regularizers, utils

        def seed() -> int:
            return int(draw.randint(2**31 - 1))

        if self.model is not None:
            if self.random_state is not None:
                utils.set_random_seed(seed())
            network = self.model(n_features, n_outputs)
            if getattr(network, "optimizer", None) is not None:
                return network
        else:
            penalty = regularizers.L2(self.l2) if self.l2 else None
            stack = [Input((n_features,))]
            for size in self._hidden_sizes():
                stack.append(
                    layers.Dense(
                        size,
                        activation=self.activation,
                        kernel_initializer=initializers.GlorotUniform(seed=seed()),
                        kernel_regularizer=penalty,
                    )
                )
                if self.dropout:
                    stack.append(layers.Dropout(self.dropout, seed=seed()))
            stack.append(
                layers.Dense(
                    n_outputs,
                    activation=last,
                    kernel_initializer=initializers.GlorotUniform(seed=seed()),
                    kernel_regularizer=penalty,
                )
            )
            network = Sequential(stack)
        optimizer = self.optimizer
        if isinstance(optimizer, str):
            optimizer = optimizers.get(optimizer)
        else:  # a trained optimizer belongs to one network
            optimizer = type(optimizer).from_config(optimizer.get_config())
        if self.learning_rate is not None and isinstance(self.optimizer, str):
            optimizer.learning_rate = self.learning_rate
        network.compile(optimizer=optimizer, loss=loss)
        return network

    def _train(
        self,
        x: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray | None,
        *,
        n_outputs: int,
        last: str,
        loss: str,
        again: bool,
        epochs: int,
        stratify: np.ndarray | None = None,
    ) -> None:
        """Trains a new network, or `again` the one there is, on standardized rows."""
        from . import callbacks

        draw = check_random_state(self.random_state)
        size = self._batch_size(len(x))
        if not again:
            self.model_ = self._build(x.shape[1], n_outputs, last, loss, draw)
            self.loss_curve_ = []
        if weight is not None:
            weight = (weight * (len(weight) / weight.sum())).astype(np.float32)
            if np.ptp(weight) == 0:
                weight = None
        parts = [x, y] if weight is None else [x, y, weight]
        called, held = [], None
        if self.early_stopping and epochs > 1:
            counts = None if stratify is None else np.unique(stratify, return_counts=True)[1]
            halves = train_test_split(
                *parts,
                test_size=self.validation_fraction,
                random_state=draw.randint(2**31 - 1),
                stratify=stratify if counts is not None and counts.min() > 1 else None,
            )
            parts, held = halves[::2], tuple(halves[1::2])
            called.append(callbacks.EarlyStopping("val_loss", patience=self.patience, restore_best_weights=True))
        elif self.tol is not None and epochs > 1:
            called.append(callbacks.EarlyStopping("loss", min_delta=self.tol, patience=self.patience, mode="min"))
        options = {"epochs": epochs, "verbose": int(self.verbose), "callbacks": called, "shuffle": False}
        if held is not None:
            options["validation_data"] = held
        if size >= len(parts[0]):
            x, y, *weights = parts
            history = self.model_.fit(x, y, sample_weight=weights[0] if weights else None, batch_size=len(x), **options)
        else:
            history = self.model_.fit(_Rows(tuple(parts), size, draw), **options)
        losses = [float(value) for value in history.history["loss"]]
        self.loss_curve_ = [*self.loss_curve_, *losses]
        self.n_epochs_ = len(self.loss_curve_)

    def _batch_size(self, rows: int) -> int:
        if isinstance(self.batch_size, str):
            if self.batch_size != "auto":
                raise ValueError(f'batch_size must be a number or "auto", got {self.batch_size!r}')
            return rows if rows <= _WHOLE_BATCH else 32
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}")
        return int(self.batch_size)

    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "model_")
        X = validate_data(self, X, reset=False, dtype=[np.float64, np.float32])
        return self._predict_rows(self.model_, self._scaled(X))

    def _predict_rows(self, network: Any, x: np.ndarray) -> np.ndarray:
        if 1 < len(x) <= _WHOLE_BATCH:  # an order of their own: no rounding then depends on a row's place
            x, which = np.unique(x, axis=0, return_inverse=True)
            return np.asarray(network.predict(x, batch_size=_WHOLE_BATCH, verbose=0))[which.reshape(-1)]
        return np.asarray(network.predict(x, batch_size=1024, verbose=0))

    # The data

    def _weights(self, sample_weight: Any, X: np.ndarray) -> np.ndarray | None:
        if sample_weight is None:
            return None
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if weight.sum() == 0:
            raise ValueError("sample_weight must not be zero for all rows")
        return weight

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        if self.standardize:
            X = (X - self.feature_mean_) / self.feature_scale_
        return np.ascontiguousarray(X, np.float32)

    def _learn_scale(self, X: np.ndarray, weight: np.ndarray | None) -> None:
        if self.standardize:
            self.feature_mean_, self.feature_scale_ = _moments(X, weight)

    # Pickles

    def __getstate__(self) -> dict:
        state = dict(super().__getstate__())
        if "model_" in state:
            state["model_"] = _to_bytes(state["model_"])
        state.pop("_extractor", None)
        return state

    def __setstate__(self, state: dict) -> None:
        if isinstance(state.get("model_"), bytes):
            state = {**state, "model_": _from_bytes(state["model_"])}
        super().__setstate__(state)


class CornuClassifier(ClassifierMixin, _Network):
    __doc__ = f"""A classifier: dense layers (or those of `model`), softmax, crossentropy.
{_PARAMETERS}
    class_weight : dict, "balanced" or None
        Factors for the weights of rows, by class.

    Attributes
    ----------
    classes_, n_features_in_, feature_names_in_
    model_ : the network
    loss_curve_ : list of float
        The loss of each epoch.
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        model: Any = None,
        optimizer: Any = "adam",
        learning_rate: float | None = 0.003,
        epochs: int = 200,
        batch_size: Any = "auto",
        dropout: float = 0.0,
        l2: float = 1e-4,
        standardize: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        tol: float | None = 1e-4,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
        class_weight: Any = None,
    ):
        super().__init__(
            hidden_layer_sizes,
            activation,
            model=model,
            optimizer=optimizer,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            dropout=dropout,
            l2=l2,
            standardize=standardize,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            patience=patience,
            tol=tol,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> CornuClassifier:
        """Trains on features `[rows, features]` and labels, which may be text."""
        again = self.warm_start and hasattr(self, "model_")
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32], reset=not again)
        check_classification_targets(y)
        classes = np.unique(y)
        if again and not np.isin(classes, self.classes_).all():
            raise ValueError(f"warm_start: labels must be among {self.classes_}, got {classes}")
        if not again:
            self.classes_ = classes
        return self._fit_rows(X, y, sample_weight, again, self.epochs)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> CornuClassifier:
        """One more epoch on these rows; the first call has to know all `classes`."""
        again = hasattr(self, "model_")
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32], reset=not again)
        check_classification_targets(y)
        if classes is not None:
            classes = np.unique(classes)
        if not again:
            if classes is None:
                raise ValueError("classes must be passed on the first call to partial_fit")
            self.classes_ = classes
        elif classes is not None and not np.array_equal(classes, self.classes_):
            raise ValueError(f"classes={classes} is not the same as on the first call: {self.classes_}")
        if not np.isin(y, self.classes_).all():
            raise ValueError(f"labels must be among {self.classes_}, got {np.unique(y)}")
        return self._fit_rows(X, y, sample_weight, again, 1)

    def _fit_rows(self, X: np.ndarray, y: np.ndarray, sample_weight: Any, again: bool, epochs: int) -> Any:
        weight = self._weights(sample_weight, X)
        if self.class_weight is not None:
            factors = compute_sample_weight(self.class_weight, y)
            weight = factors if weight is None else weight * factors
        X, codes, weight = _counted(X, np.searchsorted(self.classes_, y).astype(np.int32), weight)
        if not again:
            self._learn_scale(X, weight)
        self._train(
            self._scaled(X),
            codes,
            weight,
            n_outputs=len(self.classes_),
            last="softmax",
            loss="sparse_categorical_crossentropy",
            again=again,
            epochs=epochs,
            stratify=codes,
        )
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities `[rows, classes]`."""
        return self._outputs(X)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithms of the probabilities."""
        return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> np.ndarray:
        """The most probable label of each row."""
        best = self._outputs(X).argmax(axis=1)
        return self.classes_[best]


class CornuRegressor(RegressorMixin, _Network):
    __doc__ = f"""A regressor for one or several targets: dense layers (or those of `model`), squared error.
{_PARAMETERS}
    Attributes
    ----------
    n_features_in_, feature_names_in_
    n_outputs_ : int
    model_ : the network
    loss_curve_ : list of float
        The loss of each epoch.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> CornuRegressor:
        """Trains on features `[rows, features]` and targets `[rows]` or `[rows, targets]`."""
        return self._fit_rows(X, y, sample_weight, self.warm_start and hasattr(self, "model_"), self.epochs)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> CornuRegressor:
        """One more epoch on these rows; the scales are those of the first call."""
        return self._fit_rows(X, y, sample_weight, hasattr(self, "model_"), 1)

    def _fit_rows(self, X: Any, y: Any, sample_weight: Any, again: bool, epochs: int) -> Any:
        X, y = validate_data(
            self, X, y, multi_output=True, y_numeric=True, dtype=[np.float64, np.float32], reset=not again
        )
        y = np.asarray(y, np.float64)
        rows = y[:, None] if y.ndim == 1 else y
        if again and rows.shape[1] != self.n_outputs_:
            raise ValueError(f"y must have {self.n_outputs_} targets as before, got {rows.shape[1]}")
        X, rows, weight = _counted(X, rows, self._weights(sample_weight, X))
        if not again:
            self.n_outputs_ = rows.shape[1]
            self._is_flat = y.ndim == 1
            self._learn_scale(X, weight)
            if self.standardize:
                self.target_mean_, self.target_scale_ = _moments(rows, weight)
        if self.standardize:
            rows = (rows - self.target_mean_) / self.target_scale_
        self._train(
            self._scaled(X),
            rows.astype(np.float32),
            weight,
            n_outputs=self.n_outputs_,
            last="linear",
            loss="mean_squared_error",
            again=again,
            epochs=epochs,
        )
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Targets, in the shape that `fit` was given."""
        found = self._outputs(X).reshape(-1, self.n_outputs_)
        if self.standardize:
            found = found * self.target_scale_ + self.target_mean_
        # One target is told in the precision that it has; of several, scikit-learn expects 64 bits.
        found = found.astype(np.float32 if self.n_outputs_ == 1 else np.float64)
        return found[:, 0] if self._is_flat else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class CornuTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, _Network):
    __doc__ = f"""Features: what a layer of a trained network gives.

    The network learns to predict `y` or, where there is none, to give back `X` (an autoencoder). A network
    that is trained already is taken as it is, if `model` is one.
{_PARAMETERS}
    layer : int or str
        The layer, by its place (the last but one by default) or its name.
    task : "auto", "classification", "regression" or "reconstruction"

    Attributes
    ----------
    n_features_in_, feature_names_in_
    model_ : the network
    loss_curve_ : list of float
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = (32,),
        activation: str = "relu",
        *,
        layer: Any = -2,
        task: str = "auto",
        model: Any = None,
        optimizer: Any = "adam",
        learning_rate: float | None = 0.003,
        epochs: int = 200,
        batch_size: Any = "auto",
        dropout: float = 0.0,
        l2: float = 1e-4,
        standardize: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        tol: float | None = 1e-4,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ):
        super().__init__(
            hidden_layer_sizes,
            activation,
            model=model,
            optimizer=optimizer,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            dropout=dropout,
            l2=l2,
            standardize=standardize,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            patience=patience,
            tol=tol,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
        )
        self.layer = layer
        self.task = task

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> CornuTransformer:
        """Trains on features `[rows, features]` and, if given, targets."""
        again = self.warm_start and hasattr(self, "model_")
        options = {"dtype": [np.float64, np.float32], "reset": not again}
        if y is None:
            X = validate_data(self, X, **options)
        else:
            X, y = validate_data(self, X, y, multi_output=True, **options)
        weight = self._weights(sample_weight, X)
        if hasattr(self.model, "predict"):
            self.model_, self.loss_curve_ = self.model, []
            self._learn_scale(X, weight)
        else:
            self._fit_rows(X, y, weight, again)
        self._extractor = self._make_extractor()
        self._n_features_out = int(np.prod(self._extractor.output_shape[1:]))
        return self

    def _fit_rows(self, X: np.ndarray, y: Any, weight: np.ndarray | None, again: bool) -> None:
        task = self.task
        if task == "auto":
            kind = "none" if y is None else type_of_target(y)
            task = {"none": "reconstruction", "binary": "classification", "multiclass": "classification"}.get(
                kind, "regression"
            )
        if task not in ("classification", "regression", "reconstruction"):
            raise ValueError(f'task must be "auto", "classification", "regression" or "reconstruction", got {task!r}')
        if y is None and task != "reconstruction":
            raise ValueError(f"task={task!r} requires y to be passed, but the target y is None")
        if task == "classification":
            classes, targets = np.unique(y, return_inverse=True)
            targets = targets.astype(np.int32)
            n_outputs, last, loss = len(classes), "softmax", "sparse_categorical_crossentropy"
        elif task == "regression":
            targets = np.asarray(y, np.float64).reshape(len(X), -1)
            n_outputs, last, loss = targets.shape[1], "linear", "mean_squared_error"
        else:
            targets, n_outputs, last, loss = None, X.shape[1], "linear", "mean_squared_error"
        X, targets, weight = _counted(X, targets, weight)
        if not again:
            self._learn_scale(X, weight)
        x = self._scaled(X)
        if targets is None:
            targets = x
        elif task == "regression":
            mean, scale = _moments(targets, weight)
            targets = ((targets - mean) / scale).astype(np.float32)
        self._train(x, targets, weight, n_outputs=n_outputs, last=last, loss=loss, again=again, epochs=self.epochs)

    def _make_extractor(self) -> Any:
        """The network up to the layer."""
        from . import Model

        network = self.model_
        if isinstance(self.layer, str):
            layer = network.get_layer(self.layer)
        else:
            if not -len(network.layers) <= self.layer < len(network.layers):
                raise ValueError(f"layer={self.layer}, but the network has {len(network.layers)} layers")
            layer = network.layers[self.layer]
        return Model(network.inputs, layer.output)

    def transform(self, X: Any) -> np.ndarray:
        """What the layer gives for each row, `[rows, features]`."""
        check_is_fitted(self, "model_")
        X = validate_data(self, X, reset=False, dtype=[np.float64, np.float32])
        found = self._predict_rows(self._extractor, self._scaled(X))
        return found.reshape(len(found), -1)

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        if hasattr(self, "model_"):
            self._extractor = self._make_extractor()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]  # features are of 32 bits, whatever comes in
        return tags


def _moments(values: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of columns; the deviation of a constant column counts as 1."""
    mean = np.average(values, axis=0, weights=weight)
    deviation = np.sqrt(np.average(np.square(values - mean), axis=0, weights=weight))
    constant = deviation <= 10 * np.finfo(np.float64).eps * np.abs(mean)
    return mean, np.where(constant | (deviation == 0), 1.0, deviation)


def _counted(X: np.ndarray, y: np.ndarray | None, weight: np.ndarray | None) -> tuple:
    """The rows that count. Of few rows, equal ones become one that weighs more, in an order of their own.

    Rounding then is the same for rows that are repeated and for those with a weight.
    """
    if weight is not None and not weight.all():
        kept = weight > 0
        X, y, weight = X[kept], None if y is None else y[kept], weight[kept]
    if len(X) > _WHOLE_BATCH:
        return X, y, weight
    both = X if y is None else np.column_stack([X, y])
    _, first, which = np.unique(both, axis=0, return_index=True, return_inverse=True)
    return (
        X[first],
        None if y is None else y[first],
        np.bincount(which.reshape(-1), weight).astype(np.float64),
    )


def _to_bytes(network: Any) -> bytes:
    if hasattr(network, "_to_bytes"):
        return network._to_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        network.save(path)
        with open(path, "rb") as file:
            return file.read()


def _from_bytes(data: bytes) -> Any:
    from . import Model

    if hasattr(Model, "_from_bytes"):
        return Model._from_bytes(data)
    from . import models

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        with open(path, "wb") as file:
            file.write(data)
        return models.load_model(path)
