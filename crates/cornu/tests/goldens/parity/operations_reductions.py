"""Operations along axes: reductions, running sums, order."""

import numpy as np
from keras import ops
from listed import Cases
from shared import normal, uniform


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(32)
    cases = Cases(rng)
    add = cases.add
    x, cube = normal(rng, 3, 4), normal(rng, 2, 3, 4)
    i = rng.integers(-9, 10, (3, 5)).astype("int32")

    for name, function in [
        ("sums", ops.sum), ("means", ops.mean), ("products", ops.prod), ("greatest", ops.max), ("least", ops.min), ("variances", ops.var),
        ("deviations", ops.std), ("logarithms of sums", ops.logsumexp), ("greatest by NumPy's name", ops.amax),
        ("least by NumPy's name", ops.amin), ("spans", ops.ptp), ("medians", ops.median),
    ]:
        add(
            name,
            [cube],
            lambda x, f=function: [f(x), f(x, axis=1), f(x, axis=-1, keepdims=True), f(x, axis=(0, 2)), f(x, axis=(1, 2), keepdims=True), f(x, keepdims=True)],
        )
    add(
        "integers",
        [i],
        lambda i: [
            ops.sum(i, axis=1), ops.mean(i, axis=0), ops.prod(i, axis=1), ops.max(i), ops.min(i, axis=1), ops.std(i), ops.cumsum(i, axis=1), ops.argmax(i, axis=1),
            ops.count_nonzero(i), ops.count_nonzero(i, axis=1), ops.any(i > 5, axis=0), ops.all(i, axis=1), ops.sort(i), ops.median(i, axis=1), ops.var(i, axis=1),
        ],
        gradients=False,
    )
    add("starts", [cube], lambda x: [ops.max(x, axis=1, initial=0.5), ops.min(x, axis=2, initial=-0.5)])
    add(
        "places",
        [cube],
        lambda x: [ops.argmax(x), ops.argmax(x, axis=1), ops.argmin(x, axis=-1, keepdims=True), ops.argmin(x, keepdims=True), ops.argsort(x), ops.argsort(x, axis=1), ops.argsort(x, axis=None)],
        gradients=False,
    )
    add("averages", [cube, uniform(rng, 0.5, 2, 2, 3, 4)], lambda x, w: [ops.average(x), ops.average(x, axis=1), ops.average(x, axis=2, weights=w), ops.average(x, weights=w), ops.average(x, axis=1, weights=np.array([0.2, 0.5, 0.9], "float32"))])
    add("moments", [cube], lambda x: [*ops.moments(x, axes=[0, 1]), *ops.moments(x, axes=[2], keepdims=True)])
    add("lengths", [cube], lambda x: [ops.norm(x), ops.norm(x, axis=(-1,)), ops.norm(x, ord=1, axis=(1,)), ops.norm(x, ord=3, axis=(2,), keepdims=True), ops.norm(x, ord="fro", axis=(1, 2)), ops.norm(x, ord=1, axis=(1, 2)), ops.norm(x, ord=-1, axis=(2, 1))])
    add(
        "quantiles",
        [cube],
        lambda x: [ops.quantile(x, 0.3), ops.quantile(x, [0.1, 0.8], axis=(1,)), ops.quantile(x, 0.7, axis=(0, 2), keepdims=True), ops.percentile(x, 40.0, axis=(2,), method="lower"), ops.percentile(x, 40.0, axis=(2,), method="midpoint"), ops.percentile(x, 45.0, axis=(1,), method="nearest"), ops.percentile(x, 40.0, axis=(2,), method="higher"), ops.percentile(x, 35.0, axis=(1,)), ops.percentile(x, [10.0, 60.0])],
    )
    add("running sums and products", [cube], lambda x: [ops.cumsum(x, axis=1), ops.cumsum(x), ops.cumprod(x, axis=-1), ops.cumprod(x, axis=0), ops.cumprod(x)])
    add("differences", [cube], lambda x: [ops.diff(x), ops.diff(x, axis=1), ops.diff(x, n=2, axis=2), ops.trapezoid(x), ops.trapezoid(x, dx=0.5, axis=1)])
    add("order", [cube], lambda x: [ops.sort(x), ops.sort(x, axis=1), ops.sort(x, axis=None), *ops.top_k(x, 2), ops.top_k(x[:, 0], 3)[0]])
    add("among the greatest", [normal(rng, 4, 5), np.array([0, 3, 2, 4], "int32")], lambda p, t: [ops.in_top_k(t, p, 2), ops.in_top_k(t, p, 1)], gradients=False)
    add(
        "groups",
        [normal(rng, 6, 3), np.array([1, 0, 2, 1, 1, 0], "int32")],
        lambda x, s: [ops.segment_sum(x, s, num_segments=4), ops.segment_max(x, s, num_segments=3), ops.segment_min(x, s, num_segments=3)],
    )
    add("products of groups", [normal(rng, 6, 3), np.array([1, 0, 2, 1, 1, 0], "int32")], lambda x, s: [ops.segment_prod(x, s, num_segments=4)], gradients=False)
    add("every operation of one axis", [x], lambda x: [ops.sum(x[0]), ops.cumsum(x[:, 1], axis=0), ops.sort(x[2]), ops.argmax(x[1], axis=0)])
    return cases.made
