"""Where data sets come from and how their files are read."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ..utils.files import get_file

BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

IDX = (
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
)


def cached(path: Any, name: str, file_hash: str | None) -> str:
    """The file `name`: at `path` where one lies there, else in the folder of downloads."""
    path = os.fspath(path)
    if os.path.isfile(path):
        return path
    return get_file(os.path.basename(path), BASE + name, file_hash=file_hash)


def local_idx(*names: str) -> Arrays | None:
    """The four IDX files of a data set from the folder `$CORNU_DATA`, or one inside that has its name."""
    root = os.environ.get("CORNU_DATA")
    if not root:
        return None
    # What lies in the folder itself is MNIST, unless the folder is named for another data set.
    here = Path(root)
    folders = [here / name for name in names]
    if "mnist" in names or here.name in names:
        folders.append(here)
    for folder in folders:
        found = [[_either(folder / part) for part in pair] for pair in IDX]
        if all(path is not None for pair in found for path in pair):
            return tuple((read_idx(images), read_idx(labels)) for images, labels in found)
    return None


def _either(path: Path) -> Path | None:
    return next((p for p in (path.with_name(path.name + ".gz"), path) if p.is_file()), None)


def read_idx(path: Any) -> np.ndarray:
    """An IDX file of bytes, compressed or not."""
    path = Path(path)
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an IDX file of bytes")
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * axes)
    if values.size != np.prod(shape):
        raise ValueError(f"{path} says it holds {tuple(shape.tolist())} bytes, but there are {values.size}")
    return values.reshape(shape).copy()


def tabular(path: Any, name: str, file_hash: str, test_split: float, seed: int, rows: int | None) -> Arrays:
    """Features and targets, mixed and split."""
    if not 0 <= test_split < 1:
        raise ValueError(f"test_split must be at least 0 and less than 1, got {test_split}")
    with np.load(cached(path, name, file_hash), allow_pickle=False) as file:
        x, y = file["x"][:rows], file["y"][:rows]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    at = int(len(x) * (1 - test_split))
    return (x[:at].copy(), y[:at].copy()), (x[at:].copy(), y[at:].copy())


class _NumbersOnly(pickle.Unpickler):
    """Reads pickles that hold lists and arrays of numbers; what else one may name is not looked up."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray"):
            if name in ("_reconstruct", "scalar"):
                core = getattr(np, "_core", None) or np.core  # where it lies since NumPy 2, and before
                return getattr(core.multiarray, name)
            if name in ("ndarray", "dtype"):
                return getattr(np, name)
        if (module, name) == ("_codecs", "encode"):
            import codecs

            return codecs.encode
        raise pickle.UnpicklingError(f"the file names {module}.{name}, which a data set has no need of")


def unpickled(data: bytes) -> Any:
    """What a pickle of numbers holds."""
    return _NumbersOnly(io.BytesIO(data), encoding="bytes").load()


def load_npz_of_lists(path: str) -> dict[str, np.ndarray]:
    """An `.npz` file with arrays of lists, read without running what a pickle may hold."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            with archive.open(member) as file:
                data = io.BytesIO(file.read())
            version = np.lib.format.read_magic(data)
            read = {(1, 0): np.lib.format.read_array_header_1_0}.get(version, np.lib.format.read_array_header_2_0)
            shape, _, dtype = read(data)
            if dtype.hasobject:
                arrays[member.removesuffix(".npy")] = np.asarray(unpickled(data.read()), dtype=object).reshape(shape)
            else:
                data.seek(0)
                arrays[member.removesuffix(".npy")] = np.load(data, allow_pickle=False)
    return arrays


def cifar(name: str, origin: str, file_hash: str, files: tuple[list[str], str], key: bytes) -> Arrays:
    """The batches of CIFAR as images, channels last (or first, if the package is set so)."""
    from ..utils.images import data_format_or_default

    folder = Path(get_file(f"{name}-target", origin, extract=True, file_hash=file_hash)) / name

    def read(names: list[str]) -> tuple[np.ndarray, np.ndarray]:
        batches = [unpickled((folder / part).read_bytes()) for part in names]
        images = np.concatenate([np.asarray(b[b"data"], np.uint8) for b in batches]).reshape(-1, 3, 32, 32)
        labels = np.concatenate([np.asarray(b[key], np.uint8) for b in batches])
        if data_format_or_default(None) == "channels_last":
            images = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        return images, labels[:, None]

    return read(files[0]), read([files[1]])


def words(
    x: np.ndarray,
    y: np.ndarray,
    draw: np.random.RandomState,
    maxlen: int | None,
    start_char: int | None,
    index_from: int | None,
) -> tuple[list, np.ndarray]:
    """Sequences of words, mixed, with the numbers and of the lengths that are asked for."""
    order = np.arange(len(x))
    draw.shuffle(order)
    x, y = x[order], y[order]
    begin = [] if start_char is None else [start_char]
    shift = index_from or 0
    sequences = [begin + [word + shift for word in sequence] for sequence in x]
    if maxlen:
        kept = [i for i, sequence in enumerate(sequences) if len(sequence) < maxlen]
        sequences, y = [sequences[i] for i in kept], y[kept]
        if not sequences:
            raise ValueError(f"no sequence is shorter than maxlen={maxlen}")
    return sequences, y


def limited(sequences: list, num_words: int | None, skip_top: int, oov_char: int | None) -> np.ndarray:
    """Words outside of the limits become `oov_char`, or are left out where that is `None`."""
    if not num_words:
        num_words = max(map(max, sequences))
    result = np.empty(len(sequences), object)
    for i, sequence in enumerate(sequences):
        if oov_char is None:
            result[i] = [word for word in sequence if skip_top <= word < num_words]
        else:
            result[i] = [word if skip_top <= word < num_words else oov_char for word in sequence]
    return result
