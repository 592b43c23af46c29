//! The only transcendentals: branch-free functions of one number that a compiler turns into vector loops.
//!
//! They use addition, subtraction, multiplication, division, square root, comparisons, selections and integer
//! arithmetic, every one of which IEEE 754 fixes to the last bit, so that all processors and all instruction
//! sets give the same bits. There is no fused multiply-add among them: processors without one (many a small
//! industrial computer) would have to imitate it at a hundred times the cost. A NaN result is always the
//! pattern `0x7fc0_0000`. Subnormal numbers are neither flushed on the way in nor on the way out.
//!
//! Errors are given in units in the last place (ulp) of the exact result, and are the largest that the
//! exhaustive test found over all 2^32 arguments.

use std::f32::consts::LOG2_E;

/// The NaN that every function here returns; processors disagree about the sign of their own.
const NAN: f32 = f32::from_bits(0x7fc0_0000);

/// Adding 1.5 * 2^23 rounds a small number to an integer, which then stands in the low bits of the sum.
const ROUND: f32 = 12_582_912.0;

/// As [`ROUND`], in double precision: 1.5 * 2^52.
const ROUND_64: f64 = 6_755_399_441_055_744.0;

/// The upper 15 bits of ln 2: its product with an exponent is exact.
const LN_2_HIGH: f32 = f32::from_bits(0x3f31_7200);

/// What [`LN_2_HIGH`] leaves of ln 2.
const LN_2_LOW: f32 = 1.428_606_8e-6;

/// The exponential, e^x.
///
/// Any x: 0 below -103.98, subnormal below -87.34, infinite above 88.72. Error at most EXP_ULP ulp.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (n, r) = reduce(clamp(x, -104.0, 89.0));
    let p = 1.0 + exp_m1_reduced(r);
    // In two steps, since 2^n itself can lie outside the normal numbers; only the second one rounds.
    let half = n >> 1;
    let y = p * power_of_two(half) * power_of_two(n - half);
    nan_if(x.is_nan(), y)
}

/// e^x - 1, without the cancellation near zero.
///
/// Any x: -1 below -17.33, infinite above 88.72. Error at most EXPM1_ULP ulp.
#[inline(always)]
pub fn expm1(x: f32) -> f32 {
    let (n, r) = reduce(clamp(x, -20.0, 89.0));
    let p = 0.166_666_36 + r * (0.041_666_511 + r * (0.008_341_605 + r * (0.001_393_051_2 + r * 1.493_245_2e-4)));
    let q = r + r * r * (0.5 + r * p);
    // 2^n q + 2^n - 1, halved so that n = 128 does not overflow too early.
    let scale = power_of_two(n - 1);
    let y = (scale * q + (scale - 0.5)) * 2.0;
    // Tiny x is its own result, which keeps -0 and the last bit of subnormal numbers.
    let y = if x.abs() < 1.5e-8 { x } else { y };
    nan_if(x.is_nan(), y)
}

/// The natural logarithm.
///
/// x > 0; -infinity at 0 and -0, NaN below. Error at most LOG_ULP ulp.
#[inline(always)]
pub fn log(x: f32) -> f32 {
    let (scaled, shift) = lift_subnormal(x);
    let (k, m) = split(scaled, 0x3f40_0000);
    let y = log_from_parts((k - shift) as f32, m - 1.0);
    let y = if x == f32::INFINITY { f32::INFINITY } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    nan_if(x.is_nan() | (x < 0.0), y)
}

/// log(1 + x), without the cancellation near zero.
///
/// x > -1; -infinity at -1, NaN below. Error at most LOG1P_ULP ulp.
#[inline(always)]
pub fn log1p(x: f32) -> f32 {
    let (k, _) = split(1.0 + x, 0x3f40_0000);
    // (1 + x) 2^-k - 1, where both terms and their sum are exact because 1 + x lies in [0.75, 1.5) 2^k. The
    // quarter keeps the power of two a normal number for the largest x.
    let scale = power_of_two(2i32.wrapping_sub(k));
    let y = log_from_parts(k as f32, (0.25 * x) * scale + (0.25 * scale - 1.0));
    let y = if x.abs() < 1.5e-8 { x } else { y };
    let y = if x == f32::INFINITY { f32::INFINITY } else { y };
    let y = if x == -1.0 { f32::NEG_INFINITY } else { y };
    nan_if(x.is_nan() | (x < -1.0), y)
}

