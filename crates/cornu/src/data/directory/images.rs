//! Images in folders.

use super::resize::{Fit, Interpolation, resize};
use super::{Directory, Found};
use crate::error::{Error, Result};
use crate::files::describe;
use cornu_graph::Array;
use image::{DynamicImage, ExtendedColorType, ImageReader};
use std::path::Path;

/// The colors of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMode {
    /// One channel: `0.299 r + 0.587 g + 0.114 b`.
    Grayscale,
    /// Three channels.
    #[default]
    Rgb,
    /// Three channels and how opaque each pixel is.
    Rgba,
}

/// How images are read: which colors, what size. Agrees with the arguments of
/// `keras.utils.image_dataset_from_directory`.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageOptions {
    color_mode: ColorMode,
    size: (usize, usize),
    interpolation: Interpolation,
    fit: Fit,
}

impl Default for ImageOptions {
    fn default() -> ImageOptions {
        ImageOptions {
            color_mode: ColorMode::Rgb,
            size: (256, 256),
            interpolation: Interpolation::Bilinear,
            fit: Fit::Stretch,
        }
    }
}

impl ImageOptions {
    /// Images of three channels and 256 rows and columns.
    pub fn new() -> ImageOptions {
        ImageOptions::default()
    }

    /// The colors; three channels by default.
    pub fn color_mode(mut self, mode: ColorMode) -> ImageOptions {
        self.color_mode = mode;
        self
    }

    /// Rows and columns; 256 each by default.
    pub fn size(mut self, height: usize, width: usize) -> ImageOptions {
        self.size = (height, width);
        self
    }

    /// What lies between pixels; bilinear by default.
    pub fn interpolation(mut self, interpolation: Interpolation) -> ImageOptions {
        self.interpolation = interpolation;
        self
    }

    /// What becomes of images of other proportions; they are stretched by default.
    pub fn fit(mut self, fit: Fit) -> ImageOptions {
        self.fit = fit;
        self
    }

    /// The image in a PNG, JPEG or BMP file: `f32` from 0 to 255, of shape `[height, width, channels]`.
    ///
    /// # Errors
    /// If the file cannot be read, or is no such image.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Array> {
        let path = path.as_ref();
        let (height, width) = self.size;
        if height == 0 || width == 0 {
            return Err(Error::argument(format!("images of size {height} by {width} have no pixels")));
        }
        let pixels = self.read_whole(path)?;
        resize(&pixels, self.size, self.interpolation, self.fit)
    }

    /// The same in the size that the file has.
    ///
    /// # Errors
    /// If the file cannot be read, or is no such image.
    pub fn read_whole(&self, path: impl AsRef<Path>) -> Result<Array> {
        let path = path.as_ref();
        let reader = ImageReader::open(path).map_err(|error| describe(path, &error))?;
        let reader = reader.with_guessed_format().map_err(|error| describe(path, &error))?;
        let image = reader.decode().map_err(|error| {
            Error::file(path, format!("this image cannot be read: {error}"))
                .help("PNG, JPEG and BMP files are read; remove the file, or save it anew")
        })?;
        let (rows, columns) = (image.height() as usize, image.width() as usize);
        let (channels, values) = pixels(image, self.color_mode);
        Array::new([rows, columns, channels], values).map_err(Error::argument)
    }
}

/// Writes bytes of shape `[height, width, channels]`, with 1, 3 or 4 channels, as a PNG, JPEG or BMP file, as the
/// name's ending says. Agrees with `keras.utils.save_img`.
///
/// # Errors
/// If this is no such image, or the file cannot be written.
pub fn write_image(path: impl AsRef<Path>, image: &Array) -> Result<()> {
    let path = path.as_ref();
    let (Some(bytes), &[rows, columns, channels]) = (image.as_slice::<u8>(), &image.shape()[..]) else {
        let message = format!(
            "an image to be written is bytes of shape (height, width, channels), got {} of shape {}",
            image.dtype(),
            image.shape()
        );
        return Err(Error::argument(message));
    };
    let color = match channels {
        1 => ExtendedColorType::L8,
        3 => ExtendedColorType::Rgb8,
        4 => ExtendedColorType::Rgba8,
        _ => return Err(Error::argument(format!("an image has 1, 3 or 4 channels, got {channels}"))),
    };
    let (Ok(width), Ok(height)) = (u32::try_from(columns), u32::try_from(rows)) else {
        return Err(Error::argument(format!(
            "an image of {rows} by {columns} pixels is too large for a file"
        )));
    };
    image::save_buffer(path, bytes, width, height, color)
        .map_err(|error| Error::file(path, format!("this image cannot be written: {error}")))
}

/// The number of channels, and the pixels row by row.
fn pixels(image: DynamicImage, mode: ColorMode) -> (usize, Vec<f32>) {
    let (channels, bytes) = match mode {
        ColorMode::Grayscale => match image {
            DynamicImage::ImageLuma8(_) | DynamicImage::ImageLuma16(_) => (1, image.into_luma8().into_raw()),
            _ => {
                let rgb = image.into_rgb8().into_raw();
                // 16 binary digits of the three weights, rounded.
                let gray = |p: &[u8]| {
                    (p[0] as u32 * 19595 + p[1] as u32 * 38470 + p[2] as u32 * 7471 + 0x8000) >> 16
                };
                (1, rgb.chunks_exact(3).map(|pixel| gray(pixel) as u8).collect())
            }
        },
        ColorMode::Rgb => (3, image.into_rgb8().into_raw()),
        ColorMode::Rgba => (4, image.into_rgba8().into_raw()),
    };
    (channels, bytes.into_iter().map(f32::from).collect())
}

impl Directory {
    /// The images in the folder: PNG, JPEG and BMP files. Agrees with
    /// `keras.utils.image_dataset_from_directory`.
    ///
    /// # Errors
    /// If the folder cannot be read or holds no images, or labels do not fit. Images themselves are read
    /// when their turn comes.
    pub fn images(&self, options: &ImageOptions) -> Result<Found> {
        let options = options.clone();
        self.found(&[".bmp", ".jpeg", ".jpg", ".png"], move |path| options.read(path))
    }
}
