"""What `fit`, `evaluate` and `predict` are given, whatever it is, as NumPy arrays or as batches of them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ._elements import _in_pool
from ._structure import leaves, map_leaves
from .data import Dataset

Triple = tuple[Any, Any, Any]


class Batches(NamedTuple):
    """Training data ready to be taken in batches.

    Attributes
    ----------
    kind : str
        "arrays", "dataset", "py_dataset", "torch" or "generator".
    make_iterator : callable
        Begins a pass: an iterator over `(x, y, sample_weight)`, `None` for what is not there. For
        "generator" each call goes on where the last pass stopped, as there is only one.
    length : int or None
        Batches in a pass, `None` where that is not known.
    arrays : tuple or None
        For "arrays": the whole `(x, y, sample_weight)`, so that batches can be taken elsewhere.
    batch_size : int or None
        For "arrays": rows of a batch.
    n_samples : int or None
        For "arrays": rows in all.
    on_epoch_begin, on_epoch_end : callable
        To be called around each pass.
    """

    kind: str
    make_iterator: Callable[[], Iterator[Triple]]
    length: int | None
    arrays: Triple | None = None
    batch_size: int | None = None
    n_samples: int | None = None
    on_epoch_begin: Callable[[], None] = lambda: None
    on_epoch_end: Callable[[], None] = lambda: None


def batches(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    shuffle: bool = False,
    class_weight: Mapping[int, float] | None = None,
    seed: Callable[[], int] | None = None,
    floatx: str | None = "float32",
) -> Batches:
    """`Batches` of whatever `fit` accepts as `x`, `y` and `sample_weight`.

    Parameters
    ----------
    x : arrays, tables, tensors, lists or dicts of them; Dataset, PyDataset, DataLoader, generator
    y, sample_weight : like `x`, only beside arrays
    batch_size : int, optional
        Rows of a batch of arrays, 32 unless said. Not allowed for data that come in batches.
    shuffle : bool
        Whether arrays are taken in random order by `make_iterator`.
    class_weight : mapping of int to float, optional
        Turned into sample weights.
    seed : callable, optional
        Gives the seed of each pass's order; by default NumPy's global generator does.
    floatx : str, optional
        The dtype that floats of 64 bits become; `None` leaves them.
    """
    kind = _kind(x)
    if kind == "arrays":
        return _of_arrays(x, y, sample_weight, batch_size, shuffle, class_weight, seed, floatx)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            raise ValueError(f"{name} must not be given beside {_named(x)}: its batches hold the targets as well")
    if batch_size is not None and kind not in ("generator", "py_dataset"):
        raise ValueError(f"batch_size must not be given beside {_named(x)}: it comes in batches already")

    def triples(values: Iterable) -> Iterator[Triple]:
        for value in values:
            yield _weighted(unpack(value, floatx), class_weight)

    if kind == "py_dataset":
        return Batches(kind, lambda: triples(_py_dataset_pass(x, shuffle, seed)), _py_dataset_length(x),
                       on_epoch_begin=getattr(x, "on_epoch_begin", lambda: None),
                       on_epoch_end=getattr(x, "on_epoch_end", lambda: None))  # fmt: skip
    if kind == "dataset":
        length = getattr(x, "_cardinality", -2) if isinstance(x, Dataset) else _length(x)
        source = x._elements if isinstance(x, Dataset) else lambda: iter(x)
        return Batches(kind, lambda: triples(source()), length if length is not None and length >= 0 else None)
    if kind == "torch":
        return Batches(kind, lambda: triples(x), _length(x))
    if iter(x) is not x:  # an iterable that can begin anew
        return Batches("dataset", lambda: triples(x), _length(x))
    return Batches(kind, lambda: triples(x), None)


def unpack(value: Any, floatx: str | None = None) -> Triple:
    """One batch as `(x, y, sample_weight)` of arrays; a list is one of several inputs, a tuple is not."""
    if isinstance(value, list) and 1 <= len(value) <= 3 and not np.isscalar(value[0]):
        value = tuple(value)  # what DataLoaders give
    if not isinstance(value, tuple):
        value = (value,)
    if len(value) > 3:
        raise ValueError(f"a batch is x, (x, y) or (x, y, sample_weight), got a tuple of {len(value)}")
    value = tuple(None if part is None else arrays(part, floatx) for part in value)
    return (*value, None, None)[:3]


def arrays(value: Any, floatx: str | None = None, name: str = "x") -> Any:
    """`value`, an array, table or tensor or a tuple, list or dict of such, as NumPy arrays.

    A list of numbers (of any depth) is one array.
    """
    if isinstance(value, dict):
        return {key: arrays(part, floatx, f"{name}[{key!r}]") for key, part in value.items()}
    if isinstance(value, tuple) and len(value) and not _is_number(value[0]):
        return tuple(arrays(part, floatx, f"{name}[{i}]") for i, part in enumerate(value))
    if isinstance(value, list) and len(value) and _is_array(value[0]) and _shape(value[0]):
        return [arrays(part, floatx, f"{name}[{i}]") for i, part in enumerate(value)]
    array = to_numpy(value, name)
    if floatx is not None and array.dtype == np.float64:
        array = array.astype(floatx)
    return array


def to_numpy(value: Any, name: str = "x") -> np.ndarray:
    """One array, table or tensor as a NumPy array, without a copy where its memory allows that.

    A column of a table becomes `[rows, 1]`.
    """
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return _of_objects(value, name)
        return value.view(np.ndarray) if type(value) is not np.ndarray else value
    module = type(value).__module__.partition(".")[0]
    if module == "pandas":
        return _of_pandas(value, name)
    if module == "polars":
        return _of_polars(value, name)
    if module == "pyarrow":
        return _of_arrow(value, name)
    if module == "torch":
        return _of_torch(value)
    if module == "scipy" and hasattr(value, "toarray"):
        raise TypeError(f"{name} is a sparse matrix, expected a dense array; {name}.toarray() makes one")
    if hasattr(value, "__array__"):
        return np.asarray(value)
    if hasattr(value, "__dlpack__"):
        return np.from_dlpack(value)
    if hasattr(value, "__arrow_c_stream__"):
        return _of_arrow_stream(value, name)
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} is a list whose parts have different lengths; cornu.utils.pad_sequences makes them equal"
        ) from error
    if array.dtype == object:
        raise TypeError(f"{name} must be numbers or text, got {_named(value)}")
    return array


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """What one batch is as a tuple; `x` alone where there is nothing else and it is no tuple or list."""
    if y is None and sample_weight is None:
        return x if not isinstance(x, (tuple, list)) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> Triple:
    """The inverse of `pack_x_y_sample_weight`: always three, `None` for what is not there."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(f"data is x, (x, y) or (x, y, sample_weight), got a tuple of {len(data)}")
    return (*data, None, None)[:3]


