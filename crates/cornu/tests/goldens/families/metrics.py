"""Metrics: results after several updates."""

import keras
import numpy as np
from keras import layers

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


def metric_case(build, updates, note=None, arguments=None):
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
    arguments : dict, optional
        What its constructor was given, where its config leaves that out.

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
    if arguments is not None:
        case["arguments"] = arguments
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

    def add(build, data, ranks=(1,), note=None, **left_out):
        """Add one case without weights and one for each rank of weights."""
        plain_data = [(*d, None) for d in data]
        extra = left_out or None
        cases.append(metric_case(build, plain_data, note, extra))
        for rank in ranks:
            weighted = []
            for y_true, y_pred in data:
                shape = y_true.shape[:rank] if rank > 0 else (len(y_true), 1)
                weight = uniform(rng, 0.2, 2.0, *shape)
                weight.ravel()[1] = 0.0
                weighted.append((y_true, y_pred, weight))
            cases.append(metric_case(build, weighted, note, extra))

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
                rng.integers(0, 4, (2, 3, 3)),
                probabilities(rng, 2, 3, 3, 4),
            )
            for _ in range(3)
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
        add(lambda k=kind: k(axis=[1, 2]), cubes)

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
    add(
        lambda: km.SparseCategoricalCrossentropy(ignore_class=-1),
        ignoring,
        note="an ignored sample counts as zero without weights",
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
        {"cases": cases, "metric_from_loss": accuracy_choices()},
    )
