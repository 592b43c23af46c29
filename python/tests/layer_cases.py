"""Sample calls of every layer: its arguments, and the shapes that it is called on.

An argument that depends on the library (a layer in another) is a function of the module of layers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Case(NamedTuple):
    """A layer's arguments, and what it is called on."""

    name: str
    arguments: dict[str, Any]
    shapes: Any
    """The inputs' shapes: one, or a list of several that are given as a list (a tuple: one after the other)."""
    kind: str = "floats"
    call: Any = None
    """Other arguments of the call."""
    tolerance: float = 1e-5
    model: bool = True
    """Whether a functional model of it can be made and saved."""

    def given(self, layers: Any) -> dict[str, Any]:
        """Give the arguments, made of that library's layers."""
        return {key: value(layers) if callable(value) else value for key, value in self.arguments.items()}

    def make(self, layers: Any) -> Any:
        """Make the layer of that library."""
        return getattr(layers, self.name)(**self.given(layers))

    def at_rest(self) -> dict[str, Any]:
        """Give the other arguments of a call that draws nothing."""
        unasked = {"CutMix", "Equalization", "MixUp", "RandAugment", "Solarization"}
        rest = {"training": False} if self.name.startswith("Random") or self.name in unasked else {}
        return {**(self.call or {}), **rest}

    def inputs(self, seed: int = 0) -> list:
        """Give the arrays that it is called on, as positional arguments."""
        rng = np.random.default_rng(seed)

        def made(shape: Any) -> Any:
            if isinstance(shape, list):
                return [made(item) for item in shape]
            return numbers(rng, shape, self.kind)

        several = isinstance(self.shapes, tuple) and not isinstance(self.shapes[0], int)
        return [made(shape) for shape in self.shapes] if several else [made(self.shapes)]


def numbers(rng: Any, shape: tuple, kind: str) -> np.ndarray:
    """Give numbers of some kind."""
    if kind == "tokens":
        return rng.integers(0, 5, shape).astype("int32")
    if kind == "images":
        return rng.uniform(0, 255, shape).astype("float32")
    if kind == "units":
        return rng.uniform(0, 1, shape).astype("float32")
    if kind == "padded":
        # Sequences that end in zeros.
        array = rng.normal(size=shape).astype("float32")
        for i in range(shape[0]):
            array[i, shape[1] - i % shape[1] :] = 0
        return array
    return rng.normal(size=shape).astype("float32")


def case(name: str, shapes: Any, arguments: dict | None = None, **options: Any) -> Case:
    """Give a case."""
    return Case(name, arguments or {}, shapes, **options)


SEQUENCE = (2, 6, 3)
IMAGE = (2, 8, 9, 3)
VOLUME = (2, 5, 6, 4, 2)
SHAPES = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}
CHANNELS_FIRST = {1: (2, 3, 6), 2: (2, 3, 8, 9), 3: (2, 2, 5, 6, 4)}
PLAIN = (4, 5)


def pick(value: Any, n: int) -> Any:
    """Give a setting of n axes."""
    return value[:n] if isinstance(value, tuple) else value


