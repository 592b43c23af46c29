//! The layer that cuts out parts of images at random.

use super::center_crop::{middle_resized, no_size, resized};
use super::factor::drawn;
use super::images::each;
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor, concat};
use serde::{Deserialize, Serialize};

/// `height` rows and `width` columns of images from a place drawn for the whole batch while training:
/// `[batch, rows, columns, channels] -> [batch, height, width, channels]`, or as `data_format` says.
///
/// Of images that are not larger, a part about the middle is brought to that size. When it does not train,
/// the largest part in the shape of the result is taken from the middle and brought to its size, as the
/// manual of Keras's `RandomCrop` says; Keras itself then leaves images as they are, whatever their size.
///
/// ```
/// use cornu::layers::RandomCrop;
/// assert_eq!(RandomCrop::new(2, 3).seed(7).seed, Some(7));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomCrop {
    /// The number of rows.
    pub height: usize,
    /// The number of columns.
    pub width: usize,
    /// A seed of its own; none by default, which draws from the model's.
    #[serde(default, deserialize_with = "crate::initializers::seed")]
    pub seed: Option<i64>,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl RandomCrop {
    /// A layer that gives images of so many rows and columns.
    pub fn new(height: usize, width: usize) -> RandomCrop {
        RandomCrop { height, width, seed: None, data_format: DataFormat::ChannelsLast }
    }

    /// The same with a seed of its own.
    pub fn seed(mut self, seed: i64) -> RandomCrop {
        self.seed = Some(seed);
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> RandomCrop {
        self.data_format = format;
        self
    }
}

impl Named for RandomCrop {
    const NAME: &'static str = "RandomCrop";
    const SUMMARY: &'static str = "cuts out parts of images at random";
}

impl Layer for RandomCrop {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        each(scope, inputs, self.data_format, |scope, x| {
            let (height, width) = (self.height, self.width);
            no_size(height, width)?;
            let [n, rows, columns, channels] = [0, 1, 2, 3].map(|axis| x.extent(axis));
            if !scope.training() {
                return Ok(middle_resized(x, height, width));
            }
            if rows <= height || columns <= width {
                // From where the middle in the shape of the result begins.
                let top = (rows - (columns * height / width).clamp(1, rows)) / 2;
                let left = (columns - (rows * width / height).clamp(1, columns)) / 2;
                let part = x.slice_axis(1, top, rows.min(top + height));
                return Ok(resized(&part.slice_axis(2, left, columns.min(left + width)), height, width));
            }
            let mut place = |free: usize| {
                let place = drawn(scope, [0.0, (free + 1) as f64], [1], self.seed).floor();
                place.minimum(free as f64).cast(DType::I64)
            };
            let (top, left) = (place(rows - height), place(columns - width));
            let zero = scope.builder().zeros([1], DType::I64);
            Ok(x.dynamic_slice(&concat(&[&zero, &top, &left, &zero], 0), &[n, height, width, channels]))
        })
    }
}

impl Sampled for RandomCrop {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(RandomCrop::new(3, 2), [&[2, 6, 5, 2]]),
            LayerSample::new(RandomCrop::new(8, 3), [&[2, 6, 5, 2]]),
        ]
    }
}
