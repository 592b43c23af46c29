"""Operations: on numbers at once, on symbols as nodes of a model, within a call as part of its graph.

>>> from cornu import ops
>>> ops.sum(ops.square([1.0, 2.0])).numpy().item()
5.0
"""

from __future__ import annotations

import builtins
import sys
from functools import cache
from typing import Any

import numpy as np

from .. import _core, _make, _tables
from .._tensor import tensor
from . import _plain

_PLAIN = {name: getattr(_plain, name) for name in _plain.__all__}


def call(module: str, name: str, settings: dict[str, Any], args: tuple, kwargs: dict[str, Any] | None) -> Any:
    """Call the operation of that class; of several results a list."""
    result = _core.op(module, name, settings, args, kwargs)
    if isinstance(result, np.ndarray):
        return tensor(result)
    if isinstance(result, _core.Symbol):
        _connect((module, name, settings), args, kwargs, [result])
    elif isinstance(result, list) and result:
        if isinstance(result[0], _core.Symbol):
            _connect((module, name, settings), args, kwargs, result)
        elif isinstance(result[0], np.ndarray):
            return [tensor(item) for item in result]
    return result


def _connect(operation: tuple, args: tuple, kwargs: dict[str, Any] | None, outputs: list) -> None:
    from .._session import snake_case, unique_name
    from .._symbolic import Node

    Node(None, unique_name(snake_case(operation[1])), args, kwargs or {}, outputs, operation)


@cache
def _summaries() -> dict[tuple[str, str], str]:
    return {(module, name): summary for name, module, _, _, summary in _core.operations()}


def _plain_setting(value: Any) -> Any:
    """Give a setting as files hold it: lists of numbers, names of dtypes."""
    if isinstance(value, (np.generic, np.ndarray)):
        if value.size > 2**20:
            raise ValueError(f"an array of shape {value.shape} is no setting of an operation: it is too large")
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain_setting(item) for item in value]
    if isinstance(value, type) or isinstance(value, np.dtype):
        return np.dtype(value).name
    if isinstance(value, (_core.Variable, _core.Tensor)):
        raise TypeError("a setting of an operation, such as a shape or an axis, is made of plain numbers")
    return value


def _operand(value: Any) -> Any:
    """Give an argument as an array where it is a list of numbers."""
    # Operations that have been looked up stand in this module, and hide Python's own.
    if isinstance(value, (list, tuple)) and value and _core.call_kind(value) == 0:
        parts = [np.asarray(item) for item in value]
        alike = builtins.all(part.shape == parts[0].shape and part.dtype.kind in "biuf" for part in parts)
        if alike and not builtins.any(isinstance(item, (np.ndarray, _core.Variable)) for item in value):
            return np.asarray(value)
    return value


def make(name: str) -> Any:
    """Make the function of that name in the table."""
    operation = _tables.operation(name)
    if operation is None:
        raise AttributeError(f"Cornu has no operation {name!r} yet")
    lists = name == "stack" or (operation.call and operation.call[0] in ("xs", "arrays", "inputs"))
    missing = object()
    settings_null = {parameter: default for parameter, default in _tables.binder("ops", name).defaults.items()}

    def run(bound: dict[str, Any]) -> Any:
        args, kwargs, settings = operation.split(bound)
        settings = {
            key: _plain_setting(value)
            for key, value in settings.items()
            # What is at its default need not be said.
            if value is not None or settings_null.get(key, missing) is not None
        }
        if not lists:
            args = [_operand(arg) for arg in args]
        return call(operation.module, operation.name, settings, tuple(args), kwargs or None)

    summary = _summaries().get((operation.module, operation.name), "")
    return _make.make_function("ops", name, run, summary)


_get, _list, _all = _make.lazy_module(__name__, None, _PLAIN, None, make)
__all__ = sorted({*_all, *_PLAIN})


def __getattr__(name: str) -> Any:
    if name in ("image", "linalg", "nn", "numpy"):
        value = Namespace(name)
        setattr(sys.modules[__name__], name, value)
        return value
    return _get(name)


def __dir__() -> list[str]:
    return __all__


def _resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Give images of another height and width."""
    from ..layers import Resizing

    layer = Resizing(
        *(int(extent) for extent in size),
        interpolation=interpolation,
        crop_to_aspect_ratio=crop_to_aspect_ratio,
        pad_to_aspect_ratio=pad_to_aspect_ratio,
        fill_mode=fill_mode,
        fill_value=fill_value,
        antialias=antialias,
        data_format=data_format,
    )
    images = _plain.convert_to_tensor(images)
    if len(images.shape) == 3:
        return _get("squeeze")(_resize_batch(layer, _get("expand_dims")(images, 0)), 0)
    return _resize_batch(layer, images)


def _resize_batch(layer: Any, images: Any) -> Any:
    dtype = _plain.dtype(images)
    resized = layer(images)
    return resized if dtype.startswith("float") else _get("saturate_cast")(_get("round")(resized), dtype)


_resize.__name__ = "resize"
_IMAGE = {"image.resize": _resize}


class Namespace:
    """A part of `ops` with names of its own: `ops.image.resize`."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self._part}.{name}"
        aliases = _tables.aliases("ops")
        if full in _IMAGE:
            value = _IMAGE[full]
        elif full in _tables.names("ops", "functions"):
            value = make(full)
        else:
            value = getattr(sys.modules[__name__], aliases.get(full, name))
        setattr(self, name, value)
        return value
