//! Pieces in random order.

use super::{Sample, Steps};
use crate::error::Result;
use cornu_graph::philox::Random;

/// The stream of random numbers that pass 0 draws from; the next ones have the next streams.
const STREAM: u64 = 0x7368_7566_0000_0000;

/// Each piece drawn from the next ones.
pub(super) struct Shuffle {
    steps: Box<dyn Steps>,
    buffer: Vec<Sample>,
    size: usize,
    random: Random,
    over: bool,
}

impl Shuffle {
    pub(super) fn new(steps: Box<dyn Steps>, size: usize, seed: i64, pass: u64) -> Shuffle {
        let random = Random::new(seed, STREAM.wrapping_add(pass));
        Shuffle { steps, buffer: Vec::new(), size, random, over: false }
    }
}

impl Steps for Shuffle {
    fn next(&mut self) -> Result<Option<Sample>> {
        while !self.over && self.buffer.len() < self.size {
            match self.steps.next()? {
                Some(sample) => self.buffer.push(sample),
                None => self.over = true,
            }
        }
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let drawn = self.random.below(self.buffer.len());
        Ok(Some(self.buffer.swap_remove(drawn)))
    }
}
