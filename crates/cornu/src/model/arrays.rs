//! What models take as data.

use cornu_graph::{Array, Element};
use std::borrow::Cow;

/// One array or several, one for each input or output of a model.
///
/// [`Array`]s are borrowed; `ndarray`s are copied.
pub trait Arrays<'a> {
    /// The arrays, in order.
    fn arrays(self) -> Vec<Cow<'a, Array>>;
}

impl<'a> Arrays<'a> for &'a Array {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        vec![Cow::Borrowed(self)]
    }
}

impl<'a> Arrays<'a> for Array {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        vec![Cow::Owned(self)]
    }
}

impl<'a, const N: usize> Arrays<'a> for [&'a Array; N] {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        self.into_iter().map(Cow::Borrowed).collect()
    }
}

impl<'a> Arrays<'a> for &'a [Array] {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        self.iter().map(Cow::Borrowed).collect()
    }
}

impl<'a> Arrays<'a> for &'a Vec<Array> {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        self.iter().map(Cow::Borrowed).collect()
    }
}

impl<'a, T: Element, S: ndarray::Data<Elem = T>, D: ndarray::Dimension> Arrays<'a>
    for &ndarray::ArrayBase<S, D>
{
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        vec![Cow::Owned(Array::from(self))]
    }
}
