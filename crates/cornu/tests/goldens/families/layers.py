"""Layers: outputs, gradients, shapes and configs."""

import jax
import jax.numpy as jnp
import numpy as np
from keras import layers

from .optimizers import named
from .shared import array, fresh, normal, plain, uniform, write


def pull_back(layer, inputs, c, training):
    """Compute the gradients of ``sum(c * layer(inputs))``.

    Parameters
    ----------
    layer : keras.Layer
        A built layer.
    inputs : list of jax.Array
        Its inputs.
    c : numpy.ndarray
        The cotangent.
    training : bool or None
        What the call is told, where the layer takes it.

    Returns
    -------
    list of dict
        The gradients with respect to the inputs.
    list of dict
        The gradients with respect to the trainable weights.
    """
    fixed = [v.value for v in layer.non_trainable_variables]
    kwargs = {} if training is None else {"training": training}

    def total(weights, values):
        args = values[0] if len(values) == 1 else values
        out, _ = layer.stateless_call(weights, fixed, args, **kwargs)
        return jnp.sum(out * c)

    weights = [v.value for v in layer.trainable_variables]
    by_weight, by_input = jax.grad(total, (0, 1))(weights, list(inputs))
    return [array(g) for g in by_input], [array(g) for g in by_weight]


def layer_case(rng, layer, inputs, weights=None, trains=False, note=None):
    """Compute everything about one layer on one set of inputs.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the cotangent comes from.
    layer : keras.Layer
        The layer, built here if it is not yet.
    inputs : list of numpy.ndarray
        Its inputs; more than one for the merging layers.
    weights : list of numpy.ndarray, optional
        What to set its weights to.
    trains : bool
        Whether a call in training mode differs from one in inference mode and
        is deterministic.
    note : str, optional
        What is unusual about the case.

    Returns
    -------
    dict
        The case.
    """
    values = [jnp.asarray(v) for v in inputs]
    args = values[0] if len(values) == 1 else values
    shapes = [tuple(v.shape) for v in values]
    if not layer.built:
        layer.build(shapes[0] if len(shapes) == 1 else shapes)
    if weights is not None:
        layer.set_weights(weights)
    modal = isinstance(layer, (layers.BatchNormalization, layers.Dropout))
    kwargs = {"training": False} if modal else {}
    before = named(layer.weights)
    output = layer(args, **kwargs)
    c = normal(rng, *output.shape)
    by_input, by_weight = pull_back(layer, values, c, False if modal else None)
    open_shapes = [(None, *s[1:]) for s in shapes]
    shape = layer.compute_output_shape(
        open_shapes[0] if len(open_shapes) == 1 else open_shapes
    )
    case = {
        "class_name": type(layer).__name__,
        "config": plain(layer.get_config()),
        "build_config": plain(layer.get_build_config()),
        "inputs": [array(v) for v in inputs],
        "weights": before,
        "trainable": [
            any(w is t for t in layer.trainable_variables)
            for w in layer.weights
        ],
        "outputs_inference": array(output),
        "c": array(c),
        "input_gradients": by_input,
        "weight_gradients": by_weight,
        "compute_output_shape": {
            "input_shapes": plain(open_shapes),
            "output_shape": plain(shape),
        },
    }
    if trains:
        by_input, by_weight = pull_back(layer, values, c, True)
        case["input_gradients_training"] = by_input
        case["weight_gradients_training"] = by_weight
        case["outputs_training"] = array(layer(args, training=True))
        case["weights_after_training_call"] = named(layer.weights)
    if note is not None:
        case["note"] = note
    return case


