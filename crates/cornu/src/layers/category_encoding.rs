//! The layer that turns categories into vectors.

use super::categories::{OutputMode, encoded};
use super::inputs::one;
use super::{Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// Categories, whole numbers from 0 up to `num_tokens`, as vectors with a place for each: with ones
/// for those that are there, or counts (see [`OutputMode`]). `[batch, n] -> [batch, num_tokens]`,
/// for `one_hot` `[.., 1] -> [.., num_tokens]` or `[.., n] -> [.., n, num_tokens]`.
///
/// Numbers outside count for nothing. It may be called with `count_weights` of the inputs' shape, for
/// counts. Agrees with Keras's `CategoryEncoding`.
///
/// ```
/// use cornu::layers::{CategoryEncoding, OutputMode};
/// let layer = CategoryEncoding::new(4).output_mode(OutputMode::Count);
/// assert_eq!(layer.num_tokens, 4);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEncoding {
    /// How many categories there are.
    pub num_tokens: usize,
    /// The form of the vectors; `multi_hot` by default.
    #[serde(default = "multi_hot")]
    pub output_mode: OutputMode,
}

fn multi_hot() -> OutputMode {
    OutputMode::MultiHot
}

impl CategoryEncoding {
    /// A layer for so many categories.
    pub fn new(num_tokens: usize) -> CategoryEncoding {
        CategoryEncoding { num_tokens, output_mode: OutputMode::MultiHot }
    }

    /// The same with vectors of this form.
    pub fn output_mode(mut self, mode: OutputMode) -> CategoryEncoding {
        self.output_mode = mode;
        self
    }
}

impl Named for CategoryEncoding {
    const NAME: &'static str = "CategoryEncoding";
    const SUMMARY: &'static str = "turns categories into vectors of ones or counts";
}

impl Layer for CategoryEncoding {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            use OutputMode::{Count, MultiHot, OneHot};
            if self.num_tokens == 0 {
                return scope.fail("expects num_tokens of at least 1, got 0");
            }
            if let Err(message) = self.output_mode.among(&[MultiHot, OneHot, Count]) {
                return scope.fail(message);
            }
            let dtype = scope.compute_dtype();
            let weights = scope.named("count_weights").first().map(|weights| weights.cast(dtype));
            match &weights {
                Some(_) if self.output_mode != Count => {
                    return scope.fail("is given count_weights, which only output_mode count has a use for");
                }
                Some(weights) if weights.shape() != x.shape() => {
                    let (shape, got) = (x.shape(), weights.shape());
                    return scope
                        .fail(format!("expects count_weights of the inputs' shape {shape}, got {got}"));
                }
                _ => {}
            }
            encoded(&x.cast(DType::I64), self.output_mode, self.num_tokens, dtype, weights.as_ref())
                .unwrap_or_else(|message| scope.fail(message))
        })
    }

    fn call_arguments(&self) -> &'static [&'static str] {
        &["count_weights"]
    }

    fn casts_inputs(&self) -> bool {
        false
    }
}

impl Sampled for CategoryEncoding {
    fn samples() -> Vec<LayerSample> {
        let of = |mode: OutputMode, shape: &[usize]| {
            LayerSample::new(CategoryEncoding::new(5).output_mode(mode), [shape]).integers(6)
        };
        vec![
            of(OutputMode::MultiHot, &[3, 4]),
            of(OutputMode::OneHot, &[3, 1]),
            of(OutputMode::OneHot, &[3, 4]),
            of(OutputMode::Count, &[3, 4]),
        ]
    }
}
