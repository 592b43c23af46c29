"""Layers that do something while training alone."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(13)
    made = []

    def add(layer, *shape, name="not training"):
        x = normal(rng, *shape)
        made.append(case(rng, name, type(layer).__name__, [x], lambda x: layer(x)))

    add(layers.ActivityRegularization(0.1, 0.2), 3, 4, name="both penalties")
    add(layers.Dropout(0.3, noise_shape=(None, 1), seed=3), 3, 4)
    add(layers.AlphaDropout(0.3), 3, 4)
    add(layers.AlphaDropout(0.3, noise_shape=(None, 1), seed=3), 3, 4, name="noise shape")
    add(layers.GaussianDropout(0.3, seed=3), 3, 4)
    add(layers.GaussianNoise(0.3, seed=3), 3, 4)
    add(layers.SpatialDropout1D(0.3, seed=3), 2, 3, 4)
    add(layers.SpatialDropout2D(0.3), 2, 3, 2, 4)
    add(layers.SpatialDropout2D(0.3, data_format="channels_first"), 2, 3, 2, 4, name="channels first")
    add(layers.SpatialDropout3D(0.3), 2, 3, 2, 2, 4)
    add(layers.SpatialDropout3D(0.3, data_format="channels_first"), 2, 3, 2, 2, 4, name="channels first")
    for layer in (layers.AlphaDropout(0.0), layers.GaussianDropout(0.0), layers.SpatialDropout1D(0.0)):
        x = normal(rng, 2, 3, 4)
        made.append(
            case(rng, "training at rate 0", type(layer).__name__, [x], lambda x: layer(x, training=True))
        )
    return made
