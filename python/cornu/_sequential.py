"""Models that are one layer after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _session
from ._layer import Layer
from ._model import Model
from ._network import _first_pass
from ._structure import leaves
from ._symbolic import KerasTensor


class Sequential(Model):
    """A model that is one layer after the other.

    Parameters
    ----------
    layers : list of Layer, optional
        The layers; an ``Input`` first says what the model is fed, else the first data do.
    name : str, optional
        The name.

    Notes
    -----
    Agrees with ``keras.Sequential``.
    """

    _is_sequence = True

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        self.__dict__["name"] = name or _session.unique_name("sequential")
        self._trainable = trainable
        self._first_shape = None
        self._is_custom = False
        self.__dict__["_sequence"] = []
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._rebuild()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer, or an ``Input``, at the end."""
        from .layers import InputLayer

        if isinstance(layer, KerasTensor):
            layer = layer.history[0].layer
        if isinstance(layer, type) or not isinstance(layer, Layer):
            raise TypeError(f"only layers can be added to a Sequential model, got {layer!r}")
        if any(layer is known for known in self._sequence) or layer.name in {known.name for known in self._sequence}:
            raise ValueError(f"there is a layer called {layer.name!r} in the model already; give this one another name")
        if isinstance(layer, InputLayer) and self._sequence:
            raise ValueError("an Input is the first of a model, and this one has layers already")
        if not self._sequence and layer.__dict__.get("_first_shape") is not None:
            self._sequence.append(InputLayer(shape=layer._first_shape))
        self._sequence.append(layer)
        if rebuild:
            self._rebuild()

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer away."""
        layer = self._sequence.pop()
        self._core = None
        if rebuild:
            self._rebuild()
        return layer

    def _rebuild(self) -> None:
        from .layers import InputLayer

        self._core = None
        self._flags_before = None
        if not self._sequence:
            return
        first = self._sequence[0]
        if isinstance(first, Model) and not isinstance(first, Sequential) and first._core is not None:
            start = InputLayer(batch_shape=first.input_shape, dtype=first.inputs[0].dtype)
        elif isinstance(first, Sequential) and first._core is not None:
            start = InputLayer(batch_shape=first.input_shape, dtype=first.inputs[0].dtype)
        elif isinstance(first, InputLayer):
            start = first
        else:
            return
        if len(self._sequence) == 1 and start is first:
            return
        self._chain(start)

    def _chain(self, start: Any) -> None:
        from .layers import InputLayer

        symbol = x = start.output
        for layer in self._sequence:
            if not isinstance(layer, InputLayer):
                x = layer(x)
        self._connect_between(symbol, x, sequential=True)

    def _build_for(self, x: Any) -> None:
        if self._core is not None:
            return
        if len(self.__dict__.get("_sequence", ())) == 0:
            raise ValueError("the model has no layers: add some first")
        x = _first_pass(x)
        parts = leaves(x)
        if len(parts) != 1:
            raise ValueError(f"a Sequential model has one input, got {len(parts)} arrays")
        self._build_by(parts[0])

    def _build_by(self, value: Any) -> None:
        from .layers import InputLayer

        if isinstance(self._sequence[0], InputLayer):
            self._chain(self._sequence[0])
            return
        value = value if hasattr(value, "shape") else np.asarray(value)
        dtype = str(value.dtype)
        first_is_lookup = self._sequence[0]._class_name() == "Embedding"
        keep = dtype.startswith(("int", "uint", "bool")) and (first_is_lookup or self._sequence[0]._is_custom)
        self._chain(InputLayer(batch_shape=(None, *value.shape[1:]), dtype=dtype if keep else "float32"))

    def build(self, input_shape: Any = None) -> None:
        """Make the weights, for inputs of that shape."""
        from .layers import InputLayer

        if self._core is None and input_shape is not None:
            self._chain(InputLayer(batch_shape=tuple(input_shape)))

    def _call_symbols(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        if self._core is None:
            self.build(tuple(args[0].shape))
        return super()._call_symbols(args, kwargs)

    def _call_engine(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        if self._core is None:
            self.build((None, *tuple(args[0].shape)[1:]))
        return super()._call_engine(args, kwargs)

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        from .layers import InputLayer

        return [layer for layer in self.__dict__.get("_sequence", ()) if not isinstance(layer, InputLayer)]

    def get_config(self) -> dict[str, Any]:
        """Give the config: the layers."""
        if self._core is None:
            from .saving import serialize_keras_object

            return {
                "name": self.name,
                "trainable": self._trainable,
                "layers": [serialize_keras_object(layer) for layer in self._sequence],
            }
        return super().get_config()

    def __reduce__(self) -> Any:
        if self._core is None:
            return _sequence_from, (type(self), self.name, [(type(la), la.get_config()) for la in self._sequence])
        return super().__reduce__()


def _sequence_from(cls: type, name: str, rows: list) -> Any:
    return cls([kind.from_config(config) for kind, config in rows], name=name)
