"""Where messages go: to the standard output, as progress bars do, or to the log."""

from __future__ import annotations

import logging
import sys

_interactive = True


def enable_interactive_logging() -> None:
    """Messages go to the standard output."""
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Messages go to the logger `cornu`."""
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Whether messages go to the standard output."""
    return _interactive


def say(message: str, end: str = "\n") -> None:
    """Prints `message`, also where the terminal cannot show all of its characters."""
    if not _interactive:
        logging.getLogger("cornu").info(message)
        return
    try:
        sys.stdout.write(message + end)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        plain = message.replace("━", "-").encode(encoding, "replace").decode(encoding)
        sys.stdout.write(plain + end)
    sys.stdout.flush()
