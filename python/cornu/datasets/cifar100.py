"""CIFAR-100: 60,000 color pictures in 100 classes, which form 20 groups."""

from __future__ import annotations

from ._sources import Arrays, cifar

__all__ = ["load_data"]


def load_data(label_mode: str = "fine") -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: bytes `[50000 or 10000, 32, 32, 3]` and classes `[rows, 1]`.

    `label_mode="coarse"` gives the groups instead of the classes.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f'label_mode must be "fine" or "coarse", got {label_mode!r}')
    return cifar(
        "cifar-100-python",
        "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        (["train"], "test"),
        f"{label_mode}_labels".encode(),
    )
