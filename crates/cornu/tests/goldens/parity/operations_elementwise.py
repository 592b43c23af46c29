"""Operations element by element: arithmetic, functions, comparisons."""

import jax.numpy as jnp
import numpy as np
from keras import ops
from listed import Cases
from shared import normal, uniform


def cases():
    """Give the family's cases."""
    rng = np.random.default_rng(31)
    cases = Cases(rng)
    add = cases.add
    x, y = normal(rng, 3, 4), normal(rng, 3, 4)
    positive, part = uniform(rng, 0.3, 3.0, 3, 4), uniform(rng, -0.9, 0.9, 3, 4)
    row = np.array([0.5, -1.5, 2.5, 3.5], "float32")
    i, j = rng.integers(-9, 10, (3, 4)).astype("int32"), rng.integers(1, 6, (3, 4)).astype("int32")
    b, c = rng.random((3, 4)) < 0.5, rng.random((3, 4)) < 0.5

    add("operators", [x, y], lambda x, y: [x + y, x - y, x * y, x / y, -x, abs(x), x + 1, 2 - x, x * 2.5, 1 / x, x // y, x % y])
    add("operators on three axes", [normal(rng, 2, 3, 4), normal(rng, 2, 1, 4)], lambda x, y: [x + y, y * x, x - row, y * row])
    add("powers", [positive, y], lambda x, y: [x**y, x**2, x**-1.5, 2**y, ops.square(y), y**3])
    add(
        "two operands",
        [x, y],
        lambda x, y: [
            ops.add(x, y), ops.subtract(x, y), ops.multiply(x, y), ops.divide(x, y), ops.true_divide(x, y),
            ops.divide_no_nan(x, y), ops.maximum(x, y), ops.minimum(x, 0.3), ops.fmax(x, y), ops.fmin(x, y),
            ops.arctan2(x, y), ops.hypot(x, y), ops.logaddexp(x, y), ops.logaddexp2(x, y), ops.heaviside(x, y),
            ops.mod(x, y), ops.fmod(x, y), ops.floor_divide(x, y),
        ],
    )
    add(
        "integers",
        [i, j],
        lambda i, j: [
            i + j, i - j, i * j, i / j, i // j, i % j, i + 1, i * 2.5, i // 2, -i, abs(i), ops.sign(i), ops.square(i),
            ops.maximum(i, j), ops.minimum(i, 2), ops.fmod(i, j), ops.power(i, 2), ops.clip(i, -3, 4), ops.clip(i, -2.5, 2.5),
            ops.trunc(i), ops.round(i, decimals=-1), ops.floor(i), ops.sqrt(j), ops.exp(i), ops.cos(i), ops.log(j), ops.reciprocal(j),
        ],
        gradients=False,
    )
    add(
        "bits",
        [i, j],
        lambda i, j: [
            ops.bitwise_and(i, j), ops.bitwise_or(i, j), ops.bitwise_xor(i, j), ops.bitwise_invert(i), ops.bitwise_not(i),
            ops.bitwise_left_shift(i, j), ops.bitwise_right_shift(i, j), ops.left_shift(i, 2), ops.right_shift(i, 1),
        ],
        gradients=False,
    )
    add("dtypes together", [x, i, b], lambda x, i, b: [x + i, i * b, x * b, b + 1, b * 0.5, ops.add(b, b), ops.add(i, 0.5), i + x * 2])
    add(
        "roots, powers and logarithms",
        [positive],
        lambda x: [
            ops.sqrt(x), ops.rsqrt(x), ops.cbrt(x), ops.reciprocal(x), ops.exp(x), ops.exp2(x), ops.expm1(x), ops.log(x),
            ops.log2(x), ops.log10(x), ops.log1p(x), ops.arccosh(x + 1.5), ops.ldexp(x, 3), ops.i0(x * 3),
        ],
        tolerance=2e-5,
    )
    add(
        "trigonometry",
        [part],
        lambda x: [
            ops.sin(x), ops.cos(x), ops.tan(x), ops.sinh(x), ops.cosh(x), ops.tanh(x), ops.arcsin(x), ops.arccos(x), ops.arctan(x),
            ops.arcsinh(x), ops.arctanh(x), ops.sinc(x), ops.deg2rad(x), ops.rad2deg(x), ops.erf(x), ops.erfc(x), ops.erfinv(x),
            ops.i0(x),
        ],
        tolerance=2e-5,
    )
    add(
        "steps and limits",
        [3 * x],
        lambda x: [
            ops.absolute(x), ops.abs(x), ops.fabs(x), ops.negative(x), ops.sign(x), ops.signbit(x), ops.floor(x), ops.ceil(x), ops.trunc(x),
            ops.round(x), ops.round(x, decimals=1), ops.clip(x, -1.5, 2), ops.copy(x), ops.stop_gradient(x), ops.real(x), ops.imag(x),
            ops.conj(x), ops.conjugate(x), ops.isreal(x), ops.angle(x),
        ],
    )
    add(
        "comparisons",
        [x, y, i],
        lambda x, y, i: [
            x > y, x < y, x >= y, x <= y, ops.equal(x, y), ops.not_equal(x, y), ops.equal(i, 3), ops.not_equal(i, 3), ops.greater(x, 0.5), ops.less(i, 2),
            ops.greater_equal(i, 2), ops.less_equal(x, i), ops.isclose(x, y, rtol=0.5, atol=0.1), ops.isin(i, np.array([1, 3, -4], "int32")),
            ops.isclose(x, x + 1e-9), ops.isin(i, np.array([[2, 5]]), invert=True),
        ],
        gradients=False,
    )
    add(
        "truth values",
        [b, c, i],
        lambda b, c, i: [
            ops.logical_and(b, c), ops.logical_or(b, c), ops.logical_not(b), ops.logical_xor(b, c), ops.logical_and(b, i), ops.logical_not(i),
            ops.cast(b, "float32"), ops.maximum(b, c), ops.all(b, axis=1), ops.any(b, axis=-1, keepdims=True), ops.any(c), ops.sum(b, axis=1),
            ops.bitwise_and(b, c), ops.bitwise_or(b, c), ops.bitwise_xor(b, c), ops.bitwise_not(b),
        ],
        gradients=False,
    )
    add(
        "choices",
        [x, y, b],
        lambda x, y, b: [
            ops.where(x > 0, x, y), ops.where(b, x, 0.5), ops.where(b, 1, 2), ops.where(b, row, y), ops.select([x > 1, b], [x, 2 * y], default=7.0),
        ],
    )

    def broken(x):
        nan = ops.log(ops.where(x > 0.5, x, -1.0))
        inf = 1 / ops.where(x > 0, x, 0.0)
        return [
            ops.isnan(nan), ops.isinf(inf), ops.isfinite(inf), ops.isposinf(inf), ops.isneginf(-inf), ops.nan_to_num(nan),
            ops.nan_to_num(inf, posinf=9.0), ops.nansum(nan, axis=1), ops.nanmean(nan), ops.nanmax(nan, axis=0), ops.nanmin(nan),
            ops.nanprod(nan, axis=1), ops.nanvar(nan), ops.nanstd(nan), ops.nancumsum(nan, axis=1), ops.nancumprod(nan, axis=0),
            ops.fmax(nan, 0.0), ops.fmin(nan, 0.0), ops.nanargmax(nan, axis=0), ops.nanargmin(nan, axis=0, keepdims=True),
        ]

    add("no numbers", [positive], broken, gradients=False)
    add(
        "dtypes",
        [x, i],
        lambda x, i: [
            ops.cast(3 * x, "int32"), ops.cast(i, "float32"), ops.cast(x, "bool"), ops.saturate_cast(300 * x, "uint8"), ops.saturate_cast(i, "uint8"),
            ops.cast(abs(i), "uint8") + ops.cast(i, "int8"), ops.convert_to_tensor(x) + 1, ops.array(x), ops.zeros_like(x), ops.ones_like(i),
            ops.full_like(x, 3), ops.full_like(i, 2, dtype="float32"), ops.zeros_like(x, dtype="int32"),
        ],
        gradients=False,
    )
    add(
        "floats of 16 bits",
        [x],
        lambda x: (lambda h: [h + 1, h * x, ops.mean(h, axis=1), ops.exp(h) / 3, ops.softmax(h), ops.var(h)])(ops.cast(x, "bfloat16")),
        gradients=False,
        tolerance=2e-2,
    )
    add("shared with layers", [x], lambda x: (lambda h: [keras_layers(h) * 2, ops.relu(h) + x])(dense(x)))
    add(
        "constants",
        [x],
        lambda x: [x + row, x * jnp.asarray(row), ops.matmul(x, np.ones((4, 2), "float32") * 0.5), x + np.float32(2)],
    )
    return cases.made


def dense(x):
    """Apply a layer before operations."""
    from keras import layers

    return layers.Dense(4)(x)


def keras_layers(x):
    """Apply layers of operations' names after operations."""
    from keras import layers

    return layers.Add()([layers.Softmax()(ops.softmax(x)), x + 1])
