"""What all families of parity cases share: numbers, and the case itself."""

import json
import os
import re
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_DEFAULT_MATMUL_PRECISION"] = "highest"

import jax
import jax.numpy as jnp
import keras
import numpy as np

HERE = Path(__file__).resolve().parent


def normal(rng, *shape, scale=1.0):
    """Draw float32 numbers of four decimals from a normal distribution."""
    return np.round(scale * rng.standard_normal(shape), 4).astype(np.float32)


def uniform(rng, low, high, *shape):
    """Draw float32 numbers of four decimals from a uniform distribution."""
    return np.round(rng.uniform(low, high, shape), 4).astype(np.float32)


def array(value):
    """Turn an array into its JSON form: shape, dtype, flat data."""
    value = np.asarray(value)
    if value.dtype in (np.float64, jnp.bfloat16, np.float16):
        value = value.astype(np.float32)
    if value.dtype.kind in "iu":
        value = value.astype(np.int32)
    if value.dtype.kind == "f":
        if not np.isfinite(value).all():
            raise ValueError("a golden array must be finite")
        data = [float(str(v)) for v in value.ravel()]
    else:
        data = [v.item() for v in value.ravel()]
    return {"shape": list(value.shape), "dtype": str(value.dtype), "data": data}


def drawn(rng, weight):
    """Draw a weight: positive where it is a variance or a scale."""
    shape = tuple(weight.shape)
    if re.search("variance|gamma", weight.path):
        return uniform(rng, 0.5, 1.5, *shape)
    return normal(rng, *shape, scale=0.5)


def renumber(value):
    """Drop what differs from run to run in a serialized model."""
    if isinstance(value, dict):
        return {
            key: renumber(item)
            for key, item in value.items()
            if key != "shared_object_id"
        }
    if isinstance(value, list):
        return [renumber(item) for item in value]
    return value


def case(
    rng,
    name,
    covers,
    inputs,
    build,
    shapes=None,
    weights=None,
    updates=False,
    gradients=True,
    tolerance=None,
):
    """Compute everything about one small model.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where weights and cotangents come from.
    name : str
        What is special about the case.
    covers : str or list of str
        The classes that the case is about.
    inputs : list of numpy.ndarray
        What the model is fed.
    build : callable
        Gives the outputs from the Keras tensors of the inputs.
    shapes : list of tuple, optional
        The inputs' shapes without the batch, of which None is open; those of
        the arrays by default. A shape of type list holds the batch too.
    weights : list of numpy.ndarray, optional
        The weights; drawn where they are not given.
    updates : bool
        Whether to note the weights after the call: the model is then one whose
        call is told that it is training.
    gradients : bool
        Whether the outputs have gradients.
    tolerance : float, optional
        How far a value may be off, relative above 1; 1e-5 by default.

    Returns
    -------
    dict
        The case.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    symbols = []
    for i, value in enumerate(inputs):
        shape = value.shape[1:] if shapes is None else shapes[i]
        batch = {"batch_shape": tuple(shape)} if isinstance(shape, list) else {"shape": tuple(shape)}
        symbols.append(keras.Input(**batch, dtype=str(value.dtype), name=f"x{i}"))
    outputs = build(*symbols)
    model = keras.Model(symbols, outputs)
    weights = [drawn(rng, w) for w in model.weights] if weights is None else weights
    model.set_weights(weights)
    values = [jnp.asarray(v) for v in inputs]
    trainable = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]
    result, after = model.stateless_call(trainable, fixed, values)
    results = jax.tree_util.tree_leaves(result)
    made = {
        "name": name,
        "covers": [covers] if isinstance(covers, str) else covers,
        "model": renumber(json.loads(model.to_json())),
        "weights": [{"path": w.path, "value": array(w)} for w in model.weights],
        "trainable": [w.path for w in model.trainable_variables],
        "inputs": [array(v) for v in inputs],
        "outputs": [array(v) for v in results],
        "output_shapes": [list(o.shape) for o in jax.tree_util.tree_leaves(outputs)],
    }
    if tolerance is not None:
        made["tolerance"] = tolerance
    if gradients:
        cotangents = [normal(rng, *r.shape) for r in results]
        floats = [i for i, v in enumerate(values) if v.dtype.kind == "f"]

        def total(trainable, chosen):
            given = list(values)
            for i, value in zip(floats, chosen):
                given[i] = value
            out, _ = model.stateless_call(trainable, fixed, given)
            leaves = jax.tree_util.tree_leaves(out)
            return sum(jnp.sum(o.astype("float32") * c) for o, c in zip(leaves, cotangents))

        chosen = [values[i] for i in floats]
        by_weight, by_input = jax.jit(jax.grad(total, (0, 1)))(trainable, chosen)
        made["cotangents"] = [array(c) for c in cotangents]
        made["input_gradients"] = [array(g) for g in by_input]
        made["weight_gradients"] = [array(g) for g in by_weight]
    if updates:
        made["after"] = {
            w.path: array(v) for w, v in zip(model.non_trainable_variables, after)
            if "seed" not in w.path
        }
    return made


def write(family, cases):
    """Write a family's cases, one on a line."""
    lines = [json.dumps(c, separators=(",", ":"), allow_nan=False) for c in cases]
    text = '{"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / f"{family}.json").write_text(text)
    print(f"{family}: {len(cases)} cases, {len(text)} bytes", flush=True)
