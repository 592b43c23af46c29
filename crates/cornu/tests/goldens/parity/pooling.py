"""Pooling: over windows, over everything, to a given size."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(22)
    inputs = {1: normal(rng, 2, 8, 3), 2: normal(rng, 2, 7, 5, 2), 3: normal(rng, 2, 4, 5, 3, 2)}
    some = {1: 3, 2: (2, 3), 3: (2, 1, 3)}
    other = {1: 2, 2: (3, 1), 3: (1, 2, 1)}
    made = []

    def add(name, layer, x, **options):
        made.append(case(rng, name, type(layer).__name__, [x], lambda x: layer(x), **options))

    for rank, x in inputs.items():
        turned = np.moveaxis(x, -1, 1)
        unknown = [(None,) * rank + x.shape[-1:]]
        for word in ["Max", "Average"]:
            pooling = getattr(layers, f"{word}Pooling{rank}D")
            add("side by side", pooling(2), x)
            add("oblong", pooling(some[rank]), x)
            add("strides", pooling(some[rank], strides=other[rank]), x)
            add("same", pooling(2, padding="same"), x)
            add("same, strides", pooling(some[rank], strides=other[rank], padding="same"), x)
            add("channels first", pooling(some[rank], data_format="channels_first"), turned)
            layer = pooling(some[rank], strides=1, padding="same", data_format="channels_first")
            add("same, channels first", layer, turned)
            add("open axes", pooling(2, padding="same"), x, shapes=unknown)
            # Sixteen bits hold these exactly, so that none become equal.
            exact = (rng.permutation(x.size).reshape(x.shape) / 16 - 7).astype(np.float32)
            add("bfloat16", pooling(2, strides=1, padding="same", dtype="bfloat16"), exact, tolerance=3e-2)
            everything = getattr(layers, f"Global{word}Pooling{rank}D")
            add("plain", everything(), x)
            add("kept axes", everything(keepdims=True), x)
            add("channels first", everything(data_format="channels_first"), turned)
            add("kept axes, channels first", everything(data_format="channels_first", keepdims=True), turned)
            add("open axes", everything(), x, shapes=unknown)
            add("float16", everything(dtype="float16"), x, tolerance=2e-3)
            adaptive = getattr(layers, f"Adaptive{word}Pooling{rank}D")
            add("even", adaptive({1: 4, 2: (1, 5), 3: (2, 5, 1)}[rank]), x)
            add("overlapping", adaptive({1: 3, 2: (3, 2), 3: (3, 2, 2)}[rank]), x)
            # Not 7, for which Keras's positions are rounded the wrong way.
            add("more than there are", adaptive({1: 11, 2: (4, 6), 3: (5, 3, 4)}[rank]), x)
            add("channels first", adaptive(2, data_format="channels_first"), turned)
    x = normal(rng, 3, 5, 2)
    x[0, 3:] = 0
    x[1, [0, 2]] = 0
    for name, options in [("mask", {}), ("mask, kept axes", {"keepdims": True})]:
        made.append(
            case(
                rng,
                name,
                "GlobalAveragePooling1D",
                [x],
                lambda x, options=options: layers.GlobalAveragePooling1D(**options)(layers.Masking()(x)),
            )
        )
    made.append(
        case(
            rng,
            "mask, channels first",
            "GlobalAveragePooling1D",
            [normal(rng, 3, 2, 4), np.array([[1, 1, 0, 1], [0, 1, 0, 0], [1, 1, 1, 1]], dtype="bool")],
            lambda x, mask: layers.GlobalAveragePooling1D(data_format="channels_first")(x, mask=mask),
        )
    )
    return made
