"""Metrics: results after each of twenty updates."""

import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

from .shared import (
    N_UPDATES,
    SIZES,
    Table,
    array,
    fresh,
    normal,
    one_hot,
    plain,
    probabilities,
    uniform,
    write,
)


def metric_case(table, build, y_true, y_pred, weight, mask):
    """Feed updates to a metric and record its result after each.

    Parameters
    ----------
    table : Table
        Where arrays are kept.
    build : callable
        Makes the metric.
    y_true, y_pred : list of numpy.ndarray
        What each update takes; for `Mean` and `Sum` the second is None, and
        the first has the values.
    weight, mask : list of numpy.ndarray or None
        Sample weights, and the mask that the predictions of a model with a
        masking layer carry.

    Returns
    -------
    dict
        The case; arrays are places in the table.
    """
    metric = build()
    name = type(metric).__name__
    metric.name = keras.src.utils.naming.to_snake_case(name)
    results = []
    for i in range(N_UPDATES):
        args = [y_true[i]]
        if y_pred is not None:
            args.append(jnp.asarray(y_pred[i]))
        if mask is not None:
            keras.src.backend.set_keras_mask(args[-1], jnp.asarray(mask[i]))
        sample_weight = None if weight is None else weight[i]
        metric.update_state(*args, sample_weight=sample_weight)
        results.append(np.asarray(metric.result()))
    case = {
        "class_name": name,
        "config": plain(metric.get_config()),
        "y_true": table.put(y_true),
        "y_pred": table.put(y_pred),
        "sample_weight": table.put(weight),
        "mask": table.put(mask),
        # One result is a row.
        "results": table.put([r[None] for r in results]),
        "variables": [
            {"name": v.name, "value": table.put([np.asarray(v)[None]])}
            for v in metric.variables
        ],
    }
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


def masked_model():
    """Record what a model reports whose predictions have a mask.

    Returns
    -------
    dict
        Its weights, what it is fed, and what `evaluate` gives without and with
        sample weights. (What `fit` reports on JAX leaves the mask out, which
        is lost where JAX differentiates; other backends keep it.)
    """
    rng = fresh(4)
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(5, 3, mask_zero=True),
            layers.Dense(3, activation="softmax"),
        ]
    )
    for variable in model.weights:
        variable.assign(normal(rng, *variable.shape))
    km = keras.metrics

    def reported():
        return [
            km.SparseCategoricalAccuracy(name="accuracy"),
            km.SparseCategoricalCrossentropy(name="crossentropy"),
            km.MeanIoU(3, sparse_y_pred=False, dtype="float32", name="iou"),
        ]

    model.compile(
        "sgd",
        "sparse_categorical_crossentropy",
        metrics=reported(),
        weighted_metrics=reported(),
    )
    x = rng.integers(0, 5, (12, 4)).astype(np.int32)
    y = rng.integers(0, 3, (12, 4)).astype(np.int32)
    weight = uniform(rng, 0.2, 2.0, 12, 4)
    scores = [
        model.evaluate(
            x, y, sample_weight=w, batch_size=5, verbose=0, return_dict=True
        )
        for w in (None, weight)
    ]
    return {
        "weights": [array(w) for w in model.get_weights()],
        "x": array(x),
        "y": array(y),
        "sample_weight": array(weight),
        "plain": scores[0],
        "weighted": scores[1],
    }


