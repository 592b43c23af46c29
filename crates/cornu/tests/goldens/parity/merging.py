"""Layers of several inputs, with and without masks."""

import numpy as np
from keras import layers
from shared import case, normal


def steps(rng, value=0.5):
    """Draw a sequence of which some steps are masked out."""
    x = normal(rng, 2, 4, 3)
    for row in range(2):
        x[row, rng.choice(4, 2, replace=False)] = value
    return x


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(14)
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    a, b, c = normal(rng, 2, 3, 4), normal(rng, 2, 3, 4), normal(rng, 2, 4)
    average = layers.GlobalAveragePooling1D
    for merge in ("Add", "Average", "Multiply", "Maximum", "Minimum", "Concatenate", "Subtract"):
        layer = getattr(layers, merge)
        ranks = [a, b] if merge in ("Subtract", "Concatenate") else [a, b, normal(rng, 2, 1, 4), c]
        add("several", merge, ranks, lambda *xs: layer()(list(xs)))
        add(
            "mixed precision",
            merge,
            [a, b],
            lambda a, b: layer(dtype="mixed_bfloat16")([a, b]),
            tolerance=3e-2,
        )
        add(
            "both masked",
            ["Masking", merge],
            [steps(rng), steps(rng)],
            lambda a, b: (lambda y: [y, average()(y)])(layer()([layers.Masking(0.5)(a), layers.Masking(0.5)(b)])),
        )
        add(
            "one masked",
            ["Masking", merge],
            [steps(rng), steps(rng)],
            lambda a, b: (lambda y: [y, average()(y)])(layer()([layers.Masking(0.5)(a), b])),
        )
        add(
            "the other masked",
            ["Masking", merge],
            [steps(rng), steps(rng)],
            lambda a, b: (lambda y: [y, average()(y)])(layer()([a, layers.Masking(0.5)(b)])),
        )
    add(
        "masked, along steps",
        ["Masking", "Concatenate"],
        [steps(rng), steps(rng)],
        lambda a, b: (lambda y: [y, average()(y)])(
            layers.Concatenate(axis=1)([layers.Masking(0.5)(a), layers.Masking(0.5)(b)])
        ),
    )
    for axes, left, right in [
        (1, (2, 3), (2, 3)),
        (-1, (2, 3, 4), (2, 5, 4)),
        ((1, 2), (2, 3, 4), (2, 5, 3)),
        ((2, 1), (2, 3, 4), (2, 4)),
        ((1, 1), (2, 4), (2, 4, 3)),
        ((1, 3), (2, 3, 4, 2), (2, 2, 5, 3)),
        ((-2, -1), (2, 3, 4), (2, 5, 3)),
    ]:
        for normalize in (False, True):
            x, y = normal(rng, *left), normal(rng, *right)
            add(
                f"{axes} of {left} and {right}, normalize={normalize}",
                "Dot",
                [x, y],
                lambda x, y: layers.Dot(axes, normalize=normalize)([x, y]),
            )
    add(
        "masks end here",
        ["Masking", "Dot"],
        [steps(rng), steps(rng)],
        lambda a, b: (lambda y: [y, average()(y)])(layers.Dot(2)([layers.Masking(0.5)(a), layers.Masking(0.5)(b)])),
    )
    return made