/// The hyperbolic tangent.
///
/// Any x; odd to the bit, +-1 from |x| = 9.02 on. Error at most TANH_ULP ulp.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let p = -0.333_332_99 + z * (0.133_319_36 + z * (-0.053_784_713 + z * (0.020_798_6 - z * 0.005_897_922_4)));
    let near = a + a * z * p;
    // 1 - 2 / (e^2a + 1); the sum under the fraction rounds twice only, since 1 + 2^n is exact.
    let (n, r) = reduce(clamp(a + a, 0.0, 20.0));
    let scale = power_of_two(n);
    let far = 1.0 - 2.0 / ((1.0 + scale) + scale * exp_m1_reduced(r));
    let y = if a < 0.6 { near } else { far };
    nan_if(x.is_nan(), y.copysign(x))
}

/// The logistic function, 1 / (1 + e^-x).
///
/// Any x: 0 below -103.98, subnormal below -87.34, 1 from 17.33 on. Error at most SIGMOID_ULP ulp.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let (n, r) = reduce(clamp(-x, -30.0, 104.5));
    // With e^-x = 2^n (1 + q) and large = 2^max(n, 0), both sides of the fraction are divided by `large`, so
    // that the lower one can neither overflow nor lose q.
    let over = n.max(0);
    let half = over >> 1;
    let (first, second) = (power_of_two(-half), power_of_two(half - over));
    let scale = power_of_two(n.min(0));
    let below = (first * second + scale) + scale * exp_m1_reduced(r);
    nan_if(x.is_nan(), 1.0 / below * first * second)
}

/// log(1 + e^x), a smooth max(x, 0).
///
/// Any x: 0 below -103.98, subnormal below -87.34. Error at most SOFTPLUS_ULP ulp.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let z = exp(-x.abs());
    // z is in [0, 1], so 1 + z is split by one comparison.
    let upper = z >= 0.5;
    let f = if upper { 0.5 * z - 0.5 } else { z };
    let k = if upper { 1.0 } else { 0.0 };
    let y = max(x, 0.0) + log_from_parts(k, f);
    nan_if(x.is_nan(), y)
}

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
///
/// Any x; odd to the bit, +-1 from |x| = 3.92 on. Error at most ERF_ULP ulp.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let p = -0.026_853_347 + z * (0.005_187_162_2 + z * (-7.997_853_1e-4 + z * 7.806_904_6e-5));
    let near = a + a * (0.128_379_17 + z * (-0.376_126_26 + z * (0.112_835_79 + z * p)));
    // 1 - e^P(a), where P approaches the logarithm of the complementary error function.
    let t = clamp(a, 0.0, 4.0);
    let p = -0.103_106_82 + t * (0.021_838_151 + t * (-0.002_947_699_5 + t * 1.863_860_1e-4));
    let p = -3.415_404_9e-4 + t * (-1.127_089_1 + t * (-0.638_144_85 + t * p));
    let (n, r) = reduce(p);
    let scale = power_of_two(n);
    let far = 1.0 - (scale + scale * exp_m1_reduced(r));
    let y = if a < 1.0 { near } else { far };
    nan_if(x.is_nan(), y.copysign(x))
}

/// The sine of an angle in radians.
///
/// Any finite x, exactly reduced however large; NaN at +-infinity. Error at most SIN_ULP ulp.
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    let (quadrant, f) = quarter_turns(x);
    sine_of_quarter_turns(quadrant, f)
}

/// The cosine of an angle in radians.
///
/// Any finite x, exactly reduced however large; NaN at +-infinity. Error at most COS_ULP ulp.
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    let (quadrant, f) = quarter_turns(x);
    sine_of_quarter_turns(quadrant.wrapping_add(1), f)
}

/// The square root, correctly rounded (0.5 ulp); NaN below zero, -0 at -0.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    let y = x.sqrt();
    nan_if(y.is_nan(), y)
}

/// 1 / sqrt(x).
///
/// x >= 0; +-infinity at +-0, NaN below. Error at most RSQRT_ULP ulp.
#[inline(always)]
pub fn rsqrt(x: f32) -> f32 {
    let y = 1.0 / x.sqrt();
    nan_if(y.is_nan(), y)
}

