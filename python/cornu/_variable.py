"""Variables: the weights of layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core
from ._tensor import Tensor, tensor


class Variable(_core.Variable):
    """A weight: numbers that training changes, shared by all models that have the layer.

    Parameters
    ----------
    initializer : array, callable or str
        The numbers, or what gives them for `shape`.
    shape : tuple of int, optional
        The shape; that of the numbers unless given.
    dtype : str, optional
        `float32` for floats unless given.
    trainable : bool
        Whether it has a gradient.
    name : str, optional
        What it is called within its layer.

    Notes
    -----
    Agrees with ``keras.Variable``.
    """

    def __new__(
        cls,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = None,
        synchronization: str | None = None,
        name: str | None = None,
        *,
        _layer: int = 0,
        _path: str | None = None,
        _regularizer: Any = None,
        _constraint: Any = None,
        _is_total: bool = False,
        **kwargs: Any,
    ) -> Variable:
        """Make the variable with its numbers."""
        from . import initializers

        if isinstance(initializer, Variable):
            initializer = initializer.numpy()
        if isinstance(initializer, (str, dict)) or callable(initializer):
            if shape is None:
                raise ValueError("a variable that an initializer fills needs a shape")
            dtype = _dtype_name(dtype, "float32")
            value = initializers.get(initializer)(shape, dtype=dtype)
        else:
            value = np.asarray(initializer)
            if dtype is None and value.dtype == np.float64:
                dtype = "float32"
        name = name or "variable"
        return super().__new__(
            cls,
            _layer,
            name,
            _path or name,
            value,
            None if dtype is None else _dtype_name(dtype),
            bool(trainable),
            _regularizer,
            _constraint,
            _is_total,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Everything is done."""

    @property
    def name(self) -> str:
        """What it is called within its layer, or within the layer in that one whose it is."""
        return _core.Variable.name.__get__(self).rpartition("/")[2]

    @property
    def value(self) -> Any:
        """The numbers or, within a call, the tensor that stands for them."""
        return self if _core.tracing() else tensor(self.numpy())

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    def assign(self, value: Any) -> Any:
        """Give it other numbers; within a call, from the next step on."""
        self.set(value if _core.tracing() else _plain(value))
        return value

    def assign_add(self, value: Any) -> Any:
        """Add to its numbers."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Any:
        """Take from its numbers."""
        return self.assign(self - value)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = self.numpy()
        return array if dtype is None else array.astype(dtype)

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self.numpy().__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return (1, 0)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, value={self.numpy()}>"

    def __hash__(self) -> int:
        return id(self)

    def __reduce__(self) -> Any:
        return _revive, (self.numpy(), self.trainable, self.name)


def _revive(value: Any, trainable: bool, name: str) -> Variable:
    return Variable(value, trainable=trainable, name=name, dtype=value.dtype.name)


def _plain(value: Any) -> Any:
    return value.numpy() if isinstance(value, (Variable, Tensor)) else value


def _dtype_name(dtype: Any, default: str | None = None) -> str:
    """Give the name of a dtype, however it is given: `"float32"`, `np.float32`, a policy."""
    if dtype is None:
        return default or "float32"
    if isinstance(dtype, str):
        return dtype
    name = getattr(dtype, "variable_dtype", None)
    return name if name is not None else np.dtype(dtype).name


def of_layer(layer: Any, name: str, value: Any, trainable: bool) -> Variable:
    """Make the variable that a layer of the engine has under that name."""
    return Variable(
        value,
        dtype=np.asarray(value).dtype.name,
        trainable=trainable,
        name=name,
        _layer=layer._id,
        _path=f"{layer.name}/{name}",
    )
