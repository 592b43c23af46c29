"""What models are made of besides layers: initializers, losses, optimizers ..., by class and config."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core, _make, _session


def plain(value: Any) -> Any:
    """Give a value as configs hold it: items as their class and config, functions as their name."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, type) and issubclass(value, np.generic) or isinstance(value, np.dtype):
        return np.dtype(value).name
    if isinstance(value, _core.Variable):
        return value.numpy().tolist()
    if hasattr(value, "_plain"):
        return value._plain()
    from . import dtype_policies

    if isinstance(value, dtype_policies.DTypePolicy):
        return value.name
    if isinstance(value, type):
        # A class in the place of an instance: its defaults.
        return plain(value())
    name = getattr(value, "__name__", None)
    if callable(value) and name and getattr(value, "__module__", "").startswith(("cornu.", "keras")):
        return name
    from .saving import serialize_keras_object

    return serialize_keras_object(value)


class Item:
    """Something with a class and a config: what classes of the table derive from."""

    _kind = ""
    _binder: Any

    def _configure(self, bound: dict[str, Any]) -> None:
        self._bound = bound
        config = {key: plain(value) for key, value in self._binder.config(bound).items()}
        self._config = _core.check(self._kind, self._class_name(), config)

    @classmethod
    def _class_name(cls) -> str:
        made = next((parent for parent in cls.__mro__ if "_made_init" in vars(parent)), cls)
        return made.__name__

    def _plain(self) -> Any:
        return {"class_name": self._class_name(), "config": self._config, "module": None}

    def get_config(self) -> dict[str, Any]:
        """Give the config: all fields by name."""
        return dict(self._config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make the item from its config."""
        return cls(**config)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            for fields in (self.__dict__.get("_bound"), self.__dict__.get("_config")):
                if fields is not None and fields.get(name) is not None:
                    return fields[name]
            for fields in (self.__dict__.get("_bound"), self.__dict__.get("_config")):
                if fields is not None and name in fields:
                    return fields[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={value!r}" for key, value in self.__dict__.get("_config", {}).items())
        return f"{type(self).__name__}({fields})"


def find(module: str, identifier: Any, base: type, word: str) -> Any:
    """Give the item that is meant: itself, a class, a name or a config."""
    import importlib

    from . import _tables
    from .saving import deserialize_keras_object, get_registered_object

    if isinstance(identifier, base) or identifier is None:
        return identifier
    if isinstance(identifier, dict):
        identifier = dict(identifier)
        identifier.setdefault("config", {})
        if identifier.get("module") is None and not identifier.get("registered_name"):
            name = _tables.resolve(module.rpartition(".")[2], identifier["class_name"])
            if name:
                return getattr(importlib.import_module(f"cornu.{module}"), name).from_config(identifier["config"])
        return deserialize_keras_object(identifier)
    if isinstance(identifier, str):
        custom = get_registered_object(identifier)
        if custom is not None:
            return custom() if isinstance(custom, type) else custom
        name = _tables.resolve(module.rpartition(".")[2], identifier)
        name = name or next(
            (
                known
                for known, others, _ in _core.listed(module.rpartition(".")[2])
                if identifier == known or identifier in others or identifier == _session.snake_case(known)
            ),
            None,
        )
        if name is None:
            known = ", ".join(name for name, _, _ in _core.listed(module.rpartition(".")[2]))
            raise ValueError(f"there is no {word} {identifier!r}; there are {known}")
        found = getattr(importlib.import_module(f"cornu.{module}"), name)
        return found() if isinstance(found, type) else found
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(f"{identifier!r} is no {word}")


class Applied(Item):
    """An item that is applied to numbers, or to a tensor of a graph that is being described."""

    def __call__(self, x: Any) -> Any:
        """Apply it."""
        from ._tensor import tensor

        result = _core.apply(self._kind, self._plain(), x.numpy() if isinstance(x, _core.Variable) else x)
        return result if isinstance(result, _core.Tensor) else tensor(result)


def functions(module: str, base: type, word: str) -> dict[str, Any]:
    """Give the functions that every module of items has: `get`, `serialize` and `deserialize`."""

    def get(identifier: Any) -> Any:
        return find(module, identifier, base, word)

    def serialize(item: Any) -> Any:
        from .saving import serialize_keras_object

        return serialize_keras_object(item)

    def deserialize(config: Any, custom_objects: Any = None) -> Any:
        from .saving import custom_object_scope

        with custom_object_scope(custom_objects):
            return get(config)

    get.__doc__ = f"Give the {word} that is meant: itself, a class, a name, a config or a function."
    serialize.__doc__ = f"Give the config of a {word}."
    deserialize.__doc__ = f"Make the {word} of a config."
    return {"get": get, "serialize": serialize, "deserialize": deserialize}


def module(name: str, base: Any, extra: dict[str, Any] | None = None, functions: Any = None) -> Any:
    """Give `__getattr__`, `__dir__` and `__all__` of a module of such items."""
    kind = name.rpartition(".")[2]

    def summary(item: str) -> str:
        return next((line for known, _, line in _core.listed(kind) if known == item), "")

    return _make.lazy_module(name, base, extra, summary, functions)
