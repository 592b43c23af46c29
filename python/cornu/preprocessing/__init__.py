"""Preparing data: images, sequences."""

from __future__ import annotations

from . import image, sequence

__all__ = ["image", "sequence"]
