//! Data: batches that Python gives one by one, and what Cornu reads itself.

use crate::arrays::{Keep, to_array, to_numpy};
use crate::errors::{keep, raise, value_error};
use cornu::Array;
use cornu::data::Pipeline;
use cornu::data::directory::{self, ImageOptions};
use cornu::data::pipeline::{Sample, Steps};
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::path::PathBuf;

/// The passes of a Python object: `_pass(number)` gives an iterator of lists of arrays, `_length` the number of
/// batches in a pass, where that is known.
pub fn pipeline(object: &Bound<'_, PyAny>) -> PyResult<Pipeline> {
    let length: Option<usize> = object.getattr("_length")?.extract()?;
    let object = object.clone().unbind();
    Ok(Pipeline::new(length, move |pass| {
        let iterator = Python::attach(|py| {
            object.bind(py).call_method1("_pass", (pass,)).map(|iterator| iterator.unbind()).map_err(keep)
        });
        Box::new(Pass { iterator: Some(iterator) })
    }))
}

struct Pass {
    iterator: Option<cornu::Result<Py<PyAny>>>,
}

impl Steps for Pass {
    fn next(&mut self) -> cornu::Result<Option<Sample>> {
        let iterator = match self.iterator.take() {
            Some(Ok(iterator)) => iterator,
            Some(Err(error)) => return Err(error),
            None => return Ok(None),
        };
        let next = Python::attach(|py| -> PyResult<Option<Sample>> {
            // Signals are looked for here too: a generator may take long.
            py.check_signals()?;
            let next = iterator.bind(py).call_method0("_next")?;
            if next.is_none() {
                return Ok(None);
            }
            let arrays = next.cast::<PyList>()?.iter().map(|array| to_array(&array, Keep::Copied));
            arrays.collect::<PyResult<Sample>>().map(Some)
        });
        let next = next.map_err(keep)?;
        if next.is_some() {
            self.iterator = Some(Ok(iterator));
        }
        Ok(next)
    }
}

/// The 1,797 handwritten digits that come with Cornu: images of 8 by 8, and what they are.
#[pyfunction]
pub fn load_digits(py: Python<'_>) -> PyResult<(Bound<'_, PyAny>, Bound<'_, PyAny>)> {
    let digits = cornu::data::digits();
    Ok((to_numpy(py, digits.x)?, to_numpy(py, digits.y)?))
}

/// The arrays of an idx file, compressed or not.
#[pyfunction]
pub fn read_idx(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
    to_numpy(py, py.detach(|| cornu::data::read_idx(&path)).map_err(raise)?)
}

/// An image file as an array of its own size: `grayscale`, `rgb` or `rgba`.
#[pyfunction]
pub fn read_image<'py>(py: Python<'py>, path: PathBuf, color_mode: &str) -> PyResult<Bound<'py, PyAny>> {
    let mode = match color_mode {
        "grayscale" => directory::ColorMode::Grayscale,
        "rgb" => directory::ColorMode::Rgb,
        "rgba" => directory::ColorMode::Rgba,
        other => return Err(value_error(format!("color_mode is grayscale, rgb or rgba, got {other}"))),
    };
    let image = py.detach(|| ImageOptions::new().color_mode(mode).read_whole(&path)).map_err(raise)?;
    to_numpy(py, image)
}

/// Writes bytes `[height, width, channels]` as an image file.
#[pyfunction]
pub fn write_image(py: Python<'_>, path: PathBuf, image: &Bound<'_, PyAny>) -> PyResult<()> {
    let image = to_array(image, Keep::Borrowed)?;
    py.detach(|| directory::write_image(&path, &image)).map_err(raise)
}

/// An image `[height, width, channels]` in another size.
#[pyfunction]
pub fn resize_image<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    height: usize,
    width: usize,
    interpolation: &str,
    fit: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let image: Array = to_array(image, Keep::Borrowed)?;
    let interpolation = match interpolation {
        "nearest" => directory::Interpolation::Nearest,
        "bilinear" => directory::Interpolation::Bilinear,
        other => return Err(value_error(format!("there is no interpolation {other} for files"))),
    };
    let fit = match fit {
        "crop" => directory::ImageFit::Crop,
        "pad" => directory::ImageFit::Pad,
        _ => directory::ImageFit::Stretch,
    };
    let resized =
        py.detach(|| directory::resize(&image, (height, width), interpolation, fit)).map_err(raise)?;
    to_numpy(py, resized)
}
