"""Layers that work on data before a model: texts, vocabularies, hashes, bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core
from ._layer import Layer, call_kind
from ._structure import leaves
from ._tensor import tensor

_CLASSES = {
    "Discretization": ("adapt",),
    "HashedCrossing": ("__call__",),
    "Hashing": ("__call__",),
    "IntegerLookup": ("__call__", "_configure", "adapt", "finalize_state", "get_vocabulary", "reset_state")
    + ("set_vocabulary", "vocabulary_size"),
    "Normalization": ("adapt",),
    "StringLookup": ("__call__", "_configure", "adapt", "finalize_state", "get_vocabulary", "reset_state")
    + ("set_vocabulary", "vocabulary_size"),
    "TextVectorization": ("__call__", "_configure", "adapt", "finalize_state", "get_vocabulary", "reset_state")
    + ("set_vocabulary", "vocabulary_size"),
}


def extend(cls: type) -> None:
    """Give a class of layers what it does to data before a model."""
    for name in _CLASSES.get(cls.__name__, ()):
        part = {"Discretization": _learn_bins, "Normalization": _learn_moments}.get(cls.__name__)
        setattr(cls, name, _PARTS[name] if part is None else part)


def _on_data(layer: Any) -> Any:
    """Give the engine's part that works on data; made anew when what it knows has changed."""
    kept = layer.__dict__.get("_on_data")
    if kept is None or kept[0] is not layer._fields:
        fields = layer._fields
        if callable(layer._bound.get("standardize")):
            fields = {**fields, "standardize": None}
        kept = layer.__dict__["_on_data"] = (layer._fields, _core.OnData(layer._class_name(), fields))
    return kept[1]


def _configure(self: Any, bound: dict[str, Any]) -> None:
    for name in ("vocabulary", "idf_weights"):
        if name in bound:
            bound[name] = _listed(bound[name])
    if callable(bound.get("split")):
        raise ValueError("TextVectorization: split is 'whitespace', 'character' or None here, not a function")
    if callable(bound.get("standardize")):
        # A function of one's own is applied before the engine sees the texts.
        Layer._configure(self, {**bound, "standardize": None})
        self._bound["standardize"] = bound["standardize"]
        return
    Layer._configure(self, bound)


def _listed(values: Any) -> Any:
    """Give a vocabulary as a list: that of a file, a line each, or of an array."""
    if isinstance(values, str):
        with open(values, encoding="utf-8") as file:
            return [line.rstrip("\n").rstrip("\r") for line in file]
    if values is None:
        return None
    return [item.decode() if isinstance(item, bytes) else item for item in np.asarray(values).tolist()]


def _texts(data: Any) -> np.ndarray:
    """Give texts as an array of Python's."""
    data = data.numpy() if hasattr(data, "numpy") else data
    array = np.asarray(data)
    if array.dtype.kind in "SO":
        decode = np.frompyfunc(lambda item: item.decode() if isinstance(item, bytes) else str(item), 1, 1)
        array = np.asarray(decode(array), dtype=object)
    elif array.dtype.kind != "U" and array.dtype.kind != "T":
        raise TypeError(f"expects texts, got numbers of {array.dtype}")
    return array


def _batches(data: Any, steps: int | None) -> list:
    """Give the parts of what a layer learns from."""
    if not hasattr(data, "as_numpy_iterator") and not hasattr(data, "__getitem__") and hasattr(data, "__iter__"):
        data = list(data)
    elif hasattr(data, "as_numpy_iterator"):
        data = [leaves(batch)[0] for batch in data.as_numpy_iterator()]
    else:
        return [data]
    return data[:steps] if steps else data


