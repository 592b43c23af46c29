//! What each instruction of a loop does to its lanes.

use super::{Code, Comparison, First, Instruction, Loop, Second, Tile};
use crate::kernels::Addresses;
use crate::kernels::lane::Lane;
use crate::simd::{Isa, Job};
use cornu_graph::{DType, philox};

#[inline(always)]
fn truth<T: Lane>(holds: bool) -> T {
    T::of_f32(if holds { 1.0 } else { 0.0 })
}

/// # Safety
/// The slots' pointers hold `n` lanes, and the result's is none of the operands'.
pub(super) unsafe fn execute<T: Lane>(
    work: &Loop,
    instruction: &Instruction,
    n: usize,
    tile: &Tile,
    addresses: Addresses,
    pointers: &[*mut T],
    isa: Isa,
) {
    // SAFETY: the caller's promise; only the operands that the code has are looked at.
    let slot = |i: usize| unsafe {
        std::slice::from_raw_parts(pointers[instruction.args[i] as usize].cast_const(), n)
    };
    let (a, b, c, d) = (|| slot(0), || slot(1), || slot(2), || slot(3));
    // SAFETY: the caller's promise.
    let dst = unsafe { std::slice::from_raw_parts_mut(pointers[instruction.dst as usize], n) };
    match &instruction.code {
        Code::Copy => dst.copy_from_slice(a()),
        Code::Neg => map(isa, dst, a(), |x| x.neg()),
        Code::Abs => map(isa, dst, a(), |x| x.abs()),
        Code::Sign => map(isa, dst, a(), |x| {
            let zero = T::default();
            if x > zero {
                T::of_f32(1.0)
            } else if x < zero {
                T::of_f32(-1.0)
            } else {
                x
            }
        }),
        Code::Exp => map(isa, dst, a(), |x| x.exp()),
        Code::Expm1 => map(isa, dst, a(), |x| x.expm1()),
        Code::Log => map(isa, dst, a(), |x| x.log()),
        Code::Log1p => map(isa, dst, a(), |x| x.log1p()),
        Code::Sqrt => map(isa, dst, a(), |x| x.sqrt()),
        Code::Tanh => map(isa, dst, a(), |x| x.tanh()),
        Code::Sigmoid => map(isa, dst, a(), |x| x.sigmoid()),
        Code::Erf => map(isa, dst, a(), |x| x.erf()),
        Code::Sin => map(isa, dst, a(), |x| x.sin()),
        Code::Cos => map(isa, dst, a(), |x| x.cos()),
        Code::Floor => map(isa, dst, a(), |x| x.floor()),
        Code::Round(DType::BF16) => map(isa, dst, a(), |x| T::of_f32(x.to_bf16().to_f32())),
        Code::Round(dtype) => map(isa, dst, a(), |x| T::of(dtype.round(x.to()))),
        Code::Add => zip(isa, dst, a(), b(), |x, y| x.add(y)),
        Code::Sub => zip(isa, dst, a(), b(), |x, y| x.sub(y)),
        Code::Mul => zip(isa, dst, a(), b(), |x, y| x.mul(y)),
        Code::Div => zip(isa, dst, a(), b(), |x, y| x.div(y)),
        Code::Pow => zip(isa, dst, a(), b(), |x, y| x.pow(y)),
        Code::Maximum => zip(isa, dst, a(), b(), |x, y| x.maximum(y)),
        Code::Minimum => zip(isa, dst, a(), b(), |x, y| x.minimum(y)),
        Code::Equal => zip(isa, dst, a(), b(), |x, y| truth(x == y)),
        Code::Less => zip(isa, dst, a(), b(), |x, y| truth(x < y)),
        Code::LessEqual => zip(isa, dst, a(), b(), |x, y| truth(x <= y)),
        Code::Select => T::dispatch(isa, Select { dst, condition: a(), x: b(), y: c() }),
        Code::Pair(First::Add, second) => pair(isa, dst, [a(), b(), c()], *second, |x, y| x.add(y)),
        Code::Pair(First::Sub, second) => pair(isa, dst, [a(), b(), c()], *second, |x, y| x.sub(y)),
        Code::Pair(First::Mul, second) => pair(isa, dst, [a(), b(), c()], *second, |x, y| x.mul(y)),
        Code::Pair(First::Div, second) => pair(isa, dst, [a(), b(), c()], *second, |x, y| x.div(y)),
        Code::Choose(comparison) => {
            let args = [a(), b(), c(), d()];
            match comparison {
                Comparison::Equal => choose(isa, dst, args, |x, y| x == y),
                Comparison::Less => choose(isa, dst, args, |x, y| x < y),
                Comparison::LessEqual => choose(isa, dst, args, |x, y| x <= y),
            }
        }
        Code::Uniform { stream, seed, step } => {
            // SAFETY: seed and step are `i64` scalars, says the operation's type rule.
            let (seed, step) =
                unsafe { (*addresses.at(*seed).cast::<i64>(), *addresses.at(*step).cast::<i64>()) };
            let first = tile.row * work.inner() + tile.column;
            let dst = &mut dst[..tile.n_rows * tile.n_columns];
            T::dispatch(isa, Random { dst, first, seed, stream: *stream, step });
        }
    }
}

