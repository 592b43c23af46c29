"""The progress bar of training."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from .messages import say

_BOLD, _GREEN, _WHITE, _END = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


class Progbar:
    """A bar that shows how far a loop is, how fast, and the metrics.

    Parameters
    ----------
    target : int or None
        Steps in all, `None` if not known.
    width : int
        Characters of the bar.
    verbose : {0, 1, 2}
        Nothing, a bar, or a line at the end.
    interval : float
        Seconds that at least pass between two drawings.
    stateful_metrics, stateless_metrics : iterable of str, optional
        Names of metrics that are shown as they come, or those that are averaged; by default all are averaged.
    unit_name : str
        What is counted.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ):
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("give stateful_metrics or stateless_metrics, not both")
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = None if stateless_metrics is not None else set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._rewrites = _rewrites_lines()
        self._current = 0
        self._totals: dict[str, tuple[Any, float]] = {}
        self._start = time.time()
        self._after_first: float | None = None
        self._drawn_at = 0.0
        self._drawn_width = 0

    def update(self, current: int, values: Iterable | None = None, finalize: bool | None = None) -> None:
        """Shows step `current`.

        Parameters
        ----------
        current : int
            Steps done so far.
        values : iterable of (name, value), optional
            Metrics of the steps since the last call; a third, if there is one, is ignored.
        finalize : bool, optional
            Whether this is the last call; by default it is when `target` is reached.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        steps = max(current - self._current, 1)
        for name, value, *_ in values or ():
            self._note(name, value, steps, finalize)
        self._current = current
        now = time.time()
        pace = self._pace(current, now)
        if self.verbose == 1 and (finalize or now - self._drawn_at >= self.interval):
            self._draw(current, now, pace, finalize)
            self._drawn_at = now
        elif self.verbose == 2 and finalize and self.target:
            say(f"{self._count()} - {now - self._start:.0f}s - {self._speed(pace)}{self._metrics()}")

    def add(self, n: int, values: Iterable | None = None) -> None:
        """Shows `n` steps more."""
        self.update(self._current + n, values)

    def _note(self, name: str, value: Any, steps: int, finalize: bool) -> None:
        if self.stateless_metrics is not None:
            averaged = name in self.stateless_metrics
        else:
            averaged = name not in self.stateful_metrics
        if not averaged or finalize:  # what the last call says is the result of the whole epoch
            self._totals[name] = (value, 1)
            return
        total, count = self._totals.get(name, (0.0, 0))
        self._totals[name] = (total + value * steps, count + steps)

    def _pace(self, current: int, now: float) -> float:
        """Seconds a step; the first, which prepares much, does not count where there are others."""
        if not current:
            return 0.0
        if self._after_first is not None and current > 1:
            return (now - self._after_first) / (current - 1)
        if current == 1:
            self._after_first = now
        return (now - self._start) / current

    def _count(self) -> str:
        return f"{self._current:{len(str(self.target))}d}/{self.target}"

    def _speed(self, pace: float) -> str:
        if pace >= 1 or pace == 0:
            return f"{pace:.0f}s/{self.unit_name}"
        if pace >= 1e-3:
            return f"{pace * 1e3:.0f}ms/{self.unit_name}"
        return f"{pace * 1e6:.0f}us/{self.unit_name}"

    def _metrics(self) -> str:
        parts = []
        for name, (total, count) in self._totals.items():
            if isinstance(total, str):
                parts.append(f" - {name}: {total}")
                continue
            value = float(np.mean(total)) / max(1, count)
            parts.append(f" - {name}: {value:.4f}" if abs(value) > 1e-3 else f" - {name}: {value:.4e}")
        return "".join(parts)

    def _draw(self, current: int, now: float, pace: float, finalize: bool) -> None:
        if self.target:
            done = min(self.width, int(self.width * current / self.target))
            count, bar = self._count(), "━" * self.width
            colored = f"{_BOLD}{count}{_END} "
            colored += f"{_GREEN}{bar[:done]}{_END}" if done else ""
            colored += f"{_WHITE}{bar[done:]}{_END}"
        else:
            count, bar = f"{current:7d}/Unknown", ""
            colored = count
        if self.target and not finalize:
            seconds = _duration(pace * (self.target - current))
        else:
            seconds = f"{now - self._start:.0f}s"
        rest = f" {self._speed(pace)}{self._metrics()}"
        width = len(count) + len(bar) + (1 if bar else 0) + 1 + len(seconds) + len(rest)
        line = f"{colored} {_BOLD}{seconds}{_END}{rest}" + " " * max(0, self._drawn_width - width)
        if self._rewrites:
            line = "\b" * self._drawn_width + "\r" + line
        else:
            line = "\n" + line
        say(line, "\n" if finalize else "")
        self._drawn_width = width


def _duration(seconds: float) -> str:
    whole = int(seconds)
    if seconds > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if seconds > 60 else f"{whole}s"


def _rewrites_lines() -> bool:
    """Whether a line can be drawn over: in terminals, in notebooks, and wherever a file is read by people."""
    terminal = getattr(sys.stdout, "isatty", lambda: False)()
    return terminal or "ipykernel" in sys.modules or "posix" in sys.modules or "PYCHARM_HOSTED" in os.environ
