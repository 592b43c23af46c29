//! The mean of values.

use super::{Better, Float32, Metric, totals};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The mean of values, weighted if there are weights: what a model reports its loss by.
///
/// [`Metric::update`] takes the values in the place of predictions, and no labels. All axes but the
/// first are averaged. Agrees with Keras's `Mean`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mean {
    /// The name it is reported under; `mean` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for Mean {
    fn default() -> Mean {
        Mean { name: "mean".into(), dtype: Float32 }
    }
}

impl Mean {
    /// The metric with Keras's defaults.
    pub fn new() -> Mean {
        Mean::default()
    }

    /// Adds values to the mean.
    pub fn add(&self, scope: &mut Scope, values: &Tensor, sample_weight: Option<&Tensor>) {
        totals::add_mean(scope, values, sample_weight);
    }
}

impl Named for Mean {
    const NAME: &'static str = "Mean";
    const ALIASES: &'static [&'static str] = &["mean"];
    const SUMMARY: &'static str = "The mean of values";
}

impl Metric for Mean {
    fn update(&self, scope: &mut Scope, _: &Tensor, values: &Tensor, sample_weight: Option<&Tensor>) {
        self.add(scope, values, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        totals::mean(scope)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn set_name(&mut self, name: String) {
        self.name = name;
    }

    fn better(&self) -> Option<Better> {
        None
    }
}
