//! A data set by its name or its file.

use super::{Dataset, Parts, Table, digits, fashion_mnist, mnist, read_npz, split_indices};
use crate::error::{Error, Result};
use cornu_graph::Array;
use std::collections::BTreeMap;
use std::path::Path;

/// The data set that `source` names, with a part to test on:
///
/// - `digits`, which comes with the library;
/// - `mnist` or `fashion_mnist`, from `folder` or its folder of that name (or `fashion-mnist`);
/// - the path of a `.npz` file with the arrays `x_train`, `y_train`, `x_test` and `y_test`, or `x` and `y`;
/// - the path of a `.csv` file of numbers, whose last column is the target: `x` is `f32` of shape
///   `[n, columns - 1]`, `y` is `f32` of shape `[n]`.
///
/// Where there is no test part, a fifth of the rows, the same every time, is kept back as one; stratified
/// if the targets look like classes (at most 100 different ones, each there twice or more). Nothing is
/// scaled.
///
/// # Errors
/// If there is no such data set, or what reading its file reports.
///
/// ```
/// let parts = cornu::data::load("digits", "").unwrap();
/// assert_eq!((parts.train.x.rows(), parts.test.x.rows()), (1437, 360));
/// ```
#[track_caller]
pub fn load(source: &str, folder: impl AsRef<Path>) -> Result<Parts> {
    let folder = folder.as_ref();
    let path = Path::new(source);
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match source {
        "digits" => parts(digits()),
        "mnist" => mnist(inside(folder, &["mnist"])),
        "fashion_mnist" | "fashion-mnist" => {
            fashion_mnist(inside(folder, &["fashion_mnist", "fashion-mnist"]))
        }
        _ if extension == "npz" => from_npz(path),
        _ if extension == "csv" => from_csv(path),
        _ => Err(Error::argument(format!("there is no data set {source:?}"))
            .help("name digits, mnist, fashion_mnist, or a file that ends in .npz or .csv")),
    }
}

/// The first of `names` that is a folder in `folder`, or `folder` itself.
fn inside(folder: &Path, names: &[&str]) -> std::path::PathBuf {
    let folders = names.iter().map(|name| folder.join(name));
    folders.into_iter().find(|path| path.is_dir()).unwrap_or_else(|| folder.to_path_buf())
}

fn from_npz(path: &Path) -> Result<Parts> {
    let mut arrays = read_npz(path)?;
    let names: Vec<String> = arrays.keys().cloned().collect();
    let mut pair = |x: &str, y: &str| Some((arrays.remove(x)?, arrays.remove(y)?));
    if let Some((x, y)) = pair("x_train", "y_train") {
        let train = dataset(path, x, y)?;
        return match pair("x_test", "y_test") {
            Some((x, y)) => {
                let test = dataset(path, x, y)?;
                if train.x.shape()[1..] != test.x.shape()[1..] || train.y.shape()[1..] != test.y.shape()[1..]
                {
                    return Err(Error::file(path, "the train and test arrays differ in shape"));
                }
                Ok(Parts { train, test })
            }
            None => parts(train),
        };
    }
    match pair("x", "y") {
        Some((x, y)) => parts(dataset(path, x, y)?),
        None => {
            let names = names.join(", ");
            Err(Error::file(
                path,
                format!("the arrays are {names}; expected x_train and y_train, or x and y"),
            )
            .help("save them with numpy.savez(path, x=x, y=y)"))
        }
    }
}

fn from_csv(path: &Path) -> Result<Parts> {
    let table = Table::read(path)?;
    let Some((target, features @ [_, ..])) = table.columns().split_last() else {
        return Err(Error::file(path, "there is only one column; expected features and, last, the target"));
    };
    let x = table.select(features)?;
    let y = table.select(&[target])?.reshape([table.rows()]).map_err(|message| Error::file(path, message))?;
    parts(Dataset { x, y })
}

fn dataset(path: &Path, x: Array, y: Array) -> Result<Dataset> {
    if x.shape().rank() == 0 || y.shape().rank() == 0 || x.rows() != y.rows() {
        let message =
            format!("examples of shape {} do not go with targets of shape {}", x.shape(), y.shape());
        return Err(Error::file(path, message).help("give one target for each example"));
    }
    Ok(Dataset { x, y })
}

#[track_caller]
fn parts(data: Dataset) -> Result<Parts> {
    let classes = looks_like_classes(&data.y).then_some(&data.y);
    let (train, test) = split_indices(data.x.rows(), 0.2, 0, classes)?;
    let part = |rows: &[usize]| Dataset { x: data.x.take_rows(rows), y: data.y.take_rows(rows) };
    Ok(Parts { train: part(&train), test: part(&test) })
}

fn looks_like_classes(y: &Array) -> bool {
    let width = (y.size() / y.rows().max(1)).max(1);
    let mut counts: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    for row in y.to_f64().chunks_exact(width) {
        *counts.entry(row.iter().map(|value| value.to_bits()).collect()).or_default() += 1;
        if counts.len() > 100 {
            return false;
        }
    }
    counts.values().all(|&count| count > 1)
}
