"""Models in files and configs."""

from __future__ import annotations

import json
import os
from typing import Any

from . import _core, _session
from ._layer import Layer
from ._model import Model
from ._sequential import Sequential

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]


def _custom(custom_objects: Any) -> list:
    """Give the classes of layers that files may name: package, name, and what makes one."""
    from . import saving

    given = {**saving.get_custom_objects(), **(custom_objects or {})}
    found = []
    for registered, item in given.items():
        if not (isinstance(item, type) and issubclass(item, Layer)):
            continue
        package, _, name = registered.rpartition(">")
        packages = {package or "Custom", saving.get_registered_name(item).rpartition(">")[0] or "Custom"}
        for one in packages:
            found.append((one, name, _Maker(item)))
    return found


class _Maker:
    """Makes the engine's layer of a class of one's own, and keeps the object."""

    made: list[Layer] = []

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    def __call__(self, config: dict[str, Any]) -> Any:
        layer = self._cls.from_config(config)
        _Maker.made.append(layer)
        return layer._engine()


def _around(core: Any, cls: Any = None) -> Any:
    """Make the model whose engine is `core`."""
    from .layers import InputLayer

    made = {layer._id: layer for layer in _Maker.made}
    rows = core.layers()
    model = (Sequential if core.is_sequential() else Model).__new__(Sequential if core.is_sequential() else Model)
    model.__dict__["name"] = core.name()
    model.__dict__.update(_trainable=True, _first_shape=None, _is_custom=False, _functional=True)
    symbols = {(node, call): outputs for node, call, outputs in core.symbols()}
    layers: dict[int, Any] = {}
    from . import layers as layers_module
    from . import ops
    from ._symbolic import Node

    sources = {(node, call): inputs for node, call, inputs in core.connections()}
    for (node, call), outputs in symbols.items():
        name, cls_name, config, trainable, dtype, custom = rows[node]
        cls_name = "GroupQueryAttention" if cls_name == "GroupedQueryAttention" else cls_name
        inputs = [symbols[(n, c)][i] for n, c, i in sources[(node, call)]]
        if node not in layers:
            inner = core.inner(node)
            if inner is not None:
                layers[node] = _around(inner)
                layers[node].__dict__["name"] = name
                layers[node]._trainable = trainable
            elif not inputs:
                layers[node] = InputLayer._around(outputs[0], name)
                continue
            elif custom in made:
                layers[node] = made[custom]
                layers[node].__dict__["name"] = name
                layers[node]._trainable = trainable
                layers[node].__dict__["_engine_layer"] = core.layer(custom, node)
            elif hasattr(layers_module, cls_name):
                layers[node] = _layer_of(getattr(layers_module, cls_name), name, config, trainable, dtype)
                layers[node].__dict__["_engine_layer"] = core.layer(layers[node]._id, node)
                layers[node].built = True
            else:
                layers[node] = None
        layer = layers[node]
        made_node = Node(layer, name, tuple(inputs) if len(inputs) == 1 else (inputs,), {}, outputs)
        if layer is not None:
            layer._nodes.append(made_node)
    model.__dict__["_core"] = core
    model.__dict__["_keys"] = core.keys()[:2]
    inputs, outputs = core.ends()
    model.__dict__["_symbols"] = (
        [symbols[(n, c)][i] for n, c, i in inputs],
        [symbols[(n, c)][i] for n, c, i in outputs],
    )
    names_in, names_out, dict_in, dict_out = core.keys()
    model._input_structure = ("dict", [(k, None) for k in names_in]) if dict_in else _plain_structure(inputs)
    model._output_structure = ("dict", [(k, None) for k in names_out]) if dict_out else _plain_structure(outputs)
    model.__dict__["_layers_by_name"] = {rows[i][0]: layers[i] for i in sorted(layers) if layers[i] is not None}
    if isinstance(model, Sequential):
        model.__dict__["_sequence"] = list(model._layers_by_name.values())
    for index, path, _, _, is_trained in core.weights(True):
        variable = model._variable_at(path)
        if variable is None:
            variable = model._add_variable_at(path, core.value(index), is_trained)
        else:
            variable.assign(core.value(index))
        core.bind(index, variable)
    model.built = True
    model._draw_seed = _session.next_seed()
    _ = ops
    return model


def _plain_structure(ends: list) -> Any:
    return None if len(ends) == 1 else ("list", [None] * len(ends))


def _layer_of(cls: Any, name: str, config: Any, trainable: bool, dtype: str | None) -> Layer:
    layer = cls.__new__(cls)
    layer.__dict__["_is_custom"] = False
    layer.__dict__["_bound"] = dict(config or {})
    layer.__dict__["_fields"] = dict(config or {})
    layer._begin(name, trainable, dtype, None)
    return layer


