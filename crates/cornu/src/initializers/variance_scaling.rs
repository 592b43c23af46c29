//! The initializer that scales its variance by the number of connections.

use super::truncated_normal::truncated;
use super::{AnyInitializer, Initializer};
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// Numbers of mean 0 and variance `scale / n`, where `n` counts a unit's connections.
///
/// A kernel `[n, units]` has `fan_in = n` and `fan_out = units`; one of more axes `[.., in, out]`
/// (a convolution's) has those times the extents before. A vector has both equal to its extent, a
/// scalar 1. The Glorot, He and LeCun initializers are this one with settings of their own. With
/// `input_axes` and `output_axes` these are the axes that count. Agrees with Keras's `VarianceScaling`.
///
/// ```
/// use cornu::initializers::{Initializer, VarianceScaling};
/// use cornu_graph::philox::Random;
/// let values = VarianceScaling::default().values(&[400, 50].into(), &mut Random::new(1, 0));
/// let variance = values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64;
/// assert!((variance - 1.0 / 400.0).abs() < 1e-4);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VarianceScaling {
    /// The variance times `n`; 1 by default, above 0.
    pub scale: f64,
    /// What `n` is; `fan_in` by default.
    pub mode: Fan,
    /// How the numbers are spread; truncated normal by default.
    pub distribution: Distribution,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(deserialize_with = "super::seed")]
    pub seed: Option<i64>,
    /// The axes of a unit's inputs; found by the rule above unless both are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_axes: Option<Vec<isize>>,
    /// The axes of a unit's outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_axes: Option<Vec<isize>>,
}

/// Which connections [`VarianceScaling`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fan {
    /// Those that lead into a unit: keeps the variance of values on the way forward.
    #[default]
    #[serde(rename = "fan_in")]
    In,
    /// Those that lead out of a unit: keeps the variance of gradients on the way back.
    #[serde(rename = "fan_out")]
    Out,
    /// The mean of both.
    #[serde(rename = "fan_avg")]
    Avg,
}

/// How the numbers of [`VarianceScaling`] are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Evenly, between two bounds.
    Uniform,
    /// Normally, drawn again where beyond two deviations.
    #[default]
    #[serde(alias = "normal")]
    TruncatedNormal,
    /// Normally.
    UntruncatedNormal,
}

impl Default for VarianceScaling {
    fn default() -> VarianceScaling {
        VarianceScaling {
            scale: 1.0,
            mode: Fan::In,
            distribution: Distribution::TruncatedNormal,
            seed: None,
            input_axes: None,
            output_axes: None,
        }
    }
}

impl Named for VarianceScaling {
    const NAME: &'static str = "VarianceScaling";
    const ALIASES: &'static [&'static str] = &["variance_scaling"];
    const SUMMARY: &'static str = "variance scale / fan_in, fan_out or their mean";
}

/// The standard deviation of a standard normal number that is cut off at 2.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

impl VarianceScaling {
    /// Values for so many connections into and out of each unit.
    fn draw(&self, size: usize, (fan_in, fan_out): (f64, f64), random: &mut Random) -> Vec<f64> {
        let n = match self.mode {
            Fan::In => fan_in,
            Fan::Out => fan_out,
            Fan::Avg => (fan_in + fan_out) / 2.0,
        };
        let variance = self.scale / n.max(1.0);
        let deviation = variance.sqrt();
        let limit = (3.0 * variance).sqrt();
        let mut draw = || match self.distribution {
            Distribution::Uniform => limit * (2.0 * random.uniform() - 1.0),
            Distribution::TruncatedNormal => deviation / TRUNCATED_DEVIATION * truncated(random),
            Distribution::UntruncatedNormal => deviation * random.normal(),
        };
        (0..size).map(|_| draw()).collect()
    }
}

impl Initializer for VarianceScaling {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        self.draw(shape.size(), self.fans(shape).unwrap_or((1.0, 1.0)), random)
    }

    fn seed(&self) -> Option<i64> {
        self.seed
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        self.fans(shape)?;
        match self.scale > 0.0 && self.scale.is_finite() {
            true => Ok(()),
            false => Err(format!("VarianceScaling expects a scale above 0, got {}", self.scale)),
        }
    }

    fn with_fans(&self, fans: [usize; 2]) -> Option<AnyInitializer> {
        Some(Told { scaling: self.clone(), fans }.into())
    }
}

/// The same where the layer tells how many connections a unit has.
#[derive(Clone, Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    scaling: VarianceScaling,
    #[serde(skip)]
    fans: [usize; 2],
}

impl Named for Told {
    const NAME: &'static str = VarianceScaling::NAME;
    const SUMMARY: &'static str = VarianceScaling::SUMMARY;
}

impl Initializer for Told {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        let [fan_in, fan_out] = self.fans.map(|fan| fan as f64);
        self.scaling.draw(shape.size(), (fan_in, fan_out), random)
    }

    fn seed(&self) -> Option<i64> {
        self.scaling.seed
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        self.scaling.check(shape)
    }
}

impl VarianceScaling {
    /// How many connections lead into and out of each unit of a weight, by the axes given or by the rule.
    fn fans(&self, shape: &Shape) -> Result<(f64, f64), String> {
        let extents = |axes: &[isize]| {
            axes.iter().try_fold(1.0, |product, &axis| match shape.axis(axis) {
                Some(axis) => Ok(product * shape[axis] as f64),
                None => Err(format!("VarianceScaling: a weight of shape {shape} has no axis {axis}")),
            })
        };
        match (&self.input_axes, &self.output_axes) {
            (Some(inputs), Some(outputs)) => Ok((extents(inputs)?, extents(outputs)?)),
            _ => Ok(fans(shape)),
        }
    }
}

/// How many connections lead into and out of each unit of a weight.
fn fans(shape: &[usize]) -> (f64, f64) {
    match *shape {
        [] => (1.0, 1.0),
        [n] => (n as f64, n as f64),
        [ref window @ .., n_in, n_out] => {
            let window: f64 = window.iter().map(|&extent| extent as f64).product();
            (n_in as f64 * window, n_out as f64 * window)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fans;

    #[test]
    fn fans_as_keras_counts_them() {
        assert_eq!(fans(&[]), (1.0, 1.0));
        assert_eq!(fans(&[5]), (5.0, 5.0));
        assert_eq!(fans(&[3, 4]), (3.0, 4.0));
        assert_eq!(fans(&[2, 5, 3, 4]), (30.0, 40.0));
    }
}
