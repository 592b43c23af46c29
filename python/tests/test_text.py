"""Layers on texts, vocabularies, hashes and bins."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cornu
from cornu import layers

GOLDENS = Path(__file__).resolve().parents[2] / "crates" / "cornu" / "tests" / "goldens" / "preprocessing.json"
CASES = json.loads(GOLDENS.read_text(encoding="utf-8"))["cases"] if GOLDENS.exists() else []
CASES = [case for case in CASES if case["class_name"] != "Equalization"]
TEXTS = ["The quick brown fox", "the lazy dog!", "A quick dog", "fox, fox; dog"]


def numbers(value: Any) -> np.ndarray:
    """Give an array of the file's."""
    if isinstance(value, dict):
        return np.asarray(value["data"]).reshape(value["shape"])
    return np.asarray(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["class_name"])
def test_as_in_keras(case: dict) -> None:
    layer = getattr(layers, case["class_name"])(**case["config"])
    if "adapt" in case:
        layer.adapt(case["adapt"])
        assert layer.get_vocabulary() == case["vocabulary"]
    if "others" in case:
        found = layer((case["inputs"], case["others"]))
    else:
        # As the file's maker called it: what gives vectors, on a column.
        column = case["class_name"] == "StringLookup" and case["config"]["output_mode"] != "int"
        found = layer([[text] for text in case["inputs"]] if column else case["inputs"])
    if isinstance(case["outputs"], list):
        assert np.asarray(found).tolist() == case["outputs"]
        return
    expected = numbers(case["outputs"])
    assert np.asarray(found).shape == expected.shape
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-5, atol=1e-6)


def test_words() -> None:
    layer = layers.TextVectorization(output_sequence_length=4)
    assert layer.get_vocabulary() == ["", "[UNK]"]
    layer.adapt(TEXTS)
    # Of two as frequent, the later in order comes first.
    learned = ["fox", "dog", "the", "quick", "lazy", "brown", "a"]
    assert layer.get_vocabulary() == ["", "[UNK]", *learned]
    assert layer.vocabulary_size() == len(layer.get_vocabulary()) == 2 + 7
    found = layer(np.array(TEXTS))
    assert found.shape == (4, 4) and found.dtype.kind == "i"
    words = layer.get_vocabulary()
    assert [words[i] for i in np.asarray(found)[1]] == ["the", "lazy", "dog", ""]
    one = layer("dog unknown")
    assert one.shape == (4,) and np.asarray(one).tolist() == [words.index("dog"), 1, 0, 0]
    assert (np.asarray(layer(np.array(TEXTS).reshape(-1, 1))) == np.asarray(found)).all()
    assert (np.asarray(layer(np.array([text.encode() for text in TEXTS]))) == np.asarray(found)).all()
    assert (np.asarray(layer(np.array(TEXTS, dtype=object))) == np.asarray(found)).all()
    again = layers.TextVectorization.from_config(layer.get_config())
    assert again.get_vocabulary() == words and (np.asarray(again(TEXTS)) == np.asarray(found)).all()
    again = pickle.loads(pickle.dumps(layer))  # noqa: S301
    assert (np.asarray(again(TEXTS)) == np.asarray(found)).all()
    again.set_vocabulary(["dog", "cat"])
    assert again.get_vocabulary() == ["", "[UNK]", "dog", "cat"]
    assert again.get_vocabulary(include_special_tokens=False) == ["dog", "cat"]
    assert np.asarray(again("cat dog bird")).tolist() == [3, 2, 1, 0]
    with pytest.raises(ValueError, match="twice"):
        again.set_vocabulary(["a", "a"])


def test_words_of_a_dataset_and_of_a_file(tmp_path: Any) -> None:
    data = cornu.data.Dataset.from_tensor_slices(np.array(TEXTS)).batch(3)
    layer = layers.TextVectorization(max_tokens=5)
    layer.adapt(data)
    assert len(layer.get_vocabulary()) == 5
    other = layers.TextVectorization(max_tokens=5)
    other.adapt(TEXTS)
    assert other.get_vocabulary() == layer.get_vocabulary()
    path = tmp_path / "words.txt"
    path.write_text("\n".join(layer.get_vocabulary()[2:]) + "\n", encoding="utf-8")
    other = layers.TextVectorization(vocabulary=str(path))
    assert other.get_vocabulary() == layer.get_vocabulary()
    found = [np.asarray(batch) for batch in data.map(layer).as_numpy_iterator()]
    assert [len(batch) for batch in found] == [3, 1]


