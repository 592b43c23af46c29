"""Names that scripts take from TensorFlow's top level, for `import cornu as tf`: the same operations."""

from __future__ import annotations

import types
from typing import Any

# What TensorFlow calls an operation, where Keras calls it otherwise or has it in the same way.
OPERATIONS = {
    "abs": "abs",
    "add": "add",
    "argmax": "argmax",
    "argmin": "argmin",
    "argsort": "argsort",
    "cast": "cast",
    "clip_by_value": "clip",
    "concat": "concatenate",
    "constant": "convert_to_tensor",
    "convert_to_tensor": "convert_to_tensor",
    "cos": "cos",
    "cumsum": "cumsum",
    "divide": "divide",
    "einsum": "einsum",
    "equal": "equal",
    "exp": "exp",
    "expand_dims": "expand_dims",
    "eye": "eye",
    "floor": "floor",
    "gather": "take",
    "greater": "greater",
    "less": "less",
    "linspace": "linspace",
    "logical_and": "logical_and",
    "logical_not": "logical_not",
    "logical_or": "logical_or",
    "matmul": "matmul",
    "maximum": "maximum",
    "minimum": "minimum",
    "multiply": "multiply",
    "norm": "norm",
    "not_equal": "not_equal",
    "one_hot": "one_hot",
    "ones": "ones",
    "ones_like": "ones_like",
    "pad": "pad",
    "pow": "power",
    "rank": "ndim",
    "reduce_all": "all",
    "reduce_any": "any",
    "reduce_max": "max",
    "reduce_mean": "mean",
    "reduce_min": "min",
    "reduce_prod": "prod",
    "reduce_sum": "sum",
    "repeat": "repeat",
    "reshape": "reshape",
    "round": "round",
    "shape": "shape",
    "sigmoid": "sigmoid",
    "sign": "sign",
    "sin": "sin",
    "size": "size",
    "slice": "slice",
    "sort": "sort",
    "split": "split",
    "sqrt": "sqrt",
    "square": "square",
    "squeeze": "squeeze",
    "stack": "stack",
    "stop_gradient": "stop_gradient",
    "subtract": "subtract",
    "tanh": "tanh",
    "tensordot": "tensordot",
    "tile": "tile",
    "transpose": "transpose",
    "unstack": "unstack",
    "where": "where",
    "zeros": "zeros",
    "zeros_like": "zeros_like",
}
DTYPES = ("bfloat16", "bool", "float16", "float32", "float64", "int32", "int64", "int8", "uint8")


def function(func: Any = None, **kwargs: Any) -> Any:
    """Give the function itself: what is described is compiled in any case."""
    return func if func is not None else lambda inner: inner


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: Any = None) -> Any:
    """Give the numbers from `start` to below `limit`, by `delta`."""
    from . import ops

    return ops.arange(start, limit, delta, dtype=dtype)


def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: Any = None) -> Any:
    """Give the patches of images, each laid out along the last axis."""
    from . import ops

    return ops.image.extract_patches(
        images, size=tuple(sizes[1:3]), strides=tuple(strides[1:3]), dilation_rate=rates[1], padding=padding.lower()
    )


def resize(images: Any, size: Any, method: str = "bilinear", name: Any = None, **kwargs: Any) -> Any:
    """Give images in another size."""
    from . import ops

    return ops.image.resize(images, tuple(size), interpolation=method)


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: Any = None) -> Any:
    """Give an image as floats from 0 to 1."""
    from . import ops

    scale = {"uint8": 255.0, "int8": 127.0, "int32": 2147483647.0}.get(ops.dtype(image), 1.0)
    return ops.cast(image, dtype) / scale


def identity(input: Any, name: Any = None) -> Any:
    """Give the tensor itself."""
    from . import ops

    return ops.convert_to_tensor(input)


def _part(name: str, names: dict[str, str]) -> types.SimpleNamespace:
    from . import ops

    found = types.SimpleNamespace()
    for own, operation in names.items():
        setattr(found, own, _named(getattr(ops, operation)))
    found.__name__ = name
    return found


def _named(operation: Any) -> Any:
    """Give an operation that takes `name`, and `keep_dims` under its older name, as TensorFlow's do."""

    def call(*args: Any, **kwargs: Any) -> Any:
        kwargs.pop("name", None)
        if "axes" in kwargs and "moments" not in operation.__name__:
            kwargs["axis"] = kwargs.pop("axes")
        return operation(*args, **kwargs)

    call.__name__ = operation.__name__
    call.__doc__ = operation.__doc__
    return call


def find(name: str) -> Any:
    """Give what TensorFlow has under that name; `AttributeError` if that is nothing here."""
    from . import ops

    if name in OPERATIONS:
        return _named(getattr(ops, OPERATIONS[name]))
    if name in DTYPES:
        return name
    if name == "newaxis":
        return None
    if name == "function":
        return function
    if name in ("identity", "range"):
        return globals()[name]
    if name == "math":
        own = ("abs", "exp", "log", "maximum", "minimum", "multiply", "pow", "sqrt", "square", "tanh", "sigmoid")
        named = {key: OPERATIONS.get(key, key) for key in own}
        reduced = {key: value for key, value in OPERATIONS.items() if key.startswith("reduce_")}
        more = {"l2_normalize": "normalize", "log1p": "log1p", "softplus": "softplus", "rsqrt": "rsqrt", "erf": "erf"}
        return _part(name, named | reduced | more)
    if name == "nn":
        own = (
            *("relu", "relu6", "elu", "selu", "gelu", "silu", "softmax", "log_softmax", "sigmoid", "tanh"),
            *("softplus", "softsign", "leaky_relu", "moments", "l2_normalize"),
        )
        return _part(name, {key: {"l2_normalize": "normalize"}.get(key, key) for key in own})
    if name == "image":
        own = (extract_patches, resize, convert_image_dtype)
        return types.SimpleNamespace(**{function.__name__: function for function in own})
    if name == "linalg":
        return _part(name, {"matmul": "matmul", "norm": "norm", "diag": "diag", "trace": "trace"})
    raise AttributeError(name)
