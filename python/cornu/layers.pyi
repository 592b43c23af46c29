"""Layers, under Keras's names."""

from collections.abc import Callable
from typing import Any, TypeAlias

from typing_extensions import Self

from .constraints import Constraint
from .initializers import Initializer
from .regularizers import Regularizer

ActivationLike: TypeAlias = Callable[..., Any] | str | None

class Layer:
    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class Activation(Layer):
    """Applies an activation."""

    def __init__(
        self,
        activation: ActivationLike,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ActivityRegularization(Layer):
    """Adds a penalty on its input to the loss."""

    def __init__(
        self,
        l1: float = 0.0,
        l2: float = 0.0,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdaptiveAveragePooling1D(Layer):
    """Keeps the mean of so many parts of steps."""

    def __init__(
        self,
        output_size: int | tuple[int, ...],
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdaptiveAveragePooling2D(Layer):
    """Keeps the mean of so many parts of images."""

    def __init__(
        self,
        output_size: int | tuple[int, ...],
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdaptiveAveragePooling3D(Layer):
    """Keeps the mean of so many parts of volumes."""

    def __init__(
        self,
        output_size: int | tuple[int, ...],
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdaptiveMaxPooling1D(Layer):
    """Keeps the greatest element of so many parts of steps."""

    def __init__(
        self,
        output_size: int | tuple[int, ...],
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdaptiveMaxPooling2D(Layer):
    """Keeps the greatest element of so many parts of images."""

    def __init__(
        self,
        output_size: int | tuple[int, ...],
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdaptiveMaxPooling3D(Layer):
    """Keeps the greatest element of so many parts of volumes."""

    def __init__(
        self,
        output_size: int | tuple[int, ...],
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Add(Layer):
    """The sum of inputs."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AdditiveAttention(Layer):
    """Values weighted by the tangent of query and key."""

    def __init__(
        self,
        use_scale: bool = True,
        dropout: float = 0.0,
        *,
        score_mode: str = "dot",
        seed: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AlphaDropout(Layer):
    """Drops a share of values while training, for selu."""

    def __init__(
        self,
        rate: float,
        noise_shape: Any = None,
        seed: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Attention(Layer):
    """Values weighted by what query and key score."""

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AutoContrast(Layer):
    """Spreads the values of images."""

    def __init__(
        self,
        value_range: Any = (0, 255),
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        data_format: str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Average(Layer):
    """The average of inputs."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class AveragePooling1D(Layer):
    """Keeps the mean of windows over steps."""

    def __init__(
        self,
        pool_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

AvgPool1D = AveragePooling1D

class AveragePooling2D(Layer):
    """Keeps the mean of windows over images."""

    def __init__(
        self,
        pool_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

AvgPool2D = AveragePooling2D

class AveragePooling3D(Layer):
    """Keeps the mean of windows over volumes."""

    def __init__(
        self,
        pool_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

AvgPool3D = AveragePooling3D

class BatchNormalization(Layer):
    """Standardizes by the mean and variance of the batch."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Initializer | str | None = "zeros",
        gamma_initializer: Initializer | str | None = "ones",
        moving_mean_initializer: Initializer | str | None = "zeros",
        moving_variance_initializer: Initializer | str | None = "ones",
        beta_regularizer: Regularizer | str | None = None,
        gamma_regularizer: Regularizer | str | None = None,
        beta_constraint: Constraint | str | None = None,
        gamma_constraint: Constraint | str | None = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Bidirectional(Layer):
    """Runs a recurrent layer in both directions."""

    def __init__(
        self,
        layer: Layer,
        merge_mode: str = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class CategoryEncoding(Layer):
    """Turns categories into vectors of ones or counts."""

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class CenterCrop(Layer):
    """Cuts out the middle of images."""

    def __init__(
        self,
        height: int,
        width: int,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Concatenate(Layer):
    """Joins inputs along an axis."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Conv1D(Layer):
    """Slides kernels over steps."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        groups: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

Convolution1D = Conv1D

class Conv1DTranspose(Layer):
    """Puts kernels at each position of steps."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        output_padding: int | tuple[int, ...] | None = None,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

Convolution1DTranspose = Conv1DTranspose

class Conv2D(Layer):
    """Slides kernels over images."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = (1, 1),
        groups: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

Convolution2D = Conv2D

class Conv2DTranspose(Layer):
    """Puts kernels at each position of images."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = (1, 1),
        padding: str = "valid",
        output_padding: int | tuple[int, ...] | None = None,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = (1, 1),
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

Convolution2DTranspose = Conv2DTranspose

class Conv3D(Layer):
    """Slides kernels over volumes."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = (1, 1, 1),
        groups: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

Convolution3D = Conv3D

class Conv3DTranspose(Layer):
    """Puts kernels at each position of volumes."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: int | tuple[int, ...] | None = None,
        dilation_rate: int | tuple[int, ...] = (1, 1, 1),
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

Convolution3DTranspose = Conv3DTranspose

class ConvLSTM1D(Layer):
    """Recurrent: long short-term memory over lines."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        *,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ConvLSTM2D(Layer):
    """Recurrent: long short-term memory over images."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        *,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ConvLSTM3D(Layer):
    """Recurrent: long short-term memory over volumes."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        *,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Cropping1D(Layer):
    """Cuts off steps at both ends."""

    def __init__(
        self,
        cropping: int | tuple[Any, ...] = (1, 1),
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Cropping2D(Layer):
    """Cuts off the edges of images."""

    def __init__(
        self,
        cropping: int | tuple[Any, ...] = ((0, 0), (0, 0)),
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Cropping3D(Layer):
    """Cuts off the edges of volumes."""

    def __init__(
        self,
        cropping: int | tuple[Any, ...] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class CutMix(Layer):
    """Replaces rectangles of images by those of others."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 1.0,
        seed: Any = None,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Dense(Layer):
    """Fully connected: activation(x kernel + bias)."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = None,
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class DepthwiseConv1D(Layer):
    """Slides kernels over each channel of steps by itself."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        depthwise_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        depthwise_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class DepthwiseConv2D(Layer):
    """Slides kernels over each channel of images by itself."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = (1, 1),
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        depthwise_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        depthwise_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Discretization(Layer):
    """Sorts numbers into bins."""

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ) -> None: ...

class Dot(Layer):
    """The product of two inputs, summed over an axis."""

    def __init__(
        self,
        axes: int | tuple[int, ...],
        normalize: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Dropout(Layer):
    """Drops a share of values while training."""

    def __init__(
        self,
        rate: float,
        noise_shape: Any = None,
        seed: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ELU(Layer):
    """x if x > 0 else alpha (exp(x) - 1)."""

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class EinsumDense(Layer):
    """Fully connected along axes that an equation names."""

    def __init__(
        self,
        equation: Any,
        output_shape: Any,
        activation: ActivationLike = None,
        bias_axes: Any = None,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: Any = None,
        quantization_config: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Embedding(Layer):
    """a vector for each whole number."""

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Initializer | str | None = "uniform",
        embeddings_regularizer: Regularizer | str | None = None,
        embeddings_constraint: Constraint | str | None = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        *,
        input_length: int | None = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Equalization(Layer):
    """Makes all values of images as frequent."""

    def __init__(
        self,
        value_range: Any = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Flatten(Layer):
    """Makes each sample one row."""

    def __init__(
        self,
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class GRU(Layer):
    """Recurrent: gated recurrent unit."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        *,
        zero_output_for_mask: bool = False,
        implementation: int = 2,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class GRUCell(Layer):
    """One step of GRU."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: Any = None,
        *,
        implementation: int = 2,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class GaussianDropout(Layer):
    """Multiplies by normal noise while training."""

    def __init__(
        self,
        rate: float,
        seed: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class GaussianNoise(Layer):
    """Adds normal noise while training."""

    def __init__(
        self,
        stddev: float,
        seed: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class GlobalAveragePooling1D(Layer):
    """Keeps the mean over all steps."""

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

GlobalAvgPool1D = GlobalAveragePooling1D

class GlobalAveragePooling2D(Layer):
    """Keeps the mean over all rows and columns."""

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

GlobalAvgPool2D = GlobalAveragePooling2D

class GlobalAveragePooling3D(Layer):
    """Keeps the mean over all depth, rows and columns."""

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

GlobalAvgPool3D = GlobalAveragePooling3D

class GlobalMaxPooling1D(Layer):
    """Keeps the greatest element over all steps."""

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

GlobalMaxPool1D = GlobalMaxPooling1D

class GlobalMaxPooling2D(Layer):
    """Keeps the greatest element over all rows and columns."""

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

GlobalMaxPool2D = GlobalMaxPooling2D

class GlobalMaxPooling3D(Layer):
    """Keeps the greatest element over all depth, rows and columns."""

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

GlobalMaxPool3D = GlobalMaxPooling3D

class GroupNormalization(Layer):
    """Standardizes groups of features by their mean and variance."""

    def __init__(
        self,
        groups: int = 32,
        axis: int | tuple[int, ...] | None = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Initializer | str | None = "zeros",
        gamma_initializer: Initializer | str | None = "ones",
        beta_regularizer: Regularizer | str | None = None,
        gamma_regularizer: Regularizer | str | None = None,
        beta_constraint: Constraint | str | None = None,
        gamma_constraint: Constraint | str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class GroupQueryAttention(Layer):
    """Attention of heads that share keys and values."""

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: Any = None,
        flash_attention: Any = None,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        use_gate: bool = False,
        seed: Any = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class HashedCrossing(Layer):
    """Sorts combinations of values into bins by their hashes."""

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Hashing(Layer):
    """Sorts values into bins by their hashes."""

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Identity(Layer):
    """Changes nothing."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class IntegerLookup(Layer):
    """Numbers whole numbers by a vocabulary."""

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: Any = None,
        oov_token: float = -1,
        vocabulary: Any = None,
        vocabulary_dtype: Any = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        *,
        vocabulary_size: int | None = None,
        has_input_vocabulary: Any = None,
        trainable: bool = True,
        dtype: Any = None,
    ) -> None: ...

class LSTM(Layer):
    """Recurrent: long short-term memory."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: Any = "auto",
        *,
        zero_output_for_mask: bool = False,
        implementation: int = 2,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class LSTMCell(Layer):
    """One step of LSTM."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        *,
        implementation: int = 2,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class LayerNormalization(Layer):
    """Standardizes each sample by its own mean and variance."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Initializer | str | None = "zeros",
        gamma_initializer: Initializer | str | None = "ones",
        beta_regularizer: Regularizer | str | None = None,
        gamma_regularizer: Regularizer | str | None = None,
        beta_constraint: Constraint | str | None = None,
        gamma_constraint: Constraint | str | None = None,
        *,
        rms_scaling: bool = False,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class LeakyReLU(Layer):
    """x if x > 0 else negative_slope x."""

    def __init__(
        self,
        negative_slope: float = 0.3,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Masking(Layer):
    """Masks out steps of one value."""

    def __init__(
        self,
        mask_value: float = 0.0,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class MaxPooling1D(Layer):
    """Keeps the greatest element of windows over steps."""

    def __init__(
        self,
        pool_size: int | tuple[int, ...] = 2,
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

MaxPool1D = MaxPooling1D

class MaxPooling2D(Layer):
    """Keeps the greatest element of windows over images."""

    def __init__(
        self,
        pool_size: int | tuple[int, ...] = (2, 2),
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

MaxPool2D = MaxPooling2D

class MaxPooling3D(Layer):
    """Keeps the greatest element of windows over volumes."""

    def __init__(
        self,
        pool_size: int | tuple[int, ...] = (2, 2, 2),
        strides: int | tuple[int, ...] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

MaxPool3D = MaxPooling3D

class Maximum(Layer):
    """The greatest of inputs."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class MelSpectrogram(Layer):
    """Gives the loudness of sound at heights of tone."""

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: Any = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Minimum(Layer):
    """The least of inputs."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class MixUp(Layer):
    """Mixes images with others of the batch."""

    def __init__(
        self,
        alpha: float = 0.2,
        data_format: str | None = None,
        seed: Any = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class MultiHeadAttention(Layer):
    """Attention of several heads."""

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        sliding_window: Any = None,
        flash_attention: Any = None,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        use_gate: bool = False,
        seed: Any = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Multiply(Layer):
    """The product of inputs."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Normalization(Layer):
    """Standardizes by the mean and variance of data."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class PReLU(Layer):
    """x if x > 0 else alpha x, with alpha learned."""

    def __init__(
        self,
        alpha_initializer: Initializer | str | None = "Zeros",
        alpha_regularizer: Regularizer | str | None = None,
        alpha_constraint: Constraint | str | None = None,
        shared_axes: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Permute(Layer):
    """Puts axes in another order."""

    def __init__(
        self,
        dims: Any,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RMSNormalization(Layer):
    """Divides by the root of the mean square."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        epsilon: float = 1e-06,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RNN(Layer):
    """Runs a cell over the steps of a sequence."""

    def __init__(
        self,
        cell: Layer,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandAugment(Layer):
    """Changes images in ways chosen at random."""

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: float | tuple[float, float] = 0.5,
        interpolation: str = "bilinear",
        seed: Any = None,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomBrightness(Layer):
    """Makes images brighter or darker at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        data_format: str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomColorDegeneration(Layer):
    """Takes color out of images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomColorJitter(Layer):
    """Changes the colors of images at random."""

    def __init__(
        self,
        value_range: Any = (0, 255),
        brightness_factor: float | tuple[float, float] | None = None,
        contrast_factor: float | tuple[float, float] | None = None,
        saturation_factor: float | tuple[float, float] | None = None,
        hue_factor: float | tuple[float, float] | None = None,
        seed: Any = None,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomContrast(Layer):
    """Changes the contrast of images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        data_format: str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomCrop(Layer):
    """Cuts out parts of images at random."""

    def __init__(
        self,
        height: int,
        width: int,
        seed: Any = None,
        data_format: str | None = None,
        name: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomElasticTransform(Layer):
    """Distorts images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomErasing(Layer):
    """Erases rectangles of images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomFlip(Layer):
    """Mirrors images at random."""

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: Any = None,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomGaussianBlur(Layer):
    """Blurs images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 1.0,
        kernel_size: int | tuple[int, ...] = 3,
        sigma: float = 1.0,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomGrayscale(Layer):
    """Turns images gray at random."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 0.5,
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomHue(Layer):
    """Shifts the hue of images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomInvert(Layer):
    """Turns images to their negatives at random."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 1.0,
        value_range: Any = (0, 255),
        seed: Any = None,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomPerspective(Layer):
    """Looks at images from aside at random."""

    def __init__(
        self,
        factor: float | tuple[float, float] = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: Any = None,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomPosterization(Layer):
    """Leaves images fewer shades at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomRotation(Layer):
    """Turns images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomSaturation(Layer):
    """Changes how strong the colors of images are at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomSharpness(Layer):
    """Sharpens or smooths images at random."""

    def __init__(
        self,
        factor: float | tuple[float, float],
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        *,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomShear(Layer):
    """Slants images at random."""

    def __init__(
        self,
        x_factor: float | tuple[float, float] = 0.0,
        y_factor: float | tuple[float, float] = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: Any = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomTranslation(Layer):
    """Moves images at random."""

    def __init__(
        self,
        height_factor: float | tuple[float, float],
        width_factor: float | tuple[float, float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RandomZoom(Layer):
    """Stretches or shrinks images at random."""

    def __init__(
        self,
        height_factor: float | tuple[float, float],
        width_factor: float | tuple[float, float] | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ReLU(Layer):
    """max(x, 0), with a slope, threshold and maximum."""

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class RepeatVector(Layer):
    """Makes a sequence of one vector."""

    def __init__(
        self,
        n: int,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Rescaling(Layer):
    """Multiplies by scale and adds offset."""

    def __init__(
        self,
        scale: Any,
        offset: float = 0.0,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Reshape(Layer):
    """Gives each sample another shape."""

    def __init__(
        self,
        target_shape: tuple[int, ...],
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Resizing(Layer):
    """Brings images to a size."""

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class STFTSpectrogram(Layer):
    """Gives the Fourier transforms of stretches of sound."""

    def __init__(
        self,
        mode: str = "log",
        frame_length: float = 256,
        frame_step: Any = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: Any = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class SeparableConv1D(Layer):
    """Slides kernels over each channel of steps, then mixes them."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = 1,
        depth_multiplier: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: Initializer | str | None = "glorot_uniform",
        pointwise_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        depthwise_regularizer: Regularizer | str | None = None,
        pointwise_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        depthwise_constraint: Constraint | str | None = None,
        pointwise_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

SeparableConvolution1D = SeparableConv1D

class SeparableConv2D(Layer):
    """Slides kernels over each channel of images, then mixes them."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, ...] = (1, 1),
        depth_multiplier: int = 1,
        activation: ActivationLike = None,
        use_bias: bool = True,
        depthwise_initializer: Initializer | str | None = "glorot_uniform",
        pointwise_initializer: Initializer | str | None = "glorot_uniform",
        bias_initializer: Initializer | str | None = "zeros",
        depthwise_regularizer: Regularizer | str | None = None,
        pointwise_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        depthwise_constraint: Constraint | str | None = None,
        pointwise_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        *,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

SeparableConvolution2D = SeparableConv2D

class SimpleRNN(Layer):
    """Recurrent: h = activation(x kernel + h recurrent_kernel + bias)."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: Any = None,
        *,
        zero_output_for_mask: bool = False,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class SimpleRNNCell(Layer):
    """One step of SimpleRNN."""

    def __init__(
        self,
        units: int,
        activation: ActivationLike = "tanh",
        use_bias: bool = True,
        kernel_initializer: Initializer | str | None = "glorot_uniform",
        recurrent_initializer: Initializer | str | None = "orthogonal",
        bias_initializer: Initializer | str | None = "zeros",
        kernel_regularizer: Regularizer | str | None = None,
        recurrent_regularizer: Regularizer | str | None = None,
        bias_regularizer: Regularizer | str | None = None,
        kernel_constraint: Constraint | str | None = None,
        recurrent_constraint: Constraint | str | None = None,
        bias_constraint: Constraint | str | None = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Softmax(Layer):
    """exp(x) / sum(exp(x)) along an axis."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class Solarization(Layer):
    """Inverts what is bright in images."""

    def __init__(
        self,
        addition_factor: float | tuple[float, float] = 0.0,
        threshold_factor: float | tuple[float, float] = 0.0,
        value_range: Any = (0, 255),
        seed: Any = None,
        *,
        factor: float | tuple[float, float] | None = None,
        bounding_box_format: Any = None,
        data_format: str | None = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class SpatialDropout1D(Layer):
    """Drops a share of channels of sequences while training."""

    def __init__(self, rate: float, seed: Any = None, name: str | None = None, dtype: Any = None) -> None: ...

class SpatialDropout2D(Layer):
    """Drops a share of channels of images while training."""

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SpatialDropout3D(Layer):
    """Drops a share of channels of volumes while training."""

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SpectralNormalization(Layer):
    """Divides a layer's kernel by its greatest singular value."""

    def __init__(
        self,
        layer: Layer,
        power_iterations: int = 1,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class StackedRNNCells(Layer):
    """Several cells, one on top of the other."""

    def __init__(
        self,
        cells: list[Layer],
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class StringLookup(Layer):
    """Numbers strings by a vocabulary."""

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: Any = None,
        oov_token: Any = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: Any = "utf-8",
        name: str | None = None,
        salt: Any = None,
        *,
        oov_method: str = "floormod",
        vocabulary_size: int | None = None,
        has_input_vocabulary: Any = None,
        trainable: bool = True,
        dtype: Any = None,
    ) -> None: ...

class Subtract(Layer):
    """The difference of two inputs."""

    def __init__(
        self,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class TextVectorization(Layer):
    """Turns texts into numbers of words."""

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: Any = "utf-8",
        name: str | None = None,
        *,
        has_input_vocabulary: Any = None,
        vocabulary_size: int | None = None,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class TimeDistributed(Layer):
    """Applies a layer to each step of a sequence."""

    def __init__(
        self,
        layer: Layer,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class UnitNormalization(Layer):
    """Scales vectors to length 1."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class UpSampling1D(Layer):
    """Repeats steps."""

    def __init__(
        self,
        size: int | tuple[int, ...] = 2,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class UpSampling2D(Layer):
    """Makes images larger."""

    def __init__(
        self,
        size: int | tuple[int, ...] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class UpSampling3D(Layer):
    """Repeats elements of volumes."""

    def __init__(
        self,
        size: int | tuple[int, ...] = (2, 2, 2),
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ZeroPadding1D(Layer):
    """Puts zeros around steps."""

    def __init__(
        self,
        padding: int | tuple[Any, ...] = 1,
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ZeroPadding2D(Layer):
    """Puts zeros around images."""

    def __init__(
        self,
        padding: int | tuple[Any, ...] = (1, 1),
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

class ZeroPadding3D(Layer):
    """Puts zeros around volumes."""

    def __init__(
        self,
        padding: int | tuple[Any, ...] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        *,
        activity_regularizer: Regularizer | str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_dim: int | None = None,
        input_shape: tuple[int | None, ...] | None = None,
    ) -> None: ...

def Input(
    shape: Any = None,
    batch_size: Any = None,
    dtype: Any = None,
    sparse: Any = None,
    ragged: Any = None,
    batch_shape: tuple[int | None, ...] | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> Any: ...
def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of inputs."""

def average(inputs: Any, **kwargs: Any) -> Any:
    """The average of inputs."""

def concatenate(inputs: Any, axis: int | tuple[int, ...] | None = -1, **kwargs: Any) -> Any:
    """Joins inputs along an axis."""

def dot(inputs: Any, axes: int | tuple[int, ...] = -1, **kwargs: Any) -> Any:
    """The product of two inputs, summed over an axis."""

def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The greatest of inputs."""

def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The least of inputs."""

def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of inputs."""

def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The difference of two inputs."""

def __getattr__(name: str) -> Any: ...
