"""Augmentations of images, as far as nothing in them is left to chance."""

import numpy as np
from keras import layers
from shared import case, uniform


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(53)
    x = uniform(rng, 0.05, 0.95, 2, 5, 4, 3)
    first = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    unit = {"value_range": (0.0, 1.0)}
    made = []

    def add(name, covers, build, given=x, **options):
        made.append(case(rng, name, covers, [given], build, **options))

    def trained(name, cls, *args, **kwargs):
        options = kwargs.pop("options", {})
        add(name, cls.__name__, lambda x: cls(*args, **kwargs)(x, training=True), **options)

    def still(cls, *args, **kwargs):
        add(f"{cls.__name__} at rest", cls.__name__, lambda x: cls(*args, **kwargs)(x, training=False))

    still(layers.RandomFlip)
    still(layers.RandomRotation, 0.2)
    still(layers.RandomZoom, 0.2)
    still(layers.RandomTranslation, 0.2, (0.1, 0.3))
    still(layers.RandomShear, 0.2, 0.1)
    still(layers.RandomContrast, 0.2, **unit)
    still(layers.RandomBrightness, 0.2, **unit)
    still(layers.RandomColorDegeneration, 0.2, **unit)
    still(layers.RandomSharpness, 0.2, **unit)
    still(layers.RandomHue, 0.2, **unit)
    still(layers.RandomSaturation, 0.2, **unit)
    still(layers.RandomPosterization, 3, **unit)
    still(layers.RandomInvert, 0.3, **unit)
    still(layers.Solarization, 0.2, 0.3, **unit)
    still(layers.RandomGrayscale, 0.3)
    still(layers.RandomErasing, 0.5, (0.1, 0.3), fill_value=0.3, **unit)
    still(layers.MixUp, 0.3)
    still(layers.CutMix, 0.3)
    still(layers.RandomGaussianBlur, 0.3, 3, 0.5, **unit)
    still(layers.RandomPerspective, 0.5, 0.3)
    still(layers.RandomElasticTransform, 0.5, 0.3, **unit)
    trained("no perspective", layers.RandomPerspective, (1.0, 1.0), 0.0)
    still(layers.RandomColorJitter, (0.0, 1.0), 0.2, 0.1, 0.3, 0.4)
    still(layers.RandAugment, (0.0, 1.0), 2, 0.4)
    trained("jittered", layers.RandomColorJitter, (0.0, 1.0), brightness_factor=(0.2, 0.2), saturation_factor=(0.3, 0.3))
    for fill in ["reflect", "constant", "wrap", "nearest"]:
        trained(f"turned {fill}", layers.RandomRotation, (0.1, 0.1), fill_mode=fill, fill_value=0.3)
        trained(f"zoomed out {fill}", layers.RandomZoom, (0.8, 0.8), (0.3, 0.3), fill_mode=fill, fill_value=0.3)
        trained(f"moved {fill}", layers.RandomTranslation, (0.63, 0.63), (-0.9, -0.9), fill_mode=fill, fill_value=0.3)
    trained("turned the other way", layers.RandomRotation, (-0.23, -0.23))
    trained("turned to the nearest", layers.RandomRotation, (0.11, 0.11), interpolation="nearest")
    trained("zoomed in", layers.RandomZoom, (-0.4, -0.4))
    trained("moved to the nearest", layers.RandomTranslation, (0.33, 0.33), (0.2, 0.2), interpolation="nearest")
    trained("slanted by nothing", layers.RandomShear)
    trained("more contrast", layers.RandomContrast, (0.0, 0.0), **unit)
    trained("less and more contrast", layers.RandomContrast, (0.0, 0.0), value_range=(0.2, 0.7))
    trained("brighter", layers.RandomBrightness, (0.3, 0.3), **unit)
    trained("darker", layers.RandomBrightness, (-0.2, -0.2), value_range=(0.1, 0.8))
    trained("less color", layers.RandomColorDegeneration, (0.6, 0.6), **unit)
    trained("smoother", layers.RandomSharpness, (0.2, 0.2), **unit)
    trained("sharper", layers.RandomSharpness, (0.9, 0.9), **unit)
    trained("hue by nothing", layers.RandomHue, (0.0, 0.0), **unit)
    trained("hue by half", layers.RandomHue, (1.0, 1.0), **unit)
    trained("stronger colors", layers.RandomSaturation, (0.6, 0.6), **unit)
    trained("weaker colors", layers.RandomSaturation, (0.3, 0.3), **unit)
    trained("fewer shades", layers.RandomPosterization, (3, 3), **unit)
    trained("inverted", layers.RandomInvert, (1.0, 1.0), **unit)
    trained("never inverted", layers.RandomInvert, (0.0, 0.0), **unit)
    trained("solarized", layers.Solarization, **unit)
    trained("gray", layers.RandomGrayscale, 1.0)
    trained("erased nowhere", layers.RandomErasing, (0.0, 0.0), (0.1, 0.3), fill_value=0.3, **unit)
    trained("erased at all", layers.RandomErasing, (1.0, 1.0), (1.0, 1.0), fill_value=0.3, **unit)
    trained("blurred", layers.RandomGaussianBlur, (1.0, 1.0), (3, 5), (0.7, 0.7), **unit)
    add("contrast at its best", "AutoContrast", lambda x: layers.AutoContrast((0.0, 1.0))(x))
    for name, cls, args in [
        ("turned", layers.RandomRotation, [(0.1, 0.1)]),
        ("contrast", layers.RandomContrast, [(0.0, 0.0), (0.0, 1.0)]),
        ("gray", layers.RandomGrayscale, [1.0]),
        ("hue", layers.RandomHue, [(1.0, 1.0), (0.0, 1.0)]),
    ]:
        add(
            f"{name}, channels first",
            cls.__name__,
            lambda x: cls(*args, data_format="channels_first")(x, training=True),
            given=first,
        )
    add(
        "turned in 16 bits",
        "RandomRotation",
        lambda x: layers.RandomRotation((0.1, 0.1), dtype="mixed_bfloat16")(x, training=True),
        tolerance=2e-2,
        gradients=False,
    )
    return made
