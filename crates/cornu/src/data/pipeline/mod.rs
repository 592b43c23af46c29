//! Data that comes piece by piece: from arrays, files or functions, changed on the way, in bounded
//! memory.

mod arrays;
mod batch;
mod cache;
mod prefetch;
mod select;
mod shuffle;
mod steps;

pub(crate) use arrays::row;
pub(super) use prefetch::Prefetch;
pub use steps::{Sample, Steps};

use super::NpyDataset;
use crate::error::{Error, Result};
use crate::model::Arrays;
use cornu_graph::Array;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Data that comes piece by piece. A pipeline is a description; each pass through it begins anew, and
/// only what is under way is in memory.
///
/// A piece is a [`Sample`]: the arrays of one example or, after [`Pipeline::batch`], of one batch. For
/// training these are the model's inputs, then the targets, then what rows count for, if that is given.
///
/// ```
/// use cornu::{Array, data::Pipeline};
/// let x = Array::from_vec((0..10).collect::<Vec<i32>>());
/// let pipeline = Pipeline::from_arrays(&x).unwrap().filter(|sample| sample[0].item() != Some(3.0)).batch(4);
/// let sizes: Vec<usize> = pipeline.iter().map(|batch| batch.unwrap()[0].rows()).collect();
/// assert_eq!(sizes, [4, 4, 1]);
/// ```
#[derive(Clone)]
pub struct Pipeline {
    make: Make,
    len: Option<usize>,
}

/// Begins a pass: the first has the number 0.
type Make = Arc<dyn Fn(u64) -> Box<dyn Steps> + Send + Sync>;

/// A place in a pipeline: [`Pipeline::iter_from`] goes on there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The pass, from 0; shuffling differs from pass to pass.
    pub pass: u64,
    /// How many pieces of it have been taken.
    pub taken: usize,
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("len", &self.len).finish()
    }
}

impl Pipeline {
    /// What `make` begins for each pass, with `len` pieces where that is known.
    pub fn new(len: Option<usize>, make: impl Fn(u64) -> Box<dyn Steps> + Send + Sync + 'static) -> Pipeline {
        Pipeline { make: Arc::new(make), len }
    }

