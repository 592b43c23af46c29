//! What was taken for what: counts of true against predicted classes.

use super::labels::class_numbers;
use crate::error::{Error, Result};
use cornu_graph::Array;
use std::fmt;

/// How often each class was taken for each class. It prints as a table.
///
/// ```
/// use cornu::{Array, data::ConfusionMatrix};
/// let actual = Array::from_vec(vec![0u8, 0, 1, 1]);
/// let predicted = Array::from_vec(vec![0u8, 1, 1, 1]);
/// let matrix = ConfusionMatrix::new(&actual, &predicted).unwrap();
/// assert_eq!(matrix.count(0, 1), 1);
/// assert_eq!(matrix.accuracy(), 0.75);
/// assert_eq!(matrix.to_string(), "actual \\ predicted  0  1\n                 0  1  1\n                 1  0  2\n");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<usize>,
}

/// More classes make a table that nobody reads, and a stray label must not ask for all memory.
const MOST_CLASSES: usize = 10_000;

impl ConfusionMatrix {
    /// The counts for class numbers of shape `[n]` or `[n, 1]`. Predictions may also be scores of
    /// shape `[n, classes]`; then the largest one in a row is the prediction, the first of equals.
    ///
    /// # Errors
    /// If the two differ in length, or if they hold anything but class numbers.
    #[track_caller]
    pub fn new(labels: &Array, predictions: &Array) -> Result<ConfusionMatrix> {
        let actual = class_numbers(labels, "labels")?;
        let shape = predictions.shape();
        let (predicted, width) = if shape.rank() == 2 && shape[1] > 1 {
            (largest(predictions, shape[1])?, shape[1])
        } else {
            (class_numbers(predictions, "predictions")?, 0)
        };
        if actual.len() != predicted.len() {
            let message = format!("{} labels, but {} predictions", actual.len(), predicted.len());
            return Err(Error::argument(message).help("give one prediction for each label"));
        }
        let classes = actual.iter().chain(&predicted).max().map_or(0, |&class| class + 1).max(width);
        if classes > MOST_CLASSES {
            return Err(Error::argument(format!("{classes} classes, more than {MOST_CLASSES}")));
        }
        let mut counts = vec![0; classes * classes];
        for (actual, predicted) in actual.into_iter().zip(predicted) {
            counts[actual * classes + predicted] += 1;
        }
        Ok(ConfusionMatrix { classes, counts })
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How many rows of class `actual` were predicted as `predicted`; 0 for classes not seen.
    pub fn count(&self, actual: usize, predicted: usize) -> usize {
        if predicted >= self.classes {
            return 0;
        }
        self.counts.get(actual * self.classes + predicted).copied().unwrap_or(0)
    }

    /// The share of rows predicted right; NaN where there are none.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..self.classes).map(|class| self.count(class, class)).sum();
        right as f64 / self.counts.iter().sum::<usize>() as f64
    }

    /// The counts as an `i64` array of shape `[classes, classes]`, the actual class along the rows.
    pub fn to_array(&self) -> Array {
        let counts = self.counts.iter().map(|&count| count as i64).collect();
        Array::new([self.classes, self.classes], counts).expect("one count for each pair of classes")
    }
}

#[track_caller]
fn largest(scores: &Array, width: usize) -> Result<Vec<usize>> {
    if !scores.is_finite() {
        return Err(Error::argument("the predictions hold NaN or infinity"));
    }
    let first_largest =
        |row: &[f64]| (1..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best });
    Ok(scores.to_f64().chunks_exact(width).map(first_largest).collect())
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "actual \\ predicted";
        let largest = self.counts.iter().copied().max().unwrap_or(0).max(self.classes.saturating_sub(1));
        let width = largest.to_string().len();
        write!(f, "{CORNER}")?;
        (0..self.classes).try_for_each(|class| write!(f, "  {class:>width$}"))?;
        writeln!(f)?;
        for (class, row) in self.counts.chunks_exact(self.classes.max(1)).enumerate() {
            write!(f, "{class:>0$}", CORNER.len())?;
            row.iter().try_for_each(|count| write!(f, "  {count:>width$}"))?;
            writeln!(f)?;
        }
        Ok(())
    }
}
