"""Models: layers and their connections, trained and run."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _core, _session
from ._layer import Layer, _has_shape, call_kind, flatten, unflatten
from ._structure import leaves
from ._symbolic import KerasTensor, ancestors, input_symbol
from ._tensor import tensor


class Model(Layer):
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

    _functional = False

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
        is_plain = type(self) is Model
        stem = "functional" if is_plain else _session.snake_case(type(self).__name__)
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
                    f"inputs and outputs of a model are symbols, what Input and layers give, got {type(symbol).__name__}"
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
        if self._functional or isinstance(self, Sequential):
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
            return input_symbol(
                (None, *value.shape[1:]), dtype, _session.unique_name(f"{self.name}_input")
            )

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
        return type(self).call is not Layer.call and type(self).call is not Model.call

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
                if shapes is None and isinstance(layer, Model) and layer._core is not None:
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
        if type(self).build is not Model.build:
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
        from ._layer import _numbers

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

    # Training.

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        memory_limit: int | None = None,
    ) -> None:
        """Say what the model is trained with.

        Parameters
        ----------
        optimizer : str or Optimizer
            What turns gradients into new weights.
        loss : str, Loss or function, or a list or dictionary of such
            What is minimized, of each output.
        loss_weights : list or dict of float, optional
            What each output's loss counts for.
        metrics, weighted_metrics : list, or a list or dictionary of lists
            What is reported.
        memory_limit : int, optional
            The most bytes that a step may take; parts are then computed twice.
        """
        from . import optimizers

        self.optimizer = optimizers.get(optimizer)
        if isinstance(self.optimizer, optimizers.Optimizer):
            self.optimizer._attach(self)
        self.loss = loss
        self._compiled = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "memory_limit": memory_limit,
        }
        self._metric_objects: list = []
        self._step_metric_objects: Any = None
        self.compiled = True
        if self._core is not None:
            self._compile_engine()
        else:
            # What there is no such thing as is told here, and not when training begins.
            self._prepared(None)

    def _names_of_outputs(self) -> list[str]:
        return self._keys[1] if self._core is not None else []

    def _per_output(self, given: Any, what: str, names: list[str] | None, as_list: bool) -> list:
        """Give what is meant for each output: one for all, or one for each."""
        if isinstance(given, dict) and not (as_list is False and "class_name" in given):
            if names is None:
                return [item for item in given.values()]
            aliases = self._aliases(names)
            stray = [key for key in given if key not in aliases]
            if stray:
                raise ValueError(f"there is no output {stray[0]!r} for {what}; there are {', '.join(names)}")
            by_place = {aliases[key]: value for key, value in given.items()}
            return [by_place.get(i) for i in range(len(names))]
        if isinstance(given, (list, tuple)):
            return list(given)
        return [given]

    def _aliases(self, names: list[str]) -> dict[str, int]:
        aliases = {name: i for i, name in enumerate(names)}
        for i, symbol in enumerate(self.__dict__.get("_symbols", ((), ()))[1]):
            if symbol.history is not None:
                aliases.setdefault(symbol.history[0].name, i)
        return aliases

    def _prepared(self, names: list[str] | None) -> tuple:
        from . import losses, metrics

        settings = self._compiled
        given = self._per_output(settings["loss"], "loss", names, False)
        if any(loss is None for loss in given) and not all(loss is None for loss in given):
            raise ValueError("an output has no loss: give one for each output, or one for all")
        loss = [losses.as_loss(item) for item in given if item is not None]
        lists = []
        n = len(names or [])
        for key in ("metrics", "weighted_metrics"):
            value = settings[key]
            if value is None:
                lists.append([])
                continue
            if isinstance(value, dict):
                per = self._per_output(value, key, names, True)
            elif isinstance(value, (list, tuple)):
                nested = any(isinstance(item, (list, tuple)) for item in value)
                # With several outputs a flat list as long as they has one for each, as in Keras.
                per = list(value) if nested or (n > 1 and len(value) == n) else [list(value)]
            else:
                per = [[value]]
            per = [item if isinstance(item, (list, tuple)) else [] if item is None else [item] for item in per]
            lists.append([[metrics.as_metric(item) for item in row] for row in per])
        weights = settings["loss_weights"]
        if isinstance(weights, dict):
            weights = [1.0 if w is None else w for w in self._per_output(weights, "loss_weights", names, True)]
        elif isinstance(weights, (int, float)):
            weights = [float(weights)]
        return loss, weights, lists[0], lists[1]

    @property
    def _steps_itself(self) -> bool:
        return type(self).train_step is not Model.train_step or type(self).compute_loss is not Model.compute_loss

    def _compile_engine(self) -> None:
        names = self._names_of_outputs()
        loss, weights, metrics, weighted = self._prepared(names)
        self._kept = [loss, metrics, weighted]
        self.__dict__["_losses_given"] = loss
        self._metric_objects = [m for row in [*metrics, *weighted] for m in row]
        flags = list(self._trainable_flags(""))
        if self._flags_before != flags:
            self._core.set_trainable(flags)
            self._flags_before = flags
        own_step = self._steps_itself or not loss
        as_given = lambda item: item._given() if hasattr(item, "_given") else item  # noqa: E731
        self._core.compile(
            self.optimizer._plain() if hasattr(self.optimizer, "_plain") else self.optimizer,
            [as_given(item) for item in loss] or ["mse"],
            weights,
            [] if own_step else [[as_given(m) for m in row] for row in metrics],
            [] if own_step else [[as_given(m) for m in row] for row in weighted],
            self if own_step else None,
            self._compiled["memory_limit"],
        )

    _flags_before: Any = None

    def _trainable_flags(self, prefix: str) -> Iterator[tuple[str, bool]]:
        if self._is_custom:
            yield f"{prefix}{self.name}", self._trainable
            return
        for layer in self.layers:
            yield f"{prefix}{layer.name}", layer._trainable
            if isinstance(layer, Model) and not layer._is_custom:
                yield from layer._trainable_flags(f"{prefix}{layer.name}/")

    def _ready(self, x: Any) -> None:
        """Make the model for data like `x`, and compile it, if that is still to be done."""
        built = self._core is not None
        self._build_for(x)
        if self._compiled is not None and not (built and self._core.is_compiled()):
            self._compile_engine()

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        **kwargs: Any,
    ) -> Any:
        """Train: go through the data in batches, epoch by epoch.

        Parameters
        ----------
        x, y : arrays, or lists or dictionaries of such; a Dataset, a DataLoader, a generator ... for both
            What the model is fed, and what it is to give.
        batch_size : int, optional
            Rows of a step; 32 unless given.
        epochs : int
            How often the data is gone through.
        verbose : {"auto", 0, 1, 2}
            Nothing, a bar, or a line for each epoch.
        callbacks : list of Callback, optional
            What happens besides.
        validation_split : float
            The share of rows, from the end, that is evaluated and not trained on.
        validation_data : tuple, or data as `x`, optional
            What is evaluated after each epoch.
        shuffle : bool
            Whether rows are put in a new order for each epoch.
        class_weight : dict, optional
            What samples of each class count for.
        sample_weight : array, optional
            What each row counts for.

        Returns
        -------
        History
            What was reported of each epoch, in ``history.history``.
        """
        from ._training import fit

        if kwargs:
            raise TypeError(f"fit() got an unexpected keyword argument {next(iter(kwargs))!r}")
        return fit(
            self,
            x,
            y,
            batch_size,
            epochs,
            verbose,
            callbacks,
            validation_split,
            validation_data,
            shuffle,
            class_weight,
            sample_weight,
            initial_epoch,
            steps_per_epoch,
            validation_steps,
            validation_batch_size,
            validation_freq,
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Give the loss, and the metrics if there are some, on data that is not trained on."""
        from ._training import evaluate

        return evaluate(self, x, y, batch_size, verbose, sample_weight, steps, callbacks, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Give the output for each row of the data, as NumPy arrays."""
        from ._training import predict

        return predict(self, x, batch_size, verbose, steps, callbacks)

    def predict_on_batch(self, x: Any) -> Any:
        """Give the output for one batch, as NumPy arrays."""
        if type(x) is np.ndarray and self._core is not None and self._output_structure is None:
            outputs = self._core.predict_on_batch(x, self.stateful)
            return outputs[0] if len(outputs) == 1 else outputs
        from ._training import arrays_of

        self._build_for(x)
        return self._pack_outputs(self._core.predict_on_batch(arrays_of(self, x), self.stateful))

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Train on one batch; give the loss, and the metrics if there are some, since they were last reset."""
        from ._training import on_batch

        return on_batch(self, x, y, sample_weight, class_weight, return_dict, train=True)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False, **kwargs: Any
    ) -> Any:
        """Evaluate one batch; give the loss, and the metrics if there are some, since they were last reset."""
        from ._training import on_batch

        return on_batch(self, x, y, sample_weight, None, return_dict, train=False)

    def reset_metrics(self) -> None:
        """Start the metrics anew."""
        if self._core is not None and self._core.is_compiled():
            self._core.reset_metrics()

    def reset_states(self) -> None:
        """Set what stateful layers keep from batch to batch to zeros."""
        if self._core is not None:
            self._core.reset_states()
        for layer in self.layers:
            layer.reset_states()

    reset_state = reset_states

    @property
    def stateful(self) -> bool:
        """Whether a layer keeps something from batch to batch."""
        known = self.__dict__.get("_stateful")
        if known is None or self._core is None:
            known = any(
                layer.stateful is True or (layer._bound or {}).get("stateful") is True for layer in self.layers
            )
            if self._core is not None:
                self.__dict__["_stateful"] = known
        return known

    @property
    def metrics(self) -> list:
        """The metrics: the loss's mean, those compiled with, and those that are attributes."""
        from .metrics import Metric

        return [*self._step_metrics_all(), *[m for m in self._attribute_metrics() if isinstance(m, Metric)]]

    def _attribute_metrics(self) -> list:
        from .metrics import Metric

        own = [value for key, value in self.__dict__.items() if isinstance(value, Metric) and key != "_loss_mean"]
        return own

    def _step_metrics_all(self) -> list:
        from . import metrics

        if self._compiled is None:
            return []
        if "_loss_mean" not in self.__dict__:
            self.__dict__["_loss_mean"] = metrics.Mean(name="loss")
        found = [self._loss_mean] if self._compiled["loss"] is not None else []
        return found + self._resolved_metrics()

    def _resolved_metrics(self) -> list:
        """Give the compiled metrics as objects: what `accuracy` means follows from the loss and the output."""
        from . import metrics

        if self.__dict__.get("_step_metric_objects") is None:
            loss = self._kept[0][0] if self._kept and self._kept[0] else None
            name = loss if isinstance(loss, str) else getattr(loss, "name", "") or ""
            shape = self._core.output_types()[0][0] if self._core is not None else (None, None)
            if "sparse" in name:
                form = "SparseCategorical"
            elif shape and shape[-1] == 1 or "binary" in name:
                form = "Binary"
            else:
                form = "Categorical"
            found = []
            for item in self._metric_objects:
                if isinstance(item, str):
                    word = "Crossentropy" if item.lower() in ("crossentropy", "ce") else "Accuracy"
                    item = getattr(metrics, f"{form}{word}")(name=item)
                found.append(item)
            self.__dict__["_step_metric_objects"] = found
        return self._step_metric_objects

    @property
    def metrics_names(self) -> list[str]:
        """What is reported."""
        return [metric.name for metric in self.metrics] or ["loss"]

    # Training steps of one's own.

    def _step_metrics(self) -> list:
        """Give the metrics that the engine counts in a training step."""
        counted = [
            m for m in [*self._resolved_metrics(), *self._attribute_metrics()] if type(m).__name__ != "Mean"
        ]
        for i, metric in enumerate(counted):
            metric._place = i
        self.__dict__["_counted"] = counted
        return [m._given() for m in counted]

    def _describe_step(self, x: list, y: list, training: bool) -> None:
        """Describe a step of training, or of evaluation, on tensors."""
        from .metrics import InStep

        inputs = self._packed_inputs(x)
        targets = None if not y else y[0] if len(y) == 1 else list(y)
        weight = None
        if self.__dict__.get("_weights_last") and y:
            weight = y[-1]
            rest = y[:-1]
            targets = None if not rest else rest[0] if len(rest) == 1 else rest
        data = inputs if targets is None else (inputs, targets)
        if weight is not None:
            data = (inputs, targets, weight)
        if targets is None and not self.__dict__.get("_bare", True):
            data = (inputs,)
        for metric in self.metrics:
            metric._last = None
        self._place(self.name if self._is_custom else "")
        _session.tracing.layers.append(self)
        self.__dict__["_stepping"] = True
        self.__dict__["_step_training"] = training
        self.__dict__["_loss_of_step"] = None
        try:
            logs = self.train_step(data) if training else self.test_step(data)
        finally:
            self.__dict__["_stepping"] = False
            _session.tracing.layers.pop()
        if not isinstance(logs, dict):
            raise TypeError(
                f"{type(self).__name__}.{'train' if training else 'test'}_step has to return a dictionary of what is "
                f"reported, got {type(logs).__name__}"
            )
        reported = {}
        for name, value in logs.items():
            if isinstance(value, InStep):
                if type(value.metric).__name__ != "Mean":
                    continue
                value = value.metric._last
                if value is None:
                    continue
            reported[name] = _scalar(value)
        if "loss" not in reported:
            first = self._loss_of_step if self._loss_of_step is not None else next(iter(reported.values()), 0.0)
            self.__dict__["_hides_loss"] = "loss" not in logs
            _core.report("loss", first)
        else:
            self.__dict__["_hides_loss"] = False
        for name, value in reported.items():
            _core.report(name, value)

    def _packed_inputs(self, x: list) -> Any:
        structure = self._input_structure
        if isinstance(structure, tuple) and structure[0] == "dict":
            names = sorted(name for name, _ in structure[1])
            return dict(zip(names, x, strict=True))
        if structure is None or len(x) == 1:
            return x[0] if len(x) == 1 else list(x)
        return unflatten(structure, iter(x))

    def train_step(self, data: Any) -> dict[str, Any]:
        """Describe a step of training: predict, compute the loss and its gradients, update weights and metrics.

        Override it for what is more than one loss of the outputs. It runs once for each graph, on tensors.
        """
        x, y, sample_weight = _unpacked(data)
        y_pred = self(x, training=True)
        loss = self._loss_value(x, y, y_pred, sample_weight, True)
        weights = self.trainable_weights
        if weights:
            gradients = _core.gradient(loss, weights)
            self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Describe a step of evaluation."""
        x, y, sample_weight = _unpacked(data)
        y_pred = self(x, training=False)
        self._loss_value(x, y, y_pred, sample_weight, False)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def _loss_value(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        accepts = inspect.signature(self.compute_loss).parameters
        given = {"x": x, "y": y, "y_pred": y_pred, "sample_weight": sample_weight, "training": training}
        if not any(p.kind is p.VAR_KEYWORD for p in accepts.values()):
            given = {name: value for name, value in given.items() if name in accepts}
        loss = self.compute_loss(**given)
        if self._compiled["loss"] is not None or "_loss_mean" in self.__dict__:
            self._step_metrics_all()
            self._loss_mean.update_state(loss)
        self.__dict__["_loss_of_step"] = loss
        return loss

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
        allow_empty: bool = False,
    ) -> Any:
        """Give the loss that is minimized: of the outputs, and what layers added."""
        from . import losses

        given = self._compiled["loss"]
        total = None
        if given is not None:
            wanted, predicted = leaves(y), leaves(y_pred)
            each = self.__dict__.get("_losses_given") or [losses.as_loss(given)]
            each = each * len(predicted) if len(each) == 1 else each
            weights = self._prepared(self._names_of_outputs() or None)[1] or [1.0] * len(each)
            parts = zip(each, wanted, predicted, weights, strict=False)
            for loss, y_true, prediction, weight in parts:
                loss = loss._given() if hasattr(loss, "_given") else loss
                value = _core.traced_loss(loss, y_true, prediction, sample_weight) * weight
                total = value if total is None else total + value
        for added in _core.added_losses():
            total = added if total is None else total + added
        if total is None:
            raise ValueError(
                "there is no loss to minimize: give compile a loss, or call add_loss in a layer"
            )
        return total

    def compiled_loss(self, y: Any, y_pred: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Give the loss that the model was compiled with."""
        return self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics, and give what is reported."""
        for metric in self._resolved_metrics():
            metric.update_state(y, y_pred, sample_weight=None)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Give what is reported."""
        return {metric.name: metric.result() for metric in self.metrics}

    @property
    def compiled_metrics(self) -> Any:
        """The compiled metrics, as scripts update them in training steps."""
        return _CompiledMetrics(self)

    def predict_step(self, data: Any) -> Any:
        """Give the output for a batch."""
        return self(_unpacked(data)[0], training=False)

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

        if cls is Model or issubclass(cls, Sequential):
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


class _CompiledMetrics:
    def __init__(self, model: Model) -> None:
        self._model = model

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        for metric in self._model._resolved_metrics():
            metric.update_state(y, y_pred)


def _revive_model(cls: type, arguments: tuple, compiled: Any) -> Any:
    return cls(*arguments[0], **arguments[1])


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


def _unpacked(data: Any) -> tuple[Any, Any, Any]:
    if not isinstance(data, tuple):
        return data, None, None
    return (*data, None, None)[:3]


def _scalar(value: Any) -> Any:
    from . import ops

    shape = ops.shape(value)
    return value if not shape else ops.mean(value)
