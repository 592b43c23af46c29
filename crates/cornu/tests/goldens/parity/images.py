"""Images in other sizes."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(59)
    x = normal(rng, 2, 6, 5, 2)
    first = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    made = []

    def add(name, covers, build, given=x, **options):
        made.append(case(rng, name, covers, [given], build, **options))

    for way in ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"]:
        add(f"larger {way}", "Resizing", lambda x: layers.Resizing(9, 7, interpolation=way)(x))
        add(f"smaller {way}", "Resizing", lambda x: layers.Resizing(4, 3, interpolation=way)(x))
        if way != "nearest":
            add(f"smaller {way} antialias", "Resizing", lambda x: layers.Resizing(4, 3, interpolation=way, antialias=True)(x))
    add("cropped high", "Resizing", lambda x: layers.Resizing(4, 7, crop_to_aspect_ratio=True)(x))
    add("cropped wide", "Resizing", lambda x: layers.Resizing(8, 3, crop_to_aspect_ratio=True)(x))
    add("padded high", "Resizing", lambda x: layers.Resizing(9, 3, pad_to_aspect_ratio=True, fill_value=0.5)(x))
    add("padded wide", "Resizing", lambda x: layers.Resizing(4, 9, pad_to_aspect_ratio=True)(x))
    add("channels first", "Resizing", lambda x: layers.Resizing(4, 7, data_format="channels_first")(x), given=first)
    numbers = rng.integers(0, 255, (2, 5, 4, 1)).astype(np.int32)
    add("whole numbers", "Resizing", lambda x: layers.Resizing(4, 3)(x), given=numbers, gradients=False)
    add("the middle", "CenterCrop", lambda x: layers.CenterCrop(3, 4)(x))
    add("more than all", "CenterCrop", lambda x: layers.CenterCrop(8, 3)(x))
    add("the middle, channels first", "CenterCrop", lambda x: layers.CenterCrop(3, 2, data_format="channels_first")(x), given=first)
    add("as large", "RandomCrop", lambda x: layers.RandomCrop(6, 5, seed=3)(x, training=True))
    add("too small", "RandomCrop", lambda x: layers.RandomCrop(8, 4, seed=3)(x, training=True))
    return made
