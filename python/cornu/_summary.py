"""Models as tables: in a terminal, and in notebooks."""

from __future__ import annotations

import html as html_module
from typing import Any

import numpy as np


def _rows(model: Any, expand_nested: bool = False, prefix: str = "") -> list[tuple]:
    """Give the layers: name and class, output's shape, number of weights' elements, what they are connected to."""
    found = []
    layers = {layer.name: layer for layer in model.layers}
    for name, cls, sources, shape in model._graph():
        layer = layers.get(name)
        if layer is None and cls == "InputLayer" and prefix == "" and not model._functional:
            continue
        cls = type(layer).__name__ if layer is not None else cls
        count = sum(int(np.prod(w.shape, dtype=np.int64)) for w in layer.weights) if layer is not None else 0
        trained = layer is None or layer._trainable
        found.append((f"{prefix}{name} ({cls})", _text(shape), count, ", ".join(dict.fromkeys(sources)), trained))
        if expand_nested and layer is not None and hasattr(layer, "fit"):
            found += _rows(layer, True, prefix + "  ")
    return found


def _text(shape: Any) -> str:
    if shape is None:
        return "?"
    if isinstance(shape, list):
        return ", ".join(_text(item) for item in shape)
    return str(tuple(shape))


def _totals(model: Any) -> tuple[int, int]:
    size = lambda weights: sum(int(np.prod(w.shape, dtype=np.int64)) for w in weights)  # noqa: E731
    trained = size(model.trainable_weights)
    return trained, size(model.weights) - trained


def _bytes(n: int) -> str:
    value = float(n)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            return f"{value:.2f} {unit}"
        value /= 1024
    return ""


def table(model: Any, expand_nested: bool, show_trainable: bool, layer_range: Any) -> str:
    """Give the model as a table of text."""
    rows = _rows(model, expand_nested)
    if layer_range:
        names = [row[0].strip().partition(" ")[0] for row in rows]
        rows = rows[names.index(layer_range[0]) : names.index(layer_range[1]) + 1]
    branched = any("," in row[3] for row in rows)
    heads = ["Layer (type)", "Output Shape", "Param #"]
    lines = [[row[0], row[1], f"{row[2]:,}"] for row in rows]
    if branched:
        heads.append("Connected to")
        lines = [[*line, row[3]] for line, row in zip(lines, rows, strict=True)]
    if show_trainable:
        heads.append("Trainable")
        lines = [[*line, "Y" if row[4] else "N"] for line, row in zip(lines, rows, strict=True)]
    widths = [
        max(len(head), *(len(line[i]) for line in lines), 0) if lines else len(head) for i, head in enumerate(heads)
    ]
    right = heads.index("Param #")

    def row_text(cells: list[str]) -> str:
        padded = [c.rjust(w) if i == right else c.ljust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))]
        return "│ " + " │ ".join(padded) + " │"

    def rule(left: str, middle: str, end: str, line: str) -> str:
        return left + middle.join(line * (w + 2) for w in widths) + end

    text = [f'Model: "{model.name}"', rule("┌", "┬", "┐", "─"), row_text(heads), rule("├", "┼", "┤", "─")]
    text += [row_text(line) for line in lines]
    text.append(rule("└", "┴", "┘", "─"))
    trained, held = _totals(model)
    text += [
        f" Total params: {trained + held:,} ({_bytes(4 * (trained + held))})",
        f" Trainable params: {trained:,} ({_bytes(4 * trained)})",
        f" Non-trainable params: {held:,} ({_bytes(4 * held)})",
    ]
    if model._core is not None:
        for line in model._core.summary().splitlines():
            if "training" in line.lower() or "operations" in line.lower():
                text.append(f" {line.strip()}")
    return "\n".join(text)


def html(model: Any) -> str:
    """Give the model as a small table and a drawing, for notebooks."""
    escape = html_module.escape
    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td><td>{escape(shape)}</td><td>{count:,}</td></tr>"
        for name, shape, count, _, _ in _rows(model)
    )
    trained, held = _totals(model)
    picture = ""
    try:
        from .utils.drawing import plot_model

        drawing = plot_model(model, to_file=None, show_shapes=True)
        picture = drawing._repr_svg_() if drawing is not None else ""
    except (ValueError, AttributeError):
        # A model that is not made yet has a table alone.
        pass
    return (
        f"<div><b>{escape(type(model).__name__)}</b> {escape(model.name)}: {trained + held:,} parameters, "
        f"{trained:,} of them trained"
        f"<table><thead><tr><th style='text-align:left'>Layer</th><th>Output</th><th>Parameters</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><details><summary>Drawing</summary>{picture}</details></div>"
    )