def make_layers():
    """Write ``layers.json``: every layer, its shapes and its gradients."""
    rng = fresh(6)
    cases = []

    def add(layer, *inputs, **kwargs):
        cases.append(layer_case(rng, layer, list(inputs), **kwargs))

    matrix, cube = normal(rng, 5, 4), normal(rng, 2, 3, 4)
    kernel, bias = normal(rng, 4, 3, scale=0.6), normal(rng, 3, scale=0.3)
    for activation in (None, "relu", "tanh", "sigmoid", "gelu", "softmax"):
        layer = layers.Dense(3, activation=activation)
        add(layer, matrix, weights=[kernel, bias])
    add(layers.Dense(3, use_bias=False), matrix, weights=[kernel])
    add(layers.Dense(3, activation="elu"), cube, weights=[kernel, bias])
    for name in ("relu", "softmax", "leaky_relu"):
        add(layers.Activation(name), cube)

    add(layers.Flatten(), cube)
    add(layers.Flatten(), matrix)
    add(layers.Flatten(), normal(rng, 4), note="rank 1 gains an axis")
    add(layers.Reshape((2, 2)), matrix)
    add(layers.Reshape((-1,)), cube)
    add(layers.Reshape((2, -1)), cube)
    add(layers.Rescaling(1.0 / 255), np.round(127 + 60 * cube, 2))
    add(layers.Rescaling(0.5, offset=-1.0), cube)
    vector = [0.5, 1.0, -2.0, 0.25]
    add(layers.Rescaling(vector, offset=[0.0, 1.0, 2.0, -1.0]), cube)

    data = normal(rng, 20, 4) * np.float32([1, 2, 0.5, 3]) + np.float32(
        [0, 1, -2, 5]
    )
    for axis, invert in ((-1, False), (None, False), (-1, True)):
        layer = layers.Normalization(axis=axis, invert=invert)
        layer.adapt(data)
        case = layer_case(rng, layer, [matrix])
        case["adapted_to"] = array(data)
        cases.append(case)
    cube_data = normal(rng, 6, 3, 4, scale=2.0)
    for axis in (-1, 1, (1, 2), None):
        layer = layers.Normalization(axis=axis)
        layer.adapt(cube_data)
        case = layer_case(rng, layer, [cube])
        case["adapted_to"] = array(cube_data)
        cases.append(case)
    mean, variance = [0.5, -1.0, 2.0, 0.0], [1.0, 4.0, 0.25, 9.0]
    for invert in (False, True):
        given = layers.Normalization(
            mean=mean, variance=variance, invert=invert
        )
        add(given, matrix)
    add(layers.Normalization(axis=None, mean=1.5, variance=4.0), cube)
    flat = layers.Normalization()
    constant = np.float32([[1, 2, 3, 4]]).repeat(6, 0)
    flat.adapt(constant)
    case = layer_case(rng, flat, [matrix], note="adapted to no variance")
    case["adapted_to"] = array(constant)
    cases.append(case)

    gamma, beta = uniform(rng, 0.5, 1.5, 4), normal(rng, 4)
    moving = [normal(rng, 4), uniform(rng, 0.5, 2.0, 4)]
    norm = layers.BatchNormalization
    add(norm(), matrix, weights=[gamma, beta, *moving], trains=True)
    add(
        norm(momentum=0.9),
        cube,
        weights=[gamma, beta, *moving],
        trains=True,
    )
    add(norm(center=False), matrix, weights=[gamma, *moving], trains=True)
    add(norm(scale=False), matrix, weights=[beta, *moving], trains=True)
    bare = norm(center=False, scale=False, epsilon=0.01)
    add(bare, matrix, weights=moving, trains=True)
    add(
        norm(axis=1, momentum=0.9),
        cube,
        weights=[gamma[:3], beta[:3], *(m[:3] for m in moving)],
        trains=True,
    )
    frozen = norm()
    frozen.trainable = False
    add(
        frozen,
        matrix,
        weights=[gamma, beta, *moving],
        trains=True,
        note="trainable=False: a training call runs in inference mode",
    )

    other, wide = normal(rng, 2, 3, 4), normal(rng, 2, 3, 2)
    add(layers.Concatenate(), cube, wide)
    add(layers.Concatenate(axis=1), cube, normal(rng, 2, 2, 4), other)
    add(layers.Concatenate(axis=-1), matrix, normal(rng, 5, 1))
    add(layers.Add(), cube, other)
    add(layers.Add(), cube, other, normal(rng, 2, 3, 4))
    add(layers.Dropout(0.3), cube)
    add(layers.Dropout(0.0), cube, trains=True)
    write("layers.json", {"cases": cases})