/// `f` of each lane: each instruction is compiled by itself, once for each instruction set.
struct Map<'a, T, F> {
    dst: &'a mut [T],
    a: &'a [T],
    f: F,
}

impl<T: Lane, F: Fn(T) -> T> Job for Map<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (d, &x) in self.dst.iter_mut().zip(self.a) {
            *d = (self.f)(x);
        }
    }
}

fn map<T: Lane>(isa: Isa, dst: &mut [T], a: &[T], f: impl Fn(T) -> T) {
    T::dispatch(isa, Map { dst, a, f });
}

/// `f` of each pair of lanes.
struct Zip<'a, T, F> {
    dst: &'a mut [T],
    a: &'a [T],
    b: &'a [T],
    f: F,
}

impl<T: Lane, F: Fn(T, T) -> T> Job for Zip<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((d, &x), &y) in self.dst.iter_mut().zip(self.a).zip(self.b) {
            *d = (self.f)(x, y);
        }
    }
}

fn zip<T: Lane>(isa: Isa, dst: &mut [T], a: &[T], b: &[T], f: impl Fn(T, T) -> T) {
    T::dispatch(isa, Zip { dst, a, b, f });
}

/// `f` of three lanes.
struct ZipThree<'a, T, F> {
    dst: &'a mut [T],
    args: [&'a [T]; 3],
    f: F,
}

impl<T: Lane, F: Fn(T, T, T) -> T> Job for ZipThree<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [a, b, c] = self.args;
        for (((d, &x), &y), &z) in self.dst.iter_mut().zip(a).zip(b).zip(c) {
            *d = (self.f)(x, y, z);
        }
    }
}

/// The second of two instructions on what the first makes of `args[0]` and `args[1]`.
#[inline(always)]
fn pair<T: Lane>(isa: Isa, dst: &mut [T], args: [&[T]; 3], second: Second, first: impl Fn(T, T) -> T) {
    match second {
        Second::Add => T::dispatch(isa, ZipThree { dst, args, f: |x, y, z| first(x, y).add(z) }),
        Second::Sub => T::dispatch(isa, ZipThree { dst, args, f: |x, y, z| first(x, y).sub(z) }),
        Second::SubFrom => T::dispatch(isa, ZipThree { dst, args, f: |x, y, z: T| z.sub(first(x, y)) }),
        Second::Mul => T::dispatch(isa, ZipThree { dst, args, f: |x, y, z| first(x, y).mul(z) }),
    }
}

/// The third of four lanes where `holds` of the first two, else the fourth.
struct Choose<'a, T, F> {
    dst: &'a mut [T],
    args: [&'a [T]; 4],
    holds: F,
}

impl<T: Lane, F: Fn(T, T) -> bool> Job for Choose<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [a, b, c, d] = self.args;
        for ((((to, &a), &b), &c), &d) in self.dst.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *to = if (self.holds)(a, b) { c } else { d };
        }
    }
}

fn choose<T: Lane>(isa: Isa, dst: &mut [T], args: [&[T]; 4], holds: impl Fn(T, T) -> bool) {
    T::dispatch(isa, Choose { dst, args, holds });
}

/// `x` where the condition is not zero, else `y`.
struct Select<'a, T> {
    dst: &'a mut [T],
    condition: &'a [T],
    x: &'a [T],
    y: &'a [T],
}

impl<T: Lane> Job for Select<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (((d, &c), &x), &y) in self.dst.iter_mut().zip(self.condition).zip(self.x).zip(self.y) {
            *d = if c != T::default() { x } else { y };
        }
    }
}

/// Random numbers for the elements from `first` on.
struct Random<'a, T> {
    dst: &'a mut [T],
    first: usize,
    seed: i64,
    stream: u64,
    step: i64,
}

impl<T: Lane> Job for Random<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Random { dst, first, seed, stream, step } = self;
        let mut block = first / 4;
        let mut skip = first % 4;
        let mut at = 0;
        while at < dst.len() {
            // Sixteen blocks at a time, so that the rounds run in vectors.
            let mut words = [[0u32; 4]; 16];
            for (i, words) in words.iter_mut().enumerate() {
                *words = philox::block(seed, stream, step, (block + i) as u32);
            }
            let words = words.as_flattened();
            let n = (64 - skip).min(dst.len() - at);
            for (d, &word) in dst[at..at + n].iter_mut().zip(&words[skip..]) {
                *d = T::of_f32(philox::unit(word));
            }
            (at, block, skip) = (at + n, block + 16, 0);
        }
    }
}
