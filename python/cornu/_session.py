"""What concerns the whole process: names, numbers, seeds."""

from __future__ import annotations

import itertools
import re
import threading
from typing import Any

from . import _core

_ids = itertools.count(1)
_names: dict[str, int] = {}
_seed = 0
_drawn = itertools.count()
_threads = 0


def next_id() -> int:
    """Give a number that nothing else has."""
    return next(_ids)


def snake_case(name: str) -> str:
    """Write a class's name as layers are named: `BatchNormalization` becomes `batch_normalization`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(stem: str) -> str:
    """Give `stem`, numbered from the second time on."""
    n = _names.get(stem, 0)
    _names[stem] = n + 1
    return stem if n == 0 else f"{stem}_{n}"


def set_seed(seed: int) -> None:
    """Draw all that is random from this seed from now on; it is 0 in a new process.

    Parameters
    ----------
    seed : int
        Any whole number.
    """
    global _seed, _drawn
    _seed = int(seed)
    _drawn = itertools.count()


def next_seed() -> int:
    """Give the seed of what is random next: another each time, the same in each run of a program."""
    # Numbers apart by the golden ratio of 2^63 fall nowhere near one another.
    return (_seed * 0x2545F4914F6CDD1D + next(_drawn) * 0x4F1BBCDCBFA53E0B) & 0x7FFFFFFFFFFFFFFF


def set_threads(threads: int) -> None:
    """Let models that are built from now on run on up to so many threads; 0, the default, for all that there are.

    Results do not depend on it.
    """
    global _threads
    _threads = int(threads)


def threads() -> int:
    """Give how many threads models run on at most."""
    return _threads


def clear_session() -> None:
    """Forget the names given so far."""
    _names.clear()
    _core.clear_plans()


class _Tracing(threading.local):
    """The layers whose calls are being described on this thread, the innermost last."""

    def __init__(self) -> None:
        self.layers: list[Any] = []


tracing = _Tracing()
