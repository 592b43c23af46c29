"""How weights start."""

from __future__ import annotations

from typing import Any

from . import _core, _item, _session, config
from ._tensor import tensor
from ._variable import _dtype_name


class Initializer(_item.Item):
    """How a weight starts.

    To write one, derive from this class and define ``__call__(self, shape, dtype=None)``, which gives an array.

    Notes
    -----
    Agrees with ``keras.initializers.Initializer``.
    """

    _kind = "initializers"

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Give the numbers of a weight of that shape."""
        shape = (shape,) if isinstance(shape, int) else tuple(int(extent) for extent in shape)
        dtype = _dtype_name(dtype, config.floatx())
        return tensor(_core.initial(self._plain(), shape, dtype, _session.next_seed()))

    def clone(self) -> Initializer:
        """Give another of the same config."""
        return type(self).from_config(self.get_config())


_extra = {"Initializer": Initializer, **_item.functions("initializers", Initializer, "initializer")}
__getattr__, __dir__, __all__ = _item.module(__name__, Initializer, _extra)
