"""What weights or outputs add to the loss."""

from __future__ import annotations

from typing import Any

from . import _core, _item
from ._tensor import tensor


class Regularizer(_item.Item):
    """What weights or outputs add to the loss.

    Notes
    -----
    Agrees with ``keras.regularizers.Regularizer``.
    """

    _kind = "regularizers"

    def __call__(self, x: Any) -> Any:
        """Apply it to numbers, or to a tensor of a graph that is being described."""
        result = _core.apply("regularizers", self._plain(), x.numpy() if isinstance(x, _core.Variable) else x)
        return result if isinstance(result, _core.Tensor) else tensor(result)


def get(identifier: Any) -> Any:
    """Give the regularizer that is meant: itself, a class, a name or a config."""
    return _item.find("regularizers", identifier, Regularizer, "regularizer")


def serialize(regularizer: Any) -> Any:
    """Give the config."""
    from .saving import serialize_keras_object

    return serialize_keras_object(regularizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Make the regularizer of a config."""
    from .saving import deserialize_keras_object

    return deserialize_keras_object(config, custom_objects)


_extra = {"Regularizer": Regularizer, "get": get, "serialize": serialize, "deserialize": deserialize}
__getattr__, __dir__, __all__ = _item.module(__name__, Regularizer, _extra)
