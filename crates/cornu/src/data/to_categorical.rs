//! Class numbers to one-hot rows.

use super::labels::class_numbers;
use crate::error::{Error, Result};
use cornu_graph::Array;

/// Class numbers as one-hot rows: `f32` of shape `[n, classes]`, 1 in the column of the row's class
/// and 0 elsewhere; `keras.utils.to_categorical`.
///
/// `labels` has shape `[n]` or `[n, 1]` and any dtype. Without `num_classes` there are as many classes
/// as the largest label asks for.
///
/// # Errors
/// If a label is negative, not whole, or not below `num_classes`.
///
/// ```
/// use cornu::{Array, data::to_categorical};
/// let y = to_categorical(&Array::from_vec(vec![0i32, 2]), Some(3)).unwrap();
/// assert_eq!(y.as_slice::<f32>().unwrap(), [1., 0., 0., 0., 0., 1.]);
/// ```
#[track_caller]
pub fn to_categorical(labels: &Array, num_classes: Option<usize>) -> Result<Array> {
    let classes = class_numbers(labels, "labels")?;
    let needed = classes.iter().max().map_or(0, |&class| class + 1);
    let width = num_classes.unwrap_or(needed);
    if let Some(row) = classes.iter().position(|&class| class >= width) {
        let message = format!("labels: row {row} is {}, expected a class number below {width}", classes[row]);
        return Err(Error::argument(message).help(format!("there are {needed} classes or more")));
    }
    // A stray label, an identity number say, must not ask for all the memory there is.
    let size = classes.len().checked_mul(width).filter(|&size| size <= 1 << 31).ok_or_else(|| {
        let message = format!("{} labels of {width} classes make too large an array", classes.len());
        Error::argument(message).help("keep the class numbers, with a sparse loss")
    })?;
    let mut values = vec![0f32; size];
    for (row, &class) in classes.iter().enumerate() {
        values[row * width + class] = 1.0;
    }
    Array::new([classes.len(), width], values).map_err(Error::argument)
}
