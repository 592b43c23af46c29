//! The only transcendentals: branch-free functions of one number that a compiler turns into vector loops.
//!
//! They use addition, subtraction, multiplication, division, square root, comparisons, selections and integer
//! arithmetic, every one of which IEEE 754 fixes to the last bit, so that all processors and all instruction
//! sets give the same bits. There is no fused multiply-add among them: processors without one (many a small
//! industrial computer) would have to imitate it at a hundred times the cost. A NaN result is always the
//! pattern `0x7fc0_0000`. Subnormal numbers are neither flushed on the way in nor on the way out.
//!
//! Integers wrap, so that no check for overflow stands in a loop, whatever the build.
//!
//! Errors are given in units in the last place (ulp) of the exact result, and are the largest that the
//! exhaustive test found over all 2^32 arguments.

use std::f32::consts::LOG2_E;

/// The NaN that every function here returns; processors disagree about the sign of their own.
const NAN: u32 = 0x7fc0_0000;

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
/// Any x: 0 below -103.98, subnormal below -87.34, infinite above 88.72. Error at most 0.99 ulp.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (n, r) = reduce(clamp(x, -104.0, 89.0));
    let p = 1.0 + exp_m1_reduced(r);
    // In two steps, since 2^n itself can lie outside the normal numbers; only the second one rounds.
    let half = n >> 1;
    let y = p * power_of_two(half) * power_of_two(n.wrapping_sub(half));
    nan_if(x.is_nan(), y)
}

/// e^x - 1, without the cancellation near zero.
///
/// Any x: -1 below -17.33, infinite above 88.72. Error at most 1.48 ulp.
#[inline(always)]
pub fn expm1(x: f32) -> f32 {
    let (n, r) = reduce(clamp(x, -20.0, 89.0));
    let p =
        0.166_666_36 + r * (0.041_666_51 + r * (0.008_341_605 + r * (0.001_393_051_2 + r * 1.493_245_2e-4)));
    let q = r + r * r * (0.5 + r * p);
    // 2^n q + 2^n - 1, halved so that n = 128 does not overflow too early.
    let scale = power_of_two(n.wrapping_sub(1));
    let y = (scale * q + (scale - 0.5)) * 2.0;
    // Tiny x is its own result, which keeps -0 and the last bit of subnormal numbers.
    let y = if x.abs() < 1.5e-8 { x } else { y };
    nan_if(x.is_nan(), y)
}

/// The natural logarithm.
///
/// x > 0; -infinity at 0 and -0, NaN below. Error at most 0.97 ulp.
#[inline(always)]
pub fn log(x: f32) -> f32 {
    let (scaled, shift) = lift_subnormal(x);
    let (k, m) = split(scaled, 0x3f40_0000);
    let y = log_from_parts(k.wrapping_sub(shift) as f32, m - 1.0);
    let y = if x == f32::INFINITY { f32::INFINITY } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    nan_if(x.is_nan() | (x < 0.0), y)
}

/// log(1 + x), without the cancellation near zero.
///
/// x > -1; -infinity at -1, NaN below. Error at most 0.97 ulp.
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
/// Any x; odd to the bit, +-1 from |x| = 9.02 on. Error at most 1.24 ulp.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let p = -0.333_333 + z * (0.133_319_36 + z * (-0.053_784_713 + z * (0.020_798_6 - z * 0.005_897_922_4)));
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
/// Any x: 0 below -103.98, subnormal below -87.34, 1 from 17.33 on. Error at most 1.44 ulp.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let (n, r) = reduce(clamp(-x, -30.0, 104.5));
    // With e^-x = 2^n (1 + q), both sides of the fraction are divided by 2^max(n, 0), so that the lower one,
    // 1 + 2^-|n| + 2^min(n, 0) q, can neither overflow nor lose q.
    let over = n.max(0);
    let half = over >> 1;
    let (first, second) = (power_of_two(half.wrapping_neg()), power_of_two(half.wrapping_sub(over)));
    let scale = power_of_two(n.min(0));
    let small = power_of_two(n.wrapping_abs().min(126).wrapping_neg());
    let sum = 1.0 + small;
    let tail = (small - (sum - 1.0)) + scale * exp_m1_reduced(r);
    let below = sum + tail;
    // What the sum lost, since just above 1 half a unit of it is a whole one of the reciprocal.
    let lost = tail - (below - sum);
    let y = 1.0 / below;
    let y = y - y * y * lost;
    nan_if(x.is_nan(), y * first * second)
}

