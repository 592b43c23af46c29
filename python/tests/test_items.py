"""Losses, metrics, optimizers and all that is named in layers: as classes, as functions, by name, as Keras's."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import cornu
from cornu import _tables

KINDS = ["losses", "metrics", "optimizers", "initializers", "regularizers", "constraints"]
RNG = np.random.default_rng(0)
PROBABILITIES = RNG.dirichlet(np.ones(4), 8).astype("float32")
ONE_HOT = np.eye(4, dtype="float32")[RNG.integers(0, 4, 8)]
CLASSES = ONE_HOT.argmax(1).astype("int32")
REAL = RNG.uniform(0.1, 2, (8, 4)).astype("float32")
OTHER = RNG.uniform(0.1, 2, (8, 4)).astype("float32")
SIGNS = np.where(RNG.normal(size=(8, 4)) > 0, 1, -1).astype("float32")
BITS = (RNG.uniform(size=(8, 4)) > 0.5).astype("float32")
SCORES = RNG.uniform(size=(8, 4)).astype("float32")
WEIGHT = RNG.uniform(size=8).astype("float32")

REQUIRED = {
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "IoU": {"num_classes": 4, "target_class_ids": [0, 1]},
    "MeanIoU": {"num_classes": 4},
    "OneHotIoU": {"num_classes": 4, "target_class_ids": [0, 2]},
    "OneHotMeanIoU": {"num_classes": 4},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 5},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 3},
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
    "InverseTimeDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [2, 5], "values": [0.1, 0.05, 0.01]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5},
}


def module(library: Any, kind: str) -> Any:
    return library.optimizers.schedules if kind == "schedules" else getattr(library, kind)


def made(kind: str, name: str, library: Any = cornu, **given: Any) -> Any:
    given = {**REQUIRED.get(name, {}), **given}
    if name == "LossScaleOptimizer":
        given = {"inner_optimizer": library.optimizers.SGD(0.05), **given}
    if name == "MeanMetricWrapper":
        given = {"fn": library.losses.mean_squared_error, **given}
    if name == "MultiOptimizer":
        pytest.skip("takes optimizers with the layers of theirs")
    return getattr(module(library, kind), name)(**given)


def keras() -> Any:
    found = pytest.importorskip("keras")
    if found.__version__ != _tables.table()["keras"]:
        pytest.skip(f"compares with Keras {_tables.table()['keras']}")
    return found


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in ("shared_object_id", "build_config")}
    if isinstance(value, (float, np.floating)):
        return round(float(value), 6)
    return value


EVERY = [(kind, name) for kind in [*KINDS, "schedules"] for name in _tables.names(kind)]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_there_and_back(kind: str, name: str) -> None:
    item = made(kind, name)
    config = item.get_config()
    assert type(item).from_config(config).get_config() == config
    again = pickle.loads(pickle.dumps(item))  # noqa: S301
    assert type(again) is type(item) and again.get_config() == config
    if kind != "schedules":
        functions = module(cornu, kind)
        assert functions.deserialize(functions.serialize(item)).get_config() == config
        assert functions.get(item) is item
        assert functions.get({"class_name": name, "config": config}).get_config() == config
        if not _tables.binder(kind, name).required:
            assert type(functions.get(name)) is type(item)
    else:
        again = cornu.optimizers.schedules.deserialize(cornu.optimizers.schedules.serialize(item))
        assert again.get_config() == config


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_configs_as_in_keras(kind: str, name: str) -> None:
    ours, theirs = made(kind, name).get_config(), made(kind, name, keras()).get_config()
    assert set(theirs) - {"input_axes", "output_axes", "dtype"} <= set(ours), set(theirs) - set(ours)
    for key in set(ours) & set(theirs) - {"inner_optimizer", "fn", "dtype", "name"}:
        assert plain(ours[key]) == plain(theirs[key]), key


@pytest.mark.parametrize("kind", KINDS)
def test_strings(kind: str) -> None:
    ours, theirs = module(cornu, kind), module(keras(), kind)
    for alias, name in _tables.table()[kind].get("strings", {}).items():
        if name in _tables.names(kind) and _tables.binder(kind, name).required:
            continue
        found, expected = ours.get(alias), theirs.get(alias)
        assert getattr(found, "__name__", type(found).__name__) in (
            name,
            getattr(expected, "__name__", type(expected).__name__),
        )
    with pytest.raises(ValueError, match="nothing_such"):
        ours.get("nothing_such")
    assert ours.get(None) is None or kind == "optimizers"


def of_loss(name: str) -> tuple:
    if "CTC" in name:
        return np.array([[1, 2], [2, 1]], "int32"), np.log(RNG.dirichlet(np.ones(4), (2, 5))).astype("float32")
    if name.startswith("Sparse") or "Generalized" in name:
        return CLASSES, PROBABILITIES
    if name.startswith("Binary") or name in ("Dice", "Tversky"):
        return BITS, SCORES
    if "Categorical" in name and "Hinge" not in name or name == "KLDivergence":
        return ONE_HOT, PROBABILITIES
    if name == "Circle":
        return CLASSES, (REAL / np.linalg.norm(REAL, axis=1, keepdims=True)).astype("float32")
    return (SIGNS if "Hinge" in name else REAL), OTHER


@pytest.mark.parametrize("name", _tables.names("losses"))
def test_losses(name: str) -> None:
    theirs = keras()
    y, p = of_loss(name)
    for given in ({}, {"reduction": "sum"}, {"reduction": None}):
        a, b = made("losses", name, **given)(y, p), made("losses", name, theirs, **given)(y, p)
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=1e-6)
    if name not in ("CTC", "Dice", "Tversky"):
        a, b = made("losses", name)(y, p, WEIGHT), made("losses", name, theirs)(y, p, WEIGHT)
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", _tables.names("losses", "functions"))
def test_functions_of_losses(name: str) -> None:
    theirs = keras()
    y, p = of_loss(_tables.entry("losses", name)["class"])
    given = {"q": 0.5} if "generalized" in name else {}
    a, b = getattr(cornu.losses, name)(y, p, **given), getattr(theirs.losses, name)(y, p, **given)
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2e-5, atol=1e-6)
    assert cornu.losses.get(name) is getattr(cornu.losses, name)


def of_metric(name: str) -> tuple:
    if name in ("Mean", "Sum"):
        return (OTHER,)
    if name == "BinaryIoU":
        return BITS[:, 0], SCORES[:, 0]
    if name in ("Accuracy", "IoU", "MeanIoU"):
        return CLASSES, PROBABILITIES.argmax(1).astype("int32")
    if name in ("OneHotIoU", "OneHotMeanIoU", "F1Score", "FBetaScore", "TopKCategoricalAccuracy"):
        return ONE_HOT, PROBABILITIES
    if name.startswith("Sparse"):
        return CLASSES, PROBABILITIES
    if name in ("ConcordanceCorrelation", "PearsonCorrelation", "R2Score") or name.startswith("Mean"):
        return REAL, OTHER
    if name.startswith("Categorical") and name != "CategoricalHinge":
        return ONE_HOT, PROBABILITIES
    if "Hinge" in name or name in ("CosineSimilarity", "LogCoshError", "Poisson", "RootMeanSquaredError"):
        return of_loss(name)
    return (ONE_HOT, PROBABILITIES) if name == "KLDivergence" else (BITS, SCORES)


@pytest.mark.parametrize("name", _tables.names("metrics"))
def test_metrics(name: str) -> None:
    theirs = made("metrics", name, keras())
    ours = made("metrics", name)
    arrays = of_metric(name)
    for weighted in (False, True):
        for rows in (slice(0, 5), slice(5, 8)):
            batch = [array[rows] for array in arrays]
            extra = {"sample_weight": WEIGHT[rows]} if weighted else {}
            ours.update_state(*batch, **extra)
            theirs.update_state(*batch, **extra)
            np.testing.assert_allclose(np.asarray(ours.result()), np.asarray(theirs.result()), rtol=2e-5, atol=2e-6)
        ours.reset_state()
        theirs.reset_state()
    found, expected = ours(*arrays), theirs(*arrays)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=2e-5, atol=2e-6)
    assert ours.name.rstrip("_0123456789") == theirs.name.rstrip("_0123456789")
    ours.reset_state()
    theirs.reset_state()
    if name not in ("R2Score", "PearsonCorrelation", "ConcordanceCorrelation"):
        np.testing.assert_allclose(np.asarray(ours.result()), np.asarray(theirs.result()), atol=1e-6)


@pytest.mark.parametrize("name", _tables.names("metrics", "functions"))
def test_functions_of_metrics(name: str) -> None:
    theirs = keras()
    cls = _tables.entry("metrics", name)["class"]
    arrays = of_metric(cls) if cls in _tables.names("metrics") else of_loss(cls)
    a, b = getattr(cornu.metrics, name)(*arrays), getattr(theirs.metrics, name)(*arrays)
    np.testing.assert_allclose(np.asarray(a, "float64"), np.asarray(b, "float64"), rtol=2e-5, atol=2e-6)


def network(library: Any) -> Any:
    return library.Sequential(
        [
            library.Input((4,)),
            library.layers.Dense(6, activation="tanh", name="a"),
            library.layers.Dense(1, name="b"),
        ]
    )


def trained(model: Any, optimizer: Any, steps: int = 10) -> list[float]:
    model.compile(optimizer=optimizer, loss="mse")
    y = REAL.sum(1, keepdims=True)
    return [float(model.train_on_batch(OTHER, y)) for _ in range(steps)]


def same_losses(optimizer: Any) -> None:
    theirs, ours = network(keras()), network(cornu)
    theirs.set_weights(ours.get_weights())
    expected = trained(theirs, optimizer(keras()))
    np.testing.assert_allclose(trained(ours, optimizer(cornu)), expected, rtol=1e-4)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("name", _tables.names("optimizers"))
def test_optimizers(name: str) -> None:
    same_losses(lambda library: made("optimizers", name, library))


CHANGED: dict[str, dict] = {
    "Adam": {"learning_rate": 0.05, "amsgrad": True, "clipnorm": 0.5},
    "AdamW": {"weight_decay": 0.1, "use_ema": True, "ema_momentum": 0.9},
    "SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "clipvalue": 0.1},
    "RMSprop": {"centered": True, "momentum": 0.5, "global_clipnorm": 1.0},
    "Adagrad": {"learning_rate": 0.1, "gradient_accumulation_steps": 2},
}


@pytest.mark.parametrize("name", CHANGED)
def test_optimizers_with_settings(name: str) -> None:
    same_losses(lambda library: made("optimizers", name, library, **CHANGED[name]))


@pytest.mark.parametrize("name", _tables.names("schedules"))
def test_schedules(name: str) -> None:
    theirs, ours = made("schedules", name, keras()), made("schedules", name)
    for step in (0, 1, 2, 3, 5, 9, 20):
        np.testing.assert_allclose(float(ours(step)), float(theirs(step)), rtol=1e-5)
    same_losses(lambda library: library.optimizers.SGD(made("schedules", name, library)))


@pytest.mark.parametrize("name", _tables.names("initializers"))
def test_initializers(name: str) -> None:
    theirs, ours = made("initializers", name, keras()), made("initializers", name)
    shape = (64, 48)
    if name == "STFT":
        theirs, ours = (getattr(lib.initializers, name)("real", "hann") for lib in (keras(), cornu))
        shape = (16, 1, 9)
    a, b = np.asarray(ours(shape)), np.asarray(theirs(shape))
    assert a.shape == b.shape and a.dtype == b.dtype
    assert abs(a.mean() - b.mean()) < 0.02 and abs(a.std() - b.std()) < 0.05 * b.std() + 1e-6
    assert abs(abs(a).max() - abs(b).max()) < 0.35 * abs(b).max() + 1e-6
    if name == "Orthogonal":
        np.testing.assert_allclose(a.T @ a, np.eye(48), atol=1e-4)
    if "seed" in _tables.binder("initializers", name).defaults:
        seeded = made("initializers", name, seed=3)
        assert (np.asarray(made("initializers", name, seed=3)(shape)) == np.asarray(seeded(shape))).all()
        assert (np.asarray(made("initializers", name, seed=4)(shape)) != np.asarray(seeded(shape))).any()


@pytest.mark.parametrize("kind", ["regularizers", "constraints"])
def test_penalties_and_constraints(kind: str) -> None:
    for name in _tables.names(kind):
        theirs, ours = made(kind, name, keras()), made(kind, name)
        x = 3 * RNG.normal(size=(5, 4)).astype("float32")
        np.testing.assert_allclose(np.asarray(ours(x)), np.asarray(theirs(x)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", _tables.names("activations", "functions"))
def test_activations(name: str) -> None:
    theirs, ours = getattr(keras().activations, name), getattr(cornu.activations, name)
    x = 3 * RNG.normal(size=(5, 4)).astype("float32")
    np.testing.assert_allclose(np.asarray(ours(x)), np.asarray(theirs(x)), rtol=1e-5, atol=1e-6)
    for parameter in _tables.entry("activations", name)["parameters"][1:]:
        if parameter[0] in ("axis", "approximate"):
            value: Any = {"axis": 0, "approximate": True}[parameter[0]]
            given, their_x = {parameter[0]: value}, x if name != "glu" else x[:4]
        else:
            given, their_x = {parameter[0]: 0.7}, x
        np.testing.assert_allclose(
            np.asarray(ours(their_x, **given)), np.asarray(theirs(their_x, **given)), rtol=1e-5, atol=1e-6
        )
    assert cornu.activations.get(name) is ours and cornu.activations.serialize(ours) == name
    assert cornu.activations.deserialize(name) is ours
    layer = cornu.layers.Dense(4, activation=ours)
    assert layer.get_config()["activation"] == name
    symbol = ours(cornu.Input((4,)))
    assert isinstance(symbol, cornu.KerasTensor)
    np.testing.assert_allclose(np.asarray(cornu.layers.Activation(name)(x)), np.asarray(ours(x)), rtol=1e-6)
