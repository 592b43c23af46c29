"""Operations on tensors, under Keras's names."""

from typing import Any

def abs(x: Any) -> Any:
    """|x|."""

def absolute(x: Any) -> Any:
    """|x|."""

def add(x1: Any, x2: Any) -> Any:
    """x1 + x2."""

def all(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """Whether all elements along axes are true."""

def allclose(x1: Any, x2: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Whether all of x1 is near x2."""

def amax(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The greatest element along axes."""

def amin(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The least element along axes."""

def angle(x: Any) -> Any:
    """The angle of a complex number."""

def any(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """Whether one element along axes is true."""

def append(x1: Any, x2: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """x2 after x1."""

def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any: ...
def arccos(x: Any) -> Any:
    """The angle of which x is the cosine."""

def arccosh(x: Any) -> Any:
    """The number of which x is the hyperbolic cosine."""

def arcsin(x: Any) -> Any:
    """The angle of which x is the sine."""

def arcsinh(x: Any) -> Any:
    """The number of which x is the hyperbolic sine."""

def arctan(x: Any) -> Any:
    """The angle of which x is the tangent."""

def arctan2(x1: Any, x2: Any) -> Any:
    """The angle of the point (x2, x1)."""

def arctanh(x: Any) -> Any:
    """The number of which x is the hyperbolic tangent."""

def argmax(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The place of the greatest element."""

def argmin(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The place of the least element."""

def argpartition(x: Any, kth: Any, axis: int | tuple[int, ...] | None = -1) -> Any: ...
def argsort(x: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """The places of the elements in ascending order."""

def array(x: Any, dtype: Any = None) -> Any:
    """The tensor itself."""

def array_split(x: Any, indices_or_sections: Any, axis: int | tuple[int, ...] | None = 0) -> Any:
    """Parts along an axis, as equal as can be."""

def average(x: Any, axis: int | tuple[int, ...] | None = None, weights: Any = None) -> Any:
    """The mean along an axis, by weights."""

def bartlett(x: Any) -> Any: ...
def bincount(x: Any, weights: Any = None, minlength: float = 0, sparse: bool = False) -> Any: ...
def bitwise_and(x: Any, y: Any) -> Any:
    """The bits that both have."""

def bitwise_invert(x: Any) -> Any:
    """The bits that x does not have."""

def bitwise_left_shift(x: Any, y: Any) -> Any:
    """x with its bits moved up by y."""

def bitwise_not(x: Any) -> Any:
    """The bits that x does not have."""

def bitwise_or(x: Any, y: Any) -> Any:
    """The bits that one has."""

def bitwise_right_shift(x: Any, y: Any) -> Any:
    """x with its bits moved down by y."""

def bitwise_xor(x: Any, y: Any) -> Any:
    """The bits that one alone has."""

def blackman(x: Any) -> Any: ...
def broadcast_to(x: Any, shape: Any) -> Any:
    """Repeated to a shape."""

def cbrt(x: Any) -> Any:
    """The cube root."""

def ceil(x: Any) -> Any:
    """The least whole number from x on."""

def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """x, or the nearer of two limits."""

def concatenate(xs: Any, axis: int | tuple[int, ...] | None = 0) -> Any:
    """Tensors joined along an axis."""

def conj(x: Any) -> Any:
    """The complex conjugate."""

def conjugate(x: Any) -> Any:
    """The complex conjugate."""

def copy(x: Any) -> Any:
    """The tensor itself."""

def corrcoef(x: Any) -> Any:
    """The correlations of rows."""

def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """The products of x2 along x1."""

def cos(x: Any) -> Any:
    """The cosine."""

def cosh(x: Any) -> Any:
    """The hyperbolic cosine."""

def count_nonzero(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """How many elements along axes are not zero."""

def cross(
    x1: Any,
    x2: Any,
    axisa: float = -1,
    axisb: float = -1,
    axisc: float = -1,
    axis: int | tuple[int, ...] | None = None,
) -> Any:
    """The vector across two others."""

def cumprod(x: Any, axis: int | tuple[int, ...] | None = None, dtype: Any = None) -> Any:
    """The products of all elements so far."""

def cumsum(x: Any, axis: int | tuple[int, ...] | None = None, dtype: Any = None) -> Any:
    """The sums of all elements so far."""

def deg2rad(x: Any) -> Any:
    """Degrees as radians."""

def diag(x: Any, k: int = 0) -> Any:
    """a matrix's diagonal, or a matrix with one."""

def diagflat(x: Any, k: int = 0) -> Any:
    """a matrix with all elements on its diagonal."""

def diagonal(x: Any, offset: float = 0, axis1: float = 0, axis2: float = 1) -> Any:
    """The diagonal of two axes."""

def diff(a: Any, n: int = 1, axis: int | tuple[int, ...] | None = -1) -> Any:
    """The differences of neighbors."""

def digitize(x: Any, bins: Any) -> Any:
    """Which of the bins each element falls into."""

def divide(x1: Any, x2: Any) -> Any:
    """x1 / x2."""

def divide_no_nan(x1: Any, x2: Any) -> Any:
    """x1 / x2, and 0 where x2 is 0."""

def dot(x1: Any, x2: Any) -> Any:
    """The product of the last axis of x1 and the last but one of x2."""

def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """Parts along the third axis."""

def dstack(xs: Any) -> Any:
    """Tensors behind each other."""

def einsum(subscripts: Any, *operands: Any, **kwargs: Any) -> Any:
    """The product that letters of axes describe."""

def empty(shape: Any, dtype: Any = None) -> Any: ...
def empty_like(x: Any, dtype: Any = None) -> Any:
    """Zeros of the same shape."""

def equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is x2."""

def exp(x: Any) -> Any:
    """e^x."""

def exp2(x: Any) -> Any:
    """2^x."""

def expand_dims(x: Any, axis: int | tuple[int, ...] | None) -> Any:
    """More axes of extent 1."""

def expm1(x: Any) -> Any:
    """e^x - 1."""

def eye(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Any: ...
def fabs(x: Any) -> Any:
    """|x| as floats."""

def flip(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """The elements along axes turned around."""

def fliplr(x: Any) -> Any:
    """The elements along the second axis turned around."""

def flipud(x: Any) -> Any:
    """The elements along the first axis turned around."""

def floor(x: Any) -> Any:
    """The largest whole number up to x."""

def floor_divide(x1: Any, x2: Any) -> Any:
    """The largest whole number up to x1 / x2."""

def fmax(x1: Any, x2: Any) -> Any:
    """The greater of x1 and x2, of which NaN is none."""

def fmin(x1: Any, x2: Any) -> Any:
    """The lesser of x1 and x2, of which NaN is none."""

def fmod(x1: Any, x2: Any) -> Any:
    """The remainder of x1 / x2, with the sign of x1."""

def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One value in a shape."""

def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One value in the same shape."""

def gcd(x1: Any, x2: Any) -> Any: ...
def geomspace(
    start: Any,
    stop: Any,
    num: float = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int | tuple[int, ...] | None = 0,
) -> Any:
    """Numbers of equal ratios."""

def get_item(x: Any, key: Any) -> Any:
    """a part by an index: x[:, 0]."""

def greater(x1: Any, x2: Any) -> Any:
    """Whether x1 is greater than x2."""

def greater_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is at least x2."""

def hamming(x: Any) -> Any: ...
def hanning(x: Any) -> Any: ...
def heaviside(x1: Any, x2: Any) -> Any:
    """0 where x1 is negative, 1 where positive, x2 at 0."""

def histogram(x: Any, bins: int = 10, range: Any = None) -> Any: ...
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """Parts along the second axis."""

def hstack(xs: Any) -> Any:
    """Tensors side by side."""

def hypot(x1: Any, x2: Any) -> Any:
    """The square root of x1 x1 + x2 x2."""

def i0(x: Any) -> Any:
    """The modified Bessel function of order 0."""

def identity(n: Any, dtype: Any = None) -> Any: ...
def imag(x: Any) -> Any:
    """The imaginary part."""

def inner(x1: Any, x2: Any) -> Any:
    """The product of the last axes."""

def isclose(x1: Any, x2: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Whether x1 is near x2."""

def isfinite(x: Any) -> Any:
    """Whether x is a finite number."""

def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each of x1 is among x2."""

def isinf(x: Any) -> Any:
    """Whether x is infinite."""

def isnan(x: Any) -> Any:
    """Whether x is no number."""

def isneginf(x: Any) -> Any:
    """Whether x is negative infinity."""

def isposinf(x: Any) -> Any:
    """Whether x is positive infinity."""

def isreal(x: Any) -> Any:
    """Whether x has no imaginary part."""

def kaiser(x: Any, beta: Any) -> Any: ...
def kron(x1: Any, x2: Any) -> Any:
    """Blocks of x2 times each element of x1."""

def lcm(x1: Any, x2: Any) -> Any: ...
def ldexp(x1: Any, x2: Any) -> Any:
    """x1 times 2 to the power of x2."""

def left_shift(x: Any, y: Any) -> Any:
    """x with its bits moved up by y."""

def less(x1: Any, x2: Any) -> Any:
    """Whether x1 is less than x2."""

def less_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is at most x2."""

def linspace(
    start: Any,
    stop: Any,
    num: float = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int | tuple[int, ...] | None = 0,
) -> Any:
    """Numbers at equal distances."""

def log(x: Any) -> Any:
    """The natural logarithm."""

def log10(x: Any) -> Any:
    """The logarithm to base 10."""

def log1p(x: Any) -> Any:
    """log(1 + x)."""

def log2(x: Any) -> Any:
    """The logarithm to base 2."""

def logaddexp(x1: Any, x2: Any) -> Any:
    """log(exp(x1) + exp(x2))."""

def logaddexp2(x1: Any, x2: Any) -> Any:
    """log2(2^x1 + 2^x2)."""

def logical_and(x1: Any, x2: Any) -> Any:
    """Whether both are true."""

def logical_not(x: Any) -> Any:
    """Whether x is false."""

def logical_or(x1: Any, x2: Any) -> Any:
    """Whether one is true."""

def logical_xor(x1: Any, x2: Any) -> Any:
    """Whether one alone is true."""

def logspace(
    start: Any,
    stop: Any,
    num: float = 50,
    endpoint: bool = True,
    base: float = 10,
    dtype: Any = None,
    axis: int | tuple[int, ...] | None = 0,
) -> Any:
    """Powers at equal distances."""

def matmul(x1: Any, x2: Any) -> Any:
    """The product of matrices."""

def max(
    x: Any,
    axis: int | tuple[int, ...] | None = None,
    keepdims: bool = False,
    initial: Any = None,
) -> Any:
    """The greatest element along axes."""

def maximum(x1: Any, x2: Any) -> Any:
    """The greater of x1 and x2."""

def mean(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The mean along axes."""

def median(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The middle element along axes."""

def meshgrid(*x: Any, indexing: Any = "xy") -> Any:
    """The coordinates of a grid, axis by axis."""

def min(
    x: Any,
    axis: int | tuple[int, ...] | None = None,
    keepdims: bool = False,
    initial: Any = None,
) -> Any:
    """The least element along axes."""

def minimum(x1: Any, x2: Any) -> Any:
    """The lesser of x1 and x2."""

def mod(x1: Any, x2: Any) -> Any:
    """The remainder of x1 / x2, with the sign of x2."""

def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Axes in other places."""

def multiply(x1: Any, x2: Any) -> Any:
    """x1 x2."""

def nan_to_num(x: Any, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """x with numbers for NaN and infinities."""

def nanargmax(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The place of the greatest of what is not NaN."""

def nanargmin(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The place of the least of what is not NaN."""

def nancumprod(x: Any, axis: int | tuple[int, ...] | None = None, dtype: Any = None) -> Any:
    """The products of all numbers so far."""

def nancumsum(x: Any, axis: int | tuple[int, ...] | None = None, dtype: Any = None) -> Any:
    """The sums of all numbers so far."""

def nanmax(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The greatest of what is not NaN."""

def nanmean(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The mean of what is not NaN."""

def nanmedian(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any: ...
def nanmin(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The least of what is not NaN."""

def nanpercentile(
    x: Any,
    q: Any,
    axis: int | tuple[int, ...] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Any: ...
def nanprod(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The product of what is not NaN."""

def nanquantile(
    x: Any,
    q: Any,
    axis: int | tuple[int, ...] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Any: ...
def nanstd(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The standard deviation of what is not NaN."""

def nansum(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The sum of what is not NaN."""

def nanvar(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The variance of what is not NaN."""

def ndim(x: Any) -> Any:
    """How many axes there are."""

def negative(x: Any) -> Any:
    """-x."""

def nextafter(x1: Any, x2: Any) -> Any: ...
def nonzero(x: Any) -> Any: ...
def not_equal(x1: Any, x2: Any) -> Any:
    """Whether x1 is not x2."""

def ones(shape: Any, dtype: Any = None) -> Any: ...
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones of the same shape."""

def outer(x1: Any, x2: Any) -> Any:
    """The products of each element with each."""

def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """More elements around the others."""

def percentile(
    x: Any,
    q: Any,
    axis: int | tuple[int, ...] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    """The elements at percents of the order along axes."""

def power(x1: Any, x2: Any) -> Any:
    """x1 to the power of x2."""

def prod(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """The product along axes."""

def ptp(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The greatest less the least element along axes."""

def quantile(
    x: Any,
    q: Any,
    axis: int | tuple[int, ...] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    """The elements at parts of the order along axes."""

def rad2deg(x: Any) -> Any:
    """Radians as degrees."""

def ravel(x: Any) -> Any:
    """All elements along one axis."""

def real(x: Any) -> Any:
    """The real part."""

def reciprocal(x: Any) -> Any:
    """1 / x."""

def repeat(x: Any, repeats: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """Each element repeated."""

def reshape(x: Any, newshape: Any) -> Any:
    """The elements in another shape."""

def right_shift(x: Any, y: Any) -> Any:
    """x with its bits moved down by y."""

def roll(x: Any, shift: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """The elements moved on, those over the end to the start."""

def rot90(array: Any, k: int = 1, axes: int | tuple[int, ...] = (0, 1)) -> Any:
    """Quarter turns of the plane of two axes."""

def round(x: Any, decimals: float = 0) -> Any:
    """x to so many decimals, halves to the even side."""

def searchsorted(sorted_sequence: Any, values: Any, side: Any = "left") -> Any:
    """Where values belong among ordered ones."""

def select(condlist: Any, choicelist: Any, default: float = 0) -> Any:
    """The choice of the first condition that holds."""

def sign(x: Any) -> Any:
    """-1, 0 or 1 with the sign of x."""

def signbit(x: Any) -> Any:
    """Whether x has a minus sign."""

def sin(x: Any) -> Any:
    """The sine."""

def sinc(x: Any) -> Any:
    """sin(pi x) / (pi x), and 1 at 0."""

def sinh(x: Any) -> Any:
    """The hyperbolic sine."""

def size(x: Any) -> Any:
    """How many elements there are."""

def slogdet(x: Any) -> Any: ...
def sort(x: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """The elements along an axis in ascending order."""

def split(x: Any, indices_or_sections: Any, axis: int | tuple[int, ...] | None = 0) -> Any:
    """Equal parts along an axis, or those between places."""

def sqrt(x: Any) -> Any:
    """The square root."""

def square(x: Any) -> Any:
    """x x."""

def squeeze(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """Without axes of extent 1."""

def stack(x: Any, axis: int | tuple[int, ...] | None = 0) -> Any:
    """Tensors joined along a new axis."""

def std(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The root of the mean square of the distance from the mean."""

def subtract(x1: Any, x2: Any) -> Any:
    """x1 - x2."""

def sum(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The sum along axes."""

def swapaxes(x: Any, axis1: Any, axis2: Any) -> Any:
    """Two axes in each other's place."""

def take(x: Any, indices: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """The elements at places along an axis."""

def take_along_axis(x: Any, indices: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """An element of each row along an axis."""

def tan(x: Any) -> Any:
    """The tangent."""

def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""

def tensordot(x1: Any, x2: Any, axes: int | tuple[int, ...] = 2) -> Any:
    """The product summed over pairs of axes."""

def tile(x: Any, repeats: Any) -> Any:
    """Repeated as a whole."""

def trace(x: Any, offset: float = 0, axis1: float = 0, axis2: float = 1) -> Any:
    """The sum of the diagonal of two axes."""

def transpose(x: Any, axes: int | tuple[int, ...] | None = None) -> Any:
    """The axes in another order."""

def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int | tuple[int, ...] | None = -1) -> Any:
    """The area under points, by trapezoids."""

def tri(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Any: ...
def tril(x: Any, k: int = 0) -> Any:
    """0 above a diagonal."""

def triu(x: Any, k: int = 0) -> Any:
    """0 below a diagonal."""

def true_divide(x1: Any, x2: Any) -> Any:
    """x1 / x2."""

def trunc(x: Any) -> Any:
    """The whole number next to x towards 0."""

def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | tuple[int, ...] | None = None,
    size: int | tuple[int, ...] | None = None,
    fill_value: Any = None,
) -> Any: ...
def unravel_index(indices: Any, shape: Any) -> Any:
    """The indices along axes of places in a tensor."""

def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    """The powers of each element."""

def var(x: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """The mean square of the distance from the mean."""

def vdot(x1: Any, x2: Any) -> Any:
    """The sum of all products of elements."""

def vectorize(pyfunc: Any, *, excluded: Any = None, signature: Any = None) -> Any: ...
def view(x: Any, dtype: Any = None) -> Any: ...
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """Parts along the first axis."""

def vstack(xs: Any) -> Any:
    """Tensors below each other."""

def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition holds, else x2."""

def zeros(shape: Any, dtype: Any = None) -> Any: ...
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros of the same shape."""

def __getattr__(name: str) -> Any: ...