/// log(1 + e^x), a smooth max(x, 0).
///
/// Any x: 0 below -103.98, subnormal below -87.34. Error at most 1.69 ulp.
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
/// Any x; odd to the bit, +-1 from |x| = 3.92 on. Error at most 1.36 ulp.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let p = -0.026_853_347 + z * (0.005_187_162 + z * (-7.997_853e-4 + z * 7.806_904_6e-5));
    let near = a + a * (0.128_379_17 + z * (-0.376_126_26 + z * (0.112_835_79 + z * p)));
    // 1 - e^P(a), where P approaches the logarithm of the complementary error function.
    let t = clamp(a, 0.0, 4.0);
    let p = -0.103_106_82 + t * (0.021_838_15 + t * (-0.002_947_699_5 + t * 1.863_860_1e-4));
    let p = -3.415_405e-4 + t * (-1.127_089_1 + t * (-0.638_144_85 + t * p));
    let (n, r) = reduce(p);
    let scale = power_of_two(n);
    let far = 1.0 - (scale + scale * exp_m1_reduced(r));
    let y = if a < 1.0 { near } else { far };
    nan_if(x.is_nan(), y.copysign(x))
}

/// The sine of an angle in radians.
///
/// Any finite x, exactly reduced however large; NaN at +-infinity. Error at most 0.502 ulp.
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    let (quadrant, f) = quarter_turns(x);
    sine_of_quarter_turns(quadrant, f)
}

/// The cosine of an angle in radians.
///
/// Any finite x, exactly reduced however large; NaN at +-infinity. Error at most 0.502 ulp.
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    let (quadrant, f) = quarter_turns(x);
    sine_of_quarter_turns(quadrant.wrapping_add(1), f)
}

/// The square root, correctly rounded (0.5 ulp); NaN below zero, -0 at -0.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    one_nan(x.sqrt())
}

/// 1 / sqrt(x).
///
/// x >= 0; +-infinity at +-0, NaN below. Error at most 1.50 ulp.
#[inline(always)]
pub fn rsqrt(x: f32) -> f32 {
    one_nan(1.0 / x.sqrt())
}

/// x to the power of y, with the special cases of IEEE 754: x^0 and 1^y are 1 even for NaN, a negative x has
/// a power where y is an integer (or x is -infinity), zeros and infinities keep their sign where y is odd.
///
/// Error at most 0.501 ulp over the pairs of the ordinary tests: too many pairs exist to try them all.
#[inline(always)]
pub fn pow(x: f32, y: f32) -> f32 {
    let a = x.abs();
    let (scaled, shift) = lift_subnormal(a);
    let (k, m) = split(scaled, 0x3f35_04f3);
    // log2 m = (2 / ln 2) artanh s with s = (m - 1) / (m + 1), |s| <= 0.1716.
    let m = m as f64;
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let p = 0.412_209_299_743_475_5 + z * (0.319_903_630_158_886_73 + z * 0.282_931_338_290_476_7);
    let p = 0.961_796_694_114_721_2 + z * (0.577_077_941_928_566_9 + z * p);
    let log2 = k.wrapping_sub(shift) as f64 + s * (2.885_390_081_777_849_5 + z * p);
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
    let p =
        0.240_226_511_987_669_48 + f * (0.055_504_103_525_343_5 + f * (0.009_618_027_169_149_147 + f * p));
    let p = 0.999_999_999_961_626_5 + f * (0.693_147_180_728_833_4 + f * p);
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
    // Chosen as integers: of floating-point numbers the compiler might hold one NaN as good as another.
    f32::from_bits(if undefined { NAN } else { y.to_bits() })
}

/// y, or the one NaN if y is any.
///
/// Asked of the bits: the compiler knows when a root is NaN, and would take the processor's NaN for ours.
#[inline(always)]
fn one_nan(y: f32) -> f32 {
    let bits = y.to_bits();
    f32::from_bits(if bits & 0x7fff_ffff > 0x7f80_0000 { NAN } else { bits })
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
    let p =
        0.499_999_94 + r * (0.166_665_17 + r * (0.041_668_247 + r * (0.008_369_086 + r * 0.001_381_911_3)));
    r + r * r * p
}

/// A positive subnormal number times 2^23, with 23; any other number as it is, with 0.
#[inline(always)]
fn lift_subnormal(x: f32) -> (f32, i32) {
    let subnormal = x < f32::MIN_POSITIVE;
    (if subnormal { x * 8_388_608.0 } else { x }, if subnormal { 23 } else { 0 })
}

