"""IMDB: 50,000 film reviews as word numbers, with their sentiment."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ._sources import Arrays, cached, limited, load_npz_of_lists, words

__all__ = ["get_word_index", "load_data"]


def load_data(
    path: Any = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> Arrays:
    """`(x_train, y_train), (x_test, y_test)`: lists of word numbers, by frequency, and 0 or 1.

    Parameters
    ----------
    path : path
    num_words, skip_top : int
        Words to keep: only the most frequent, without the `skip_top` first.
    maxlen : int, optional
        Reviews that are not shorter are left out.
    seed : int
        Of the order.
    start_char, oov_char : int or None
        What stands at the beginning, and for words that are not kept.
    index_from : int
        What is added to the numbers of words.
    """
    known = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
    file = load_npz_of_lists(cached(path, "imdb.npz", known))
    draw = np.random.RandomState(seed)  # one for both parts, one after the other
    x_train, y_train = words(file["x_train"], file["y_train"], draw, maxlen, start_char, index_from)
    x_test, y_test = words(file["x_test"], file["y_test"], draw, maxlen, start_char, index_from)
    both = limited([*x_train, *x_test], num_words, skip_top, oov_char)
    return (both[: len(x_train)], y_train), (both[len(x_train) :], y_test)


def get_word_index(path: Any = "imdb_word_index.json") -> dict[str, int]:
    """The number of each word, before `index_from` is added."""
    with open(cached(path, "imdb_word_index.json", "bfafd718b763782e994055a2d397834f"), encoding="utf-8") as file:
        return json.load(file)
