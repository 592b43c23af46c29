"""Losses: values, reductions and gradients; many batches with masks."""

import jax
import jax.numpy as jnp
import keras
import numpy as np

from .shared import (
    SIZES,
    Table,
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


REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight", "none")


def batches_case(table, case, build, y_true, y_pred, sample_weight):
    """Compute a loss on many batches, weighted, masked, both and neither.

    Parameters
    ----------
    table : Table
        Where arrays are kept.
    case : dict
        What `loss_case` gave.
    build : type
        The loss's class.
    y_true, y_pred, sample_weight : numpy.ndarray
        Samples out of which batches are drawn, predictions apart from labels.

    Returns
    -------
    dict
        The case; arrays are places in the table. Values without a reduction
        are those of all batches, one after the other.
    """
    n = len(y_true)
    rng = np.random.default_rng(5)
    rows = [rng.integers(0, n, size) for size in SIZES]
    labels = [y_true[r] for r in rows]
    predictions = [y_pred[rng.integers(0, n, size)] for size in SIZES]
    weights = [sample_weight[r] for r in rows]
    per_sample = case["per_sample"]["shape"][1:]
    masks = [rng.uniform(size=(len(r), *per_sample)) < 0.7 for r in rows]
    masks[7][...] = False
    values = {}
    for weighted in (False, True):
        for masked in (False, True):
            for reduction in REDUCTIONS:
                loss = build(**case["arguments"], reduction=reduction)
                results = []
                for t, p, w, m in zip(labels, predictions, weights, masks):
                    p = jnp.asarray(p)
                    if masked:
                        keras.src.backend.set_keras_mask(p, jnp.asarray(m))
                    value = loss(t, p, w if weighted else None)
                    results.append(np.asarray(value))
                key = reduction
                key += "_weighted" if weighted else ""
                key += "_masked" if masked else ""
                values[key] = table.put(results)
    return {
        "name": case["name"],
        "class_name": case["class_name"],
        "arguments": case["arguments"],
        "config": case["config"],
        "y_true": table.put(labels),
        "y_pred": table.put(predictions),
        "sample_weight": table.put(weights),
        "mask": table.put(masks),
        "values": values,
    }


def make_losses():
    """Write ``losses.json``: every loss, its reductions and its gradient."""
    rng = fresh(2)
    cases = []
    table, batched, kinds = Table(), [], []
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
        if (name, arguments, y_pred.ndim) not in kinds:
            kinds.append((name, arguments, y_pred.ndim))
            case = batches_case(table, cases[-1], build, y_true, y_pred, w)
            batched.append(case)

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

    # What differs from the labels relatively, by logarithms, by direction.
    counts = rng.integers(0, 5, (6, 4)).astype(np.float32)
    rates = uniform(rng, 0.1, 4.0, 6, 4)
    name, mape = "mean_absolute_percentage_error", kl.MeanAbsolutePercentageError
    add(name, mape, counts + 0.5, rates)
    msle = kl.MeanSquaredLogarithmicError
    add("mean_squared_logarithmic_error", msle, counts, rates)
    add("log_cosh", kl.LogCosh, real_true, real_pred)
    add("poisson", kl.Poisson, counts, rates)
    parts, others = probabilities(rng, 6, 4), probabilities(rng, 6, 4)
    add("kl_divergence", kl.KLDivergence, parts, others)
    cosine = kl.CosineSimilarity
    add("cosine_similarity", cosine, real_true, real_pred, axis=-1)
    cube_true = normal(rng, 3, 5, 4)
    weight_of_columns = uniform(rng, 0.2, 2.0, 3, 4)
    add(
        "cosine_similarity",
        cosine,
        cube_true,
        cube_pred,
        weight_of_columns,
        axis=1,
    )

    # Crossentropies along another axis, and with a class that is ignored.
    for logits in (False, True):
        arguments = {"from_logits": logits, "axis": 1}
        pred = np.moveaxis(
            normal(rng, 3, 5, 4) if logits else probabilities(rng, 3, 5, 4),
            -1,
            1,
        )
        hot = np.moveaxis(one_hot(cube_labels, 4), -1, 1)
        name = "categorical_crossentropy"
        add(name, cce, hot, pred, cube_weight, **arguments)
    ignoring = labels.copy()
    ignoring[[1, 4]] = -1
    pred = probabilities(rng, 6, 4)
    name = "sparse_categorical_crossentropy"
    add(name, sparse, ignoring, pred, ignore_class=-1)
    add(name, sparse, labels, pred, ignore_class=2)

    # Focal crossentropies.
    for logits in (False, True):
        pred = (
            normal(rng, 6, 4, scale=2.0)
            if logits
            else uniform(rng, 0.03, 0.97, 6, 4)
        )
        name, focal = "binary_focal_crossentropy", kl.BinaryFocalCrossentropy
        add(name, focal, bits, pred, from_logits=logits)
        add(
            name,
            focal,
            bits,
            pred,
            from_logits=logits,
            label_smoothing=0.1,
            apply_class_balancing=True,
            alpha=0.3,
            gamma=1.5,
        )
        add(name, focal, bits, pred, from_logits=logits, gamma=0.0)
        name = "categorical_focal_crossentropy"
        focal = kl.CategoricalFocalCrossentropy
        pred = pred if logits else probabilities(rng, 6, 4)
        hot = one_hot(labels, 4)
        add(name, focal, hot, pred, from_logits=logits)
        add(
            name,
            focal,
            hot,
            pred,
            from_logits=logits,
            label_smoothing=0.1,
            alpha=[0.1, 0.4, 0.2, 0.3],
            gamma=1.5,
        )
    pred = np.moveaxis(probabilities(rng, 3, 5, 4), -1, 1)
    hot = np.moveaxis(one_hot(cube_labels, 4), -1, 1)
    add(name, focal, hot, pred, cube_weight, axis=1, alpha=0.5)
    name = "binary_focal_crossentropy"
    focal = kl.BinaryFocalCrossentropy
    cube_bits = rng.integers(0, 2, (3, 5, 4)).astype(np.float32)
    pred = uniform(rng, 0.03, 0.97, 3, 5, 4)
    add(name, focal, cube_bits, pred, weight_of_columns, axis=1)

    # Noisy labels.
    name = "categorical_generalized_cross_entropy"
    generalized = kl.CategoricalGeneralizedCrossEntropy
    pred = probabilities(rng, 6, 4)
    add(name, generalized, labels, pred)
    add(name, generalized, labels, pred, q=0.8)
    cube = probabilities(rng, 3, 5, 4)
    add(name, generalized, cube_labels, cube, cube_weight, q=0.3)

    # Regions.
    regions = rng.integers(0, 2, (3, 4, 2, 1)).astype(np.float32)
    found = uniform(rng, 0.0, 1.0, 3, 4, 2, 1)
    region_weight = uniform(rng, 0.2, 2.0, 3)
    for name, build, arguments in [
        ("dice", kl.Dice, {}),
        ("tversky", kl.Tversky, {}),
        ("tversky", kl.Tversky, {"alpha": 0.3, "beta": 0.8}),
    ]:
        add(name, build, regions, found, region_weight, **arguments)
        arguments = {**arguments, "axis": [1, 2, 3]}
        add(name, build, regions, found, region_weight, **arguments)

    # Embeddings of length 1; the last sample is alone in its class.
    embeddings = normal(rng, 6, 3)
    embeddings /= np.linalg.norm(embeddings, axis=-1, keepdims=True)
    embeddings = np.round(embeddings, 6).astype(np.float32)
    classes = np.array([0, 1, 0, 1, 1, 2], dtype=np.int32)
    add("circle", kl.Circle, classes, embeddings)
    add("circle", kl.Circle, classes[:, None], embeddings, gamma=2.0)
    for arguments in [
        {"gamma": 5.0, "margin": 0.25},
        {"gamma": 5.0, "remove_diagonal": False},
    ]:
        add("circle", kl.Circle, classes, embeddings, **arguments)

    # Sequences: equal neighbors, no labels at all, as many as steps.
    sequences = np.array(
        [
            [1, 2, 3, 0],
            [2, 2, 0, 0],
            [0, 0, 0, 0],
            [1, 3, 1, 2],
            [3, 3, 3, 0],
            [1, 0, 0, 0],
        ],
        dtype=np.int32,
    )
    add("ctc", kl.CTC, sequences, normal(rng, 6, 7, 4, scale=1.5))
    short = sequences[[0, 1, 5, 2, 2, 5]]
    add("ctc", kl.CTC, short, normal(rng, 6, 3, 4, scale=1.5))
    write(
        "losses.json",
        {
            "cases": cases,
            "sizes": list(SIZES),
            "arrays": table.arrays,
            "batches": batched,
        },
    )
