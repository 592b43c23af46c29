"""Initializers, under Keras's names."""

from typing import Any

from typing_extensions import Self

class Initializer:
    def __init__(self) -> None: ...
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class Constant(Initializer):
    """One value everywhere."""

    def __init__(self, value: float = 0.0) -> None: ...

constant = Constant

class GlorotNormal(Initializer):
    """Truncated normal of variance 2 / (fan_in + fan_out), for tanh, sigmoid and linear layers."""

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None: ...

glorot_normal = GlorotNormal

class GlorotUniform(Initializer):
    """Uniform within sqrt(6 / (fan_in + fan_out)), for tanh, sigmoid and linear layers."""

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None: ...

glorot_uniform = GlorotUniform

class HeNormal(Initializer):
    """Truncated normal of variance 2 / fan_in, for relu layers."""

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None: ...

he_normal = HeNormal

class HeUniform(Initializer):
    """Uniform within sqrt(6 / fan_in), for relu layers."""

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None: ...

he_uniform = HeUniform

class Identity(Initializer):
    """Gain on a matrix's diagonal, zeros elsewhere."""

    def __init__(self, gain: float = 1.0) -> None: ...

IdentityInitializer = Identity
identity = Identity

class LecunNormal(Initializer):
    """Truncated normal of variance 1 / fan_in, for selu layers."""

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None: ...

lecun_normal = LecunNormal

class LecunUniform(Initializer):
    """Uniform within sqrt(3 / fan_in), for selu layers."""

    def __init__(self, seed: Any = None, input_axes: Any = None, output_axes: Any = None) -> None: ...

lecun_uniform = LecunUniform

class Ones(Initializer):
    """Ones."""

    def __init__(self) -> None: ...

ones = Ones

class Orthogonal(Initializer):
    """a random orthogonal matrix times gain."""

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None: ...

OrthogonalInitializer = Orthogonal
orthogonal = Orthogonal

class RandomNormal(Initializer):
    """Normal with a mean and a standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None: ...

random_normal = RandomNormal

class RandomUniform(Initializer):
    """Uniform between minval and maxval."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None: ...

random_uniform = RandomUniform

class STFT(Initializer):
    """The kernel of a short-time Fourier transform."""

    def __init__(
        self,
        side: Any = "real",
        window: Any = "hann",
        scaling: Any = "density",
        periodic: bool = False,
    ) -> None: ...

STFTInitializer = STFT
stft = STFT

class TruncatedNormal(Initializer):
    """Normal, cut off at two standard deviations."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None: ...

truncated_normal = TruncatedNormal

class VarianceScaling(Initializer):
    """Variance scale / fan_in, fan_out or their mean."""

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: Any = "truncated_normal",
        seed: Any = None,
        input_axes: Any = None,
        output_axes: Any = None,
    ) -> None: ...

variance_scaling = VarianceScaling

class Zeros(Initializer):
    """Zeros."""

    def __init__(self) -> None: ...

zeros = Zeros

def __getattr__(name: str) -> Any: ...
