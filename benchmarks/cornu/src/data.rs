//! The data of `cargo xtask bench`, which all peers read from the same files.

use cornu::prelude::*;
use std::path::Path;

/// The data of a workload from the folder that `BENCH_DATA` names; none where it names none.
///
/// # Errors
/// If a file cannot be read.
pub fn read(workload: &str) -> Result<Option<(Array, Array)>> {
    let Ok(folder) = std::env::var("BENCH_DATA") else { return Ok(None) };
    // A row's shape and whether it is of floats, for x and y.
    type Kind = (&'static [usize], bool);
    const CLASS: Kind = (&[], false);
    let (name, x, y): (&str, Kind, Kind) = match workload {
        "W2" => ("rows", (&[8], true), (&[1], true)),
        "W5" => ("words", (&[100], false), (&[1], true)),
        "W6" => ("text", (&[64], false), (&[64], false)),
        "W8" => ("pictures", (&[32, 32, 3], true), CLASS),
        "W4" | "W7" => ("images", (&[28, 28, 1], true), CLASS),
        _ => ("images", (&[784], true), CLASS),
    };
    let array = |end: &str, (row, floats): Kind| -> Result<Array> {
        let path = Path::new(&folder).join(format!("{name}.{end}"));
        let fail = |error: std::io::Error| Error::argument(format!("{}: {error}", path.display()));
        let bytes = std::fs::read(&path).map_err(fail)?;
        let words = bytes.as_chunks::<4>().0;
        let shape: Vec<usize> =
            std::iter::once(words.len() / row.iter().product::<usize>()).chain(row.iter().copied()).collect();
        let array = match floats {
            true => Array::new(shape, words.iter().map(|word| f32::from_le_bytes(*word)).collect::<Vec<_>>()),
            false => {
                Array::new(shape, words.iter().map(|word| i32::from_le_bytes(*word)).collect::<Vec<_>>())
            }
        };
        array.map_err(|error| Error::argument(format!("{}: {error}", path.display())))
    };
    Ok(Some((array("x", x)?, array("y", y)?)))
}
