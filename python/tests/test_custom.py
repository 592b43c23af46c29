"""Layers, losses, metrics, callbacks and training steps that are written in Python."""

from __future__ import annotations

import numpy as np
import pytest

import cornu as keras
import cornu as tf
from cornu import layers, ops

rng = np.random.default_rng(1)
X = rng.normal(size=(64, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


@keras.saving.register_keras_serializable("tests")
class Linear(layers.Layer):
    """Dense, as a user would write it."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def test_a_layer_on_numbers_on_symbols_and_in_training(tmp_path):
    layer = Linear(2)
    found = layer(X)
    np.testing.assert_allclose(found, X @ layer.w.numpy() + layer.b.numpy(), atol=1e-5)
    assert [weight.name for weight in layer.weights] == ["w", "b"]
    assert layer(keras.Input((4,))).shape == (None, 2)
    model = keras.Sequential([keras.Input((4,)), Linear(8), layers.ReLU(), Linear(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    history = model.fit(X, Y, epochs=30, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0] / 2
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(again.layers[0], Linear) and again.layers[0].units == 8
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_gradients_of_a_layer_are_those_of_the_engine():
    keras.utils.set_random_seed(0)
    own, engine = Linear(3), layers.Dense(3)
    models = []
    for layer in (own, engine):
        model = keras.Sequential([keras.Input((4,)), layer])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        models.append(model)
    models[1].set_weights(models[0].get_weights())
    for model in models:
        model.fit(X, np.repeat(Y, 3, 1), epochs=3, shuffle=False, verbose=0)
    for a, b in zip(models[0].get_weights(), models[1].get_weights()):
        np.testing.assert_allclose(a, b, atol=1e-6)


class Block(layers.Layer):
    """Layers within a layer, in attributes, lists and one another."""

    def __init__(self, width):
        super().__init__()
        self.norm = layers.LayerNormalization()
        self.attention = layers.MultiHeadAttention(2, width // 2)
        self.feed = keras.Sequential([layers.Dense(2 * width, activation="gelu"), layers.Dense(width)])
        self.extra = [layers.Dense(width), Linear(width)]

    def call(self, x):
        seen = self.norm(x)
        x = x + self.attention(seen, seen)
        x = x + self.feed(x)
        for layer in self.extra:
            x = layer(x)
        return x


def test_layers_within_layers():
    inputs = keras.Input((6, 8))
    block = Block(8)
    model = keras.Model(inputs, layers.GlobalAveragePooling1D()(block(inputs)))
    assert len(block.weights) == 2 + 8 + 4 + 4
    assert block.attention in list(dict(block._sublayers()).values())
    model.compile("adam", "mse")
    data = rng.normal(size=(16, 6, 8)).astype("float32")
    before = block.feed.layers[0].kernel.numpy()
    model.fit(data, np.zeros((16, 8)), epochs=1, verbose=0)
    assert np.abs(block.feed.layers[0].kernel.numpy() - before).max() > 0
    np.testing.assert_allclose(block(data).mean(1), model.predict(data, verbose=0), atol=1e-5)


def test_training_is_known_in_a_call_and_state_is_kept():
    class Counts(layers.Layer):
        def __init__(self):
            super().__init__()
            self.n = self.add_weight(shape=(), initializer="zeros", trainable=False, name="n")

        def call(self, x, training=None):
            if training:
                self.n.assign(self.n + 1.0)
                return x * 0.0
            return x

    layer = Counts()
    model = keras.Sequential([keras.Input((4,)), layer, layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    kernel = model.layers[1].get_weights()[0]
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
    assert layer.n.numpy() == 8
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], kernel)
    np.testing.assert_allclose(model.predict(X, verbose=0), X @ kernel, atol=1e-6)


def test_penalties_and_losses_that_layers_add():
    class Sparse(layers.Layer):
        def call(self, x):
            self.add_loss(0.5 * ops.mean(ops.square(x)))
            return x

    model = keras.Sequential([keras.Input((4,)), Sparse()])
    model.compile("sgd", "mse")
    expected = np.mean((X - 1) ** 2) + 0.5 * np.mean(X**2)
    assert model.evaluate(X, np.ones_like(X), batch_size=64, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_losses_and_metrics():
    def distance(y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred), axis=-1)

    class Pinball(keras.losses.Loss):
        def __init__(self, tau=0.9, **kwargs):
            super().__init__(**kwargs)
            self.tau = tau

        def call(self, y_true, y_pred):
            error = y_true - y_pred
            return ops.mean(ops.maximum(self.tau * error, (self.tau - 1) * error), axis=-1)

    class Positives(keras.metrics.Metric):
        def __init__(self, name="positives", **kwargs):
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(ops.sum(ops.cast(y_true > 0, "float32")))

        def result(self):
            return self.total

    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("adam", distance, metrics=["mae", distance, Positives()])
    scores = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert scores["loss"] == pytest.approx(scores["mae"], rel=1e-5) == pytest.approx(scores["distance"], rel=1e-5)
    assert scores["positives"] == (Y > 0).sum()
    history = model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y)).history
    assert history["positives"] == history["val_positives"] == [float((Y > 0).sum())] * 2

    error = Y - model.predict(X, verbose=0)
    expected = np.maximum(0.9 * error, -0.1 * error).mean()
    model.compile("adam", Pinball())
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-4)
    assert Pinball()(Y, Y - error) == pytest.approx(expected, rel=1e-4)


class Recorder(keras.callbacks.Callback):
    """Notes what it is told."""

    def __init__(self):
        super().__init__()
        self.told = []

    def on_train_begin(self, logs=None):
        self.told.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.1 / (epoch + 1)

    def on_train_batch_begin(self, batch, logs=None):
        self.told.append(f"<{batch}")

    def on_train_batch_end(self, batch, logs=None):
        assert logs["loss"] >= 0
        self.told.append(f"{batch}>")

    def on_epoch_end(self, epoch, logs=None):
        logs["mine"] = 10.0 * epoch
        weights = self.model.get_weights()
        np.testing.assert_allclose(self.model.predict(X, verbose=0), X @ weights[0] + weights[1], atol=1e-5)
        if epoch == 1:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.told.append("end")


def test_callbacks():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    recorder = Recorder()
    history = model.fit(X, Y, batch_size=32, epochs=5, verbose=0, callbacks=[recorder])
    assert recorder.told == ["begin", *["<0", "0>", "<1", "1>"] * 2, "end"]
    assert history.history["mine"] == [0.0, 10.0]
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)


def test_a_callback_that_fails_ends_the_training_and_loses_nothing():
    class Fails(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyError("mine")

    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    with pytest.raises(KeyError, match="mine"):
        model.fit(X, Y, verbose=0, callbacks=[Fails()])
    model.fit(X, Y, verbose=0)


def test_callbacks_of_the_engine(tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    stopping = keras.callbacks.EarlyStopping(monitor="loss", patience=2, min_delta=1e3, restore_best_weights=True)
    rates = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    saving = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    history = model.fit(X, Y, epochs=9, verbose=0, callbacks=[stopping, rates, saving, log])
    assert len(history.epoch) == 3 and stopping.stopped_epoch == 2
    assert history.history["learning_rate"] == pytest.approx([5e-4, 2.5e-4, 1.25e-4])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.keras", "2.keras", "3.keras", "log.csv"]

    class Louder(keras.callbacks.EarlyStopping):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            self.seen = getattr(self, "seen", 0) + 1

    louder = Louder(monitor="loss", patience=1, min_delta=1e3)
    model.fit(X, Y, epochs=9, verbose=0, callbacks=[louder])
    assert louder.seen == 2


class OwnStep(keras.Model):
    """A training step as Keras's guide has it."""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def test_a_training_step_of_ones_own_agrees_with_the_engines():
    histories = []
    for cls in (keras.Model, OwnStep):
        keras.utils.set_random_seed(5)
        inputs = keras.Input((4,))
        model = cls(inputs, layers.Dense(1)(layers.Dense(8, activation="relu")(inputs)))
        model.compile("adam", "mse", metrics=["mae"])
        histories.append(model.fit(X, Y, epochs=3, batch_size=16, verbose=0, validation_data=(X, Y)).history)
    for name in ("loss", "mae", "val_loss", "val_mae"):
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-5)


class Sampling(layers.Layer):
    """Draws from a normal distribution."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_variance = inputs
        noise = keras.random.normal(shape=ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class VAE(keras.Model):
    """A variational autoencoder, as Keras's example has it."""

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.loss_tracker, self.kl_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            mean, log_variance, z = self.encoder(data)
            seen = self.decoder(z)
            kl = ops.mean(ops.sum(-0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance)), axis=1))
            total = ops.mean(ops.sum(ops.square(data - seen), axis=1)) + kl
        gradients = tape.gradient(total, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.loss_tracker.update_state(total)
        self.kl_tracker.update_state(kl)
        return {"loss": self.loss_tracker.result(), "kl_loss": self.kl_tracker.result()}


def test_a_variational_autoencoder():
    inputs = keras.Input((4,))
    hidden = layers.Dense(16, activation="relu")(inputs)
    mean, log_variance = layers.Dense(2, name="mean")(hidden), layers.Dense(2, name="log_variance")(hidden)
    encoder = keras.Model(inputs, [mean, log_variance, Sampling()([mean, log_variance])], name="encoder")
    latent = keras.Input((2,))
    decoder = keras.Model(latent, layers.Dense(4)(layers.Dense(16, activation="relu")(latent)), name="decoder")
    model = VAE(encoder, decoder)
    model.compile(keras.optimizers.Adam(0.01))
    history = model.fit(X, epochs=30, batch_size=32, verbose=0).history
    assert list(history) == ["loss", "kl_loss"]
    assert history["loss"][-1] < history["loss"][0] * 0.9
    assert model.encoder.predict(X, verbose=0)[2].shape == (64, 2)


class GAN(keras.Model):
    """Two networks with an optimizer each, as Keras's example has it."""

    def __init__(self, discriminator, generator, latent):
        super().__init__()
        self.discriminator, self.generator, self.latent = discriminator, generator, latent

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn
        self.d_metric, self.g_metric = keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_metric, self.g_metric]

    def train_step(self, real):
        rows = ops.shape(real)[0]
        fake = self.generator(keras.random.normal((rows, self.latent)))
        labels = ops.concatenate([ops.ones((rows, 1)), ops.zeros((rows, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(ops.concatenate([fake, real], axis=0)))
        gradients = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(gradients, self.discriminator.trainable_weights))
        with tf.GradientTape() as tape:
            seen = self.discriminator(self.generator(keras.random.normal((rows, self.latent))))
            g_loss = self.loss_fn(ops.zeros((rows, 1)), seen)
        gradients = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(gradients, self.generator.trainable_weights))
        self.d_metric.update_state(d_loss)
        self.g_metric.update_state(g_loss)
        return {"d_loss": self.d_metric.result(), "g_loss": self.g_metric.result()}


def test_two_networks_with_an_optimizer_each():
    discriminator = keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.LeakyReLU(), layers.Dense(1)])
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(4)])
    gan = GAN(discriminator, generator, 2)
    gan.compile(
        keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    before = [network.get_weights()[0] for network in (discriminator, generator)]
    history = gan.fit(X, epochs=2, batch_size=16, verbose=0).history
    assert list(history) == ["d_loss", "g_loss"] and np.isfinite(list(history.values())).all()
    for network, weights in zip((discriminator, generator), before):
        assert np.abs(network.get_weights()[0] - weights).max() > 0
    assert generator.predict(np.zeros((3, 2)), verbose=0).shape == (3, 4)


def test_activations_and_lambdas():
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation=lambda x: ops.sin(x)), layers.Lambda(lambda x: x * 2.0)]
    )
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(model.predict(X, verbose=0), 2 * np.sin(X @ kernel + bias), atol=1e-5)


