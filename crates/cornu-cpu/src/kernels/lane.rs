//! The number types that loops compute in, and how numbers of any dtype become lanes and back.

use crate::math;
use crate::simd::{Isa, Job};
use cornu_graph::DType;
use half::{bf16, f16};

/// The number type of a loop's lanes.
pub(crate) trait Lane: Copy + PartialOrd + Default + 'static {
    /// Runs a job on the instruction set, if this type has a copy of it there.
    fn dispatch<J: Job<Output = ()>>(isa: Isa, job: J);
    fn of(x: f64) -> Self;
    fn to(self) -> f64;
    fn of_f32(x: f32) -> Self;
    fn to_f32(self) -> f32;
    fn to_bf16(self) -> bf16;
    fn add(self, b: Self) -> Self;
    fn sub(self, b: Self) -> Self;
    fn mul(self, b: Self) -> Self;
    fn div(self, b: Self) -> Self;
    fn neg(self) -> Self;
    fn abs(self) -> Self;
    fn exp(self) -> Self;
    fn expm1(self) -> Self;
    fn log(self) -> Self;
    fn log1p(self) -> Self;
    fn sqrt(self) -> Self;
    fn tanh(self) -> Self;
    fn sigmoid(self) -> Self;
    fn erf(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn floor(self) -> Self;
    fn pow(self, b: Self) -> Self;
    fn maximum(self, b: Self) -> Self;
    fn minimum(self, b: Self) -> Self;
}

macro_rules! lane {
    ($type:ty, $isa:ident, $job:ident => $dispatch:expr, $to:ident => $rounded:expr, $($method:ident($($b:ident)?) => $body:expr),* ; $x:ident) => {
        impl Lane for $type {
            #[inline]
            fn dispatch<J: Job<Output = ()>>($isa: Isa, $job: J) { $dispatch }
            #[inline(always)]
            fn of(x: f64) -> Self { x as $type }
            #[inline(always)]
            fn to(self) -> f64 { self as f64 }
            #[inline(always)]
            fn of_f32(x: f32) -> Self { x as $type }
            #[inline(always)]
            fn to_f32(self) -> f32 { self as f32 }
            #[inline(always)]
            fn to_bf16(self) -> bf16 { let $to = self; $rounded }
            #[inline(always)]
            fn add(self, b: Self) -> Self { self + b }
            #[inline(always)]
            fn sub(self, b: Self) -> Self { self - b }
            #[inline(always)]
            fn mul(self, b: Self) -> Self { self * b }
            #[inline(always)]
            fn div(self, b: Self) -> Self { self / b }
            #[inline(always)]
            fn neg(self) -> Self { -self }
            #[inline(always)]
            fn abs(self) -> Self { self.abs() }
            #[inline(always)]
            fn sqrt(self) -> Self { self.sqrt() }
            $(#[inline(always)]
            fn $method(self $(, $b: Self)?) -> Self { let $x = self; $body })*
        }
    };
}

lane! { f32, isa, job => isa.run(job), x => rounded(x),
    exp() => math::exp(x), expm1() => math::expm1(x), log() => math::log(x), log1p() => math::log1p(x),
    tanh() => math::tanh(x), sigmoid() => math::sigmoid(x), erf() => math::erf(x), sin() => math::sin(x),
    cos() => math::cos(x), floor() => x.floor(), pow(b) => math::pow(x, b), maximum(b) => math::max(x, b),
    minimum(b) => math::min(x, b); x
}

// Doubles are for checking: what all processors of the target have is fast enough.
lane! { f64, _isa, job => job.run(), x => bf16::from_f64(x),
    exp() => libm::exp(x), expm1() => libm::expm1(x), log() => libm::log(x), log1p() => libm::log1p(x),
    tanh() => libm::tanh(x), sigmoid() => 1.0 / (1.0 + libm::exp(-x)), erf() => libm::erf(x),
    sin() => libm::sin(x), cos() => libm::cos(x), floor() => x.floor(), pow(b) => libm::pow(x, b),
    maximum(b) => if x > b || x.is_nan() { x } else { b },
    minimum(b) => if x < b || x.is_nan() { x } else { b }; x
}

/// The nearest bfloat16, ties to even; what is no number stays none. (Without a branch, so that it
/// runs in vectors.)
#[inline(always)]
fn rounded(x: f32) -> bf16 {
    let bits = x.to_bits();
    let nearest = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    let none = bits >> 16 | 0x40;
    bf16::from_bits(if x.is_nan() { none } else { nearest } as u16)
}

/// A number as it is stored, whatever lanes it is computed in.
pub(crate) trait Stored: Copy {
    fn load<T: Lane>(self) -> T;
    fn store<T: Lane>(value: T) -> Self;
}

macro_rules! stored {
    ($($type:ty, $x:ident => $load:expr, $v:ident => $store:expr;)*) => {$(
        impl Stored for $type {
            #[inline(always)]
            fn load<T: Lane>(self) -> T { let $x = self; $load }
            #[inline(always)]
            fn store<T: Lane>($v: T) -> Self { $store }
        }
    )*};
}

/// A truth value as it is stored: one byte, 0 or 1.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Truth(u8);

stored! {
    f32, x => T::of_f32(x), v => v.to_f32();
    f64, x => T::of(x), v => v.to();
    bf16, x => T::of_f32(x.to_f32()), v => v.to_bf16();
    f16, x => T::of_f32(x.to_f32()), v => f16::from_f64(v.to());
    i64, x => T::of(x as f64), v => v.to() as i64;
    i32, x => T::of(x as f64), v => v.to() as i32;
    u8, x => T::of_f32(x as f32), v => v.to() as u8;
    i8, x => T::of_f32(x as f32), v => v.to() as i8;
    Truth, x => T::of_f32(x.0 as f32), v => Truth((v != T::default()) as u8);
}

/// The same expression for whichever type a dtype is stored as.
macro_rules! with_stored {
    ($dtype:expr, $type:ident => $body:expr) => {
        match $dtype {
            DType::F32 => {
                type $type = f32;
                $body
            }
            DType::F64 => {
                type $type = f64;
                $body
            }
            DType::BF16 => {
                type $type = bf16;
                $body
            }
            DType::F16 => {
                type $type = f16;
                $body
            }
            DType::I64 => {
                type $type = i64;
                $body
            }
            DType::I32 => {
                type $type = i32;
                $body
            }
            DType::U8 => {
                type $type = u8;
                $body
            }
            DType::I8 => {
                type $type = i8;
                $body
            }
            DType::Bool => {
                type $type = Truth;
                $body
            }
        }
    };
}

pub(crate) use with_stored;

/// Reads element `i` of a buffer.
///
/// # Safety
/// The element is there, and is a number of that dtype.
#[inline(always)]
pub(crate) unsafe fn read<T: Lane>(from: *const u8, dtype: DType, i: isize) -> T {
    // SAFETY: the caller's promise.
    unsafe { with_stored!(dtype, S => (*from.cast::<S>().offset(i)).load()) }
}

/// Writes element `i` of a buffer.
///
/// # Safety
/// The element is there, and is a number of that dtype.
#[inline(always)]
pub(crate) unsafe fn write<T: Lane>(to: *mut u8, dtype: DType, i: usize, value: T) {
    // SAFETY: the caller's promise.
    unsafe { with_stored!(dtype, S => *to.cast::<S>().add(i) = S::store(value)) }
}
