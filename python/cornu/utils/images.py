"""Images as arrays: read, written, resized."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}


def check_color_mode(color_mode: str) -> int:
    """The number of channels of `color_mode`."""
    if color_mode not in CHANNELS:
        raise ValueError(f'color_mode must be "grayscale", "rgb" or "rgba", got {color_mode!r}')
    return CHANNELS[color_mode]


def data_format_or_default(data_format: str | None) -> str:
    """`data_format`, checked; the package's own where there is none."""
    if data_format is None:
        from .. import config

        return getattr(config, "image_data_format", lambda: "channels_last")()
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f'data_format must be "channels_last" or "channels_first", got {data_format!r}')
    return data_format


def _floatx() -> str:
    from .. import config

    return getattr(config, "floatx", lambda: "float32")()


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> np.ndarray:
    """An image file as an array of bytes, `[height, width, channels]` (grayscale `[height, width]`).

    Parameters
    ----------
    path : path
    color_mode : {"grayscale", "rgb", "rgba"}
    target_size : (int, int), optional
        Height and width to resize it to.
    interpolation : str
        "nearest", "bilinear", "bicubic", "lanczos3" ...
    keep_aspect_ratio : bool
        Whether to cut the middle out that has the shape of `target_size`, instead of distorting.
    """
    check_color_mode(color_mode)
    image = read(path, color_mode)
    if target_size is not None:
        height, width = target_size
        if image.shape[:2] != (height, width):
            if keep_aspect_ratio:
                image = middle(image, height, width)
            image = np.clip(np.rint(resize(image, height, width, interpolation)), 0, 255).astype(np.uint8)
    return image[..., 0] if color_mode == "grayscale" else image


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """An image (array or anything NumPy understands, as those of PIL) as floats with an axis for channels."""
    array = np.array(img, dtype or _floatx())
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3:
        raise ValueError(f"an image has 2 or 3 axes, got shape {array.shape}")
    return array.transpose(2, 0, 1) if data_format_or_default(data_format) == "channels_first" else array


class Image(np.ndarray):
    """An image: an array of bytes `[height, width, channels]`, or `[height, width]`, that can be saved."""

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.shape[1]

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.shape[0]

    def save(self, path: Any, format: str | None = None) -> None:
        """Write the image to a file; its name's ending says in which format."""
        save_img(path, np.asarray(self)[..., None] if self.ndim == 2 else np.asarray(self), scale=False)


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> np.ndarray:
    """Numbers as an image: bytes `[height, width, channels]`, grayscale `[height, width]`.

    `scale` spreads the values over 0 to 255; without it they are taken as they are.
    """
    array = np.array(x, dtype or _floatx())
    if array.ndim != 3:
        raise ValueError(f"array_to_img expects an array with 3 axes, got shape {array.shape}")
    if data_format_or_default(data_format) == "channels_first":
        array = array.transpose(1, 2, 0)
    if array.shape[2] not in (1, 3, 4):
        raise ValueError(f"an image has 1, 3 or 4 channels, got {array.shape[2]}")
    if scale:
        array = array - array.min(initial=np.inf)
        largest = array.max(initial=0)
        if largest > 0:
            array = array / largest
        array = array * 255
    image = np.clip(array, 0, 255).astype(np.uint8)
    return (image[..., 0] if image.shape[2] == 1 else image).view(Image)


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Writes an array as an image file; the ending of `path` says the format."""
    from .. import _core

    if kwargs:
        raise TypeError(f"save_img has no argument {next(iter(kwargs))!r}")
    path = os.fspath(path)
    ending = os.path.splitext(path)[1][1:].lower()
    if file_format is not None and file_format.lower().replace("jpeg", "jpg") != ending.replace("jpeg", "jpg"):
        raise ValueError(f"the file is named .{ending}, but file_format is {file_format!r}")
    image = np.asarray(array_to_img(x, data_format, scale))
    _core.write_image(path, np.ascontiguousarray(image[..., None] if image.ndim == 2 else image))


def smart_resize(
    x: Any,
    size: tuple[int, int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
) -> np.ndarray:
    """Images of another size without distortion: the middle that has the shape of `size`, resized."""
    if len(size) != 2:
        raise ValueError(f"size must be (height, width), got {size}")
    images = np.asarray(x)
    if images.ndim not in (3, 4):
        raise ValueError(f"smart_resize expects one image or a batch, got shape {images.shape}")
    if data_format == "channels_first":
        images = np.moveaxis(images, -3, -1)
    batch = images if images.ndim == 4 else images[None]
    resized = np.stack([resize(middle(image, *size), *size, interpolation) for image in batch])
    resized = resized if images.ndim == 4 else resized[0]
    return np.moveaxis(resized, -1, -3) if data_format == "channels_first" else resized


def read(path: Any, color_mode: str) -> np.ndarray:
    """The file's pixels, `[height, width, channels]` bytes."""
    from .. import _core

    path = os.fsdecode(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no image file {path}")
    return np.asarray(_core.read_image(path, color_mode)).astype(np.uint8)


def resize(image: np.ndarray, height: int, width: int, interpolation: str) -> np.ndarray:
    """One image in another size, as floats."""
    from .. import _core

    if image.shape[:2] == (height, width):
        return image.astype(np.float32)
    image = np.ascontiguousarray(image, np.float32)
    if interpolation in ("nearest", "bilinear"):
        return np.asarray(_core.resize_image(image, int(height), int(width), interpolation, "stretch"))
    from ..ops import image as operations

    return np.asarray(operations.resize(image, (int(height), int(width)), interpolation=interpolation))


def middle(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The largest part in the middle whose sides are as `height` to `width`."""
    rows, columns = image.shape[:2]
    tall = max(1, min(rows, int(columns * height / width)))
    wide = max(1, min(columns, int(rows * width / height)))
    top, left = (rows - tall) // 2, (columns - wide) // 2
    return image[top : top + tall, left : left + wide]


def framed(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The image with zeros around it, so that its sides are as `height` to `width`."""
    rows, columns = image.shape[:2]
    tall = max(rows, int(columns * height / width))
    wide = max(columns, int(rows * width / height))
    result = np.zeros((tall, wide, image.shape[2]), image.dtype)
    top, left = (tall - rows) // 2, (wide - columns) // 2
    result[top : top + rows, left : left + columns] = image
    return result
