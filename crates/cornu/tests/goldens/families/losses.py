"""Losses: values, reductions and gradients."""

import jax
import jax.numpy as jnp
import keras
import numpy as np

from .shared import (
    array,
    fresh,
    normal,
    one_hot,
    plain,
    probabilities,
    result,
    uniform,
    write,
)


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
