"""Layers that everything is made of: Dense, Embedding, EinsumDense, masks, shapes."""

import numpy as np
from keras import layers, regularizers
from shared import case, normal


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(11)
    x, cube = normal(rng, 3, 4), normal(rng, 2, 3, 4)
    made = []

    def add(name, covers, inputs, build, **options):
        made.append(case(rng, name, covers, inputs, build, **options))

    add("one of two axes open", "Dense", [cube], lambda x: layers.Dense(3, activation="tanh")(x), shapes=[(None, 4)])
    add(
        "shared, then merged",
        ["Dense", "Add", "Concatenate"],
        [x, normal(rng, 3, 4)],
        lambda a, b: (lambda d: [layers.Add()([d(a), d(b)]), layers.Concatenate()([d(a), b])])(layers.Dense(4)),
    )
    add(
        "training, told by the call",
        "BatchNormalization",
        [x],
        lambda x: layers.BatchNormalization(momentum=0.9)(x, training=True),
        updates=True,
    )
    add(
        "outputs by name",
        "Dense",
        [x],
        lambda x: {"b": layers.Dense(2, name="one")(x), "a": layers.Dense(3, name="two")(x)},
    )
    ids = np.array([[0, 3, 1], [2, 0, 4]], np.int32)
    add("whole numbers", "Embedding", [ids], lambda x: layers.Embedding(5, 3)(x))
    add("one axis", "Embedding", [ids[:, 0]], lambda x: layers.Embedding(5, 3)(x), shapes=[()])
    add("open steps", "Embedding", [ids], lambda x: layers.Embedding(5, 3)(x), shapes=[(None,)])
    add("floats are cut", "Embedding", [ids + np.float32(0.25)], lambda x: layers.Embedding(5, 3)(x))
    add(
        "regularized and constrained",
        "Embedding",
        [ids],
        lambda x: layers.Embedding(
            5,
            3,
            embeddings_initializer="normal",
            embeddings_regularizer="l2",
            embeddings_constraint="non_neg",
            activity_regularizer=regularizers.L1(0.1),
        )(x),
    )
    add(
        "mixed precision",
        "Embedding",
        [ids],
        lambda x: layers.Embedding(5, 3, dtype="mixed_bfloat16")(x),
        tolerance=1e-2,
    )
    add(
        "zeros masked, averaged",
        ["Embedding", "GlobalAveragePooling1D"],
        [ids],
        lambda x: layers.GlobalAveragePooling1D()(layers.Embedding(5, 3, mask_zero=True)(x)),
    )
    steps = normal(rng, 2, 4, 3)
    steps[0, 1] = 0.5
    steps[1, 3] = 0.5
    add("another value", "Masking", [steps], lambda x: layers.Masking(0.5)(x))
    add(
        "masked, averaged",
        ["Masking", "Identity", "Activation", "GlobalAveragePooling1D"],
        [steps],
        lambda x: layers.GlobalAveragePooling1D()(
            layers.Identity()(layers.Activation("tanh")(layers.Masking(0.5)(x)))
        ),
    )
    add("as it is", "Identity", [x], lambda x: layers.Identity()(x))
    for equation, shape, output, bias, open_shape in [
        ("ab,bc->ac", (3, 4), 5, "c", (4,)),
        ("abc,cd->abd", (2, 3, 4), (None, 5), "d", (None, 4)),
        ("abc,cde->abde", (2, 3, 4), (None, 2, 3), "de", (None, 4)),
        ("abcd,cde->abe", (2, 3, 4, 2), (None, 5), None, (None, 4, 2)),
        ("abc,cd->abd", (2, 3, 4), (3, 5), "bd", (3, 4)),
        ("abc,bd->adc", (2, 3, 4), (5, None), "d", (3, None)),
        ("abc,bcd->adc", (2, 3, 4), (5, 4), "dc", (3, 4)),
        ("...x,xy->...y", (2, 3, 4), 5, "y", (3, 4)),
        ("...ab,bc->...ac", (2, 2, 3, 4), (3, 5), "c", (2, 3, 4)),
        ("ab...,bc->ac...", (2, 3, 4), 5, "c", (3, 4)),
        ("ab...,bcd->adc...", (2, 3, 2, 4), (5, 2), "cd", (3, 2, 4)),
    ]:
        value = normal(rng, *shape)
        add(
            f"{equation} to {output} with {bias}",
            "EinsumDense",
            [value],
            lambda x: layers.EinsumDense(equation, output, bias_axes=bias)(x),
            shapes=[open_shape],
        )
    add(
        "open steps",
        "EinsumDense",
        [cube],
        lambda x: layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d")(x),
        shapes=[(None, 4)],
    )
    add(
        "all options",
        "EinsumDense",
        [cube],
        lambda x: layers.EinsumDense(
            "abc,cd->abd",
            (None, 2),
            activation="tanh",
            bias_axes="d",
            kernel_initializer="he_normal",
            bias_initializer="ones",
            kernel_regularizer="l1",
            bias_regularizer="l2",
            activity_regularizer="l2",
            kernel_constraint="max_norm",
            bias_constraint="non_neg",
        )(x),
        shapes=[(None, 4)],
    )
    add(
        "mixed precision",
        "EinsumDense",
        [cube],
        lambda x: layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="d", dtype="mixed_bfloat16")(x),
        shapes=[(None, 4)],
        tolerance=3e-2,
    )
    add("three axes", "Permute", [normal(rng, 2, 3, 4, 2)], lambda x: layers.Permute((3, 1, 2))(x))
    add("open axis", "Permute", [cube], lambda x: layers.Permute((2, 1))(x), shapes=[(None, 4)])
    add("thrice", "RepeatVector", [x], lambda x: layers.RepeatVector(3)(x))
    add("each its slope", "PReLU", [cube], lambda x: layers.PReLU()(x))
    add(
        "shared slopes",
        "PReLU",
        [normal(rng, 2, 3, 2, 4)],
        lambda x: layers.PReLU(
            alpha_initializer="ones",
            alpha_regularizer="l1",
            alpha_constraint="non_neg",
            shared_axes=[1, 2],
        )(x),
    )
    add(
        "shared, open axis", "PReLU", [cube], lambda x: layers.PReLU(shared_axes=1)(x), shapes=[(None, 4)]
    )
    mask = np.array([[True, False, True, True], [False, True, True, False], [False] * 4])
    add("with a mask", "Softmax", [x, mask], lambda x, m: layers.Softmax()(x, mask=m))
    add(
        "with a mask, over two axes",
        "Softmax",
        [cube, np.array([[[True, False, True, True]] * 3, [[False, True, True, False]] * 3])],
        lambda x, m: layers.Softmax(axis=(1, 2))(x, mask=m),
    )
    return made
