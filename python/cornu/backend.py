"""What scripts ask of the backend."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from .utils.session import clear_session, is_keras_tensor


def is_float_dtype(dtype: Any) -> bool:
    """Say whether a dtype is one of floats."""
    return "float" in str(dtype)


def standardize_dtype(dtype: Any) -> str:
    """Give a dtype's name."""
    from ._variable import _dtype_name

    return _dtype_name(dtype, floatx())


def result_type(*dtypes: Any) -> str:
    """Give the dtype that numbers of these dtypes are brought to."""
    import numpy as np

    floats = [str(dtype) for dtype in dtypes if "float" in str(dtype)]
    return max(floats, key=lambda name: np.dtype(name).itemsize) if floats else np.result_type(*dtypes).name


def get_uid(prefix: str = "") -> int:
    """Give a number that grows by one with each call for the prefix."""
    from . import _session

    _session._names[prefix] = _session._names.get(prefix, 0) + 1
    return _session._names[prefix]


@contextlib.contextmanager
def name_scope(name: str, **kwargs: Any) -> Iterator[None]:
    """Do nothing: names are those of layers."""
    yield


@contextlib.contextmanager
def device(name: str) -> Iterator[None]:
    """Do nothing: there is one device."""
    yield


class StatelessScope:
    """Refuse: there is no stateless way to call a layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("StatelessScope is not supported")


def version() -> str:
    """Give the version."""
    from . import __version__

    return __version__


# Functions that older scripts take from here.
_OPERATIONS = {
    "abs": "abs", "argmax": "argmax", "binary_crossentropy": "binary_crossentropy", "cast": "cast",
    "categorical_crossentropy": "categorical_crossentropy", "clip": "clip", "concatenate": "concatenate",
    "cos": "cos", "dot": "matmul", "equal": "equal", "exp": "exp", "expand_dims": "expand_dims",
    "flatten": "ravel", "greater": "greater", "less": "less", "log": "log", "max": "max", "maximum": "maximum",
    "mean": "mean", "min": "min", "minimum": "minimum", "ones_like": "ones_like", "permute_dimensions": "transpose",
    "pow": "power", "random_normal": "", "relu": "relu", "reshape": "reshape", "round": "round", "shape": "shape",
    "sigmoid": "sigmoid", "sign": "sign", "sin": "sin", "softmax": "softmax", "softplus": "softplus",
    "sqrt": "sqrt", "square": "square", "squeeze": "squeeze", "stack": "stack", "std": "std",
    "stop_gradient": "stop_gradient", "sum": "sum", "switch": "where", "tanh": "tanh", "tile": "tile",
    "transpose": "transpose", "var": "var", "zeros_like": "zeros_like", "any": "any", "all": "all",
    "constant": "convert_to_tensor", "convert_to_tensor": "convert_to_tensor", "eye": "eye", "ones": "ones",
    "zeros": "zeros", "one_hot": "one_hot", "prod": "prod", "elu": "elu", "cumsum": "cumsum", "arange": "arange",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    from . import ops, random

    if name == "random_normal":
        return random.normal
    if name == "random_uniform":
        return random.uniform
    if name == "int_shape":
        return ops.shape
    if name in _OPERATIONS:
        return getattr(ops, _OPERATIONS[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "backend",
    "clear_session",
    "device",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_keras_tensor",
    "name_scope",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
    "version",
]
