//! Philox 4x32-10, the counter-based random number generator.
//!
//! Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC'11). Every number
//! is a function of its place in the sequence, so that any part of it can be drawn on any thread.

/// Four random words for a counter and a key.
///
/// ```
/// // The published vector for zeros.
/// let words = cornu_graph::philox::philox([0; 4], [0; 2]);
/// assert_eq!(words, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
/// ```
#[inline(always)]
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        let a = 0xD251_1F53u64 * counter[0] as u64;
        let b = 0xCD9E_8D57u64 * counter[2] as u64;
        counter = [
            (b >> 32) as u32 ^ counter[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ counter[3] ^ key[1],
            a as u32,
        ];
    }
    counter
}

/// A random word as a number in `[0, 1)`: its upper 24 bits, exact in `f32`.
#[inline(always)]
pub fn unit(word: u32) -> f32 {
    (word >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// The key and the upper three words of the counter for a seed, a stream and a step; the lowest
/// word counts blocks of four numbers.
#[inline(always)]
pub fn block(seed: i64, stream: u64, step: i64, index: u32) -> [u32; 4] {
    let key = [seed as u32, ((seed as u64 >> 32) as u32) ^ ((stream >> 32) as u32)];
    philox([index, stream as u32, step as u32, (step as u64 >> 32) as u32], key)
}

/// A sequence of random numbers, for work outside graphs: initial weights, shuffling.
#[derive(Clone, Debug)]
pub struct Random {
    seed: i64,
    stream: u64,
    position: u64,
    words: [u32; 4],
}

impl Random {
    /// The sequence for a seed and a stream; different streams of one seed are independent.
    pub fn new(seed: i64, stream: u64) -> Random {
        Random { seed, stream, position: 0, words: [0; 4] }
    }

    /// The next 32 random bits.
    pub fn word(&mut self) -> u32 {
        let lane = (self.position % 4) as usize;
        if lane == 0 {
            let index = self.position / 4;
            self.words = block(self.seed, self.stream, -1 - (index >> 32) as i64, index as u32);
        }
        self.position += 1;
        self.words[lane]
    }

    /// The next number, uniform in `[0, 1)` with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        let bits = (self.word() as u64) << 32 | self.word() as u64;
        (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// The next number from the normal distribution of mean 0 and variance 1 (Box, Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// The next whole number, uniform in `0..n` (Lemire 2019, without its rejection step: the bias
    /// is below `n / 2^64`).
    pub fn below(&mut self, n: usize) -> usize {
        let bits = (self.word() as u64) << 32 | self.word() as u64;
        ((bits as u128 * n as u128) >> 64) as usize
    }

    /// Puts `items` in random order (Fisher, Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known-answer vectors that Random123 publishes in `kat_vectors`.
    #[test]
    fn published_vectors() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
        let counter = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
        let key = [0xa4093822, 0x299f31d0];
        assert_eq!(philox(counter, key), [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
    }

    #[test]
    fn moments() {
        let mut random = Random::new(7, 0);
        let n = 100_000;
        let draws: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        assert!((0..1000).all(|_| random.below(7) < 7));
    }
}
