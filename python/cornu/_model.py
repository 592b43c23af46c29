"""Models: layers and their connections, trained and run."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._layer import Layer
from ._trained import Trained


class Model(Trained):
    """Layers and their connections, trained and run.

    There are three ways to make one: from symbols, ``Model(inputs, outputs)``; one layer after the other, with
    ``Sequential``; and by deriving from this class, with layers made in ``__init__`` and used in ``call``.

    Parameters
    ----------
    inputs, outputs : KerasTensor, or lists or dictionaries of such
        What the model is fed, and what it gives.
    name : str, optional
        The name.

    Notes
    -----
    Agrees with ``keras.Model``.
    """

    _stem = "functional"

    # What it is made of.

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        if self._layers_by_name is not None:
            return list(self._layers_by_name.values())
        return [layer for _, layer in self._sublayers()]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Give the layer of that name, or number."""
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"there are {len(layers)} layers, and none of number {index}")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(f"there is no layer {name!r}; there are {', '.join(layer.name for layer in layers)}")

    @property
    def weights(self) -> list:
        """All weights, in the order of the layers."""
        if self._is_custom:
            return Layer.weights.fget(self)
        found: list = []
        for layer in self.layers:
            found += [weight for weight in layer.weights if all(weight is not known for known in found)]
        return found

    variables = weights

    @property
    def trainable_weights(self) -> list:
        """The weights that training changes."""
        if self._is_custom:
            return Layer.trainable_weights.fget(self)
        if not self._trainable:
            return []
        found: list = []
        for layer in self.layers:
            found += [w for w in layer.trainable_weights if all(w is not known for known in found)]
        return found

    @property
    def trainable_variables(self) -> list:
        """The weights that training changes."""
        return self.trainable_weights

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights; a model takes notice when it is compiled."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        self._alone.clear()
        if self._is_custom:
            self._engine_layer = None
        for layer in self.layers:
            layer.trainable = trainable

    @property
    def inputs(self) -> list:
        """The symbols that it is fed."""
        self._need_built()
        return list(self._symbols[0])

    @property
    def outputs(self) -> list:
        """The symbols that it gives."""
        self._need_built()
        return list(self._symbols[1])

    @property
    def input(self) -> Any:
        """The symbol, or symbols, that it is fed."""
        inputs = self.inputs
        return inputs[0] if len(inputs) == 1 else inputs

    @property
    def output(self) -> Any:
        """The symbol, or symbols, that it gives."""
        outputs = self.outputs
        return outputs[0] if len(outputs) == 1 else outputs

    @property
    def input_names(self) -> list[str]:
        """What its inputs are called."""
        self._need_built()
        return self._keys[0]

    @property
    def output_names(self) -> list[str]:
        """What its outputs are called."""
        self._need_built()
        return self._keys[1]

    @property
    def input_shape(self) -> Any:
        """The shape of what it is fed."""
        shapes = [tuple(symbol.shape) for symbol in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """The shape of what it gives."""
        shapes = [tuple(shape) for shape, _ in self._core.output_types()] if self._core else None
        if shapes is None:
            self._need_built()
        return shapes[0] if len(shapes) == 1 else shapes

    def count_params(self) -> int:
        """Give the number of weights' elements."""
        if self._core is None and not self.weights:
            self._need_built()
        return sum(int(np.prod(weight.shape, dtype=np.int64)) for weight in self.weights)

    def _graph(self) -> list[tuple]:
        """Give the layers with what they are connected to: name, class, names of those before, output's shape."""
        if self._core is None or self._is_custom:
            return [
                (layer.name, type(layer).__name__, [], getattr(layer, "output_shape", None) if layer._nodes else None)
                for layer in self.layers
            ]
        rows, nodes = self._core.layers(), {}
        for node, _, sources in self._core.connections():
            nodes.setdefault(node, []).extend(rows[source][0] for source, _, _ in sources)
        shapes = {node: [tuple(s.shape) for s in symbols] for node, _, symbols in self._core.symbols()}
        found = []
        for i, row in enumerate(rows):
            shape = shapes.get(i) or [None]
            found.append((row[0], row[1], nodes.get(i, []), shape[0] if len(shape) == 1 else shape))
        return found

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print the model as a table: layers, shapes, weights, and the memory that training takes."""
        from ._summary import table

        (print_fn or print)(table(self, expand_nested, show_trainable, layer_range))

    def _repr_html_(self) -> str:
        from ._summary import html

        return html(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.__dict__.get('name')}, built={self._core is not None}>"

    # Files.

    def save(self, filepath: Any, overwrite: bool = True, zipped: Any = None, **kwargs: Any) -> None:
        """Write the model to a ``.keras`` file: layers, weights, and what training needs to go on.

        Parameters
        ----------
        filepath : str or Path
            A name that ends in ``.keras``.
        overwrite : bool
            Whether a file of that name is replaced.
        """
        from .models import save

        save(self, filepath, overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Write the weights to a ``.weights.h5`` file."""
        self._need_built()
        self._core.save_weights(filepath)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Read the weights from a ``.weights.h5`` file."""
        self._need_built()
        if str(filepath).endswith(".keras"):
            from .models import load_model

            self.set_weights(load_model(filepath, compile=False).get_weights())
            return
        self._core.load_weights(filepath)

    def export(self, filepath: Any, format: str = "keras", **kwargs: Any) -> None:
        """Refuse: other formats are not written."""
        raise NotImplementedError("models are written as .keras files: model.save('model.keras')")

    def to_json(self, **kwargs: Any) -> str:
        """Give the layers and their connections as JSON, without weights."""
        self._need_built()
        return self._core.to_json()

    def get_config(self) -> dict[str, Any]:
        """Give the config: layers and their connections."""
        import json

        if self._is_custom:
            return super().get_config()
        self._need_built()
        return json.loads(self._core.to_json())["config"]

    def _plain_config(self) -> Any:
        return super()._plain_config()

    def _plain(self) -> Any:
        import json

        if self._is_custom:
            return super()._plain()
        self._need_built()
        return json.loads(self._core.to_json())

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a model from its config, with fresh weights."""
        from .models import from_plain

        if cls is Model or cls._is_sequence:
            is_chain = "input_layers" not in config
            class_name = "Sequential" if is_chain else "Functional"
            return from_plain({"class_name": class_name, "config": config}, custom_objects)
        return cls(**config)

    def get_compile_config(self) -> Any:
        """Give what the model was compiled with, as a config."""
        if self._core is None or not self._core.is_compiled():
            return None
        return self._core.compiled_with()

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as a config says."""
        from .models import compile_from

        compile_from(self, config)

    def _to_bytes(self) -> bytes:
        self._need_built()
        return self._core.to_bytes()

    @classmethod
    def _from_bytes(cls, data: bytes) -> Any:
        from .models import from_bytes

        return from_bytes(data)

    def __reduce__(self) -> Any:
        from .models import from_bytes

        if self._core is None:
            return _revive_model, (type(self), self.__dict__.get("_arguments", ((), {})), self._compiled)
        return from_bytes, (self._to_bytes(),)

    def __deepcopy__(self, memo: Any) -> Any:
        from .models import from_bytes

        return from_bytes(self._to_bytes())


def _revive_model(cls: type, arguments: tuple, compiled: Any) -> Any:
    return cls(*arguments[0], **arguments[1])
