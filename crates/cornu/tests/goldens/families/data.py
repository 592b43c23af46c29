"""What Keras's utilities make of data."""

import keras
import numpy as np

from .shared import HERE, array, fresh, write


def make_pad_sequences():
    """Write ``pad_sequences.json``: every option of ``pad_sequences``."""
    flat = [[1, 2, 3, 4, 5], [], [6, 7], [8]]
    steps = [[[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]], [], [[7.5, 8.5]]]
    cases = []
    for sequences, dtype in [(flat, "int32"), (flat, "float32"), (steps, "float32")]:
        for maxlen in [None, 2, 3, 7]:
            for padding in ["pre", "post"]:
                for truncating in ["pre", "post"]:
                    for value in [0.0, -1.0]:
                        options = {
                            "maxlen": maxlen,
                            "dtype": dtype,
                            "padding": padding,
                            "truncating": truncating,
                            "value": value,
                        }
                        padded = keras.utils.pad_sequences(sequences, **options)
                        cases.append(
                            {
                                "sequences": [
                                    array(np.asarray(s, dtype))
                                    for s in sequences
                                ],
                                "options": options,
                                "padded": array(padded),
                            }
                        )
    write("pad_sequences.json", {"cases": cases})


def make_images():
    """Write ``images.json`` and the folder ``images``: images in every size."""
    from PIL import Image

    rng = fresh(40)
    folder = HERE / "images"
    files = {
        "cats/small.png": ("RGB", (5, 7)),
        "cats/gray.png": ("L", (6, 4)),
        "cats/deep/clear.png": ("RGBA", (4, 6)),
        "dogs/tall.bmp": ("RGB", (9, 3)),
        "dogs/wide.png": ("RGB", (3, 8)),
    }
    for name, (mode, (height, width)) in files.items():
        shape = (height, width, len(mode)) if len(mode) > 1 else (height, width)
        pixels = rng.integers(0, 256, shape).astype(np.uint8)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels, mode).save(path)
    # Smooth, so that decoders of JPEG agree but for rounding.
    y, x = np.mgrid[0:16, 0:24]
    pixels = np.stack([x * 10, y * 15, 255 - x * 5 - y * 5], -1)
    Image.fromarray(pixels.astype(np.uint8), "RGB").save(
        folder / "dogs/photo.jpg", quality=95, subsampling=0
    )
    cases = []
    for name in [*files, "dogs/photo.jpg"]:
        ways = [
            (color_mode, "bilinear", "stretch", (4, 4))
            for color_mode in ["grayscale", "rgba"]
        ]
        ways += [
            ("rgb", interpolation, fit, size)
            for interpolation in ["nearest", "bilinear"]
            for fit in ["stretch", "crop", "pad"]
            for size in [(10, 6), (3, 9)]
        ]
        for color_mode, interpolation, fit, size in ways:
            loaded = keras.utils.load_img(folder / name, color_mode=color_mode)
            resized = keras.ops.image.resize(
                keras.utils.img_to_array(loaded, dtype="float32"),
                size,
                interpolation=interpolation,
                crop_to_aspect_ratio=fit == "crop",
                pad_to_aspect_ratio=fit == "pad",
            )
            cases.append(
                {
                    "name": name,
                    "color_mode": color_mode,
                    "interpolation": interpolation,
                    "fit": fit,
                    "size": list(size),
                    "pixels": array(resized),
                }
            )
    write("images.json", {"cases": cases})
