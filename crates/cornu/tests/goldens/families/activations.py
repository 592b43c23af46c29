"""Activations: values and gradients."""

import jax
import jax.numpy as jnp
import keras

from .shared import ACTIVATIONS, MORE_ACTIVATIONS, array, fresh, normal, uniform, write


def make_activations():
    """Write ``activations.json``: values and gradients of every activation."""
    rng = fresh(1)
    x = uniform(rng, -8.0, 8.0, 5, 7)
    x[0, 0], x[1, 3], x[2, 6], x[3, 1] = 30.0, -30.0, 90.0, -90.0
    x[4, 2], x[4, 5] = 0.001, -0.001
    c = normal(rng, 5, 7)
    # Where every piece of every function is met, and two elements are equal.
    near = uniform(rng, -4.0, 8.0, 6, 8)
    near[0] = [0.25, 0.25, -0.3, 0.1, -0.9, 0.7, -0.55, 0.4]
    near[5] = 0.1 * near[5]
    c_near = normal(rng, 6, 8)
    cases = []
    for name, config, x, c in [(*a, x, c) for a in ACTIVATIONS] + [
        (*a, near, c_near) for a in MORE_ACTIVATIONS
    ]:
        function = keras.activations.get(name)

        def apply(v, function=function, config=config):
            return function(v, **config)

        y, back = jax.vjp(apply, jnp.asarray(x))
        # A gated unit gives half as many.
        c = c[: y.shape[0], : y.shape[1]]
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
