"""Every layer: made, called on symbols and on numbers, in models, in files, and as Keras's."""

from __future__ import annotations

import pickle
from typing import Any

import layer_cases
import numpy as np
import pytest
from layer_cases import CASES, IDS, TEXTS, Case

import cornu
from cornu import _tables, layers


@pytest.fixture(params=CASES, ids=IDS)
def sample(request: pytest.FixtureRequest) -> Case:
    return request.param


def numpy(value: Any) -> list[np.ndarray]:
    """Give all arrays that a call gave."""
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in numpy(item)]
    return [np.asarray(value)]


def same(found: Any, expected: Any, tolerance: float = 1e-6) -> None:
    found, expected = numpy(found), numpy(expected)
    assert [a.shape for a in found] == [a.shape for a in expected]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            a.astype("float64"), b.astype("float64"), rtol=tolerance, atol=tolerance * max(1, np.abs(b).max(initial=0))
        )


def symbols(arrays: Any) -> Any:
    if isinstance(arrays, list):
        return [symbols(array) for array in arrays]
    return cornu.Input(arrays.shape[1:], dtype=arrays.dtype.name)


def shapes_of(value: Any) -> list:
    if isinstance(value, (list, tuple)) and not (value and isinstance(value[0], (int, type(None)))):
        return [shape for item in value for shape in shapes_of(item)]
    return [tuple(value.shape)]


def filled(layer: Any, seed: int = 1) -> list[np.ndarray]:
    """Give the layer weights that are not those it starts with."""
    rng = np.random.default_rng(seed)
    weights = []
    for weight in layer.weights:
        shape = tuple(weight.shape)
        if "int" in str(weight.dtype):
            weights.append(np.asarray(weight))
        elif "variance" in weight.name:
            weights.append(rng.uniform(0.5, 2, shape).astype("float32"))
        else:
            weights.append((0.5 * rng.normal(size=shape)).astype("float32"))
    layer.set_weights(weights)
    return weights


def test_there_is_a_case_for_every_layer() -> None:
    assert {item.name for item in CASES} | TEXTS == set(_tables.names("layers"))


def test_called(sample: Case) -> None:
    layer, call = sample.make(layers), sample.at_rest()
    arrays = sample.inputs()
    outputs = layer(*arrays, **call)
    assert layer.built
    filled(layer)
    outputs = layer(*arrays, **call)
    rows = numpy(arrays)[0].shape[0]
    if sample.name not in ("GroupNormalization",):
        # A batch of other size is the same, row by row.
        first = [[a[:1] for a in item] if isinstance(item, list) else item[:1] for item in arrays]
        if sample.name not in ("HashedCrossing",):
            for a, b in zip(numpy(layer(*first, **call)), numpy(outputs), strict=True):
                if b.shape[:1] == (rows,):
                    same(a, b[:1], 1e-4)
    given = [symbols(array) for array in arrays]
    if sample.model:
        symbolic = layer(*given, **call)
        expected = [tuple([None, *array.shape[1:]]) for array in numpy(outputs)]
        assert shapes_of(symbolic) == expected
        model = cornu.Model(given[0] if len(given) == 1 else given, symbolic)
        same(model.predict(arrays[0] if len(arrays) == 1 else arrays, verbose=0), outputs)
        same(model(arrays[0] if len(arrays) == 1 else arrays, training=False), outputs)
        assert [w.path for w in model.weights] == [w.path for w in layer.weights]
        assert all(a is b for a, b in zip(model.weights, layer.weights, strict=True))
    if sample.model and isinstance(arrays[0], np.ndarray) and len(arrays) == 1 and len(numpy(outputs)) == 1:
        model = cornu.Sequential([sample.make(layers)])
        model.build((None, *arrays[0].shape[1:]))
        model.set_weights(layer.get_weights())
        same(model.predict(arrays[0], verbose=0), outputs)
        assert model.output_shape == (None, *numpy(outputs)[0].shape[1:])


def test_there_and_back(sample: Case, tmp_path: Any) -> None:
    layer, call = sample.make(layers), sample.at_rest()
    arrays = sample.inputs()
    layer(*arrays, **call)
    weights = filled(layer)
    outputs = layer(*arrays, **call)
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config
    again(*arrays, **call)
    again.set_weights(weights)
    same(again(*arrays, **call), outputs)
    again = layers.deserialize(layers.serialize(layer))
    assert type(again) is type(layer) and again.get_config() == config
    again = pickle.loads(pickle.dumps(layer))  # noqa: S301
    assert type(again) is type(layer) and again.get_config() == config
    same(again(*arrays, **call), outputs)
    if not sample.model:
        return
    given = [symbols(array) for array in arrays]
    model = cornu.Model(given[0] if len(given) == 1 else given, layer(*given, **call))
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = cornu.models.load_model(path)
    assert [w.path for w in loaded.weights] == [w.path for w in model.weights]
    same(loaded.predict(arrays[0] if len(arrays) == 1 else arrays, verbose=0), outputs)
    found = next(item for item in loaded.layers if item.name == layer.name)
    assert found.get_config() == config


