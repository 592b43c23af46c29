"""Make ``preprocessing.json``: what Keras's layers on texts and hashes give, and Equalization.

    python preprocessing.py

in an environment with the packages of ``requirements.txt`` and
``tensorflow-cpu``, which these layers compute with whatever Keras's backend.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np
from keras import layers

HERE = Path(__file__).resolve().parent
TEXTS = ["The cat, the dog", "a  cat sat.", "Dog! dog? CAT", "", "\u00c4pfel und\tBirnen", "one two three four five"]
WORDS = ["cat", "dog", "cat", "", "bird", "cat", "dog", "emu", "[UNK]", "gnu"]
LONG = ["".join(chr(97 + (7 * i + n) % 26) for i in range(n)) for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128, 129, 200, 300)]


def config(layer):
    """Give a layer's config without what all layers have."""
    shared = ("name", "trainable", "dtype")
    return {key: value for key, value in layer.get_config().items() if key not in shared}


def numbers(value):
    """Turn an array into its JSON form."""
    value = np.asarray(value)
    return {"shape": list(value.shape), "data": [float(str(v)) for v in value.ravel()]}


def case(kind, layer, inputs, adapt=None, expanded=False):
    """Compute one case; ``adapt`` is what the layer is adapted to first."""
    before = config(layer)
    before.pop("vocabulary_size", None)
    made = {"class_name": kind, "config": before, "inputs": inputs}
    if adapt is not None:
        layer.adapt(np.array(adapt))
        made |= {"adapt": adapt, "vocabulary": [str(v) for v in layer.get_vocabulary()]}
    given = np.array(inputs)
    result = layer(given[:, None] if expanded else given)
    return made | {"outputs": numbers(result)}


def main():
    """Write all cases."""
    made = []
    for options in [{}, {"salt": 133}, {"salt": [9, 12345678901234567]}, {"mask_value": ""}, {"output_mode": "one_hot"}]:
        made.append(case("Hashing", layers.Hashing(1_000_003 if "output_mode" not in options else 7, **options), LONG))
    whole = [0, 1, -1, 12345, 987654321]
    made.append(case("Hashing", layers.Hashing(997), whole))
    made.append(case("Hashing", layers.Hashing(997, mask_value=1, salt=[3, 4]), whole))
    for mode in ["int", "one_hot"]:
        crossing = layers.HashedCrossing(11, output_mode=mode)
        strings, whole = WORDS[:5], [5, -7, 123456789, 0, 5]
        outputs = crossing((np.array(strings), np.array(whole)))
        made.append({
            "class_name": "HashedCrossing", "config": config(crossing), "inputs": strings, "others": whole,
            "outputs": numbers(outputs),
        })
    vocabulary = ["emu", "dog", "cat"]
    for options in [
        {}, {"mask_token": ""}, {"mask_token": "", "num_oov_indices": 4}, {"num_oov_indices": 3, "salt": [5, 6]},
        {"output_mode": "one_hot"}, {"output_mode": "multi_hot", "mask_token": "", "num_oov_indices": 2},
        {"output_mode": "count", "max_tokens": 8, "pad_to_max_tokens": True},
        {"output_mode": "tf_idf", "idf_weights": [0.25, 0.5, 1.5]},
    ]:
        layer = layers.StringLookup(vocabulary=vocabulary, **options)
        made.append(case("StringLookup", layer, WORDS, expanded="output_mode" in options))
    for options in [{}, {"mask_token": "", "max_tokens": 4}, {"output_mode": "tf_idf"}]:
        layer = layers.StringLookup(**options)
        made.append(case("StringLookup", layer, WORDS, adapt=WORDS, expanded="output_mode" in options))
    for options in [
        {}, {"standardize": None}, {"standardize": "lower"}, {"standardize": "strip_punctuation"},
        {"split": "character"}, {"split": None}, {"ngrams": 2}, {"ngrams": (2, 3)}, {"max_tokens": 5},
        {"output_sequence_length": 3}, {"output_sequence_length": 7, "ngrams": 2},
        {"output_mode": "multi_hot"}, {"output_mode": "count", "ngrams": 2},
        {"output_mode": "tf_idf"}, {"output_mode": "tf_idf", "max_tokens": 40, "pad_to_max_tokens": True},
    ]:
        expanded = options.get("split", "") is None
        made.append(case("TextVectorization", layers.TextVectorization(**options), TEXTS, adapt=TEXTS[:5], expanded=expanded))
    layer = layers.TextVectorization(vocabulary=["cat", "dog"])
    made.append(case("TextVectorization", layer, TEXTS))
    # Keras does not take this one into functional models.
    rng = np.random.default_rng(67)
    images = np.round(rng.uniform(0.05, 0.95, (2, 5, 4, 3)), 4).astype(np.float32)
    images[..., 2] = 0.5
    for options in [{"bins": 16}, {}]:
        layer = layers.Equalization((0.0, 1.0), **options)
        made.append({
            "class_name": "Equalization", "config": config(layer), "inputs": numbers(images),
            "outputs": numbers(layer(images, training=True)),
        })
    lines = [json.dumps(c, separators=(",", ":"), allow_nan=False) for c in made]
    (HERE / "preprocessing.json").write_text('{"cases":[\n' + ",\n".join(lines) + "\n]}\n")
    print(len(made))


if __name__ == "__main__":
    main()
