//! What models take as data.

use crate::error::{Error, Result};
use cornu_graph::{Array, Element};
use std::borrow::Cow;
use std::collections::HashMap;

/// One array or several, one for each input or output of a model.
///
/// [`Array`]s are borrowed; `ndarray`s are copied.
pub trait Arrays<'a> {
    /// The arrays, in order.
    fn arrays(self) -> Vec<Cow<'a, Array>>;

    /// The names they come under, where they come by name.
    fn names(&self) -> Option<Vec<String>> {
        None
    }
}

/// The arrays in the order of `keys`, where they come by name.
///
/// # Errors
/// If an array is missing, or there is one that no key asks for.
pub(crate) fn in_order<'a>(
    arrays: impl Arrays<'a>,
    keys: impl FnOnce() -> Vec<String>,
    what: &str,
) -> Result<Vec<Cow<'a, Array>>> {
    let Some(names) = arrays.names() else { return Ok(arrays.arrays()) };
    let keys = keys();
    let help = || format!("the model takes {what} named {}", keys.join(", "));
    if let Some(stray) = names.iter().find(|name| !keys.contains(name)) {
        return Err(Error::argument(format!("there are no {what} `{stray}`")).help(help()));
    }
    let mut given: Vec<Option<Cow<Array>>> = arrays.arrays().into_iter().map(Some).collect();
    (keys.iter())
        .map(|key| {
            let at = names.iter().position(|name| name == key);
            let array = at.and_then(|at| given[at].take());
            array.ok_or_else(|| Error::argument(format!("the {what} `{key}` are missing")).help(help()))
        })
        .collect()
}

/// Arrays by name: of a model's inputs, outputs, or their keys.
impl<'a, const N: usize> Arrays<'a> for [(&str, &'a Array); N] {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        self.into_iter().map(|(_, array)| Cow::Borrowed(array)).collect()
    }

    fn names(&self) -> Option<Vec<String>> {
        Some(self.iter().map(|(name, _)| name.to_string()).collect())
    }
}

impl<'a> Arrays<'a> for &'a HashMap<String, Array> {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        self.values().map(Cow::Borrowed).collect()
    }

    fn names(&self) -> Option<Vec<String>> {
        Some(self.keys().cloned().collect())
    }
}

/// No arrays: a training step of one's own may need no targets.
impl<'a> Arrays<'a> for () {
    fn arrays(self) -> Vec<Cow<'a, Array>> {
        Vec::new()
    }
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
