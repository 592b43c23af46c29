//! Axes as Keras's configs give them.

use serde::{Deserialize, Serialize};

/// One axis or several, where -1 is the last: in configs a number or a list.
///
/// ```
/// use cornu::constraints::Axes;
/// assert_eq!(Axes::from([0, 1]).as_slice(), [0, 1]);
/// assert_eq!(Axes::from(0).as_slice(), [0]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Axes {
    /// A number.
    One(isize),
    /// A list.
    Many(Vec<isize>),
}

impl Axes {
    /// The axes.
    pub fn as_slice(&self) -> &[isize] {
        match self {
            Axes::One(axis) => std::slice::from_ref(axis),
            Axes::Many(axes) => axes,
        }
    }
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Axes {
        Axes::One(axis)
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Axes {
        Axes::Many(axes.to_vec())
    }
}

impl From<Vec<isize>> for Axes {
    fn from(axes: Vec<isize>) -> Axes {
        Axes::Many(axes)
    }
}
