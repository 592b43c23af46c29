"""Make the goldens that Cornu's tests compare against, with Keras itself.

Every golden is made by one function named ``make_<golden>``; run

    python make.py                 # remake all of them
    python make.py losses metrics  # remake some of them

in an environment with the packages of ``requirements.txt``. Keras runs on its
JAX backend, on the CPU, in float32 with full float32 matrix products. Nothing
is drawn from an unseeded generator, so a remake on the same machine gives the
same bytes; on another machine the last bits of a number may differ.
"""

import json
import os
import re
import sys
import warnings
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_DEFAULT_MATMUL_PRECISION"] = "highest"

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

HERE = Path(__file__).resolve().parent

ACTIVATIONS = [
    ("linear", {}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("relu", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.1}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("gelu", {"approximate": False}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("softplus", {}),
    ("softmax", {}),
    ("log_softmax", {}),
]

# The activations above by the names that Keras resolves from a string.
ACTIVATION_NAMES = list(dict.fromkeys(name for name, _ in ACTIVATIONS))


# --------------------------------------------------------------------------
# Writing numbers
# --------------------------------------------------------------------------


def number(value):
    """Turn a float32 into the Python float with the same shortest digits.

    Parameters
    ----------
    value : numpy.float32
        A finite number.

    Returns
    -------
    float
        A number whose JSON form is the shortest that parses back to `value`.
    """
    return float(str(np.float32(value)))


def array(value):
    """Turn an array into its JSON form, losing nothing.

    Parameters
    ----------
    value : array_like
        Anything NumPy makes an array of: float32, an integer type or bool.

    Returns
    -------
    dict
        ``{"shape": [...], "dtype": "...", "data": [flat, row-major]}``.
    """
    value = np.asarray(value)
    if value.dtype == np.float64:
        value = value.astype(np.float32)
    if value.dtype == np.int64:
        value = value.astype(np.int32)
    if value.dtype.kind == "f":
        if not np.isfinite(value).all():
            raise ValueError("a golden array must be finite")
        data = [number(v) for v in value.ravel()]
    else:
        data = [v.item() for v in value.ravel()]
    return {
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "data": data,
    }


def result(value):
    """Turn a scalar into a number and anything of higher rank into an array.

    Parameters
    ----------
    value : array_like
        What a loss or a metric gave.

    Returns
    -------
    float or dict
        A JSON number, or the form that `array` gives.
    """
    value = np.asarray(value)
    return number(value) if value.ndim == 0 else array(value)


def plain(value):
    """Turn a Keras config into plain JSON values.

    Parameters
    ----------
    value : object
        A config: nested dicts, lists and scalars, perhaps with Keras objects.

    Returns
    -------
    object
        The same with tuples and arrays as lists and Keras objects serialized.
    """
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return number(value) if value.dtype.kind == "f" else value.item()
    if isinstance(value, (np.ndarray, jax.Array)):
        value = np.asarray(value)
        flat = [plain(v) for v in value.ravel()]
        return np.array(flat, dtype=object).reshape(value.shape).tolist()
    return plain(keras.saving.serialize_keras_object(value))


def write(name, value):
    """Write one golden as compact JSON, one case on a line.

    Parameters
    ----------
    name : str
        The file's name in this folder.
    value : dict
        Its value; each list at the top level goes out an item a line.
    """

    def compact(item):
        return json.dumps(item, separators=(",", ":"), allow_nan=False)

    parts = []
    for key, item in value.items():
        if isinstance(item, list) and item:
            body = "[\n" + ",\n".join(compact(i) for i in item) + "\n]"
        else:
            body = compact(item)
        parts.append(f"{json.dumps(key)}:{body}")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    json.loads(text)
    (HERE / name).write_text(text)
    print(f"{name}: {len(text)} bytes", flush=True)


def fresh(seed):
    """Reset Keras's names and seeds and return a generator for the data.

    Parameters
    ----------
    seed : int
        The seed of both.

    Returns
    -------
    numpy.random.Generator
        A generator of its own, independent of Keras's.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    return np.random.default_rng(seed)


def normal(rng, *shape, scale=1.0):
    """Draw float32 numbers from a normal distribution.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    *shape : int
        The shape.
    scale : float
        The standard deviation.

    Returns
    -------
    numpy.ndarray
        Numbers rounded to four decimals, which keeps the goldens short.
    """
    return np.round(scale * rng.standard_normal(shape), 4).astype(np.float32)


def uniform(rng, low, high, *shape):
    """Draw float32 numbers from a uniform distribution.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    low, high : float
        The interval.
    *shape : int
        The shape.

    Returns
    -------
    numpy.ndarray
        Numbers rounded to four decimals.
    """
    return np.round(rng.uniform(low, high, shape), 4).astype(np.float32)


def probabilities(rng, *shape):
    """Draw rows of probabilities that sum to about one, each in (0.02, 0.98).

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    *shape : int
        The shape; the last axis holds the classes.

    Returns
    -------
    numpy.ndarray
        float32 probabilities.
    """
    raw = rng.uniform(0.15, 1.0, shape)
    return np.round(raw / raw.sum(-1, keepdims=True), 4).astype(np.float32)


def one_hot(labels, classes):
    """Turn labels into float32 one-hot rows.

    Parameters
    ----------
    labels : numpy.ndarray
        Integer labels.
    classes : int
        How many classes there are.

    Returns
    -------
    numpy.ndarray
        The rows.
    """
    return np.eye(classes, dtype=np.float32)[labels]


# --------------------------------------------------------------------------
# 1. Activations
# --------------------------------------------------------------------------


def make_activations():
    """Write ``activations.json``: values and gradients of every activation."""
    rng = fresh(1)
    x = uniform(rng, -8.0, 8.0, 5, 7)
    x[0, 0], x[1, 3], x[2, 6], x[3, 1] = 30.0, -30.0, 90.0, -90.0
    x[4, 2], x[4, 5] = 0.001, -0.001
    c = normal(rng, 5, 7)
    cases = []
    for name, config in ACTIVATIONS:
        function = keras.activations.get(name)

        def apply(v, function=function, config=config):
            return function(v, **config)

        y, back = jax.vjp(apply, jnp.asarray(x))
        (dx,) = back(jnp.asarray(c))
        cases.append(
            {
                "name": name,
                "config": config,
                "x": array(x),
                "y": array(y),
                "c": array(c),
                "dx": array(dx),
            }
        )
    write("activations.json", {"cases": cases})


# --------------------------------------------------------------------------
# 2. Losses
# --------------------------------------------------------------------------


def loss_case(name, build, arguments, y_true, y_pred, sample_weight):
    """Compute everything about one loss on one set of values.

    Parameters
    ----------
    name : str
        The loss's snake-case name.
    build : type
        The loss's class.
    arguments : dict
        What its constructor is given. They are recorded apart from the
        config, because Huber's config leaves its delta out.
    y_true, y_pred : numpy.ndarray
        Labels and predictions.
    sample_weight : numpy.ndarray
        Weights that broadcast against the values before the reduction.

    Returns
    -------
    dict
        The case.
    """
    loss = build(**arguments)
    summed = build(**arguments, reduction="sum")
    averaged = build(**arguments, reduction="mean_with_sample_weight")
    t = jnp.asarray(y_true)
    p = jnp.asarray(y_pred)
    gradient = jax.grad(lambda v: loss(t, v))(p)
    gradient_weighted = jax.grad(lambda v: loss(t, v, sample_weight))(p)
    return {
        "name": name,
        "class_name": type(loss).__name__,
        "arguments": arguments,
        "config": plain(loss.get_config()),
        "y_true": array(y_true),
        "y_pred": array(y_pred),
        "sample_weight": array(sample_weight),
        "per_sample": array(loss.call(t.astype("float32"), p)),
        "value": result(loss(t, p)),
        "weighted": result(loss(t, p, sample_weight)),
        "value_sum": result(summed(t, p)),
        "weighted_sum": result(summed(t, p, sample_weight)),
        "weighted_mean": result(averaged(t, p, sample_weight)),
        "gradient": array(gradient),
        "gradient_weighted": array(gradient_weighted),
    }


def make_losses():
    """Write ``losses.json``: every loss, its reductions and its gradient."""
    rng = fresh(2)
    cases = []
    real_true, real_pred = normal(rng, 6, 4), normal(rng, 6, 4)
    column_true, column_pred = normal(rng, 6, 1), normal(rng, 6, 1)
    cube_true, cube_pred = normal(rng, 3, 5, 4), normal(rng, 3, 5, 4)
    weight = uniform(rng, 0.2, 2.0, 6)
    weight[2] = 0.0
    cube_weight = uniform(rng, 0.2, 2.0, 3, 5)
    cube_weight[1, 2] = 0.0
    per_row_weight = uniform(rng, 0.2, 2.0, 3, 1)

    def add(name, build, y_true, y_pred, w=weight, **arguments):
        cases.append(loss_case(name, build, arguments, y_true, y_pred, w))

    kl = keras.losses
    # Regression.
    for name, build, arguments in [
        ("mean_squared_error", kl.MeanSquaredError, {}),
        ("mean_absolute_error", kl.MeanAbsoluteError, {}),
        ("huber", kl.Huber, {"delta": 1.0}),
        ("huber", kl.Huber, {"delta": 0.5}),
    ]:
        add(name, build, real_true, real_pred, **arguments)
        add(name, build, column_true, column_pred, **arguments)
        # Labels of shape [6] against predictions of shape [6, 1].
        add(name, build, column_true[:, 0], column_pred, **arguments)
    name, mse = "mean_squared_error", kl.MeanSquaredError
    add(name, mse, cube_true, cube_pred, cube_weight)
    add(name, mse, cube_true, cube_pred, per_row_weight)
    add(name, mse, real_true, real_pred, weight[:, None])

    # Binary crossentropy.
    bits = rng.integers(0, 2, (6, 4)).astype(np.float32)
    for logits in (False, True):
        pred = (
            normal(rng, 6, 4, scale=2.0)
            if logits
            else uniform(rng, 0.03, 0.97, 6, 4)
        )
        for smoothing in (0.0, 0.1):
            arguments = {"from_logits": logits, "label_smoothing": smoothing}
            name, bce = "binary_crossentropy", kl.BinaryCrossentropy
            add(name, bce, bits, pred, **arguments)
            add(name, bce, bits[:, :1], pred[:, :1], **arguments)

    # Categorical crossentropies.
    labels = np.array([0, 3, 1, 2, 2, 0], dtype=np.int32)
    cube_labels = rng.integers(0, 4, (3, 5)).astype(np.int32)
    for logits in (False, True):
        if logits:
            pred = normal(rng, 6, 4, scale=2.0)
            cube = normal(rng, 3, 5, 4, scale=2.0)
        else:
            pred = probabilities(rng, 6, 4)
            cube = probabilities(rng, 3, 5, 4)
        for smoothing in (0.0, 0.1):
            arguments = {"from_logits": logits, "label_smoothing": smoothing}
            name, cce = "categorical_crossentropy", kl.CategoricalCrossentropy
            add(name, cce, one_hot(labels, 4), pred, **arguments)
            if smoothing == 0.0:
                cube_true = one_hot(cube_labels, 4)
                add(name, cce, cube_true, cube, cube_weight, **arguments)
        arguments = {"from_logits": logits}
        name = "sparse_categorical_crossentropy"
        sparse = kl.SparseCategoricalCrossentropy
        add(name, sparse, labels, pred, **arguments)
        add(name, sparse, labels[:, None], pred, **arguments)
        add(name, sparse, cube_labels, cube, cube_weight, **arguments)
        add(
            name,
            sparse,
            cube_labels[..., None],
            cube,
            per_row_weight,
            **arguments,
        )
    # Rows that do not sum to one are divided by their sum first.
    loose = uniform(rng, 0.05, 0.95, 6, 4)
    cce = kl.CategoricalCrossentropy
    add("categorical_crossentropy", cce, one_hot(labels, 4), loose)
    sparse = kl.SparseCategoricalCrossentropy
    add("sparse_categorical_crossentropy", sparse, labels, loose)

    # Hinge losses, with labels in {-1, 1} and in {0, 1}.
    signs = (2 * bits - 1).astype(np.float32)
    margins = normal(rng, 6, 4)
    for name, build in [
        ("hinge", kl.Hinge),
        ("squared_hinge", kl.SquaredHinge),
    ]:
        add(name, build, signs, margins)
        add(name, build, bits, margins)
        add(name, build, signs[:, :1], margins[:, :1])
    hinge = kl.CategoricalHinge
    add("categorical_hinge", hinge, one_hot(labels, 4), margins)
    write("losses.json", {"cases": cases})


# --------------------------------------------------------------------------
# 3. Metrics
# --------------------------------------------------------------------------


def metric_case(build, updates, note=None):
    """Feed updates to a metric and record its result after each.

    Parameters
    ----------
    build : callable
        Makes the metric.
    updates : list of tuple
        ``(y_true, y_pred, sample_weight)`` each, or ``(values, None,
        sample_weight)`` for `Mean` and `Sum`; a weight may be None.
    note : str, optional
        What is unusual about the case.

    Returns
    -------
    dict
        The case.
    """
    metric = build()
    name = type(metric).__name__
    metric.name = keras.src.utils.naming.to_snake_case(name)
    rows = []
    for y_true, y_pred, weight in updates:
        args = [y_true] if y_pred is None else [y_true, y_pred]
        metric.update_state(*args, sample_weight=weight)
        row = {"y_true": array(y_true)}
        if y_pred is None:
            row = {"values": array(y_true)}
        else:
            row["y_pred"] = array(y_pred)
        row["sample_weight"] = None if weight is None else array(weight)
        row["result"] = result(metric.result())
        rows.append(row)
    case = {
        "class_name": name,
        "config": plain(metric.get_config()),
        "variables": [
            {"name": v.name, "value": result(v)} for v in metric.variables
        ],
        "updates": rows,
    }
    if note is not None:
        case["note"] = note
    return case


def off_grid(values, count=200):
    """Move predictions away from the thresholds that AUC puts on a grid.

    Parameters
    ----------
    values : numpy.ndarray
        Predictions in (0, 1).
    count : int
        How many thresholds there are.

    Returns
    -------
    numpy.ndarray
        Predictions at least a tenth of a step from every threshold.
    """
    step = 1.0 / (count - 1)
    cell = np.floor(values / step)
    inside = np.clip(values / step - cell, 0.1, 0.9)
    return np.round((cell + inside) * step, 5).astype(np.float32)


def accuracy_choices():
    """Record the accuracy that Keras picks for ``metrics=["accuracy"]``.

    Returns
    -------
    list of dict
        The loss, the shapes of labels and predictions and the class picked.
    """
    bce, cce = "binary_crossentropy", "categorical_crossentropy"
    sce, mse = "sparse_categorical_crossentropy", "mean_squared_error"
    table = []
    for loss, true_shape, pred_shape in [
        (bce, (6,), (6, 1)),
        (bce, (6, 1), (6, 1)),
        (bce, (6, 3), (6, 3)),
        (cce, (6, 3), (6, 3)),
        (sce, (6,), (6, 3)),
        (sce, (6, 1), (6, 3)),
        (sce, (6, 5), (6, 5, 3)),
        (sce, (6, 5, 1), (6, 5, 3)),
        (cce, (6, 5, 3), (6, 5, 3)),
        (mse, (6,), (6, 1)),
        (mse, (6, 1), (6, 1)),
        (mse, (6, 3), (6, 3)),
        (bce, (6, 5, 1), (6, 5, 1)),
    ]:
        fresh(3)
        model = keras.Sequential(
            [
                keras.Input((*pred_shape[1:-1], 2)),
                layers.Dense(pred_shape[-1], activation="sigmoid"),
            ]
        )
        model.compile("sgd", loss, metrics=["accuracy"])
        x = np.ones((*pred_shape[:-1], 2), np.float32)
        model.train_on_batch(x, np.zeros(true_shape, np.float32))
        (metric,) = model._compile_metrics.metrics
        table.append(
            {
                "loss": loss,
                "y_true_shape": list(true_shape),
                "y_pred_shape": list(pred_shape),
                "metric": type(metric).__name__,
                "name": metric.name,
            }
        )
    return table


def make_metrics():
    """Write ``metrics.json``: every metric over three updates."""
    rng = fresh(3)
    km = keras.metrics
    cases = []
    n, classes = 10, 4

    def add(build, data, ranks=(1,), note=None):
        """Add one case without weights and one for each rank of weights."""
        cases.append(metric_case(build, [(*d, None) for d in data], note))
        for rank in ranks:
            weighted = []
            for y_true, y_pred in data:
                shape = y_true.shape[:rank] if rank > 0 else (len(y_true), 1)
                weight = uniform(rng, 0.2, 2.0, *shape)
                weight.ravel()[1] = 0.0
                weighted.append((y_true, y_pred, weight))
            cases.append(metric_case(build, weighted, note))

    # Three updates of each kind of data; the last is of another size.
    sizes = (n, n, n - 3)
    labels = [rng.integers(0, classes, s).astype(np.int32) for s in sizes]
    rows = [probabilities(rng, s, classes) for s in sizes]
    for label, row in zip(labels, rows):
        # Give the right class a lift, so that the scores are not by chance.
        row[np.arange(len(label)), label] += 0.2
    logit_rows = [normal(rng, s, classes, scale=2.0) for s in sizes]
    bits = [rng.integers(0, 2, (s, 1)).astype(np.float32) for s in sizes]
    noise = [rng.uniform(0.0, 1.0, (s, 1)) for s in sizes]
    scores = [
        off_grid(0.03 + 0.94 * (0.35 * b + 0.65 * u))
        for b, u in zip(bits, noise)
    ]
    many_bits = [rng.integers(0, 2, (s, 3)).astype(np.float32) for s in sizes]
    many_scores = [off_grid(rng.uniform(0.03, 0.97, (s, 3))) for s in sizes]
    real = [(normal(rng, s, 1), normal(rng, s, 1)) for s in sizes]
    reals = [(normal(rng, s, 3), normal(rng, s, 3)) for s in sizes]

    binary = list(zip(bits, scores))
    multilabel = list(zip(many_bits, many_scores))
    sparse = list(zip(labels, rows))
    column = [(t[:, None], p) for t, p in sparse]
    dense = [(one_hot(t, classes), p) for t, p in sparse]

    exact = [
        (t.astype(np.float32), np.argmax(p, -1).astype(np.float32))
        for t, p in sparse
    ]
    add(km.Accuracy, exact)
    add(km.Accuracy, [(t[:, None], p[:, None]) for t, p in exact], (1, 2))
    rounded = [(b, (s > 0.5).astype(np.float32)) for b, s in multilabel]
    add(km.Accuracy, rounded, (1, 2))
    add(km.BinaryAccuracy, binary, (1, 2))
    add(lambda: km.BinaryAccuracy(threshold=0.3), binary)
    add(km.BinaryAccuracy, multilabel, (1, 2, -1))
    flat = [(b[:, 0], s) for b, s in binary]
    add(km.BinaryAccuracy, flat, note="y_true of rank 1, y_pred of rank 2")
    add(km.CategoricalAccuracy, dense)
    add(km.SparseCategoricalAccuracy, sparse)
    add(km.SparseCategoricalAccuracy, column, (1, 2))
    add(lambda: km.TopKCategoricalAccuracy(k=2), dense)
    add(lambda: km.SparseTopKCategoricalAccuracy(k=2), sparse)
    add(lambda: km.SparseTopKCategoricalAccuracy(k=2), column)

    for kind in (km.Precision, km.Recall):
        add(kind, binary, (1, 2))
        add(lambda kind=kind: kind(thresholds=[0.2, 0.5, 0.8]), binary)
        add(lambda kind=kind: kind(thresholds=0.35), multilabel, (1, 2))
        add(lambda kind=kind: kind(top_k=2), dense)
        add(lambda kind=kind: kind(class_id=1), multilabel)
        add(lambda kind=kind: kind(top_k=2, class_id=1), dense)

    for average in (None, "micro", "macro", "weighted"):
        add(lambda a=average: km.F1Score(average=a), dense)
        add(lambda a=average: km.F1Score(average=a, threshold=0.5), multilabel)

    for curve in ("ROC", "PR"):
        for method in ("interpolation", "minoring", "majoring"):
            add(
                lambda c=curve, m=method: km.AUC(
                    num_thresholds=200, curve=c, summation_method=m
                ),
                binary,
            )
    logits = [
        (b, np.round(np.log(s / (1 - s)), 4).astype(np.float32))
        for b, s in binary
    ]
    add(lambda: km.AUC(num_thresholds=200, from_logits=True), logits)
    add(lambda: km.AUC(num_thresholds=200, multi_label=True), multilabel)
    add(lambda: km.AUC(num_thresholds=200), multilabel, (1, 2))
    add(lambda: km.AUC(thresholds=[0.1, 0.25, 0.6, 0.8]), binary)

    for kind in (
        km.MeanSquaredError,
        km.RootMeanSquaredError,
        km.MeanAbsoluteError,
    ):
        add(kind, real)
        # Only the root keeps the last axis, so only it takes rank-2 weights.
        add(kind, reals, (1, 2) if kind is km.RootMeanSquaredError else (1,))
        add(kind, [(t[:, 0], p) for t, p in real], note="y_true of rank 1")
    add(km.R2Score, real)
    for how in ("uniform_average", "variance_weighted_average", None):
        add(lambda h=how: km.R2Score(class_aggregation=h), reals)
    add(lambda: km.R2Score(num_regressors=2), real)

    for kind in (km.Mean, km.Sum):
        add(kind, [(t[:, 0], None) for t, _ in reals])
        add(kind, [(t, None) for t, _ in reals], (1, 2))
        scalars = [
            (np.float32(1.5), None, np.float32(2.0)),
            (np.float32(-0.25), None, np.float32(3.0)),
            (np.float32(4.0), None, np.float32(0.5)),
        ]
        cases.append(metric_case(kind, scalars, "scalar values and weights"))

    for smoothing in (0.0, 0.1):
        add(
            lambda s=smoothing: km.BinaryCrossentropy(label_smoothing=s),
            multilabel,
        )
        add(
            lambda s=smoothing: km.CategoricalCrossentropy(label_smoothing=s),
            dense,
        )
    add(lambda: km.BinaryCrossentropy(from_logits=True), logits)
    add(
        lambda: km.CategoricalCrossentropy(from_logits=True),
        [(one_hot(t, classes), z) for t, z in zip(labels, logit_rows)],
    )
    add(km.SparseCategoricalCrossentropy, sparse)
    add(km.SparseCategoricalCrossentropy, column)
    add(
        lambda: km.SparseCategoricalCrossentropy(from_logits=True),
        list(zip(labels, logit_rows)),
    )
    write(
        "metrics.json",
        {"cases": cases, "metric_from_loss": accuracy_choices()},
    )


# --------------------------------------------------------------------------
# 4. Optimizers and schedules
# --------------------------------------------------------------------------


def named(variables):
    """Record variables by name, path and value.

    Parameters
    ----------
    variables : list of keras.Variable
        The variables.

    Returns
    -------
    list of dict
        ``{"name", "path", "value"}`` each, the value always an array.
    """
    return [
        {"name": v.name, "path": v.path, "value": array(v.numpy())}
        for v in variables
    ]


def step_losses(model, batches, steps):
    """Train on batches in turn and record each batch's own loss.

    Keras keeps a running mean over `train_on_batch` calls, so the metrics are
    reset before every step.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    batches : list of tuple
        ``(x, y)`` each, used cyclically.
    steps : int
        How many steps to take.

    Returns
    -------
    list of float
        The loss before each update.
    """
    losses = []
    for step in range(steps):
        x, y = batches[step % len(batches)]
        model.reset_metrics()
        logs = model.train_on_batch(x, y, return_dict=True)
        losses.append(number(logs["loss"]))
    return losses


def schedules():
    """List the learning-rate schedules of the goldens.

    Returns
    -------
    list of keras.optimizers.schedules.LearningRateSchedule
        The schedules.
    """
    ks = keras.optimizers.schedules
    return [
        ks.ExponentialDecay(0.2, decay_steps=7, decay_rate=0.6),
        ks.ExponentialDecay(
            0.2, decay_steps=7, decay_rate=0.6, staircase=True
        ),
        ks.CosineDecay(
            0.02,
            decay_steps=15,
            alpha=0.1,
            warmup_target=0.2,
            warmup_steps=8,
        ),
        ks.CosineDecay(0.2, decay_steps=20, alpha=0.05),
        ks.PiecewiseConstantDecay([5, 12, 20], [0.2, 0.1, 0.05, 0.01]),
    ]


def make_schedules():
    """Write ``schedules.json``: learning rates by the number of updates."""
    fresh(4)
    steps = [*range(32), 40, 100, 1000]
    cases = []
    for schedule in schedules():
        values = [
            number(schedule(keras.ops.convert_to_tensor(s, "int32")))
            for s in steps
        ]
        cases.append(
            {
                "class_name": type(schedule).__name__,
                "config": plain(schedule.get_config()),
                "steps": steps,
                "values": values,
            }
        )
    write("schedules.json", {"cases": cases})


def optimizer_builders():
    """List the optimizers of the goldens.

    Returns
    -------
    list of callable
        Each makes one optimizer.
    """
    ko = keras.optimizers
    builders = [
        lambda: ko.SGD(0.1),
        lambda: ko.SGD(0.1, momentum=0.9),
        lambda: ko.SGD(0.1, momentum=0.9, nesterov=True),
        lambda: ko.RMSprop(0.01),
        lambda: ko.RMSprop(0.01, rho=0.8, momentum=0.9, centered=True),
        lambda: ko.Adagrad(0.1),
        lambda: ko.Adagrad(0.05, initial_accumulator_value=0.5, epsilon=1e-5),
        lambda: ko.Adam(0.01),
        lambda: ko.Adam(
            0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4, amsgrad=True
        ),
        lambda: ko.AdamW(0.01),
        lambda: ko.AdamW(0.02, weight_decay=0.05, beta_1=0.85, amsgrad=True),
        lambda: ko.RMSprop(0.01, momentum=0.5),
        lambda: ko.RMSprop(0.01, centered=True),
    ]
    options = [
        {"clipnorm": 0.1},
        {"clipvalue": 0.02},
        {"global_clipnorm": 0.15},
        {"weight_decay": 0.04},
        {"gradient_accumulation_steps": 4},
        {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 5},
        {"use_ema": True, "ema_momentum": 0.9},
        {
            "gradient_accumulation_steps": 4,
            "clipnorm": 0.1,
            "weight_decay": 0.04,
        },
    ]
    for option in options:
        builders.append(lambda o=option: ko.SGD(0.1, **o))
        builders.append(lambda o=option: ko.Adam(0.01, **o))
    accumulate = {"gradient_accumulation_steps": 3, "momentum": 0.9}
    builders.append(lambda: ko.SGD(0.1, **accumulate))
    for index in range(len(schedules())):
        builders.append(lambda i=index: ko.SGD(schedules()[i]))
    builders.append(lambda: ko.Adam(schedules()[2]))
    builders.append(
        lambda: ko.SGD(schedules()[1], gradient_accumulation_steps=4)
    )
    builders += [
        lambda: ko.Lamb(0.01),
        lambda: ko.Lamb(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4),
        lambda: ko.Lamb(0.01, weight_decay=0.04, clipnorm=0.1),
        lambda: ko.Ftrl(0.1),
        lambda: ko.Ftrl(
            0.1,
            learning_rate_power=-0.4,
            initial_accumulator_value=0.2,
            l1_regularization_strength=0.05,
            l2_regularization_strength=0.03,
            l2_shrinkage_regularization_strength=0.02,
            beta=0.1,
        ),
        lambda: ko.Ftrl(0.1, gradient_accumulation_steps=3),
        lambda: ko.Adafactor(0.05),
        lambda: ko.Adafactor(
            0.3,
            beta_2_decay=-0.6,
            epsilon_1=1e-8,
            epsilon_2=0.1,
            clip_threshold=0.5,
            relative_step=False,
        ),
        lambda: ko.Adafactor(
            schedules()[0], weight_decay=0.04, use_ema=True, ema_momentum=0.9
        ),
        lambda: ko.Adafactor(0.05, gradient_accumulation_steps=3),
        lambda: ko.Muon(0.02),
        lambda: ko.Muon(
            0.01,
            exclude_layers=["dense_1$", "dense_1/"],
            momentum=0.8,
            nesterov=False,
            ns_steps=3,
            rms_rate=None,
            adam_lr_ratio=0.5,
            adam_weight_decay=None,
            weight_decay=0.1,
        ),
        lambda: ko.Muon(
            0.02, gradient_accumulation_steps=3, global_clipnorm=0.2
        ),
        lambda: ko.ScheduleFreeAdamW(0.02),
        lambda: ko.ScheduleFreeAdamW(
            0.05, beta_1=0.8, beta_2=0.95, warmup_steps=10, weight_decay=0.05
        ),
        lambda: ko.ScheduleFreeAdamW(0.02, gradient_accumulation_steps=4),
        lambda: ko.LossScaleOptimizer(
            ko.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=4
        ),
        lambda: ko.LossScaleOptimizer(
            ko.SGD(0.1, clipnorm=0.1, use_ema=True, ema_momentum=0.9)
        ),
        lambda: ko.MultiOptimizer(
            ko.OptimizerMap(
                ko.SGD(0.1, momentum=0.9), {".*dense/.*": ko.Adam(0.01)}
            )
        ),
        lambda: ko.MultiOptimizer(
            ko.OptimizerMap(
                ko.RMSprop(0.01),
                {
                    ".*dense_1/kernel": ko.Adam(0.01, clipnorm=0.1),
                    "nowhere": ko.Lamb(0.01),
                },
            ),
            loss_scale_factor=8.0,
        ),
    ]
    return builders


def skipped_steps():
    """Take steps of a scaled loss whose gradients are not all finite.

    Returns
    -------
    dict
        The gradients of one weight, None where they are infinite, with the
        weight and the scale after each step.
    """
    gradients = [0.5, None, -0.25, None, None, 1.5, 0.125, 0.75, -1.0, 0.5]
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(0.1), initial_scale=8.0, dynamic_growth_steps=3
    )
    weight = keras.Variable(1.0)
    optimizer.build([weight])
    weights, scales = [], []
    place = [v.name for v in optimizer.variables].index("dynamic_scale")
    values = [variable.value for variable in optimizer.variables]
    kept = [weight.value]
    for gradient in gradients:
        gradient = np.float32(np.inf if gradient is None else gradient)
        kept, values = optimizer.stateless_apply(values, [gradient], kept)
        weights.append(number(kept[0]))
        scales.append(number(values[place]))
    return {"gradients": gradients, "weights": weights, "scales": scales}


def make_optimizers():
    """Write ``optimizers.json``: thirty steps of every optimizer."""
    rng = fresh(5)
    kernels = [
        normal(rng, 4, 8, scale=0.5),
        normal(rng, 8, scale=0.1),
        normal(rng, 8, 3, scale=0.5),
        normal(rng, 3, scale=0.1),
    ]
    batches = []
    for _ in range(3):
        x = normal(rng, 16, 4)
        y = np.argmax(x[:, :3] + 0.5 * normal(rng, 16, 3), -1)
        batches.append((x, y.astype(np.int32)))
    cases = []
    for build in optimizer_builders():
        fresh(5)
        model = keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, activation="tanh"),
                layers.Dense(3, activation="softmax"),
            ]
        )
        model.set_weights(kernels)
        optimizer = build()
        config = plain(optimizer.get_config())
        model.compile(optimizer, "sparse_categorical_crossentropy")
        losses = step_losses(model, batches, 30)
        cases.append(
            {
                "class_name": type(optimizer).__name__,
                "config": config,
                "losses": losses,
                "final_weights": [array(w) for w in model.get_weights()],
                "optimizer_variables": named(optimizer.variables),
            }
        )
    value = {
        "model": plain(model.get_config()),
        "loss": "sparse_categorical_crossentropy",
        "initial_weights": [array(w) for w in kernels],
        "batches": [{"x": array(x), "y": array(y)} for x, y in batches],
        "cases": cases,
        "skipped": skipped_steps(),
    }
    write("optimizers.json", value)


# --------------------------------------------------------------------------
# 5. Layers
# --------------------------------------------------------------------------


def pull_back(layer, inputs, c, training):
    """Compute the gradients of ``sum(c * layer(inputs))``.

    Parameters
    ----------
    layer : keras.Layer
        A built layer.
    inputs : list of jax.Array
        Its inputs.
    c : numpy.ndarray
        The cotangent.
    training : bool or None
        What the call is told, where the layer takes it.

    Returns
    -------
    list of dict
        The gradients with respect to the inputs.
    list of dict
        The gradients with respect to the trainable weights.
    """
    fixed = [v.value for v in layer.non_trainable_variables]
    kwargs = {} if training is None else {"training": training}

    def total(weights, values):
        args = values[0] if len(values) == 1 else values
        out, _ = layer.stateless_call(weights, fixed, args, **kwargs)
        return jnp.sum(out * c)

    weights = [v.value for v in layer.trainable_variables]
    by_weight, by_input = jax.grad(total, (0, 1))(weights, list(inputs))
    return [array(g) for g in by_input], [array(g) for g in by_weight]


def layer_case(rng, layer, inputs, weights=None, trains=False, note=None):
    """Compute everything about one layer on one set of inputs.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the cotangent comes from.
    layer : keras.Layer
        The layer, built here if it is not yet.
    inputs : list of numpy.ndarray
        Its inputs; more than one for the merging layers.
    weights : list of numpy.ndarray, optional
        What to set its weights to.
    trains : bool
        Whether a call in training mode differs from one in inference mode and
        is deterministic.
    note : str, optional
        What is unusual about the case.

    Returns
    -------
    dict
        The case.
    """
    values = [jnp.asarray(v) for v in inputs]
    args = values[0] if len(values) == 1 else values
    shapes = [tuple(v.shape) for v in values]
    if not layer.built:
        layer.build(shapes[0] if len(shapes) == 1 else shapes)
    if weights is not None:
        layer.set_weights(weights)
    modal = isinstance(layer, (layers.BatchNormalization, layers.Dropout))
    kwargs = {"training": False} if modal else {}
    before = named(layer.weights)
    output = layer(args, **kwargs)
    c = normal(rng, *output.shape)
    by_input, by_weight = pull_back(layer, values, c, False if modal else None)
    open_shapes = [(None, *s[1:]) for s in shapes]
    shape = layer.compute_output_shape(
        open_shapes[0] if len(open_shapes) == 1 else open_shapes
    )
    case = {
        "class_name": type(layer).__name__,
        "config": plain(layer.get_config()),
        "build_config": plain(layer.get_build_config()),
        "inputs": [array(v) for v in inputs],
        "weights": before,
        "trainable": [
            any(w is t for t in layer.trainable_variables)
            for w in layer.weights
        ],
        "outputs_inference": array(output),
        "c": array(c),
        "input_gradients": by_input,
        "weight_gradients": by_weight,
        "compute_output_shape": {
            "input_shapes": plain(open_shapes),
            "output_shape": plain(shape),
        },
    }
    if trains:
        by_input, by_weight = pull_back(layer, values, c, True)
        case["input_gradients_training"] = by_input
        case["weight_gradients_training"] = by_weight
        case["outputs_training"] = array(layer(args, training=True))
        case["weights_after_training_call"] = named(layer.weights)
    if note is not None:
        case["note"] = note
    return case


def make_layers():
    """Write ``layers.json``: every layer, its shapes and its gradients."""
    rng = fresh(6)
    cases = []

    def add(layer, *inputs, **kwargs):
        cases.append(layer_case(rng, layer, list(inputs), **kwargs))

    matrix, cube = normal(rng, 5, 4), normal(rng, 2, 3, 4)
    kernel, bias = normal(rng, 4, 3, scale=0.6), normal(rng, 3, scale=0.3)
    for activation in (None, "relu", "tanh", "sigmoid", "gelu", "softmax"):
        layer = layers.Dense(3, activation=activation)
        add(layer, matrix, weights=[kernel, bias])
    add(layers.Dense(3, use_bias=False), matrix, weights=[kernel])
    add(layers.Dense(3, activation="elu"), cube, weights=[kernel, bias])
    for name in ("relu", "softmax", "leaky_relu"):
        add(layers.Activation(name), cube)

    add(layers.Flatten(), cube)
    add(layers.Flatten(), matrix)
    add(layers.Flatten(), normal(rng, 4), note="rank 1 gains an axis")
    add(layers.Reshape((2, 2)), matrix)
    add(layers.Reshape((-1,)), cube)
    add(layers.Reshape((2, -1)), cube)
    add(layers.Rescaling(1.0 / 255), np.round(127 + 60 * cube, 2))
    add(layers.Rescaling(0.5, offset=-1.0), cube)
    vector = [0.5, 1.0, -2.0, 0.25]
    add(layers.Rescaling(vector, offset=[0.0, 1.0, 2.0, -1.0]), cube)

    data = normal(rng, 20, 4) * np.float32([1, 2, 0.5, 3]) + np.float32(
        [0, 1, -2, 5]
    )
    for axis, invert in ((-1, False), (None, False), (-1, True)):
        layer = layers.Normalization(axis=axis, invert=invert)
        layer.adapt(data)
        case = layer_case(rng, layer, [matrix])
        case["adapted_to"] = array(data)
        cases.append(case)
    cube_data = normal(rng, 6, 3, 4, scale=2.0)
    for axis in (-1, 1, (1, 2), None):
        layer = layers.Normalization(axis=axis)
        layer.adapt(cube_data)
        case = layer_case(rng, layer, [cube])
        case["adapted_to"] = array(cube_data)
        cases.append(case)
    mean, variance = [0.5, -1.0, 2.0, 0.0], [1.0, 4.0, 0.25, 9.0]
    for invert in (False, True):
        given = layers.Normalization(
            mean=mean, variance=variance, invert=invert
        )
        add(given, matrix)
    add(layers.Normalization(axis=None, mean=1.5, variance=4.0), cube)
    flat = layers.Normalization()
    constant = np.float32([[1, 2, 3, 4]]).repeat(6, 0)
    flat.adapt(constant)
    case = layer_case(rng, flat, [matrix], note="adapted to no variance")
    case["adapted_to"] = array(constant)
    cases.append(case)

    gamma, beta = uniform(rng, 0.5, 1.5, 4), normal(rng, 4)
    moving = [normal(rng, 4), uniform(rng, 0.5, 2.0, 4)]
    norm = layers.BatchNormalization
    add(norm(), matrix, weights=[gamma, beta, *moving], trains=True)
    add(
        norm(momentum=0.9),
        cube,
        weights=[gamma, beta, *moving],
        trains=True,
    )
    add(norm(center=False), matrix, weights=[gamma, *moving], trains=True)
    add(norm(scale=False), matrix, weights=[beta, *moving], trains=True)
    bare = norm(center=False, scale=False, epsilon=0.01)
    add(bare, matrix, weights=moving, trains=True)
    add(
        norm(axis=1, momentum=0.9),
        cube,
        weights=[gamma[:3], beta[:3], *(m[:3] for m in moving)],
        trains=True,
    )
    frozen = norm()
    frozen.trainable = False
    add(
        frozen,
        matrix,
        weights=[gamma, beta, *moving],
        trains=True,
        note="trainable=False: a training call runs in inference mode",
    )

    other, wide = normal(rng, 2, 3, 4), normal(rng, 2, 3, 2)
    add(layers.Concatenate(), cube, wide)
    add(layers.Concatenate(axis=1), cube, normal(rng, 2, 2, 4), other)
    add(layers.Concatenate(axis=-1), matrix, normal(rng, 5, 1))
    add(layers.Add(), cube, other)
    add(layers.Add(), cube, other, normal(rng, 2, 3, 4))
    add(layers.Dropout(0.3), cube)
    add(layers.Dropout(0.0), cube, trains=True)
    write("layers.json", {"cases": cases})


# --------------------------------------------------------------------------
# 6. Regularizers, constraints and initializers
# --------------------------------------------------------------------------


def initializer_list():
    """List the initializers of the goldens.

    Returns
    -------
    list of keras.initializers.Initializer
        Each with its defaults, and some with arguments.
    """
    ki = keras.initializers
    return [
        ki.GlorotUniform(),
        ki.GlorotNormal(),
        ki.HeUniform(),
        ki.HeNormal(),
        ki.LecunUniform(),
        ki.LecunNormal(),
        ki.RandomUniform(),
        ki.RandomNormal(),
        ki.TruncatedNormal(),
        ki.Orthogonal(),
        ki.Constant(),
        ki.Zeros(),
        ki.Ones(),
        ki.VarianceScaling(),
        ki.GlorotUniform(seed=7),
        ki.RandomUniform(minval=-0.2, maxval=0.3, seed=7),
        ki.RandomNormal(mean=0.1, stddev=0.2, seed=7),
        ki.TruncatedNormal(mean=0.1, stddev=0.2, seed=7),
        ki.Orthogonal(gain=0.5, seed=7),
        ki.Constant(0.25),
    ]


def make_regularizers_constraints():
    """Write ``regularizers_constraints.json``, initializers' configs included.

    The initializers' statistics come from a large kernel, so that another
    generator can be compared with them in distribution.
    """
    rng = fresh(7)
    kernel = normal(rng, 4, 3)
    kernel[1, 2] = 0.0
    kr, kc = keras.regularizers, keras.constraints
    regularizers = []
    for regularizer in [
        kr.L1(0.03),
        kr.L1(),
        kr.L2(0.05),
        kr.L2(),
        kr.L1L2(0.02, 0.07),
        kr.L1L2(),
    ]:
        value, gradient = jax.value_and_grad(regularizer)(jnp.asarray(kernel))
        regularizers.append(
            {
                "class_name": type(regularizer).__name__,
                "config": plain(regularizer.get_config()),
                "serialized": plain(keras.regularizers.serialize(regularizer)),
                "x": array(kernel),
                "value": result(value),
                "gradient": array(gradient),
            }
        )
    strings = {
        name: plain(kr.serialize(kr.get(name)))
        for name in ("l1", "l2", "l1l2")
    }
    constraints = []
    for constraint in [
        kc.MaxNorm(1.0),
        kc.MaxNorm(1.5, axis=0),
        kc.MaxNorm(2.0, axis=[0, 1]),
        kc.MaxNorm(100.0),
        kc.NonNeg(),
        kc.UnitNorm(),
        kc.UnitNorm(axis=[0, 1]),
        kc.UnitNorm(axis=1),
    ]:
        constraints.append(
            {
                "class_name": type(constraint).__name__,
                "config": plain(constraint.get_config()),
                "serialized": plain(kc.serialize(constraint)),
                "x": array(kernel),
                "value": array(constraint(jnp.asarray(kernel))),
            }
        )
    initializers = []
    for initializer in initializer_list():
        name = type(initializer).__name__
        case = {
            "class_name": name,
            "config": plain(initializer.get_config()),
            "serialized": plain(keras.initializers.serialize(initializer)),
        }
        draw = np.asarray(initializer((200, 100)), np.float64)
        case["sample"] = {
            "shape": [200, 100],
            "mean": number(draw.mean()),
            "std": number(draw.std()),
            "min": number(draw.min()),
            "max": number(draw.max()),
        }
        initializers.append(case)
    value = {
        "regularizers": regularizers,
        "regularizer_strings": strings,
        "constraints": constraints,
        "initializers": initializers,
    }
    write("regularizers_constraints.json", value)


# --------------------------------------------------------------------------
# 7. Fit, evaluate and predict
# --------------------------------------------------------------------------


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


# --------------------------------------------------------------------------
# 8. Saved models
# --------------------------------------------------------------------------


def renumber(config):
    """Replace the addresses that Keras uses as shared objects' identities.

    Parameters
    ----------
    config : str
        A model's config.json.

    Returns
    -------
    str
        The same with the identities 1, 2, ... in the order of their use.
    """
    pattern = r'"shared_object_id": (\d+)'
    order = {k: 1 for k in re.findall(pattern, config)}
    numbers = {k: i for i, k in enumerate(order, 1)}
    return re.sub(
        pattern,
        lambda found: f'"shared_object_id": {numbers[found[1]]}',
        config,
    )


def save(model, name):
    """Save a model as NAME.keras, without what differs from run to run.

    That is the date in its metadata, and the addresses in its config.

    Parameters
    ----------
    model : keras.Model
        A built model.
    name : str
        The file's stem.

    Returns
    -------
    keras.Model
        The model as Keras loads it back from the file.
    """
    path = HERE / f"{name}.keras"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    with zipfile.ZipFile(path) as archive:
        entries = [(i, archive.read(i)) for i in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for info, data in entries:
            if info.filename == "metadata.json":
                metadata = json.loads(data)
                metadata["date_saved"] = "2026-01-01@00:00:00"
                data = json.dumps(metadata).encode()
            if info.filename == "config.json":
                data = renumber(data.decode()).encode()
            archive.writestr(zipfile.ZipInfo(info.filename), data)
    print(f"{name}.keras: {path.stat().st_size} bytes", flush=True)
    return keras.saving.load_model(path)


def describe(model, inputs):
    """Record what a saved model gives, apart from its training.

    Parameters
    ----------
    model : keras.Model
        A model loaded from its file.
    inputs : list of numpy.ndarray
        A value for each of its inputs.

    Returns
    -------
    dict
        The inputs, the predictions, the weights and the optimizer's
        variables, if it has an optimizer.
    """
    args = inputs[0] if len(inputs) == 1 else inputs
    predictions = model.predict(args, verbose=0)
    if not isinstance(predictions, (list, tuple)):
        predictions = [predictions]
    optimizer = getattr(model, "optimizer", None)
    return {
        "class_name": type(model).__name__,
        "inputs": [array(v) for v in inputs],
        "predictions": [array(p) for p in predictions],
        "weights": named(model.weights),
        "optimizer": None
        if optimizer is None
        else {
            "class_name": type(optimizer).__name__,
            "config": plain(optimizer.get_config()),
            "variables": named(optimizer.variables),
        },
    }


def resume(model, batches, steps):
    """Train a loaded model further, to see that its optimizer goes on.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    batches : list of tuple
        ``(x, y)`` each, used cyclically.
    steps : int
        How many steps to take.

    Returns
    -------
    dict
        The batches, each step's loss before its update, and the end.
    """

    def arrays(value):
        if not isinstance(value, (list, tuple)):
            value = [value]
        return [array(v) for v in value]

    losses = step_losses(model, batches, steps)
    return {
        "batches": [{"x": arrays(x), "y": arrays(y)} for x, y in batches],
        "losses": losses,
        "final_weights": named(model.weights),
        "final_optimizer_variables": named(model.optimizer.variables),
    }


def randomize(rng, model, scale=0.5):
    """Set every weight of a model to fixed numbers.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they come from.
    model : keras.Model
        The model.
    scale : float
        Their standard deviation.
    """
    for variable in model.trainable_variables:
        variable.assign(normal(rng, *variable.shape, scale=scale))


def make_sequential():
    """Write ``sequential.keras``: compiled, trained five steps."""
    rng = fresh(20)
    model = keras.Sequential(
        [
            keras.Input((3, 2)),
            layers.Rescaling(1.0 / 8, offset=-0.5),
            layers.Flatten(),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax"),
        ],
        name="classifier",
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    batches = [
        (
            np.round(4 + 3 * normal(rng, 12, 3, 2), 2).astype(np.float32),
            rng.integers(0, 3, 12).astype(np.int32),
        )
        for _ in range(3)
    ]
    step_losses(model, batches, 5)
    loaded = save(model, "sequential")
    value = describe(loaded, [batches[0][0][:6]])
    value["resume"] = resume(loaded, batches, 5)
    write("sequential.json", value)


def make_functional():
    """Write ``functional.keras``: branches, a shared layer, two outputs."""
    rng = fresh(21)
    left = keras.Input((4,), name="left")
    right = keras.Input((4,), name="right")
    extra = keras.Input((2,), name="extra")
    shared = layers.Dense(5, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    both = layers.Concatenate(name="both")([a, b, extra])
    hidden = layers.Dense(12, activation="relu", name="hidden")(both)
    skip = layers.Add(name="skip")([both, hidden])
    norm = layers.BatchNormalization(name="norm")(skip)
    kind = layers.Dense(3, activation="softmax", name="kind")(norm)
    amount = layers.Dense(1, name="amount")(skip)
    model = keras.Model(
        inputs=[left, right, extra],
        outputs=[kind, amount],
        name="branches",
    )
    model.compile(
        keras.optimizers.RMSprop(0.005, momentum=0.5),
        loss={
            "kind": "sparse_categorical_crossentropy",
            "amount": keras.losses.Huber(),
        },
        loss_weights={"kind": 1.0, "amount": 0.5},
        metrics={"kind": ["accuracy"], "amount": ["mae"]},
    )
    batches = []
    for _ in range(2):
        x = [normal(rng, 10, 4), normal(rng, 10, 4), normal(rng, 10, 2)]
        y = [rng.integers(0, 3, 10).astype(np.int32), normal(rng, 10, 1)]
        batches.append((x, y))
    step_losses(model, batches, 3)
    loaded = save(model, "functional")
    value = describe(loaded, [v[:5] for v in batches[0][0]])
    value["resume"] = resume(loaded, batches, 4)
    write("functional.json", value)


def make_nested():
    """Write ``nested.keras``: models inside a functional model."""
    rng = fresh(22)
    encoder = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(3),
        ],
        name="encoder",
    )
    inner = keras.Input((3,), name="code")
    wide = layers.Dense(3, activation="tanh")(inner)
    joined = layers.Add()([inner, wide])
    block = keras.Model(inner, joined, name="block")
    first = keras.Input((4,), name="first")
    second = keras.Input((4,), name="second")
    a, b = encoder(first), encoder(second)
    both = layers.Concatenate()([block(a), b])
    output = layers.Dense(1, activation="sigmoid", name="output")(both)
    model = keras.Model([first, second], output, name="pair")
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "binary_crossentropy",
        metrics=["accuracy"],
    )
    batches = []
    for _ in range(2):
        x = [normal(rng, 10, 4), normal(rng, 10, 4)]
        y = rng.integers(0, 2, (10, 1)).astype(np.float32)
        batches.append((x, y))
    step_losses(model, batches, 3)
    loaded = save(model, "nested")
    value = describe(loaded, [v[:5] for v in batches[0][0]])
    value["resume"] = resume(loaded, batches, 4)
    write("nested.json", value)


def make_normalization():
    """Write ``normalization.keras``: an adapted Normalization."""
    rng = fresh(23)
    data = normal(rng, 40, 3) * np.float32([1, 5, 0.2]) + np.float32(
        [0, 10, -3]
    )
    adapted = layers.Normalization()
    adapted.adapt(data)
    given = layers.Normalization(mean=[0.1, 0.2], variance=[1.5, 2.5])
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    both = layers.Concatenate()([adapted(a), given(b)])
    output = layers.Dense(2, activation="sigmoid")(both)
    model = keras.Model([a, b], output)
    loaded = save(model, "normalization")
    value = describe(loaded, [data[:6], normal(rng, 6, 2)])
    value["adapted_to"] = array(data)
    write("normalization.json", value)


def make_recurrent():
    """Write ``recurrent.keras``: layers within layers, three deep."""
    rng = fresh(26)
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.Masking(),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
            layers.Bidirectional(
                layers.GRU(2, return_sequences=True),
                backward_layer=layers.LSTM(
                    2, return_sequences=True, go_backwards=True
                ),
                merge_mode="sum",
            ),
            layers.TimeDistributed(layers.Dense(4, activation="relu")),
            layers.RNN(
                layers.StackedRNNCells(
                    [
                        layers.LSTMCell(3),
                        layers.GRUCell(2, name="between"),
                        layers.LSTMCell(2),
                    ]
                )
            ),
        ]
    )
    randomize(rng, model)
    x = normal(rng, 4, 5, 3)
    x[1, 3:] = x[2, 1] = 0
    loaded = save(model, "recurrent")
    write("recurrent.json", describe(loaded, [x]))


def make_uncompiled():
    """Write ``uncompiled.keras``: no loss and no optimizer."""
    rng = fresh(24)
    model = keras.Sequential(
        [
            layers.Dense(5, activation="gelu"),
            layers.Reshape((5, 1)),
            layers.Flatten(),
            layers.Dropout(0.25, seed=11),
            layers.Dropout(0.5),
            layers.Dense(2, use_bias=False),
        ]
    )
    x = normal(rng, 6, 4)
    model(x)
    loaded = save(model, "uncompiled")
    write("uncompiled.json", describe(loaded, [x]))


def make_every_activation():
    """Write ``every_activation.keras``: one of everything in the configs."""
    rng = fresh(25)
    kr, kc = keras.regularizers, keras.constraints
    starts = initializer_list()
    penalties = [kr.L1(0.01), kr.L2(0.02), kr.L1L2(0.01, 0.02), None]
    limits = [
        kc.MaxNorm(3.0),
        kc.NonNeg(),
        kc.UnitNorm(),
        kc.MaxNorm(1.0, axis=[0, 1]),
        None,
    ]
    x = keras.Input((4,), name="x")
    branches, shaped = [], []
    count = max(len(ACTIVATION_NAMES), len(starts))
    for i in range(count):
        name = ACTIVATION_NAMES[i % len(ACTIVATION_NAMES)]
        dense = layers.Dense(
            4,
            activation=name,
            kernel_initializer=starts[i % len(starts)],
            bias_initializer=[
                "zeros",
                "ones",
                keras.initializers.Constant(0.1),
            ][i % 3],
            kernel_regularizer=penalties[i % 4],
            bias_regularizer=penalties[(i + 2) % 4],
            activity_regularizer=kr.L2(0.001) if i == 3 else None,
            kernel_constraint=limits[i % 5],
            bias_constraint=limits[(i + 4) % 5],
        )
        branches.append(dense(x))
    for name in ACTIVATION_NAMES:
        shaped.append(layers.Activation(name)(x))
    model = keras.Model(
        x,
        [layers.Concatenate()(branches), layers.Concatenate()(shaped)],
        name="everything",
    )
    randomize(rng, model, scale=0.8)
    loaded = save(model, "every_activation")
    value = describe(loaded, [normal(rng, 6, 4)])
    write("every_activation.json", value)


def make_optimizer_files():
    """Write ``optimizer_*.keras``: one trained file for every optimizer."""
    ko = keras.optimizers
    for name, build in [
        ("sgd", lambda: ko.SGD(0.05, momentum=0.9)),
        ("rmsprop", lambda: ko.RMSprop(0.01, momentum=0.3, centered=True)),
        ("adagrad", lambda: ko.Adagrad(0.05)),
        ("adam", lambda: ko.Adam(0.01, amsgrad=True)),
        ("adamw", lambda: ko.AdamW(0.01, weight_decay=0.02)),
        ("lamb", lambda: ko.Lamb(0.01)),
        ("adafactor", lambda: ko.Adafactor(0.05)),
        ("ftrl", lambda: ko.Ftrl(0.05)),
        ("muon", lambda: ko.Muon(0.01, exclude_layers=["dense_1"])),
        ("schedule_free", lambda: ko.ScheduleFreeAdamW(0.01)),
        (
            "loss_scale",
            lambda: ko.LossScaleOptimizer(
                ko.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=2
            ),
        ),
        (
            "multi",
            lambda: ko.MultiOptimizer(
                ko.OptimizerMap(
                    ko.SGD(0.05, momentum=0.9), {".*bias": ko.Adam(0.01)}
                )
            ),
        ),
        (
            "schedule",
            lambda: ko.Adam(
                ko.schedules.ExponentialDecay(0.02, 4, 0.5),
                use_ema=True,
                ema_momentum=0.9,
                gradient_accumulation_steps=2,
                clipnorm=1.0,
            ),
        ),
    ]:
        rng = fresh(26)
        model = keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(5, activation="tanh"),
                layers.Dense(2),
            ]
        )
        model.compile(
            build(),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="hits")],
        )
        batches = [
            (normal(rng, 8, 4), rng.integers(0, 2, 8).astype(np.int32))
            for _ in range(2)
        ]
        step_losses(model, batches, 3)
        loaded = save(model, f"optimizer_{name}")
        value = describe(loaded, [batches[0][0]])
        value["resume"] = resume(loaded, batches, 5)
        write(f"optimizer_{name}.json", value)


def make_pad_sequences():
    """Write ``pad_sequences.json``: every option of ``pad_sequences``."""
    flat = [[1, 2, 3, 4, 5], [], [6, 7], [8]]
    steps = [[[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]], [], [[7.5, 8.5]]]
    cases = []
    for sequences, dtype in [(flat, "int32"), (flat, "float32"), (steps, "float32")]:
        for maxlen in [None, 2, 3, 7]:
            for padding in ["pre", "post"]:
                for truncating in ["pre", "post"]:
                    for value in [0.0, -1.0]:
                        options = {
                            "maxlen": maxlen,
                            "dtype": dtype,
                            "padding": padding,
                            "truncating": truncating,
                            "value": value,
                        }
                        padded = keras.utils.pad_sequences(sequences, **options)
                        cases.append(
                            {
                                "sequences": [
                                    array(np.asarray(s, dtype))
                                    for s in sequences
                                ],
                                "options": options,
                                "padded": array(padded),
                            }
                        )
    write("pad_sequences.json", {"cases": cases})


MAKERS = {
    name.removeprefix("make_"): maker
    for name, maker in list(globals().items())
    if name.startswith("make_")
}


def main(names):
    """Make the goldens named, or all of them.

    Parameters
    ----------
    names : list of str
        Names out of `MAKERS`.

    Returns
    -------
    int
        The exit status.
    """
    unknown = [name for name in names if name not in MAKERS]
    if unknown:
        print(f"unknown: {unknown}; known: {list(MAKERS)}", file=sys.stderr)
        return 2
    for name in names or MAKERS:
        MAKERS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