/// Writes a normal positive x as m 2^k, where m is at least the number with the bits `start`, and below twice
/// it.
#[inline(always)]
fn split(x: f32, start: i32) -> (i32, f32) {
    let offset = (x.to_bits() as i32).wrapping_sub(start);
    (offset >> 23, f32::from_bits((offset & 0x007f_ffff).wrapping_add(start) as u32))
}

/// k ln 2 + log(1 + f) for f in [-0.25, 0.5).
#[inline(always)]
fn log_from_parts(k: f32, f: f32) -> f32 {
    let p = -0.127_312_1 + f * (0.116_957_81 + f * (-0.090_868_09 + f * 0.037_391_145));
    let p = 0.199_995_65 + f * (-0.166_551_7 + f * (0.142_771_7 + f * p));
    let p = 0.333_333_4 + f * (-0.250_001_67 + f * p);
    let bend = f * f * (0.5 - f * p);
    (f - (bend - k * LN_2_LOW)) + k * LN_2_HIGH
}

/// The number of quarter turns nearest to the angle x (right modulo 4), and what is left, in quarter turns.
///
/// The product of x and 2 / pi is needed modulo 4 only. Whatever bits of 2 / pi give multiples of 4 for the
/// size of x are left out of the constant (Payne and Hanek), in four steps of 26 bits.
#[inline(always)]
fn quarter_turns(x: f32) -> (u64, f64) {
    let wide = x as f64;
    let size = wide.abs();
    // The parts are constants of their own, not entries of a table, which would have to be gathered.
    let choose = |a: f64, b: f64, c: f64, d: f64| {
        let part = if size < TWO_POW_51 { a } else { b };
        let part = if size < TWO_POW_51 * TWO_POW_26 { part } else { c };
        if size < TWO_POW_51 * TWO_POW_26 * TWO_POW_26 { part } else { d }
    };
    const A: [f64; 3] = two_over_pi(0);
    const B: [f64; 3] = two_over_pi(26);
    const C: [f64; 3] = two_over_pi(52);
    const D: [f64; 3] = two_over_pi(78);
    let high = wide * choose(const { A[0] }, const { B[0] }, const { C[0] }, const { D[0] });
    let middle = wide * choose(const { A[1] }, const { B[1] }, const { C[1] }, const { D[1] });
    let low = wide * choose(const { A[2] }, const { B[2] }, const { C[2] }, const { D[2] });
    // The first two are 24 bits times 29, which is exact, and the first is below 2^51.
    let first = high + ROUND_64;
    let high = high - (first - ROUND_64);
    let second = (high + middle) + ROUND_64;
    let f = ((high - (second - ROUND_64)) + middle) + low;
    (first.to_bits().wrapping_add(second.to_bits()), f)
}

/// sin(pi / 2 (quadrant + f)) for |f| <= 0.5.
#[inline(always)]
fn sine_of_quarter_turns(quadrant: u64, f: f64) -> f32 {
    let z = f * f;
    let p = -0.004_681_260_356_081_778 + z * 0.000_158_194_460_744_652_4;
    let p = 1.570_796_326_787_740_3 + z * (-0.645_964_096_100_732_8 + z * (0.079_692_581_804_818_47 + z * p));
    let sine = f * p;
    let p = -0.020_860_068_523_690_684 + z * 9.036_253_341_438_523e-4;
    let cosine =
        0.999_999_999_952_505_9 + z * (-1.233_700_540_632_017_8 + z * (0.253_669_203_565_053_4 + z * p));
    let magnitude = if quadrant & 1 == 0 { sine } else { cosine };
    let y = f64::from_bits(magnitude.to_bits() ^ ((quadrant & 2) << 62)) as f32;
    nan_if(y.is_nan(), y)
}

const TWO_POW_26: f64 = 67_108_864.0;
const TWO_POW_51: f64 = 2_251_799_813_685_248.0;

