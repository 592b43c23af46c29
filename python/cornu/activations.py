"""Activation functions: what a layer applies to each of its results."""

from __future__ import annotations

from typing import Any

from . import _core, _make, _tables


def _function(name: str) -> Any:
    """Make the function of that name, on numbers, symbols and tensors."""
    from . import ops

    row = next((row for row in _core.listed("activations") if name == row[0] or name in row[1]), None)
    parameters = [item for item in _tables.entry("activations", name)["parameters"] if isinstance(item, list)]
    defaults = dict(parameters)

    def run(bound: dict[str, Any]) -> Any:
        x = bound.pop("x")
        changed = {key: value for key, value in bound.items() if value != defaults.get(key)}
        if name == "relu" and changed:
            return _general_relu(x, **bound)
        if not changed and row is not None:
            if _core.call_kind(x) == 2:
                from .layers import Activation

                return x if name == "linear" else Activation(name)(x)
            result = _core.apply("activations", row[0], x)
            return result if isinstance(result, _core.Tensor) else ops.convert_to_tensor(result)
        return getattr(ops, name)(x, **bound)

    return _make.make_function("activations", name, run, row[2] if row else "")


def _general_relu(x: Any, negative_slope: float, max_value: float | None, threshold: float) -> Any:
    from . import ops

    y = ops.where(ops.greater_equal(x, threshold), x, negative_slope * (x - threshold))
    return y if max_value is None else ops.minimum(y, max_value)


def get(identifier: Any) -> Any:
    """Give the activation function that is meant: itself, a name, or `linear` for `None`."""
    from .saving import deserialize_keras_object, get_registered_object

    if identifier is None:
        return _function("linear")
    if isinstance(identifier, str):
        custom = get_registered_object(identifier)
        if custom is not None:
            return custom
        name = next(
            (row[0] for row in _core.listed("activations") if identifier == row[0] or identifier in row[1]), None
        )
        if name is None:
            known = ", ".join(row[0] for row in _core.listed("activations"))
            raise ValueError(f"there is no activation {identifier!r}; there are {known}")
        import sys

        return getattr(sys.modules[__name__], name)
    if isinstance(identifier, dict):
        return deserialize_keras_object(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(f"{identifier!r} is no activation")


def serialize(activation: Any) -> Any:
    """Give the name, or the config of a function of one's own."""
    from .saving import serialize_keras_object

    name = getattr(activation, "__name__", None)
    known = {row[0] for row in _core.listed("activations")}
    return name if name in known else serialize_keras_object(activation)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Give the activation of a name or a config."""
    from .saving import custom_object_scope

    with custom_object_scope(custom_objects):
        return get(config)


_extra = {"get": get, "serialize": serialize, "deserialize": deserialize}
__getattr__, __dir__, __all__ = _make.lazy_module(__name__, None, _extra, None, _function)
