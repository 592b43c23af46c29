//! The layer that cuts out the middle of images.

use super::images::each;
use super::resizing::middle_shaped;
use super::{DataFormat, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// The middle `height` rows and `width` columns of images: `[batch, rows, columns, channels] -> [batch,
/// height, width, channels]`, or as `data_format` says. Of images that are smaller, the middle in the shape
/// of the result is brought to its size. Agrees with Keras's `CenterCrop`.
///
/// ```
/// use cornu::layers::CenterCrop;
/// assert_eq!(CenterCrop::new(2, 3).width, 3);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CenterCrop {
    /// The number of rows.
    pub height: usize,
    /// The number of columns.
    pub width: usize,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

impl CenterCrop {
    /// A layer that gives images of so many rows and columns.
    pub fn new(height: usize, width: usize) -> CenterCrop {
        CenterCrop { height, width, data_format: DataFormat::ChannelsLast }
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> CenterCrop {
        self.data_format = format;
        self
    }
}

/// The largest part in the shape of `height` and `width` from the middle of images, in that size.
pub(super) fn middle_resized(x: &Tensor, height: usize, width: usize) -> Tensor {
    resized(&middle_shaped(x, height, width), height, width)
}

/// Images in that size.
pub(super) fn resized(x: &Tensor, height: usize, width: usize) -> Tensor {
    let x = Interpolation::Bilinear.resized(x, 1, height, false);
    Interpolation::Bilinear.resized(&x, 2, width, false)
}

/// What is wrong with a size.
pub(super) fn no_size(height: usize, width: usize) -> Result<(), String> {
    match height > 0 && width > 0 {
        true => Ok(()),
        false => Err(format!("expects a height and width of at least 1, got {height}, {width}")),
    }
}

impl Named for CenterCrop {
    const NAME: &'static str = "CenterCrop";
    const SUMMARY: &'static str = "cuts out the middle of images";
}

impl Layer for CenterCrop {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        each(scope, inputs, self.data_format, |_, x| {
            let (height, width) = (self.height, self.width);
            no_size(height, width)?;
            if x.extent(1) < height || x.extent(2) < width {
                return Ok(middle_resized(x, height, width));
            }
            let (top, left) = ((x.extent(1) - height) / 2, (x.extent(2) - width) / 2);
            Ok(x.slice_axis(1, top, top + height).slice_axis(2, left, left + width))
        })
    }
}

impl Sampled for CenterCrop {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(CenterCrop::new(3, 2), [&[2, 6, 5, 2]]),
            LayerSample::new(CenterCrop::new(8, 3), [&[2, 6, 5, 2]]),
        ]
    }
}
