"""How objects become configs and come back: registered classes of the user's, and those of the package."""

from __future__ import annotations

import importlib
import inspect
import threading
import types
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]

_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}
_state = threading.local()

# Modules that configs may name things in. Others, and functions that do something, are never called for.
_MODULES = (
    "activations",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "optimizers.schedules",
    "quantizers",
    "random",
    "regularizers",
)
_FUNCTION_MODULES = ("activations", "losses", "metrics", "initializers", "constraints", "regularizers", "ops")


class CustomObjectScope:
    """Within `with custom_object_scope({"name": object}):` configs may name these objects.

    Parameters
    ----------
    custom_objects : dict of str to class or function
    """

    def __init__(self, custom_objects: dict[str, Any] | None):
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self) -> CustomObjectScope:
        if not hasattr(_state, "scopes"):
            _state.scopes = []
        _state.scopes.append(self.custom_objects)
        return self

    def __exit__(self, *error: Any) -> None:
        _state.scopes.pop()


custom_object_scope = CustomObjectScope


def get_custom_objects() -> dict[str, Any]:
    """The registered objects by name; what is added to this dict is registered."""
    return _registered


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable:
    """A decorator that registers a class or function, so that saved models which use it can be loaded.

    Parameters
    ----------
    package, name : str
        It is saved as "package>name"; `name` is the object's own unless said.
    """

    def register(item: Any) -> Any:
        if inspect.isclass(item) and not hasattr(item, "get_config"):
            raise ValueError(f"{item.__name__} cannot be registered: it has no get_config method")
        key = f"{package}>{name or item.__name__}"
        _registered[key] = item
        _names[item] = key
        return item

    return register


def get_registered_name(obj: Any) -> str:
    """The name that a class or function is saved under: "package>name", else its own."""
    return _names.get(obj, obj.__name__)


def get_registered_object(
    name: str, custom_objects: dict[str, Any] | None = None, module_objects: dict[str, Any] | None = None
) -> Any:
    """What is registered (or given) under `name`, `None` if nothing is."""
    for objects in (*reversed(getattr(_state, "scopes", ())), _registered, custom_objects, module_objects):
        if objects and name in objects:
            return objects[name]
    return None


def serialize_keras_object(obj: Any) -> Any:
    """A config of plain values from which `deserialize_keras_object` makes `obj` again."""
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj.item() if isinstance(obj, np.generic) else obj
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        parts = [serialize_keras_object(value) for value in obj]
        return tuple(parts) if isinstance(obj, tuple) else parts
    if isinstance(obj, bytes):
        return _special("bytes", value=obj.decode("utf-8"))
    if isinstance(obj, slice):
        return _special("slice", start=obj.start, stop=obj.stop, step=obj.step)
    if obj is Ellipsis:
        return _special("ellipsis")
    if isinstance(obj, (np.ndarray, np.generic)):
        if obj.ndim == 0:
            return obj.item()
        kind = "numpy" if type(obj) is np.ndarray else "tensor"
        return _special(kind, value=obj.tolist(), dtype=obj.dtype.name)
    if isinstance(obj, np.dtype):
        return obj.name
    if _is_symbol(obj):
        history = getattr(obj, "_keras_history", None)
        if history is not None:
            history = [getattr(history[0], "name", history[0]), *history[1:]]
        return _special("keras_tensor", shape=list(obj.shape), dtype=obj.dtype, keras_history=history)
    if isinstance(obj, types.FunctionType) and obj.__name__ == "<lambda>":
        raise ValueError("a lambda cannot be saved: use a function with a name, and register it")
    return _of_item(obj)


def deserialize_keras_object(
    config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """The object that `config` describes.

    Parameters
    ----------
    config : dict, list, str or plain value
    custom_objects : dict of str to class or function, optional
        Beside the registered ones.
    safe_mode : bool
        Kept for scripts; code in configs is never run.
    """
    module_objects = kwargs.pop("module_objects", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object has no argument {next(iter(kwargs))!r}")
    if isinstance(config, str):
        found = get_registered_object(config, custom_objects, module_objects)
        return config if found is None else found
    if config is None or isinstance(config, (bool, int, float)):
        return config
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(part, custom_objects, safe_mode) for part in config]
    if not isinstance(config, dict):
        raise TypeError(f"a config is a dict, a list or a plain value, got {type(config).__name__}")
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(part, custom_objects, safe_mode) for key, part in config.items()}
    class_name, inner = config["class_name"], config["config"]
    if class_name.startswith("__") and class_name.endswith("__"):
        return _of_special(class_name.strip("_"), inner, custom_objects)
    if class_name == "function":
        return _find(inner, inner, config, custom_objects, is_function=True)
    item = _find(class_name, config.get("registered_name") or class_name, config, custom_objects, False)
    if isinstance(item, types.FunctionType):
        return item
    if not hasattr(item, "from_config"):
        raise TypeError(f"{class_name} cannot be made from its config: it has no from_config method")
    shared = getattr(_state, "shared", None)
    number = config.get("shared_object_id")
    if shared is not None and number in shared:
        return shared[number]
    with CustomObjectScope(custom_objects):
        made = _from_config(item, inner if inner is not None else {})
        if config.get("build_config") and not getattr(made, "built", False):
            if hasattr(made, "build_from_config"):
                made.build_from_config(config["build_config"])
        if config.get("compile_config") and hasattr(made, "compile_from_config"):
            made.compile_from_config(config["compile_config"])
    if shared is not None and number is not None:
        shared[number] = made
    return made


def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """`model.save(filepath)`."""
    model.save(filepath, overwrite=overwrite, **({} if zipped is None else {"zipped": zipped}), **kwargs)


