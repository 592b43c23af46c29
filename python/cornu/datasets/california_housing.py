"""California housing: median prices of 20,640 districts in 1990 with 8 features."""

from __future__ import annotations

from typing import Any

from ._sources import Arrays, tabular

__all__ = ["load_data"]


def load_data(
    version: str = "large", path: Any = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: features `[rows, 8]` and prices in dollars.

    `version="small"` is the first 600 districts.
    """
    if version not in ("small", "large"):
        raise ValueError(f'version must be "small" or "large", got {version!r}')
    known = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
    rows = 600 if version == "small" else None
    return tabular(path, "california_housing.npz", known, test_split, seed, rows)
