//! Trains on a file that does not fit in memory, and says how fast that goes against reading it.
//!
//! ```sh
//! cargo build --release --example streaming
//! streaming=target/release/examples/streaming
//! $streaming write /tmp/x.npy 4
//! $streaming read /tmp/x.npy
//! (ulimit -v 1048576; $streaming train /tmp/x.npy)
//! ```
//!
//! Between them, `dd if=/tmp/x.npy iflag=nocache count=0` makes the system forget what it keeps of the file.

use cornu::data::{self, NpyDataset};
use cornu::graph::philox::Random;
use cornu::prelude::*;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Numbers in a row: 4 KiB.
const WIDTH: usize = 1024;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let start = Instant::now();
    let bytes = match words[..] {
        ["write", path] => write(path.as_ref(), 4),
        ["write", path, gib] => match gib.parse() {
            Ok(gib) => write(path.as_ref(), gib),
            Err(_) => Err(Error::argument(format!("{gib} is no number of GiB"))),
        },
        ["read", path] => read(path.as_ref()),
        ["train", path] => train(path.as_ref(), 1),
        ["train", path, threads] => train(path.as_ref(), threads.parse().unwrap_or(1)),
        _ => Err(Error::argument("say what to do").help("write PATH [GIB], read PATH, train PATH [THREADS]")),
    }?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{bytes} bytes in {seconds:.2} s: {:.0} MB/s", bytes as f64 / seconds / 1e6);
    Ok(())
}

/// The file of the targets.
fn targets(path: &Path) -> PathBuf {
    path.with_extension("targets.npy")
}

/// Rows of random numbers, and a sum of each row's as its target.
fn write(path: &Path, gib: usize) -> Result<u64> {
    let rows = gib << 18;
    let mut random = Random::new(0, 0);
    let some: Vec<f32> = (0..997 * WIDTH).map(|_| random.normal() as f32).collect();
    let sums: Vec<f32> = some.chunks(WIDTH).map(|row| row[..8].iter().sum()).collect();
    let bytes: Vec<u8> = some.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {WIDTH}), }}");
    header = format!("{header:117}\n");
    let written = || {
        let mut file = File::create(path)?;
        file.write_all(b"\x93NUMPY\x01\x00")?;
        file.write_all(&(header.len() as u16).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        for start in (0..rows).step_by(997) {
            file.write_all(&bytes[..4 * WIDTH * 997.min(rows - start)])?;
        }
        file.sync_all()
    };
    written().map_err(|error| Error::file(path, error))?;
    let sums = (0..rows).map(|row| sums[row % 997]).collect();
    data::write_npy(targets(path), &Array::new([rows, 1], sums).map_err(Error::argument)?)?;
    Ok((rows * WIDTH * 4) as u64)
}

/// Reads the file and does nothing with it.
fn read(path: &Path) -> Result<u64> {
    let mut buffer = vec![0; 2 << 20];
    let mut bytes = 0;
    let mut file = File::open(path).map_err(|error| Error::file(path, error))?;
    loop {
        match file.read(&mut buffer).map_err(|error| Error::file(path, error))? {
            0 => return Ok(bytes),
            n => bytes += n as u64,
        }
    }
}

/// An epoch of a linear regression on the shuffled rows.
fn train(path: &Path, threads: usize) -> Result<u64> {
    let dataset = NpyDataset::open([path, &targets(path)])?.batch_size(256).shuffle(1);
    let mut model = Sequential::new()
        .threads(threads)
        .add(Input::new([WIDTH]))
        .add(Dense::new(1))
        .compile(Compile::new("adam", "mse"))?;
    let history = model.fit_pipeline(&dataset.pipeline().prefetch(2), Fit::new().silent())?;
    println!("loss {:.4}; {}", history.last("loss").unwrap_or(f64::NAN), peak_memory());
    Ok((dataset.rows() * WIDTH * 4) as u64)
}

/// What Linux says that the process took at most.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peaks: Vec<&str> =
        status.lines().filter(|line| line.starts_with("VmPeak") || line.starts_with("VmHWM")).collect();
    peaks.join(", ").replace('\t', "")
}
