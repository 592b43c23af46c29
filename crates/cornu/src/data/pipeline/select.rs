//! Pieces changed, left out, repeated and put side by side.

use super::{Make, Sample, Steps};
use crate::error::Result;
use std::sync::Arc;

type Change = Arc<dyn Fn(Sample) -> Result<Sample> + Send + Sync>;
type Keep = Arc<dyn Fn(&Sample) -> bool + Send + Sync>;

/// Each piece, changed.
pub(super) struct Map(pub(super) Box<dyn Steps>, pub(super) Change);

impl Steps for Map {
    fn next(&mut self) -> Result<Option<Sample>> {
        self.0.next()?.map(|sample| (self.1)(sample)).transpose()
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.0.skip(n)
    }
}

/// The pieces that a function picks.
pub(super) struct Filter(pub(super) Box<dyn Steps>, pub(super) Keep);

impl Steps for Filter {
    fn next(&mut self) -> Result<Option<Sample>> {
        while let Some(sample) = self.0.next()? {
            if (self.1)(&sample) {
                return Ok(Some(sample));
            }
        }
        Ok(None)
    }
}

/// The first pieces.
pub(super) struct Take(pub(super) Box<dyn Steps>, pub(super) usize);

impl Steps for Take {
    fn next(&mut self) -> Result<Option<Sample>> {
        if self.1 == 0 {
            return Ok(None);
        }
        self.1 -= 1;
        self.0.next()
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        let n = n.min(self.1);
        self.1 -= n;
        self.0.skip(n)
    }
}

/// The pieces after the first.
pub(super) struct Skip(pub(super) Box<dyn Steps>, pub(super) usize);

impl Steps for Skip {
    fn next(&mut self) -> Result<Option<Sample>> {
        let n = std::mem::take(&mut self.1);
        self.0.skip(n)?;
        self.0.next()
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.0.skip(std::mem::take(&mut self.1).saturating_add(n))
    }
}

/// The pieces of two side by side.
pub(super) struct Zip(pub(super) Box<dyn Steps>, pub(super) Box<dyn Steps>);

impl Steps for Zip {
    fn next(&mut self) -> Result<Option<Sample>> {
        match (self.0.next()?, self.1.next()?) {
            (Some(a), Some(b)) => Ok(Some(a.into_iter().chain(b).collect())),
            _ => Ok(None),
        }
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.0.skip(n)?;
        self.1.skip(n)
    }
}

/// The whole again and again, each time as another pass.
pub(super) struct Repeat {
    make: Make,
    left: Option<usize>,
    pass: u64,
    steps: Option<Box<dyn Steps>>,
    /// Whether the turn at hand has given something: without end, an empty one would be asked for ever.
    gave: bool,
}

impl Repeat {
    pub(super) fn new(make: Make, times: Option<usize>, pass: u64) -> Repeat {
        // Turns of one pass are passes of their own, which no other pass has.
        Repeat { make, left: times, pass: pass << 32, steps: None, gave: true }
    }
}

impl Steps for Repeat {
    fn next(&mut self) -> Result<Option<Sample>> {
        loop {
            let steps = match &mut self.steps {
                Some(steps) => steps,
                None => {
                    if self.left == Some(0) || !self.gave {
                        return Ok(None);
                    }
                    self.left = self.left.map(|left| left - 1);
                    let steps = (self.make)(self.pass);
                    (self.pass, self.gave) = (self.pass + 1, false);
                    self.steps.insert(steps)
                }
            };
            match steps.next()? {
                Some(sample) => {
                    self.gave = true;
                    return Ok(Some(sample));
                }
                None => self.steps = None,
            }
        }
    }
}
