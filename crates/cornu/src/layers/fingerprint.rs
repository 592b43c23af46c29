//! Numbers that stand for strings: FarmHash and SipHash, as TensorFlow, in which Keras hashes, uses
//! them.

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;

/// The bucket, of `n`, that a text falls into: by SipHash with the key `salt`, or by FarmHash.
pub(super) fn bucket(text: &[u8], n: usize, salt: Option<[u64; 2]>) -> i64 {
    let hash = match salt {
        Some(key) => siphash(key, text),
        None => farmhash(text),
    };
    (hash % n.max(1) as u64) as i64
}

/// What stands for both numbers together, in order.
pub(super) fn joined(a: u64, b: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mixed = ((a ^ M) ^ shift_mix(b.wrapping_mul(M)).wrapping_mul(M)).wrapping_mul(M);
    shift_mix(shift_mix(mixed).wrapping_mul(M))
}

fn shift_mix(x: u64) -> u64 {
    x ^ (x >> 47)
}

/// Eight bytes from `at` on, the lowest first.
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// Four bytes from `at` on, the lowest first.
fn half(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 4].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

fn join(u: u64, v: u64, factor: u64) -> u64 {
    let a = shift_mix((u ^ v).wrapping_mul(factor));
    shift_mix((v ^ a).wrapping_mul(factor)).wrapping_mul(factor)
}

/// FarmHash's 64-bit fingerprint, whose values never change. Pike: FarmHash (2014).
pub(super) fn farmhash(s: &[u8]) -> u64 {
    let n = s.len();
    let factor = K2.wrapping_add(2 * n as u64);
    match n {
        0 => K2,
        1..=3 => {
            let y = u64::from(s[0]) + (u64::from(s[n >> 1]) << 8);
            let z = n as u64 + (u64::from(s[n - 1]) << 2);
            shift_mix(y.wrapping_mul(K2) ^ z.wrapping_mul(K0)).wrapping_mul(K2)
        }
        4..=7 => join(n as u64 + (half(s, 0) << 3), half(s, n - 4), factor),
        8..=16 => {
            let a = word(s, 0).wrapping_add(K2);
            let b = word(s, n - 8);
            let c = b.rotate_right(37).wrapping_mul(factor).wrapping_add(a);
            let d = a.rotate_right(25).wrapping_add(b).wrapping_mul(factor);
            join(c, d, factor)
        }
        17..=32 => {
            let (a, b) = (word(s, 0).wrapping_mul(K1), word(s, 8));
            let (c, d) = (word(s, n - 8).wrapping_mul(factor), word(s, n - 16).wrapping_mul(K2));
            ends(a, b, c, d, factor)
        }
        33..=64 => {
            let (a, b) = (word(s, 0).wrapping_mul(K2), word(s, 8));
            let (c, d) = (word(s, n - 8).wrapping_mul(factor), word(s, n - 16).wrapping_mul(K2));
            let y = front(a, b, c, d);
            let z = ends(a, b, c, d, factor);
            let (e, f) = (word(s, 16).wrapping_mul(factor), word(s, 24));
            let g = y.wrapping_add(word(s, n - 32)).wrapping_mul(factor);
            let h = z.wrapping_add(word(s, n - 24)).wrapping_mul(factor);
            join(front(e, f, g, h), back(e, f, a, g), factor)
        }
        _ => long(s),
    }
}

fn front(a: u64, b: u64, c: u64, d: u64) -> u64 {
    a.wrapping_add(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d)
}

fn back(a: u64, b: u64, add: u64, c: u64) -> u64 {
    a.wrapping_add(b.wrapping_add(add).rotate_right(18)).wrapping_add(c)
}

fn ends(a: u64, b: u64, c: u64, d: u64, factor: u64) -> u64 {
    join(front(a, b, c, d), back(a, b, K2, c), factor)
}

/// Stirs 32 bytes from `at` on into two numbers.
fn stirred(s: &[u8], at: usize, a: u64, b: u64) -> (u64, u64) {
    let [w, x, y, z] = [0, 8, 16, 24].map(|offset| word(s, at + offset));
    let a = a.wrapping_add(w);
    let b = b.wrapping_add(a).wrapping_add(z).rotate_right(21);
    let sum = a.wrapping_add(x).wrapping_add(y);
    (sum.wrapping_add(z), b.wrapping_add(sum.rotate_right(44)).wrapping_add(a))
}

/// More than 64 bytes: a round for each 64, and one for the last 64.
fn long(s: &[u8]) -> u64 {
    let seed = 81u64;
    let mut y = seed.wrapping_mul(K1).wrapping_add(113);
    let mut z = shift_mix(y.wrapping_mul(K2).wrapping_add(113)).wrapping_mul(K2);
    let mut x = seed.wrapping_mul(K2).wrapping_add(word(s, 0));
    let (mut v, mut w) = ((0u64, 0u64), (0u64, 0u64));
    let n_rounds = (s.len() - 1) / 64;
    let rest = ((s.len() - 1) & 63) as u64;
    let mut factor = K1;
    for round in 0..=n_rounds {
        let last = round == n_rounds;
        let at = if last { s.len() - 64 } else { 64 * round };
        let nine = if last { 9u64 } else { 1 };
        if last {
            factor = K1.wrapping_add((z & 0xff) << 1);
            w.0 = w.0.wrapping_add(rest);
            v.0 = v.0.wrapping_add(w.0);
            w.0 = w.0.wrapping_add(v.0);
        }
        x = x.wrapping_add(y).wrapping_add(v.0).wrapping_add(word(s, at + 8));
        x = x.rotate_right(37).wrapping_mul(factor);
        y = y.wrapping_add(v.1).wrapping_add(word(s, at + 48)).rotate_right(42).wrapping_mul(factor);
        x ^= w.1.wrapping_mul(nine);
        y = y.wrapping_add(v.0.wrapping_mul(nine)).wrapping_add(word(s, at + 40));
        z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(factor);
        v = stirred(s, at, v.1.wrapping_mul(factor), x.wrapping_add(w.0));
        w = stirred(s, at + 32, z.wrapping_add(w.1), y.wrapping_add(word(s, at + 16)));
        std::mem::swap(&mut z, &mut x);
    }
    let a = join(v.0, w.0, factor).wrapping_add(shift_mix(y).wrapping_mul(K0)).wrapping_add(z);
    join(a, join(v.1, w.1, factor).wrapping_add(x), factor)
}

/// SipHash-2-4 with a key. Aumasson, Bernstein: SipHash, a fast short-input PRF (2012).
pub(super) fn siphash(key: [u64; 2], bytes: &[u8]) -> u64 {
    let mut v = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    let absorb = |v: &mut [u64; 4], word: u64| {
        v[3] ^= word;
        rounds(v, 2);
        v[0] ^= word;
    };
    let whole = bytes.chunks_exact(8);
    let rest = whole.remainder();
    whole.for_each(|chunk| absorb(&mut v, word(chunk, 0)));
    // The length stands in the highest byte, above what is left.
    let left = rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    absorb(&mut v, (bytes.len() as u64) << 56 | left);
    v[2] ^= 0xff;
    rounds(&mut v, 4);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn rounds(v: &mut [u64; 4], n: usize) {
    for _ in 0..n {
        v[0] = v[0].wrapping_add(v[1]);
        v[2] = v[2].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[1]);
        v[0] = v[0].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].rotate_left(32);
    }
}
