"""Activations: values and gradients."""

import jax
import jax.numpy as jnp
import keras

from .shared import ACTIVATIONS, array, fresh, normal, uniform, write


def make_activations():
    """Write ``activations.json``: values and gradients of every activation."""
    rng = fresh(1)
    x = uniform(rng, -8.0, 8.0, 5, 7)
    x[0, 0], x[1, 3], x[2, 6], x[3, 1] = 30.0, -30.0, 90.0, -90.0
    x[4, 2], x[4, 5] = 0.001, -0.001
    c = normal(rng, 5, 7)
    cases = []
    for name, config in ACTIVATIONS:
        function = keras.activations.get(name)

        def apply(v, function=function, config=config):
            return function(v, **config)

        y, back = jax.vjp(apply, jnp.asarray(x))
        (dx,) = back(jnp.asarray(c))
        cases.append(
            {
                "name": name,
                "config": config,
                "x": array(x),
                "y": array(y),
                "c": array(c),
                "dx": array(dx),
            }
        )
    write("activations.json", {"cases": cases})