CASES = [
    case("Activation", PLAIN, {"activation": "relu"}),
    case("Activation", PLAIN, {"activation": "log_softmax", "name": "act"}),
    case("ActivityRegularization", PLAIN),
    case("ActivityRegularization", PLAIN, {"l1": 0.1, "l2": 0.2}),
    *(case(name, [PLAIN, PLAIN]) for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")),
    *(case(name, [PLAIN, PLAIN, PLAIN]) for name in ("Add", "Average", "Maximum", "Minimum", "Multiply")),
    case("Concatenate", [PLAIN, (4, 3)]),
    case("Concatenate", [(2, 3, 4), (2, 1, 4)], {"axis": 1}),
    case("Dot", [PLAIN, PLAIN], {"axes": 1}),
    case("Dot", [(2, 3, 4), (2, 5, 4)], {"axes": (2, 2), "normalize": True}),
    case("AdditiveAttention", [(2, 4, 3), (2, 5, 3)]),
    case("AdditiveAttention", [(2, 4, 3), (2, 5, 3), (2, 5, 3)], {"use_scale": False}),
    case("Attention", [(2, 4, 3), (2, 5, 3)]),
    case("Attention", [(2, 4, 3), (2, 5, 3)], {"use_scale": True, "score_mode": "concat"}),
    case("Attention", [(2, 4, 3), (2, 4, 3)], {"dropout": 0.3, "seed": 3}, call={"use_causal_mask": True}),
    case("MultiHeadAttention", ((2, 4, 6), (2, 5, 6)), {"num_heads": 2, "key_dim": 3}),
    case(
        "MultiHeadAttention",
        ((2, 4, 6), (2, 4, 6)),
        {"num_heads": 2, "key_dim": 3, "value_dim": 3, "output_shape": 5, "use_bias": False},
        call={"use_causal_mask": True},
    ),
    case(
        "MultiHeadAttention",
        ((2, 3, 4, 6), (2, 3, 4, 6)),
        {"num_heads": 2, "key_dim": 3, "attention_axes": (1, 2), "kernel_regularizer": "l2"},
    ),
    case(
        "GroupQueryAttention", ((2, 4, 6), (2, 5, 6)), {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
    ),
    case(
        "GroupQueryAttention",
        ((2, 4, 6), (2, 4, 6)),
        {"head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1, "use_bias": False},
        call={"use_causal_mask": True},
    ),
    case("BatchNormalization", PLAIN),
    case("BatchNormalization", IMAGE, {"axis": 1, "momentum": 0.5, "epsilon": 0.01, "center": False}),
    case("BatchNormalization", IMAGE, {"scale": False, "beta_initializer": "ones", "gamma_regularizer": "l1"}),
    case("LayerNormalization", PLAIN),
    case("LayerNormalization", IMAGE, {"axis": [1, 2], "epsilon": 0.1, "scale": False}),
    case("GroupNormalization", (2, 5, 8), {"groups": 4}),
    case("GroupNormalization", IMAGE, {"groups": -1, "center": False}),
    case("RMSNormalization", PLAIN),
    case("RMSNormalization", SEQUENCE, {"axis": -1, "epsilon": 0.1}),
    case("UnitNormalization", PLAIN),
    case("UnitNormalization", SEQUENCE, {"axis": [1, 2]}),
    case("SpectralNormalization", PLAIN, {"layer": lambda m: m.Dense(3)}),
    case("SpectralNormalization", IMAGE, {"layer": lambda m: m.Conv2D(2, 3), "power_iterations": 2}),
    case("Normalization", PLAIN, {"mean": 1.5, "variance": 4.0, "axis": None}),
    case("Normalization", PLAIN, {"mean": [1.0, 2, 3, 4, 5], "variance": [1.0, 2, 3, 4, 5], "invert": True}),
    case("CategoryEncoding", (4,), {"num_tokens": 5, "output_mode": "one_hot"}, kind="tokens"),
    case("CategoryEncoding", (4, 3), {"num_tokens": 6}, kind="tokens"),
    case("CategoryEncoding", (4, 3), {"num_tokens": 6, "output_mode": "count"}, kind="tokens"),
    case("Discretization", PLAIN, {"bin_boundaries": [-1.0, 0.0, 0.5]}),
    case("Discretization", (4, 1), {"bin_boundaries": [-1.0, 0.0, 0.5], "output_mode": "one_hot"}),
    case("Dense", PLAIN, {"units": 3}),
    case(
        "Dense",
        SEQUENCE,
        {
            "units": 4,
            "activation": "gelu",
            "use_bias": False,
            "kernel_initializer": "he_normal",
            "kernel_regularizer": "l2",
            "kernel_constraint": "max_norm",
            "activity_regularizer": "l1",
            "name": "mine",
        },
    ),
    case("EinsumDense", SEQUENCE, {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d"}),
    case("EinsumDense", SEQUENCE, {"equation": "abc,cde->abde", "output_shape": (None, 4, 2), "activation": "tanh"}),
    case("Embedding", (4, 3), {"input_dim": 5, "output_dim": 2}, kind="tokens"),
    case(
        "Embedding",
        (4, 3),
        {"input_dim": 6, "output_dim": 2, "mask_zero": True, "embeddings_initializer": "ones"},
        kind="tokens",
    ),
    case("Dropout", PLAIN, {"rate": 0.5}),
    case("Dropout", SEQUENCE, {"rate": 0.25, "noise_shape": (None, 1, 3), "seed": 7}),
    *(case(name, PLAIN, {"rate": 0.3, "seed": 1}) for name in ("AlphaDropout", "GaussianDropout")),
    case("GaussianNoise", PLAIN, {"stddev": 0.5}),
    *(case(f"SpatialDropout{n}D", SHAPES[n], {"rate": 0.5}) for n in (1, 2, 3)),
    case("SpatialDropout2D", CHANNELS_FIRST[2], {"rate": 0.2, "data_format": "channels_first", "name": "drop"}),
    case("ELU", PLAIN, {"alpha": 0.5}),
    case("LeakyReLU", PLAIN),
    case("LeakyReLU", PLAIN, {"negative_slope": 0.1}),
    case("PReLU", SEQUENCE),
    case("PReLU", SEQUENCE, {"shared_axes": [1], "alpha_initializer": "ones"}),
    case("ReLU", PLAIN),
    case("ReLU", PLAIN, {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}),
    case("Softmax", PLAIN),
    case("Softmax", SEQUENCE, {"axis": 1}),
    case("Flatten", SEQUENCE),
    case("Flatten", CHANNELS_FIRST[2], {"data_format": "channels_first"}),
    case("Identity", SEQUENCE),
    case("Masking", SEQUENCE, {"mask_value": 0.5}),
    case("Permute", SEQUENCE, {"dims": (2, 1)}),
    case("RepeatVector", PLAIN, {"n": 3}),
    case("Rescaling", PLAIN, {"scale": 0.5}),
    case("Rescaling", IMAGE, {"scale": [0.5, 2.0, 1.0], "offset": 1.0}),
    case("Reshape", (2, 6), {"target_shape": (3, 2)}),
    case("Reshape", (2, 6, 2), {"target_shape": (-1, 4)}),
]

for n in (1, 2, 3):
    d = f"{n}D"
    odd = pick((2, 3, 1), n) if n > 1 else 2
    CASES += [
        case(f"AdaptiveAveragePooling{d}", SHAPES[n], {"output_size": 2}),
        case(f"AdaptiveMaxPooling{d}", CHANNELS_FIRST[n], {"output_size": 2, "data_format": "channels_first"}),
        case(f"AveragePooling{d}", SHAPES[n], {"pool_size": 2}),
        case(f"AveragePooling{d}", SHAPES[n], {"pool_size": 3, "strides": 2, "padding": "same"}),
        case(f"MaxPooling{d}", SHAPES[n]),
        case(f"MaxPooling{d}", SHAPES[n], {"pool_size": odd, "strides": 1, "padding": "same", "name": "pool"}),
        case(f"GlobalAveragePooling{d}", SHAPES[n]),
        case(f"GlobalAveragePooling{d}", CHANNELS_FIRST[n], {"data_format": "channels_first", "keepdims": True}),
        case(f"GlobalMaxPooling{d}", SHAPES[n], {"keepdims": True}),
        case(f"Conv{d}", SHAPES[n], {"filters": 2, "kernel_size": 2}),
        case(
            f"Conv{d}",
            SHAPES[n],
            {
                "filters": 4,
                "kernel_size": pick((3, 2, 1), n),
                "strides": 2,
                "padding": "same",
                "activation": "relu",
                "use_bias": False,
                "kernel_regularizer": "l2",
            },
        ),
        case(f"Conv{d}", SHAPES[n], {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "bias_initializer": "ones"}),
        case(f"Conv{d}Transpose", SHAPES[n], {"filters": 2, "kernel_size": 2}),
        case(
            f"Conv{d}Transpose",
            SHAPES[n],
            {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh"},
        ),
        case(f"Cropping{d}", SHAPES[n], {"cropping": 1}),
        case(f"Cropping{d}", SHAPES[n], {"cropping": (1, 2) if n == 1 else ((1, 0),) * n}),
        case(f"ZeroPadding{d}", SHAPES[n], {"padding": 2}),
        case(f"ZeroPadding{d}", SHAPES[n], {"padding": (1, 2) if n == 1 else ((1, 0),) * n}),
        case(f"UpSampling{d}", SHAPES[n]),
        case(f"UpSampling{d}", SHAPES[n], {"size": 3 if n == 1 else (3, 2, 1)[:n]}),
        case(f"ConvLSTM{d}", (2, 3, *SHAPES[n][1:]), {"filters": 2, "kernel_size": 2}),
        case(
            f"ConvLSTM{d}",
            (2, 3, *SHAPES[n][1:]),
            {
                "filters": 2,
                "kernel_size": 2,
                "padding": "same",
                "return_sequences": True,
                "use_bias": False,
                "go_backwards": True,
            },
        ),
    ]
    if n < 3:
        CASES += [
            case(f"DepthwiseConv{d}", SHAPES[n], {"kernel_size": 2}),
            case(
                f"DepthwiseConv{d}",
                SHAPES[n],
                {"kernel_size": 3, "padding": "same", "depth_multiplier": 2, "activation": "relu"},
            ),
            case(f"SeparableConv{d}", SHAPES[n], {"filters": 4, "kernel_size": 2}),
            case(
                f"SeparableConv{d}",
                SHAPES[n],
                {
                    "filters": 4,
                    "kernel_size": 3,
                    "strides": 2,
                    "padding": "same",
                    "depth_multiplier": 2,
                    "use_bias": False,
                },
            ),
        ]
CASES += [
    case("Conv1D", SEQUENCE, {"filters": 2, "kernel_size": 3, "padding": "causal"}),
    case("Conv2D", (2, 8, 9, 4), {"filters": 4, "kernel_size": 3, "groups": 2}),
    case("UpSampling2D", IMAGE, {"size": 2, "interpolation": "bilinear"}),
]

for name in ("SimpleRNN", "GRU", "LSTM"):
    CASES += [
        case(name, SEQUENCE, {"units": 4}),
        case(
            name,
            SEQUENCE,
            {"units": 4, "return_sequences": True, "return_state": True, "use_bias": False, "activation": "relu"},
        ),
        case(
            name,
            SEQUENCE,
            {
                "units": 3,
                "go_backwards": True,
                "dropout": 0.2,
                "recurrent_dropout": 0.1,
                "kernel_regularizer": "l2",
                "name": "cells",
            },
        ),
        case("RNN", SEQUENCE, {"cell": lambda m, name=name: getattr(m, f"{name}Cell")(3), "return_sequences": True}),
        case("Bidirectional", SEQUENCE, {"layer": lambda m, name=name: getattr(m, name)(3)}),
    ]
    shapes = (2, 3), [(2, 4)] * (1 + (name == "LSTM"))
    CASES.append(case(f"{name}Cell", shapes, {"units": 4}, model=False))
CASES += [
    case("GRU", SEQUENCE, {"units": 4, "reset_after": False, "unroll": True}),
    case("GRUCell", ((2, 3), [(2, 4)]), {"units": 4, "reset_after": False, "dropout": 0.1}, model=False),
    case("LSTM", SEQUENCE, {"units": 4, "unit_forget_bias": False, "recurrent_activation": "hard_sigmoid"}),
    case(
        "StackedRNNCells",
        ((2, 3), [(2, 4), (2, 5)]),
        {"cells": lambda m: [m.GRUCell(4), m.SimpleRNNCell(5)]},
        model=False,
    ),
    case("RNN", SEQUENCE, {"cell": lambda m: [m.LSTMCell(4), m.GRUCell(3)], "return_state": True}),
    case("RNN", SEQUENCE, {"cell": lambda m: m.StackedRNNCells([m.LSTMCell(4), m.LSTMCell(3)])}),
    case(
        "Bidirectional",
        SEQUENCE,
        {
            "layer": lambda m: m.GRU(3, return_sequences=True),
            "merge_mode": "sum",
            "backward_layer": lambda m: m.GRU(3, return_sequences=True, go_backwards=True),
        },
    ),
    case("TimeDistributed", SEQUENCE, {"layer": lambda m: m.Dense(4)}),
    case("TimeDistributed", (2, 3, 8, 9, 3), {"layer": lambda m: m.Conv2D(2, 3)}),
    case("MelSpectrogram", (2, 400), {"fft_length": 64, "sequence_stride": 32, "num_mel_bins": 8}, tolerance=1e-3),
    case("STFTSpectrogram", (2, 400, 1), {"frame_length": 32, "frame_step": 16}, tolerance=1e-3),
    case(
        "STFTSpectrogram",
        (2, 400, 2),
        {"mode": "magnitude", "frame_length": 32, "fft_length": 64, "padding": "same", "window": "hamming"},
        tolerance=1e-4,
    ),
    case("HashedCrossing", ((4, 1), (4, 1)), {"num_bins": 5}, kind="tokens", model=False),
]

RANDOM_IMAGES = {
    "CutMix": {"factor": 0.5},
    "MixUp": {"alpha": 0.4},
    "RandAugment": {"num_ops": 1, "factor": 0.2},
    "RandomBrightness": {"factor": 0.2},
    "RandomColorDegeneration": {"factor": 0.5},
    "RandomColorJitter": {"brightness_factor": 0.2, "contrast_factor": 0.2},
    "RandomContrast": {"factor": 0.2},
    "RandomCrop": {"height": 5, "width": 6},
    "RandomElasticTransform": {"scale": 0.5},
    "RandomErasing": {"factor": 1.0, "scale": (0.1, 0.2)},
    "RandomFlip": {"mode": "horizontal"},
    "RandomGaussianBlur": {"kernel_size": 3, "sigma": 0.5},
    "RandomGrayscale": {"factor": 0.5},
    "RandomHue": {"factor": 0.5},
    "RandomInvert": {"factor": 0.5},
    "RandomPerspective": {"scale": 0.3},
    "RandomPosterization": {"factor": 4},
    "RandomRotation": {"factor": 0.1, "fill_mode": "nearest"},
    "RandomSaturation": {"factor": 0.6},
    "RandomSharpness": {"factor": 0.4},
    "RandomShear": {"x_factor": 0.1, "y_factor": 0.2},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.2, "interpolation": "nearest"},
    "RandomZoom": {"height_factor": 0.2},
}
CASES += [
    *(case(name, IMAGE, {**given, "seed": 3}, kind="images") for name, given in RANDOM_IMAGES.items()),
    case("AutoContrast", IMAGE, kind="images", tolerance=1e-3),
    case("CenterCrop", IMAGE, {"height": 4, "width": 5}, kind="images"),
    case("CenterCrop", IMAGE, {"height": 10, "width": 5}, kind="images", tolerance=1e-3),
    case("Equalization", IMAGE, kind="images"),
    case("Resizing", IMAGE, {"height": 5, "width": 7}, kind="images", tolerance=1e-3),
    case(
        "Resizing",
        IMAGE,
        {"height": 12, "width": 7, "interpolation": "nearest", "crop_to_aspect_ratio": True},
        kind="images",
    ),
    case(
        "Resizing",
        IMAGE,
        {"height": 12, "width": 12, "interpolation": "bicubic", "pad_to_aspect_ratio": True, "fill_value": 3.0},
        kind="images",
        tolerance=1e-3,
    ),
    case("Solarization", IMAGE, {"threshold_factor": (0.3, 0.3)}, kind="images"),
]

IDS = [f"{item.name}-{i}" for i, item in enumerate(CASES)]

# What is applied to data before a model, and is tested on texts.
TEXTS = {"StringLookup", "TextVectorization", "Hashing", "IntegerLookup"}
