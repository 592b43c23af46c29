//! The layer of rectified linear units.

use super::inputs::one_float;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// `max(x, 0)`, of `x`'s shape, with options.
///
/// `max_value` where `x >= max_value`; `x` where `threshold < x < max_value`; and
/// `negative_slope * (x - threshold)` elsewhere. Fails if an option is below 0. Agrees with Keras's `ReLU`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReLU {
    /// The greatest value of the result; none by default.
    pub max_value: Option<f64>,
    /// The slope below the threshold; 0 by default.
    pub negative_slope: f64,
    /// What values must exceed to pass; 0 by default.
    pub threshold: f64,
}

impl Default for ReLU {
    fn default() -> ReLU {
        ReLU { max_value: None, negative_slope: 0.0, threshold: 0.0 }
    }
}

impl ReLU {
    /// A layer of rectified linear units.
    pub fn new() -> ReLU {
        ReLU::default()
    }

    /// The same with a greatest value.
    pub fn max_value(mut self, max_value: f64) -> ReLU {
        self.max_value = Some(max_value);
        self
    }

    /// The same with a slope below the threshold.
    pub fn negative_slope(mut self, negative_slope: f64) -> ReLU {
        self.negative_slope = negative_slope;
        self
    }

    /// The same with another threshold.
    pub fn threshold(mut self, threshold: f64) -> ReLU {
        self.threshold = threshold;
        self
    }
}

impl Named for ReLU {
    const NAME: &'static str = "ReLU";
    const SUMMARY: &'static str = "max(x, 0), with a slope, threshold and maximum";
}

impl Layer for ReLU {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let Self { max_value, negative_slope, threshold } = *self;
            let options = [
                ("max_value", max_value.unwrap_or(0.0)),
                ("negative_slope", negative_slope),
                ("threshold", threshold),
            ];
            if let Some((name, value)) = options.into_iter().find(|(_, value)| value.is_nan() || *value < 0.0)
            {
                return scope.fail(format!("expects a {name} of at least 0, got {value}"));
            }
            let mut y = match threshold == 0.0 {
                true => x.relu(),
                false => x.greater(threshold).select(x, 0.0),
            };
            if let Some(max_value) = max_value {
                y = y.minimum(max_value);
            }
            match negative_slope == 0.0 {
                true => y,
                false => y - (threshold - x).relu() * negative_slope,
            }
        })
    }

    fn supports_masking(&self) -> bool {
        true
    }
}

impl Sampled for ReLU {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(ReLU::new(), [&[5, 4]]),
            LayerSample::new(ReLU::new().max_value(1.0).negative_slope(0.1).threshold(0.5), [&[5, 4]]),
        ]
    }
}
