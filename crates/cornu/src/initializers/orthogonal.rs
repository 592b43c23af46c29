//! The orthogonal initializer.

use super::Initializer;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};

/// A random matrix whose columns (or rows, where those are fewer) are orthogonal and of length
/// `gain`.
///
/// Weights of more than two axes are flattened to a matrix that keeps the last one. Such a matrix
/// keeps the length of what it is applied to. Saxe, McClelland, Ganguli: Exact solutions to the
/// nonlinear dynamics of learning (2014). Agrees with Keras's `Orthogonal`; fails on weights of
/// fewer than two axes.
///
/// ```
/// use cornu::initializers::{Initializer, Orthogonal};
/// use cornu_graph::philox::Random;
/// let q = Orthogonal::default().values(&[3, 2].into(), &mut Random::new(1, 0));
/// let product = q[0] * q[1] + q[2] * q[3] + q[4] * q[5];
/// assert!(product.abs() < 1e-14);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Orthogonal {
    /// The length of each column; 1 by default.
    pub gain: f64,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(deserialize_with = "super::seed")]
    pub seed: Option<i64>,
}

impl Default for Orthogonal {
    fn default() -> Orthogonal {
        Orthogonal { gain: 1.0, seed: None }
    }
}

impl Named for Orthogonal {
    const NAME: &'static str = "Orthogonal";
    const ALIASES: &'static [&'static str] = &["orthogonal", "OrthogonalInitializer"];
    const SUMMARY: &'static str = "a random orthogonal matrix times gain";
}

impl Initializer for Orthogonal {
    fn values(&self, shape: &Shape, random: &mut Random) -> Vec<f64> {
        let n_columns = shape.last().copied().unwrap_or(1);
        let n_rows = shape.size().checked_div(n_columns).unwrap_or(0);
        let (long, short) = (n_rows.max(n_columns), n_rows.min(n_columns));
        let mut basis: Vec<Vec<f64>> = Vec::with_capacity(short);
        for _ in 0..short {
            let mut vector: Vec<f64> = (0..long).map(|_| random.normal()).collect();
            // Gram and Schmidt give the Q whose R has a positive diagonal: the one that Keras gets
            // by fixing signs. A second pass removes what rounding leaves of the first.
            for _ in 0..2 {
                for other in &basis {
                    let product = dot(&vector, other);
                    vector.iter_mut().zip(other).for_each(|(x, y)| *x -= product * y);
                }
            }
            let length = dot(&vector, &vector).sqrt();
            vector.iter_mut().for_each(|x| *x /= length);
            basis.push(vector);
        }
        match n_rows < n_columns {
            true => basis.iter().flatten().map(|x| self.gain * x).collect(),
            false => {
                (0..n_rows).flat_map(|i| basis.iter().map(move |v| v[i])).map(|x| self.gain * x).collect()
            }
        }
    }

    fn seed(&self) -> Option<i64> {
        self.seed
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        match shape.rank() >= 2 {
            true => Ok(()),
            false => Err(format!("Orthogonal expects a weight of at least 2 axes, got shape {shape}")),
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
