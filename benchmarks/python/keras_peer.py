"""Keras with TensorFlow: models as its guides build them, trained by `fit` over arrays.

Predictions of many rows are `predict`'s with a larger batch than its default, those of one row
`predict_on_batch`'s, which is the quicker of Keras's ways.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from protocol import PREDICT_BATCH, read, serve, threads

tf.config.threading.set_intra_op_parallelism_threads(threads())
tf.config.threading.set_inter_op_parallelism_threads(threads())

import keras
from keras import layers, ops


def dense(inputs, *widths, dropout=0.0, out):
    """A perceptron: ReLU, perhaps dropout, and the last layer's activation."""
    parts = [keras.Input((inputs,))]
    for width in widths[:-1]:
        parts.append(layers.Dense(width, activation="relu"))
        if dropout:
            parts.append(layers.Dropout(dropout))
    return keras.Sequential([*parts, layers.Dense(widths[-1], activation=out)])


def convnet():
    """W4's network."""
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])


def sentiment():
    """W5's network."""
    return keras.Sequential([
        keras.Input((100,), dtype="int32"),
        layers.Embedding(20000, 128),
        layers.LSTM(64),
        layers.Dense(1, activation="sigmoid"),
    ])


@keras.saving.register_keras_serializable()
class Places(layers.Layer):
    """Adds a learned vector for each place."""

    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], initializer="uniform")

    def call(self, x):
        return x + self.table


def tanh_gelu(x):
    """GELU in the form with tanh."""
    return keras.activations.gelu(x, approximate=True)


def gpt():
    """W6's network."""
    tokens = keras.Input((64,), dtype="int32")
    x = Places()(layers.Embedding(65, 128)(tokens))
    for _ in range(4):
        h = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(4, 32)(h, h, use_causal_mask=True)
        h = layers.LayerNormalization()(x)
        x = x + layers.Dense(128)(layers.Dense(512, activation=tanh_gelu)(h))
    return keras.Model(tokens, layers.Dense(65)(layers.LayerNormalization()(x)))


class Sampling(layers.Layer):
    """A draw from the normal distribution with a mean and a log variance."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_var = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return mean + ops.exp(0.5 * log_var) * noise


class Vae(keras.Model):
    """W7, with the training step of Keras's example."""

    def __init__(self):
        super().__init__()
        same = {"padding": "same", "activation": "relu"}
        image = keras.Input((28, 28, 1))
        h = layers.Conv2D(32, 3, strides=2, **same)(image)
        h = layers.Conv2D(64, 3, strides=2, **same)(h)
        h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
        mean, log_var = layers.Dense(2)(h), layers.Dense(2)(h)
        self.encoder = keras.Model(image, [mean, log_var, Sampling()([mean, log_var])])
        self.decoder = keras.Sequential([
            keras.Input((2,)),
            layers.Dense(7 * 7 * 64, activation="relu"),
            layers.Reshape((7, 7, 64)),
            layers.Conv2DTranspose(64, 3, strides=2, **same),
            layers.Conv2DTranspose(32, 3, strides=2, **same),
            layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same"),
        ])
        self.built = True
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss]

    def train_step(self, x):
        with tf.GradientTape() as tape:
            mean, log_var, z = self.encoder(x)
            pixels = keras.losses.binary_crossentropy(x, self.decoder(z))
            pixels = ops.mean(ops.sum(pixels, axis=(1, 2)))
            kl = -0.5 * (1 + log_var - ops.square(mean) - ops.exp(log_var))
            loss = pixels + ops.mean(ops.sum(kl, axis=1))
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


def resnet20():
    """W8's network."""

    def convolve(x, width, size, stride):
        x = layers.Conv2D(width, size, strides=stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    image = keras.Input((32, 32, 3))
    x = layers.ReLU()(convolve(image, 16, 3, 1))
    for width in (16, 32, 64):
        for place in range(3):
            stride = 2 if place == 0 and width > 16 else 1
            h = layers.ReLU()(convolve(x, width, 3, stride))
            h = convolve(h, width, 3, 1)
            shortcut = x if stride == 1 else convolve(x, width, 1, stride)
            x = layers.ReLU()(h + shortcut)
    return keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


NETWORKS = {
    "W1": lambda: dense(784, 10, 10, 10, out="softmax"),
    "W2": lambda: dense(8, 10, 8, 1, out="sigmoid"),
    "W3": lambda: dense(784, 512, 512, 10, dropout=0.2, out="softmax"),
    "W4": convnet,
    "W5": sentiment,
    "W6": gpt,
    "W7": Vae,
    "W8": resnet20,
}


class Subject:
    """One workload."""

    def __init__(self, workload, path=None):
        keras.utils.set_random_seed(1)
        self.x, self.y, self.batch = read(workload)
        if path:
            self.model = keras.saving.load_model(path + ".keras")
            return
        self.model = NETWORKS[workload]()
        if workload == "W7":
            self.y = None
        from_logits = workload in ("W6", "W8")
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
        optimizer = keras.optimizers.Adam(1e-3)
        if workload == "W6":
            optimizer = keras.optimizers.AdamW(1e-3, weight_decay=0.01)
        elif workload == "W8":
            optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
        if workload in ("W2", "W5"):
            loss = keras.losses.BinaryCrossentropy()
        self.model.compile(optimizer, None if workload == "W7" else loss)

    def parameters(self):
        return self.model.count_params()

    def run(self, steps):
        epochs, rest = divmod(steps, len(self.x) // self.batch)
        if epochs:
            loss = self.fit(len(self.x), epochs)
        if rest:
            loss = self.fit(rest * self.batch, 1)
        return loss

    def fit(self, rows, epochs):
        y = None if self.y is None else self.y[:rows]
        options = {"batch_size": self.batch, "epochs": epochs, "verbose": 0}
        return self.model.fit(self.x[:rows], y, **options).history["loss"][-1]

    def predict(self, rows, calls):
        for _ in range(calls):
            if rows == 1:
                self.model.predict_on_batch(self.x[:1])
            else:
                self.model.predict(self.x[:rows], batch_size=PREDICT_BATCH, verbose=0)

    def save(self, path):
        self.model.save(path + ".keras")



serve(Subject, f"{keras.__version__}, TensorFlow {tf.__version__}")
