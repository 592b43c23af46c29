"""Layers that number and count. The lookups need TensorFlow beside JAX."""

import numpy as np
from keras import layers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(47)
    x = normal(rng, 4, 3)
    x[0, 0] = 0.25
    ids = np.array([[3, 0, 4], [1, 1, 2], [4, 4, 0], [2, 3, 3]], np.int32)
    tokens = np.array([[12, 7, 40], [5, 9, 7], [-3, 12, 12], [7, 0, 33]], np.int32)
    made = []

    def add(name, covers, inputs, build, **options):
        options = {"gradients": False, **options}
        made.append(case(rng, name, covers, inputs, build, **options))

    for mode in ["int", "one_hot", "multi_hot", "count"]:
        edges = [-0.5, 0.25, 0.75]
        add(f"discretization {mode}", "Discretization", [x], lambda x: layers.Discretization(edges, output_mode=mode)(x))
    add("discretization one_hot of one", "Discretization", [x[:, :1]], lambda x: layers.Discretization([0.1], output_mode="one_hot")(x))

    def adapted(x):
        layer = layers.Discretization(num_bins=3, epsilon=0.05)
        layer.adapt(normal(np.random.default_rng(3), 50))
        return layer(x)

    add("discretization adapted", "Discretization", [x], adapted)
    for mode in ["multi_hot", "count"]:
        add(f"categories {mode}", "CategoryEncoding", [ids], lambda x: layers.CategoryEncoding(5, output_mode=mode)(x))
    add("categories one_hot", "CategoryEncoding", [ids[:, :1]], lambda x: layers.CategoryEncoding(5, output_mode="one_hot")(x))
    add("categories one_hot of several", "CategoryEncoding", [ids], lambda x: layers.CategoryEncoding(5, output_mode="one_hot")(x))
    add(
        "categories weighted",
        "CategoryEncoding",
        [ids, normal(rng, 4, 3)],
        lambda x, w: layers.CategoryEncoding(5, output_mode="count")(x, count_weights=w),
    )
    vocabulary = [12, 7, 33]
    add("lookup", "IntegerLookup", [tokens], lambda x: layers.IntegerLookup(vocabulary=vocabulary)(x))
    add("lookup masked", "IntegerLookup", [tokens], lambda x: layers.IntegerLookup(vocabulary=vocabulary, mask_token=0)(x))
    add(
        "lookup in buckets",
        "IntegerLookup",
        [tokens],
        lambda x: layers.IntegerLookup(vocabulary=vocabulary, mask_token=0, num_oov_indices=3)(x),
    )
    add(
        "lookup with special tokens",
        "IntegerLookup",
        [tokens],
        lambda x: layers.IntegerLookup(vocabulary=[0, -1, *vocabulary], mask_token=0)(x),
    )
    for mode in ["one_hot", "multi_hot", "count"]:
        add(
            f"lookup {mode}",
            "IntegerLookup",
            [tokens],
            lambda x: layers.IntegerLookup(vocabulary=vocabulary, mask_token=0, num_oov_indices=2, output_mode=mode)(x),
        )
    add(
        "lookup padded",
        "IntegerLookup",
        [tokens],
        lambda x: layers.IntegerLookup(max_tokens=6, vocabulary=vocabulary, output_mode="count", pad_to_max_tokens=True)(x),
    )
    add(
        "lookup weighted",
        "IntegerLookup",
        [tokens],
        lambda x: layers.IntegerLookup(vocabulary=vocabulary, idf_weights=[0.5, 1.25, 2.0], output_mode="tf_idf")(x),
    )
    add(
        "lookup weighted and padded",
        "IntegerLookup",
        [tokens],
        lambda x: layers.IntegerLookup(
            max_tokens=7,
            vocabulary=[-1, *vocabulary],
            idf_weights=[0.1, 0.5, 1.25, 2.0],
            output_mode="tf_idf",
            pad_to_max_tokens=True,
        )(x),
    )
    add("lookup inverted", "IntegerLookup", [ids], lambda x: layers.IntegerLookup(vocabulary=vocabulary, mask_token=0, invert=True)(x))
    return made
