"""Every operation: on numbers and on symbols, as Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cornu
from cornu import _tables, ops

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4)).astype("float32")
Y = RNG.normal(size=(3, 4)).astype("float32")
U = RNG.uniform(0.1, 0.9, (3, 4)).astype("float32")
V = RNG.normal(size=6).astype("float32")
CUBE = RNG.normal(size=(2, 3, 4)).astype("float32")
IMAGE = RNG.uniform(0, 1, (2, 8, 8, 3)).astype("float32")
SIGNAL = RNG.normal(size=(2, 64)).astype("float32")
I = RNG.integers(1, 9, (3, 4)).astype("int32")  # noqa: E741
J = RNG.integers(1, 5, (3, 4)).astype("int32")
B = X > 0
C = Y > 0
NAN = np.where(B, X, np.nan).astype("float32")
SORTED = np.sort(V)
IDS = np.array([0, 0, 1, 2, 2, 2], "int32")

Case = tuple[str, tuple, dict]
CASES: list[Case] = []


def add(names: str, *args: Any, **kwargs: Any) -> None:
    CASES.extend((name, args, kwargs) for name in names.split())


add(
    "abs absolute arcsinh arctan cbrt ceil celu conj conjugate copy cos cosh deg2rad elu erf erfc exp exp2 expm1 fabs "
    "floor gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh i0 imag isfinite isinf isnan isneginf isposinf "
    "isreal leaky_relu log_sigmoid log_softmax logsumexp negative rad2deg ravel real reciprocal relu relu6 round "
    "selu sigmoid sign signbit silu sin sinc sinh soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid "
    "sparsemax square squareplus squeeze tan tanh tanh_shrink trunc zeros_like ones_like empty_like nan_to_num "
    "angle all any amax amin argmax argmin argsort average count_nonzero cumprod cumsum diag diagonal diff flip "
    "fliplr flipud max mean median min moments norm normalize prod ptp rms_normalization rot90 shape size ndim sort "
    "std sum trace transpose tril triu var corrcoef layer_normalization stop_gradient is_tensor dtype "
    "convert_to_numpy convert_to_tensor array trapezoid".replace("moments ", ""),
    X,
)
add("arccos arcsin arctanh erfinv log log10 log1p log2 rsqrt sqrt", U)
add("arccosh", U + 1)
add(
    "add arctan2 divide equal floor_divide fmax fmin fmod greater greater_equal heaviside hypot less less_equal "
    "logaddexp logaddexp2 maximum minimum mod multiply not_equal subtract true_divide divide_no_nan isclose allclose "
    "hypot outer",
    X,
    Y,
)
add("power", U, Y)
add("add", X, 2)
add("multiply", 2.0, X)
add("maximum", X, 0)
add("all any logical_not", B)
add("logical_and logical_or logical_xor", B, C)
add("bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift right_shift gcd lcm", I, J)
add("add multiply floor_divide mod subtract power", I, J)
add("bitwise_invert bitwise_not negative abs", I)
add("ldexp", X, J)
for axis in (0, -1, (0, 1)):
    add("sum mean max min prod std var amax amin logsumexp all any count_nonzero average", X, axis=axis)
add("sum mean max min prod std var median argmax argmin all any ptp", X, axis=1, keepdims=True)
add("argsort sort cumsum cumprod softmax log_softmax diff flip softmax", X, axis=0)
add(
    "nanmax nanmin nanmean nansum nanprod nanstd nanvar nanargmax nanargmin nancumsum nancumprod nanmedian", NAN, axis=0
)
add("nanquantile nanpercentile", NAN, 0.5, axis=0)
add("quantile", X, 0.3)
add("quantile", X, np.array([0.2, 0.7], "float32"), axis=0)
add("percentile", X, 30, axis=1)
add("moments", X, (0,))
add("adaptive_average_pool adaptive_max_pool", IMAGE, 2)
add("append", X, Y)
add("append", X, Y, axis=0)
add("arange", 5)
add("arange", 1, 4, 0.5)
add("array_split", V, 4)
add("argpartition", X, 2)
add("average", X, axis=1, weights=U)
add("average_pool max_pool", IMAGE, (2, 2), (2, 2))
add("average_pool max_pool", IMAGE, (3, 3), strides=(2, 2), padding="same")
add("bartlett blackman hamming hanning", 7)
add("kaiser", 7, 2.0)
add("batch_normalization", X, Y[0], U[0], -1)
add("batch_normalization", X, Y[0], U[0], -1, offset=X[0], scale=X[1], epsilon=0.1)
add("binary_crossentropy", B.astype("float32"), U)
add("categorical_crossentropy", np.eye(4, dtype="float32")[:3], U)
add("categorical_crossentropy", np.eye(4, dtype="float32")[:3], X, from_logits=True)
add("sparse_categorical_crossentropy", np.array([1, 0, 3]), X, from_logits=True)
add("bincount", IDS)
add("broadcast_to", X[0], (3, 4))
add("cast", X, "int32")
add("cast", I, "float16")
add("saturate_cast", 300 * X, "uint8")
add("cdist", X, Y)
add("clip", X, -0.5, 0.5)
add("concatenate stack vstack hstack dstack", [X, Y])
add("concatenate stack", [X, Y], axis=1)
add("conv", IMAGE, RNG.normal(size=(3, 3, 3, 2)).astype("float32"), strides=2, padding="same")
add("conv_transpose", IMAGE, RNG.normal(size=(3, 3, 2, 3)).astype("float32"), strides=2)
add("depthwise_conv", IMAGE, RNG.normal(size=(3, 3, 3, 2)).astype("float32"))
add(
    "separable_conv",
    IMAGE,
    RNG.normal(size=(3, 3, 3, 2)).astype("float32"),
    RNG.normal(size=(1, 1, 6, 2)).astype("float32"),
)
add("correlate", V, V[:3])
add("cross", X[:, :3], Y[:, :3])
add("depth_to_space", RNG.normal(size=(2, 3, 3, 8)).astype("float32"), 2)
add("space_to_depth", IMAGE, 2)
add("diag diagflat", V)
add("digitize", X, np.array([-0.5, 0.0, 0.5]))
add("dot", X, Y.T)
add("matmul", X, Y.T)
add("inner", X, Y)
add("kron", X, Y)
add("vdot", X, Y)
add("tensordot", CUBE, CUBE, axes=((0, 1), (0, 1)))
add("tensordot", CUBE, CUBE, axes=3)
add("dot_product_attention", *(RNG.normal(size=(2, 5, 2, 4)).astype("float32") for _ in range(3)))
add("dot_product_attention", *(RNG.normal(size=(2, 5, 2, 4)).astype("float32") for _ in range(3)), is_causal=True)
add("dsplit", CUBE, 2)
add("hsplit", X, 2)
add("vsplit", X, 3)
add("split", X, 2, axis=1)
add("split", V, [2, 5])
add("einsum", "ij,kj->ik", X, Y)
add("expand_dims", X, 1)
add("expand_dims", X, (0, 2))
add("extract_sequences", SIGNAL, 16, 8)
add("eye", 3)
add("eye", 3, 4, k=1, dtype="int32")
add("identity", 3)
add("tri", 3, 4)
add("full", (2, 3), 4.0)
add("full_like", X, 2)
add("zeros ones", (2, 3))
add("zeros ones", (2, 3), dtype="int32")
add("linspace", 0.0, 1.0, num=5)
add("linspace", 0.0, 1.0, num=5, endpoint=False)
add("logspace", 0.0, 2.0, num=4)
add("geomspace", 1.0, 8.0, num=4)
add("get_item", X, (slice(None), 1))
add("histogram", V, bins=4)
add("in_top_k", np.array([1, 0, 3]), X, k=2)
add("isin", I, np.array([1, 2, 3], "int32"))
add("layer_normalization", X, gamma=Y[0], beta=U[0], axis=-1, epsilon=0.01)
add("rms_normalization", X, scale=Y[0], epsilon=0.01)
add("meshgrid", V, X[0])
add("moveaxis", CUBE, 0, 2)
add("swapaxes", CUBE, 0, 2)
add("transpose", CUBE, (1, 0, 2))
add("multi_hot", np.array([[0, 1], [2, 2]]), num_classes=4)
add("one_hot", np.array([0, 2, 1]), 4)
add("norm", X, ord=1, axis=1)
add("norm", X, ord="fro")
add("normalize", X, axis=0, order=1)
add("pad", X, ((1, 0), (0, 2)))
add("pad", X, 1, mode="reflect")
add("pad", X, 1, constant_values=3)
add("psnr", IMAGE, IMAGE * 0.9, 1.0)
add("rearrange", CUBE, "a b c -> b (a c)")
add("repeat", X, 2)
add("repeat", X, 2, axis=1)
add("reshape", X, (2, 6))
add("reshape", X, (-1, 2))
add("roll", X, 1, axis=1)
add("round", X, 1)
add("rfft", SIGNAL)
add("irfft", (SIGNAL[:, :33], SIGNAL[:, 31:]))
add("fft fft2", (X, Y))
add("ifft2", (X, Y))
add("stft", SIGNAL, 16, 8, 16)
add("istft", (RNG.normal(size=(2, 9, 9)).astype("float32"), RNG.normal(size=(2, 9, 9)).astype("float32")), 16, 8, 16)
add("scatter", np.array([[0, 1], [2, 0]]), np.array([1.0, 2.0], "float32"), (3, 2))
add("scatter_update", X, np.array([[0, 1], [2, 0]]), np.array([1.0, 2.0], "float32"))
add("searchsorted", SORTED, X[0])
add("segment_max segment_min segment_prod segment_sum", V, IDS, num_segments=3)
add("select", [B, C], [X, Y], 1.0)
add("slice", X, (1, 0), (2, 3))
add("slice_update", X, (1, 0), Y[:2, :3])
add("squeeze", X[:, None], 1)
add("take", X, np.array([2, 0]), axis=0)
add("take", X, np.array([[1, 5]]))
add("take_along_axis", X, np.argsort(X, 1), axis=1)
add("threshold", X, 0.1, -1.0)
add("tile", X, (2, 1))
add("top_k", X, 2)
add("trace diagonal", CUBE, 1, 0, 2)
add("tril triu", X, -1)
add("unfold", IMAGE.transpose(0, 3, 1, 2), 2)
add("fold", RNG.normal(size=(2, 12, 16)).astype("float32"), 8, 2, stride=2)
add("unique", IDS)
add("nonzero", B)
add("unravel_index", np.array([3, 7]), (3, 4))
add("unstack", X)
add("unstack", X, axis=1)
add("vander", V)
add("where", B, X, Y)
add("where", B, X, 0.0)
add("nextafter", X, Y)
add("polar", U, X)
add("cholesky", X @ X.T + np.eye(3, dtype="float32"))
add("cholesky_inverse", np.linalg.cholesky(X @ X.T + np.eye(3, dtype="float32")))
add("det inv logdet slogdet matrix_rank", X @ X.T + np.eye(3, dtype="float32"))
add("eigh", X @ X.T)
add("pinv", X)
add("qr svd", X)
add("solve", X[:, :3] + 3 * np.eye(3, dtype="float32"), Y)
add("solve_triangular", np.tril(X[:, :3]) + 3 * np.eye(3, dtype="float32"), Y, lower=True)
add("lstsq", X.T, Y.T[:, 0])
add("view", X, "int32")
add("image.crop_images", IMAGE, top_cropping=1, left_cropping=2, target_height=4, target_width=3)
add("image.pad_images", IMAGE, top_padding=1, left_padding=2, target_height=12, target_width=12)
add("image.extract_patches", IMAGE, (3, 3), strides=2, padding="same")
add("image.extract_patches_3d", RNG.normal(size=(1, 5, 5, 5, 2)).astype("float32"), 2)
add("image.rgb_to_grayscale image.rgb_to_hsv image.hsv_to_rgb image.gaussian_blur image.sobel_edges", IMAGE)
add("image.resize", IMAGE, (4, 6))
add("image.resize", IMAGE, (16, 10), interpolation="nearest")
add("image.resize", IMAGE[0], (16, 10), interpolation="bicubic")
add("image.affine_transform", IMAGE, np.tile(np.array([1, 0.1, 0, 0, 1, 1, 0, 0], "float32"), (2, 1)))
add("image.ssim", IMAGE, IMAGE * 0.9, filter_size=5)
add("image.map_coordinates", X, np.array([[0.5, 1.0], [1.5, 2.0]], "float32"), 1)

# What takes functions, or what no array stands for: in the tests below, or tested with gradients.
OTHERS = {
    "associative_scan", "cond", "ctc_decode", "ctc_loss", "custom_gradient", "eig", "empty", "fori_loop", "jvp",
    "lu_factor", "map", "scan", "switch", "vectorize", "vectorized_map", "view_as_complex", "view_as_real",
    "while_loop", "image.elastic_transform", "image.perspective_transform", "image.scale_and_translate",
}  # fmt: skip

# There are none of these: complex numbers, decompositions and results whose shape the numbers decide.
ABSENT = {name for name in _tables.names("ops", "functions") if "." not in name and not hasattr(ops, name)} | {
    "image.affine_transform", "image.extract_patches_3d", "image.gaussian_blur", "image.hsv_to_rgb",
    "image.map_coordinates", "image.rgb_to_hsv", "image.sobel_edges", "image.ssim",
}  # fmt: skip


def find(module: Any, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part)
    return module


def flat(value: Any) -> list[np.ndarray]:
    if isinstance(value, (list, tuple)) and not (value and isinstance(value[0], (int, float))):
        return [array for item in value for array in flat(item)]
    return [np.asarray(value)]


def kept(case: Case) -> bool:
    return case[0] not in ABSENT


IDS_OF_CASES = [f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)]


def test_there_is_a_case_for_every_operation() -> None:
    named = {name for name, _, _ in CASES} | OTHERS
    assert set(_tables.names("ops", "functions")) - named == set()


@pytest.mark.parametrize("case", CASES, ids=IDS_OF_CASES)
def test_as_in_keras(case: Case) -> None:
    keras = pytest.importorskip("keras")
    name, args, kwargs = case
    if name in ABSENT:
        pytest.skip("not available")
    expected, found = find(keras.ops, name)(*args, **kwargs), find(ops, name)(*args, **kwargs)
    if name in ("empty_like",):
        assert found.shape == expected.shape
        return
    if isinstance(expected, (str, bool)):
        assert found == expected
        return
    expected, found = flat(expected), flat(found)
    assert [a.shape for a in found] == [a.shape for a in expected]
    for a, b in zip(found, expected, strict=True):
        # Without 64-bit numbers Keras gives 32-bit ones.
        assert a.dtype.kind == b.dtype.kind and (a.dtype == b.dtype or b.dtype.itemsize == 4), (a.dtype, b.dtype)
        np.testing.assert_allclose(a.astype("float64"), b.astype("float64"), rtol=2e-5, atol=2e-5)


SYMBOLIC = [
    case
    for case in CASES
    if kept(case)
    and any(isinstance(arg, np.ndarray) and arg.ndim > 1 for arg in case[1])
    and _tables.operation(case[0]) is not None
]


@pytest.mark.parametrize("case", SYMBOLIC, ids=[case[0] for case in SYMBOLIC])
def test_on_symbols(case: Case) -> None:
    name, args, kwargs = case
    place = next(i for i, arg in enumerate(args) if isinstance(arg, np.ndarray) and arg.ndim > 1)
    function = find(ops, name)
    expected = flat(function(*args, **kwargs))
    symbol = cornu.Input(batch_shape=args[place].shape, dtype=args[place].dtype.name)
    result = function(*args[:place], symbol, *args[place + 1 :], **kwargs)
    results = list(result) if isinstance(result, (list, tuple)) else [result]
    if not all(isinstance(item, cornu.KerasTensor) for item in results):
        pytest.skip("gives what is known without numbers")
    assert [tuple(item.shape) for item in results] == [array.shape for array in expected]
    assert [item.dtype for item in results] == [array.dtype.name for array in expected]
    if any(array.ndim == 0 or array.shape[0] != args[place].shape[0] for array in expected):
        return
    model = cornu.Model(symbol, results[0] if len(results) == 1 else results)
    for a, b in zip(flat(model(args[place])), expected, strict=True):
        np.testing.assert_allclose(a.astype("float64"), b.astype("float64"), rtol=1e-5, atol=1e-5)


OPERATORS = {
    "x + 1": lambda x: x + 1,
    "1 - x": lambda x: 1 - x,
    "2 * x": lambda x: 2 * x,
    "x / 2": lambda x: x / 2,
    "1 / x": lambda x: 1 / x,
    "x ** 2": lambda x: x**2,
    "2 ** x": lambda x: 2**x,
    "x // 1": lambda x: x // 1,
    "x % 2": lambda x: x % 2,
    "-x": lambda x: -x,
    "abs(x)": abs,
    "x @ w": lambda x: x @ Y.T,
    "x + array": lambda x: x + Y[0],
    "array * x": lambda x: Y[0] * x,
    "x[:, 0]": lambda x: x[:, 0],
    "x[:, None]": lambda x: x[:, None],
    "x[:, 1:3]": lambda x: x[:, 1:3],
    "x[..., -1]": lambda x: x[..., -1],
    "x[:, ::2]": lambda x: x[:, ::2],
    "x > 0": lambda x: x > 0,
    "x <= 0.5": lambda x: x <= 0.5,
    "x - x": lambda x: x - x,
    "x * x[:, :1]": lambda x: x * x[:, :1],
    "mask": lambda x: (x > 0) & (x < 1),
    "~mask": lambda x: ~(x > 0),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operators(name: str) -> None:
    x = cornu.Input((4,))
    result = OPERATORS[name](x)
    expected = np.asarray(OPERATORS[name](X))
    assert isinstance(result, cornu.KerasTensor)
    assert tuple(result.shape) == (None, *expected.shape[1:])
    found = np.asarray(cornu.Model(x, result)(X))
    np.testing.assert_allclose(found.astype("float64"), expected.astype("float64"), rtol=1e-5, atol=1e-6)
    eager = OPERATORS[name](ops.convert_to_tensor(X))
    np.testing.assert_allclose(np.asarray(eager, "float64"), expected.astype("float64"), rtol=1e-5, atol=1e-6)


def test_symbols_are_no_numbers() -> None:
    x = cornu.Input((4,))
    with pytest.raises(TypeError, match="where"):
        bool(x > 0)
    with pytest.raises(TypeError):
        np.asarray(x)
    with pytest.raises(TypeError):
        float(x)
    with pytest.raises(TypeError):
        len(x)


def test_functions_of_functions() -> None:
    assert ops.cond(True, lambda: 1, lambda: 2) == 1
    assert np.asarray(ops.while_loop(lambda i: i < 5, lambda i: (i + 1,), (0,))[0]) == 5
    assert np.asarray(ops.fori_loop(0, 3, lambda i, s: s + i, 0)) == 3
    carry, results = ops.scan(lambda c, x: (c + x, c * x), np.float32(0), V)
    assert abs(float(carry) - V.sum()) < 1e-5 and np.asarray(results).shape == V.shape
    np.testing.assert_allclose(np.asarray(ops.map(lambda x: x * 2, X)), 2 * X)
    np.testing.assert_allclose(np.asarray(ops.vectorized_map(lambda x: x * 2, X)), 2 * X)
    assert ops.switch(1, [lambda x: x, lambda x: -x], 3) == -3
    assert ops.empty((2, 3)).shape == (2, 3)
