"""What layers are called on, alone or held together: its structure, its shapes, its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _core, _session, config
from ._structure import leaves
from ._symbolic import KerasTensor


def flatten(value: Any, flat: list) -> Any:
    """Put the tensors in `value` into `flat`, and give how they are held together."""
    if isinstance(value, dict):
        return ("dict", [(key, flatten(value[key], flat)) for key in value])
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return (kind, [flatten(item, flat) for item in value])
    flat.append(value)
    return None


def unflatten(structure: Any, items: Iterator) -> Any:
    """Give tensors as they were held together."""
    if structure is None:
        return next(items)
    kind, parts = structure
    if kind == "dict":
        return {key: unflatten(part, items) for key, part in parts}
    made = [unflatten(part, items) for part in parts]
    return made if kind == "list" else tuple(made)


def _has_shape(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_has_shape(item) for item in value)
    if isinstance(value, dict):
        return bool(value) and all(_has_shape(item) for item in value.values())
    return hasattr(value, "shape")


def _shape_of(value: Any) -> Any:
    """Give the shape of what a layer is called on, with `None` for the batch."""
    if isinstance(value, (list, tuple)):
        return [_shape_of(item) for item in value]
    if isinstance(value, dict):
        return {key: _shape_of(item) for key, item in value.items()}
    shape = tuple(value.shape)
    return (None, *shape[1:]) if shape and not isinstance(value, KerasTensor) else shape


def _symbol_like(shape: Any) -> Any:
    from ._symbolic import input_symbol

    if isinstance(shape, dict):
        return {key: _symbol_like(item) for key, item in shape.items()}
    if isinstance(shape, list) and shape and isinstance(shape[0], (list, tuple)):
        return [_symbol_like(item) for item in shape]
    return input_symbol(shape, config.floatx(), _session.unique_name("shape_only"))


def _numbers(value: Any) -> Any:
    """Give what a layer is called on as arrays."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if value and any(hasattr(item, "shape") or isinstance(item, (dict, str)) for item in leaves(value)):
            return [_numbers(item) for item in value]
        value = np.asarray(value)
    elif isinstance(value, _core.Variable):
        value = value.numpy()
    elif value is None or isinstance(value, (bool, str)):
        return value
    else:
        from ._adapters import to_numpy

        value = to_numpy(value) if not isinstance(value, np.ndarray) else value
    if value.dtype == np.float64:
        value = value.astype(config.floatx())
    return np.asarray(value)


def _outline(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((key, _outline(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(_outline(item) for item in value)
    return isinstance(value, np.ndarray)
