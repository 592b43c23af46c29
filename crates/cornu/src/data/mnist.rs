//! MNIST and Fashion-MNIST, from a folder that holds their files.

use super::idx::read_idx;
use super::{Dataset, Parts};
use crate::error::{Error, Result};
use cornu_graph::{Array, DType};
use std::path::{Path, PathBuf};

/// MNIST, 60,000 handwritten digits to train on and 10,000 to test on, from its four files in `folder`.
///
/// `x` is `u8` of shape `[n, 28, 28]` with gray levels from 0 to 255, not scaled; `y` is `u8` of shape
/// `[n]` with the digits. The files may be gzipped or not, and named `train-images-idx3-ubyte` or
/// `train-images.idx3-ubyte`. LeCun, Cortes, Burges.
///
/// # Errors
/// If a file is missing or damaged.
///
/// ```
/// let error = cornu::data::mnist("no_such_folder").unwrap_err().to_string();
/// assert!(error.contains("train-images-idx3-ubyte"));
/// ```
pub fn mnist(folder: impl AsRef<Path>) -> Result<Parts> {
    read(folder.as_ref(), "https://github.com/cvdfoundation/mnist")
}

/// Fashion-MNIST, 60,000 pictures of clothes to train on and 10,000 to test on, in ten classes; as
/// [`mnist`]. Zalando Research, MIT license.
///
/// # Errors
/// If a file is missing or damaged.
pub fn fashion_mnist(folder: impl AsRef<Path>) -> Result<Parts> {
    read(folder.as_ref(), "https://github.com/zalandoresearch/fashion-mnist")
}

fn read(folder: &Path, source: &str) -> Result<Parts> {
    let part = |name: &str| -> Result<Dataset> {
        let images = find(folder, name, "images", 3, source)?;
        let labels = find(folder, name, "labels", 1, source)?;
        let (x, y) = (read_idx(&images)?, read_idx(&labels)?);
        check(&images, &x, "pictures of shape [n, 28, 28]", x.shape().get(1..) == Some(&[28, 28]))?;
        check(&labels, &y, &format!("{} labels", x.rows()), y.shape()[..] == [x.rows()])?;
        match y.as_slice::<u8>().unwrap_or_default().iter().find(|&&label| label > 9) {
            Some(label) => Err(Error::file(&labels, format!("there is a label {label}, expected 0 to 9"))),
            None => Ok(Dataset { x, y }),
        }
    };
    Ok(Parts { train: part("train")?, test: part("t10k")? })
}

fn find(folder: &Path, part: &str, kind: &str, rank: usize, source: &str) -> Result<PathBuf> {
    let plain = format!("{part}-{kind}-idx{rank}-ubyte");
    let dotted = format!("{part}-{kind}.idx{rank}-ubyte");
    let names = [plain.clone(), format!("{plain}.gz"), dotted.clone(), format!("{dotted}.gz")];
    names.iter().map(|name| folder.join(name)).find(|path| path.is_file()).ok_or_else(|| {
        Error::file(folder, format!("{plain} is not in this folder, nor {plain}.gz"))
            .help(format!("get the four files from {source}"))
    })
}

fn check(path: &Path, array: &Array, expected: &str, fits: bool) -> Result<()> {
    if fits && array.dtype() == DType::U8 {
        return Ok(());
    }
    Err(Error::file(
        path,
        format!("expected {expected} as u8, got {} of shape {}", array.dtype(), array.shape()),
    ))
}
