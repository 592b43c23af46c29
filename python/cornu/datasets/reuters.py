"""Reuters: 11,228 news as word numbers, in 46 topics."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ._sources import Arrays, cached, limited, load_npz_of_lists, words

__all__ = ["get_label_names", "get_word_index", "load_data"]

_TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship "
    "cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-"
    "metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver "
    "wpi hog lead"
)


def load_data(
    path: Any = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: lists of word numbers, by frequency, and topics.

    Parameters are those of `imdb.load_data`; `test_split` is the fraction held back.
    """
    known = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
    file = load_npz_of_lists(cached(path, "reuters.npz", known))
    x, y = words(file["x"], file["y"], np.random.RandomState(seed), maxlen, start_char, index_from)
    x = limited(x, num_words, skip_top, oov_char)
    at = int(len(x) * (1 - test_split))
    return (x[:at], y[:at]), (x[at:], y[at:])


def get_word_index(path: Any = "reuters_word_index.json") -> dict[str, int]:
    """The number of each word, before `index_from` is added."""
    known = "4d44cc38712099c9e383dc6e5f11a921"
    with open(cached(path, "reuters_word_index.json", known), encoding="utf-8") as file:
        return json.load(file)


def get_label_names() -> tuple[str, ...]:
    """The topics by their numbers."""
    return tuple(_TOPICS.split())
