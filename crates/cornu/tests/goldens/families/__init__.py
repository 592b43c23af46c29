"""The families of goldens: a module each, whose ``make_<golden>`` functions
write them.

Keras runs on its JAX backend, on the CPU, in float32 with full float32 matrix
products; that has to be settled before it is imported.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_DEFAULT_MATMUL_PRECISION"] = "highest"
