"""Recurrent layers: cells, what runs them, masks, states."""

import numpy as np
from keras import layers, ops, tree
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(17)
    x = normal(rng, 2, 4, 3)
    holes = x.copy()
    holes[0, 0] = holes[0, 2] = holes[1, 3] = 0
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    def plain(name, layer, **options):
        add(name, type(layer()).__name__, [x], lambda x: tree.flatten(layer()(x)), **options)

    def masked(name, layer, **options):
        build = lambda x: tree.flatten(layer()(layers.Masking()(x)))
        add(name, type(layer()).__name__, [holes], build, **options)

    everything = dict(return_sequences=True, return_state=True)
    classes = {
        "SimpleRNN": (layers.SimpleRNN, layers.SimpleRNNCell, 1),
        "LSTM": (layers.LSTM, layers.LSTMCell, 2),
        "GRU": (layers.GRU, layers.GRUCell, 1),
    }
    for layer, cell, n_states in classes.values():
        states = [normal(rng, 2, 3) for _ in range(n_states)]
        name = cell.__name__
        plain("defaults", lambda: layer(3))
        plain("steps open", lambda: layer(3), shapes=[(None, 3)])
        plain("all outputs", lambda: layer(3, **everything))
        plain("backwards", lambda: layer(3, go_backwards=True, **everything))
        plain("backwards, the last output", lambda: layer(3, go_backwards=True))
        plain("no bias", lambda: layer(3, use_bias=False, return_sequences=True))
        plain("activation", lambda: layer(3, activation="softplus", return_sequences=True))
        plain("written out", lambda: layer(3, unroll=True, **everything))
        plain("dropout rests", lambda: layer(3, dropout=0.3, recurrent_dropout=0.2, seed=3))
        plain(
            "penalties and constraints",
            lambda: layer(
                3,
                kernel_initializer="he_normal",
                recurrent_initializer="glorot_normal",
                bias_initializer="ones",
                kernel_regularizer="l2",
                recurrent_regularizer="l1",
                bias_regularizer="l2",
                activity_regularizer="l2",
                kernel_constraint="max_norm",
                recurrent_constraint="unit_norm",
                bias_constraint="non_neg",
            ),
        )
        masked("masked", lambda: layer(3, **everything))
        masked("masked, the last output", lambda: layer(3))
        masked("masked, backwards", lambda: layer(3, go_backwards=True, **everything))
        masked("masked, zeros", lambda: layer(3, zero_output_for_mask=True, **everything))
        masked("masked, zeros, the last output", lambda: layer(3, zero_output_for_mask=True))
        masked("masked, written out", lambda: layer(3, unroll=True, **everything))
        add(
            "a mask that goes on",
            layer.__name__,
            [holes],
            lambda x: layer(2)(layer(3, return_sequences=True)(layers.Masking()(x))),
        )
        add(
            "initial states",
            layer.__name__,
            [x, *states],
            lambda x, *s: tree.flatten(layer(3, **everything)(x, initial_state=list(s))),
        )
        add(
            "initial states of another layer",
            layer.__name__,
            [x, normal(rng, 2, 2, 3)],
            lambda x, z: layer(3, return_sequences=True)(z, initial_state=layer(3, return_state=True)(x)[1:]),
        )
        add(
            "masked, initial states",
            layer.__name__,
            [holes, *states],
            lambda x, *s: tree.flatten(layer(3, **everything)(layers.Masking()(x), initial_state=list(s))),
        )
        add("in an RNN", ["RNN", name], [x], lambda x: tree.flatten(layers.RNN(cell(3), **everything)(x)))
        add(
            "one step",
            name,
            [x[:, 0], *states],
            lambda x, *s: tree.flatten(cell(3)(x, list(s))),
        )
        add(
            "in half precision",
            layer.__name__,
            [x],
            lambda x: layer(3, dtype="mixed_bfloat16", return_sequences=True)(x),
            tolerance=0.05,
        )

    plain("gates", lambda: layers.LSTM(3, recurrent_activation="softplus", unit_forget_bias=False, **everything))
    plain("gates", lambda: layers.GRU(3, recurrent_activation="softplus", **everything))
    for bias in (True, False):
        options = dict(reset_after=False, use_bias=bias, **everything)
        plain(f"reset before, bias {bias}", lambda: layers.GRU(3, **options))
    masked("reset before, masked", lambda: layers.GRU(3, reset_after=False, **everything))
    add(
        "one step, reset before",
        "GRUCell",
        [x[:, 0], normal(rng, 2, 3)],
        lambda x, s: tree.flatten(layers.GRUCell(3, reset_after=False)(x, [s])),
    )

    def stack(*cells):
        return layers.StackedRNNCells(list(cells))

    mixed = lambda: [layers.LSTMCell(2), layers.GRUCell(3), layers.LSTMCell(4)]
    both = ["RNN", "StackedRNNCells"]
    add("stacked", both, [x], lambda x: tree.flatten(layers.RNN(mixed(), **everything)(x)))
    add("stacked, the last output", both, [x], lambda x: layers.RNN(stack(*mixed()))(x))
    add("stacked, backwards", both, [x], lambda x: layers.RNN(mixed(), go_backwards=True, return_sequences=True)(x))
    add(
        "stacked, masked",
        both,
        [holes],
        lambda x: tree.flatten(layers.RNN(mixed(), **everything)(layers.Masking()(x))),
    )
    add(
        "stacked, masked, zeros",
        both,
        [holes],
        lambda x: tree.flatten(layers.RNN(mixed(), zero_output_for_mask=True, **everything)(layers.Masking()(x))),
    )
    add(
        "stacked, named cells",
        both,
        [x],
        lambda x: layers.RNN(stack(layers.GRUCell(2, name="first"), layers.GRUCell(3, name="second")))(x),
    )
    one_of_each = lambda: [layers.SimpleRNNCell(2), layers.LSTMCell(3)]
    add(
        "stacked, initial states",
        both,
        [x, normal(rng, 2, 2), normal(rng, 2, 3), normal(rng, 2, 3)],
        lambda x, a, b, c: tree.flatten(
            layers.RNN(one_of_each(), **everything)(x, initial_state=[[a], [b, c]])
        ),
    )
    add(
        "shared",
        "GRU",
        [x, normal(rng, 2, 3, 3)],
        lambda a, b: (lambda gru: [gru(a), gru(b)])(layers.GRU(3)),
    )
    add("a frozen layer", "LSTM", [x], lambda x: layers.LSTM(3, trainable=False)(x))
    add(
        "a long recurrence",
        "LSTM",
        [normal(rng, 2, 40, 3)],
        lambda x: layers.LSTM(3)(layers.GRU(3, return_sequences=True)(x)),
        tolerance=1e-4,
    )
    return made
