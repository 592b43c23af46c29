//! The layer that numbers whole numbers by a vocabulary.

use super::inputs::one;
use super::{Layer, LayerSample, Lookup, OutputMode, Sampled};
use crate::error::{Error, Result};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Array, Tensor};

/// The place of each whole number in a vocabulary, itself or as vectors (see [`OutputMode`]); with
/// `invert` the number at each place.
///
/// The vocabulary is given, or learned by [`adapt`](IntegerLookup::adapt). In front of it stand, for
/// `output_mode` `int`, the mask's place 0 if there is a `mask_token`, and `num_oov_indices` places
/// for unknown numbers, which share them by remainder, or by hash where `oov_method` says so.
/// `[..] -> [..]`, or vectors. Numbers up to 2^53 are told apart in models.
///
/// Fails if there is no vocabulary, or if it would have to hash in a model: then
/// [`apply`](IntegerLookup::apply) does the work before. Files keep the vocabulary and its weights in the
/// config, and the weights where Keras seeks them as well. In a model, places of unknown numbers are -1
/// where `num_oov_indices` is 0, which Keras and `apply` refuse. Agrees with Keras's `IntegerLookup`.
///
/// ```
/// use cornu::Array;
/// use cornu::layers::IntegerLookup;
/// let mut layer = IntegerLookup::new();
/// layer.adapt(&Array::from_vec(vec![7, 7, 9, 7, 9, 5]))?;
/// assert_eq!(layer.tokens()?, [-1, 7, 9, 5]);
/// assert_eq!(layer.apply(&Array::from_vec(vec![5, 6, 7]))?.to_f64(), [3.0, 0.0, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub type IntegerLookup = Lookup<i64>;

fn error(message: String) -> Error {
    Error::argument(format!("IntegerLookup {message}"))
}

/// The rows of an array of whole numbers: `[n]` has rows of one.
fn rows(data: &Array) -> Result<Vec<Vec<i64>>, Error> {
    if data.dtype().is_float() {
        return Err(error(format!("expects whole numbers, got {}", data.dtype())));
    }
    let width = match data.shape()[..] {
        [_] => 1,
        [_, width] => width,
        _ => return Err(error(format!("expects shape [n] or [n, length], got {}", data.shape()))),
    };
    let values: Vec<i64> = data.to_f64().into_iter().map(|value| value as i64).collect();
    Ok(values.chunks(width.max(1)).map(<[i64]>::to_vec).collect())
}

impl IntegerLookup {
    /// Learns the vocabulary from numbers, `[n]` or `[n, length]`, the most frequent first; each row is
    /// a document.
    ///
    /// # Errors
    /// If there are none, or they are not whole.
    pub fn adapt(&mut self, data: &Array) -> Result<()> {
        let rows = rows(data)?;
        self.learn(&rows.iter().map(|row| row.iter().collect()).collect::<Vec<Vec<&i64>>>())
    }

    /// What the layer gives for `[n]` or `[n, length]` numbers, before a model.
    ///
    /// # Errors
    /// If there is no vocabulary, or an unknown number where none may be.
    pub fn apply(&self, data: &Array) -> Result<Array> {
        let rows = rows(data)?;
        let array = self.applied(rows.iter().map(|row| row.iter().collect())).map_err(error)?;
        match self.output_mode {
            OutputMode::Int => array.reshape(data.shape()).map_err(error),
            _ => Ok(array),
        }
    }
}

impl Named for IntegerLookup {
    const NAME: &'static str = "IntegerLookup";
    const SUMMARY: &'static str = "numbers whole numbers by a vocabulary";
}

impl Layer for IntegerLookup {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| self.in_graph(scope, x).unwrap_or_else(|message| scope.fail(message)))
    }

    fn casts_inputs(&self) -> bool {
        false
    }
}

impl Sampled for IntegerLookup {
    fn samples() -> Vec<LayerSample> {
        let layer = IntegerLookup::new().vocabulary([4, 1, 3]);
        let masked = layer.clone().mask_token(2).num_oov_indices(2);
        let weighted = layer.clone().idf_weights([0.5, 1.5, 1.0]).output_mode(OutputMode::TfIdf);
        let of = |layer: &IntegerLookup| LayerSample::new(layer.clone(), [&[3, 4]]).integers(6);
        vec![
            of(&layer),
            of(&masked),
            of(&layer.clone().invert(true)),
            of(&masked.clone().output_mode(OutputMode::OneHot)),
            of(&masked.output_mode(OutputMode::MultiHot)),
            of(&layer.output_mode(OutputMode::Count)),
            of(&weighted),
        ]
    }
}
