"""What weights are brought back to after each update."""

from __future__ import annotations

from typing import Any

from . import _core, _item
from ._tensor import tensor


class Constraint(_item.Item):
    """What weights are brought back to after each update.

    Notes
    -----
    Agrees with ``keras.constraints.Constraint``.
    """

    _kind = "constraints"

    def __call__(self, x: Any) -> Any:
        """Apply it to numbers, or to a tensor of a graph that is being described."""
        result = _core.apply("constraints", self._plain(), x.numpy() if isinstance(x, _core.Variable) else x)
        return result if isinstance(result, _core.Tensor) else tensor(result)


def get(identifier: Any) -> Any:
    """Give the constraint that is meant: itself, a class, a name or a config."""
    return _item.find("constraints", identifier, Constraint, "constraint")


def serialize(constraint: Any) -> Any:
    """Give the config."""
    from .saving import serialize_keras_object

    return serialize_keras_object(constraint)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Make the constraint of a config."""
    from .saving import deserialize_keras_object

    return deserialize_keras_object(config, custom_objects)


_extra = {"Constraint": Constraint, "get": get, "serialize": serialize, "deserialize": deserialize}
__getattr__, __dir__, __all__ = _item.module(__name__, Constraint, _extra)
