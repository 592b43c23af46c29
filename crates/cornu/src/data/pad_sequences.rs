//! Sequences of different lengths in one array.

use crate::error::{Error, Result};
use cornu_graph::{Array, DType, Shape};

/// Which end of a sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// The beginning.
    #[default]
    Pre,
    /// The end.
    Post,
}

/// How [`pad_sequences`](PadSequences::call) makes sequences equally long. Agrees with
/// `keras.utils.pad_sequences`.
///
/// ```
/// use cornu::{Array, data::PadSequences};
/// let sequences = [Array::from_vec(vec![1i32]), Array::from_vec(vec![2i32, 3])];
/// let padded = PadSequences::new().call(&sequences).unwrap();
/// assert_eq!(padded.as_slice::<i32>().unwrap(), [0, 1, 2, 3]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PadSequences {
    maxlen: Option<usize>,
    dtype: DType,
    padding: Side,
    truncating: Side,
    value: f64,
}

impl Default for PadSequences {
    fn default() -> PadSequences {
        PadSequences {
            maxlen: None,
            dtype: DType::I32,
            padding: Side::Pre,
            truncating: Side::Pre,
            value: 0.0,
        }
    }
}

impl PadSequences {
    /// Zeros of `i32` before each sequence, up to the longest one's length.
    pub fn new() -> PadSequences {
        PadSequences::default()
    }

    /// The length of all; that of the longest by default.
    pub fn maxlen(mut self, maxlen: usize) -> PadSequences {
        self.maxlen = Some(maxlen);
        self
    }

    /// The dtype of the result; `i32` by default.
    pub fn dtype(mut self, dtype: DType) -> PadSequences {
        self.dtype = dtype;
        self
    }

    /// Where shorter sequences are filled up; at the beginning by default.
    pub fn padding(mut self, side: Side) -> PadSequences {
        self.padding = side;
        self
    }

    /// Where longer sequences are cut; at the beginning by default.
    pub fn truncating(mut self, side: Side) -> PadSequences {
        self.truncating = side;
        self
    }

    /// What shorter sequences are filled up with; 0 by default.
    pub fn value(mut self, value: f64) -> PadSequences {
        self.value = value;
        self
    }

    /// The sequences as one array of shape `[sequences, length, ...]`: each is an array whose first axis
    /// is time, and all have the same further axes.
    ///
    /// # Errors
    /// If there is no sequence and no `maxlen`, or sequences differ in their further axes.
    #[track_caller]
    pub fn call(&self, sequences: &[Array]) -> Result<Array> {
        if let Some(single) = sequences.iter().position(|sequence| sequence.shape().is_empty()) {
            return Err(Error::argument(format!("sequence {single} is a single number"))
                .help("give arrays whose first axis is time"));
        }
        let longest = sequences.iter().map(Array::rows).max();
        let Some(length) = self.maxlen.or(longest) else {
            return Err(Error::argument("there is no sequence").help("give one, or maxlen"));
        };
        let sample = sequences.iter().find(|sequence| sequence.rows() > 0);
        let sample: Vec<usize> = sample.map_or(Vec::new(), |sequence| sequence.shape()[1..].to_vec());
        let shape: Shape = [sequences.len(), length].into_iter().chain(sample.iter().copied()).collect();
        if shape.checked_size().is_none() {
            return Err(Error::argument(format!("no memory holds sequences of shape {shape}")));
        }
        let rows: Shape = [sequences.len() * length].into_iter().chain(sample.iter().copied()).collect();
        let mut padded = Array::full(rows, self.dtype, self.value);
        for (i, sequence) in sequences.iter().enumerate().filter(|(_, sequence)| sequence.rows() > 0) {
            if sequence.shape()[1..] != sample {
                let (got, expected) = (Shape::from(&sequence.shape()[1..]), Shape::from(&sample[..]));
                let message = format!("sequence {i} has steps of shape {got}, the first one of {expected}");
                return Err(Error::argument(message).help("all steps have one shape"));
            }
            let kept = sequence.rows().min(length);
            let from = if self.truncating == Side::Pre { sequence.rows() - kept } else { 0 };
            let to = if self.padding == Side::Pre { length - kept } else { 0 };
            let part = sequence.slice_rows(from..from + kept).cast(self.dtype);
            padded.put_rows(i * length + to, &part);
        }
        padded.reshape(shape).map_err(Error::argument)
    }
}
