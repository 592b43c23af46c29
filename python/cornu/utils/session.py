"""What concerns the whole process: seeds, names, symbols."""

from __future__ import annotations

import random
from typing import Any

import numpy as np


def set_random_seed(seed: int) -> None:
    """Seeds Python's, NumPy's and the engine's random numbers, so that runs can be repeated."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ValueError(f"seed must be an integer, got {seed!r}")
    from .. import _session

    random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)
    _session.set_seed(int(seed))


def clear_session(free_memory: bool = True) -> None:
    """Forgets the names given so far, so that those of new layers are counted from the beginning."""
    from .. import _session

    _session.clear_session()
    if free_memory:
        import gc

        gc.collect()


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is symbolic: the output of a layer in a model that is being connected."""
    from .. import KerasTensor

    return isinstance(x, KerasTensor)
