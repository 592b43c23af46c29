//! Images of another size.

use crate::error::{Error, Result};
use cornu_graph::Array;

/// What lies between pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest pixel.
    Nearest,
    /// A mean of the four nearest, by their distances.
    #[default]
    Bilinear,
}

/// What becomes of images of other proportions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// They are stretched.
    #[default]
    Stretch,
    /// Their middle alone is kept (`crop_to_aspect_ratio`).
    Crop,
    /// Zeros are put around them (`pad_to_aspect_ratio`).
    Pad,
}

/// An `f32` image of shape `[height, width, channels]` in another size, as `keras.ops.image.resize` has
/// it: the middles of pixels lie at halves, and nothing is smoothed before it is made smaller.
///
/// ```
/// use cornu::{Array, data::directory::{ImageFit, Interpolation, resize}};
/// let image = Array::new([1, 2, 1], vec![0f32, 4.0]).unwrap();
/// let wide = resize(&image, (1, 4), Interpolation::Bilinear, ImageFit::Stretch).unwrap();
/// assert_eq!(wide.as_slice::<f32>().unwrap(), [0.0, 1.0, 3.0, 4.0]);
/// ```
///
/// # Errors
/// If this is no such image, or a size is 0.
pub fn resize(image: &Array, size: (usize, usize), interpolation: Interpolation, fit: Fit) -> Result<Array> {
    let (Some(pixels), &[rows, columns, channels]) = (image.as_slice::<f32>(), &image.shape()[..]) else {
        let message = format!("an image is f32 of shape (height, width, channels), got {}", image.shape());
        return Err(Error::argument(message));
    };
    let (height, width) = size;
    if rows == 0 || columns == 0 || height == 0 || width == 0 {
        let message =
            format!("an image of {rows} by {columns} pixels cannot be brought to {height} by {width}");
        return Err(Error::argument(message));
    }
    // The part of the image that is brought to the new size; where it is larger, zeros lie around.
    let tall = (columns as f64 * height as f64 / width as f64) as usize;
    let broad = (rows as f64 * width as f64 / height as f64) as usize;
    let (seen_rows, seen_columns) = match fit {
        Fit::Stretch => (rows, columns),
        Fit::Crop => (tall.clamp(1, rows), broad.clamp(1, columns)),
        // As in Keras, as many zeros lie on both sides.
        Fit::Pad => {
            (rows + tall.saturating_sub(rows) / 2 * 2, columns + broad.saturating_sub(columns) / 2 * 2)
        }
    };
    let start = |seen: usize, there: usize| (there as isize - seen as isize) / 2;
    let (top, left) = (start(seen_rows, rows), start(seen_columns, columns));
    let at = |row: usize, column: usize, channel: usize| {
        let (row, column) = (row as isize + top, column as isize + left);
        let inside = (0..rows as isize).contains(&row) && (0..columns as isize).contains(&column);
        if inside { pixels[(row as usize * columns + column as usize) * channels + channel] } else { 0.0 }
    };
    let (down, across) =
        (places(seen_rows, height, interpolation), places(seen_columns, width, interpolation));
    let mut values = Vec::with_capacity(height * width * channels);
    for &(above, below, down) in &down {
        for &(before, after, across) in &across {
            for channel in 0..channels {
                let between =
                    |row: usize| at(row, before, channel) * (1.0 - across) + at(row, after, channel) * across;
                values.push(between(above) * (1.0 - down) + between(below) * down);
            }
        }
    }
    Array::new([height, width, channels], values).map_err(Error::argument)
}

/// For each new pixel along an axis: the two old ones it lies between, and how near to the second.
fn places(old: usize, new: usize, interpolation: Interpolation) -> Vec<(usize, usize, f32)> {
    let last = old - 1;
    (0..new)
        .map(|i| {
            let middle = (i as f64 + 0.5) * old as f64 / new as f64;
            match interpolation {
                Interpolation::Nearest => {
                    let nearest = (middle as usize).min(last);
                    (nearest, nearest, 0.0)
                }
                Interpolation::Bilinear => {
                    let place = (middle - 0.5).clamp(0.0, last as f64);
                    let before = place as usize;
                    (before, (before + 1).min(last), (place - before as f64) as f32)
                }
            }
        })
        .collect()
}
