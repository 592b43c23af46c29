"""Fit, evaluate and predict."""

import keras
import numpy as np
from keras import layers

from .optimizers import named
from .shared import array, fresh, normal, number, plain, uniform, write


class Problem:
    """The fixed data and weights of ``fit.json``.

    Attributes
    ----------
    x, y : numpy.ndarray
        Sixty rows of four features, and their labels out of three.
    sample_weight : numpy.ndarray
        A weight a row.
    val : tuple of numpy.ndarray
        ``(x, y)`` of twenty rows apart from the others.
    weights : list of numpy.ndarray
        The initial kernels and biases.
    """

    def __init__(self):
        rng = fresh(8)
        rule = normal(rng, 4, 3)
        self.x = normal(rng, 60, 4)
        val_x = normal(rng, 20, 4)
        self.y = self.label(rng, self.x @ rule)
        self.val = (val_x, self.label(rng, val_x @ rule))
        self.sample_weight = uniform(rng, 0.0, 2.0, 60)
        self.weights = [
            normal(rng, 4, 6, scale=0.6),
            normal(rng, 6, scale=0.1),
            normal(rng, 6, 3, scale=0.6),
            normal(rng, 3, scale=0.1),
        ]

    @staticmethod
    def label(rng, scores):
        """Label rows by their noisy scores.

        Parameters
        ----------
        rng : numpy.random.Generator
            Where the noise comes from.
        scores : numpy.ndarray
            Scores, a column a class.

        Returns
        -------
        numpy.ndarray
            int32 labels.
        """
        return np.argmax(scores + normal(rng, *scores.shape), -1).astype(
            np.int32
        )

    def model(self, normalize=False, **kernel_options):
        """Build the model with its initial weights.

        Parameters
        ----------
        normalize : bool
            Whether there is a BatchNormalization between the Dense layers.
        **kernel_options
            What the first Dense layer gets besides.

        Returns
        -------
        keras.Sequential
            The model, not compiled.
        """
        fresh(8)
        middle = [layers.BatchNormalization()] if normalize else []
        model = keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(6, activation="relu", **kernel_options),
                *middle,
                layers.Dense(3, activation="softmax"),
            ]
        )
        dense = [v for v in model.layers if isinstance(v, layers.Dense)]
        dense[0].set_weights(self.weights[:2])
        dense[1].set_weights(self.weights[2:])
        return model


def history(record):
    """Turn a History into JSON.

    Parameters
    ----------
    record : keras.callbacks.History
        What `fit` returned.

    Returns
    -------
    dict
        A list of numbers by name, in Keras's order.
    """
    return {k: [number(v) for v in vs] for k, vs in record.history.items()}


class EpochLog(keras.callbacks.Callback):
    """Record the learning rate after each epoch, once callbacks have run."""

    def __init__(self):
        super().__init__()
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        """Record the rate.

        Parameters
        ----------
        epoch : int
            The epoch, not used.
        logs : dict, optional
            The logs, not used.
        """
        rate = self.model.optimizer.learning_rate
        self.rates.append(number(np.asarray(rate)))


def fit_case(
    problem, name, compiled=None, built=None, optimizer=None, **options
):
    """Fit the model of a problem one way and record what came of it.

    Parameters
    ----------
    problem : Problem
        The data and the weights.
    name : str
        The scenario's name.
    compiled : dict, optional
        Arguments of `compile` besides the defaults.
    built : dict, optional
        Arguments of `Problem.model`.
    optimizer : keras.optimizers.Optimizer, optional
        Another one than ``Adam(0.01)``.
    **options
        Arguments of `fit` besides the defaults.

    Returns
    -------
    dict
        The case.
    keras.Model
        The model after it.
    """
    model = problem.model(**(built or {}))
    compiled = {"metrics": ["accuracy"], **(compiled or {})}
    optimizer = optimizer or keras.optimizers.Adam(0.01)
    optimizer_config = {
        "class_name": type(optimizer).__name__,
        "config": plain(optimizer.get_config()),
    }
    model.compile(optimizer, "sparse_categorical_crossentropy", **compiled)
    options = {
        "epochs": 3,
        "batch_size": 16,
        "shuffle": False,
        "verbose": 0,
        **options,
    }
    initial = named(model.weights)
    record = model.fit(problem.x, problem.y, **options)
    told = {
        k: v
        for k, v in options.items()
        if k
        not in ("verbose", "callbacks", "sample_weight", "validation_data")
    }
    told["sample_weight"] = options.get("sample_weight") is not None
    told["validation_data"] = "validation_data" in options
    told["validation_sample_weight"] = (
        len(options.get("validation_data", ())) == 3
    )
    case = {
        "name": name,
        "model": plain(model.get_config()),
        "optimizer": optimizer_config,
        "compile": plain(compiled),
        "fit": plain(told),
        "initial_weights": initial,
        "history": history(record),
        "epoch": record.epoch,
        "final_weights": named(model.weights),
        "optimizer_variables": named(model.optimizer.variables),
    }
    return case, model


