"""Models of every kind: connected, sequential, derived; trained, shared, frozen, saved."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import cornu as keras
from cornu import layers, ops

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 8)).astype("float32")
Y = (X.sum(1) > 0).astype("int32")


def small(name=None):
    model = keras.Sequential(
        [keras.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(2, activation="softmax")], name=name
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_training_makes_it_better_and_reports_what_keras_reports():
    model = small()
    history = model.fit(X, Y, epochs=20, batch_size=16, validation_split=0.25, verbose=0)
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.epoch == list(range(20))
    assert history.history["loss"][-1] < history.history["loss"][0] * 0.8
    loss, accuracy = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {"loss": loss, "accuracy": accuracy}
    assert accuracy == (model.predict(X, verbose=0).argmax(1) == Y).mean(dtype="float32")


def test_the_same_script_gives_the_same_numbers():
    def run():
        keras.utils.clear_session()
        keras.utils.set_random_seed(3)
        model = small()
        return model.fit(X, Y, epochs=2, verbose=0).history, model.get_weights()

    (first, weights), (second, again) = run(), run()
    assert first == second
    assert all(np.array_equal(a, b) for a, b in zip(weights, again))


def test_layers_are_shared_between_models():
    inputs = keras.Input((8,))
    code = layers.Dense(3, activation="tanh")(inputs)
    outputs = layers.Dense(8)(code)
    autoencoder, encoder = keras.Model(inputs, outputs), keras.Model(inputs, code)
    before = encoder.predict(X, verbose=0)
    autoencoder.compile("adam", "mse")
    autoencoder.fit(X, X, epochs=3, verbose=0)
    after = encoder.predict(X, verbose=0)
    assert np.abs(after - before).max() > 1e-3
    latent = keras.Input((3,))
    decoder = keras.Model(latent, autoencoder.layers[-1](latent))
    np.testing.assert_allclose(decoder.predict(after, verbose=0), autoencoder.predict(X, verbose=0), atol=1e-5)


def test_features_of_a_trained_model():
    model = small()
    features = keras.Model(model.inputs, model.layers[0].output)
    hidden = np.maximum(X @ model.layers[0].kernel.numpy() + model.layers[0].bias.numpy(), 0)
    np.testing.assert_allclose(features.predict(X, verbose=0), hidden, atol=1e-5)
    # From a symbol in the middle on.
    tail = keras.Model(model.layers[0].output, model.output)
    np.testing.assert_allclose(tail.predict(hidden, verbose=0), model.predict(X, verbose=0), atol=1e-5)


def test_a_model_within_a_model_called_twice_has_one_set_of_weights():
    tower = keras.Sequential([keras.Input((8,)), layers.Dense(4)])
    a, b = keras.Input((8,)), keras.Input((8,))
    distance = layers.Subtract()([tower(a), tower(b)])
    model = keras.Model([a, b], layers.Dense(1)(distance))
    assert len(model.trainable_weights) == 4
    model.compile("sgd", "mse")
    before = tower.get_weights()[0]
    model.fit([X, -X], np.ones((64, 1)), epochs=1, verbose=0)
    assert np.abs(tower.get_weights()[0] - before).max() > 0


def test_frozen_layers_stay_as_they_are():
    base = keras.Sequential([keras.Input((8,)), layers.Dense(4, activation="relu")])
    base.trainable = False
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dense(1)(base(inputs)))
    model.compile("adam", "mse")
    assert len(model.trainable_weights) == 2 and len(model.non_trainable_weights) == 2
    held, trained = base.get_weights()[0], model.layers[-1].get_weights()[0]
    model.fit(X, Y, epochs=1, verbose=0)
    assert np.array_equal(base.get_weights()[0], held)
    assert not np.array_equal(model.layers[-1].get_weights()[0], trained)
    base.trainable = True
    model.compile("adam", "mse")
    model.fit(X, Y, epochs=1, verbose=0)
    assert not np.array_equal(base.get_weights()[0], held)


def test_an_adversary_frozen_in_the_other_model_alone():
    discriminator = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(8)])
    discriminator.trainable = False
    noise = keras.Input((3,))
    both = keras.Model(noise, discriminator(generator(noise)))
    both.compile("adam", "binary_crossentropy")
    weights = discriminator.get_weights()[0]
    both.train_on_batch(np.ones((4, 3)), np.ones((4, 1)))
    assert np.array_equal(discriminator.get_weights()[0], weights)
    discriminator.train_on_batch(X, np.ones((64, 1)))
    assert not np.array_equal(discriminator.get_weights()[0], weights)


def test_several_inputs_and_outputs_by_name_and_by_order():
    a, b = keras.Input((4,), name="a"), keras.Input((3,), name="b")
    joined = layers.concatenate([a, b])
    model = keras.Model([a, b], [layers.Dense(1, name="p")(joined), layers.Dense(2, name="q")(joined)])
    model.compile("adam", loss={"p": "mse", "q": "mae"}, loss_weights={"p": 1.0, "q": 0.5}, metrics={"q": ["mse"]})
    data = {"a": rng.normal(size=(16, 4)), "b": rng.normal(size=(16, 3))}
    targets = {"q": rng.normal(size=(16, 2)), "p": rng.normal(size=(16, 1))}
    named = model.evaluate(data, targets, verbose=0, return_dict=True)
    listed = model.evaluate([data["a"], data["b"]], [targets["p"], targets["q"]], verbose=0, return_dict=True)
    assert named == listed
    assert list(named) == ["loss", "p_loss", "q_loss", "q_mse"]
    assert named["loss"] == pytest.approx(named["p_loss"] + 0.5 * named["q_loss"], rel=1e-5)
    assert [part.shape for part in model.predict(data, verbose=0)] == [(16, 1), (16, 2)]


def test_outputs_in_a_dictionary():
    inputs = keras.Input((8,))
    model = keras.Model(inputs, {"sum": layers.Dense(1)(inputs), "code": layers.Dense(2)(inputs)})
    found = model.predict(X, verbose=0)
    assert list(found) == ["sum", "code"] and found["code"].shape == (64, 2)


def test_operators_on_symbols():
    inputs = keras.Input((8,))
    model = keras.Model(inputs, ops.sin(inputs) * 2 + inputs[:, :1] ** 2 - 1 / (1 + ops.exp(-inputs)))
    expected = np.sin(X) * 2 + X[:, :1] ** 2 - 1 / (1 + np.exp(-X))
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, atol=1e-5)


class Network(keras.Model):
    """A model that derives from `Model`."""

    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(units, activation="relu")
        self.middle = [layers.Dense(units) for _ in range(2)]
        self.norm = layers.BatchNormalization()
        self.drop = layers.Dropout(0.5)
        self.last = layers.Dense(1)

    def call(self, x, training=False):
        x = self.first(x)
        for layer in self.middle:
            x = layer(x)
        x = self.norm(x, training=training)
        return self.last(self.drop(x, training=training))


def test_a_model_that_derives_from_model():
    model = Network()
    model.compile("adam", "mse", metrics=["mae"])
    history = model.fit(X, X.sum(1), epochs=20, verbose=0, validation_data=(X, X.sum(1)))
    assert history.history["val_loss"][-1] < history.history["val_loss"][0]
    assert len(model.weights) == 2 + 4 + 4 + 2 and len(model.trainable_weights) == 10
    assert [layer.name for layer in model.layers] == [
        model.first.name, *(layer.name for layer in model.middle), model.norm.name, model.drop.name, model.last.name
    ]  # fmt: skip
    np.testing.assert_allclose(model(X[:4]), model.predict(X[:4], verbose=0), atol=1e-5)
    # Dropout and batch statistics in training alone.
    assert np.abs(model(X[:4], training=True) - model(X[:4])).max() > 1e-4


def test_weights_in_files(tmp_path):
    path = tmp_path / "model.weights.h5"
    for make in (small, lambda: _built(Network())):
        model, other = make(), make()
        model.save_weights(path)
        assert not np.array_equal(other.get_weights()[0], model.get_weights()[0])
        other.load_weights(path)
        assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights()))


def _built(model):
    model(X[:1])
    return model


def test_models_in_files(tmp_path):
    path = tmp_path / "model.keras"
    model = small()
    model.fit(X, Y, epochs=2, verbose=0)
    model.save(path)
    again = keras.models.load_model(path)
    assert isinstance(again, keras.Sequential) and [la.name for la in again.layers] == [la.name for la in model.layers]
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    assert again.optimizer.iterations == model.optimizer.iterations == 4
    # Training goes on where it stopped.
    first = model.fit(X, Y, epochs=2, verbose=0, shuffle=False).history
    assert again.fit(X, Y, epochs=2, verbose=0, shuffle=False).history == first
    with pytest.raises(FileExistsError):
        model.save(path, overwrite=False)
    with pytest.raises(ValueError, match=r"\.keras"):
        model.save(tmp_path / "model.h5")
    with pytest.raises(FileNotFoundError):
        keras.models.load_model(tmp_path / "none.keras")
    path.write_bytes(b"nothing")
    with pytest.raises(OSError):
        keras.models.load_model(path)


def test_copies():
    model = small()
    model.fit(X, Y, epochs=1, verbose=0)
    wanted = model.predict(X, verbose=0)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(other.predict(X, verbose=0), wanted)
        other.fit(X, Y, epochs=1, verbose=0)
    np.testing.assert_array_equal(model.predict(X, verbose=0), wanted)
    clone = keras.models.clone_model(model)
    assert clone.count_params() == model.count_params()
    assert not np.array_equal(clone.get_weights()[0], model.get_weights()[0])
    described = keras.models.model_from_json(model.to_json())
    described.set_weights(model.get_weights())
    np.testing.assert_array_equal(described.predict(X, verbose=0), wanted)
    restored = keras.Sequential.from_config(model.get_config())
    assert restored.count_params() == model.count_params()


def test_a_sequence_learns_its_input_from_the_data():
    model = keras.Sequential()
    model.add(layers.Dense(4, activation="relu"))
    model.add(layers.Dense(2))
    with pytest.raises(ValueError, match="what it is fed"):
        model.count_params()
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((64, 2)), epochs=1, verbose=0)
    assert model.count_params() == 8 * 4 + 4 + 4 * 2 + 2
    model.pop()
    assert model(X).shape == (64, 4)
    older = keras.Sequential([layers.Dense(3, input_shape=(5,))])
    assert older.output_shape == (None, 3)


def test_one_batch_at_a_time():
    model = small()
    loss, accuracy = model.train_on_batch(X, Y)
    assert 0 <= accuracy <= 1
    model.reset_metrics()
    scores = model.test_on_batch(X, Y, return_dict=True)
    assert scores["loss"] < loss
    model.reset_metrics()
    weighted = model.test_on_batch(X, Y, sample_weight=np.where(Y == 1, 2.0, 0.0), return_dict=True)
    assert weighted["loss"] != scores["loss"]


def test_class_and_sample_weights_agree():
    def run(**kwargs):
        keras.utils.set_random_seed(0)
        model = small()
        model.fit(X, Y, epochs=2, verbose=0, **kwargs)
        return model.get_weights()[0]

    by_class = run(class_weight={0: 0.5, 1: 2.0})
    by_sample = run(sample_weight=np.where(Y == 1, 2.0, 0.5))
    np.testing.assert_array_equal(by_class, by_sample)


def test_learning_rates_are_set_and_read():
    model = small()
    model.optimizer.learning_rate = 0.25
    assert float(model.optimizer.learning_rate) == 0.25
    model.fit(X, Y, epochs=1, verbose=0)
    model.optimizer.learning_rate.assign(0.125)
    assert float(model.optimizer.learning_rate) == 0.125
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    model.compile(keras.optimizers.SGD(schedule), "sparse_categorical_crossentropy")
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1 * 0.5**2)


def test_what_does_not_fit_is_told():
    model = small()
    with pytest.raises(ValueError, match=r"expects an array of shape \(None, 8\), got \(64, 3\)"):
        model.fit(X[:, :3], Y, verbose=0)
    with pytest.raises(ValueError, match="10 in y"):
        model.fit(X, Y[:10], verbose=0)
    with pytest.raises(ValueError, match="label 7"):
        model.fit(X, Y + 6, verbose=0)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.where(X > 1, np.nan, X), Y, verbose=0)
    with pytest.raises(ValueError, match="compile"):
        keras.Sequential([keras.Input((8,)), layers.Dense(1)]).fit(X, Y)
    with pytest.raises(ValueError, match="no optimizer 'adm'"):
        model.compile("adm", "mse")
    with pytest.raises(ValueError, match="there is no layer 'none'"):
        model.get_layer("none")
    with pytest.raises(TypeError, match="unexpected keyword argument 'unit'"):
        layers.Dense(unit=3)
    with pytest.raises(ValueError, match="units"):
        layers.Dense(0)(X)
    # Nothing was lost.
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, Y, epochs=1, verbose=0)


def test_models_that_are_dropped_are_gone():
    def make():
        class Times(layers.Layer):
            def call(self, x):
                return x * 2.0

        inputs = keras.Input((8,))
        model = keras.Model(inputs, layers.Dense(1)(Times()(inputs)))
        model.compile("adam", lambda a, b: ops.mean(ops.square(a - b)))
        model.fit(X, Y, epochs=1, verbose=0)
        return weakref.ref(model), weakref.ref(model.layers[1])

    dropped = [make() for _ in range(3)]
    gc.collect()
    assert all(reference() is None for pair in dropped for reference in pair)


def test_tables_and_drawings(tmp_path, capsys):
    model = small("named")
    model.summary()
    text = capsys.readouterr().out
    assert 'Model: "named"' in text and "(None, 16)" in text and "178" in text
    lines = []
    model.summary(print_fn=lines.append)
    assert "Trainable params" in "\n".join(lines)
    html = model._repr_html_()
    assert html.count("<tr>") == 3 and "<svg" in html
    keras.utils.plot_model(model, to_file=str(tmp_path / "model.svg"), show_shapes=True)
    assert (tmp_path / "model.svg").read_text().lstrip().startswith("<svg")