def plain(value: Any) -> Any:
    """Give a config's value as it stands in a file, without what is noted of a build."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        left = ("shared_object_id", "build_config", "input_axes", "output_axes")
        return {key: plain(item) for key, item in value.items() if key not in left}
    if isinstance(value, np.generic):
        return value.item()
    return value


def test_as_in_keras(sample: Case, tmp_path: Any) -> None:
    keras = pytest.importorskip("keras")
    if keras.__version__ != _tables.table()["keras"]:
        pytest.skip(f"compares with Keras {_tables.table()['keras']}")
    # Both count the names they give to inner layers from here.
    cornu.utils.clear_session()
    keras.utils.clear_session()
    layer = sample.make(layers)
    try:
        theirs = sample.make(keras.layers)
    except ImportError as error:
        pytest.skip(str(error))
    arrays, call = sample.inputs(), sample.at_rest()
    layer(*arrays, **call)
    theirs(*arrays, **call)
    assert [tuple(w.shape) for w in layer.weights] == [tuple(w.shape) for w in theirs.weights if "seed" not in w.name]
    assert [w.name for w in layer.weights] == [w.name for w in theirs.weights if "seed" not in w.name]
    assert [w.trainable for w in layer.weights] == [w.trainable for w in theirs.weights if "seed" not in w.name]
    weights = filled(layer)
    if len(weights) == len(theirs.weights):
        theirs.set_weights(weights)
    else:
        for weight, value in zip((w for w in theirs.weights if "seed" not in w.name), weights, strict=True):
            weight.assign(value)
    if sample.name != "RandomCrop":
        # Keras does not crop at rest, against what it says of itself.
        same(layer(*arrays, **call), theirs(*arrays, **call), sample.tolerance)
    ours_config, their_config = plain(layer.get_config()), plain(theirs.get_config())
    for config in (ours_config, their_config):
        config.pop("name")
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = config["dtype"]["config"]["name"]
    # Keras forgets the seeds of some.
    assert set(their_config) <= set(ours_config) <= {*their_config, "seed"}
    if not sample.model or sample.name in ("Equalization", "RandomCrop"):
        # Keras's own file of an Equalization cannot be loaded either.
        return
    given = [symbols(array) for array in arrays]
    symbolic = layer(*given, **call)
    path = tmp_path / "model.keras"
    cornu.Model(given[0] if len(given) == 1 else given, symbolic).save(path)
    loaded = keras.models.load_model(path)
    flat = arrays[0] if len(arrays) == 1 else arrays
    same(loaded.predict(flat, verbose=0), layer(*arrays, **call), sample.tolerance)
    assert plain(next(item for item in loaded.layers if item.name == layer.name).get_config()) == plain(
        theirs.get_config()
    ) | {"name": layer.name}


DROPOUTS = [
    ("Dropout", {"rate": 0.3}, (200, 50)),
    ("AlphaDropout", {"rate": 0.3}, (200, 50)),
    ("SpatialDropout1D", {"rate": 0.3}, (200, 3, 50)),
    ("SpatialDropout2D", {"rate": 0.3}, (200, 3, 2, 50)),
    ("SpatialDropout3D", {"rate": 0.3}, (200, 3, 2, 2, 50)),
]


@pytest.mark.parametrize(("name", "given", "shape"), DROPOUTS)
def test_dropped_values(name: str, given: dict, shape: tuple) -> None:
    layer = getattr(layers, name)(**given, seed=1)
    x = np.ones(shape, "float32")
    same(layer(x), x)
    same(layer(x, training=False), x)
    drawn = np.asarray(layer(x, training=True))
    if name == "AlphaDropout":
        x = np.random.default_rng(0).normal(size=(400, 100)).astype("float32")
        drawn = np.asarray(layer(x, training=True))
        assert abs(drawn.mean()) < 0.03 and abs(drawn.std() - 1) < 0.03
        return
    assert set(np.unique(drawn)) == {0, np.float32(1 / 0.7)}
    assert abs((drawn == 0).mean() - 0.3) < 0.02
    # Of a channel all is dropped, or nothing.
    if name.startswith("Spatial"):
        assert ((drawn == 0).reshape(shape[0], -1, shape[-1]).mean(1) % 1 == 0).all()
    assert (np.asarray(layer(x, training=True)) != drawn).any()
    again = getattr(layers, name)(**given, seed=1)
    assert (np.asarray(again(x, training=True)) == drawn).all()


def test_noise() -> None:
    x = np.full((200, 50), 2, "float32")
    noise = np.asarray(layers.GaussianNoise(0.5)(x, training=True)) - x
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 0.5) < 0.02
    scale = np.asarray(layers.GaussianDropout(0.2)(x, training=True)) / x
    assert abs(scale.mean() - 1) < 0.02 and abs(scale.std() - np.sqrt(0.2 / 0.8)) < 0.02
    same(layers.GaussianNoise(0.5)(x), x)


@pytest.mark.parametrize("name", sorted(layer_cases.RANDOM_IMAGES))
def test_images_are_changed_unless_at_rest(name: str) -> None:
    case = next(item for item in CASES if item.name == name)
    layer, (x,) = case.make(layers), case.inputs()
    changed = [layer(x) for _ in range(8)]
    rest = np.asarray(layer(x, training=False))
    assert any((np.asarray(item) != rest).any() for item in changed)
    model = cornu.Sequential([cornu.Input(x.shape[1:]), case.make(layers)])
    assert any((np.asarray(model(x)) != rest).any() for _ in range(8))
    same(model.predict(x, verbose=0), rest)
    same(model(x, training=False), rest)


def test_flips() -> None:
    x = np.arange(24, dtype="float32").reshape(1, 4, 2, 3).repeat(64, 0)
    flipped = np.asarray(layers.RandomFlip("horizontal")(x))
    turned = (flipped == x[:, :, ::-1]).all((1, 2, 3))
    assert (turned | (flipped == x).all((1, 2, 3))).all() and 12 < turned.sum() < 52
