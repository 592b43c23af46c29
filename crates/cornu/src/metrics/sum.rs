//! The sum of values.

use super::{Better, Float32, Metric, totals};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The sum of values, weighted if there are weights.
///
/// [`Metric::update`] takes the values in the place of predictions, and no labels. Agrees with Keras's
/// `Sum`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sum {
    /// The name it is reported under; `sum` by default.
    pub name: String,
    /// What it counts in.
    pub dtype: Float32,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum { name: "sum".into(), dtype: Float32 }
    }
}

impl Sum {
    /// The metric with Keras's defaults.
    pub fn new() -> Sum {
        Sum::default()
    }

    /// Adds values to the sum.
    pub fn add(&self, scope: &mut Scope, values: &Tensor, sample_weight: Option<&Tensor>) {
        totals::add_sum(scope, values, sample_weight);
    }
}

impl Named for Sum {
    const NAME: &'static str = "Sum";
    const ALIASES: &'static [&'static str] = &["sum"];
    const SUMMARY: &'static str = "The sum of values";
}

impl Metric for Sum {
    fn update(&self, scope: &mut Scope, _: &Tensor, values: &Tensor, sample_weight: Option<&Tensor>) {
        self.add(scope, values, sample_weight);
    }

    fn result(&self, scope: &mut Scope) -> Tensor {
        scope.total("total", [])
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
