"""CIFAR-10: 60,000 color pictures in 10 classes."""

from __future__ import annotations

from ._sources import Arrays, cifar

__all__ = ["load_data"]


def load_data() -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: bytes `[50000 or 10000, 32, 32, 3]` and classes `[rows, 1]`."""
    return cifar(
        "cifar-10-batches-py",
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        ([f"data_batch_{i}" for i in range(1, 6)], "test_batch"),
        b"labels",
    )
