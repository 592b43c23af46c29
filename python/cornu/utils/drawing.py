"""Drawings of a network: SVG, and the language of Graphviz."""

from __future__ import annotations

import os
from html import escape
from typing import Any, NamedTuple


class Box(NamedTuple):
    """One layer of a drawing."""

    name: str
    lines: list[str]
    inputs: list[str]


def plot_model(
    model: Any,
    to_file: Any = "model.svg",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draws the layers of a model with their connections, as SVG; nothing has to be installed.

    Parameters
    ----------
    model : Model
    to_file : path or None
        Where to write it; `.png` becomes `.svg`, `.dot` writes Graphviz's language.
    show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable : bool
        What is said of each layer.
    rankdir : {"TB", "LR"}
        From the top down or from left to right.
    dpi : int
        96 draws in the natural size; the default draws the same, as SVG scales without loss.

    Returns
    -------
    Drawing
        Notebooks show it; `str` of it is the SVG.
    """
    if kwargs:
        raise TypeError(f"plot_model has no argument {next(iter(kwargs))!r}")
    boxes = _boxes(model, show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    drawing = Drawing(_svg(boxes, rankdir))
    if to_file is not None:
        path = os.fspath(to_file)
        base, ending = os.path.splitext(path)
        if ending == ".dot":
            text = _dot(boxes, rankdir)
        else:
            text = drawing.svg
            path = path if ending == ".svg" else base + ".svg"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return drawing


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Dot:
    """The layers of a model with their connections in Graphviz's language; parameters as `plot_model`'s."""
    boxes = _boxes(model, show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    return Dot(_dot(boxes, rankdir), _svg(boxes, rankdir))


class Drawing:
    """An SVG that notebooks show."""

    def __init__(self, svg: str):
        self.svg = svg
        self.data = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<drawing of {len(self.svg)} characters of SVG>"


class Dot(Drawing):
    """A drawing that also knows Graphviz's language."""

    def __init__(self, dot: str, svg: str):
        super().__init__(svg)
        self.dot = dot

    def to_string(self) -> str:
        """The text in Graphviz's language."""
        return self.dot

    def write(self, path: Any, prog: Any = None, format: str = "raw") -> bool:
        """Writes the text, or with `format="svg"` the drawing."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg if format == "svg" else self.dot)
        return True


def _boxes(model: Any, shapes: bool, dtype: bool, names: bool, activations: bool, trainable: bool) -> list[Box]:
    layers = {layer.name: layer for layer in getattr(model, "layers", [])}
    graph = model._graph() if hasattr(model, "_graph") else _graph_of_layers(model)
    if not graph:
        raise ValueError("the model has no layers yet that could be drawn: build it first, or call it once")
    boxes = []
    for name, class_name, inputs, shape in graph:
        layer = layers.get(name)
        lines = [f"{name} ({class_name})" if names else class_name]
        if activations and getattr(layer, "activation", None) is not None:
            function = layer.activation
            lines.append(f"activation: {getattr(function, '__name__', type(function).__name__)}")
        if shapes:
            lines.append(f"shape: {_shape_text(shape)}")
        if dtype:
            lines.append(f"dtype: {getattr(layer, 'compute_dtype', None) or getattr(layer, 'dtype', '?')}")
        if trainable and layer is not None:
            lines.append(f"trainable: {layer.trainable}")
        boxes.append(Box(name, lines, list(inputs)))
    return boxes


def _shape_text(shape: Any) -> str:
    if isinstance(shape, dict):
        return ", ".join(f"{key}: {_shape_text(part)}" for key, part in shape.items())
    if isinstance(shape, list) and shape and isinstance(shape[0], (tuple, list)):
        return ", ".join(_shape_text(part) for part in shape)
    return "?" if shape is None else str(tuple(shape))


def _graph_of_layers(model: Any) -> list[tuple]:
    """The layers one after the other, for models that say nothing of their connections."""
    found, before = [], []
    for layer in model.layers:
        try:
            shape = layer.output.shape
        except (AttributeError, ValueError):
            shape = None
        found.append((layer.name, type(layer).__name__, before, shape))
        before = [layer.name]
    return found


def _dot(boxes: list[Box], rankdir: str) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = ["digraph model {", f"  rankdir={rankdir};", "  node [shape=box, fontname=Helvetica];"]
    lines += [f"  {quoted(box.name)} [label={quoted(chr(10).join(box.lines))}];" for box in boxes]
    lines += [f"  {quoted(source)} -> {quoted(box.name)};" for box in boxes for source in box.inputs]
    return "\n".join([*lines, "}", ""])


_CHARACTER, _LINE, _PADDING = 7.3, 18, 14
_BETWEEN_RANKS, _BETWEEN_BOXES = 40, 30


def _ranks(boxes: list[Box]) -> list[list[str]]:
    """Names by how many layers lie before them; `None` keeps a way free for a longer connection."""
    by_name = {box.name: box for box in boxes}
    depth: dict[str, int] = {}
    for box in boxes:  # inputs come before what uses them, except in what no one can draw in layers
        depth[box.name] = max((depth.get(source, -1) for source in box.inputs if source in by_name), default=-1) + 1
    ranks: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, rank in depth.items():
        ranks[rank].append(name)
    return ranks


def _svg(boxes: list[Box], rankdir: str) -> str:
    """Boxes in layers; each rank is ordered by where its inputs lie, so that few lines cross."""
    if rankdir not in ("TB", "LR"):
        raise ValueError(f'rankdir must be "TB" or "LR", got {rankdir!r}')
    down = rankdir == "TB"
    # A connection over several ranks passes through a point in each rank between.
    nodes: dict[str, list[str]] = {box.name: [] for box in boxes}
    ranks = _ranks(boxes)
    rank_of = {name: i for i, names in enumerate(ranks) for name in names}
    ways: list[list[str]] = []
    for box in boxes:
        for source in box.inputs:
            if source not in rank_of:
                continue
            way = [source]
            for rank in range(rank_of[source] + 1, rank_of[box.name]):
                point = f"{source}\0{box.name}\0{rank}\0{len(ways)}"
                ranks[rank].append(point)
                nodes[point] = [way[-1]]
                way.append(point)
            nodes[box.name].append(way[-1])
            ways.append([*way, box.name])

    size: dict[str, tuple[float, float]] = {name: (12.0, 12.0) for name in nodes}
    for box in boxes:
        width = max(len(line) for line in box.lines) * _CHARACTER + 2 * _PADDING
        size[box.name] = (width, len(box.lines) * _LINE + _PADDING)
    along, across = (0, 1) if down else (1, 0)

    place: dict[str, float] = {}
    for names in ranks:  # by the mean place of what leads to them, and then side by side
        if place:
            means = {n: sum(place[i] for i in nodes[n]) / len(nodes[n]) for n in names if nodes[n]}
            names.sort(key=lambda name: means.get(name, 0.0))
        else:
            means = {}
        total = sum(size[name][along] for name in names) + _BETWEEN_BOXES * (len(names) - 1)
        at = (sum(means.values()) / len(means) if means else 0.0) - total / 2
        for name in names:
            place[name] = at + size[name][along] / 2
            at += size[name][along] + _BETWEEN_BOXES

    least = min(place[name] - size[name][along] / 2 for name in nodes)
    most = max(place[name] + size[name][along] / 2 for name in nodes)
    deep, at = {}, 10.0
    for names in ranks:
        height = max(size[name][across] for name in names)
        for name in names:
            deep[name] = at + height / 2
        at += height + _BETWEEN_RANKS
    breadth, depth = most - least + 20, at - _BETWEEN_RANKS + 10

    def point(name: str, side: float = 0.0) -> tuple[float, float]:
        a, d = place[name] - least + 10, deep[name] + side * size[name][across] / 2
        return (a, d) if down else (d, a)

    width, height = (breadth, depth) if down else (depth, breadth)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="12">',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
    ]
    for way in ways:
        points = [point(way[0], 1.0), *(point(name) for name in way[1:-1]), point(way[-1], -1.0)]
        path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<path d="{path}" fill="none" stroke="#555" marker-end="url(#arrow)"/>')
    for box in boxes:
        x, y = point(box.name)
        w, h = size[box.name]
        parts.append(
            f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="4" '
            'fill="#eef3fb" stroke="#3b5b8c"/>'
        )
        for i, line in enumerate(box.lines):
            below = y - h / 2 + _PADDING / 2 + (i + 0.72) * _LINE
            weight = ' font-weight="bold"' if i == 0 else ""
            parts.append(f'<text x="{x:.1f}" y="{below:.1f}" text-anchor="middle"{weight}>{escape(line)}</text>')
    return "\n".join([*parts, "</svg>", ""])
