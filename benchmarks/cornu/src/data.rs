//! The data of `cargo xtask bench`, which all peers read from the same files.

use cornu::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The data of a workload from the folder that `BENCH_DATA` names, in whole batches; none where it names none.
///
/// # Errors
/// If a file cannot be read.
pub fn read(workload: &str, batch: usize) -> Result<Option<(Array, Array)>> {
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
        let width = row.iter().product::<usize>();
        let shape = |n: usize| std::iter::once(n / width).chain(row.iter().copied()).collect::<Vec<_>>();
        let array = match floats {
            true => {
                let numbers = words(&path, width * batch, f32::from_le_bytes).map_err(fail)?;
                Array::new(shape(numbers.len()), numbers)
            }
            false => {
                let numbers = words(&path, width * batch, i32::from_le_bytes).map_err(fail)?;
                Array::new(shape(numbers.len()), numbers)
            }
        };
        array.map_err(|error| Error::argument(format!("{}: {error}", path.display())))
    };
    Ok(Some((array("x", x)?, array("y", y)?)))
}

/// The numbers of a file, of four bytes each, in whole batches of so many. (They are all that is kept of it:
/// what a process held at most is measured.)
fn words<T>(path: &Path, batch: usize, number: impl Fn([u8; 4]) -> T) -> std::io::Result<Vec<T>> {
    let mut file = File::open(path)?;
    let all = file.metadata()?.len() as usize / 4;
    let n = all - all % batch.max(1);
    let mut numbers = Vec::with_capacity(n);
    let mut bytes = [0; 1 << 14];
    while numbers.len() < n {
        let some = &mut bytes[..(4 * (n - numbers.len())).min(1 << 14)];
        file.read_exact(some)?;
        numbers.extend(some.as_chunks().0.iter().map(|word| number(*word)));
    }
    Ok(numbers)
}
