//! Columns to mean 0 and standard deviation 1.

use crate::error::{Error, Result};
use cornu_graph::Array;

/// Moves and scales each column so that the data it was fitted to have mean 0 and standard deviation 1
/// there: `(x - mean) / std`. A constant column is only moved. scikit-learn's `StandardScaler`.
///
/// Fit it to the training part alone, and apply it to all parts.
///
/// ```
/// use cornu::{Array, data::Standardizer};
/// let train = Array::new([2, 2], vec![1f32, 5., 3., 5.]).unwrap();
/// let standardizer = Standardizer::fit(&train).unwrap();
/// let test = standardizer.apply(&Array::new([1, 2], vec![4f32, 5.]).unwrap()).unwrap();
/// assert_eq!(test.as_slice::<f32>().unwrap(), [2.0, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standardizer {
    mean: Vec<f64>,
    std: Vec<f64>,
}

impl Standardizer {
    /// The standardizer for data like `x`, whose columns are those along the last axis.
    ///
    /// # Errors
    /// If `x` has no rows or fewer than two axes, or holds numbers that are not finite.
    #[track_caller]
    pub fn fit(x: &Array) -> Result<Standardizer> {
        if x.shape().rank() < 2 || x.size() == 0 {
            return Err(Error::argument(format!("a table has shape [rows, columns], got {}", x.shape())));
        }
        if !x.is_finite() {
            return Err(
                Error::argument("the data hold NaN or infinity").help("fill in or remove what is missing")
            );
        }
        let width = x.shape()[x.shape().rank() - 1];
        let values = x.to_f64();
        let n = (values.len() / width) as f64;
        let mut mean = vec![0.0; width];
        for row in values.chunks_exact(width) {
            mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value / n);
        }
        let mut variance = vec![0.0; width];
        for row in values.chunks_exact(width) {
            for ((variance, value), mean) in variance.iter_mut().zip(row).zip(&mean) {
                *variance += (value - mean) * (value - mean) / n;
            }
        }
        // What rounding alone makes of a constant column is not a spread (scikit-learn's bound).
        let constant = |variance: f64, mean: f64| {
            let error = n * mean * f64::EPSILON;
            variance <= n * f64::EPSILON * variance + error * error
        };
        let std = variance.iter().zip(&mean).map(|(&v, &m)| if constant(v, m) { 1.0 } else { v.sqrt() });
        Ok(Standardizer { std: std.collect(), mean })
    }

    /// The mean of each column.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The standard deviation of each column (of the population: divided by n), 1 where it is constant.
    pub fn std(&self) -> &[f64] {
        &self.std
    }

    /// `x` moved and scaled, as `f32`.
    ///
    /// # Errors
    /// If `x` has another number of columns than the data that this was fitted to.
    #[track_caller]
    pub fn apply(&self, x: &Array) -> Result<Array> {
        self.map(x, |value, mean, std| (value - mean) / std)
    }

    /// What [`apply`](Standardizer::apply) made `x` of, as `f32`.
    ///
    /// # Errors
    /// As of [`apply`](Standardizer::apply).
    #[track_caller]
    pub fn invert(&self, x: &Array) -> Result<Array> {
        self.map(x, |value, mean, std| value * std + mean)
    }

    #[track_caller]
    fn map(&self, x: &Array, f: impl Fn(f64, f64, f64) -> f64) -> Result<Array> {
        let width = self.mean.len();
        if x.shape().last() != Some(&width) {
            let message = format!("fitted to {width} columns, got an array of shape {}", x.shape());
            return Err(Error::argument(message));
        }
        let columns = self.mean.iter().zip(&self.std).cycle();
        let values =
            x.to_f64().into_iter().zip(columns).map(|(value, (&mean, &std))| f(value, mean, std) as f32);
        Array::new(x.shape(), values.collect()).map_err(Error::argument)
    }
}
