"""Symbols: what layers and operations give in a functional model that is being connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import _core, _operators, config
from ._structure import leaves
from ._variable import _dtype_name

KerasTensor = _core.Symbol
_operators.install()


class Operation:
    """What stands for any node of a functional model: a layer, or an operation."""


class Node(Operation):
    """One call of a layer or of an operation on symbols.

    Attributes
    ----------
    layer : Layer or None
        The layer; `None` for an operation.
    inputs, outputs : list of KerasTensor
    """

    __slots__ = ("args", "kwargs", "layer", "name", "operation", "outputs")

    def __init__(self, layer: Any, name: str, args: tuple, kwargs: dict, outputs: list, operation: Any = None) -> None:
        self.layer = layer
        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.operation = operation
        for i, output in enumerate(outputs):
            output.history = (self, i)

    @property
    def inputs(self) -> list:
        """The symbols that it was called on."""
        return [leaf for leaf in leaves([list(self.args), self.kwargs]) if isinstance(leaf, KerasTensor)]


def ancestors(outputs: list, inputs: list | None = None) -> Iterator[Node]:
    """Go through the nodes that `outputs` depend on, back to `inputs`, each after those it depends on."""
    seen: set[int] = {id(symbol.history[0]) for symbol in inputs or () if symbol.history}
    stack = [(symbol.history[0], False) for symbol in reversed(outputs) if symbol.history]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((symbol.history[0], False) for symbol in reversed(node.inputs) if symbol.history is not None)


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> Any:
    """Give the symbol of what a model is fed, to connect layers to.

    Parameters
    ----------
    shape : tuple of int or None
        The shape of one row; `None` stands for any extent.
    batch_size : int, optional
        The number of rows of each batch; any unless given.
    dtype : str, optional
        The kind of number; `float32` unless given.
    batch_shape : tuple of int or None, optional
        The shape of a batch, in the place of `shape` and `batch_size`.
    name : str, optional
        The name of the input layer.

    Notes
    -----
    Agrees with ``keras.Input``.
    """
    from .layers import InputLayer

    if sparse or ragged:
        raise ValueError("sparse and ragged inputs are not supported")
    if tensor is not None:
        return tensor
    if shape is not None and batch_shape is not None:
        raise ValueError("give shape or batch_shape, not both")
    if batch_shape is None:
        if shape is None:
            raise ValueError("Input needs the shape of one row: Input(shape=(784,))")
        if isinstance(shape, int):
            shape = (shape,)
        batch_shape = (batch_size, *shape)
    return InputLayer(batch_shape=batch_shape, dtype=dtype, name=name).output


class InputSpec:
    """What a layer says of what it takes; kept, and not looked at.

    Parameters
    ----------
    dtype, shape, ndim, max_ndim, min_ndim, axes
        As in ``keras.InputSpec``.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Any = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype, self.shape, self.name, self.optional = dtype, shape, name, optional
        self.ndim = ndim if shape is None else len(shape)
        self.max_ndim, self.min_ndim, self.axes = max_ndim, min_ndim, axes or {}


def input_symbol(batch_shape: Any, dtype: Any, name: str) -> Any:
    """Give the symbol of an input of that shape, with the batch."""
    return _core.input(list(batch_shape), _dtype_name(dtype, config.floatx()), name)
