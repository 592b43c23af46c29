"""Boston housing: 506 prices of the 1970s with 13 features.

One of the features is made from the share of Black residents, so the data suit few purposes;
`california_housing` is a better choice.
"""

from __future__ import annotations

from typing import Any

from ._sources import Arrays, tabular

__all__ = ["load_data"]


def load_data(path: Any = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: features `[rows, 13]` and prices in thousands of dollars."""
    known = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
    return tabular(path, "boston_housing.npz", known, test_split, seed, None)