def make_metrics():
    """Write ``metrics.json``: every metric over twenty updates."""
    rng = fresh(3)
    km = keras.metrics
    table = Table()
    cases = []
    classes = 4
    # Weights and masks by their shapes, so that cases share them.
    drawn = {}

    def weights_of(shapes):
        key = ("weight", *shapes)
        if key not in drawn:
            drawn[key] = [uniform(rng, 0.2, 2.0, *s) for s in shapes]
            for weight in drawn[key]:
                weight.ravel()[1:2] = 0.0
        return drawn[key]

    def masks_of(shapes):
        key = ("mask", *shapes)
        if key not in drawn:
            drawn[key] = [rng.uniform(size=s) < 0.7 for s in shapes]
            # Whole batches may be masked out, the first of them too.
            drawn[key][0][...] = False
            drawn[key][7][...] = False
        return drawn[key]

    def add(build, data, ranks=(1,), mask_rank=None, **left_out):
        """Add a case without weights, one for each rank of weights, one with
        a mask of the predictions (that of a model has all their axes but the
        last), and one with a mask and weights of its rank."""
        y_true, y_pred = (list(arrays) for arrays in zip(*data))
        if y_pred[0] is None:
            y_pred = None

        def one(weight, mask):
            case = metric_case(table, build, y_true, y_pred, weight, mask)
            if left_out:
                case["arguments"] = left_out
            cases.append(case)

        one(None, None)
        for rank in ranks:
            shapes = [
                t.shape[:rank] if rank >= 0 else (len(t), 1) for t in y_true
            ]
            one(weights_of(shapes), None)
        if y_pred is not None:
            rank = mask_rank or max(y_pred[0].ndim - 1, 1)
            shapes = [p.shape[:rank] for p in y_pred]
            one(None, masks_of(shapes))
            if rank in ranks:
                one(weights_of(shapes), masks_of(shapes))

    sizes = SIZES
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
    # Labels of rank 1, predictions of rank 2.
    add(km.BinaryAccuracy, flat)
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
        add(kind, [(t[:, 0], p) for t, p in real])
    add(km.R2Score, real)
    for how in ("uniform_average", "variance_weighted_average", None):
        add(lambda h=how: km.R2Score(class_aggregation=h), reals)
    add(lambda: km.R2Score(num_regressors=2), real)

    for kind in (km.Mean, km.Sum):
        add(kind, [(t[:, 0], None) for t, _ in reals])
        add(kind, [(t, None) for t, _ in reals], (1, 2))
        scalars = list(normal(rng, N_UPDATES))
        scalar_weights = list(uniform(rng, 0.2, 2.0, N_UPDATES))
        cases.append(
            metric_case(table, kind, scalars, None, scalar_weights, None)
        )

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

    # The four counts, and the best of one rate where another is high enough.
    for kind in (
        km.TruePositives,
        km.FalsePositives,
        km.TrueNegatives,
        km.FalseNegatives,
    ):
        add(kind, binary, (1, 2))
        add(lambda k=kind: k(thresholds=[0.2, 0.5, 0.8]), multilabel, (1, 2))
        add(lambda k=kind: k(thresholds=[0.0, 0.25, 0.5, 0.75, 1.0]), binary)
    for kind in (
        km.PrecisionAtRecall,
        km.RecallAtPrecision,
        km.SensitivityAtSpecificity,
        km.SpecificityAtSensitivity,
    ):
        add(lambda k=kind: k(0.6), binary, (1, 2))
        add(lambda k=kind: k(0.5, num_thresholds=2), binary)
        add(lambda k=kind: k(0.5, num_thresholds=1), binary)
        add(lambda k=kind: k(0.7, num_thresholds=20, class_id=1), multilabel)

    # Predictions that lie on evenly spaced thresholds.
    quarters = [
        (b, np.clip(np.round(4 * s) / 4, 0.0, 1.0).astype(np.float32))
        for b, s in multilabel
    ]
    spaced = [0.0, 0.25, 0.5, 0.75, 1.0]
    for kind in (km.Precision, km.Recall):
        add(lambda k=kind: k(thresholds=spaced), quarters, (1, 2))
        add(lambda k=kind: k(thresholds=spaced, top_k=2), quarters)
        add(lambda k=kind: k(thresholds=[0.5, 0.0, 1.0]), quarters)
    add(lambda: km.AUC(num_thresholds=5), quarters, (1, 2))
    add(lambda: km.AUC(num_thresholds=5, multi_label=True), quarters)
    add(lambda: km.AUC(thresholds=[0.25, 0.5, 0.75]), quarters)
    add(lambda: km.AUC(num_thresholds=2), quarters)
    for curve in ("ROC", "PR", "PRGAIN"):
        for method in ("interpolation", "minoring", "majoring"):
            add(
                lambda c=curve, m=method: km.AUC(
                    num_thresholds=11, curve=c, summation_method=m
                ),
                multilabel,
            )
    for many in (False, True):
        add(
            lambda m=many: km.AUC(
                num_thresholds=11,
                label_weights=[1.0, 2.0, 3.0],
                multi_label=m,
                num_labels=3 if m else None,
            ),
            multilabel,
            () if many else (1,),
        )
    for average in (None, "micro", "macro", "weighted"):
        add(
            lambda a=average: km.FBetaScore(
                average=a, beta=2.0, threshold=0.5
            ),
            multilabel,
        )

    # Intersection over union.
    guesses = [np.argmax(p, -1).astype(np.int32) for p in rows]
    numbers = list(zip(labels, guesses))
    beyond = [(t - 1, g) for t, g in numbers]
    floats = {"dtype": "float32"}
    for options in ({}, floats):
        add(lambda o=options: km.IoU(4, [1, 3], **o), numbers)
        add(lambda o=options: km.MeanIoU(4, **o), numbers)
        add(lambda o=options: km.MeanIoU(4, **o), beyond)
        add(lambda o=options: km.BinaryIoU([1], 0.4, **o), binary, (1, 2))
        add(lambda o=options: km.OneHotMeanIoU(4, **o), dense)
    add(lambda: km.IoU(4, [0, 2], ignore_class=1, **floats), numbers)
    add(lambda: km.IoU(6, [0, 1, 5, 0]), numbers)
    add(
        lambda: km.IoU(4, [0, 2], sparse_y_pred=False, **floats),
        sparse,
    )
    add(lambda: km.MeanIoU(4, ignore_class=-1, **floats), beyond)
    add(km.BinaryIoU, multilabel, (2,))
    add(lambda: km.OneHotIoU(4, [0, 1], ignore_class=2), dense)
    add(
        lambda: km.OneHotIoU(4, [0, 3], sparse_y_pred=True, **floats),
        [(one_hot(t, classes), g) for t, g in numbers],
    )
    maps = [
        (one_hot(t, 4), p)
        for t, p in (
            (
                rng.integers(0, 4, (s, 2, 2)),
                probabilities(rng, s, 2, 2, 4),
            )
            for s in sizes
        )
    ]
    add(lambda: km.OneHotMeanIoU(4), maps, ())
    add(
        lambda: km.MeanIoU(
            4, sparse_y_true=False, sparse_y_pred=False, **floats
        ),
        maps,
        (),
    )

    # Correlations.
    cubes = [(normal(rng, s, 3, 3), normal(rng, s, 3, 3)) for s in sizes]
    for kind in (km.PearsonCorrelation, km.ConcordanceCorrelation):
        add(kind, reals)
        add(lambda k=kind: k(axis=1), cubes, (1, 2))
        add(lambda k=kind: k(axis=[1, 2]), cubes, mask_rank=1)

    # Means of losses.
    kl = keras.losses
    positives = [(np.abs(t), np.abs(p)) for t, p in reals]
    for kind in (
        km.MeanAbsolutePercentageError,
        km.MeanSquaredLogarithmicError,
        km.Poisson,
    ):
        add(kind, positives)
    add(km.LogCoshError, reals)
    # Its config leaves out its axis.
    add(km.CosineSimilarity, reals, axis=-1)
    add(lambda: km.CosineSimilarity(axis=1), cubes, (1, 2), axis=1)
    add(km.KLDivergence, [(probabilities(rng, *p.shape), p) for p in rows])
    for kind in (km.Hinge, km.SquaredHinge):
        add(kind, [(b, p) for b, (_, p) in zip(many_bits, reals)])
    add(km.CategoricalHinge, dense)
    # An update sees -1 and 1 where all labels are 0 and 1.
    add(km.Hinge, [(2 * b - 1, p) for b, (_, p) in zip(many_bits, reals)])
    ignoring = [(np.where(t == 1, -1, t), p) for t, p in sparse]
    # An ignored sample counts as zero without weights.
    add(
        lambda: km.SparseCategoricalCrossentropy(ignore_class=-1),
        ignoring,
    )
    ranked = [
        (t, np.argsort(-p, -1).astype(np.int32)) for t, p in sparse
    ]
    add(
        lambda: km.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True),
        ranked,
    )
    for function, data, arguments in [
        (kl.huber, reals, {}),
        (kl.huber, reals, {"delta": 0.5}),
        (kl.binary_focal_crossentropy, multilabel, {"gamma": 1.0}),
        (kl.categorical_focal_crossentropy, dense, {"alpha": 0.5}),
    ]:
        add(
            lambda f=function, a=arguments: km.MeanMetricWrapper(f, **a), data
        )
    write(
        "metrics.json",
        {
            "sizes": list(SIZES),
            "arrays": table.arrays,
            "cases": cases,
            "metric_from_loss": accuracy_choices(),
            "masked_model": masked_model(),
        },
    )
