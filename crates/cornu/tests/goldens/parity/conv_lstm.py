"""Convolutional long short-term memories."""

import numpy as np
from keras import layers, tree
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(23)
    line, image, volume = normal(rng, 2, 3, 5, 2), normal(rng, 2, 3, 4, 5, 2), normal(rng, 2, 2, 3, 2, 3, 2)
    made = []

    def add(name, layer, inputs, **options):
        build = lambda x, *s: tree.flatten(layer(x, initial_state=list(s) if s else None))
        made.append(case(rng, name, type(layer).__name__, inputs, build, **options))

    everything = dict(return_sequences=True, return_state=True)
    for layer, x, size in [
        (layers.ConvLSTM1D, line, 2),
        (layers.ConvLSTM2D, image, (2, 3)),
        (layers.ConvLSTM3D, volume, (2, 1, 2)),
    ]:
        add("defaults", layer(3, size), [x])
        add("same, all outputs", layer(3, size, padding="same", **everything), [x])
        add("strides", layer(2, size, strides=2, padding="same", return_sequences=True), [x])
    add("dilation, backwards", layers.ConvLSTM2D(2, 2, dilation_rate=(1, 2), go_backwards=True, **everything), [image])
    add("no bias, gates", layers.ConvLSTM1D(2, 3, use_bias=False, recurrent_activation="softplus"), [line])
    add("bias", layers.ConvLSTM1D(2, 3, unit_forget_bias=False, activation="sigmoid", dropout=0.2), [line])
    add("initial states", layers.ConvLSTM1D(2, 2, **everything), [line, normal(rng, 2, 4, 2), normal(rng, 2, 4, 2)])
    return made
