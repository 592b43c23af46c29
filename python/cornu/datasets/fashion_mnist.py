"""Fashion-MNIST: 70,000 pictures of clothes in 10 classes."""

from __future__ import annotations

from ..utils.files import get_file
from ._sources import BASE, IDX, Arrays, local_idx, read_idx

__all__ = ["load_data"]


def load_data() -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: bytes `[60000 or 10000, 28, 28]` and classes from 0 to 9.

    They are read from the IDX files in the folder `$CORNU_DATA`, or downloaded once.
    """
    local = local_idx("fashion-mnist", "fashion_mnist")
    if local is not None:
        return local

    def read(name: str):
        return read_idx(get_file(f"{name}.gz", f"{BASE}{name}.gz", cache_subdir="datasets/fashion-mnist"))

    return tuple((read(images), read(labels)) for images, labels in IDX)
