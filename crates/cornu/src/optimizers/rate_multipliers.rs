//! Factors on the learning rate for parts of a model.

/// Factors on the learning rate for parts of a model, by the path of a weight or of what it lies in:
/// `encoder`, `encoder/dense_1`, `dense/kernel`. Of several that hold for a weight the longest counts;
/// a weight that none holds for has the factor 1. They also act on weight decay, which goes by the
/// learning rate.
///
/// ```
/// use cornu::optimizers::RateMultipliers;
/// let multipliers = RateMultipliers::default().with("encoder", 0.1).with("encoder/head", 2.0);
/// assert_eq!(multipliers.of("encoder/dense/kernel"), 0.1);
/// assert_eq!(multipliers.of("encoder/head/bias"), 2.0);
/// assert_eq!(multipliers.of("encoder_2/kernel"), 1.0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateMultipliers(Vec<(String, f64)>);

impl RateMultipliers {
    /// The same with a factor for all weights in or at `path`.
    pub fn with(mut self, path: impl Into<String>, factor: f64) -> RateMultipliers {
        self.0.push((path.into(), factor));
        self
    }

    /// The factor for the weight at `path`.
    pub fn of(&self, path: &str) -> f64 {
        let holding = self.0.iter().filter(|(part, _)| holds(part, path));
        holding.max_by_key(|(part, _)| part.len()).map_or(1.0, |(_, factor)| *factor)
    }

    /// What is wrong with the factors for a model whose weights have these paths, if anything is.
    pub(crate) fn mistake<'a>(&self, weights: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
        for (part, factor) in &self.0 {
            if !factor.is_finite() || *factor < 0.0 {
                return Some(format!(
                    "the learning rate multiplier of {part} is {factor}, which is below 0 or not finite"
                ));
            }
            if !weights.clone().any(|path| holds(part, path)) {
                return Some(format!("there is a learning rate multiplier for {part}, and no weight there"));
            }
        }
        None
    }
}

/// Whether `path` is `part` or lies in it.
fn holds(part: &str, path: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
