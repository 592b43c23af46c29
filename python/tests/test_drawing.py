"""Drawings of networks."""

import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import pytest

from cornu.utils import model_to_dot, plot_model

GRAPH = [
    ("x", "InputLayer", [], (None, 8)),
    ("a", "Dense", ["x"], (None, 4)),
    ("b", "Dense", ["a"], (None, 4)),
    ("c<1>", "Dense", ["x"], (None, 4)),
    ("sum", "Add", ["b", "c<1>", "x"], (None, 4)),
]


def network(graph=GRAPH):
    layers = [SimpleNamespace(name=row[0], dtype="float32", trainable=True) for row in graph]
    return SimpleNamespace(layers=layers, _graph=lambda: graph)


def boxes(svg):
    root = ElementTree.fromstring(svg)
    return [
        tuple(float(r.get(k)) for k in ("x", "y", "width", "height"))
        for r in root.findall("{*}rect")
        if r.get("rx") is not None
    ], root


@pytest.mark.parametrize("rankdir", ["TB", "LR"])
def test_boxes_do_not_overlap_and_lie_inside(tmp_path, rankdir):
    drawing = plot_model(network(), tmp_path / "m.svg", show_shapes=True, show_dtype=True, rankdir=rankdir)
    assert (tmp_path / "m.svg").read_text() == str(drawing) == drawing._repr_svg_()
    found, root = boxes(str(drawing))
    assert len(found) == len(GRAPH)
    for i, (x, y, w, h) in enumerate(found):
        assert 0 <= x and 0 <= y and x + w <= float(root.get("width")) + 1
        assert y + h <= float(root.get("height")) + 1
        for other_x, other_y, other_w, other_h in found[:i]:
            assert x >= other_x + other_w or other_x >= x + w or y >= other_y + other_h or other_y >= y + h
    paths = [p for p in root.findall("{*}path")]
    assert len(paths) == sum(len(row[2]) for row in GRAPH)
    text = " ".join(t.text for t in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "c<1> (Dense)" in text and "shape: (None, 4)" in text and "dtype: float32" in text


def test_inputs_lie_before_what_uses_them():
    found, _ = boxes(str(plot_model(network(), None)))
    place = {row[0]: box for row, box in zip(GRAPH, found)}
    for name, _, inputs, _ in GRAPH:
        for source in inputs:
            assert place[source][1] + place[source][3] < place[name][1]


def test_dot(tmp_path):
    dot = model_to_dot(network(), show_layer_names=False)
    assert '"b" -> "sum";' in dot.to_string() and 'label="Dense"' in dot.to_string()
    plot_model(network(), tmp_path / "m.dot")
    assert (tmp_path / "m.dot").read_text().startswith("digraph")
    plot_model(network(), tmp_path / "m.png")
    assert (tmp_path / "m.svg").exists() and not (tmp_path / "m.png").exists()


def test_models_that_say_nothing_of_connections():
    plain = SimpleNamespace(layers=[SimpleNamespace(name="a"), SimpleNamespace(name="b")])
    assert len(boxes(str(plot_model(plain, None, show_shapes=True)))[0]) == 2
    with pytest.raises(ValueError, match="no layers"):
        plot_model(network([]), None)
    with pytest.raises(ValueError, match="rankdir"):
        plot_model(network(), None, rankdir="RL")
