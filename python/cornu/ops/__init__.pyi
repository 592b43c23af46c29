"""Operations on tensors, under Keras's names."""

from typing import Any

from . import image as image
from . import linalg as linalg
from . import nn as nn
from . import numpy as numpy
from .linalg import cholesky as cholesky
from .linalg import cholesky_inverse as cholesky_inverse
from .linalg import det as det
from .linalg import eig as eig
from .linalg import eigh as eigh
from .linalg import inv as inv
from .linalg import jvp as jvp
from .linalg import lstsq as lstsq
from .linalg import lu_factor as lu_factor
from .linalg import matrix_rank as matrix_rank
from .linalg import norm as norm
from .linalg import pinv as pinv
from .linalg import qr as qr
from .linalg import solve as solve
from .linalg import solve_triangular as solve_triangular
from .linalg import svd as svd
from .nn import adaptive_average_pool as adaptive_average_pool
from .nn import adaptive_max_pool as adaptive_max_pool
from .nn import average_pool as average_pool
from .nn import batch_normalization as batch_normalization
from .nn import binary_crossentropy as binary_crossentropy
from .nn import categorical_crossentropy as categorical_crossentropy
from .nn import celu as celu
from .nn import conv as conv
from .nn import conv_transpose as conv_transpose
from .nn import ctc_decode as ctc_decode
from .nn import ctc_loss as ctc_loss
from .nn import depth_to_space as depth_to_space
from .nn import depthwise_conv as depthwise_conv
from .nn import dot_product_attention as dot_product_attention
from .nn import elu as elu
from .nn import fold as fold
from .nn import gelu as gelu
from .nn import glu as glu
from .nn import hard_shrink as hard_shrink
from .nn import hard_sigmoid as hard_sigmoid
from .nn import hard_silu as hard_silu
from .nn import hard_swish as hard_swish
from .nn import hard_tanh as hard_tanh
from .nn import layer_normalization as layer_normalization
from .nn import leaky_relu as leaky_relu
from .nn import log_sigmoid as log_sigmoid
from .nn import log_softmax as log_softmax
from .nn import max_pool as max_pool
from .nn import moments as moments
from .nn import multi_hot as multi_hot
from .nn import normalize as normalize
from .nn import one_hot as one_hot
from .nn import polar as polar
from .nn import psnr as psnr
from .nn import relu as relu
from .nn import relu6 as relu6
from .nn import rms_normalization as rms_normalization
from .nn import selu as selu
from .nn import separable_conv as separable_conv
from .nn import sigmoid as sigmoid
from .nn import silu as silu
from .nn import soft_shrink as soft_shrink
from .nn import softmax as softmax
from .nn import softplus as softplus
from .nn import softsign as softsign
from .nn import space_to_depth as space_to_depth
from .nn import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from .nn import sparse_plus as sparse_plus
from .nn import sparse_sigmoid as sparse_sigmoid
from .nn import sparsemax as sparsemax
from .nn import squareplus as squareplus
from .nn import swish as swish
from .nn import tanh_shrink as tanh_shrink
from .nn import threshold as threshold
from .nn import unfold as unfold
from .numpy import abs as abs
from .numpy import absolute as absolute
from .numpy import add as add
from .numpy import all as all
from .numpy import allclose as allclose
from .numpy import amax as amax
from .numpy import amin as amin
from .numpy import angle as angle
from .numpy import any as any
from .numpy import append as append
from .numpy import arange as arange
from .numpy import arccos as arccos
from .numpy import arccosh as arccosh
from .numpy import arcsin as arcsin
from .numpy import arcsinh as arcsinh
from .numpy import arctan as arctan
from .numpy import arctan2 as arctan2
from .numpy import arctanh as arctanh
from .numpy import argmax as argmax
from .numpy import argmin as argmin
from .numpy import argpartition as argpartition
from .numpy import argsort as argsort
from .numpy import array as array
from .numpy import array_split as array_split
from .numpy import average as average
from .numpy import bartlett as bartlett
from .numpy import bincount as bincount
from .numpy import bitwise_and as bitwise_and
from .numpy import bitwise_invert as bitwise_invert
from .numpy import bitwise_left_shift as bitwise_left_shift
from .numpy import bitwise_not as bitwise_not
from .numpy import bitwise_or as bitwise_or
from .numpy import bitwise_right_shift as bitwise_right_shift
from .numpy import bitwise_xor as bitwise_xor
from .numpy import blackman as blackman
from .numpy import broadcast_to as broadcast_to
from .numpy import cbrt as cbrt
from .numpy import ceil as ceil
from .numpy import clip as clip
from .numpy import concatenate as concatenate
from .numpy import conj as conj
from .numpy import conjugate as conjugate
from .numpy import copy as copy
from .numpy import corrcoef as corrcoef
from .numpy import correlate as correlate
from .numpy import cos as cos
from .numpy import cosh as cosh
from .numpy import count_nonzero as count_nonzero
from .numpy import cross as cross
from .numpy import cumprod as cumprod
from .numpy import cumsum as cumsum
from .numpy import deg2rad as deg2rad
from .numpy import diag as diag
from .numpy import diagflat as diagflat
from .numpy import diagonal as diagonal
from .numpy import diff as diff
from .numpy import digitize as digitize
from .numpy import divide as divide
from .numpy import divide_no_nan as divide_no_nan
from .numpy import dot as dot
from .numpy import dsplit as dsplit
from .numpy import dstack as dstack
from .numpy import einsum as einsum
from .numpy import empty as empty
from .numpy import empty_like as empty_like
from .numpy import equal as equal
from .numpy import exp as exp
from .numpy import exp2 as exp2
from .numpy import expand_dims as expand_dims
from .numpy import expm1 as expm1
from .numpy import eye as eye
from .numpy import fabs as fabs
from .numpy import flip as flip
from .numpy import fliplr as fliplr
from .numpy import flipud as flipud
from .numpy import floor as floor
from .numpy import floor_divide as floor_divide
from .numpy import fmax as fmax
from .numpy import fmin as fmin
from .numpy import fmod as fmod
from .numpy import full as full
from .numpy import full_like as full_like
from .numpy import gcd as gcd
from .numpy import geomspace as geomspace
from .numpy import get_item as get_item
from .numpy import greater as greater
from .numpy import greater_equal as greater_equal
from .numpy import hamming as hamming
from .numpy import hanning as hanning
from .numpy import heaviside as heaviside
from .numpy import histogram as histogram
from .numpy import hsplit as hsplit
from .numpy import hstack as hstack
from .numpy import hypot as hypot
from .numpy import i0 as i0
from .numpy import identity as identity
from .numpy import imag as imag
from .numpy import inner as inner
from .numpy import isclose as isclose
from .numpy import isfinite as isfinite
from .numpy import isin as isin
from .numpy import isinf as isinf
from .numpy import isnan as isnan
from .numpy import isneginf as isneginf
from .numpy import isposinf as isposinf
from .numpy import isreal as isreal
from .numpy import kaiser as kaiser
from .numpy import kron as kron
from .numpy import lcm as lcm
from .numpy import ldexp as ldexp
from .numpy import left_shift as left_shift
from .numpy import less as less
from .numpy import less_equal as less_equal
from .numpy import linspace as linspace
from .numpy import log as log
from .numpy import log1p as log1p
from .numpy import log2 as log2
from .numpy import log10 as log10
from .numpy import logaddexp as logaddexp
from .numpy import logaddexp2 as logaddexp2
from .numpy import logical_and as logical_and
from .numpy import logical_not as logical_not
from .numpy import logical_or as logical_or
from .numpy import logical_xor as logical_xor
from .numpy import logspace as logspace
from .numpy import matmul as matmul
from .numpy import max as max
from .numpy import maximum as maximum
from .numpy import mean as mean
from .numpy import median as median
from .numpy import meshgrid as meshgrid
from .numpy import min as min
from .numpy import minimum as minimum
from .numpy import mod as mod
from .numpy import moveaxis as moveaxis
from .numpy import multiply as multiply
from .numpy import nan_to_num as nan_to_num
from .numpy import nanargmax as nanargmax
from .numpy import nanargmin as nanargmin
from .numpy import nancumprod as nancumprod
from .numpy import nancumsum as nancumsum
from .numpy import nanmax as nanmax
from .numpy import nanmean as nanmean
from .numpy import nanmedian as nanmedian
from .numpy import nanmin as nanmin
from .numpy import nanpercentile as nanpercentile
from .numpy import nanprod as nanprod
from .numpy import nanquantile as nanquantile
from .numpy import nanstd as nanstd
from .numpy import nansum as nansum
from .numpy import nanvar as nanvar
from .numpy import ndim as ndim
from .numpy import negative as negative
from .numpy import nextafter as nextafter
from .numpy import nonzero as nonzero
from .numpy import not_equal as not_equal
from .numpy import ones as ones
from .numpy import ones_like as ones_like
from .numpy import outer as outer
from .numpy import pad as pad
from .numpy import percentile as percentile
from .numpy import power as power
from .numpy import prod as prod
from .numpy import ptp as ptp
from .numpy import quantile as quantile
from .numpy import rad2deg as rad2deg
from .numpy import ravel as ravel
from .numpy import real as real
from .numpy import reciprocal as reciprocal
from .numpy import repeat as repeat
from .numpy import reshape as reshape
from .numpy import right_shift as right_shift
from .numpy import roll as roll
from .numpy import rot90 as rot90
from .numpy import round as round
from .numpy import searchsorted as searchsorted
from .numpy import select as select
from .numpy import sign as sign
from .numpy import signbit as signbit
from .numpy import sin as sin
from .numpy import sinc as sinc
from .numpy import sinh as sinh
from .numpy import size as size
from .numpy import slogdet as slogdet
from .numpy import sort as sort
from .numpy import split as split
from .numpy import sqrt as sqrt
from .numpy import square as square
from .numpy import squeeze as squeeze
from .numpy import stack as stack
from .numpy import std as std
from .numpy import subtract as subtract
from .numpy import sum as sum
from .numpy import swapaxes as swapaxes
from .numpy import take as take
from .numpy import take_along_axis as take_along_axis
from .numpy import tan as tan
from .numpy import tanh as tanh
from .numpy import tensordot as tensordot
from .numpy import tile as tile
from .numpy import trace as trace
from .numpy import transpose as transpose
from .numpy import trapezoid as trapezoid
from .numpy import tri as tri
from .numpy import tril as tril
from .numpy import triu as triu
from .numpy import true_divide as true_divide
from .numpy import trunc as trunc
from .numpy import unique as unique
from .numpy import unravel_index as unravel_index
from .numpy import vander as vander
from .numpy import var as var
from .numpy import vdot as vdot
from .numpy import vectorize as vectorize
from .numpy import view as view
from .numpy import vsplit as vsplit
from .numpy import vstack as vstack
from .numpy import where as where
from .numpy import zeros as zeros
from .numpy import zeros_like as zeros_like

