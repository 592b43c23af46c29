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
        for name in ("l1", "l2", "l1l2")
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
    }
    write("regularizers_constraints.json", value)
