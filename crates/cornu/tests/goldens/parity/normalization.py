"""Normalizing layers."""

import numpy as np
from keras import layers
from shared import case, normal

OPTIONS = {
    "beta_initializer": "ones",
    "gamma_initializer": "zeros",
    "beta_regularizer": "l1",
    "gamma_regularizer": "l2",
    "beta_constraint": "non_neg",
    "gamma_constraint": "max_norm",
}


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(12)
    x, cube, image = normal(rng, 3, 4), normal(rng, 2, 3, 4), normal(rng, 2, 3, 2, 4)
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    def each(layer, inputs, **fields):
        name = ", ".join(f"{k}={v}" for k, v in fields.items()) or "plain"
        add(name, layer.__name__, [inputs], lambda x: layer(**fields)(x))

    norm = layers.LayerNormalization
    each(norm, x)
    each(norm, cube, axis=1)
    each(norm, cube, axis=[1, 2], epsilon=0.1)
    each(norm, cube, axis=[-1, 1])
    each(norm, image, axis=(1, 3), center=False)
    each(norm, x, scale=False)
    each(norm, x, center=False, scale=False)
    each(norm, x, rms_scaling=True)
    each(norm, cube, **OPTIONS)
    add("open steps", "LayerNormalization", [cube], lambda x: norm()(x), shapes=[(None, 4)])
    for dtype in ("mixed_bfloat16", "mixed_float16", "bfloat16"):
        add(dtype, "LayerNormalization", [cube], lambda x: norm(dtype=dtype)(x), tolerance=2e-2)
    add(
        "after a layer in mixed precision",
        ["Dense", "LayerNormalization"],
        [cube],
        lambda x: norm(dtype="mixed_bfloat16")(layers.Dense(3, dtype="mixed_bfloat16")(x)),
        tolerance=5e-2,
    )
    add("float64", "LayerNormalization", [cube], lambda x: norm(dtype="float64")(x))

    norm = layers.RMSNormalization
    each(norm, x)
    each(norm, cube, epsilon=0.1)
    each(norm, cube, axis=[1, 2])
    add("mixed_bfloat16", "RMSNormalization", [cube], lambda x: norm(dtype="mixed_bfloat16")(x), tolerance=2e-2)

    norm = layers.UnitNormalization
    each(norm, x)
    each(norm, cube, axis=1)
    each(norm, cube, axis=[1, 2])
    add("mixed_bfloat16", "UnitNormalization", [cube], lambda x: norm(dtype="mixed_bfloat16")(x), tolerance=2e-2)

    norm = layers.GroupNormalization
    each(norm, image, groups=2)
    each(norm, image, groups=-1)
    each(norm, image, groups=1, epsilon=0.1)
    each(norm, normal(rng, 2, 4, 3), groups=2, axis=1)
    each(norm, normal(rng, 2, 4, 3), groups=2, axis=-2, center=False)
    each(norm, x, groups=2, scale=False)
    each(norm, cube, groups=4, **OPTIONS)
    add("open axis", "GroupNormalization", [cube], lambda x: norm(groups=2)(x), shapes=[(None, 4)])
    add("mixed_bfloat16", "GroupNormalization", [cube], lambda x: norm(groups=2, dtype="mixed_bfloat16")(x), tolerance=2e-2)

    norm = layers.BatchNormalization
    for training in (False, True):
        for fields in ({}, {"axis": 1}, {"momentum": 0.5, "epsilon": 0.1, "center": False}, {"scale": False}):
            add(
                f"training={training}, {fields}",
                "BatchNormalization",
                [cube],
                lambda x: norm(**fields)(x, training=training),
                updates=training,
            )
        for dtype in ("mixed_bfloat16", "mixed_float16"):
            add(
                f"training={training}, {dtype}",
                "BatchNormalization",
                [cube],
                lambda x: norm(dtype=dtype)(x, training=training),
                updates=training,
                tolerance=2e-2,
            )
        steps = normal(rng, 2, 4, 3)
        steps[0, 1] = steps[1, 3] = 0.5
        add(
            f"training={training}, masked",
            ["Masking", "BatchNormalization"],
            [steps],
            lambda x: norm(momentum=0.9)(layers.Masking(0.5)(x), training=training),
            updates=training,
        )
        mask = np.array([[True, False, True], [True, True, False]])
        add(
            f"training={training}, mask in the call",
            "BatchNormalization",
            [cube, mask],
            lambda x, m: norm(momentum=0.9)(x, mask=m, training=training),
            updates=training,
        )
    add("not trainable", "BatchNormalization", [cube], lambda x: norm(trainable=False)(x, training=True), updates=True)
    spectral = layers.SpectralNormalization
    for training in (False, True):
        for inner, value in (
            (lambda: layers.Dense(3, activation="tanh"), x),
            (lambda: layers.Conv2D(2, 2), image),
        ):
            add(
                f"training={training}, {type(inner()).__name__}",
                ["SpectralNormalization", type(inner()).__name__],
                [value],
                lambda x: spectral(inner(), power_iterations=1 + training)(x, training=training),
                updates=training,
            )
    return made