/// x to the power of y, with the special cases of IEEE 754: x^0 and 1^y are 1 even for NaN, a negative x has
/// a power where y is an integer (or x is -infinity), zeros and infinities keep their sign where y is odd.
///
/// Error at most POW_ULP ulp, over the pairs of the tests (all x for some y, and random pairs).
#[inline(always)]
pub fn pow(x: f32, y: f32) -> f32 {
    let a = x.abs();
    let (scaled, shift) = lift_subnormal(a);
    let (k, m) = split(scaled, 0x3f35_04f3);
    // log2 m = (2 / ln 2) artanh s with s = (m - 1) / (m + 1), |s| <= 0.1716.
    let m = m as f64;
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let p = 0.412_209_299_743_475_48 + z * (0.319_903_630_158_886_73 + z * 0.282_931_338_290_476_67);
    let p = 0.961_796_694_114_721_24 + z * (0.577_077_941_928_566_87 + z * p);
    let log2 = (k - shift) as f64 + s * (2.885_390_081_777_849_5 + z * p);
    let log2 = if a == f32::INFINITY { f64::INFINITY } else { log2 };
    let log2 = if a == 0.0 { f64::NEG_INFINITY } else { log2 };

    // 2^(y log2 x); beyond +-200 the result is 0 or infinite in any case.
    let t = y as f64 * log2;
    let t = if t > 200.0 { 200.0 } else { t };
    let t = if t < -200.0 { -200.0 } else { t };
    let t = if a == 1.0 { 0.0 } else { t };
    let rounded = t + ROUND_64;
    let f = t - (rounded - ROUND_64);
    let p = 0.001_333_392_303_588_338_1 + f * (1.546_931_858_799_130_7e-4 + f * 1.520_186_956_425_386_9e-5);
    let p = 0.240_226_511_987_669_48 + f * (0.055_504_103_525_343_497 + f * (0.009_618_027_169_149_147_3 + f * p));
    let p = 0.999_999_999_961_626_47 + f * (0.693_147_180_728_833_41 + f * p);
    let scale = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    let magnitude = (p * scale) as f32;

    let wide = y as f64;
    let rounded = wide + ROUND_64;
    // From 2^24 on every y is an even integer.
    let large = y.abs() >= 16_777_216.0;
    let integer = large | (rounded - ROUND_64 == wide);
    let odd = !large & integer & (rounded.to_bits() & 1 == 1);
    let sign = if odd { x.to_bits() & 0x8000_0000 } else { 0 };
    let power = f32::from_bits(magnitude.to_bits() ^ sign);
    let undefined = x.is_nan() | y.is_nan() | ((x < 0.0) & (a < f32::INFINITY) & !integer);
    let power = nan_if(undefined, power);
    if (x == 1.0) | (y == 0.0) { 1.0 } else { power }
}

/// The larger of two numbers, NaN if either is; of equal ones (0 and -0) the second.
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    if (a > b) | a.is_nan() { a } else { b }
}

/// The smaller of two numbers, NaN if either is; of equal ones (0 and -0) the second.
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    if (a < b) | a.is_nan() { a } else { b }
}

/// Holds x between two bounds; NaN becomes the upper one.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < high { x } else { high };
    if x > low { x } else { low }
}

/// `y`, or the one NaN where `undefined` holds.
#[inline(always)]
fn nan_if(undefined: bool, y: f32) -> f32 {
    if undefined { NAN } else { y }
}

/// 2^n for -126 <= n <= 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// Writes x as n ln 2 + r with |r| <= 0.3466; |x| <= 105.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let rounded = x * LOG2_E + ROUND;
    let n = (rounded.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let whole = rounded - ROUND;
    (n, (x - whole * LN_2_HIGH) - whole * LN_2_LOW)
}

/// e^r - 1 for a reduced r, to an absolute error that suits a sum with 1.
#[inline(always)]
fn exp_m1_reduced(r: f32) -> f32 {
    let p = 0.5 + r * (0.166_666 + r * (0.041_667 + r * (0.008_367 + r * 0.001_388)));
    r + r * r * p
}

/// A positive subnormal number times 2^23, with 23; any other number as it is, with 0.
#[inline(always)]
fn lift_subnormal(x: f32) -> (f32, i32) {
    let subnormal = x < f32::MIN_POSITIVE;
    (if subnormal { x * 8_388_608.0 } else { x }, if subnormal { 23 } else { 0 })
}

