"""The table of signatures, and the classes and functions that are made from it."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "cornu"
KINDS = [
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "schedules",
    "initializers",
    "regularizers",
    "constraints",
]


def private(name: str) -> types.ModuleType:
    """Import a module of the package without the package's own imports, which need the extension."""
    parent = types.ModuleType("cornu_tables")
    parent.__path__ = [str(PACKAGE)]  # type: ignore[attr-defined]
    sys.modules.setdefault("cornu_tables", parent)
    return importlib.import_module(f"cornu_tables.{name}")


tables = private("_tables")
make = private("_make")

CLASSES = [(kind, name) for kind in KINDS for name in tables.names(kind)]
FUNCTIONS = [
    (kind, name)
    for kind in ("activations", "layers", "losses", "metrics", "ops")
    for name in tables.names(kind, "functions")
]


class Base:
    """What classes derive from in these tests."""

    def _configure(self, bound: dict[str, Any]) -> None:
        self.bound = bound

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        return self._binder.config(self.bound)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make one from its config."""
        return cls(**config)


@pytest.fixture
def layers() -> Any:
    """Make a module of layers."""
    module = types.ModuleType("cornu_layers")
    sys.modules["cornu_layers"] = module
    # The last part of a module's name is its name in the table.
    sys.modules["cornu_tables.layers"] = module
    found = make.lazy_module("cornu_tables.layers", Base, {"Layer": Base}, lambda name: f"what {name} is")
    module.__getattr__, module.__dir__, module.__all__ = found
    yield module
    del sys.modules["cornu_layers"], sys.modules["cornu_tables.layers"]


def required(kind: str, name: str) -> dict[str, Any]:
    """Give arguments for what is required."""
    return {parameter: 1 for parameter in tables.binder(kind, name).required}


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_every_class_binds_and_comes_back_from_its_config(kind: str, name: str) -> None:
    """Bind by name and by position, and make again from the config."""
    cls = make.make_class(kind, name, Base, "what it is")
    given = required(kind, name)
    instance = cls(**given)
    binder = tables.binder(kind, name)
    least = binder.positional[: max((binder.positional.index(one) + 1 for one in given), default=0)]
    if len(least) == len(given):
        assert cls(*given.values()).bound == instance.bound
    assert {**instance.bound, **given} == instance.bound
    for parameter in inspect.signature(cls).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD or parameter.name in given:
            continue
        assert instance.bound[parameter.name] == parameter.default
    assert cls.from_config(instance.get_config()).get_config() == instance.get_config()
    assert cls.__doc__.startswith("What it is.\n") and f".{name}``" in cls.__doc__
    if not tables.entry(kind, name).get("open"):
        with pytest.raises(TypeError, match="unexpected keyword argument 'no_such_name'"):
            cls(**given, no_such_name=1)
    for missing in given:
        rest = {parameter: value for parameter, value in given.items() if parameter != missing}
        with pytest.raises(TypeError, match=f"missing 1 required positional argument: '{missing}'"):
            cls(**rest)


@pytest.mark.parametrize(("kind", "name"), FUNCTIONS)
def test_every_function_binds(kind: str, name: str) -> None:
    """Bind what is required."""
    function = make.make_function(kind, name, lambda bound: bound)
    given = required(kind, name)
    assert {**function(**given), **given} == function(**given)
    if kind == "ops" and (operation := tables.operation(name)):
        args, kwargs, settings = operation.split(function(**given))
        assert len(args) + len(kwargs) + len(settings) <= len(function(**given))


def keras_object(kind: str, name: str) -> Any:
    """Give what Keras has under that name, or skip the test."""
    keras = pytest.importorskip("keras", minversion=tables.table()["keras"])
    if keras.__version__ != tables.table()["keras"]:
        pytest.skip(f"the table is that of Keras {tables.table()['keras']}, not {keras.__version__}")
    found = keras.optimizers.schedules if kind == "schedules" else getattr(keras, kind)
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("kind", "name"), CLASSES)
def test_signatures_of_classes_are_those_of_keras(kind: str, name: str) -> None:
    """Compare names, order, kinds and defaults; aliases as well."""
    theirs = keras_object(kind, name)
    init = inspect.signature(theirs.__init__)
    expected = [parameter for parameter in init.parameters.values() if parameter.name != "self"]
    if theirs.__init__ is object.__init__:
        expected = []
    assert list(tables.signature(kind, name).parameters.values()) == expected
    for alias, full in tables.aliases(kind).items():
        if full == name:
            assert keras_object(kind, alias) is theirs


@pytest.mark.parametrize(("kind", "name"), FUNCTIONS)
def test_signatures_of_functions_are_those_of_keras(kind: str, name: str) -> None:
    """Compare names, order, kinds and defaults; aliases as well."""
    theirs = keras_object(kind, name)
    expected = inspect.signature(theirs).parameters
    assert list(tables.signature(kind, name).parameters.values()) == list(expected.values())
    for alias, full in tables.aliases(kind).items():
        if full == name:
            assert keras_object(kind, alias) is theirs


def test_messages_are_those_of_python() -> None:
    """Say what is wrong in Python's words."""

    class MaxNorm:
        def __init__(self, max_value=2, axis=0):  # noqa: ANN001
            pass

    ours = make.make_class("constraints", "MaxNorm", Base)
    for args, kwargs in [((2, 0, 0), {}), ((2,), {"max_value": 2})]:
        with pytest.raises(TypeError) as got:
            ours(*args, **kwargs)
        with pytest.raises(TypeError) as expected:
            MaxNorm(*args, **kwargs)
        assert expected.value.args[0].endswith(got.value.args[0])
    with pytest.raises(TypeError) as got:
        ours(max_values=2)
    expected_message = "MaxNorm.__init__() got an unexpected keyword argument 'max_values'. Did you mean 'max_value'?"
    assert got.value.args[0] == expected_message
    with pytest.raises(TypeError) as got:
        ours(q=2)
    assert got.value.args[0].endswith("unexpected keyword argument 'q'; it takes max_value, axis")
    with pytest.raises(TypeError) as got:
        make.make_class("layers", "LSTM", Base)(2, unit=2)
    assert "Did you mean 'units'?" in got.value.args[0]
    with pytest.raises(TypeError) as got:
        make.make_class("layers", "MultiHeadAttention", Base)()
    assert got.value.args[0].endswith("missing 2 required positional arguments: 'num_heads' and 'key_dim'")