def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True) -> Any:
    """Read a model from a ``.keras`` file.

    Parameters
    ----------
    filepath : str or Path
        The file.
    custom_objects : dict, optional
        Classes of one's own that the file names, besides registered ones.
    compile : bool
        Whether the model is compiled as it was saved.
    safe_mode : bool
        Files never run code, whatever is said here.

    Notes
    -----
    Agrees with ``keras.models.load_model``.
    """
    _Maker.made = []
    custom = _custom(custom_objects)
    try:
        core = _core.Model.load(os.fspath(filepath), compile, custom)
    except (ValueError, OSError):
        if not compile or not custom_objects:
            raise
        # What it was compiled with may name functions of one's own.
        core = _core.Model.load(os.fspath(filepath), False, custom)
    return _finish(core)


def _finish(core: Any) -> Any:
    from . import optimizers

    model = _around(core)
    core.set_threads(_session.threads())
    _Maker.made = []
    if core.is_compiled():
        config = core.compiled_with()
        model.optimizer = optimizers.get(config.get("optimizer"))
        model.optimizer._attach(model)
        model._compiled = {
            "loss": _objects(config.get("loss")),
            "loss_weights": config.get("loss_weights"),
            "metrics": _objects(config.get("metrics")),
            "weighted_metrics": _objects(config.get("weighted_metrics")),
            "memory_limit": None,
        }
        model.loss = model._compiled["loss"]
        model.compiled = True
        model._metric_objects = []
    return model


def _objects(config: Any) -> Any:
    """Give losses and metrics of a config as they are given to `compile`."""
    from . import saving

    if isinstance(config, dict) and "class_name" in config:
        return saving.deserialize_keras_object(config)
    if isinstance(config, dict):
        return {key: _objects(value) for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return [_objects(value) for value in config]
    return config


def from_bytes(data: bytes) -> Any:
    """Read a model from the bytes of a ``.keras`` file."""
    _Maker.made = []
    return _finish(_core.Model.from_bytes(data, _custom(None)))


def save(model: Any, filepath: Any, overwrite: bool) -> None:
    """Write a model to a ``.keras`` file."""
    path = os.fspath(filepath)
    if not str(path).endswith(".keras"):
        raise ValueError(
            f"models are saved to files that end in .keras, got {path!r}; weights alone are saved with save_weights"
        )
    if os.path.exists(path) and not overwrite:
        raise FileExistsError(f"there is a file {path!r} already, and overwrite is False")
    model._need_built()
    model._core.save(path)


def save_model(model: Any, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
    """Write a model to a ``.keras`` file: ``model.save(filepath)``."""
    model.save(filepath, overwrite=overwrite)


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """Make a model from the JSON of its layers and their connections, with fresh weights."""
    _Maker.made = []
    model = _around(_core.Model.from_json(json_string, _custom(custom_objects)))
    _Maker.made = []
    return model


def from_plain(config: Any, custom_objects: Any = None) -> Any:
    """Make a model from its config."""
    return model_from_json(json.dumps({"module": "keras", **config}), custom_objects)


def clone_model(
    model: Any, input_tensors: Any = None, clone_function: Any = None, call_function: Any = None, **kwargs: Any
) -> Any:
    """Make a model of the same layers, with fresh weights.

    Parameters
    ----------
    model : Model
        The model.
    clone_function : callable, optional
        Gives the layer in the place of each.
    """
    make = clone_function or (lambda layer: type(layer).from_config(layer.get_config()))
    if isinstance(model, Sequential):
        sequence = [make(layer) for layer in model._sequence]
        return Sequential(sequence, name=model.name)
    if model._is_custom:
        return type(model).from_config(model.get_config())
    from ._structure import leaves
    from ._symbolic import ancestors

    made: dict[int, Layer] = {}
    fresh: dict[tuple[int, int], Any] = {}
    from ._network import _called_again, _replaced

    for node in ancestors(model.outputs):
        if node.layer is not None and id(node.layer) not in made:
            made[id(node.layer)] = make(node.layer)
        if not node.inputs:
            outputs = [made[id(node.layer)].output]
        elif node.layer is None:
            outputs = leaves(_called_again(node, _replaced(node.args, fresh), _replaced(node.kwargs, fresh)))
        else:
            result = made[id(node.layer)](*_replaced(node.args, fresh), **_replaced(node.kwargs, fresh))
            outputs = leaves(result)
        for i, symbol in enumerate(outputs):
            fresh[(id(node), i)] = symbol
    ends = [[fresh[(id(s.history[0]), s.history[1])] for s in part] for part in (model.inputs, model.outputs)]
    inputs, outputs = (part[0] if len(part) == 1 else part for part in ends)
    return Model(inputs, outputs, name=model.name)


def compile_from(model: Any, config: dict[str, Any]) -> None:
    """Compile a model as a config says."""
    from . import optimizers

    model.compile(
        optimizer=optimizers.get(config.get("optimizer")),
        loss=_objects(config.get("loss")),
        loss_weights=config.get("loss_weights"),
        metrics=_objects(config.get("metrics")),
        weighted_metrics=_objects(config.get("weighted_metrics")),
    )
