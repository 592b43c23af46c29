//! What configs are read with.

use super::classes::Classes;
use crate::files::keras::Vocabularies;
use std::cell::RefCell;

/// What holds while a model is read from a file. serde hands nothing down to where a config becomes a struct, so
/// it stands with the thread that reads, and no longer than it reads.
#[derive(Clone)]
pub(crate) struct Reading {
    /// Classes that the user gave.
    pub classes: Classes,
    /// Vocabularies that the file keeps beside the weights.
    pub vocabularies: Vocabularies,
    /// The seed of what is random.
    pub seed: i64,
    /// Elements that the weights of a model may have.
    pub room: usize,
}

/// Elements that the weights of a model described by JSON alone may have: 8 GiB of `float32`.
const MOST_ELEMENTS: usize = 1 << 31;

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            classes: Classes::default(),
            vocabularies: Vocabularies::default(),
            seed: 0,
            room: MOST_ELEMENTS,
        }
    }
}

thread_local! {
    static NOW: RefCell<Reading> = RefCell::default();
}

/// Puts back what held before, whatever ends the work.
struct Before(Reading);

impl Drop for Before {
    fn drop(&mut self) {
        NOW.replace(std::mem::take(&mut self.0));
    }
}

impl Reading {
    /// Does `work` while this holds.
    pub fn during<R>(self, work: impl FnOnce() -> R) -> R {
        let _before = Before(NOW.replace(self));
        work()
    }

    /// What holds now.
    pub fn with<R>(look: impl FnOnce(&Reading) -> R) -> R {
        NOW.with_borrow(look)
    }
}
