"""The committed `.pyi` files."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[1] / "tools"


def test_stubs_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare them with what the table of signatures gives."""
    if not TOOLS.is_dir():
        pytest.skip("needs the repository's tools")
    monkeypatch.syspath_prepend(str(TOOLS))
    for name in ("sources", "stubs"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    stubs = importlib.import_module("stubs")
    for path, text in stubs.stubs().items():
        ast.parse(text)
        assert path.read_text(encoding="utf-8") == text, "run `python python/tools/stubs.py`"
