"""Preparing sequences."""

from __future__ import annotations

from ..utils.arrays import pad_sequences

__all__ = ["pad_sequences"]
