//! Windows of a time series.

use super::Pipeline;
use super::pipeline::{Sample, Steps};
use crate::error::{Error, Result};
use cornu_graph::Array;
use cornu_graph::philox::Random;
use std::ops::Range;
use std::sync::Arc;

/// Windows of a time series, with the targets that belong to their first steps. Agrees with
/// `keras.utils.timeseries_dataset_from_array`.
///
/// ```
/// use cornu::{Array, data::TimeseriesDataset};
/// let data = Array::from_vec((0..10).collect::<Vec<i32>>());
/// let windows = TimeseriesDataset::new(3).sequence_stride(2).sampling_rate(2).batch_size(None);
/// let windows: Vec<_> = windows.pipeline(&data, None).unwrap().iter().collect();
/// assert_eq!(windows[1].as_ref().unwrap()[0].as_slice::<i32>().unwrap(), [2, 4, 6]);
/// assert_eq!(windows.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TimeseriesDataset {
    sequence_length: usize,
    sequence_stride: usize,
    sampling_rate: usize,
    batch_size: Option<usize>,
    shuffle: Option<i64>,
    start_index: usize,
    end_index: Option<usize>,
}

impl TimeseriesDataset {
    /// Windows of `sequence_length` steps in batches of 128, in order, one from each step on.
    pub fn new(sequence_length: usize) -> TimeseriesDataset {
        TimeseriesDataset {
            sequence_length,
            sequence_stride: 1,
            sampling_rate: 1,
            batch_size: Some(128),
            shuffle: None,
            start_index: 0,
            end_index: None,
        }
    }

    /// Steps from one window's beginning to the next one's; 1 by default.
    pub fn sequence_stride(mut self, stride: usize) -> TimeseriesDataset {
        self.sequence_stride = stride;
        self
    }

    /// Steps from one element of a window to the next; 1 by default.
    pub fn sampling_rate(mut self, rate: usize) -> TimeseriesDataset {
        self.sampling_rate = rate;
        self
    }

    /// Windows in a batch, 128 by default; `None` gives them one by one.
    pub fn batch_size(mut self, size: impl Into<Option<usize>>) -> TimeseriesDataset {
        self.batch_size = size.into();
        self
    }

    /// Windows in a random order that this seed gives, another in each pass.
    pub fn shuffle(mut self, seed: i64) -> TimeseriesDataset {
        self.shuffle = Some(seed);
        self
    }

    /// The first step that is used; 0 by default.
    pub fn start_index(mut self, index: usize) -> TimeseriesDataset {
        self.start_index = index;
        self
    }

    /// The step before which the part that is used ends; that after the last by default.
    pub fn end_index(mut self, index: usize) -> TimeseriesDataset {
        self.end_index = Some(index);
        self
    }

    /// The windows of `data`, whose first axis is time; row `i` of `targets`, if there are some, belongs
    /// to the window that begins at step `i`. Both are cut to the part from `start_index` to `end_index`.
    ///
    /// # Errors
    /// If a setting does not fit the data's length.
    #[track_caller]
    pub fn pipeline(&self, data: &Array, targets: Option<&Array>) -> Result<Pipeline> {
        if data.shape().is_empty() || targets.is_some_and(|targets| targets.shape().is_empty()) {
            return Err(Error::argument("a time series is an array whose first axis is time"));
        }
        let steps = data.rows();
        let check = |name: &str, value: usize, range: Range<usize>| match range.contains(&value) {
            true => Ok(()),
            false => {
                let Range { start, end } = range;
                let message = format!("{name} is {value}, of {steps} steps of data");
                Err(Error::argument(message).help(format!("give a number from {start} to below {end}")))
            }
        };
        check("start_index", self.start_index, 0..steps)?;
        if let Some(end) = self.end_index {
            check("end_index", end, self.start_index + 1..steps)?;
        }
        check("sampling_rate", self.sampling_rate, 1..steps)?;
        check("sequence_stride", self.sequence_stride, 1..steps)?;
        check("sequence_length", self.sequence_length, 1..usize::MAX)?;
        let end = self.end_index.unwrap_or(steps);
        let span = (self.sequence_length - 1).saturating_mul(self.sampling_rate);
        let mut starts = (end - self.start_index).saturating_sub(span);
        if let Some(targets) = targets {
            starts = starts.min(targets.rows());
        }
        let used = |array: &Array| {
            Arc::new(array.slice_rows(self.start_index.min(array.rows())..end.min(array.rows())))
        };
        if let Some(targets) = targets {
            // Windows without their target are left out.
            starts = starts.min(end.min(targets.rows()).saturating_sub(self.start_index));
        }
        let (data, targets) = (used(data), targets.map(used));
        let starts: Arc<Vec<usize>> = Arc::new((0..starts).step_by(self.sequence_stride).collect());
        let TimeseriesDataset { sequence_length, sampling_rate, shuffle, .. } = *self;
        let windows = Pipeline::new(Some(starts.len()), move |pass| {
            let starts = match shuffle {
                Some(seed) => {
                    let mut shuffled = starts.to_vec();
                    Random::new(seed, 0x7469_6d65_0000_0000 + pass).shuffle(&mut shuffled);
                    Arc::new(shuffled)
                }
                None => starts.clone(),
            };
            let (data, targets) = (data.clone(), targets.clone());
            Box::new(Windows { data, targets, starts, sequence_length, sampling_rate, next: 0 })
        });
        Ok(match self.batch_size {
            Some(size) => windows.batch(size),
            None => windows,
        })
    }
}

struct Windows {
    data: Arc<Array>,
    targets: Option<Arc<Array>>,
    starts: Arc<Vec<usize>>,
    sequence_length: usize,
    sampling_rate: usize,
    next: usize,
}

impl Steps for Windows {
    fn next(&mut self) -> Result<Option<Sample>> {
        let Some(&start) = self.starts.get(self.next) else { return Ok(None) };
        self.next += 1;
        let steps: Vec<usize> = (0..self.sequence_length).map(|i| start + i * self.sampling_rate).collect();
        let window = self.data.take_rows(&steps);
        let target = self.targets.as_ref().map(|targets| super::pipeline::row(targets, start)).transpose()?;
        Ok(Some([window].into_iter().chain(target).collect()))
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.next = self.next.saturating_add(n).min(self.starts.len());
        Ok(())
    }
}