def test_ways_to_give_words_out() -> None:
    for mode in ("multi_hot", "count", "tf_idf"):
        layer = layers.TextVectorization(output_mode=mode, max_tokens=20, pad_to_max_tokens=True)
        layer.adapt(TEXTS)
        found = layer(TEXTS)
        assert found.shape == (4, 20) and found.dtype == np.float32
        assert layer.get_vocabulary()[0] == "[UNK]"
    layer = layers.TextVectorization(standardize=lambda texts: np.char.replace(texts.astype(str), "x", "y"), ngrams=2)
    layer.adapt(["ax bx", "ax"])
    assert set(layer.get_vocabulary()[2:]) == {"ay", "by", "ay by"}
    layer = layers.TextVectorization(split="character", standardize=None)
    layer.adapt(["aab"])
    assert layer.get_vocabulary() == ["", "[UNK]", "a", "b"]


def test_lookups() -> None:
    layer = layers.StringLookup(vocabulary=["a", "b", "c"])
    assert layer.get_vocabulary() == ["[UNK]", "a", "b", "c"] and layer.vocabulary_size() == 4
    assert np.asarray(layer([["a", "c"], ["d", "b"]])).tolist() == [[1, 3], [0, 2]]
    back = layers.StringLookup(vocabulary=layer.get_vocabulary(), invert=True)
    assert back([[1, 3], [0, 2]]).tolist() == [["a", "c"], ["[UNK]", "b"]]
    hot = layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")
    assert np.asarray(hot(["b", "x"])).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert np.asarray(hot([["b"], ["x"]])).tolist() == [[0, 0, 1], [1, 0, 0]]
    many = layers.StringLookup(vocabulary=["a", "b"], output_mode="multi_hot")
    assert np.asarray(many([["b", "x"], ["a", "a"]])).tolist() == [[1, 0, 1], [0, 1, 0]]
    layer = layers.StringLookup(mask_token="", num_oov_indices=2)
    layer.adapt(np.array([["a", "b"], ["a", ""]]))
    assert layer.get_vocabulary() == ["", "[UNK]", "[UNK]", "a", "b"]
    assert np.asarray(layer(["", "a"])).tolist() == [0, 3]
    layer = layers.IntegerLookup()
    layer.adapt(np.array([7, 7, 9, 7, 9, 5]))
    assert layer.get_vocabulary() == [-1, 7, 9, 5]
    assert np.asarray(layer([[5, 6], [7, 9]])).tolist() == [[3, 0], [1, 2]]
    x = cornu.Input((2,), dtype="int64")
    model = cornu.Model(x, layer(x))
    assert model.predict(np.array([[5, 6], [7, 9]]), verbose=0).tolist() == [[3, 0], [1, 2]]


def test_hashes() -> None:
    layer = layers.Hashing(num_bins=3)
    assert np.asarray(layer([["A"], ["B"], ["C"], ["D"], ["E"]])).tolist() == [[1], [0], [1], [1], [2]]
    assert np.asarray(layers.Hashing(num_bins=3, output_mode="one_hot")(["A", "B"])).shape == (2, 3)
    assert np.asarray(layer([[1, 2], [3, 4]])).shape == (2, 2)
    crossing = layers.HashedCrossing(num_bins=5)
    found = np.asarray(crossing((np.array(["A", "B", "A"]), np.array([1, 2, 1]))))
    assert found.shape == (3,) and found[0] == found[2] and (found < 5).all()


def test_bins() -> None:
    data = np.random.default_rng(0).normal(size=(1000, 1)).astype("float32")
    layer = layers.Discretization(num_bins=4)
    layer.adapt(data)
    assert len(layer.get_config()["bin_boundaries"]) == 3
    share = np.bincount(np.asarray(layer(data)).reshape(-1)) / 1000
    assert (abs(share - 0.25) < 0.05).all()
    keras = pytest.importorskip("keras")
    try:
        theirs = keras.layers.Discretization(num_bins=4)
        theirs.adapt(data)
    except ImportError as error:
        pytest.skip(str(error))
    np.testing.assert_allclose(layer.bin_boundaries, theirs.bin_boundaries, atol=1e-4)


def test_moments() -> None:
    data = np.random.default_rng(0).normal(3, 2, size=(500, 4)).astype("float32")
    for given in ({}, {"axis": None}, {"axis": 1}):
        layer = layers.Normalization(**given)
        layer.adapt(data)
        found = np.asarray(layer(data))
        assert abs(found.mean()) < 1e-4 and abs(found.std() - 1) < 1e-3
        assert (np.asarray(layers.Normalization(**given, invert=False)(data)) == data).all()
        keras = pytest.importorskip("keras")
        theirs = keras.layers.Normalization(**given)
        theirs.adapt(data)
        np.testing.assert_allclose(found, np.asarray(theirs(data)), atol=1e-4)
    batches = cornu.data.Dataset.from_tensor_slices(data).batch(100)
    layer = layers.Normalization()
    layer.adapt(batches)
    np.testing.assert_allclose(np.asarray(layer.mean).reshape(-1), data.mean(0), atol=1e-4)
    model = cornu.Sequential([cornu.Input((4,)), layer])
    np.testing.assert_allclose(model.predict(data, verbose=0), (data - data.mean(0)) / data.std(0), atol=1e-4)
