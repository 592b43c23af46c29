//! The layer that sorts numbers into bins.

use super::categories::{OutputMode, encoded};
use super::inputs::one_float;
use super::on_host::dense;
use super::search::place_among;
use super::{Kept, Layer, LayerSample, Sampled};
use crate::error::{Error, Result};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Array, DType, Tensor};
use serde::{Deserialize, Serialize};

/// The number of the bin that each number falls into: how many of the boundaries are not above it,
/// from 0 up to their number, itself or as vectors (see [`OutputMode`]).
///
/// The boundaries are given, or found by [`adapt`](Discretization::adapt) so that about as many
/// numbers of some data fall into each bin. Fails if there are none yet, or they do not ascend.
/// Agrees with Keras's `Discretization`.
///
/// ```
/// use cornu::Array;
/// use cornu::layers::Discretization;
/// let mut layer = Discretization::bins(4);
/// layer.adapt(&Array::from_vec((0..1000).map(|i| i as f32).collect()))?;
/// assert_eq!(layer.bin_boundaries.unwrap().len(), 3);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Discretization {
    /// Where the bins meet, ascending.
    pub bin_boundaries: Option<Vec<f64>>,
    /// How many bins to find in data.
    pub num_bins: Option<usize>,
    /// How exact the bins found in data are: 1 is not at all; 0.01 by default.
    pub epsilon: f64,
    /// How to give out the bins' numbers; as they are by default.
    pub output_mode: OutputMode,
    /// Always false.
    pub sparse: bool,
}

impl Default for Discretization {
    fn default() -> Discretization {
        let output_mode = OutputMode::Int;
        Discretization { bin_boundaries: None, num_bins: None, epsilon: 0.01, output_mode, sparse: false }
    }
}

impl Discretization {
    /// A layer with bins between these boundaries.
    pub fn new(bin_boundaries: impl Into<Vec<f64>>) -> Discretization {
        Discretization { bin_boundaries: Some(bin_boundaries.into()), ..Discretization::default() }
    }

    /// A layer that finds so many bins in data.
    pub fn bins(num_bins: usize) -> Discretization {
        Discretization { num_bins: Some(num_bins), ..Discretization::default() }
    }

    /// The same, finding bins to this exactness.
    pub fn epsilon(mut self, epsilon: f64) -> Discretization {
        self.epsilon = epsilon;
        self
    }

    /// The same, giving out the bins' numbers in this form.
    pub fn output_mode(mut self, mode: OutputMode) -> Discretization {
        self.output_mode = mode;
        self
    }

    /// Finds the boundaries in all of `data`'s numbers. As Keras does, it keeps about `1 / epsilon` of
    /// them, and interpolates between those.
    ///
    /// # Errors
    /// If the number of bins was not given, or `data` is empty or not finite.
    pub fn adapt(&mut self, data: &Array) -> Result<()> {
        let Some(num_bins) = self.num_bins.filter(|&n| n > 0) else {
            let error = Error::argument("adapt: this Discretization is not told how many bins to find");
            return Err(error.help("make it with Discretization::bins(n)"));
        };
        if data.size() == 0 || !data.is_finite() {
            return Err(Error::argument("adapt expects finite numbers, got none, or NaN or infinite ones"));
        }
        if !(self.epsilon > 0.0 && self.epsilon <= 1.0) {
            let message = format!("adapt expects an epsilon above 0 and up to 1, got {}", self.epsilon);
            return Err(Error::argument(message));
        }
        let mut values = data.to_f32();
        values.sort_by(f32::total_cmp);
        let step = (values.len() as f64 * self.epsilon).max(1.0);
        let kept = values.iter().skip((step - 1.0) as usize).step_by(step as usize);
        let summary: Vec<(f64, f64)> = kept.map(|&value| (value.into(), (step as f32).into())).collect();
        let summary = compressed(summary, self.epsilon);
        let mut bins = compressed(summary, 1.0 / num_bins as f64);
        bins.pop();
        self.bin_boundaries = Some(bins.into_iter().map(|(value, _)| value).collect());
        Ok(())
    }
}

/// Values with weights, brought down to about `1 / epsilon` values that divide the weight evenly.
fn compressed(summary: Vec<(f64, f64)>, epsilon: f64) -> Vec<(f64, f64)> {
    if (summary.len() as f64) * epsilon < 1.0 {
        return summary;
    }
    let mut total = 0f32;
    let sums: Vec<f32> = summary
        .iter()
        .map(|&(_, weight)| {
            total += weight as f32;
            total
        })
        .collect();
    let shares: Vec<f64> = sums.iter().map(|&sum| f64::from(sum / total)).collect();
    let n = (1.0 / epsilon).ceil() as usize;
    let mut before = 0.0;
    (0..n)
        .map(|i| {
            let share = epsilon + epsilon * i as f64;
            // The place between two kept values where this share of the weight is reached.
            let above = shares.partition_point(|&known| known <= share);
            let (value, sum) = match above {
                0 => (summary[0].0, f64::from(sums[0])),
                _ if above == shares.len() => (summary[above - 1].0, f64::from(sums[above - 1])),
                _ => {
                    let t = (share - shares[above - 1]) / (shares[above] - shares[above - 1]);
                    let between = |low: f64, high: f64| low + t * (high - low);
                    let sum = between(sums[above - 1].into(), sums[above].into());
                    (between(summary[above - 1].0, summary[above].0), sum)
                }
            };
            let weight = sum - before;
            before = sum;
            (f64::from(value as f32), f64::from(weight as f32))
        })
        .collect()
}

impl Named for Discretization {
    const NAME: &'static str = "Discretization";
    const SUMMARY: &'static str = "sorts numbers into bins";
}

impl Layer for Discretization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            use OutputMode::{Count, Int, MultiHot, OneHot};
            let fits = self.output_mode.among(&[Int, OneHot, MultiHot, Count]);
            if let Err(message) = fits.and(dense("sparse", self.sparse)) {
                return scope.fail(message);
            }
            let Some(boundaries) = &self.bin_boundaries else {
                return scope.fail("has no boundaries yet: give it some, or adapt it to data first");
            };
            if !boundaries.is_sorted_by(|a, b| a <= b) {
                return scope.fail(format!("expects boundaries that ascend, got {boundaries:?}"));
            }
            let bins = place_among(x, boundaries, true);
            let dtype = if self.output_mode == Int { DType::I32 } else { scope.compute_dtype() };
            encoded(&bins, self.output_mode, boundaries.len() + 1, dtype, None)
                .unwrap_or_else(|message| scope.fail(message))
        })
    }

    fn kept(&self) -> Kept {
        Kept::Brief
    }
}

impl Sampled for Discretization {
    fn samples() -> Vec<LayerSample> {
        let layer = Discretization::new([-1.0, 0.25, 0.75]);
        let of = |mode: OutputMode| LayerSample::new(layer.clone().output_mode(mode), [&[3, 4]]);
        vec![of(OutputMode::Int), of(OutputMode::OneHot), of(OutputMode::MultiHot), of(OutputMode::Count)]
    }
}
