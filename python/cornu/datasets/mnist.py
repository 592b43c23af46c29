"""MNIST: 70,000 handwritten digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._sources import Arrays, cached, local_idx

__all__ = ["load_data"]


def load_data(path: Any = "mnist.npz") -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: bytes `[60000 or 10000, 28, 28]` and digits.

    They are read from `path` where a file lies there, from the IDX files in the folder `$CORNU_DATA`, or
    downloaded once.
    """
    local = local_idx("mnist") if str(path) == "mnist.npz" else None
    if local is not None:
        return local
    known = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    with np.load(cached(path, "mnist.npz", known), allow_pickle=False) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