    /// The rows of arrays of equally many rows: each piece has a row of each.
    ///
    /// # Errors
    /// If the arrays differ in rows, or one is a single number.
    #[track_caller]
    pub fn from_arrays<'a>(arrays: impl Arrays<'a>) -> Result<Pipeline> {
        let arrays: Vec<Array> = arrays.arrays().into_iter().map(|array| array.into_owned()).collect();
        let rows = arrays.first().map_or(0, Array::rows);
        if let Some(other) = arrays.iter().find(|array| array.shape().is_empty() || array.rows() != rows) {
            let message = format!("there are arrays of {rows} rows and one of shape {}", other.shape());
            return Err(Error::argument(message).help("give arrays of equally many rows"));
        }
        let arrays = Arc::new(arrays);
        Ok(Pipeline::new(Some(rows), move |_| Box::new(arrays::Rows::new(arrays.clone(), rows))))
    }

    /// The rows of `.npy` files of equally many rows, which need not fit in memory: each piece has a row of
    /// each file. [`NpyDataset`] says what is in memory when; it shuffles, and makes batches faster.
    ///
    /// ```
    /// use cornu::{Array, data, data::Pipeline};
    /// let path = std::env::temp_dir().join(format!("cornu-doc-rows-{}.npy", std::process::id()));
    /// data::write_npy(&path, &Array::from_vec(vec![1i32, 2, 3])).unwrap();
    /// let rows = Pipeline::from_npy([&path]).unwrap().map(|row| Ok(vec![row[0].cast(cornu::DType::F32)]));
    /// assert_eq!(rows.batch(2).iter().next().unwrap().unwrap()[0].to_f64(), [1.0, 2.0]);
    /// # std::fs::remove_file(&path).unwrap();
    /// ```
    ///
    /// # Errors
    /// As for [`NpyDataset::open`].
    pub fn from_npy<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Pipeline> {
        Ok(NpyDataset::open(paths)?.batch_size(None).pipeline())
    }

    /// What an iterator gives, a new one for each pass.
    ///
    /// ```
    /// use cornu::{Array, data::Pipeline};
    /// let squares = Pipeline::from_iter_fn(|| (0..4).map(|i| Ok(vec![Array::scalar(i * i)])));
    /// assert_eq!(squares.iter().last().unwrap().unwrap()[0].item(), Some(9.0));
    /// ```
    pub fn from_iter_fn<I>(make: impl Fn() -> I + Send + Sync + 'static) -> Pipeline
    where
        I: Iterator<Item = Result<Sample>> + Send + 'static,
    {
        Pipeline::new(None, move |_| Box::new(steps::Generator(make())))
    }

    /// The number of pieces in a pass, where that is known before it is over.
    pub fn len(&self) -> Option<usize> {
        self.len
    }

    /// Whether it is known that there is no piece.
    pub fn is_empty(&self) -> bool {
        self.len == Some(0)
    }

    /// The same with each piece changed by `change`.
    pub fn map(self, change: impl Fn(Sample) -> Result<Sample> + Send + Sync + 'static) -> Pipeline {
        let change = Arc::new(change);
        self.then(|len| len, move |steps, _| Box::new(select::Map(steps, change.clone())))
    }

    /// The pieces alone that `keep` returns true for.
    pub fn filter(self, keep: impl Fn(&Sample) -> bool + Send + Sync + 'static) -> Pipeline {
        let keep = Arc::new(keep);
        self.then(|_| None, move |steps, _| Box::new(select::Filter(steps, keep.clone())))
    }

    /// The pieces in random order, another in each pass: each is drawn from the next `buffer` ones, so
    /// that as many are in memory. All orders are as likely if `buffer` is the number of pieces.
    pub fn shuffle(self, buffer: usize, seed: i64) -> Pipeline {
        self.then(
            |len| len,
            move |steps, pass| Box::new(shuffle::Shuffle::new(steps, buffer.max(1), seed, pass)),
        )
    }

    /// Batches of `size` pieces, put on a new first axis; the last may be smaller.
    pub fn batch(self, size: usize) -> Pipeline {
        let size = size.max(1);
        self.then(
            move |len| len.map(|len| len.div_ceil(size)),
            move |steps, _| Box::new(batch::Batch::new(steps, size, false)),
        )
    }

    /// Batches of `size` pieces; what is left in the end is left out.
    pub fn batch_exactly(self, size: usize) -> Pipeline {
        let size = size.max(1);
        self.then(
            move |len| len.map(|len| len / size),
            move |steps, _| Box::new(batch::Batch::new(steps, size, true)),
        )
    }

    /// The rows of each piece, one by one: what undoes [`Pipeline::batch`].
    pub fn unbatch(self) -> Pipeline {
        self.then(|_| None, |steps, _| Box::new(batch::Unbatch::new(steps)))
    }

    /// The same, with up to `ahead` pieces made on another thread before they are asked for.
    pub fn prefetch(self, ahead: usize) -> Pipeline {
        self.then(|len| len, move |steps, _| Box::new(prefetch::Prefetch::new(steps, ahead.max(1))))
    }

    /// The whole `times` over, or without end.
    pub fn repeat(self, times: impl Into<Option<usize>>) -> Pipeline {
        let times: Option<usize> = times.into();
        let len = match (self.len, times) {
            (Some(len), Some(times)) => len.checked_mul(times),
            (Some(0), None) => Some(0),
            _ => None,
        };
        Pipeline::new(len, move |pass| Box::new(select::Repeat::new(self.make.clone(), times, pass)))
    }

    /// The first `n` pieces.
    pub fn take(self, n: usize) -> Pipeline {
        self.then(move |len| len.map(|len| len.min(n)), move |steps, _| Box::new(select::Take(steps, n)))
    }

    /// The pieces after the first `n`.
    pub fn skip(self, n: usize) -> Pipeline {
        self.then(
            move |len| len.map(|len| len.saturating_sub(n)),
            move |steps, _| Box::new(select::Skip(steps, n)),
        )
    }

    /// The pieces of two pipelines side by side: the arrays of the first, then those of the second. It
    /// ends with the shorter one.
    pub fn zip(self, other: Pipeline) -> Pipeline {
        let len = match (self.len, other.len) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
        // Only where both are known is the shorter one known.
        let len = len.filter(|_| self.len.is_some() && other.len.is_some());
        Pipeline::new(len, move |pass| Box::new(select::Zip((self.make)(pass), (other.make)(pass))))
    }

    /// The same, with all pieces kept in memory after the first complete pass, as that one had them.
    pub fn cache(self) -> Pipeline {
        let kept = cache::Kept::default();
        self.then(|len| len, move |steps, _| cache::steps(steps, kept.clone()))
    }

    fn then(
        self,
        len: impl FnOnce(Option<usize>) -> Option<usize>,
        wrap: impl Fn(Box<dyn Steps>, u64) -> Box<dyn Steps> + Send + Sync + 'static,
    ) -> Pipeline {
        Pipeline::new(len(self.len), move |pass| wrap((self.make)(pass), pass))
    }

    /// The pieces of the first pass.
    pub fn iter(&self) -> Pieces {
        self.pass(0)
    }

    /// The pieces of pass number `pass`.
    pub fn pass(&self, pass: u64) -> Pieces {
        Pieces { steps: (self.make)(pass), position: Position { pass, taken: 0 }, over: false }
    }

    /// The pieces from `position` on: the same that the pass which gave the position would have gone
    /// on with, if all functions and iterators in the pipeline repeat themselves.
    ///
    /// # Errors
    /// What the pieces before that place report.
    pub fn iter_from(&self, position: Position) -> Result<Pieces> {
        let mut pieces = self.pass(position.pass);
        pieces.steps.skip(position.taken)?;
        pieces.position = position;
        Ok(pieces)
    }
}

/// The pieces of one pass.
pub struct Pieces {
    steps: Box<dyn Steps>,
    position: Position,
    over: bool,
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.position.fmt(f)
    }
}

impl Pieces {
    /// Where the pass is: what comes next.
    pub fn position(&self) -> Position {
        self.position
    }
}

impl Iterator for Pieces {
    type Item = Result<Sample>;

    fn next(&mut self) -> Option<Result<Sample>> {
        if self.over {
            return None;
        }
        let piece = self.steps.next().transpose();
        self.over = !matches!(piece, Some(Ok(_)));
        self.position.taken += !self.over as usize;
        piece
    }
}
