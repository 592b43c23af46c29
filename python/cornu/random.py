"""Random numbers: drawn at once or, within a call, anew in each step."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from . import _core, _session, config
from ._tensor import tensor
from ._variable import _dtype_name


class SeedGenerator:
    """A source of seeds, another each time.

    Parameters
    ----------
    seed : int, optional
        Where it starts.

    Notes
    -----
    Agrees with ``keras.random.SeedGenerator``.
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        self.seed = _session.next_seed() if seed is None else int(seed)
        self.name = name
        self._drawn = itertools.count()

    def next(self, ordered: bool = True) -> int:
        """Give the next seed."""
        return (self.seed * 0x2545F4914F6CDD1D + next(self._drawn) * 0x4F1BBCDCBFA53E0B) & 0x7FFFFFFFFFFFFFFF

    def get_config(self) -> dict[str, Any]:
        """Give the config."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Make it from its config."""
        return cls(**config)


def _generator(seed: Any) -> np.random.Generator:
    if isinstance(seed, SeedGenerator):
        seed = seed.next()
    return np.random.default_rng(_session.next_seed() if seed is None else int(seed))


def _number(seed: Any) -> int | None:
    # In a graph each place of use has numbers of its own; a plain seed fixes them.
    return None if seed is None or isinstance(seed, SeedGenerator) else int(seed)


def _shape(shape: Any) -> list[int]:
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if any(extent is None for extent in shape):
        raise ValueError(
            f"random numbers need a known shape, got {shape}: draw them within the call of a layer, where it is known"
        )
    return [int(extent) for extent in shape]


def _drawn(shape: Any, is_normal: bool, seed: Any, dtype: Any) -> Any:
    from . import ops

    dtype = _dtype_name(dtype, config.floatx())
    if _core.tracing():
        return ops.cast(_core.random(_shape(shape), is_normal, _number(seed)), dtype)
    generator = _generator(seed)
    drawn = generator.standard_normal(_shape(shape)) if is_normal else generator.random(_shape(shape))
    return tensor(drawn.astype(dtype if dtype != "bfloat16" else "float32"))


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Give normally distributed numbers."""
    return _drawn(shape, True, seed, dtype) * stddev + mean


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Give numbers that are equally likely anywhere from `minval` to below `maxval`."""
    if dtype is not None and "int" in _dtype_name(dtype):
        return randint(shape, minval, maxval, dtype, seed)
    return _drawn(shape, False, seed, dtype) * (maxval - minval) + minval


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Give whole numbers that are equally likely from `minval` to below `maxval`."""
    from . import ops

    if _core.tracing():
        drawn = _core.random(_shape(shape), False, _number(seed))
        return ops.cast(ops.floor(drawn * (maxval - minval) + minval), dtype)
    return tensor(_generator(seed).integers(minval, maxval, _shape(shape)).astype(_dtype_name(dtype)))


def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Give normally distributed numbers, within two standard deviations."""
    from . import ops

    # The inverse of the distribution between its values at -2 and 2.
    edge = math.erf(2 / math.sqrt(2))
    u = _drawn(shape, False, seed, dtype) * (2 * edge) - edge
    return ops.erfinv(u) * (math.sqrt(2) * stddev) + mean


def bernoulli(shape: Any, p: Any = 0.5, dtype: Any = None, seed: Any = None) -> Any:
    """Give ones with probability `p`, else zeros."""
    from . import ops

    return ops.cast(_drawn(shape, False, seed, None) < p, _dtype_name(dtype, config.floatx()))


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Give `inputs` with a share of zeros, the others scaled up for it."""
    from . import ops

    shape = ops.shape(inputs) if noise_shape is None else noise_shape
    keep = _drawn(shape, False, seed, None) >= rate
    return ops.where(keep, inputs / (1.0 - rate), ops.zeros_like(inputs))


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Give numbers of classes, each as likely as the softmax of `logits` says."""
    from . import ops

    rows, classes = ops.shape(logits)
    u = _drawn((rows, num_samples, classes), False, seed, None)
    gumbel = -ops.log(-ops.log(u * (1 - 2e-7) + 1e-7))
    return ops.cast(ops.argmax(ops.expand_dims(logits, 1) + gumbel, axis=-1), dtype)


def gumbel(shape: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Give numbers of Gumbel's distribution."""
    from . import ops

    return -ops.log(-ops.log(_drawn(shape, False, seed, dtype) * (1 - 2e-7) + 1e-7))


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """Give the parts along an axis in random order."""
    from . import ops

    if _core.tracing():
        order = ops.argsort(_drawn((ops.shape(x)[axis],), False, seed, None))
        return ops.take(x, order, axis=axis)
    x = np.asarray(x)
    return tensor(np.take(x, _generator(seed).permutation(x.shape[axis]), axis))


def _by_numpy(shape: Any, seed: Any, dtype: Any, draw: Any) -> Any:
    if _core.tracing():
        raise NotImplementedError("this distribution cannot be drawn from within a call yet")
    return tensor(draw(_generator(seed), _shape(shape)).astype(_dtype_name(dtype, config.floatx())))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Give numbers of the gamma distribution."""
    return _by_numpy(shape, seed, dtype, lambda g, s: g.gamma(alpha, 1.0, s))


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Give numbers of the beta distribution."""
    return _by_numpy(shape, seed, dtype, lambda g, s: g.beta(alpha, beta, s))


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Give numbers of the binomial distribution."""
    return _by_numpy(shape, seed, dtype, lambda g, s: g.binomial(np.asarray(counts, int), probabilities, s))


def set_seed(seed: int) -> None:
    """Draw all that is random from this seed from now on."""
    from .utils.session import set_random_seed

    set_random_seed(seed)
