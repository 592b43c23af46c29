"""What weights or outputs add to the loss."""

from __future__ import annotations

from . import _item


class Regularizer(_item.Applied):
    """What weights or outputs add to the loss.

    Notes
    -----
    Agrees with ``keras.regularizers.Regularizer``.
    """

    _kind = "regularizers"


_extra = {"Regularizer": Regularizer, **_item.functions("regularizers", Regularizer, "regularizer")}
__getattr__, __dir__, __all__ = _item.module(__name__, Regularizer, _extra)
