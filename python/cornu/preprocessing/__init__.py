"""Data preparation under the names of older scripts; see `cornu.utils`."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "image",
    "image_dataset_from_directory",
    "sequence",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]


def __getattr__(name: str) -> Any:
    if name in ("image", "sequence"):
        return importlib.import_module(f".{name}", __name__)
    if name in __all__:
        from .. import utils

        return getattr(utils, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
