"""Models in the configs of layers."""

import keras
from keras import layers

from .files import describe, randomize, resume, save, step_losses
from .shared import fresh, normal, write


def make_wrapped():
    """Write ``wrapped.keras``: a Sequential, a functional model and one in
    another one at each step of a sequence; recurrences in both directions over
    a layer, and over several cells."""
    rng = fresh(61)
    per_step = keras.Sequential(
        [
            keras.Input((6, 2)),
            layers.Conv1D(3, 3, activation="relu"),
            layers.Flatten(),
            layers.LayerNormalization(),
            layers.Dense(4, activation="tanh"),
        ],
        name="per_step",
    )
    left = keras.Input((4,))
    branch = layers.Dense(3, name="branch")
    joined = layers.Add()([branch(left), branch(layers.Dense(4)(left))])
    branches = keras.Model(left, layers.ReLU()(joined), name="branches")
    deep = keras.Sequential(
        [keras.Input((2, 3)), layers.TimeDistributed(branches_of_two(3))],
        name="deep",
    )
    x = keras.Input((4, 6, 2), name="x")
    y = layers.TimeDistributed(per_step)(x)
    y = layers.TimeDistributed(branches)(y)
    z = layers.Reshape((2, 2, 3))(y)
    z = layers.TimeDistributed(deep)(z)
    z = layers.Reshape((4, 2))(z)
    y = layers.Bidirectional(
        layers.LSTM(3, return_sequences=True),
        backward_layer=layers.GRU(3, return_sequences=True, go_backwards=True),
    )(y)
    y = layers.Concatenate()([y, z])
    cells = [layers.LSTMCell(3), layers.GRUCell(2)]
    y = layers.Bidirectional(layers.RNN(cells), merge_mode="sum")(y)
    model = keras.Model(x, layers.Dense(2)(y), name="wrapped")
    model.compile(keras.optimizers.Adam(0.01), "mean_squared_error")
    randomize(rng, model)
    batches = [
        (normal(rng, 5, 4, 6, 2), normal(rng, 5, 2)) for _ in range(3)
    ]
    step_losses(model, batches, 3)
    loaded = save(model, "wrapped")
    value = describe(loaded, [batches[0][0]])
    value["resume"] = resume(loaded, batches, 4)
    write("wrapped.json", value)


def branches_of_two(features):
    """A model of two outputs' difference.

    Parameters
    ----------
    features : int
        How many it takes.

    Returns
    -------
    keras.Model
        The model.
    """
    x = keras.Input((features,))
    left, right = layers.Dense(2)(x), layers.Dense(2, activation="tanh")(x)
    return keras.Model(x, layers.Subtract()([left, right]))
