"""Models as networks: connected from symbols or written as a class, and called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _core, _session
from ._layer import Layer, call_kind
from ._nested import _has_shape, flatten, unflatten
from ._structure import leaves
from ._symbolic import KerasTensor, ancestors, input_symbol
from ._tensor import tensor


class Network(Layer):
    """Layers and their connections, as a layer."""

    _functional = False
    _is_sequence = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Keep what it was called with, for a config."""
        model = super().__new__(cls, *args, **kwargs)
        model.__dict__.update(
            _core=None,
            _compiled=None,
            _kept=[],
            _held=None,
            stop_training=False,
            _input_structure=None,
            _output_structure=None,
            _layers_by_name=None,
            _history=None,
            _touched=None,
        )
        return model

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = ("inputs", "outputs", "name")
        given = dict(zip(names, args, strict=False))
        if len(args) >= 2 or "outputs" in kwargs:
            given |= kwargs
            self._init_functional(**given)
            return
        super().__init__(*args, **kwargs)

    # Models from symbols.

    def _init_functional(
        self, inputs: Any, outputs: Any, name: str | None = None, trainable: bool = True, **kwargs: Any
    ) -> None:
        if kwargs:
            raise TypeError(f"Model.__init__() got an unexpected keyword argument {next(iter(kwargs))!r}")
        stem = vars(type(self)).get("_stem") or _session.snake_case(type(self).__name__)
        self.__dict__["name"] = name or _session.unique_name(stem)
        self._trainable = trainable
        self._first_shape = None
        self._functional = True
        self._is_custom = False
        self._connect_between(inputs, outputs, sequential=False)

    def _connect_between(self, inputs: Any, outputs: Any, sequential: bool) -> None:
        self._engine_layer = None
        flat_inputs, flat_outputs = _flat(inputs, "inputs"), _flat(outputs, "outputs")
        given, wanted = [], []
        self._input_structure, self._output_structure = flatten(inputs, given), flatten(outputs, wanted)
        for symbol in flat_inputs + flat_outputs:
            if not isinstance(symbol, KerasTensor):
                raise ValueError(
                    "inputs and outputs of a model are symbols, what Input and layers give, got "
                    f"{type(symbol).__name__}"
                )
        nodes = list(ancestors(flat_outputs))
        if any(node.inputs for node in (symbol.history[0] for symbol in flat_inputs if symbol.history)):
            # From symbols in the middle of another model on.
            flat_inputs, flat_outputs, nodes = self._cut_off(flat_inputs, flat_outputs)
        used = [node for node in nodes if node.layer is not None]
        extra = [symbol.history[0] for symbol in flat_inputs if symbol.history]
        layers = {node.layer.name: node.layer for node in [*used, *extra] if node.layer is not None}
        self.__dict__["_symbols"] = (flat_inputs, flat_outputs)
        keys = [list(value) if isinstance(value, dict) else None for value in (inputs, outputs)]
        order = [sorted(names) if names else None for names in keys]
        if order[0]:
            flat_inputs = [inputs[name] for name in order[0]]
        if order[1]:
            flat_outputs = [outputs[name] for name in order[1]]
        self._core = _core.Model.between(flat_inputs, flat_outputs, self.name, order[0], order[1], sequential)
        self._core.set_threads(_session.threads())
        self._core.reseed(self._seed())
        self.__dict__["_keys"] = self._core.keys()[:2]
        rows = self._core.layers()
        self.__dict__["_layers_by_name"] = {row[0]: layers[row[0]] for row in rows if row[0] in layers}
        self._bind()
        self.built = True

    def _cut_off(self, inputs: list, outputs: list) -> tuple[list, list, list]:
        """Connect the layers between symbols anew, on inputs of their own."""
        from .layers import InputLayer

        fresh: dict[tuple[int, int], Any] = {}
        starts = []
        for symbol in inputs:
            node, i = symbol.history
            if not node.inputs and node.layer is not None:
                start = symbol
            else:
                start = InputLayer(batch_shape=tuple(symbol.shape), dtype=symbol.dtype).output
            fresh[(id(node), i)] = start
            starts.append(start)
        replace = lambda value: _replaced(value, fresh)  # noqa: E731
        for node in ancestors(outputs, inputs):
            if all((id(node), i) in fresh for i in range(len(node.outputs))):
                continue
            if not node.inputs:
                continue
            args, kwargs = replace(node.args), replace(node.kwargs)
            if node.layer is not None:
                made, _ = node.layer._connect(args, kwargs)
                from ._symbolic import Node

                Node(node.layer, node.name, args, kwargs, made)
            else:
                made = leaves(_called_again(node, args, kwargs))
            for i, symbol in enumerate(made):
                fresh[(id(node), i)] = symbol
        ends = [fresh.get((id(s.history[0]), s.history[1]), s) for s in outputs]
        return starts, ends, list(ancestors(ends))

    def _bind(self) -> None:
        """Make the weights of the engine's model those of the layers."""
        for index, path, _, _, trainable in self._core.weights():
            variable = self._variable_at(path)
            if variable is None:
                variable = self._add_variable_at(path, self._core.value(index), trainable)
            self._core.bind(index, variable)

    def _variable_at(self, path: str) -> Any:
        if self._layers_by_name is not None:
            head, _, rest = path.partition("/")
            layer = self._layers_by_name.get(head)
            return None if layer is None else layer._variable_at(rest)
        return super()._variable_at(path)

    def _add_variable_at(self, path: str, value: Any, trainable: bool) -> Any:
        if self._layers_by_name is not None:
            head, _, rest = path.partition("/")
            return self._layers_by_name[head]._add_variable_at(rest, value, trainable)
        return super()._add_variable_at(path, value, trainable)

    def _engine(self) -> Any:
        if not self._is_custom:
            self._need_built()
            if self._engine_layer is None:
                self._engine_layer = _core.Layer.of_model(self._id, self._core, self.name, self._trainable)
            return self._engine_layer
        return super()._engine()

    @property
    def _describes_itself(self) -> bool:
        if self._functional or self._is_sequence:
            return False
        return True

    def _need_built(self) -> None:
        if self._core is None:
            raise ValueError(
                f"{self.name} does not know yet what it is fed: begin it with an Input, or call it on data first"
            )

    # Models that derive from this class.

    def _build_for(self, x: Any) -> None:
        """Make the model for data like `x`, if it is not made yet."""
        if self._core is not None:
            return
        x = _first_pass(x)
        count = 0

        def symbol(value: Any) -> Any:
            nonlocal count
            count += 1
            value = np.asarray(value) if not hasattr(value, "shape") else value
            dtype = str(value.dtype)
            dtype = "float32" if dtype in ("float64", "float16") else dtype
            return input_symbol((None, *value.shape[1:]), dtype, _session.unique_name(f"{self.name}_input"))

        self._connect_call(_map(symbol, x))

    def _connect_call(self, symbols: Any) -> None:
        from ._symbolic import Node
        from .layers import InputLayer

        for symbol in leaves(symbols):
            if symbol.history is None:
                InputLayer._around(symbol, symbol.name)
        args = (symbols,)
        outputs, _ = Layer._connect(self, args, {})
        self._nodes.append(Node(self, self.name, args, {}, outputs))
        packed = self._pack(outputs)
        given: list = []
        self._input_structure = flatten(symbols, given)
        self._output_structure = flatten(packed, [])
        in_keys = sorted(symbols) if isinstance(symbols, dict) else None
        out_keys = sorted(packed) if isinstance(packed, dict) else None
        flat_in = [symbols[key] for key in in_keys] if in_keys else given
        flat_out = [packed[key] for key in out_keys] if out_keys else outputs
        core = _core.Model.between(flat_in, flat_out, f"{self.name}_model", in_keys, out_keys, False)
        core.set_threads(_session.threads())
        core.reseed(self._seed())
        self._core = core
        self.__dict__["_keys"] = core.keys()[:2]
        prefix = f"{self.name}/"
        for index, path, _, _, trainable in core.weights():
            path = path.removeprefix(prefix)
            variable = Layer._variable_at(self, path)
            if variable is None:
                variable = Layer._add_variable_at(self, path, core.value(index), trainable)
            core.bind(index, variable)
        self.__dict__["_symbols"] = (flat_in, flat_out)

    @property
    def _has_call(self) -> bool:
        return type(self).call is not Layer.call and type(self).call is not Network.call

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Give the output."""
        raise NotImplementedError(f"{type(self).__name__} has to define call(self, inputs)")

    def _describe(self, args: tuple, kwargs: dict[str, Any], training: bool) -> list:
        if self._has_call:
            return super()._describe(args, kwargs, training)
        # A model that is trained by a step of its own alone: its parts are called once each, so that their weights
        # are known.
        from . import ops

        _session.tracing.layers.append(self)
        try:
            for _, layer in self._sublayers():
                shapes = layer._built_shapes()
                if shapes is None and isinstance(layer, Network) and layer._core is not None:
                    shapes = [tuple(symbol.shape) for symbol in layer._symbols[0]]
                    dtypes = [symbol.dtype for symbol in layer._symbols[0]]
                elif shapes is None:
                    raise ValueError(
                        f"{layer.name} has not been called, so that its weights are not known: call it once, or "
                        f"define {type(self).__name__}.call"
                    )
                else:
                    dtypes = [symbol.dtype for symbol in layer._nodes[0].inputs]
                parts = [
                    ops.zeros([2 if extent is None else extent for extent in shape], dtype)
                    for shape, dtype in zip(shapes, dtypes, strict=True)
                ]
                layer(parts[0] if len(parts) == 1 else parts)
        finally:
            _session.tracing.layers.pop()
        self._structure = None
        return leaves(list(args))[:1]

    def build(self, input_shape: Any = None) -> None:
        """Make the weights, for inputs of that shape."""
        if self._core is not None or input_shape is None:
            return
        self._connect_call(_symbols_of(input_shape, self.name))

    def _ensure_built(self, args: tuple, kwargs: dict[str, Any]) -> None:
        # `build` of a model is called by those who want its weights early; its layers build themselves.
        if type(self).build is not Network.build:
            super()._ensure_built(args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the model on symbols, on tensors of a graph that is being described, or on numbers."""
        kind = call_kind(args, kwargs)
        if kind == 0 and (not self._is_custom or (len(args) == 1 and self._has_call and not any(kwargs.values()))):
            return self._call_functional(args, kwargs)
        if kind == 1 and _session.tracing.layers and _session.tracing.layers[0] is self and self._in_step:
            return self._call_in_step(args, kwargs)
        if kind != 0 and not self._is_custom and self._core is not None and args:
            args = (self._ranked(args[0]), *args[1:])
        if kind == 1 and not self._is_custom and self._core is not None:
            here = _core.path()
            self._place(f"{here}/{self.name}" if here else self.name)
        return super().__call__(*args, **kwargs)

    @property
    def _in_step(self) -> bool:
        return bool(self.__dict__.get("_stepping"))

    def _place(self, prefix: str) -> None:
        """Tell the engine where the layers lie in the graph at hand."""
        for name, layer in self._parts():
            path = f"{prefix}/{name}" if prefix else name
            _core.place(layer._id, path)
            layer._place(path)

    def _parts(self) -> Iterator[tuple[str, Layer]]:
        if self._layers_by_name is not None:
            yield from self._layers_by_name.items()
        else:
            yield from ((layer.name, layer) for _, layer in self._sublayers())

    def _call_in_step(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call the whole model within its own training step."""
        if self._has_call:
            _session.tracing.layers.append(self)
            accepts = inspect.signature(self.call).parameters
            any_named = any(p.kind is p.VAR_KEYWORD for p in accepts.values())
            kwargs = {k: v for k, v in kwargs.items() if k in accepts or any_named}
            if "training" in accepts and "training" not in kwargs:
                kwargs["training"] = self._step_training
            try:
                return self.call(*args, **kwargs)
            finally:
                _session.tracing.layers.pop()
        inputs = args[0] if args else kwargs.get("inputs")
        return self._pack_outputs(_core.forward(self._flat_inputs(inputs)))

    def _flat_inputs(self, x: Any) -> list:
        if isinstance(x, dict):
            names = self._keys[0]
            missing = [name for name in names if name not in x]
            if missing:
                raise ValueError(f"the inputs {missing[0]!r} are missing; the model takes {', '.join(names)}")
            return [x[name] for name in names]
        return leaves(self._ranked(x))

    def _ranked(self, x: Any) -> Any:
        """Give data with a last axis of one more, or less, where the inputs want it, as Keras does."""
        shapes = [tuple(symbol.shape) for symbol in self._symbols[0]]
        flat = leaves(x)
        if len(flat) != len(shapes) or isinstance(x, dict):
            return x
        fitted = [_ranked(value, shape) for value, shape in zip(flat, shapes)]
        if all(a is b for a, b in zip(fitted, flat)):
            return x
        return unflatten(flatten(x, []), iter(fitted))

    def _call_functional(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        from ._nested import _numbers

        x = args[0] if args else kwargs.get("inputs")
        if len(args) > 1 and _has_shape(args[1]):
            x = list(args)
        self._build_for(x)
        if kwargs.get("training") is None and self._draws_unasked:
            kwargs["training"] = True
        if kwargs.get("training") or kwargs.get("mask") is not None:
            return Layer._call_numbers(self, args, kwargs)
        arrays = [_numbers(value) for value in self._flat_inputs(x)]
        outputs = self._core.predict_on_batch(arrays, self.stateful, False)
        return self._pack_outputs([tensor(output) for output in outputs])

    @property
    def _draws_unasked(self) -> bool:
        # A model of layers that change images, without any that training changes in another way.
        found = [layer for layer in self.layers if isinstance(layer, Layer)]
        trains = ("Dropout", "BatchNormalization", "GaussianNoise", "SpectralNormalization")
        return any(layer._draws_unasked for layer in found) and not any(
            layer._class_name().endswith(trains) or "Dropout" in layer._class_name() for layer in found
        )

    def _pack(self, outputs: list) -> Any:
        if not self._is_custom:
            return self._pack_outputs(outputs)
        return super()._pack(outputs)

    def _pack_outputs(self, outputs: list) -> Any:
        structure = self._output_structure
        if structure is None:
            return outputs[0] if len(outputs) == 1 else outputs
        if structure[0] == "dict":
            names = sorted(name for name, _ in structure[1])
            by_name = dict(zip(names, outputs, strict=True))
            return {name: by_name[name] for name, _ in structure[1]}
        return unflatten(structure, iter(outputs))


def _ranked(value: Any, shape: tuple) -> Any:
    from . import ops

    given = getattr(value, "shape", None)
    if given is None or len(given) == len(shape):
        return value
    if len(given) == len(shape) - 1 and shape[-1] == 1:
        return value[..., None] if isinstance(value, np.ndarray) else ops.expand_dims(value, -1)
    if len(given) == len(shape) + 1 and given[-1] == 1:
        return value[..., 0] if isinstance(value, np.ndarray) else ops.squeeze(value, -1)
    return value


def _flat(value: Any, what: str) -> list:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key])]
    found = leaves(value)
    if not found:
        raise ValueError(f"a model has at least one of its {what}")
    return found


def _replaced(value: Any, fresh: dict) -> Any:
    if isinstance(value, KerasTensor):
        node, i = value.history
        return fresh.get((id(node), i), value)
    if isinstance(value, dict):
        return {key: _replaced(item, fresh) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_replaced(item, fresh) for item in value)
    return value


def _called_again(node: Any, args: tuple, kwargs: dict) -> Any:
    from . import ops

    module, name, settings = node.operation
    return ops.call(module, name, settings, args, kwargs or None)


def _map(function: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _map(function, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_map(function, item) for item in value)
    return function(value)


def _first_pass(x: Any) -> Any:
    from ._adapters import arrays

    return arrays(x, "float32")


def _symbols_of(shape: Any, name: str) -> Any:
    if isinstance(shape, dict):
        return {key: _symbols_of(item, f"{name}_{key}") for key, item in shape.items()}
    if isinstance(shape, (list, tuple)) and shape and isinstance(shape[0], (list, tuple)):
        return [_symbols_of(item, name) for item in shape]
    return input_symbol(tuple(shape), "float32", _session.unique_name(f"{name}_input"))