/// 2 / pi without its leading `start` bits, as a sum of 29 bits, the next 29, and the 53 after them.
const fn two_over_pi(start: usize) -> [f64; 3] {
    /// `n` bits of 2 / pi from `start` on, as a number; the first bit of all weighs one half.
    const fn take(start: usize, n: usize) -> f64 {
        const WORDS: [u64; 3] = [0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041];
        let mut bits = 0;
        let mut i = start;
        while i < start + n {
            bits = bits << 1 | WORDS[i / 64] >> (63 - i % 64) & 1;
            i += 1;
        }
        bits as f64 * f64::from_bits((1023 - (start + n) as u64) << 52)
    }
    [take(start, 29), take(start + 29, 29), take(start + 58, 53)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Isa, Job};

    /// A loop over a function, compiled for each instruction set.
    struct Map<'a, F> {
        function: F,
        x: &'a [f32],
        y: &'a mut [f32],
    }

    impl<F: Fn(f32) -> f32> Job for Map<'_, F> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (y, x) in self.y.iter_mut().zip(self.x) {
                *y = (self.function)(*x);
            }
        }
    }

    /// One function under test.
    struct Case {
        name: &'static str,
        run: fn(Isa, &[f32], &mut [f32]),
        /// The exact value, nearly, in double precision.
        truth: fn(f64) -> f64,
        /// The largest error in ulp, as the doc comment states it.
        ulp: f64,
        /// What [`hash`] gives on every platform.
        hash: u64,
    }

    /// A case from a function that is compiled into the loop.
    macro_rules! case {
        ($name:expr, $function:expr, $truth:expr, $ulp:expr, $hash:expr) => {
            Case {
                name: $name,
                run: |isa, x, y| isa.run(Map { function: $function, x, y }),
                truth: $truth,
                ulp: $ulp,
                hash: $hash,
            }
        };
    }

    const CASES: [Case; 24] = [
        case!("exp", |x| exp(x), libm::exp, 0.99, 0x7a0d_6e4d_42f7_f4dd),
        case!("expm1", |x| expm1(x), libm::expm1, 1.48, 0xe4e6_8809_f5d4_34a9),
        case!("log", |x| log(x), libm::log, 0.97, 0xfaf7_af9b_2140_70c6),
        case!("log1p", |x| log1p(x), libm::log1p, 0.97, 0xda1e_ac6c_844b_d2a8),
        case!("tanh", |x| tanh(x), libm::tanh, 1.24, 0x2a4a_585e_aade_08b6),
        case!("sigmoid", |x| sigmoid(x), |x| 1.0 / (1.0 + libm::exp(-x)), 1.44, 0x8aaf_bd93_0105_a866),
        case!(
            "softplus",
            |x| softplus(x),
            |x| x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
            1.69,
            0x6a30_24a9_136d_67c1
        ),
        case!("erf", |x| erf(x), libm::erf, 1.36, 0x2648_7359_bb92_b354),
        case!("sin", |x| sin(x), libm::sin, 0.502, 0x6188_649a_7f64_6ae5),
        case!("cos", |x| cos(x), libm::cos, 0.502, 0x3b87_c170_cc46_96f1),
        case!("sqrt", |x| sqrt(x), libm::sqrt, 0.5, 0xaa97_ade2_8f65_242f),
        case!("rsqrt", |x| rsqrt(x), |x| 1.0 / libm::sqrt(x), 1.5, 0xac53_b333_e68a_8608),
        case!("pow(x, 0.5)", |x| pow(x, 0.5), |x| libm::pow(x, 0.5), 0.51, 0x0faa_8a06_c312_9858),
        case!("pow(x, 2)", |x| pow(x, 2.0), |x| x * x, 0.51, 0x0913_e020_c6bf_62ba),
        case!("pow(x, 3)", |x| pow(x, 3.0), |x| x * x * x, 0.51, 0xba75_999c_31a4_e479),
        case!("pow(x, -1)", |x| pow(x, -1.0), |x| 1.0 / x, 0.51, 0xc37d_b62e_d4b2_f953),
        case!("pow(x, 0.1)", |x| pow(x, 0.1), |x| libm::pow(x, 0.1f32 as f64), 0.51, 0x97ae_eae1_ba7d_b56e),
        case!(
            "pow(x, -2.4)",
            |x| pow(x, -2.4),
            |x| libm::pow(x, -2.4f32 as f64),
            0.51,
            0x1f8b_740a_0b5f_df51
        ),
        case!("pow(x, 1e8)", |x| pow(x, 1e8), |x| libm::pow(x, 1e8), 0.51, 0x9df8_ae8e_cd57_7164),
        case!("pow(x, -13)", |x| pow(x, -13.0), |x| libm::pow(x, -13.0), 0.51, 0xb2ec_cdbf_cb08_dc9e),
        case!("pow(0.9, x)", |x| pow(0.9, x), |x| libm::pow(0.9f32 as f64, x), 0.51, 0x4ec8_a71a_bf17_4423),
        case!("pow(-1.5, x)", |x| pow(-1.5, x), |x| libm::pow(-1.5, x), 0.51, 0x6a03_60ba_14c5_0e4a),
        case!(
            "pow(1.0000001, x)",
            |x| pow(1.000_000_1, x),
            |x| libm::pow(1.000_000_1f32 as f64, x),
            0.51,
            0x1603_3577_b9a4_1c1a
        ),
        case!(
            "pow(1e-40, x)",
            |x| pow(1e-40, x),
            |x| libm::pow(1e-40f32 as f64, x),
            0.51,
            0xd3b1_14c2_d415_f570
        ),
    ];

    /// The error of `y` in ulp of the exact result, 0.5 if it is correctly rounded; infinite where one of the
    /// two is NaN, or where infinities or the signs of zeros differ.
    fn error(y: f32, truth: f64) -> f64 {
        let rounded = truth as f32;
        if y.to_bits() == rounded.to_bits() || y.is_nan() && truth.is_nan() {
            return 0.5;
        }
        let overflowed = y.is_infinite() && truth.abs() < f32::MAX as f64;
        if y.is_nan() || !truth.is_finite() || overflowed || y.is_sign_negative() != truth.is_sign_negative()
        {
            return f64::INFINITY;
        }
        let y = if y.is_infinite() { 2f64.powi(128).copysign(truth) } else { y as f64 };
        let exponent = ((truth.to_bits() >> 52) & 2047).clamp(1023 - 126, 1023 + 127);
        (y - truth).abs() / f64::from_bits((exponent - 23) << 52)
    }

    /// Every 997th bit pattern, the special numbers, and the neighborhoods of all thresholds.
    fn arguments() -> Vec<f32> {
        let mut x: Vec<f32> = (0..=u32::MAX / 997).map(|i| f32::from_bits(i * 997)).collect();
        let thresholds = [
            0.0,
            1e-45,
            f32::MIN_POSITIVE,
            1.5e-8,
            2.4e-4,
            0.25,
            0.5,
            0.6,
            0.707_106_77,
            0.75,
            0.921,
            1.0,
            1.5,
            2.0,
            3.0,
            3.92,
            4.0,
            5.0,
            9.02,
            10.0,
            13.0,
            15.0,
            17.33,
            20.0,
            30.0,
            87.34,
            88.03,
            88.72,
            89.0,
            100.0,
            103.28,
            103.98,
            104.0,
            104.5,
            128.0,
            149.0,
            150.0,
            8_388_608.0,
            16_777_216.0,
            33_554_432.0,
            67_108_864.0,
            1.8e19,
            f32::MAX,
            f32::INFINITY,
        ];
        let turns = (1..200).map(|i| i as f32 * std::f32::consts::FRAC_PI_4);
        let halves = (1..260).map(|i| i as f32 * 0.5 * std::f32::consts::LN_2);
        for center in thresholds.into_iter().chain(turns).chain(halves) {
            for i in -300..300 {
                let bits = center.to_bits().wrapping_add_signed(i);
                x.extend([f32::from_bits(bits), f32::from_bits(bits ^ 0x8000_0000)]);
            }
        }
        x.extend([f32::NAN, -f32::NAN, f32::from_bits(0x7f80_0001), f32::from_bits(0xffff_ffff)]);
        x
    }

    fn hash(y: &[f32]) -> u64 {
        let bytes = y.iter().flat_map(|y| y.to_bits().to_le_bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
    }

    #[test]
    fn errors_are_as_stated_and_bits_as_anywhere() {
        let x = arguments();
        let mut failures = String::new();
        for case in &CASES {
            let mut y = vec![0.0; x.len()];
            (case.run)(Isa::Portable, &x, &mut y);
            let (mut worst, mut at) = (0.0, 0.0);
            for (x, y) in x.iter().zip(&y) {
                let e = error(*y, (case.truth)(*x as f64));
                if e > worst {
                    (worst, at) = (e, *x);
                }
                assert!(!y.is_nan() || y.to_bits() == 0x7fc0_0000, "{}({x:e}) is another NaN", case.name);
            }
            let found = hash(&y);
            println!(
                "{:20} {worst:.4} ulp at {at:e} ({:#010x}), hash {found:#018x}",
                case.name,
                at.to_bits()
            );
            if worst > case.ulp || found != case.hash {
                failures += &format!("{}: {worst:.4} ulp at {at:e}, hash {found:#018x}\n", case.name);
            }
            for isa in Isa::available() {
                let mut other = vec![0.0; x.len()];
                (case.run)(isa, &x, &mut other);
                let differs =
                    x.iter().zip(y.iter().zip(&other)).find(|(_, (y, z))| y.to_bits() != z.to_bits());
                assert!(differs.is_none(), "{} on {isa:?}: {differs:?}", case.name);
            }
        }
        assert!(failures.is_empty(), "{failures}");
    }

    #[test]
    #[ignore = "takes an hour of processor time"]
    fn errors_are_as_stated_for_every_argument() {
        const CHUNK: u32 = 1 << 16;
        let workers = std::thread::available_parallelism().map_or(1, |n| n.get()) as u32;
        let mut failures = String::new();
        for case in &CASES {
            let search = |worker: u32| {
                let mut y = vec![0.0; CHUNK as usize];
                let mut worst = (0.0, 0);
                for chunk in (worker..u32::MAX / CHUNK + 1).step_by(workers as usize) {
                    let x: Vec<f32> = (0..CHUNK).map(|i| f32::from_bits(chunk * CHUNK + i)).collect();
                    (case.run)(Isa::best(), &x, &mut y);
                    for (x, y) in x.iter().zip(&y) {
                        let e = error(*y, (case.truth)(*x as f64));
                        if e > worst.0 {
                            worst = (e, x.to_bits());
                        }
                    }
                }
                worst
            };
            let (worst, at) = std::thread::scope(|scope| {
                let handles: Vec<_> =
                    (0..workers).map(|worker| scope.spawn(move || search(worker))).collect();
                let results = handles.into_iter().map(|handle| handle.join().expect("no search panics"));
                results.fold((0.0, 0), |a, b| if b.0 > a.0 { b } else { a })
            });
            let line = format!("{:20} {worst:.4} ulp at {:e} ({at:#010x})\n", case.name, f32::from_bits(at));
            print!("{line}");
            if worst > case.ulp {
                failures += &line;
            }
        }
        assert!(failures.is_empty(), "{failures}");
    }

    #[test]
    fn pow_of_special_and_random_pairs() {
        let special = [
            0.0,
            1e-45,
            1e-40,
            1e-30,
            0.3,
            0.5,
            0.999_999_94,
            1.0,
            1.000_000_1,
            1.5,
            2.0,
            2.5,
            3.0,
            4.0,
            31.0,
            127.0,
            128.0,
            149.0,
            150.0,
            8_388_607.0,
            8_388_607.5,
            8_388_608.0,
            8_388_609.0,
            16_777_215.0,
            16_777_216.0,
            1e10,
            1e30,
            f32::MAX,
            f32::INFINITY,
            f32::NAN,
        ];
        let special: Vec<f32> = special.into_iter().flat_map(|x| [x, -x]).collect();
        let mut pairs: Vec<(f32, f32)> =
            special.iter().flat_map(|x| special.iter().map(|y| (*x, *y))).collect();
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 32) as u32
        };
        for _ in 0..200_000 {
            let (x, y) = (draw(), draw());
            pairs.push((f32::from_bits(x), f32::from_bits(y)));
            // Bases from 2^-32 to 2^32 and exponents from -16 to 16 seldom overflow.
            let x = f32::from_bits((x >> 3) % (64 << 23) + (95 << 23));
            pairs.push((x, y as f32 * 7.450_581e-9 - 16.0));
            pairs.push((-x, (y % 33) as f32 - 16.0));
        }
        let worst = pairs.into_iter().map(|(x, y)| {
            let e = error(pow(x, y), libm::pow(x as f64, y as f64));
            assert!(e <= 0.51, "pow({x:e}, {y:e}) = {:e} is wrong by {e} ulp", pow(x, y));
            e
        });
        println!("{:.4} ulp", worst.fold(0.0, f64::max));
    }

    #[test]
    fn extremes_carry_nan() {
        assert_eq!((max(1.0, 2.0), max(2.0, 1.0), min(1.0, 2.0), min(2.0, 1.0)), (2.0, 2.0, 1.0, 1.0));
        assert!(max(f32::NAN, 1.0).is_nan() && max(1.0, f32::NAN).is_nan());
        assert!(min(f32::NAN, 1.0).is_nan() && min(1.0, f32::NAN).is_nan());
        assert_eq!((max(-0.0, 0.0).to_bits(), min(0.0, -0.0).to_bits()), (0, 0x8000_0000));
    }
}
