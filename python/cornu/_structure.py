"""Nested data: tuples, lists and dicts whose leaves are arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_NESTED = (tuple, list, dict)


def is_nested(value: Any) -> bool:
    """Whether `value` is a tuple, a list or a dict."""
    return isinstance(value, _NESTED)


def rebuild(like: Any, parts: Iterable) -> Any:
    """`parts` in a container like `like`; a dict keeps its keys, a named tuple its class."""
    if isinstance(like, dict):
        return type(like)(zip(like, parts)) if type(like) is not dict else dict(zip(like, parts))
    if hasattr(like, "_fields"):
        return type(like)(*parts)
    return type(like)(parts)


def map_leaves(function: Callable, value: Any) -> Any:
    """`value` with `function` applied to each leaf."""
    if type(value) is tuple:  # by far the most common, once for each element of a dataset
        return tuple([map_leaves(function, p) if isinstance(p, _NESTED) else function(p) for p in value])
    if isinstance(value, dict):
        return rebuild(value, [map_leaves(function, part) for part in value.values()])
    if isinstance(value, (tuple, list)):
        return rebuild(value, [map_leaves(function, part) for part in value])
    return function(value)


def leaves(value: Any) -> list:
    """The leaves of `value`, in order."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, (tuple, list)):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def zip_leaves(function: Callable, values: list) -> Any:
    """One structure from several alike: `function` gets the list of leaves that stand at one place."""
    first = values[0]
    if isinstance(first, dict):
        return rebuild(first, [zip_leaves(function, [value[key] for value in values]) for key in first])
    if isinstance(first, (tuple, list)):
        width = len(first)
        if any(len(value) != width for value in values):
            sizes = sorted({len(value) for value in values})
            raise ValueError(f"the elements of a dataset must have the same parts; found {sizes} parts")
        return rebuild(first, [zip_leaves(function, [value[i] for value in values]) for i in range(width)])
    return function(values)
