//! A column of data that is not numbers yet.

/// A value for each sample, strings or whole numbers: what layers take that work on data before a
/// model.
///
/// ```
/// use cornu::layers::Feature;
/// assert_eq!(Feature::from(["a", "b"]).len(), 2);
/// assert_eq!(Feature::from([7]).texts(), ["7"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Texts.
    Strings(Vec<String>),
    /// Whole numbers.
    Integers(Vec<i64>),
}

impl Feature {
    /// The number of samples.
    pub fn len(&self) -> usize {
        match self {
            Feature::Strings(values) => values.len(),
            Feature::Integers(values) => values.len(),
        }
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as texts: numbers in decimal digits.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Feature::Strings(values) => values.clone(),
            Feature::Integers(values) => values.iter().map(i64::to_string).collect(),
        }
    }
}

impl<const N: usize> From<[&str; N]> for Feature {
    fn from(values: [&str; N]) -> Feature {
        values[..].into()
    }
}

impl From<&[&str]> for Feature {
    fn from(values: &[&str]) -> Feature {
        Feature::Strings(values.iter().map(|text| text.to_string()).collect())
    }
}

impl From<Vec<String>> for Feature {
    fn from(values: Vec<String>) -> Feature {
        Feature::Strings(values)
    }
}

impl<const N: usize> From<[i64; N]> for Feature {
    fn from(values: [i64; N]) -> Feature {
        Feature::Integers(values.into())
    }
}

impl From<Vec<i64>> for Feature {
    fn from(values: Vec<i64>) -> Feature {
        Feature::Integers(values)
    }
}