def test_mistakes_in_a_call_are_raised_where_they_are_made():
    class Wrong(layers.Layer):
        def call(self, x):
            raise ZeroDivisionError("in my layer")

    with pytest.raises(ZeroDivisionError, match="in my layer"):
        Wrong()(X)
    with pytest.raises(ZeroDivisionError, match="in my layer"):
        keras.Sequential([keras.Input((4,)), Wrong()])

    class Kept(layers.Layer):
        def call(self, x):
            self.seen = x
            return x

    kept = Kept()
    kept(X)
    with pytest.raises(ValueError, match="a graph that is finished"):
        kept.seen + 1

    class Branches(layers.Layer):
        def call(self, x):
            return x if ops.sum(x) > 0 else -x

    with pytest.raises(TypeError, match=r"ops\.where"):
        Branches()(X)
    with pytest.raises(RuntimeError, match="train_step"), tf.GradientTape():
        pass


def test_masks_go_through_layers_and_are_made_by_them():
    class Half(layers.Layer):
        supports_masking = True

        def call(self, x, mask=None):
            self.seen = mask is not None
            return x[:, :3]

        def compute_mask(self, x, mask=None):
            return None if mask is None else mask[:, :3]

    class Embeds(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=(10, 4), initializer="uniform", name="table")

        def call(self, x):
            return ops.take(self.table, x, axis=0)

        def compute_mask(self, x, mask=None):
            return ops.not_equal(x, 0)

    words = np.array([[3, 4, 5, 6], [7, 0, 0, 0], [1, 2, 0, 0]])
    half, embeds, recurrent = Half(), Embeds(), layers.LSTM(2)
    inputs = keras.Input((4,), dtype="int32")
    model = keras.Model(inputs, recurrent(half(embeds(inputs))))
    assert half.seen
    found = model.predict(words, verbose=0)
    # The LSTM stops where the words do.
    table = embeds.table.numpy()
    for row, length in enumerate([3, 1, 2]):
        alone = recurrent(table[words[row : row + 1, :length]])
        np.testing.assert_allclose(found[row], alone[0], atol=1e-6)
    assert embeds(words)._keras_mask.tolist() == (words != 0).tolist()
    assert half(embeds(words))._keras_mask.tolist() == (words[:, :3] != 0).tolist()
