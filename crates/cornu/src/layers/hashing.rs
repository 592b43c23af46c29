//! The layer that sorts values into bins by their hashes.

use super::categories::{OutputMode, encode};
use super::fingerprint::bucket;
use super::on_host::{dense, refused};
use super::{Feature, Layer, LayerSample, Sampled};
use crate::error::{Error, Result};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Array, Tensor};
use serde::{Deserialize, Deserializer, Serialize};

/// A bin for each value by its hash: the same for the same value, without a vocabulary. Whole numbers
/// are hashed as their decimal digits; with a `salt` the hash is SipHash, else FarmHash.
///
/// Hashes are taken before a model, by [`apply`](Hashing::apply); in a model it fails. Agrees with
/// Keras's `Hashing`.
///
/// ```
/// use cornu::layers::Hashing;
/// let bins = Hashing::new(3).apply(["A", "B", "C", "D", "E"])?;
/// assert_eq!(bins.to_f64(), [1.0, 0.0, 1.0, 1.0, 2.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashing {
    /// The number of bins, that of the mask included.
    pub num_bins: usize,
    /// What makes the hash another: a number, or two; none by default.
    #[serde(default, deserialize_with = "salt")]
    pub salt: Option<[u64; 2]>,
    /// The value that bin 0 is for; none by default.
    #[serde(default)]
    pub mask_value: Option<MaskValue>,
    /// How to give out the bins' numbers; as they are by default.
    #[serde(default)]
    pub output_mode: OutputMode,
    /// Always false.
    #[serde(default)]
    pub sparse: bool,
}

/// The value that stands for none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MaskValue {
    /// Among whole numbers.
    Integer(i64),
    /// Among texts.
    String(String),
}

impl From<i64> for MaskValue {
    fn from(value: i64) -> MaskValue {
        MaskValue::Integer(value)
    }
}

impl From<&str> for MaskValue {
    fn from(value: &str) -> MaskValue {
        MaskValue::String(value.into())
    }
}

/// Reads one number, which stands for two of it, or two.
pub(super) fn salt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u64; 2]>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Salt {
        One(u64),
        Two([u64; 2]),
    }
    Ok(Option::<Salt>::deserialize(deserializer)?.map(|salt| match salt {
        Salt::One(salt) => [salt, salt],
        Salt::Two(salt) => salt,
    }))
}

impl Hashing {
    /// A layer with so many bins.
    pub fn new(num_bins: usize) -> Hashing {
        let output_mode = OutputMode::Int;
        Hashing { num_bins, salt: None, mask_value: None, output_mode, sparse: false }
    }

    /// The same with this value alone in bin 0.
    pub fn mask_value(mut self, value: impl Into<MaskValue>) -> Hashing {
        self.mask_value = Some(value.into());
        self
    }

    /// The same with SipHash and this key.
    pub fn salt(mut self, salt: [u64; 2]) -> Hashing {
        self.salt = Some(salt);
        self
    }

    /// The same, giving out the bins' numbers in this form.
    pub fn output_mode(mut self, mode: OutputMode) -> Hashing {
        self.output_mode = mode;
        self
    }

    /// The bins of some values: `[n]` as numbers, `[n, num_bins]` as vectors.
    ///
    /// # Errors
    /// If there are no bins, or the layer is not one of those that Keras makes.
    pub fn apply(&self, values: impl Into<Feature>) -> Result<Array> {
        let values = values.into();
        let bins = self.bins(&values).map_err(|message| Error::argument(format!("Hashing {message}")))?;
        match self.output_mode {
            OutputMode::Int => Ok(Array::from_vec(bins)),
            mode => {
                let samples: Vec<Vec<i64>> = bins.into_iter().map(|bin| vec![bin]).collect();
                encode(&samples, mode, self.num_bins, None).map_err(Error::argument)
            }
        }
    }

    fn bins(&self, values: &Feature) -> Result<Vec<i64>, String> {
        use OutputMode::{Count, Int, MultiHot, OneHot};
        self.output_mode.among(&[Int, OneHot, MultiHot, Count])?;
        dense("sparse", self.sparse)?;
        if self.num_bins == 0 {
            return Err("expects num_bins of at least 1, got 0".into());
        }
        let masked = self.mask_value.as_ref().filter(|_| self.num_bins > 1);
        let shift = masked.is_some() as usize;
        let mask = match (masked, values) {
            (None, _) => None,
            (Some(MaskValue::Integer(mask)), Feature::Integers(_)) => Some(mask.to_string()),
            (Some(MaskValue::String(mask)), Feature::Strings(_)) => Some(mask.clone()),
            (Some(mask), _) => {
                return Err(format!("expects a mask_value of the values' kind, got {mask:?}"));
            }
        };
        let bin = |text: String| match Some(&text) == mask.as_ref() {
            true => 0,
            false => bucket(text.as_bytes(), self.num_bins - shift, self.salt) + shift as i64,
        };
        Ok(values.texts().into_iter().map(bin).collect())
    }
}

impl Named for Hashing {
    const NAME: &'static str = "Hashing";
    const SUMMARY: &'static str = "sorts values into bins by their hashes";
}

impl Layer for Hashing {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        refused(scope, "texts and their hashes", "apply")
    }
}

impl Sampled for Hashing {
    fn samples() -> Vec<LayerSample> {
        Vec::new()
    }
}
