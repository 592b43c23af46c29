"""Models with classes that are not Keras's own."""

import keras
import numpy as np
from keras import layers, ops

from .files import describe, randomize, resume, save, step_losses
from .shared import fresh, normal, write

own = keras.saving.register_keras_serializable(package="own")


@own
class Scaled(layers.Layer):
    """Multiplies features by weights of their own, and adds a number."""

    def __init__(self, offset=0.0, kernel_initializer=None, **kwargs):
        super().__init__(**kwargs)
        self.offset = offset
        self.kernel_initializer = keras.initializers.get(
            kernel_initializer or "ones"
        )

    def build(self, shape):
        """Make the weights."""
        self.scale = self.add_weight(
            shape=(shape[-1],),
            initializer=self.kernel_initializer,
            name="scale",
        )

    def call(self, x):
        """Scale a tensor."""
        return x * self.scale + self.offset

    def get_config(self):
        """Say what is told of a layer."""
        kernel = keras.saving.serialize_keras_object(self.kernel_initializer)
        return {
            **super().get_config(),
            "offset": self.offset,
            "kernel_initializer": kernel,
        }


@own
class Ramp(keras.initializers.Initializer):
    """Numbers from zero up."""

    def __init__(self, step=1.0):
        self.step = step

    def __call__(self, shape, dtype=None):
        numbers = np.arange(np.prod(shape), dtype=np.float32) * self.step
        return ops.convert_to_tensor(numbers.reshape(shape), dtype=dtype)

    def get_config(self):
        """Say what is told of an initializer."""
        return {"step": self.step}


@own
class Quartic(keras.losses.Loss):
    """The mean of fourth powers."""

    def call(self, y_true, y_pred):
        """Each sample's loss."""
        return ops.mean((y_true - y_pred) ** 4, axis=-1)


def make_classes():
    """Write ``classes/own.keras``: a layer, an initializer and a loss of a
    user's own, in the model, in a wrapper and in its compilation."""
    rng = fresh(60)
    model = keras.Sequential(
        [
            keras.Input((3, 2)),
            Scaled(0.5, kernel_initializer=Ramp(0.25)),
            layers.TimeDistributed(Scaled(-1.0, name="inner")),
            layers.Flatten(),
            layers.Dense(2, kernel_initializer=Ramp(0.1)),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.001, momentum=0.9), Quartic(name="quartic")
    )
    randomize(rng, model, scale=0.3)
    batches = [
        (normal(rng, 6, 3, 2), normal(rng, 6, 2, scale=0.5)) for _ in range(3)
    ]
    step_losses(model, batches, 3)
    loaded = save(model, "classes/own")
    value = describe(loaded, [batches[0][0]])
    value["resume"] = resume(loaded, batches, 3)
    write("classes/own.json", value)
