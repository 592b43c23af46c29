"""Layers."""

from __future__ import annotations

from typing import Any

from . import _core, _item, _session, _tables
from ._layer import Layer
from ._symbolic import Input, InputSpec, KerasTensor, Node, input_symbol
from ._variable import _dtype_name


class InputLayer(Layer):
    """What a model is fed; ``Input`` gives the symbol of one.

    Parameters
    ----------
    shape : tuple of int or None
        The shape of one row.
    batch_size : int, optional
        The number of rows of each batch.
    dtype : str, optional
        The kind of number.
    name : str, optional
        The name.

    Notes
    -----
    Agrees with ``keras.layers.InputLayer``.
    """

    _is_custom = False

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if batch_shape is None:
            if shape is None:
                raise ValueError("an input layer needs the shape of one row")
            batch_shape = (batch_size, *((shape,) if isinstance(shape, int) else shape))
        name = name or _session.unique_name("input_layer")
        self._begin(name, True, None, None)
        self.built = True
        self.batch_shape = tuple(None if extent is None else int(extent) for extent in batch_shape)
        self._input_dtype = _dtype_name(dtype, None) if dtype is not None else None
        symbol = input_symbol(self.batch_shape, self._input_dtype, name)
        self._input_dtype = symbol.dtype
        self._nodes.append(Node(self, name, (), {}, [symbol]))

    @classmethod
    def _around(cls, symbol: Any, name: str) -> InputLayer:
        """Give the layer of a symbol that there is already."""
        layer = cls.__new__(cls)
        layer.__dict__["name"] = name
        layer.built = True
        layer.batch_shape = tuple(symbol.shape)
        layer._input_dtype = symbol.dtype
        layer._nodes.append(Node(layer, name, (), {}, [symbol]))
        return layer

    @property
    def dtype(self) -> str:
        """The kind of number."""
        return self._input_dtype

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        return {"name": self.name, "batch_shape": self.batch_shape, "dtype": self._input_dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make the layer from its config."""
        config = {k: v for k, v in config.items() if k not in ("sparse", "ragged", "trainable", "optional")}
        return cls(**config)

    def _plain(self) -> Any:
        return {"module": "keras.layers", "class_name": "InputLayer", "config": self.get_config()}


class Lambda(Layer):
    """A function as a layer, of operations of ``cornu.ops``.

    Parameters
    ----------
    function : callable
        Gives the output for the input.
    output_shape : optional
        Not needed: shapes follow from the operations.
    mask : callable, optional
        Not used.
    arguments : dict, optional
        What the function is given besides.

    Notes
    -----
    Agrees with ``keras.layers.Lambda``. It is not saved: write a layer for that.
    """

    def __init__(
        self, function: Any, output_shape: Any = None, mask: Any = None, arguments: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.arguments = arguments or {}

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        """Give what the function gives."""
        import inspect

        given = dict(self.arguments)
        parameters = inspect.signature(self.function).parameters
        for name, value in (("mask", mask), ("training", training)):
            if name in parameters and name not in given:
                given[name] = value
        return self.function(inputs, **given)

    def get_config(self) -> dict[str, Any]:
        """Give the config, as far as there is one."""
        from .saving import serialize_keras_object

        return {"name": self.name, "function": serialize_keras_object(self.function)}


class Wrapper(Layer):
    """A layer around another.

    Parameters
    ----------
    layer : Layer
        The other.

    Notes
    -----
    Agrees with ``keras.layers.Wrapper``.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer


def _function(name: str) -> Any:
    """Make the function that calls a layer of its class: `add`, `concatenate`."""
    import sys

    from . import _make

    cls_name = _tables.entry("layers", name)["class"]

    def run(bound: dict[str, Any]) -> Any:
        inputs, extra = bound.pop("inputs"), bound.pop("kwargs", {})
        return getattr(sys.modules[__name__], cls_name)(**bound, **extra)(inputs)

    summary = next((line for known, _, line in _core.listed("layers") if known == cls_name), "")
    return _make.make_function("layers", name, run, summary)


def serialize(layer: Any) -> Any:
    """Give the config."""
    from .saving import serialize_keras_object

    return serialize_keras_object(layer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Make the layer of a config."""
    from .saving import deserialize_keras_object

    return deserialize_keras_object(config, custom_objects)


_extra = {
    "Input": Input,
    "InputLayer": InputLayer,
    "InputSpec": InputSpec,
    "KerasTensor": KerasTensor,
    "Lambda": Lambda,
    "Layer": Layer,
    "Wrapper": Wrapper,
    "serialize": serialize,
    "deserialize": deserialize,
}
_get, __dir__, __all__ = _item.module(__name__, Layer, _extra, _function)


def _convolution_op(self: Layer, inputs: Any, kernel: Any) -> Any:
    """Convolve with a kernel, as the layer does: for classes that derive from it and change the kernel."""
    from . import ops

    strides, padding, dilation = (self._fields.get(key) for key in ("strides", "padding", "dilation_rate"))
    return ops.conv(inputs, kernel, strides, padding, self._fields.get("data_format"), dilation)


def __getattr__(name: str) -> Any:
    value = _get(name)
    if name in ("Conv1D", "Conv2D", "Conv3D"):
        value.convolution_op = _convolution_op
    if isinstance(value, type):
        from . import _text

        _text.extend(value)
    return value
