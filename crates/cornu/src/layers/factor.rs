//! What augmentations draw: how much of a change, between two numbers.

use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// How much an augmentation changes an image: drawn between two numbers, or one number, of which each
/// layer says what it reaches from.
///
/// ```
/// use cornu::layers::Factor;
/// assert_eq!(Factor::from(0.2), Factor::Number(0.2));
/// assert_eq!(Factor::from([-0.1, 0.3]), Factor::Between([-0.1, 0.3]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Factor {
    /// Up to this number.
    Number(f64),
    /// Between these, of which both may be the same.
    Between([f64; 2]),
}

impl From<f64> for Factor {
    fn from(number: f64) -> Factor {
        Factor::Number(number)
    }
}

impl From<[f64; 2]> for Factor {
    fn from(range: [f64; 2]) -> Factor {
        Factor::Between(range)
    }
}

impl Factor {
    /// The ends of the range within `[low, high]`: a number reaches from its negative, or from `low`
    /// where that is above it.
    pub(super) fn within(self, name: &str, low: f64, high: f64) -> Result<[f64; 2], String> {
        let range = match self {
            Factor::Number(number) => [(-number.abs()).max(low), number.abs()],
            Factor::Between([a, b]) => [a.min(b), a.max(b)],
        };
        match self.ends().iter().all(|end| (low..=high).contains(end)) {
            true => Ok(range),
            false => {
                let got = self.text();
                Err(format!("expects {name}, a number or a pair of them, from {low} to {high}, got {got}"))
            }
        }
    }

    fn ends(self) -> Vec<f64> {
        match self {
            Factor::Number(number) => vec![number],
            Factor::Between(range) => range.to_vec(),
        }
    }

    fn text(self) -> String {
        match self {
            Factor::Number(number) => number.to_string(),
            Factor::Between([a, b]) => format!("[{a}, {b}]"),
        }
    }
}

/// Uniform random numbers in a range, in the layer's precise dtype.
pub(super) fn drawn(
    scope: &mut Scope,
    [low, high]: [f64; 2],
    shape: impl Into<Shape>,
    seed: Option<i64>,
) -> Tensor {
    let dtype = scope.precise_dtype();
    let shape = shape.into();
    match low == high {
        true => scope.builder().full(shape, low, dtype),
        false => scope.uniform(shape, seed).cast(dtype) * (high - low) + low,
    }
}

/// For each of `n` images whether to change it, with a probability that is drawn from a range for each:
/// bools `[n, 1, 1, 1]`.
pub(super) fn chosen(scope: &mut Scope, range: [f64; 2], n: usize, seed: Option<i64>) -> Tensor {
    let probability = drawn(scope, range, [n, 1, 1, 1], seed);
    drawn(scope, [0.0, 1.0], [n, 1, 1, 1], seed).less(probability)
}

/// For configs: the factor 1.
pub(super) fn whole() -> Factor {
    Factor::Number(1.0)
}

/// For configs: the factor 0.
pub(super) fn nothing() -> Factor {
    Factor::Number(0.0)
}

/// 1 or -1, each as probable.
pub(super) fn signs(scope: &mut Scope, shape: impl Into<Shape>, seed: Option<i64>) -> Tensor {
    let half = drawn(scope, [0.0, 1.0], shape, seed).greater(0.5);
    half.select(&half.cast(scope.precise_dtype()).full_like(-1.0), 1.0)
}
