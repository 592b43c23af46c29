//! The layer that numbers strings by a vocabulary.

use super::on_host::refused;
use super::{Layer, LayerSample, Lookup, Sampled};
use crate::error::{Error, Result};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Array, Tensor};

/// The number of each string in a vocabulary, itself or as vectors (see
/// [`OutputMode`](super::OutputMode)); with `invert` the string of each number.
///
/// The vocabulary is given, or learned by [`adapt`](StringLookup::adapt). In front of it stand, for
/// `output_mode` `int`, the mask's number 0 if there is a `mask_token`, and `num_oov_indices` numbers
/// for unknown strings, which share them by their hashes. Strings are numbered before a model, by
/// [`apply`](StringLookup::apply); in a model it fails. Agrees with Keras's `StringLookup`.
///
/// ```
/// use cornu::layers::StringLookup;
/// let layer = StringLookup::new().vocabulary(["a", "b", "c"]);
/// assert_eq!(layer.apply(&["c", "a", "z"])?.to_f64(), [3.0, 1.0, 0.0]);
/// let back = layer.invert(true);
/// assert_eq!(back.tokens_at(&cornu::Array::from_vec(vec![3, 0]))?, ["c", "[UNK]"]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub type StringLookup = Lookup<String>;

fn error(message: String) -> Error {
    Error::argument(format!("StringLookup {message}"))
}

impl StringLookup {
    /// Learns the vocabulary from strings, the most frequent first; each is a document of its own.
    ///
    /// # Errors
    /// If there are none.
    pub fn adapt(&mut self, strings: &[impl AsRef<str>]) -> Result<()> {
        self.learn(&strings.iter().map(|text| vec![text.as_ref()]).collect::<Vec<_>>())
    }

    /// Learns the vocabulary from samples of several strings each; each sample is a document.
    ///
    /// # Errors
    /// If there are none.
    pub fn adapt_rows(&mut self, samples: &[Vec<impl AsRef<str>>]) -> Result<()> {
        let samples = samples.iter().map(|sample| sample.iter().map(AsRef::as_ref).collect());
        self.learn(&samples.collect::<Vec<Vec<&str>>>())
    }

    /// Samples of one string each: numbers `[n]`, or vectors `[n, depth]`.
    ///
    /// # Errors
    /// If there is no vocabulary, or an unknown string where none may be.
    pub fn apply(&self, strings: &[impl AsRef<str>]) -> Result<Array> {
        let array = self.applied(strings.iter().map(|text| vec![text.as_ref()])).map_err(error)?;
        match self.output_mode {
            super::OutputMode::Int => array.reshape([strings.len()]).map_err(error),
            _ => Ok(array),
        }
    }

    /// Samples of several strings each: numbers `[n, length]`, vectors for each string
    /// `[n, length, depth]` or for each sample `[n, depth]`.
    ///
    /// # Errors
    /// As [`apply`](StringLookup::apply), and if samples differ in length where numbers or vectors for
    /// each string are asked for.
    pub fn apply_rows(&self, samples: &[Vec<impl AsRef<str>>]) -> Result<Array> {
        let samples = samples.iter().map(|sample| sample.iter().map(AsRef::as_ref).collect());
        self.applied(samples).map_err(error)
    }
}

impl Named for StringLookup {
    const NAME: &'static str = "StringLookup";
    const SUMMARY: &'static str = "numbers strings by a vocabulary";
}

impl Layer for StringLookup {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        match self.invert {
            true => refused(scope, "texts", "tokens_at"),
            false => refused(scope, "texts", "apply"),
        }
    }
}

impl Sampled for StringLookup {
    fn samples() -> Vec<LayerSample> {
        Vec::new()
    }
}
