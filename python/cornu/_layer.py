"""Layers: what models are made of."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from . import _core, _session, config, dtype_policies
from ._item import plain
from ._nested import _has_shape, _numbers, _outline, _shape_of, _symbol_like, flatten, unflatten
from ._structure import leaves
from ._symbolic import Node
from ._tensor import tensor
from ._weights import Weighted

_UNUSED = (
    "activity_regularizer",
    "quantization_config",
    "renorm",
    "renorm_clipping",
    "renorm_momentum",
    "seed",
)


def call_kind(args: tuple, kwargs: dict[str, Any]) -> int:
    """Say on what something is called: 0 for numbers, 1 for tensors of a graph being described, 2 for symbols."""
    kind = _core.call_kind(*args, **kwargs)
    return 1 if kind == 0 and _core.tracing() else kind


class Layer(Weighted):
    """What models are made of: weights, and a call.

    To write one, derive from this class: make weights in ``build(self, input_shape)`` with ``self.add_weight``, and
    give the output in ``call(self, inputs)`` with operations of ``cornu.ops`` and other layers. The call is traced
    once for each graph, and runs as fast as any other layer.

    Parameters
    ----------
    activity_regularizer : optional
        A penalty on the output.
    trainable : bool
        Whether training changes its weights.
    dtype : str, optional
        In which dtype it computes and keeps its weights: ``float32``, ``mixed_bfloat16`` ...
    name : str, optional
        What it is called; ``dense``, ``dense_1`` ... unless given.

    Notes
    -----
    Agrees with ``keras.Layer``.
    """

    _kind = "layers"
    _binder: Any
    # What the whole class has unless an instance says otherwise: some set attributes before they call __init__.
    supports_masking = False
    autocast = True
    stateful = False
    built = False
    input_spec: Any = None
    _trainable = True
    _is_custom = True
    _policy: Any = None
    _bound: Any = None
    _post: Any = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Keep what it was called with, for a config."""
        layer = super().__new__(cls)
        layer.__dict__.update(
            _id=_session.next_id(),
            _weights={},
            _children={},
            _nodes=[],
            _losses=[],
            _structure=None,
            _engine_layer=None,
            _alone={},
            _draw_seed=None,
            _arguments=(args, kwargs),
        )
        return layer

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        input_shape = kwargs.pop("input_shape", None)
        dimension = kwargs.pop("input_dim", None)
        kwargs.pop("input_shape_arg", None)
        if kwargs:
            unknown = next(iter(kwargs))
            raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument {unknown!r}")
        from . import regularizers

        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._begin(name, trainable, dtype, input_shape if dimension is None else (dimension,))
        self.autocast = autocast

    def _begin(self, name: str | None, trainable: bool, dtype: Any, input_shape: Any) -> None:
        if name is not None and not isinstance(name, str):
            raise ValueError(f"a layer's name is a text, got {name!r}")
        if name is not None and "/" in name:
            raise ValueError(f"a layer cannot be called {name!r}: names have no /")
        class_name = type(self).__name__
        # Keras calls this one by another name than the class that it exports.
        class_name = "GroupedQueryAttention" if class_name == "GroupQueryAttention" else class_name
        self.__dict__["name"] = name or _session.unique_name(_session.snake_case(class_name))
        self._trainable = bool(trainable)
        self._policy = None if dtype is None else dtype_policies.get(dtype)
        if self._policy is None and config._values["dtype_policy"] != "float32":
            self._policy = config.dtype_policy()
        self._first_shape = None if input_shape is None else tuple(input_shape)

    def _configure(self, bound: dict[str, Any]) -> None:
        """Make a layer of the engine's own from its arguments."""
        self.__dict__["_is_custom"] = False
        self.__dict__["_bound"] = bound
        fields = dict(self._binder.config(bound))
        for shared in ("trainable", "dtype", "name", "autocast"):
            fields.pop(shared, None)
        if fields.get("axis", 0) is None and self._class_name() == "Normalization":
            # One mean and variance of all values.
            fields["axis"] = []
        if isinstance(fields.get("cell"), (list, tuple)):
            from .layers import StackedRNNCells

            bound["cell"] = fields["cell"] = StackedRNNCells(list(fields["cell"]))
        if "activity_regularizer" in fields and fields["activity_regularizer"] is None:
            fields.pop("activity_regularizer")
        input_shape = bound.get("input_shape")
        if input_shape is None and bound.get("input_dim") is not None and "input_dim" not in fields:
            input_shape = (bound["input_dim"],)
        self._begin(bound.get("name"), bound.get("trainable", True), bound.get("dtype"), input_shape)
        activation = fields.get("activation")
        if callable(activation) and not _is_known_activation(activation):
            # A function of one's own is applied to what the layer gives without one.
            self._post = activation
            fields["activation"] = "linear"
        self._fields = {key: plain(value) for key, value in fields.items()}
        self._engine()

    @classmethod
    def _class_name(cls) -> str:
        made = next((parent for parent in cls.__mro__ if "_made_init" in vars(parent)), cls)
        return made.__name__

    def _engine(self) -> Any:
        """Give the layer as the engine holds it."""
        if self._engine_layer is None:
            policy = self._policy.name if self._policy is not None else None
            if self._describes_itself:
                from .saving import get_registered_name

                package, _, name = get_registered_name(type(self)).rpartition(">")
                self._engine_layer = _core.Layer.custom(
                    self._id, self, name, package or "Custom", self.name, self._trainable, policy
                )
            else:
                self._engine_layer = _core.Layer(
                    self._id, self._class_name(), self._fields, self.name, self._trainable, policy
                )
        return self._engine_layer

    @property
    def _describes_itself(self) -> bool:
        """Whether its call is written in Python."""
        return self._is_custom or type(self).call is not Layer.call

    # What is written by those who derive from it.

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Make the weights, for inputs of that shape."""
        if not self._is_custom and args and args[0] is not None:
            layer = self._base_layer() if self._is_derived else self
            if not layer._weights:
                layer._connect(tuple(_symbol_like(shape) for shape in args), {})
        self.built = True

    def _place(self, path: str) -> None:
        """Tell the engine where the layers within lie in the graph at hand."""
        for name, layer in self._children.items():
            _core.place(layer._id, f"{path}/{name}")
            layer._place(f"{path}/{name}")

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Give the output."""
        if not self._is_custom:
            # Of a class of the engine's own that is derived from, as `super().call(inputs)`.
            return self._call_engine(args, kwargs)
        raise NotImplementedError(f"{type(self).__name__} has to define call(self, inputs)")

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Give the mask of the output."""
        from . import ops

        if not self._is_custom and self._class_name() == "Embedding" and self._bound.get("mask_zero"):
            return ops.not_equal(inputs, 0)
        if not self._is_custom and self._class_name() == "Masking":
            return ops.any(ops.not_equal(inputs, self._bound.get("mask_value", 0.0)), axis=-1)
        return previous_mask

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Give the shape of the output for inputs of that shape."""
        symbols = [_symbol_like(shape) for shape in args]
        outputs, _ = self._connect(tuple(symbols), kwargs)
        shapes = [tuple(output.shape) for output in outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    # Calls.

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the layer on symbols, on tensors of a graph that is being described, or on numbers."""
        kind = call_kind(args, kwargs)
        if kind == 2:
            result = self._call_symbols(args, kwargs)
        elif kind == 1:
            result = self._call_engine(args, kwargs)
        else:
            if kwargs.get("training") is None and self._draws_unasked:
                kwargs["training"] = True
            result = self._call_numbers(args, kwargs)
        return result if self._post is None else self._post(result)

    @property
    def _draws_unasked(self) -> bool:
        """Whether numbers are changed unless `training=False` is said, as images are by Keras's layers."""
        return not self._is_custom and _changes_images(self._class_name())

    def _seed(self) -> int:
        if self._draw_seed is None:
            self._draw_seed = _session.next_seed()
        return self._draw_seed

    def _named(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Give the arguments without what says nothing."""
        return args, {name: value for name, value in kwargs.items() if value is not None}

    def _connect(self, args: tuple, kwargs: dict[str, Any]) -> tuple[list, Any]:
        args, kwargs = self._named(args, kwargs)
        if self._describes_itself:
            self._ensure_built(args, kwargs)
        outputs, core = self._engine().connect(args, kwargs, self._seed())
        self._adopt(core, bind=False)
        return outputs, core

    def _call_symbols(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        outputs, _ = self._connect(args, kwargs)
        self._nodes.append(Node(self, self.name, args, kwargs, outputs))
        return self._pack(outputs)

    def _pack(self, outputs: list) -> Any:
        """Give outputs as the layer's call gives them."""
        if self._structure is not None:
            return unflatten(self._structure, iter(outputs))
        return outputs[0] if len(outputs) == 1 else outputs

    def _call_engine(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        stack = _session.tracing.layers
        attribute = self.name
        if stack:
            parent = stack[-1]
            if parent is self:
                # `super().call(inputs)` of a class that derives from one of the engine's.
                return self._base_engine(args, kwargs)
            parent._children.setdefault(self.name, self)
            attribute = next((name for name, layer in parent._sublayers() if layer is self), self.name)
        args, kwargs = self._named(args, kwargs)
        if self._describes_itself:
            self._ensure_built(args, kwargs)
        outputs = self._engine().call(attribute, args, kwargs or None)
        self.built = True
        return self._pack(outputs)

    @property
    def _is_derived(self) -> bool:
        """Whether its class derives from one of the engine's own, and has a call of its own."""
        return not self._is_custom and self._describes_itself

    def _base_layer(self) -> Layer:
        """Give the layer of the engine's own that a derived class builds on, which has the weights."""
        base = self.__dict__.get("_base")
        if base is None:
            made = next(parent for parent in type(self).__mro__ if "_made_init" in vars(parent))
            base = made.__new__(made)
            kept = ("_bound", "_fields", "_policy", "_trainable")
            base.__dict__.update({key: value for key, value in self.__dict__.items() if key in kept})
            base.__dict__.update(_is_custom=False, name=f"{self.name}_base", _first_shape=None)
            self.__dict__["_base"] = base
        return base

    def _base_engine(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        base = self._base_layer()
        self._children.setdefault(base.name, base)
        args, kwargs = self._named(args, kwargs)
        return base._pack(base._engine().call("_base", args, kwargs or None))

    def _call_numbers(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        before = getattr(args[0], "_keras_mask", None) if args else None
        args, kwargs = self._named(tuple(_numbers(arg) for arg in args), kwargs)
        if self._describes_itself:
            self._ensure_built(args, kwargs)
        arrays = [leaf for leaf in leaves([list(args), kwargs]) if isinstance(leaf, np.ndarray)]
        plain_kwargs = {k: v for k, v in kwargs.items() if not isinstance(v, (np.ndarray, list, tuple, dict))}
        key = (
            repr(plain_kwargs),
            tuple((array.shape[1:], array.dtype.str) for array in arrays),
            tuple(map(_outline, args)),
        )
        core = self._alone.get(key)
        if core is None:
            self.__dict__.setdefault("_called_on", [_shape_of(arg) for arg in args if _has_shape(arg)])
            core = self._engine().alone(args, kwargs or None, self._seed())
            self._adopt(core, bind=True)
            if len(self._alone) > 8:
                self._alone.clear()
            self._alone[key] = core
        drawn = bool(kwargs.get("training"))
        outputs = [tensor(output) for output in core.predict_on_batch(arrays, self.stateful, drawn)]
        if args:
            mask = leaves(self.compute_mask(args[0], before))
            for output, each in zip(outputs, mask if len(mask) == len(outputs) else ()):
                if each is not None:
                    output._keras_mask = each
        return self._pack(outputs)

    def _ensure_built(self, args: tuple, kwargs: dict[str, Any]) -> None:
        """Call `build` once, with the shapes of what the layer is called on."""
        if self.built or (type(self).build is Layer.build and not self._is_derived):
            return
        self.built = True
        try:
            with_shapes = [_shape_of(arg) for arg in args if _has_shape(arg)]
            parameters = [
                p
                for p in inspect.signature(self.build).parameters.values()
                if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            ]
            named = {f"{name}_shape": _shape_of(value) for name, value in kwargs.items() if _has_shape(value)}
            if not with_shapes and named:
                with_shapes = [next(iter(named.values()))]
            if len(parameters) <= 1:
                self.build(*with_shapes[:1])
            else:
                names = list(inspect.signature(self.call).parameters)
                known = dict(zip((f"{name}_shape" for name in names), with_shapes, strict=False)) | named
                if all(p.name in known or p.default is not p.empty for p in parameters):
                    self.build(**{p.name: known[p.name] for p in parameters if p.name in known})
                else:
                    self.build(*with_shapes[: len(parameters)])
        except BaseException:
            self.built = False
            raise

    def _describe(self, args: tuple, kwargs: dict[str, Any], training: bool) -> list:
        """Describe the call in the graph at hand; gives the outputs as a list."""
        accepts, any_named = _parameters(type(self).call)
        mask = kwargs.pop("mask", None)
        if "training" in kwargs:
            training = bool(kwargs.pop("training"))
        if "training" in accepts:
            kwargs["training"] = training
        elif any_named and "training" in self._call_names():
            kwargs["training"] = training
        masks = [_core.mask_of(leaf) for leaf in leaves(args[:1]) if isinstance(leaf, _core.Tensor)]
        if mask is None and masks:
            mask = masks[0] if len(masks) == 1 else masks if any(m is not None for m in masks) else None
        if mask is not None and ("mask" in accepts or any_named):
            kwargs["mask"] = mask
        self._ensure_built(args, kwargs)
        self._take_variables()
        here = _core.path()
        for attribute, layer in self._sublayers():
            self._children.setdefault(layer.name, layer)
            _core.place(layer._id, f"{here}/{layer.name}" if here else layer.name, attribute)
        _session.tracing.layers.append(self)
        try:
            outputs = self.call(*args, **kwargs)
        finally:
            _session.tracing.layers.pop()
        if outputs is None:
            raise ValueError(f"{type(self).__name__}.call gives nothing: it has to return its output")
        regularizer = getattr(self, "activity_regularizer", None)
        if regularizer is not None:
            for output in leaves(outputs):
                self.add_loss(regularizer(output))
        flat: list = []
        self._structure = flatten(outputs, flat)
        if type(self).compute_mask is not Layer.compute_mask and args:
            given = leaves(self.compute_mask(args[0], mask))
            if len(given) == len(flat):
                flat = [y if m is None else _core.with_mask(y, m) for y, m in zip(flat, given)]
        return flat

    def _call_names(self) -> tuple:
        return ("training",)

    def add_loss(self, loss: Any) -> None:
        """Add a scalar to the loss that training minimizes; within a call."""
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            value = value() if callable(value) else value
            if _core.tracing():
                _core.add_loss(value)

    def add_metric(self, value: Any, name: str | None = None, **kwargs: Any) -> None:
        """Report a scalar with the metrics; within a training step."""
        if _core.tracing():
            _core.report(name or "metric", value)

    @property
    def losses(self) -> list:
        """What layers added to the loss, within a training step."""
        return _core.added_losses() if _core.tracing() else []

    # What it is.

    @property
    def dtype_policy(self) -> dtype_policies.DTypePolicy:
        """In which dtypes it computes and keeps its weights."""
        return self._policy or config.dtype_policy()

    @property
    def dtype(self) -> str:
        """The dtype of its weights."""
        return self.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of its weights."""
        return self.dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype that it computes in."""
        return self.dtype_policy.compute_dtype

    @property
    def input(self) -> Any:
        """The symbol, or symbols, that it was called on."""
        inputs = self._node().inputs
        return inputs[0] if len(inputs) == 1 else inputs

    @property
    def output(self) -> Any:
        """The symbol, or symbols, that it gave."""
        return self._pack(self._node().outputs)

    @property
    def input_shape(self) -> Any:
        """The shape of what it was called on."""
        shapes = [tuple(symbol.shape) for symbol in self._node().inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """The shape of what it gave."""
        shapes = [tuple(symbol.shape) for symbol in self._node().outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def path(self) -> str:
        """The name."""
        return self.name

    def _node(self) -> Node:
        if not self._nodes:
            raise AttributeError(f"{self.name} has not been called on symbols, so it has no input and no output")
        return self._nodes[0]

    def reset_states(self) -> None:
        """Set what a stateful layer keeps from batch to batch to zeros."""
        for core in self._alone.values():
            core.reset_states()

    reset_state = reset_states

    def get_config(self) -> dict[str, Any]:
        """Give the config: all fields by name."""
        shared = {"name": self.name, "trainable": self._trainable, "dtype": self.dtype_policy.name}
        if self._is_custom:
            args, kwargs = self._arguments
            names = [name for name in inspect.signature(type(self).__init__).parameters][1:]
            if type(self).__init__ is Layer.__init__:
                return shared
            given = dict(zip(names, args, strict=False)) | kwargs
            accepted = set(names)
            open_ended = any(
                p.kind is p.VAR_KEYWORD for p in inspect.signature(type(self).__init__).parameters.values()
            )
            if type(self).get_config is Layer.get_config:
                kept = {k: v for k, v in shared.items() if open_ended or k in accepted}
                return kept | {k: v for k, v in given.items() if k not in shared}
            return shared
        fields = self._engine().config() if not self._describes_itself else self._fields
        fields = dict(fields)
        # What the engine has no use for is in Keras's configs all the same.
        binder = self._binder
        for key in _UNUSED:
            # Keras's classes that name it in their own __init__ give it, all but Dense.
            shared_by_all = key == "activity_regularizer" and (key in binder.keywords or self._class_name() == "Dense")
            if key in binder.defaults and key not in fields and not shared_by_all:
                fields[key] = plain((self._bound or {}).get(key, binder.defaults[key]))
        if self._post is not None:
            fields["activation"] = self._post
        # Some classes, such as SpatialDropout1D, do not take all that layers have.
        return {key: value for key, value in shared.items() if key in binder.defaults or binder.rest} | fields

    def _plain_config(self) -> Any:
        """Give the config for a file."""
        from .saving import serialize_keras_object

        return serialize_keras_object(self.get_config())

    def _plain(self) -> Any:
        if self._describes_itself and self._is_custom:
            from .saving import serialize_keras_object

            return serialize_keras_object(self)
        return {
            "module": "keras.layers",
            "class_name": self._class_name(),
            "config": {"name": self.name, "trainable": self._trainable, **self._fields},
            "registered_name": None,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make the layer from its config."""
        from . import saving

        config = dict(config)
        for key in ("layer", "cell", "backward_layer", "forward_layer"):
            value = config.get(key)
            if isinstance(value, dict) and "class_name" in value:
                config[key] = saving.deserialize_keras_object(value)
        if isinstance(config.get("cells"), list):
            config["cells"] = [
                saving.deserialize_keras_object(cell) if isinstance(cell, dict) else cell for cell in config["cells"]
            ]
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = dtype_policies.get(config["dtype"])
        return cls(**config)

    def __getattr__(self, name: str) -> Any:
        if name == "name" or name.startswith("__"):
            raise AttributeError(name)
        data = self.__dict__
        if "_weights" not in data:
            raise AttributeError(name)
        if name in data["_weights"]:
            return data["_weights"][name]
        base = data.get("_base")
        if base is not None and name in base._weights:
            return base._weights[name]
        bound = data.get("_bound")
        if bound is not None and not name.startswith("_"):
            if name == "activation":
                from . import activations

                return activations.get(bound.get("activation"))
            if name in bound:
                return bound[name]
            fields = data.get("_fields") or {}
            if name in fields:
                return fields[name]
            under = {"_kernel": "kernel"}.get(name)
            if under and under in data["_weights"]:
                return data["_weights"][under]
        if name in ("kernel", "bias", "embeddings", "gamma", "beta", "moving_mean", "moving_variance"):
            ending = [weight for path, weight in data["_weights"].items() if path.rpartition("/")[2] == name]
            if ending:
                return ending[0]
            return None if name == "bias" and self.built else _missing(self, name)
        if "name" not in data and type(self).__init__ is not Layer.__init__:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}: __init__ has to call super().__init__()"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.__dict__.get('name')}, built={self.built}>"

    def __hash__(self) -> int:
        return id(self)

    def __reduce__(self) -> Any:
        if not self._describes_itself:
            weights: Any = [(path, weight.numpy(), weight.trainable) for path, weight in self._weights.items()]
            return _revive, (type(self), self.get_config(), weights, None)
        return _revive, (type(self), self.get_config(), self.get_weights(), self._built_shapes())

    def _built_shapes(self) -> Any:
        if self._nodes:
            return [_shape_of(arg) for arg in self._nodes[0].args if _has_shape(arg)]
        return self.__dict__.get("_called_on")


def _revive(cls: type, config: dict[str, Any], weights: list, shapes: Any) -> Any:
    from ._make import revive

    layer: Any = revive(cls, config)
    if weights and not layer._describes_itself:
        for path, value, trainable in weights:
            layer._add_variable_at(path, value, trainable)
    elif weights:
        if shapes and not layer.weights:
            layer.compute_output_shape(*shapes)
        layer.set_weights(weights)
    return layer


def _changes_images(name: str) -> bool:
    return name.startswith("Random") or name in ("CutMix", "Equalization", "MixUp", "RandAugment", "Solarization")


def _missing(layer: Layer, name: str) -> Any:
    raise AttributeError(
        f"{type(layer).__name__!r} object has no attribute {name!r}"
        + ("" if layer.built else ": it has no weights before it is called")
    )


def _is_known_activation(function: Any) -> bool:
    name = getattr(function, "__name__", None)
    known = {row[0] for row in _core.listed("activations")} | {o for r in _core.listed("activations") for o in r[1]}
    module = getattr(function, "__module__", "") or ""
    return name in known and module.startswith(("cornu.", "keras"))


@functools.cache
def _parameters(call: Any) -> tuple[frozenset[str], bool]:
    parameters = inspect.signature(call).parameters.values()
    return frozenset(p.name for p in parameters), any(p.kind is p.VAR_KEYWORD for p in parameters)
