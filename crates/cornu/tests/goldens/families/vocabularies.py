"""Models whose layers learned a vocabulary, which Keras keeps beside the
weights. These layers need ``tensorflow-cpu``, whatever Keras's backend."""

import keras
import numpy as np
from keras import layers

from .files import save
from .shared import array, fresh, plain, write


def make_vocabularies():
    """Write ``vocabularies/numbers.keras``, whose model numbers whole numbers,
    and ``vocabularies/texts.keras``, whose layers number texts."""
    rng = fresh(62)
    data = rng.zipf(1.7, (40, 3)).clip(max=30).astype(np.int64)
    x = keras.Input((3,), dtype="int64", name="x")
    outputs = []
    for options in (
        {"mask_token": 0, "num_oov_indices": 2},
        {"output_mode": "multi_hot"},
        {"output_mode": "tf_idf"},
        {
            "output_mode": "tf_idf",
            "max_tokens": 9,
            "pad_to_max_tokens": True,
        },
    ):
        lookup = layers.IntegerLookup(**options)
        lookup.adapt(data)
        outputs.append(lookup(x))
    outputs[0] = layers.Embedding(20, 2)(outputs[0])
    model = keras.Model(x, outputs)
    save(model, "vocabularies/numbers")
    given = data[:12] + rng.integers(0, 2, (12, 3))
    numbers = {
        "input": array(given.astype(np.int32)),
        "predictions": [
            array(p) for p in model.predict(given, verbose=0)
        ],
    }

    texts = ["the cat sat", "a dog and a cat", "The DOG, again!", "dog"]
    text = keras.Input((1,), dtype="string", name="text")
    described, outputs = [], []
    for layer in (
        layers.StringLookup(name="plain"),
        layers.StringLookup(
            name="tf_idf",
            output_mode="tf_idf",
            num_oov_indices=2,
            mask_token="dog",
        ),
        layers.TextVectorization(name="words"),
        layers.TextVectorization(name="weighted", output_mode="tf_idf"),
    ):
        layer.adapt(np.array(texts))
        outputs.append(layer(text))
        given = np.array([*texts, "a bird", "cat"])
        described.append(
            {
                "name": layer.name,
                "class_name": type(layer).__name__,
                "texts": given.tolist(),
                "vocabulary": plain(layer.get_vocabulary()),
                "outputs": array(np.asarray(layer(given[:, None]))),
            }
        )
    save(keras.Model(text, outputs), "vocabularies/texts")
    write("vocabularies.json", {"numbers": numbers, "texts": described})
