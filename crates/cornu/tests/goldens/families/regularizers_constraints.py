"""Regularizers, constraints and initializers."""

import jax
import jax.numpy as jnp
import keras
import numpy as np

from .shared import array, fresh, normal, number, plain, result, write


def initializer_list():
    """List the initializers of the goldens.

    Returns
    -------
    list of keras.initializers.Initializer
        Each with its defaults, and some with arguments.
    """
    ki = keras.initializers
    return [
        ki.GlorotUniform(),
        ki.GlorotNormal(),
        ki.HeUniform(),
        ki.HeNormal(),
        ki.LecunUniform(),
        ki.LecunNormal(),
        ki.RandomUniform(),
        ki.RandomNormal(),
        ki.TruncatedNormal(),
        ki.Orthogonal(),
        ki.Constant(),
        ki.Zeros(),
        ki.Ones(),
        ki.VarianceScaling(),
        ki.GlorotUniform(seed=7),
        ki.RandomUniform(minval=-0.2, maxval=0.3, seed=7),
        ki.RandomNormal(mean=0.1, stddev=0.2, seed=7),
        ki.TruncatedNormal(mean=0.1, stddev=0.2, seed=7),
        ki.Orthogonal(gain=0.5, seed=7),
        ki.Constant(0.25),
        ki.Identity(),
        ki.HeNormal(input_axes=[1], output_axes=[0]),
        ki.LecunUniform(seed=7, input_axes=[0, 1], output_axes=[-1]),
        ki.GlorotNormal(input_axes=[0]),
        ki.VarianceScaling(
            2.0, "fan_out", "uniform", input_axes=[0], output_axes=[0, 1]
        ),
    ]


WINDOWS = [
    "barthann",
    "bartlett",
    "blackman",
    "blackmanharris",
    "bohman",
    "boxcar",
    "cosine",
    "exponential",
    "flattop",
    "hamming",
    "hann",
    "lanczos",
    "nuttall",
    "parzen",
    "taylor",
    "triang",
    "tukey",
]


def fixed_initializers():
    """Record the initializers that draw nothing, with all their values.

    Returns
    -------
    list of dict
        What each is, a shape and the values.
    """
    ki = keras.initializers
    cases = [
        (ki.Identity(), (3, 3)),
        (ki.STFT(), (9, 1, 5)),
        (ki.STFT(side="imag", scaling="spectrum"), (8, 1, 5)),
        (ki.STFT(side="imag", scaling=None, periodic=True), (8, 1, 4)),
        (ki.STFT(window=None), (6, 1, 3)),
        (ki.STFT(window=[0.5, 1.0, 2.0], scaling="spectrum"), (3, 1, 4)),
    ]
    for window in WINDOWS:
        for length, periodic in ((8, False), (9, False), (8, True), (1, False)):
            stft = ki.STFT(window=window, scaling=None, periodic=periodic)
            cases.append((stft, (length, 1, 2)))
    return [
        {
            "serialized": plain(ki.serialize(initializer)),
            "values": array(initializer(shape)),
        }
        for initializer, shape in cases
    ]


def make_regularizers_constraints():
    """Write ``regularizers_constraints.json``, initializers' configs included.

    The initializers' statistics come from a large kernel, so that another
    generator can be compared with them in distribution.
    """
    rng = fresh(7)
    kernel = normal(rng, 4, 3)
    kernel[1, 2] = 0.0
    kr, kc = keras.regularizers, keras.constraints
    regularizers = []
    for regularizer in [
        kr.L1(0.03),
        kr.L1(),
        kr.L2(0.05),
        kr.L2(),
        kr.L1L2(0.02, 0.07),
        kr.L1L2(),
        kr.OrthogonalRegularizer(),
        kr.OrthogonalRegularizer(0.3, mode="columns"),
    ]:
        value, gradient = jax.value_and_grad(regularizer)(jnp.asarray(kernel))
        regularizers.append(
            {
                "class_name": type(regularizer).__name__,
                "config": plain(regularizer.get_config()),
                "serialized": plain(keras.regularizers.serialize(regularizer)),
                "x": array(kernel),
                "value": result(value),
                "gradient": array(gradient),
            }
        )
    strings = {
        name: plain(kr.serialize(kr.get(name)))
        for name in ("l1", "l2", "l1l2", "orthogonal_regularizer")
    }
    constraints = []
    for constraint in [
        kc.MaxNorm(1.0),
        kc.MaxNorm(1.5, axis=0),
        kc.MaxNorm(2.0, axis=[0, 1]),
        kc.MaxNorm(100.0),
        kc.NonNeg(),
        kc.UnitNorm(),
        kc.UnitNorm(axis=[0, 1]),
        kc.UnitNorm(axis=1),
        kc.MinMaxNorm(),
        kc.MinMaxNorm(1.0, 1.5, rate=0.25, axis=1),
    ]:
        constraints.append(
            {
                "class_name": type(constraint).__name__,
                "config": plain(constraint.get_config()),
                "serialized": plain(kc.serialize(constraint)),
                "x": array(kernel),
                "value": array(constraint(jnp.asarray(kernel))),
            }
        )
    initializers = []
    for initializer in initializer_list():
        name = type(initializer).__name__
        case = {
            "class_name": name,
            "config": plain(initializer.get_config()),
            "serialized": plain(keras.initializers.serialize(initializer)),
        }
        draw = np.asarray(initializer((200, 100)), np.float64)
        case["sample"] = {
            "shape": [200, 100],
            "mean": number(draw.mean()),
            "std": number(draw.std()),
            "min": number(draw.min()),
            "max": number(draw.max()),
        }
        initializers.append(case)
    value = {
        "regularizers": regularizers,
        "regularizer_strings": strings,
        "constraints": constraints,
        "initializers": initializers,
        "fixed_initializers": fixed_initializers(),
    }
    write("regularizers_constraints.json", value)
