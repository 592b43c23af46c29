"""Python's operators on symbols, tensors and variables: `x * 2 + y`, `x[:, 0]`."""

from __future__ import annotations

from typing import Any

from . import _core

_BINARY = {
    "add": "Add",
    "sub": "Subtract",
    "mul": "Multiply",
    "truediv": "TrueDivide",
    "floordiv": "FloorDivide",
    "mod": "Mod",
    "pow": "Power",
    "matmul": "Matmul",
    "and": "LogicalAnd",
    "or": "LogicalOr",
    "xor": "LogicalXor",
}
_COMPARING = {
    "eq": "Equal",
    "ne": "NotEqual",
    "lt": "Less",
    "le": "LessEqual",
    "gt": "Greater",
    "ge": "GreaterEqual",
}
_UNARY = {"neg": "Negative", "abs": "Absolute", "invert": "LogicalNot"}


def _binary(name: str, swapped: bool) -> Any:
    from . import ops

    def operator(self: Any, other: Any) -> Any:
        args = (other, self) if swapped else (self, other)
        return ops.call("numpy", name, {}, args, None)

    return operator


def _unary(name: str) -> Any:
    from . import ops

    def operator(self: Any) -> Any:
        return ops.call("numpy", name, {}, (self,), None)

    return operator


def _item(self: Any, key: Any) -> Any:
    from . import ops

    return ops.call("numpy", "GetItem", {}, (self, key), None)


def _iterate(self: Any) -> Any:
    shape = self.shape
    if not shape or shape[0] is None:
        raise TypeError("only what has a first axis of known extent can be gone through")
    return (self[i] for i in range(shape[0]))


def _length(self: Any) -> int:
    shape = self.shape
    if not shape or shape[0] is None:
        raise TypeError("only what has a first axis of known extent has a length")
    return shape[0]


def _truth(self: Any) -> bool:
    raise TypeError(
        "a tensor that stands for numbers is neither true nor false while a model is described: use ops.where "
        "or ops.logical_and in the place of if and and"
    )


def _reshape(self: Any, *shape: Any) -> Any:
    from . import ops

    return ops.reshape(self, shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape)


def _transpose(self: Any) -> Any:
    from . import ops

    return ops.transpose(self)


def _set_shape(self: Any, shape: Any) -> None:
    """Shapes are known, so there is nothing to set."""


def _no_numbers(self: Any, *args: Any, **kwargs: Any) -> Any:
    raise TypeError(
        "a tensor that stands for numbers has none while a model is described: use operations of cornu.ops, "
        "which work on it, in the place of NumPy's"
    )


_done = False


def install() -> None:
    """Give symbols, tensors and variables their operators."""
    global _done
    if _done:
        return
    _done = True
    for cls in (_core.Symbol, _core.Tensor, _core.Variable):
        for name, operation in _BINARY.items():
            setattr(cls, f"__{name}__", _binary(operation, swapped=False))
            setattr(cls, f"__r{name}__", _binary(operation, swapped=True))
        for name, operation in _COMPARING.items():
            if cls is _core.Tensor or name not in ("eq", "ne"):
                setattr(cls, f"__{name}__", _binary(operation, swapped=False))
        for name, operation in _UNARY.items():
            setattr(cls, f"__{name}__", _unary(operation))
        cls.__getitem__ = _item
        cls.__iter__ = _iterate
        cls.__len__ = _length
        cls.__hash__ = lambda self: id(self)
        cls.T = property(_transpose)
        cls.rank = property(lambda self: len(self.shape))
        # NumPy leaves operators with such operands to them.
        cls.__array_priority__ = 1000
        cls.__array_ufunc__ = None
    for cls in (_core.Symbol, _core.Tensor):
        cls.__bool__ = _truth
        cls.reshape = _reshape
        cls.set_shape = _set_shape
        cls.get_shape = lambda self: self.shape
        cls.__array__ = _no_numbers
        cls.numpy = _no_numbers
        cls.__float__ = _no_numbers
        cls.__int__ = _no_numbers
    # An index of a loop and the like: a variable of one number is one.
    _core.Variable.__float__ = lambda self: float(self.numpy())
    _core.Variable.__int__ = lambda self: int(self.numpy())
    _core.Variable.__bool__ = lambda self: bool(self.numpy())
