"""Operations on tensors, under Keras's names."""

from typing import Any

def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    """The means of so many parts."""

def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Any:
    """The greatest elements of so many parts."""

def average_pool(
    inputs: Any,
    pool_size: Any,
    strides: int | tuple[int, ...] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The mean of each window."""

def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int | tuple[int, ...] | None,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 0.001,
) -> Any:
    """Less a mean, by a deviation, both given."""

def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """The crossentropy of yes-or-no labels."""

def categorical_crossentropy(
    target: Any,
    output: Any,
    from_logits: bool = False,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of distributions."""

def celu(x: Any, alpha: float = 1.0) -> Any:
    """x if x > 0 else alpha (exp(x / alpha) - 1)."""

def conv(
    inputs: Any,
    kernel: Any,
    strides: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
) -> Any:
    """a convolution."""

def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: int | tuple[int, ...] = 1,
    padding: str = "valid",
    output_padding: int | tuple[int, ...] | None = None,
    data_format: str | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
) -> Any:
    """The gradient of a convolution."""

def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: Any = "greedy",
    beam_width: float = 100,
    top_paths: float = 1,
    merge_repeated: bool = True,
    mask_index: float = 0,
) -> Any: ...
def ctc_loss(
    target: Any,
    output: Any,
    target_length: Any,
    output_length: Any,
    mask_index: float = 0,
) -> Any: ...
def depth_to_space(x: Any, block_size: Any, data_format: str | None = "channels_last") -> Any:
    """Features spread over blocks of places."""

def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
) -> Any:
    """a convolution of each feature by itself."""

def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: Any = None,
    is_causal: bool = False,
    flash_attention: Any = None,
    attn_logits_soft_cap: Any = None,
) -> Any:
    """Values weighted by how keys fit queries."""

def elu(x: Any, alpha: float = 1.0) -> Any:
    """x if x > 0 else alpha (exp(x) - 1)."""

def fold(
    x: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: float = 1,
    padding: int | tuple[Any, ...] = 0,
    stride: float = 1,
) -> Any: ...
def gelu(x: Any, approximate: bool = True) -> Any:
    """x times the share of normal numbers below x."""

def glu(x: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """One half times the sigmoid of the other."""

def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where it is far from 0, else 0."""

def hard_sigmoid(x: Any) -> Any:
    """x / 6 + 1 / 2, between 0 and 1."""

def hard_silu(x: Any) -> Any:
    """x times the hard sigmoid."""

hard_swish = hard_silu

def hard_tanh(x: Any) -> Any:
    """x between -1 and 1."""

def layer_normalization(
    x: Any,
    gamma: float | None = None,
    beta: float | None = None,
    axis: int | tuple[int, ...] | None = -1,
    epsilon: float | None = None,
    **kwargs: Any,
) -> Any:
    """Less the own mean, by the own deviation."""

def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """x if x > 0 else a part of it."""

def log_sigmoid(x: Any) -> Any:
    """log(1 / (1 + exp(-x)))."""

def log_softmax(x: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """x - log(sum(exp(x))) along an axis."""

def max_pool(
    inputs: Any,
    pool_size: Any,
    strides: int | tuple[int, ...] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The greatest element of each window."""

def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """The mean and the variance along axes."""

def multi_hot(
    inputs: Any,
    num_classes: int | None = None,
    axis: int | tuple[int, ...] | None = -1,
    dtype: Any = None,
    sparse: bool = False,
    **kwargs: Any,
) -> Any:
    """1 at the places of a row's integers, 0 elsewhere."""

def normalize(
    x: Any,
    axis: int | tuple[int, ...] | None = -1,
    order: float = 2,
    epsilon: float | None = None,
) -> Any:
    """By the length along an axis."""

def one_hot(
    x: Any,
    num_classes: Any,
    axis: int | tuple[int, ...] | None = -1,
    dtype: Any = None,
    sparse: bool = False,
) -> Any:
    """1 at the place of each integer, 0 elsewhere."""

def polar(abs_: Any, angle: Any) -> Any: ...
def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    """The peak signal to noise ratio, in decibels."""

def relu(x: Any) -> Any:
    """max(x, 0)."""

def relu6(x: Any) -> Any:
    """x between 0 and 6."""

def rms_normalization(
    x: Any,
    scale: Any = None,
    axis: int | tuple[int, ...] | None = -1,
    epsilon: float | None = None,
) -> Any:
    """By the root of the mean square."""

def selu(x: Any) -> Any:
    """1.0507 x if x > 0 else 1.7581 (exp(x) - 1)."""

def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
) -> Any:
    """a convolution of each feature, then of all at each place."""

def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""

def silu(x: Any) -> Any:
    """x / (1 + exp(-x))."""

swish = silu

def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x drawn towards 0."""

def softmax(x: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""

def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""

def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""

def space_to_depth(x: Any, block_size: Any, data_format: str | None = "channels_last") -> Any:
    """Blocks of places joined to features."""

def sparse_categorical_crossentropy(
    target: Any,
    output: Any,
    from_logits: bool = False,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of classes by number."""

def sparse_plus(x: Any) -> Any:
    """0 up to -1, x from 1 on, (x + 1)^2 / 4 between."""

def sparse_sigmoid(x: Any) -> Any:
    """(x + 1) / 2, between 0 and 1."""

def sparsemax(x: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """The nearest distribution along an axis."""

def squareplus(x: Any, b: float = 4) -> Any:
    """(x + sqrt(x x + b)) / 2."""

def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""

def threshold(x: Any, threshold: Any, default_value: Any) -> Any:
    """x where it is above a threshold, else a value."""

def unfold(
    x: Any,
    kernel_size: Any,
    dilation: float = 1,
    padding: int | tuple[Any, ...] = 0,
    stride: float = 1,
) -> Any:
    """The windows of images as columns."""

def __getattr__(name: str) -> Any: ...
