//! The layer that brings images to a size.

use super::images::each;
use super::{DataFormat, Interpolation, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Images in another size: `[batch, rows, columns, channels] -> [batch, height, width, channels]`, or as
/// `data_format` says.
///
/// Each new pixel is a sum of old ones by their distance (see [`Interpolation`]), along the rows and along
/// the columns. Whole numbers stay whole. Fails if both `crop_to_aspect_ratio` and `pad_to_aspect_ratio`
/// are asked for. Agrees with Keras's `Resizing`.
///
/// ```
/// use cornu::layers::{Interpolation, Resizing};
/// let layer = Resizing::new(32, 48).interpolation(Interpolation::Bicubic);
/// assert_eq!((layer.height, layer.width), (32, 48));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resizing {
    /// The number of rows.
    pub height: usize,
    /// The number of columns.
    pub width: usize,
    /// How pixels come about; bilinear by default.
    #[serde(default = "super::sampling::bilinear")]
    pub interpolation: Interpolation,
    /// Whether the middle of the image is cut out first, as large as it can be in the shape of the result.
    #[serde(default)]
    pub crop_to_aspect_ratio: bool,
    /// Whether margins are added first, as small as they can be, to bring the image to the shape of the
    /// result.
    #[serde(default)]
    pub pad_to_aspect_ratio: bool,
    /// What margins are filled with; there is `constant` alone.
    #[serde(default = "constant")]
    pub fill_mode: String,
    /// The value in margins; 0 by default.
    #[serde(default)]
    pub fill_value: f64,
    /// Whether all pixels count where there are fewer afterwards; false by default.
    #[serde(default)]
    pub antialias: bool,
    /// Where the channels stand; last by default.
    #[serde(default)]
    pub data_format: DataFormat,
}

fn constant() -> String {
    "constant".into()
}

impl Resizing {
    /// A layer that gives images of so many rows and columns.
    pub fn new(height: usize, width: usize) -> Resizing {
        Resizing {
            height,
            width,
            interpolation: Interpolation::Bilinear,
            crop_to_aspect_ratio: false,
            pad_to_aspect_ratio: false,
            fill_mode: constant(),
            fill_value: 0.0,
            antialias: false,
            data_format: DataFormat::ChannelsLast,
        }
    }

    /// The same with pixels that come about in this way.
    pub fn interpolation(mut self, interpolation: Interpolation) -> Resizing {
        self.interpolation = interpolation;
        self
    }

    /// The same, cutting out the middle first.
    pub fn crop_to_aspect_ratio(mut self, crop: bool) -> Resizing {
        self.crop_to_aspect_ratio = crop;
        self
    }

    /// The same, adding margins first.
    pub fn pad_to_aspect_ratio(mut self, pad: bool) -> Resizing {
        self.pad_to_aspect_ratio = pad;
        self
    }

    /// The same with this value in margins.
    pub fn fill_value(mut self, value: f64) -> Resizing {
        self.fill_value = value;
        self
    }

    /// The same, counting all pixels where there are fewer afterwards.
    pub fn antialias(mut self, antialias: bool) -> Resizing {
        self.antialias = antialias;
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> Resizing {
        self.data_format = format;
        self
    }

    fn resized(&self, x: &Tensor) -> Result<Tensor, String> {
        if self.height == 0 || self.width == 0 {
            return Err(format!(
                "expects a height and width of at least 1, got {}, {}",
                self.height, self.width
            ));
        }
        if self.crop_to_aspect_ratio && self.pad_to_aspect_ratio {
            return Err("expects one of crop_to_aspect_ratio and pad_to_aspect_ratio, got both".into());
        }
        if self.fill_mode != "constant" {
            return Err(format!("expects fill_mode constant, got {}", self.fill_mode));
        }
        let x = match (self.crop_to_aspect_ratio, self.pad_to_aspect_ratio) {
            (true, _) => middle_shaped(x, self.height, self.width),
            (_, true) => framed(x, self.height, self.width, self.fill_value),
            _ => x.clone(),
        };
        let x = self.interpolation.resized(&x, 1, self.height, self.antialias);
        Ok(self.interpolation.resized(&x, 2, self.width, self.antialias))
    }
}

/// `n` times `a / b`, rounded down.
fn in_proportion(n: usize, a: usize, b: usize) -> usize {
    (n * a) / b
}

/// The middle of images, as large as it can be in the shape of `height` and `width`.
pub(super) fn middle_shaped(x: &Tensor, height: usize, width: usize) -> Tensor {
    let (rows, columns) = (x.extent(1), x.extent(2));
    let inner_rows = in_proportion(columns, height, width).min(rows).max(1);
    let inner_columns = in_proportion(rows, width, height).min(columns).max(1);
    let (top, left) = ((rows - inner_rows) / 2, (columns - inner_columns) / 2);
    x.slice_axis(1, top, top + inner_rows).slice_axis(2, left, left + inner_columns)
}

/// Images with margins above and below or to the sides, to be in the shape of `height` and `width`.
fn framed(x: &Tensor, height: usize, width: usize, value: f64) -> Tensor {
    let (rows, columns) = (x.extent(1), x.extent(2));
    let top = in_proportion(columns, height, width).saturating_sub(rows) / 2;
    let left = in_proportion(rows, width, height).saturating_sub(columns) / 2;
    let (top, left) = if top > 0 { (top, 0) } else { (0, left) };
    x.pad(&[(0, 0, 0), (top, top, 0), (left, left, 0), (0, 0, 0)], value)
}

impl Named for Resizing {
    const NAME: &'static str = "Resizing";
    const SUMMARY: &'static str = "brings images to a size";
}

impl Layer for Resizing {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        let dtype = inputs.first().filter(|x| x.is_valid()).map(Tensor::dtype);
        let images = each(scope, inputs, self.data_format, |_, x| self.resized(x));
        match dtype {
            Some(dtype) if !dtype.is_float() => images.into_iter().map(|y| y.round().cast(dtype)).collect(),
            _ => images,
        }
    }
}

impl Sampled for Resizing {
    fn samples() -> Vec<LayerSample> {
        let of = |layer: Resizing| LayerSample::new(layer, [&[2, 6, 5, 2]]);
        vec![
            of(Resizing::new(9, 3)),
            of(Resizing::new(4, 7).interpolation(Interpolation::Bicubic).antialias(true)),
            of(Resizing::new(4, 7).crop_to_aspect_ratio(true)),
            of(Resizing::new(9, 3).pad_to_aspect_ratio(true).fill_value(0.5)),
        ]
    }
}
