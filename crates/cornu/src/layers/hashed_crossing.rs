//! The layer that sorts combinations of values into bins by their hashes.

use super::categories::{OutputMode, encode};
use super::fingerprint::{farmhash, joined};
use super::on_host::{dense, refused};
use super::{Feature, Kept, Layer, LayerSample, Sampled, Takes};
use crate::error::{Error, Result};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Array, Tensor};
use serde::{Deserialize, Serialize};

/// A bin for each combination of the values of several features, by its hash.
///
/// Hashes are taken before a model, by [`apply`](HashedCrossing::apply); in a model it fails. Agrees
/// with Keras's `HashedCrossing`.
///
/// ```
/// use cornu::layers::HashedCrossing;
/// let layer = HashedCrossing::new(5);
/// let bins = layer.apply(&[["A", "B", "A", "B", "A"].into(), [101, 101, 101, 102, 102].into()])?;
/// assert_eq!(bins.to_f64(), [1.0, 4.0, 1.0, 1.0, 3.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashedCrossing {
    /// The number of bins.
    pub num_bins: usize,
    /// How to give out the bins' numbers, `int` or `one_hot`; as they are by default.
    #[serde(default)]
    pub output_mode: OutputMode,
    /// Always false.
    #[serde(default)]
    pub sparse: bool,
}

/// What every hash begins with.
const START: u64 = 0x00DE_CAFC_AFFE;

impl HashedCrossing {
    /// A layer with so many bins.
    pub fn new(num_bins: usize) -> HashedCrossing {
        HashedCrossing { num_bins, output_mode: OutputMode::Int, sparse: false }
    }

    /// The same, giving out the bins' numbers in this form.
    pub fn output_mode(mut self, mode: OutputMode) -> HashedCrossing {
        self.output_mode = mode;
        self
    }

    /// The bins of the samples of two or more features: `[n]` as numbers, `[n, num_bins]` as vectors.
    ///
    /// # Errors
    /// If there are fewer features, they have different numbers of samples, or there are no bins.
    pub fn apply(&self, features: &[Feature]) -> Result<Array> {
        let bins =
            self.bins(features).map_err(|message| Error::argument(format!("HashedCrossing {message}")))?;
        match self.output_mode {
            OutputMode::Int => Ok(Array::from_vec(bins)),
            mode => {
                let samples: Vec<Vec<i64>> = bins.into_iter().map(|bin| vec![bin]).collect();
                encode(&samples, mode, self.num_bins, None).map_err(Error::argument)
            }
        }
    }

    fn bins(&self, features: &[Feature]) -> Result<Vec<i64>, String> {
        self.output_mode.among(&[OutputMode::Int, OutputMode::OneHot])?;
        dense("sparse", self.sparse)?;
        if self.num_bins == 0 {
            return Err("expects num_bins of at least 1, got 0".into());
        }
        if features.len() < 2 {
            return Err(format!("expects at least two features, got {}", features.len()));
        }
        let n = features[0].len();
        if let Some(other) = features.iter().find(|feature| feature.len() != n) {
            return Err(format!("expects features of as many samples, got {n} and {}", other.len()));
        }
        let mut hashes = vec![START; n];
        for feature in features {
            let values: Vec<u64> = match feature {
                Feature::Strings(texts) => texts.iter().map(|text| farmhash(text.as_bytes())).collect(),
                Feature::Integers(values) => values.iter().map(|&value| value as u64).collect(),
            };
            hashes.iter_mut().zip(values).for_each(|(hash, value)| *hash = joined(*hash, value));
        }
        Ok(hashes.into_iter().map(|hash| (hash % self.num_bins as u64) as i64).collect())
    }
}

impl Named for HashedCrossing {
    const NAME: &'static str = "HashedCrossing";
    const SUMMARY: &'static str = "sorts combinations of values into bins by their hashes";
}

impl Layer for HashedCrossing {
    fn call(&self, scope: &mut Scope, _: &[Tensor]) -> Vec<Tensor> {
        refused(scope, "texts and their hashes", "apply")
    }

    fn takes(&self) -> Takes {
        Takes::List
    }

    fn kept(&self) -> Kept {
        Kept::Brief
    }
}

impl Sampled for HashedCrossing {
    fn samples() -> Vec<LayerSample> {
        Vec::new()
    }
}