def load_model(
    filepath: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """The model that a `.keras` file holds."""
    from . import models

    return models.load_model(filepath, custom_objects=custom_objects, compile=compile, safe_mode=safe_mode)


def save_weights(model: Any, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
    """`model.save_weights(filepath)`."""
    model.save_weights(filepath, overwrite=overwrite, **kwargs)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """`model.load_weights(filepath)`."""
    model.load_weights(filepath, skip_mismatch=skip_mismatch, **kwargs)


def _special(kind: str, **values: Any) -> dict:
    return {"class_name": f"__{kind}__", "config": values}


def _of_special(kind: str, inner: Any, custom_objects: dict[str, Any] | None) -> Any:
    if kind == "bytes":
        return inner["value"].encode("utf-8")
    if kind == "slice":
        return slice(*(deserialize_keras_object(inner[k], custom_objects) for k in ("start", "stop", "step")))
    if kind == "ellipsis":
        return Ellipsis
    if kind == "numpy":
        return np.array(inner["value"], inner["dtype"])
    if kind == "tensor":
        from . import ops

        return ops.convert_to_tensor(inner["value"], dtype=inner["dtype"])
    if kind == "keras_tensor":
        from . import KerasTensor

        symbol = KerasTensor(tuple(inner["shape"]), dtype=inner["dtype"])
        symbol._pre_serialization_keras_history = inner["keras_history"]
        return symbol
    if kind == "lambda":
        raise ValueError(
            "the config holds the code of a lambda, which is never run; write it as a function with a name, "
            "register that, and save the model again"
        )
    raise ValueError(f"a config of the kind {kind!r} cannot be read")


def _is_symbol(obj: Any) -> bool:
    from . import KerasTensor

    return isinstance(obj, KerasTensor)


def _of_item(obj: Any) -> dict:
    """The config of an instance, or of a class or function, which is its name alone."""
    is_function = isinstance(obj, (types.FunctionType, types.BuiltinFunctionType))
    if is_function:
        name = get_registered_name(obj)
        public = None if obj in _names else _public_module(obj, obj.__name__)
        return {
            "module": public or obj.__module__,
            "class_name": "function",
            "config": name,
            "registered_name": name,
        }
    cls = obj if inspect.isclass(obj) else type(obj)
    if inspect.isclass(obj):
        inner: Any = get_registered_name(obj)
    elif hasattr(obj, "get_config"):
        inner = obj.get_config()
        if not isinstance(inner, dict):
            raise TypeError(f"{cls.__name__}.get_config must return a dict, it returned {type(inner).__name__}")
        inner = {key: serialize_keras_object(value) for key, value in inner.items()}
    else:
        raise TypeError(f"{cls.__name__} cannot be saved: it has no get_config method")
    public = None if cls in _names else _public_module(cls, cls.__name__)
    module = public or cls.__module__
    config = {
        "module": None if module == "__main__" else module,
        "class_name": cls.__name__,
        "config": inner,
        "registered_name": None if public or cls.__module__ == "builtins" else get_registered_name(cls),
    }
    for key, method in (("build_config", "get_build_config"), ("compile_config", "get_compile_config")):
        value = getattr(obj, method)() if not inspect.isclass(obj) and hasattr(obj, method) else None
        if value is not None:
            config[key] = {k: serialize_keras_object(v) for k, v in value.items()}
    return config


def _public_module(item: Any, name: str) -> str | None:
    """The module that Keras's files name for one of the package's own classes, e.g. "keras.layers"."""
    package, _, module = item.__module__.partition(".")
    if package not in (__package__, "keras"):
        return None
    if name in ("Model", "Sequential", "Functional"):
        return "keras"
    if module in _MODULES and getattr(_module(module), name, None) is item:
        return f"keras.{module}"
    for public in _MODULES:
        if getattr(_module(public), name, None) is item:
            return f"keras.{public}"
    return None


def _module(name: str) -> Any:
    """A module of the package, by the name that configs have for it."""
    package = importlib.import_module(__package__)
    found = package
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _find(name: str, registered: str, config: dict, custom_objects: Any, is_function: bool) -> Any:
    found = get_registered_object(registered, custom_objects)
    if found is None:
        found = get_registered_object(name, custom_objects)
    if found is not None:
        return found
    module = config.get("module")
    if module is not None:
        package, _, inside = module.partition(".")
        if package in ("keras", __package__):
            if inside == "":
                inside = "models"
            if inside.startswith("src."):  # files of other versions name the inner modules
                inside = next((part for part in inside.split(".") if part in _MODULES), "layers")
            if inside in _MODULES:
                found = getattr(_module(inside), name, None)
            if callable(found):
                return found
        elif module == "builtins" and is_function:
            for place in _FUNCTION_MODULES:
                found = getattr(_module(place), name, None)
                if callable(found):
                    return found
    kind = "function" if is_function else "class"
    raise TypeError(
        f"the config names the {kind} {name!r}"
        + (f" of module {module!r}" if module else "")
        + ", which is not known here. If it is yours, register it with "
        "@register_keras_serializable() or give custom_objects"
    )


def _from_config(item: Any, inner: Any) -> Any:
    if not isinstance(inner, dict):
        raise TypeError(f"the config of {item.__name__} must be a dict, got {type(inner).__name__}")
    try:
        return item.from_config(inner)
    except TypeError as error:
        raise TypeError(
            f"{item.__name__} could not be made from its config {inner}: {error}. Objects in the config "
            "(layers, losses ...) have to be made by its from_config method, with deserialize_keras_object"
        ) from error