def split_off(values: Triple, fraction: float) -> tuple[Triple, Triple]:
    """The first rows of `(x, y, sample_weight)` and the last, which are `fraction` of all, for validation."""
    if not 0 < fraction < 1:
        raise ValueError(f"validation_split must lie between 0 and 1, got {fraction}")
    count = _rows([part for part in values if part is not None])
    at = int(np.floor(count * (1 - fraction)))
    if at == 0 or at == count:
        raise ValueError(f"{count} rows cannot be split with validation_split={fraction}: one part would be empty")

    def cut(part: slice) -> Triple:
        return tuple(None if value is None else map_leaves(lambda array: array[part], value) for value in values)

    return cut(slice(0, at)), cut(slice(at, count))


def _kind(x: Any) -> str:
    if x is None:
        raise ValueError("there are no data: x is None")
    if isinstance(x, Dataset):
        return "dataset"
    if _is_torch_loader(x):
        return "torch"
    if hasattr(x, "__getitem__") and (hasattr(x, "num_batches") or hasattr(x, "on_epoch_end")):
        return "py_dataset"
    if isinstance(x, (np.ndarray, list, tuple, dict)) or _is_array(x):
        return "arrays"
    if type(x).__module__.partition(".")[0] == "polars":  # a LazyFrame, which is collected
        return "arrays"
    if hasattr(x, "element_spec") and hasattr(x, "as_numpy_iterator"):  # a tf.data.Dataset
        return "dataset"
    if hasattr(x, "__next__") or hasattr(x, "__iter__"):
        return "generator"
    raise TypeError(
        "x must be arrays, tables or tensors (or lists or dicts of them), a Dataset, a PyDataset, "
        f"a DataLoader or a generator; got {_named(x)}"
    )


def _is_array(value: Any) -> bool:
    if isinstance(value, (str, bytes)):
        return False
    return any(
        hasattr(value, protocol) for protocol in ("__array__", "__dlpack__", "__arrow_c_stream__", "__arrow_c_array__")
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, complex, str, bytes, np.generic))


