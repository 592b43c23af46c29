//! One extent for each spatial axis, in a layer's config.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::ops::Deref;

/// One extent for each of `N` spatial axes: a kernel's size, its strides. One number stands for all.
///
/// ```
/// use cornu::layers::PerAxis;
/// assert_eq!(PerAxis::<2>::from(3), PerAxis([3, 3]));
/// assert_eq!(PerAxis::from([3, 5])[1], 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PerAxis<const N: usize>(pub [usize; N]);

impl<const N: usize> PerAxis<N> {
    /// What is wrong with a field of that name that has to be at least 1 along each axis.
    pub(super) fn misfit(&self, name: &str) -> Option<String> {
        self.contains(&0).then(|| format!("expects {name} of at least 1, got {:?}", self.0))
    }
}

impl<const N: usize> Deref for PerAxis<N> {
    type Target = [usize; N];
    fn deref(&self) -> &[usize; N] {
        &self.0
    }
}

impl<const N: usize> From<usize> for PerAxis<N> {
    fn from(extent: usize) -> PerAxis<N> {
        PerAxis([extent; N])
    }
}

impl<const N: usize> From<[usize; N]> for PerAxis<N> {
    fn from(extents: [usize; N]) -> PerAxis<N> {
        PerAxis(extents)
    }
}

impl<const N: usize> Serialize for PerAxis<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for PerAxis<N> {
    /// From a list, or from one number for all.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PerAxis<N>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let extents = match &value {
            Value::Array(extents) => extents.iter().map(whole).collect::<Option<Vec<usize>>>(),
            one => whole(one).map(|extent| vec![extent; N]),
        };
        let extents = extents.and_then(|extents| extents.try_into().ok());
        extents.map(PerAxis).ok_or_else(|| {
            D::Error::custom(format!("expects a whole number or a list of {N} of them, got {value}"))
        })
    }
}

/// A number that is whole and not negative.
pub(super) fn whole(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|extent| extent.try_into().ok())
}
