"""Wrappers: Bidirectional, TimeDistributed."""

import numpy as np
from keras import layers, tree
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(19)
    x = normal(rng, 2, 4, 3)
    holes = x.copy()
    holes[0, 0] = holes[0, 2] = holes[1, 3] = 0
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    everything = dict(return_sequences=True, return_state=True)
    for layer, n_states in [(layers.SimpleRNN, 1), (layers.LSTM, 2), (layers.GRU, 1)]:
        both = lambda options={}, **own: layers.Bidirectional(layer(3, **own), **options)
        covers, kind = "Bidirectional", layer.__name__
        add(f"{kind}", covers, [x], lambda x: both()(x))
        add(f"{kind}, all outputs", covers, [x], lambda x: tree.flatten(both(**everything)(x)))
        for mode in ("concat", "sum", "ave", "mul", None):
            merged = dict(merge_mode=mode)
            add(f"{kind}, merged: {mode}", covers, [x], lambda x: tree.flatten(both(merged, return_sequences=True)(x)))
            add(f"{kind}, merged, the last: {mode}", covers, [x], lambda x: tree.flatten(both(merged)(x)))
        add(
            f"{kind}, masked",
            covers,
            [holes],
            lambda x: tree.flatten(both(**everything)(layers.Masking()(x))),
        )
        add(f"{kind}, masked, the last output", covers, [holes], lambda x: both()(layers.Masking()(x)))
        states = [normal(rng, 2, 3) for _ in range(2 * n_states)]
        add(
            f"{kind}, initial states",
            covers,
            [x, *states],
            lambda x, *s: tree.flatten(both(**everything)(x, initial_state=list(s))),
        )
        add(
            f"{kind}, on top of each other",
            covers,
            [holes],
            lambda x: both()(both(return_sequences=True)(layers.Masking()(x))),
        )
    add(
        "all outputs and states of each direction",
        "Bidirectional",
        [x],
        lambda x: tree.flatten(layers.Bidirectional(layers.LSTM(2, **everything), merge_mode=None)(x)),
    )
    add(
        "a backward layer of its own",
        "Bidirectional",
        [x],
        lambda x: layers.Bidirectional(
            layers.LSTM(3, return_sequences=True),
            backward_layer=layers.GRU(3, activation="relu", return_sequences=True, go_backwards=True),
        )(x),
    )
    add(
        "named layers",
        "Bidirectional",
        [x],
        lambda x: layers.Bidirectional(
            layers.GRU(3, name="one"), backward_layer=layers.GRU(3, go_backwards=True, name="other"), name="both"
        )(x),
    )
    add(
        "a stack in both directions",
        "Bidirectional",
        [x],
        lambda x: layers.Bidirectional(
            layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)], return_sequences=True), merge_mode="sum"
        )(x),
    )
    add(
        "in half precision",
        "Bidirectional",
        [x],
        lambda x: layers.Bidirectional(layers.GRU(3, dtype="mixed_bfloat16"), dtype="mixed_bfloat16")(x),
        tolerance=0.05,
    )

    cube = normal(rng, 2, 3, 4, 2)
    spots = cube.copy()
    spots[0, 1] = spots[1, 2, :2] = spots[1, 0, 3] = 0
    timed = layers.TimeDistributed
    covers = "TimeDistributed"
    add("Dense", covers, [x], lambda x: timed(layers.Dense(2, activation="tanh", name="inner"))(x))
    add("Dense, steps open", covers, [x], lambda x: timed(layers.Dense(2))(x), shapes=[(None, 3)])
    add("Flatten", covers, [cube], lambda x: timed(layers.Flatten())(x))
    add("BatchNormalization", covers, [x], lambda x: timed(layers.BatchNormalization())(x))
    add("LSTM", covers, [cube], lambda x: timed(layers.LSTM(3))(x))
    add("LSTM, masked", covers, [spots], lambda x: timed(layers.LSTM(3))(layers.Masking()(x)))
    add(
        "a mask that goes on",
        covers,
        [holes],
        lambda x: layers.GRU(3)(timed(layers.Dense(2))(layers.Masking()(x))),
    )
    add("in each other", covers, [cube], lambda x: timed(timed(layers.Dense(3)))(x))
    add(
        "Bidirectional",
        [covers, "Bidirectional"],
        [cube],
        lambda x: timed(layers.Bidirectional(layers.GRU(2, return_sequences=True)))(x),
    )
    add("a frozen layer", covers, [x], lambda x: timed(layers.Dense(2, trainable=False))(x))
    return made