def _is_torch_loader(x: Any) -> bool:
    torch = sys.modules.get("torch.utils.data")
    return torch is not None and isinstance(x, torch.DataLoader)


def _shape(value: Any) -> tuple:
    return tuple(getattr(value, "shape", ()))


def _named(value: Any) -> str:
    package = type(value).__module__.partition(".")[0]
    return f"{package}.{type(value).__qualname__}".removeprefix("builtins.")


def _length(x: Any) -> int | None:
    try:
        length = len(x)
    except TypeError:
        return None
    return None if length == sys.maxsize else length


def _rows(values: Any) -> int:
    return len(leaves(values)[0])


def _of_arrays(
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: int | None,
    shuffle: bool,
    class_weight: Mapping[int, float] | None,
    seed: Callable[[], int] | None,
    floatx: str | None,
) -> Batches:
    if isinstance(x, tuple):
        x = list(x) if len(x) and not _is_number(x[0]) else x
    found = {"x": arrays(x, floatx, "x")}
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        found[name] = None if value is None else arrays(value, floatx, name)
    counts: dict[str, int] = {}
    for name, value in found.items():
        for i, leaf in enumerate(leaves(value) if value is not None else []):
            if leaf.ndim == 0:
                raise ValueError(f"{name} must have an axis for its rows, got the scalar {leaf}")
            counts[name if i == 0 else f"{name}, part {i + 1}"] = len(leaf)
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count} in {name}" for name, count in counts.items())
        raise ValueError(f"arrays must have the same number of rows, got {told}")
    count = counts.get("x", 0)
    if count == 0:
        raise ValueError("there are no data: x has no rows")
    size = 32 if batch_size is None else int(batch_size)
    if size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    whole = _weighted((found["x"], found["y"], found["sample_weight"]), class_weight)

    def make_iterator() -> Iterator[Triple]:
        order = None
        if shuffle:
            draw = seed() if seed is not None else int(np.random.randint(2**31 - 1))
            order = np.random.default_rng(draw).permutation(count)
        for start in range(0, count, size):
            taken = slice(start, start + size) if order is None else order[start : start + size]
            yield tuple(None if v is None else map_leaves(lambda a: a[taken], v) for v in whole)

    return Batches("arrays", make_iterator, -(-count // size), whole, size, count)


def _weighted(values: Triple, class_weight: Mapping[int, float] | None) -> Triple:
    if class_weight is None:
        return values
    x, y, sample_weight = values
    if sample_weight is not None:
        raise ValueError("give class_weight or sample_weight, not both")
    if not isinstance(y, np.ndarray):
        raise ValueError("class_weight needs targets that are one array")
    classes = y
    if y.ndim > 1:
        classes = y.argmax(-1) if y.shape[-1] > 1 else y[..., 0]
    classes = np.round(classes).astype(np.int64)
    table = np.ones(max([int(classes.max(initial=0)), *map(int, class_weight)]) + 1, np.float32)
    for label, weight in class_weight.items():
        table[int(label)] = weight
    return x, y, table[classes]


def _py_dataset_length(x: Any) -> int | None:
    try:
        return x.num_batches if hasattr(x, "num_batches") else len(x)
    except (NotImplementedError, TypeError):
        return None


def _py_dataset_pass(x: Any, shuffle: bool, seed: Callable[[], int] | None) -> Iterator:
    """The batches of a PyDataset, by its own threads if it has them; `shuffle` mixes the batches."""
    count = _py_dataset_length(x)
    order: Iterable[int] = itertools.count() if count is None else range(count)
    if shuffle and count is not None:
        draw = seed() if seed is not None else int(np.random.randint(2**31 - 1))
        order = np.random.default_rng(draw).permutation(count).tolist()
    workers = getattr(x, "workers", 1) or 0
    if workers < 2 and not getattr(x, "use_multiprocessing", False):
        for i in order:
            yield x[i]
        return
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    pool_class = ProcessPoolExecutor if getattr(x, "use_multiprocessing", False) else ThreadPoolExecutor
    ahead = max(1, int(getattr(x, "max_queue_size", 10)))
    with pool_class(max(1, workers)) as pool:
        yield from _in_pool(pool, x.__getitem__, order, ahead)


def _columns_of_numbers(kinds: Iterable[tuple[Any, str, bool]], name: str) -> None:
    """Says which columns of a table are not numbers."""
    wrong = [f"{column!r} ({dtype})" for column, dtype, is_number in kinds if not is_number]
    if wrong:
        raise TypeError(
            f"{name} has columns that are not numbers: {', '.join(wrong)}; encode them, or give a dict of columns"
        )


def _of_objects(value: np.ndarray, name: str) -> np.ndarray:
    """An array of objects that are all text, or all numbers, or arrays of one shape."""
    first = value.flat[0] if value.size else 0.0
    if isinstance(first, str):
        return value.astype(str)
    try:
        array = np.stack([np.asarray(part) for part in value]) if value.ndim == 1 else value.astype(np.float64)
    except (ValueError, TypeError):
        array = value
    if array.dtype != object:
        return array
    if isinstance(first, (list, tuple, np.ndarray)):
        raise ValueError(f"{name} holds sequences of different lengths; cornu.utils.pad_sequences makes them equal")
    raise TypeError(f"{name} is an array of objects that are not numbers, the first is {first!r}")


def _of_pandas(value: Any, name: str) -> np.ndarray:
    if value.ndim == 1:
        array = value.to_numpy()
        if array.dtype == object and value.dtype.kind in "iufb":  # nullable numbers with gaps
            array = value.to_numpy(dtype=np.float64, na_value=np.nan)
        return array[:, None]
    dtypes = list(value.dtypes)
    if all(dtype == dtypes[0] for dtype in dtypes):
        array = value.to_numpy()
        if array.dtype != object:
            return array
    if not all(getattr(d, "kind", "O") in "OUST" or str(d) in ("string", "str") for d in dtypes):
        _columns_of_numbers(
            [(c, str(d), getattr(d, "kind", "O") in "biuf") for c, d in zip(value.columns, dtypes)], name
        )
        # Columns of their own kinds (also nullable ones): the common type of their NumPy forms.
        columns = [
            value.iloc[:, i].to_numpy(dtype=np.float64, na_value=np.nan)
            if value.iloc[:, i].hasnans
            else value.iloc[:, i].to_numpy()
            for i in range(len(dtypes))
        ]
        return np.stack([c.astype(np.float64) if c.dtype == object else c for c in columns], axis=1)
    return value.to_numpy()


def _of_polars(value: Any, name: str) -> np.ndarray:
    if hasattr(value, "collect"):
        value = value.collect()
    if not hasattr(value, "columns"):
        return value.to_numpy()[:, None]
    texts = [str(d) in ("String", "Categorical", "Utf8") for d in value.dtypes]
    if not all(texts):
        _columns_of_numbers(
            [(c, str(d), d.is_numeric() or str(d) == "Boolean") for c, d in zip(value.columns, value.dtypes)],
            name,
        )
    return value.to_numpy()


def _of_arrow(value: Any, name: str) -> np.ndarray:
    if not hasattr(value, "column_names") and not hasattr(value, "schema"):
        return _arrow_column(value)[:, None]
    kinds = [(field.name, str(field.type), _arrow_is_number(field.type)) for field in value.schema]
    _columns_of_numbers(kinds, name)
    columns = [_arrow_column(value.column(i)) for i in range(value.num_columns)]
    return np.stack(columns, axis=1)


def _arrow_is_number(kind: Any) -> bool:
    return str(kind).startswith(("int", "uint", "float", "double", "halffloat", "bool", "decimal"))


def _arrow_column(column: Any) -> np.ndarray:
    try:
        array = column.to_numpy(zero_copy_only=False)
    except TypeError:  # a column in chunks takes no such argument
        array = column.to_numpy()
    if array.dtype == object and _arrow_is_number(column.type):
        array = np.array([np.nan if v is None else v for v in array.tolist()], np.float64)
    return array


def _of_torch(value: Any) -> np.ndarray:
    value = value.detach()
    if value.device.type != "cpu":
        value = value.cpu()
    if str(value.dtype) == "torch.bfloat16":
        value = value.float()
    return value.resolve_conj().resolve_neg().numpy()


def _of_arrow_stream(value: Any, name: str) -> np.ndarray:
    """A table that only speaks the Arrow C interface."""
    from . import _core

    columns = list(_core.read_arrow_stream(value).values())
    if not columns:
        raise ValueError(f"{name} is a table without columns")
    return np.concatenate([column.reshape(len(column), -1) for column in columns], axis=1)
