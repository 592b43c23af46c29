//! Data that Python hands in: arrays, alone, in order or by name.

use crate::arrays::{Keep, to_array};
use cornu::{Array, Arrays};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::borrow::Cow;

/// Data with the names that it came under.
pub struct Given {
    pub arrays: Vec<Array>,
    pub names: Option<Vec<String>>,
}

impl Arrays<'static> for Given {
    fn arrays(self) -> Vec<Cow<'static, Array>> {
        self.arrays.into_iter().map(Cow::Owned).collect()
    }
    fn names(&self) -> Option<Vec<String>> {
        self.names.clone()
    }
}

/// Data from Python: one array, several in a list, or several by name.
pub fn given(object: &Bound<'_, PyAny>, keep: Keep) -> PyResult<Given> {
    if let Ok(dict) = object.cast::<PyDict>() {
        let mut found = Given { arrays: Vec::new(), names: Some(Vec::new()) };
        for (name, value) in dict.iter() {
            found.arrays.push(to_array(&value, keep)?);
            if let Some(names) = &mut found.names {
                names.push(name.extract()?);
            }
        }
        return Ok(found);
    }
    let arrays = match object.cast::<PyList>() {
        Ok(list) => list.iter().map(|item| to_array(&item, keep)).collect::<PyResult<_>>()?,
        Err(_) if object.is_none() => Vec::new(),
        Err(_) => vec![to_array(object, keep)?],
    };
    Ok(Given { arrays, names: None })
}

/// Arrays in order.
pub fn arrays_of(list: &[Bound<'_, PyAny>]) -> PyResult<Vec<Array>> {
    list.iter().map(|item| to_array(item, Keep::Borrowed)).collect()
}
