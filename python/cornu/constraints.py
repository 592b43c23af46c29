"""What weights are brought back to after each update."""

from __future__ import annotations

from . import _item


class Constraint(_item.Applied):
    """What weights are brought back to after each update.

    Notes
    -----
    Agrees with ``keras.constraints.Constraint``.
    """

    _kind = "constraints"


_extra = {"Constraint": Constraint, **_item.functions("constraints", Constraint, "constraint")}
__getattr__, __dir__, __all__ = _item.module(__name__, Constraint, _extra)
