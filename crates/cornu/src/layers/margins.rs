//! How much lies before and after along each spatial axis, in a layer's config.

use super::per_axis::whole;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use std::ops::Deref;

/// How many elements lie before and after along each of `N` spatial axes: zeros that are added, or
/// elements that are cut off. One number stands for all; a list of `N` numbers for both ends of each
/// axis.
///
/// ```
/// use cornu::layers::Margins;
/// assert_eq!(Margins::<2>::from(3), Margins([(3, 3), (3, 3)]));
/// assert_eq!(Margins::from([1, 2]), Margins([(1, 1), (2, 2)]));
/// assert_eq!(Margins::from((1, 2)), Margins([(1, 2)]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Margins<const N: usize>(pub [(usize, usize); N]);

impl<const N: usize> Deref for Margins<N> {
    type Target = [(usize, usize); N];
    fn deref(&self) -> &[(usize, usize); N] {
        &self.0
    }
}

impl<const N: usize> From<usize> for Margins<N> {
    fn from(margin: usize) -> Margins<N> {
        Margins([(margin, margin); N])
    }
}

impl<const N: usize> From<[usize; N]> for Margins<N> {
    fn from(margins: [usize; N]) -> Margins<N> {
        Margins(margins.map(|margin| (margin, margin)))
    }
}

impl<const N: usize> From<[(usize, usize); N]> for Margins<N> {
    fn from(margins: [(usize, usize); N]) -> Margins<N> {
        Margins(margins)
    }
}

impl From<(usize, usize)> for Margins<1> {
    fn from(margins: (usize, usize)) -> Margins<1> {
        Margins([margins])
    }
}

impl<const N: usize> Serialize for Margins<N> {
    /// As a list of pairs; the pair itself where there is one axis.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            margins => json!(margins).serialize(serializer),
        }
    }
}

impl<'de, const N: usize> Deserialize<'de> for Margins<N> {
    /// From one number for all, or a number or a pair for each axis.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Margins<N>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let margins = match &value {
            Value::Array(axes) if N > 1 => axes.iter().map(pair).collect::<Option<Vec<_>>>(),
            one => pair(one).map(|margins| vec![margins; N]),
        };
        let margins = margins.and_then(|margins| margins.try_into().ok());
        margins.map(Margins).ok_or_else(|| {
            let what = if N > 1 { format!("a list of {N} numbers or pairs") } else { "a pair".into() };
            D::Error::custom(format!("expects a whole number or {what}, got {value}"))
        })
    }
}

/// A pair of numbers, or one that stands for both.
fn pair(value: &Value) -> Option<(usize, usize)> {
    match value.as_array().map(Vec::as_slice) {
        Some([low, high]) => whole(low).zip(whole(high)),
        Some(_) => None,
        None => whole(value).map(|margin| (margin, margin)),
    }
}