def associative_scan(
    f: Any,
    elems: Any,
    reverse: bool = False,
    axis: int | tuple[int, ...] | None = 0,
) -> Any: ...
def cast(x: Any, dtype: Any) -> Any:
    """The numbers as another dtype."""

def cdist(x: Any, y: Any) -> Any:
    """The distances of each row from each."""

def cond(pred: Any, true_fn: Any, false_fn: Any) -> Any: ...
def convert_to_numpy(x: Any) -> Any: ...
def convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Any:
    """The tensor itself."""

def custom_gradient(f: Any) -> Any: ...
def dtype(x: Any) -> Any: ...
def erf(x: Any) -> Any:
    """The error function."""

def erfc(x: Any) -> Any:
    """1 less the error function."""

def erfinv(x: Any) -> Any:
    """The number of which x is the error function."""

def extract_sequences(x: Any, sequence_length: Any, sequence_stride: Any) -> Any:
    """Windows that move along the last axis."""

def fft(x: Any) -> Any:
    """The Fourier transform along the last axis."""

def fft2(x: Any) -> Any:
    """The Fourier transform along the last two axes."""

def fori_loop(lower: Any, upper: Any, body_fun: Any, init_val: Any) -> Any: ...
def ifft2(x: Any) -> Any:
    """The inverse of the Fourier transform along the last two axes."""

