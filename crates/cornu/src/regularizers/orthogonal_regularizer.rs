//! The penalty on rows or columns that are not orthogonal.

use super::Regularizer;
use super::regularizer::scaled;
use crate::losses::normalize;
use crate::registry::Named;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// `factor` times the mean of `|cos|` of the angles between each two rows (or columns) of a matrix. Fails on
/// weights that have not two axes; a single row has no penalty. Agrees with Keras's `OrthogonalRegularizer`.
///
/// ```
/// use cornu::regularizers::{OrthogonalRegularizer, Regularizer};
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let penalty = OrthogonalRegularizer { factor: 0.5, ..Default::default() }.call(&b.input("w", [2, 2]));
/// let graph = b.build(&[("penalty", &penalty)], &[]).unwrap();
/// let w = Array::new([2, 2], vec![0f32, 1.0, 3.0, -4.0]).unwrap();
/// let penalty = evaluate(&graph, &[w], &[]).unwrap().outputs[0].item().unwrap();
/// assert!((penalty - 0.4).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrthogonalRegularizer {
    /// The factor; 0.01 by default, at least 0.
    pub factor: f64,
    /// What is to be orthogonal; rows by default.
    pub mode: Lines,
}

/// The lines of a matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lines {
    /// Its rows.
    #[default]
    Rows,
    /// Its columns.
    Columns,
}

impl Default for OrthogonalRegularizer {
    fn default() -> OrthogonalRegularizer {
        OrthogonalRegularizer { factor: 0.01, mode: Lines::Rows }
    }
}

impl Named for OrthogonalRegularizer {
    const NAME: &'static str = "OrthogonalRegularizer";
    const ALIASES: &'static [&'static str] = &["orthogonal_regularizer"];
    const SUMMARY: &'static str = "factor * mean(|cos|) of the angles between rows or columns";
}

impl Regularizer for OrthogonalRegularizer {
    fn call(&self, w: &Tensor) -> Tensor {
        if w.is_valid() && w.rank() != 2 {
            let shape = w.shape();
            return w
                .builder()
                .fail(format!("OrthogonalRegularizer expects a weight of 2 axes, got shape {shape}"));
        }
        scaled(w, "factor", self.factor, || {
            let rows = if self.mode == Lines::Rows { w.clone() } else { w.transpose(&[1, 0]) };
            let rows = normalize(&rows, -1);
            let n = rows.extent(0);
            let place = |axis: usize| rows.builder().iota([n, n], axis, DType::I32);
            let cosines = rows.matmul(&rows.transpose(&[1, 0]));
            let others = place(0).not_equal(place(1)).select(&cosines.abs(), 0.0);
            others.sum_all() / (n * n.saturating_sub(1)).max(1) as f64
        })
    }
}