def test_layers_take_what_all_layers_take() -> None:
    """Take keywords of the base, and what Keras takes out of `**kwargs`."""
    dense = make.make_class("layers", "Dense", Base)
    bound = dense(2, input_shape=(3,), name="first", trainable=False).bound
    assert bound["input_shape"] == (3,) and bound["name"] == "first" and bound["trainable"] is False
    assert "input_shape" not in dense(2, input_shape=(3,)).get_config()
    assert make.make_class("layers", "Embedding", Base)(7, 2, input_length=5).get_config()["input_dim"] == 7
    assert make.make_class("layers", "ReLU", Base)(6).bound["max_value"] == 6


def test_subclasses_bind_by_their_parents() -> None:
    """Derive from a made class, with arguments of one's own."""
    dense = make.make_class("layers", "Dense", Base)

    class Wide(dense):
        def __init__(self, units: int) -> None:
            super().__init__(10 * units, activation="relu")

    class Named(dense):
        pass

    wide = Wide(2)
    assert wide.bound["units"] == 20 and wide.bound["activation"] == "relu"
    assert str(inspect.signature(Wide)) == "(units: 'int') -> 'None'"
    assert inspect.signature(Named) == inspect.signature(dense) == tables.signature("layers", "Dense")
    assert str(inspect.signature(dense.__init__)).startswith("(self, units, activation=None")
    again = copy.deepcopy(wide)
    assert type(again) is Wide and again.get_config() == wide.get_config()


def test_modules_make_classes_at_first_access(layers: Any) -> None:
    """Import, list, alias, pickle."""
    assert "Dense" not in vars(layers)
    from cornu_layers import Dense, MaxPool2D, MaxPooling2D  # type: ignore[import-not-found]

    assert vars(layers)["Dense"] is Dense is layers.Dense
    assert MaxPool2D is MaxPooling2D
    assert issubclass(Dense, layers.Layer) and Dense.__name__ == "Dense"
    assert Dense.__doc__.startswith("What Dense is.\n\nParameters\n----------\nunits\nactivation : default None\n")
    assert {"Dense", "MaxPool2D", "Layer"} <= set(dir(layers)) & set(layers.__all__)
    Dense.__module__ = "cornu_layers"
    instance = pickle.loads(pickle.dumps(Dense(3, name="a")))  # noqa: S301
    assert type(instance) is Dense and instance.bound == Dense(3, name="a").bound
    with pytest.raises(AttributeError, match="no attribute 'Dens'. Did you mean: 'Dense'?"):
        _ = layers.Dens


def test_names_resolve() -> None:
    """Find classes by aliases and by what `get` accepts."""
    assert tables.resolve("initializers", "glorot_uniform") == "GlorotUniform"
    assert tables.resolve("losses", "mse") == "mean_squared_error"
    assert tables.entry("losses", "mean_squared_error")["class"] == "MeanSquaredError"
    assert tables.resolve("optimizers", "adam") == "Adam"
    assert tables.resolve("layers", "AvgPool1D") == "AveragePooling1D"
    assert tables.resolve("activations", "swish") == "silu"
    assert tables.resolve("layers", "Nothing") is None


def test_functions_of_operations_split_their_arguments() -> None:
    """Split what an operation is called with from its settings."""
    mean = tables.operation("mean")
    assert mean[:2] == ("numpy", "Mean")
    assert mean.split(tables.bind("ops", "mean", (1,), {"axis": 0})) == (
        [1],
        {},
        {"axis": 0, "keepdims": False},
    )
    bound = tables.bind("ops", "rearrange", (1, "a b"), {"b": 4})
    assert tables.operation("rearrange").split(bound) == ([1, "a b"], {"b": 4}, {})
    bound = tables.bind("ops", "meshgrid", (1, 2), {})
    assert tables.operation("meshgrid").split(bound) == ([1, 2], {}, {"indexing": "xy"})
    assert tables.operation("shape") is None
    assert tables.entry("ops", "numpy.mean") is tables.entry("ops", "mean")


def test_binding_is_fast() -> None:
    """Bind a layer's arguments in less than 20 microseconds."""
    dense = make.make_class("layers", "Dense", Base)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        for _ in range(100):
            dense(10, activation="relu", name="a")
        times.append((time.perf_counter() - start) / 100)
    assert min(times) < 20e-6