def in_top_k(targets: Any, predictions: Any, k: Any) -> Any:
    """Whether the target is among the k greatest predictions."""

def irfft(x: Any, fft_length: int | None = None) -> Any:
    """The inverse of the Fourier transform of real numbers."""

def is_tensor(x: Any) -> Any: ...
def istft(
    x: Any,
    sequence_length: Any,
    sequence_stride: Any,
    fft_length: Any,
    length: Any = None,
    window: Any = "hann",
    center: bool = True,
) -> Any: ...
def logdet(x: Any) -> Any: ...
def logsumexp(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The logarithm of the sum of powers of e."""

def map(f: Any, xs: Any) -> Any: ...
def rearrange(tensor: Any, pattern: Any, **axes_lengths: Any) -> Any:
    """Axes split, ordered and joined by a pattern."""

def rfft(x: Any, fft_length: int | None = None) -> Any:
    """The Fourier transform of real numbers."""

def rsqrt(x: Any) -> Any:
    """1 / sqrt(x)."""

def saturate_cast(x: Any, dtype: Any) -> Any:
    """The numbers as another dtype, within its range."""

def scan(
    f: Any,
    init: Any,
    xs: Any = None,
    length: Any = None,
    reverse: bool = False,
    unroll: float = 1,
) -> Any: ...
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Values added at places among zeros."""

def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: Any = None) -> Any:
    """Other values at places."""

def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """The greatest element of each group."""

def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """The least element of each group."""

def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """The product of each group."""

def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """The sum of each group."""

def shape(x: Any) -> Any: ...
def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """a part that begins at computed places."""

def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """With another part at computed places."""

def stft(
    x: Any,
    sequence_length: Any,
    sequence_stride: Any,
    fft_length: Any,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """The Fourier transforms of short windows."""

def stop_gradient(variable: Any) -> Any:
    """The tensor, of which no gradient passes."""

def switch(index: Any, branches: Any, *operands: Any) -> Any: ...
def top_k(x: Any, k: Any, sorted: bool = True) -> Any:
    """The greatest elements along the last axis, and their places."""

def unstack(x: Any, num: Any = None, axis: int | tuple[int, ...] | None = 0) -> Any:
    """The parts along an axis, which goes."""

def vectorized_map(function: Any, elements: Any) -> Any: ...
def view_as_complex(x: Any) -> Any: ...
def view_as_real(x: Any) -> Any: ...
def while_loop(cond: Any, body: Any, loop_vars: Any, maximum_iterations: Any = None) -> Any: ...
def __getattr__(name: str) -> Any: ...