/// Writes a normal positive x as m 2^k, where m is at least the number with the bits `start`, and below twice it.
#[inline(always)]
fn split(x: f32, start: i32) -> (i32, f32) {
    let offset = (x.to_bits() as i32).wrapping_sub(start);
    (offset >> 23, f32::from_bits((offset & 0x007f_ffff).wrapping_add(start) as u32))
}

/// k ln 2 + log(1 + f) for f in [-0.25, 0.5).
#[inline(always)]
fn log_from_parts(k: f32, f: f32) -> f32 {
    let p = -0.127_312_09 + f * (0.116_957_81 + f * (-0.090_868_093 + f * 0.037_391_145));
    let p = 0.199_995_65 + f * (-0.166_551_69 + f * (0.142_771_71 + f * p));
    let p = 0.333_333_4 + f * (-0.250_001_67 + f * p);
    let bend = f * f * (0.5 - f * p);
    (f - (bend - k * LN_2_LOW)) + k * LN_2_HIGH
}

/// The number of quarter turns nearest to the angle x (modulo 4), and what is left, in quarter turns.
///
/// The product of x and 2 / pi is needed modulo 4 only. Whatever bits of 2 / pi give multiples of 4 for the
/// exponent of x are left out of the constant (Payne and Hanek), so that two doubles hold enough of the rest.
#[inline(always)]
fn quarter_turns(x: f32) -> (u64, f64) {
    let exponent = (x.to_bits() >> 23) & 255;
    let row = if exponent > FIRST_ROW { exponent - FIRST_ROW } else { 0 } as usize;
    let wide = x as f64;
    // 24 bits times 29: exact.
    let high = wide * TWO_OVER_PI.0[row & 127];
    let low = wide * TWO_OVER_PI.1[row & 127];
    let rounded = (high + low) + ROUND_64;
    (rounded.to_bits(), (high - (rounded - ROUND_64)) + low)
}

/// sin(pi / 2 (quadrant + f)) for |f| <= 0.5.
#[inline(always)]
fn sine_of_quarter_turns(quadrant: u64, f: f64) -> f32 {
    let z = f * f;
    let p = -0.004_681_260_356_081_778_4 + z * 0.000_158_194_460_744_652_4;
    let p = 1.570_796_326_787_740_3 + z * (-0.645_964_096_100_732_8 + z * (0.079_692_581_804_818_474 + z * p));
    let sine = f * p;
    let p = -0.020_860_068_523_690_684 + z * 9.036_253_341_438_522_6e-4;
    let cosine = 0.999_999_999_952_505_88 + z * (-1.233_700_540_632_017_8 + z * (0.253_669_203_565_053_4 + z * p));
    let magnitude = if quadrant & 1 == 0 { sine } else { cosine };
    let y = f64::from_bits(magnitude.to_bits() ^ ((quadrant & 2) << 62)) as f32;
    nan_if(y.is_nan(), y)
}

/// The exponent field of a number whose product with every bit of 2 / pi still counts.
const FIRST_ROW: u32 = 152;

/// 2 / pi without its leading `row` bits, as a sum of 29 bits and the 53 that follow.
static TWO_OVER_PI: ([f64; 128], [f64; 128]) = two_over_pi();

const fn two_over_pi() -> ([f64; 128], [f64; 128]) {
    const WORDS: [u64; 4] = [0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561];
    /// `n` bits from `start` on, as a number; the first bit of the constant weighs one half.
    const fn take(start: usize, n: usize) -> f64 {
        let mut bits = 0u64;
        let mut i = start;
        while i < start + n {
            bits = bits << 1 | WORDS[i / 64] >> (63 - i % 64) & 1;
            i += 1;
        }
        bits as f64 * f64::from_bits((1023 - (start + n) as u64) << 52)
    }
    let (mut high, mut low) = ([0.0; 128], [0.0; 128]);
    let mut row = 0;
    while row < 128 {
        let mut start = row;
        while WORDS[start / 64] >> (63 - start % 64) & 1 == 0 {
            start += 1;
        }
        high[row] = take(start, 29);
        low[row] = take(start + 29, 53);
        row += 1;
    }
    (high, low)
}