def adapt(self: Any, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
    """Learn the vocabulary from data, the most frequent first.

    Parameters
    ----------
    data : array, list or Dataset
        The texts, or what is looked up.
    batch_size, steps : int, optional
        How many batches of a dataset are looked at, all unless given.
    """
    parts = _batches(data, steps)
    if self._class_name() == "IntegerLookup":
        arrays = [np.asarray(part) for part in parts]
        rows = [array.reshape(len(array) if array.ndim else 1, -1) for array in arrays]
        alike = all(row.shape[1] == rows[0].shape[1] for row in rows)
        joined = np.concatenate(rows if alike else [row.reshape(-1, 1) for row in rows])
        _on_data(self).adapt(joined.astype("int64"))
    elif self._class_name() == "TextVectorization":
        _on_data(self).adapt([text for part in parts for text in _standardized(self, _texts(part))])
    else:
        arrays = [_texts(part) for part in parts]
        _on_data(self).adapt([row for array in arrays for row in _rows(array)])
    _take(self)


def _rows(array: np.ndarray) -> list[list[str]]:
    return array.reshape(len(array) if array.ndim else 1, -1).tolist()


def _standardized(layer: Any, array: np.ndarray) -> list[str]:
    """Give the texts of an array, one a sample."""
    if array.ndim > 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim > 1:
        raise ValueError(f"{layer.name} expects a text a sample, got texts of shape {array.shape}")
    function = layer._bound.get("standardize")
    if callable(function):
        array = _texts(function(array))
    return array.reshape(-1).tolist()


def _take(layer: Any) -> None:
    """Make what was learned part of the layer."""
    learned = _on_data(layer).config()
    known = layer.__dict__["_on_data"][1]
    for name in ("vocabulary", "idf_weights", "vocabulary_size", "bin_boundaries"):
        if name in learned:
            layer._bound[name] = learned[name]
            layer._fields = {**layer._fields, name: learned[name]}
    layer.__dict__["_on_data"] = (layer._fields, known)
    layer._engine_layer = None
    layer._alone.clear()


def _special(layer: Any, mode: Any = None) -> list:
    """Give what stands in front of the vocabulary."""
    given = layer._bound
    if layer._class_name() == "TextVectorization":
        mask, unknown = "", ["[UNK]"]
    else:
        mask, unknown = given["mask_token"], [given["oov_token"]] * given["num_oov_indices"]
    masked = mask is not None and given["output_mode"] == "int"
    return ([mask] if masked else []) + unknown


def _own(layer: Any) -> list:
    """Give the vocabulary without what stands in front."""
    vocabulary = list(layer._fields.get("vocabulary") or [])
    special = _special(layer)
    return vocabulary[len(special) :] if special and vocabulary[: len(special)] == special else vocabulary


def get_vocabulary(self: Any, include_special_tokens: bool = True) -> list:
    """Give the vocabulary by its numbers.

    Parameters
    ----------
    include_special_tokens : bool
        Whether with those of no token and of unknown tokens.
    """
    return [*_special(self), *_own(self)] if include_special_tokens else _own(self)


def vocabulary_size(self: Any) -> int:
    """Give how many numbers there are."""
    return len(get_vocabulary(self))


def set_vocabulary(self: Any, vocabulary: Any, idf_weights: Any = None) -> None:
    """Set the vocabulary, and the weights of its tokens for ``tf_idf``.

    Parameters
    ----------
    vocabulary : list, array or str
        The tokens in order, or the path of a file with a token a line.
    idf_weights : list or array, optional
        The weights.
    """
    vocabulary, weights = _listed(vocabulary), _listed(idf_weights)
    special = _special(self)
    own = vocabulary[len(special) :] if special and vocabulary[: len(special)] == special else vocabulary
    if len(set(own)) < len(own):
        twice = next(token for token in own if own.count(token) > 1)
        raise ValueError(f"{self.name} expects each token of the vocabulary once, got {twice!r} twice")
    limit = self._bound.get("max_tokens")
    if limit is not None and len(own) + len(special) > limit:
        raise ValueError(f"{self.name} expects at most {limit} tokens, got {len(own) + len(special)}")
    if (weights is None) == (self._bound["output_mode"] == "tf_idf"):
        raise ValueError(f"{self.name} takes idf_weights for output_mode tf_idf, and for no other")
    if weights is not None and len(weights) != len(vocabulary):
        raise ValueError(f"{self.name} expects {len(vocabulary)} weights, got {len(weights)}")
    changed = {"vocabulary": vocabulary, "idf_weights": weights, "vocabulary_size": len(special) + len(own)}
    self._bound.update(changed)
    self._fields = {**self._fields, **changed}
    self._engine_layer = None
    self._alone.clear()


def reset_state(self: Any) -> None:
    """Forget what was learned."""
    if self.__dict__.get("_on_data") is not None:
        changed = {"vocabulary": None, "idf_weights": None, "vocabulary_size": None}
        self._bound.update(changed)
        self._fields = {**self._fields, **changed}
        self._engine_layer = None


def finalize_state(self: Any) -> None:
    """Do nothing: what is learned is in force at once."""


def _call(self: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
    if call_kind((inputs, *args), kwargs) != 0:
        return Layer.__call__(self, inputs, *args, **kwargs)
    self.built = True
    kind = self._class_name()
    if kind == "HashedCrossing":
        return _crossed(self, inputs)
    if kind == "TextVectorization":
        array = _texts(inputs)
        result = _on_data(self).apply(_standardized(self, array))
        return tensor(_of_dtype(self, result[0] if array.ndim == 0 else result))
    if self._bound.get("invert"):
        numbers = np.asarray(inputs)
        tokens = np.asarray(_on_data(self).tokens_at(numbers.reshape(-1)), None if kind == "IntegerLookup" else object)
        return tensor(tokens.reshape(numbers.shape)) if kind == "IntegerLookup" else tokens.reshape(numbers.shape)
    array = np.asarray(inputs) if kind == "IntegerLookup" else _column(inputs)
    mode = self._bound["output_mode"]
    if kind == "Hashing":
        apply = _hashes
    elif kind == "IntegerLookup":
        apply = _numbers
    else:
        apply = _strings
    if mode == "int":
        result = apply(self, array.reshape(-1, 1)).reshape(array.shape)
    elif mode == "one_hot":
        shape = array.shape[:-1] if array.ndim and array.shape[-1] == 1 else array.shape
        result = apply(self, array.reshape(-1, 1))
        result = result.reshape(*shape, result.shape[-1])
    else:
        # A sample's vector for all of its tokens; what has one axis is one sample.
        result = apply(self, array.reshape(-1, array.shape[-1] if array.ndim else 1))
        result = result.reshape(*array.shape[:-1], result.shape[-1])
    return tensor(_of_dtype(self, result))


def _column(data: Any) -> np.ndarray:
    """Give texts or whole numbers as an array."""
    array = np.asarray(data.numpy() if hasattr(data, "numpy") else data)
    return array.astype("int64") if array.dtype.kind in "iub" else _texts(array)


def _strings(layer: Any, array: np.ndarray) -> np.ndarray:
    return _on_data(layer).apply(_texts(array).tolist())


def _numbers(layer: Any, array: np.ndarray) -> np.ndarray:
    return _on_data(layer).apply(array.astype("int64"))


def _hashes(layer: Any, array: np.ndarray) -> np.ndarray:
    result = np.asarray(_on_data(layer).apply(array.reshape(-1).tolist()))
    if result.ndim == 1 or array.shape[1] == 1:
        return result
    # The vectors of a sample's values as one.
    vectors = result.reshape(*array.shape, -1)
    return vectors.sum(1) if layer._bound["output_mode"] == "count" else vectors.max(1)


def _crossed(layer: Any, inputs: Any) -> Any:
    columns = [_column(column) for column in inputs]
    result = np.asarray(_on_data(layer).apply([column.reshape(-1).tolist() for column in columns]))
    shape = columns[0].shape
    if result.ndim > 1:
        shape = (*(shape[:-1] if shape and shape[-1] == 1 else shape), result.shape[-1])
    return tensor(_of_dtype(layer, result.reshape(shape)))


def _of_dtype(layer: Any, result: Any) -> np.ndarray:
    """Give numbers of places as whole numbers, vectors as floats, as Keras does."""
    result = np.asarray(result)
    if layer._bound.get("output_mode", "int") == "int":
        return result.astype("int64")
    return result.astype("float32")


def _learn_bins(self: Any, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
    """Find the boundaries of bins in data, each of which holds as many of its numbers."""
    parts = [np.asarray(part, "float32").reshape(-1) for part in _batches(data, steps)]
    _on_data(self).adapt(np.concatenate(parts))
    _take(self)


def _learn_moments(self: Any, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
    """Learn mean and variance from data."""
    parts = [np.asarray(part, "float64") for part in _batches(data, steps)]
    data = parts[0] if len(parts) == 1 else np.concatenate(parts)
    axis = self._bound.get("axis", -1)
    axes = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    keep = {a % data.ndim for a in axes}
    over = tuple(a for a in range(data.ndim) if a not in keep)
    mean, variance = data.mean(over), data.var(over)
    if not self.built:
        self.compute_output_shape((None, *data.shape[1:]))
    by_name = {name.rpartition("/")[2]: weight for name, weight in self._weights.items()}
    by_name["mean"].assign(np.reshape(mean, by_name["mean"].shape).astype("float32"))
    by_name["variance"].assign(np.reshape(variance, by_name["variance"].shape).astype("float32"))
    if "count" in by_name:
        by_name["count"].assign(np.asarray(data.size // max(mean.size, 1)))


_PARTS = {
    "__call__": _call,
    "_configure": _configure,
    "adapt": adapt,
    "finalize_state": finalize_state,
    "get_vocabulary": get_vocabulary,
    "reset_state": reset_state,
    "set_vocabulary": set_vocabulary,
    "vocabulary_size": vocabulary_size,
}
