"""Layers that enlarge, pad and crop along spatial axes."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(23)
    steps, image, volume = normal(rng, 2, 6, 3), normal(rng, 2, 4, 5, 2), normal(rng, 2, 3, 4, 5, 2)
    first = {"data_format": "channels_first"}
    made = []

    def add(name, layer, x, **options):
        made.append(case(rng, name, type(layer).__name__, [x], lambda x: layer(x), **options))

    def turned(x):
        return np.moveaxis(x, -1, 1)

    add("twice", layers.UpSampling1D(), steps)
    add("thrice, open steps", layers.UpSampling1D(3), steps, shapes=[(None, 3)])
    add("twice", layers.UpSampling2D(), image)
    add("oblong", layers.UpSampling2D((3, 1)), image)
    add("channels first", layers.UpSampling2D((2, 3), **first), turned(image))
    for interpolation in ["bilinear", "bicubic", "lanczos3", "lanczos5"]:
        add(interpolation, layers.UpSampling2D((2, 3), interpolation=interpolation), image)
        add(
            f"{interpolation}, channels first",
            layers.UpSampling2D((1, 4), interpolation=interpolation, **first),
            turned(image),
        )
    add("bilinear, open axes", layers.UpSampling2D(interpolation="bilinear"), image, shapes=[(None, None, 2)])
    add("twice", layers.UpSampling3D(), volume)
    add("oblong", layers.UpSampling3D((1, 2, 3)), volume)
    add("channels first", layers.UpSampling3D((2, 1, 2), **first), turned(volume))
    for name in ["ZeroPadding", "Cropping"]:
        one, two, three = (getattr(layers, f"{name}{rank}D") for rank in (1, 2, 3))
        add("by default", one(), steps)
        add("one number", one(2), steps)
        add("a pair, open steps", one((1, 3)), steps, shapes=[(None, 3)])
        add("nothing at one end", one((0, 2)), steps)
        add("by default", two(), image)
        add("one number", two(1), image)
        add("two numbers", two((1, 2)), image)
        add("pairs", two(((1, 2), (0, 3))), image)
        add("pairs, channels first", two(((2, 0), (1, 1)), **first), turned(image))
        add("open axes", two(1), image, shapes=[(None, None, 2)])
        add("by default", three(), volume)
        add("one number", three(1), volume)
        add("three numbers", three((1, 0, 2)), volume)
        add("pairs", three(((1, 1), (0, 3), (2, 1))), volume)
        add("pairs, channels first", three(((0, 2), (1, 0), (1, 3)), **first), turned(volume))
    add("channels first", layers.ZeroPadding1D((2, 1), **first), turned(steps))
    whole = np.arange(24, dtype="int32").reshape(2, 4, 3)
    add("whole numbers", layers.ZeroPadding1D((1, 2)), whole, gradients=False)
    add("whole numbers", layers.Cropping1D((1, 2)), whole, gradients=False)
    add("whole numbers", layers.UpSampling1D(2), whole, gradients=False)
    return made
