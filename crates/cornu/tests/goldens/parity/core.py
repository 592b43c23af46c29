"""Layers that everything is made of: Dense, merging, shapes."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(11)
    x, cube = normal(rng, 3, 4), normal(rng, 2, 3, 4)
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    add("one of two axes open", "Dense", [cube], lambda x: layers.Dense(3, activation="tanh")(x), shapes=[(None, 4)])
    add(
        "shared, then merged",
        ["Dense", "Add", "Concatenate"],
        [x, normal(rng, 3, 4)],
        lambda a, b: (lambda d: [layers.Add()([d(a), d(b)]), layers.Concatenate()([d(a), b])])(layers.Dense(4)),
    )
    add(
        "training, told by the call",
        "BatchNormalization",
        [x],
        lambda x: layers.BatchNormalization(momentum=0.9)(x, training=True),
        updates=True,
    )
    add(
        "outputs by name",
        "Dense",
        [x],
        lambda x: {"b": layers.Dense(2, name="one")(x), "a": layers.Dense(3, name="two")(x)},
    )
    return made