def evaluation(model, x, y, **options):
    """Evaluate a model.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    x, y : numpy.ndarray
        Data.
    **options
        Arguments of `evaluate` besides.

    Returns
    -------
    dict
        The results by name, in Keras's order.
    """
    logs = model.evaluate(x, y, verbose=0, return_dict=True, **options)
    return {k: number(v) for k, v in logs.items()}


def callback_cases(problem):
    """Fit with callbacks that stop the training or change its rate.

    Parameters
    ----------
    problem : Problem
        The data and the weights.

    Returns
    -------
    list of dict
        The cases.
    """
    kc = keras.callbacks
    cases = []
    for name, epochs, arguments in [
        (
            "early_stopping_restore",
            30,
            [
                (
                    "EarlyStopping",
                    {
                        "monitor": "val_loss",
                        "patience": 2,
                        "min_delta": 0.001,
                        "restore_best_weights": True,
                    },
                )
            ],
        ),
        (
            "early_stopping_accuracy",
            30,
            [
                (
                    "EarlyStopping",
                    {
                        "monitor": "val_accuracy",
                        "patience": 3,
                        "mode": "max",
                        "start_from_epoch": 2,
                    },
                )
            ],
        ),
        (
            "reduce_lr_on_plateau",
            14,
            [
                (
                    "ReduceLROnPlateau",
                    {
                        "monitor": "val_loss",
                        "factor": 0.5,
                        "patience": 1,
                        "min_delta": 0.01,
                        "cooldown": 1,
                        "min_lr": 0.02,
                    },
                )
            ],
        ),
    ]:
        log = EpochLog()
        made = [getattr(kc, kind)(**kwargs) for kind, kwargs in arguments]
        model = problem.model()
        model.compile(
            keras.optimizers.Adam(0.15),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        record = model.fit(
            problem.x,
            problem.y,
            epochs=epochs,
            batch_size=16,
            shuffle=False,
            verbose=0,
            validation_data=problem.val,
            callbacks=[*made, log],
        )
        case = {
            "name": name,
            "learning_rate": number(0.15),
            "epochs": epochs,
            "callbacks": [
                {"class_name": kind, "config": kwargs}
                for kind, kwargs in arguments
            ],
            "history": history(record),
            "learning_rates_after_epoch": log.rates,
            "final_weights": named(model.weights),
            "evaluate_val": evaluation(model, *problem.val, batch_size=16),
        }
        for callback in made:
            if isinstance(callback, kc.EarlyStopping):
                case["stopped_epoch"] = callback.stopped_epoch
                case["best_epoch"] = callback.best_epoch
                case["best"] = number(callback.best)
        cases.append(case)
    return cases


def callback_sequences(problem):
    """Feed fixed sequences of a monitored value to the callbacks.

    Parameters
    ----------
    problem : Problem
        Where the model comes from.

    Returns
    -------
    list of dict
        The rate after each epoch, and whether the training was to stop.
    """
    kc = keras.callbacks
    falling = [
        1.0,
        0.9,
        0.9,
        0.91,
        0.8,
        0.81,
        0.82,
        0.83,
        0.84,
        0.7,
        0.71,
        0.72,
        0.73,
        0.74,
        0.75,
        0.76,
    ]
    rising = [0.2, 0.4, 0.4, 0.39, 0.41, 0.41, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5]
    cases = []
    for kind, kwargs, monitor, values in [
        (
            "ReduceLROnPlateau",
            {"factor": 0.5, "patience": 2},
            "val_loss",
            falling,
        ),
        (
            "ReduceLROnPlateau",
            {"factor": 0.1, "patience": 1, "cooldown": 2, "min_lr": 0.0001},
            "val_loss",
            falling,
        ),
        (
            "ReduceLROnPlateau",
            {
                "monitor": "val_accuracy",
                "factor": 0.5,
                "patience": 2,
                "mode": "max",
                "min_delta": 0.02,
            },
            "val_accuracy",
            rising,
        ),
        (
            "ReduceLROnPlateau",
            {"monitor": "val_accuracy", "factor": 0.5, "patience": 2},
            "val_accuracy",
            rising,
        ),
        ("EarlyStopping", {"patience": 0}, "val_loss", falling),
        ("EarlyStopping", {"patience": 3}, "val_loss", falling),
        (
            "EarlyStopping",
            {"patience": 2, "min_delta": 0.05},
            "val_loss",
            falling,
        ),
        (
            "EarlyStopping",
            {"patience": 2, "start_from_epoch": 4},
            "val_loss",
            falling,
        ),
        (
            "EarlyStopping",
            {"patience": 2, "baseline": 0.75},
            "val_loss",
            falling,
        ),
        (
            "EarlyStopping",
            {"monitor": "val_accuracy", "patience": 3, "mode": "max"},
            "val_accuracy",
            rising,
        ),
    ]:
        model = problem.model()
        model.compile(
            keras.optimizers.SGD(0.1),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        # Auto mode asks the model's metrics, which need one batch.
        model.train_on_batch(problem.x, problem.y)
        callback = getattr(kc, kind)(**kwargs)
        callback.set_model(model)
        model.stop_training = False
        callback.on_train_begin()
        rates, stops = [], []
        for epoch, value in enumerate(values):
            callback.on_epoch_end(epoch, {monitor: value})
            rates.append(number(np.asarray(model.optimizer.learning_rate)))
            stops.append(bool(model.stop_training))
        cases.append(
            {
                "class_name": kind,
                "config": kwargs,
                "monitor": monitor,
                "initial_learning_rate": number(0.1),
                "values": values,
                "learning_rates": rates,
                "stop_training": stops,
            }
        )
    return cases


def multi_case():
    """Fit a model with two inputs and two outputs of different losses.

    Returns
    -------
    list of dict
        One case with losses as a dict, one with lists and sample weights.
    """
    cases = []
    for form in ("dict", "list"):
        rng = fresh(9)
        left, right = (
            keras.Input((4,), name="left"),
            keras.Input((3,), name="right"),
        )
        a = layers.Dense(5, activation="tanh", name="dense_left")(left)
        b = layers.Dense(5, activation="relu", name="dense_right")(right)
        both = layers.Concatenate(name="both")([a, b])
        kind = layers.Dense(3, activation="softmax", name="kind")(both)
        amount = layers.Dense(1, name="amount")(both)
        model = keras.Model([left, right], [kind, amount], name="multi")
        model.set_weights(
            [normal(rng, *w.shape, scale=0.5) for w in model.get_weights()]
        )
        x = [normal(rng, 40, 4), normal(rng, 40, 3)]
        y_kind = rng.integers(0, 3, 40).astype(np.int32)
        y_amount = (x[0][:, :1] - x[1][:, :1]).astype(np.float32)
        weights = [uniform(rng, 0.0, 2.0, 40), uniform(rng, 0.0, 2.0, 40)]
        initial = named(model.weights)
        ce, mse = "sparse_categorical_crossentropy", "mean_squared_error"
        if form == "dict":
            told = {
                "loss": {"kind": ce, "amount": mse},
                "loss_weights": {"kind": 0.7, "amount": 0.3},
                "metrics": {
                    "kind": ["accuracy"],
                    "amount": ["mean_absolute_error", mse],
                },
            }
            data = (
                {"left": x[0], "right": x[1]},
                {"kind": y_kind, "amount": y_amount},
            )
            sample_weight = None
        else:
            told = {
                "loss": [ce, mse],
                "loss_weights": [1.0, 0.5],
                "metrics": [["accuracy"], ["mean_absolute_error"]],
                "weighted_metrics": [["accuracy"], ["mean_absolute_error"]],
            }
            data = (x, [y_kind, y_amount])
            sample_weight = weights
        model.compile(keras.optimizers.Adam(0.02), **told)
        options = {
            "batch_size": 16,
            "epochs": 3,
            "shuffle": False,
            "verbose": 0,
        }
        record = model.fit(*data, sample_weight=sample_weight, **options)
        logs = model.evaluate(
            *data,
            sample_weight=sample_weight,
            batch_size=16,
            verbose=0,
            return_dict=True,
        )
        flat = model.evaluate(
            *data, sample_weight=sample_weight, batch_size=16, verbose=0
        )
        cases.append(
            {
                "name": f"two_inputs_two_outputs_{form}",
                "model": plain(model.get_config()),
                "compile": told,
                "learning_rate": 0.02,
                "fit": {"batch_size": 16, "epochs": 3, "shuffle": False},
                "x": [array(v) for v in x],
                "y": [array(y_kind), array(y_amount)],
                "sample_weight": [array(w) for w in weights]
                if sample_weight
                else None,
                "initial_weights": initial,
                "history": history(record),
                "final_weights": named(model.weights),
                "metrics_names": model.metrics_names,
                "evaluate": {k: number(v) for k, v in logs.items()},
                "evaluate_list": [number(v) for v in flat],
                "predict": [array(p) for p in model.predict(x, verbose=0)],
            }
        )
    return cases


def shared_case():
    """Fit a model that uses one Dense layer twice.

    Returns
    -------
    dict
        The case.
    """
    rng = fresh(10)
    left, right = (
        keras.Input((4,), name="left"),
        keras.Input((4,), name="right"),
    )
    shared = layers.Dense(
        5, activation="tanh", name="shared", kernel_regularizer="l2"
    )
    both = layers.Add(name="sum")([shared(left), shared(right)])
    output = layers.Dense(1, activation="sigmoid", name="output")(both)
    model = keras.Model([left, right], output, name="siamese")
    model.set_weights(
        [normal(rng, *w.shape, scale=0.5) for w in model.get_weights()]
    )
    x = [normal(rng, 40, 4), normal(rng, 40, 4)]
    y = (x[0][:, :1] * x[1][:, :1] > 0).astype(np.float32)
    initial = named(model.weights)
    model.compile(
        keras.optimizers.SGD(0.2, momentum=0.9),
        "binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(num_thresholds=50)],
    )
    record = model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0)
    return {
        "name": "shared_layer",
        "model": plain(model.get_config()),
        "learning_rate": 0.2,
        "momentum": 0.9,
        "fit": {"batch_size": 16, "epochs": 3, "shuffle": False},
        "x": [array(v) for v in x],
        "y": array(y),
        "initial_weights": initial,
        "history": history(record),
        "final_weights": named(model.weights),
        "evaluate": evaluation(model, x, y, batch_size=16),
        "predict": array(model.predict(x, verbose=0)),
    }


def make_fit():
    """Write ``fit.json``: what `fit`, `evaluate` and `predict` give."""
    problem = Problem()
    weights = problem.sample_weight
    classes = {0: 1.0, 1: 0.5, 2: 2.5}
    val_weight = np.linspace(0.1, 2.0, 20).round(2).astype(np.float32)
    cases = []
    for name, compiled, built, options in [
        ("plain", None, None, {}),
        ("validation_split", None, None, {"validation_split": 0.25}),
        ("validation_data", None, None, {"validation_data": problem.val}),
        (
            "validation_sample_weight",
            {"weighted_metrics": ["accuracy"]},
            None,
            {"validation_data": (*problem.val, val_weight)},
        ),
        (
            "validation_freq",
            None,
            None,
            {"validation_data": problem.val, "validation_freq": 2},
        ),
        ("class_weight", None, None, {"class_weight": classes}),
        ("sample_weight", None, None, {"sample_weight": weights}),
        (
            "weighted_metrics",
            {"weighted_metrics": ["accuracy"]},
            None,
            {"sample_weight": weights},
        ),
        ("steps_per_epoch", None, None, {"steps_per_epoch": 2}),
        (
            "l2",
            None,
            {"kernel_regularizer": keras.regularizers.L2(0.03)},
            {"validation_data": problem.val},
        ),
        (
            "max_norm",
            None,
            {"kernel_constraint": keras.constraints.MaxNorm(0.9)},
            {},
        ),
        (
            "batch_normalization",
            None,
            {"normalize": True},
            {"validation_data": problem.val},
        ),
        ("loss_weights", {"loss_weights": 0.25}, None, {}),
        (
            "class_weight_weighted_metrics",
            {"weighted_metrics": ["accuracy"]},
            None,
            {"class_weight": classes},
        ),
        (
            "ema",
            None,
            None,
            {
                "optimizer": keras.optimizers.Adam(
                    0.01, use_ema=True, ema_momentum=0.9
                ),
                "validation_data": problem.val,
            },
        ),
        (
            "gradient_accumulation",
            None,
            None,
            {
                "optimizer": keras.optimizers.SGD(
                    0.1, momentum=0.9, gradient_accumulation_steps=3
                )
            },
        ),
    ]:
        case, model = fit_case(problem, name, compiled, built, **options)
        case["evaluate"] = evaluation(
            model, problem.x, problem.y, batch_size=16
        )
        case["evaluate_weighted"] = evaluation(
            model,
            problem.x,
            problem.y,
            batch_size=16,
            sample_weight=weights,
        )
        case["predict"] = array(
            model.predict(problem.x[:20], batch_size=16, verbose=0)
        )
        cases.append(case)
    value = {
        "x": array(problem.x),
        "y": array(problem.y),
        "sample_weight": array(weights),
        "class_weight": {str(k): v for k, v in classes.items()},
        "val_x": array(problem.val[0]),
        "val_y": array(problem.val[1]),
        "val_sample_weight": array(val_weight),
        "initial_weights": [array(w) for w in problem.weights],
        "cases": cases,
        "callback_cases": callback_cases(problem),
        "callback_sequences": callback_sequences(problem),
        "functional_cases": [*multi_case(), shared_case()],
    }
    write("fit.json", value)
