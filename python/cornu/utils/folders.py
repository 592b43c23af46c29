"""Datasets from folders of files, with a class in each subfolder."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from ..data import AUTOTUNE, Dataset
from . import images
from .messages import say

IMAGES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: list | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: int | tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """A dataset of the images of a folder, with the classes that its subfolders stand for.

    Parameters
    ----------
    directory : path
    labels : "inferred", list of int, or None
    label_mode : {"int", "categorical", "binary"} or None
    class_names : list of str, optional
        The subfolders in the order of their numbers, by name unless said.
    color_mode : {"rgb", "rgba", "grayscale"}
    batch_size : int or None
    image_size : (int, int) or int
    shuffle, seed, validation_split, subset
        `subset` is "training", "validation" or "both" of `validation_split`.
    interpolation : str
    follow_links : bool
    crop_to_aspect_ratio, pad_to_aspect_ratio : bool
        Whether to cut or to frame images instead of distorting them.
    data_format : {"channels_last", "channels_first"}, optional
    verbose : bool

    Returns
    -------
    Dataset or list of two
        With the attributes `class_names` and `file_paths`.
    """
    images.check_color_mode(color_mode)
    if isinstance(image_size, int):
        image_size = (image_size, image_size)
    if not isinstance(image_size, (tuple, list)) or len(image_size) != 2:
        raise ValueError(f"image_size must be (height, width), got {image_size!r}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("give crop_to_aspect_ratio or pad_to_aspect_ratio, not both")
    data_format = images.data_format_or_default(data_format)
    height, width = image_size

    def read(path: str) -> np.ndarray:
        image = images.read(path, color_mode)
        if crop_to_aspect_ratio:
            image = images.middle(image, height, width)
        elif pad_to_aspect_ratio:
            image = images.framed(image, height, width)
        image = images.resize(image, height, width, interpolation.lower())
        return image.transpose(2, 0, 1) if data_format == "channels_first" else image

    return _datasets(directory, labels, label_mode, class_names, IMAGES, batch_size, shuffle, seed,
                     validation_split, subset, follow_links, verbose, read)  # fmt: skip


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: list | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """A dataset of the `.txt` files of a folder, with the classes that its subfolders stand for.

    Parameters are those of `image_dataset_from_directory`; `max_length` cuts texts.
    """

    def read(path: str) -> np.ndarray:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return np.asarray(file.read(max_length) if max_length is not None else file.read())

    return _datasets(directory, labels, label_mode, class_names, (".txt",), batch_size, shuffle, seed,
                     validation_split, subset, follow_links, verbose, read)  # fmt: skip


def _datasets(
    directory: Any,
    labels: Any,
    label_mode: str | None,
    class_names: list | None,
    endings: tuple,
    batch_size: int | None,
    shuffle: bool,
    seed: int | None,
    validation_split: float | None,
    subset: str | None,
    follow_links: bool,
    verbose: bool,
    read: Callable[[str], np.ndarray],
) -> Any:
    _check(labels, label_mode, class_names, shuffle, seed, validation_split, subset)
    if labels is None or label_mode is None:
        labels = label_mode = None
    if seed is None:
        seed = int(np.random.randint(1_000_000))
    directory = os.fspath(directory)
    paths, numbers, names = _list(directory, labels, class_names, endings, follow_links)
    if verbose:
        classes = "" if numbers is None else f" belonging to {len(names)} classes"
        say(f"Found {len(paths)} files{classes}.")
    if label_mode == "binary" and len(names) != 2:
        raise ValueError(f'label_mode="binary" needs 2 classes, {directory} has {len(names)}: {names}')
    if shuffle:  # once and for all, so that both parts of a split hold all classes
        order = np.random.RandomState(seed).permutation(len(paths))
        paths = [paths[i] for i in order]
        numbers = None if numbers is None else numbers[order]

    def dataset(part: slice, what: str, mixed: bool) -> Dataset:
        files = paths[part]
        if not files:
            raise ValueError(f"{directory} has no files for {what}; the endings looked for are {endings}")
        if numbers is None:
            rows: Any = np.asarray(files)
        else:
            rows = (np.asarray(files), _encoded(numbers[part], label_mode, len(names)))
        made = Dataset.from_tensor_slices(rows)
        if mixed:
            made = made.shuffle(len(files), seed=seed)
        if numbers is None:
            made = made.map(lambda path: read(path.item()), AUTOTUNE)
        else:
            made = made.map(lambda path, label: (read(path.item()), label), AUTOTUNE)
        if batch_size is not None:
            made = made.batch(batch_size)
        made = made.prefetch(AUTOTUNE)
        made.class_names = names
        made.file_paths = files
        return made

    held = int(validation_split * len(paths)) if validation_split else 0
    at = len(paths) - held
    if verbose and subset in ("training", "both"):
        say(f"Using {at} files for training.")
    if verbose and subset in ("validation", "both"):
        say(f"Using {held} files for validation.")
    if subset == "both":
        return [dataset(slice(0, at), "training", shuffle), dataset(slice(at, None), "validation", False)]
    if subset == "training":
        return dataset(slice(0, at), "training", shuffle)
    if subset == "validation":
        return dataset(slice(at, None), "validation", shuffle)
    return dataset(slice(None), "a dataset", shuffle)


def _check(
    labels: Any,
    label_mode: str | None,
    class_names: list | None,
    shuffle: bool,
    seed: int | None,
    validation_split: float | None,
    subset: str | None,
) -> None:
    if isinstance(labels, str):
        if labels != "inferred":
            raise ValueError(f'labels must be "inferred", a list or None, got {labels!r}')
    elif class_names:
        raise ValueError('class_names can be given with labels="inferred" alone')
    if label_mode not in ("int", "categorical", "binary", None):
        raise ValueError(f'label_mode must be "int", "categorical", "binary" or None, got {label_mode!r}')
    if validation_split is not None and not 0 < validation_split < 1:
        raise ValueError(f"validation_split must lie between 0 and 1, got {validation_split}")
    if (validation_split is None) != (subset is None):
        raise ValueError("validation_split and subset go together: give both or none")
    if subset not in ("training", "validation", "both", None):
        raise ValueError(f'subset must be "training", "validation" or "both", got {subset!r}')
    if validation_split and shuffle and seed is None:
        raise ValueError("validation_split with shuffle=True needs a seed, so that the two parts do not overlap")


def _list(
    directory: str, labels: Any, class_names: list | None, endings: tuple, follow_links: bool
) -> tuple[list[str], np.ndarray | None, list | None]:
    if not os.path.isdir(directory):
        raise NotADirectoryError(f"there is no folder {directory}")
    if isinstance(labels, str):
        folders = sorted(
            name
            for name in os.listdir(directory)
            if os.path.isdir(os.path.join(directory, name)) and not name.startswith(".")
        )
        if class_names is not None:
            if not set(class_names) <= set(folders):
                raise ValueError(f"class_names are {class_names}, but the folders of {directory} are {folders}")
            folders = list(class_names)
    else:
        folders = [""]
    paths: list[str] = []
    numbers: list[int] = []
    for number, folder in enumerate(folders):
        found = _walk(os.path.join(directory, folder), endings, follow_links)
        paths += found
        numbers += [number] * len(found)
    if not paths:
        raise ValueError(f"{directory} has no files; the endings looked for are {endings}")
    if isinstance(labels, str):
        return paths, np.asarray(numbers, np.int32), folders
    if labels is None:
        return paths, None, None
    if len(labels) != len(paths):
        raise ValueError(f"there are {len(labels)} labels for {len(paths)} files in {directory}")
    return paths, np.asarray(labels, np.int32), [str(label) for label in sorted(set(labels))]


def _walk(folder: str, endings: tuple, follow_links: bool) -> list[str]:
    found = []
    for root, _, files in sorted(os.walk(folder, followlinks=follow_links)):
        found += [os.path.join(root, file) for file in sorted(files) if file.lower().endswith(endings)]
    return found


def _encoded(numbers: np.ndarray, label_mode: str | None, classes: int) -> np.ndarray:
    if label_mode == "binary":
        return numbers.astype(np.float32)[:, None]
    if label_mode == "categorical":
        return np.eye(classes, dtype=np.float32)[numbers]
    return numbers
