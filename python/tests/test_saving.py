"""Objects as configs and back."""

import json
import threading

import numpy as np
import pytest

from cornu import saving, utils
from cornu.saving import deserialize_keras_object as load
from cornu.saving import serialize_keras_object as dump


@saving.register_keras_serializable("tests")
class Point:
    def __init__(self, x, y=None):
        self.x, self.y = x, y

    def get_config(self):
        return {"x": self.x, "y": self.y}

    @classmethod
    def from_config(cls, config):
        return cls(config["x"], load(config["y"]))


class Stranger(Point):
    pass


@saving.register_keras_serializable(package="tests", name="twice")
def double(x):
    return 2 * x


def through_json(value):
    return load(json.loads(json.dumps(dump(value))))


def test_plain_and_special_values():
    for value in (
        None,
        1,
        1.5,
        "a",
        True,
        [1, [2, "b"]],
        {"a": {"b": [1]}},
        b"bytes",
        slice(1, None, 2),
        Ellipsis,
    ):
        assert through_json(value) == value
    array = np.arange(6, dtype="int16").reshape(2, 3)
    back = through_json(array)
    assert np.array_equal(back, array) and back.dtype == array.dtype
    assert dump(np.float32(0.5)) == 0.5 and dump(np.dtype("int8")) == "int8"
    assert dump((1, 2)) == (1, 2) and load((1, 2)) == [1, 2]


def test_registered_objects():
    config = dump(Point(1, Point(2)))
    assert config["registered_name"] == "tests>Point" and config["config"]["y"]["class_name"] == "Point"
    back = through_json(Point(1, Point(2)))
    assert back.x == 1 and back.y.x == 2
    assert dump(double)["config"] == "tests>twice" and through_json(double) is double
    assert saving.get_registered_name(Point) == "tests>Point" and saving.get_registered_name(Stranger) == "Stranger"
    assert saving.get_registered_object("tests>Point") is Point and saving.get_registered_object("?") is None
    assert utils.get_custom_objects()["tests>twice"] is double
    assert load("tests>twice") is double
    with pytest.raises(ValueError, match="get_config"):
        saving.register_keras_serializable()(int)


def test_objects_that_are_given():
    config = dump(Stranger(3))
    with pytest.raises(TypeError, match="register_keras_serializable"):
        load(config)
    assert type(load(config, custom_objects={"Stranger": Stranger})) is Stranger
    with saving.custom_object_scope({"Stranger": Stranger}):
        assert type(load(config)) is Stranger
        with saving.custom_object_scope({}):
            assert type(load(config)) is Stranger
        missing = []
        thread = threading.Thread(target=lambda: missing.append(saving.get_registered_object("Stranger")))
        thread.start()
        thread.join()
        assert missing == [None]
    with pytest.raises(TypeError):
        load(config)


def test_nothing_else_is_called():
    for module, name in (("os", "system"), ("keras.utils", "get_file"), ("keras.saving", "load_model")):
        config = {"module": module, "class_name": "function", "config": name, "registered_name": name}
        with pytest.raises(TypeError, match="not known here"):
            load(config)
        with pytest.raises(TypeError, match="not known here"):
            load({"module": module, "class_name": name, "config": {}, "registered_name": None})
    with pytest.raises(ValueError, match="lambda"):
        load({"class_name": "__lambda__", "config": {"value": "0"}})
    with pytest.raises(ValueError, match="lambda"):
        dump(lambda x: x)
    with pytest.raises(TypeError, match="get_config"):
        dump(object())


def test_what_fails_says_in_which_class():
    with pytest.raises(TypeError, match="Point could not be made"):
        load({"class_name": "Point", "registered_name": "tests>Point", "config": {"x": 1, "y": object()}})
    with pytest.raises(TypeError, match="must be a dict"):
        load({"class_name": "Point", "registered_name": "tests>Point", "config": [1]})


def test_layers_and_functions_of_the_package():
    import cornu

    layer = cornu.layers.Dense(3, activation="relu", name="d")
    config = dump(layer)
    assert config["module"] == "keras.layers" and config["registered_name"] is None
    back = load(json.loads(json.dumps(config)))
    assert type(back) is cornu.layers.Dense and back.units == 3 and back.name == "d"
    relu = dump(cornu.activations.relu)
    assert relu["class_name"] == "function" and load(relu) is cornu.activations.relu
    builtin = {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "relu"}
    assert callable(load(builtin))
    optimizer = load({"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.5}})
    assert isinstance(optimizer, cornu.optimizers.Adam)


def made_with(keras):
    return [
        keras.layers.Dense(2, kernel_regularizer="l2", name="d"),
        keras.losses.MeanSquaredError(),
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5), name="sgd"),
        keras.Sequential([keras.Input((3,), name="i"), keras.layers.Dense(2, name="d")], name="s"),
        keras.layers.Bidirectional(keras.layers.LSTM(2, name="l"), name="b"),
    ]


def test_configs_are_exchanged_with_keras():
    keras = pytest.importorskip("keras")
    import cornu

    for ours, theirs in zip(made_with(cornu), made_with(keras), strict=True):
        there = keras.saving.deserialize_keras_object(json.loads(json.dumps(dump(ours))))
        back = load(json.loads(json.dumps(keras.saving.serialize_keras_object(theirs))))
        assert type(there) is type(theirs) and type(back) is type(ours)
        if not isinstance(theirs, keras.Model):  # those say how they were built
            assert there.get_config() == theirs.get_config()
        if not isinstance(theirs, keras.layers.Bidirectional):  # Keras names the layers of its two directions
            assert json.dumps(back.get_config(), sort_keys=True) == json.dumps(ours.get_config(), sort_keys=True)
