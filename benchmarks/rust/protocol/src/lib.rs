//! What the Rust peers of `cargo xtask bench` share: its line protocol and its data. The requests
//! and answers are listed in `xtask/src/bench/worker.rs`.
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};

/// How many rows a peer predicts at a time where it is asked for many.
pub const PREDICT_BATCH: usize = 250;

/// Whatever goes wrong; a reason that begins with [`UNSUPPORTED`] says that the peer has no means to
/// express the workload.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How a reason begins that is no failure.
pub const UNSUPPORTED: &str = "unsupported: ";

/// One workload, prepared.
pub trait Subject: Sized {
    /// Makes the workload of that name, perhaps with weights from a file.
    fn prepare(workload: &str, path: Option<&str>) -> Result<Self>;
    /// How many parameters it has, moving statistics among them.
    fn parameters(&self) -> usize;
    /// Trains for so many steps and gives the loss of the last.
    fn run(&mut self, steps: usize) -> Result<f64>;
    /// Predicts so many rows so often.
    fn predict(&mut self, rows: usize, calls: usize) -> Result<()>;
    /// Saves the weights.
    fn save(&self, path: &str) -> Result<()>;
}

/// A workload's data: rows of x and y, as they lie in the files.
#[derive(Debug)]
pub struct Data {
    /// How many rows there are.
    pub rows: usize,
    /// How many rows a step takes.
    pub batch: usize,
    /// The inputs.
    pub x: Numbers,
    /// The targets.
    pub y: Numbers,
}

/// Numbers of the two types that there are.
#[derive(Debug)]
pub enum Numbers {
    /// Features and labels of two classes.
    Floats(Vec<f32>),
    /// Words, characters and classes.
    Integers(Vec<i32>),
}

impl Data {
    /// Reads the data of a workload from the folder that `BENCH_DATA` names.
    pub fn read(workload: &str) -> Result<Data> {
        // Name, how many numbers a row of x has and which kind, the same for y, batch.
        let (name, x, y, batch) = match workload {
            "W1" | "W3" | "W4" | "W7" => ("images", (784, true), (1, false), 128),
            "W2" => ("rows", (8, true), (1, true), 32),
            "W5" => ("words", (100, false), (1, true), 32),
            "W6" => ("text", (64, false), (64, false), 12),
            "W8" => ("pictures", (3072, true), (1, false), 64),
            _ => return Err(format!("there is no workload {workload}").into()),
        };
        let folder = std::env::var("BENCH_DATA")?;
        let read = |end: &str, float: bool| -> Result<Numbers> {
            let path = Path::new(&folder).join(format!("{name}.{end}"));
            Ok(match float {
                true => Numbers::Floats(words(&path, f32::from_le_bytes)?),
                false => Numbers::Integers(words(&path, i32::from_le_bytes)?),
            })
        };
        let (x, y) = ((read("x", x.1)?, x.0), read("y", y.1)?);
        let rows = match &x.0 {
            Numbers::Floats(all) => all.len() / x.1,
            Numbers::Integers(all) => all.len() / x.1,
        };
        Ok(Data { rows, batch, x: x.0, y })
    }
}

/// The numbers of a file, of four bytes each, which are all that is kept of it.
fn words<T>(path: &Path, number: impl Fn([u8; 4]) -> T) -> std::io::Result<Vec<T>> {
    let mut file = BufReader::new(fs::File::open(path)?);
    let n = file.get_ref().metadata()?.len() as usize / 4;
    let mut numbers = Vec::with_capacity(n);
    let mut word = [0; 4];
    for _ in 0..n {
        file.read_exact(&mut word)?;
        numbers.push(number(word));
    }
    Ok(numbers)
}

/// Which rows each step takes: all in a new order each epoch.
#[derive(Debug)]
pub struct Shuffle {
    random: SmallRng,
    order: Vec<u32>,
    batch: usize,
    next: usize,
}

impl Shuffle {
    /// Of so many rows in batches.
    pub fn new(rows: usize, batch: usize) -> Shuffle {
        Shuffle { random: SmallRng::seed_from_u64(1), order: (0..rows as u32).collect(), batch, next: rows }
    }

    /// The rows of the next step.
    pub fn batch(&mut self) -> &[u32] {
        if self.next + self.batch > self.order.len() {
            self.order.shuffle(&mut self.random);
            self.next = 0;
        }
        self.next += self.batch;
        &self.order[self.next - self.batch..self.next]
    }
}

/// Answers requests until `quit`.
pub fn serve<S: Subject>(version: &str) {
    let mut subject: Option<S> = None;
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ["quit"] {
            return;
        }
        let reply = answer(&words, &mut subject, version).unwrap_or_else(|error| {
            let text = error.to_string();
            match text.strip_prefix(UNSUPPORTED) {
                Some(reason) => json!({"unsupported": reason}),
                None => json!({"error": text}),
            }
        });
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{reply}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

fn answer<S: Subject>(words: &[&str], subject: &mut Option<S>, version: &str) -> Result<Value> {
    match (words, subject) {
        (["version"], _) => Ok(json!({"version": version})),
        (["prepare" | "load", workload, _, path @ ..], subject) => {
            let made = S::prepare(workload, path.first().copied())?;
            let parameters = made.parameters();
            *subject = Some(made);
            Ok(json!({"ok": true, "parameters": parameters}))
        }
        (["memory"], _) => Ok(json!({"peak_bytes": peak_bytes()})),
        (_, None) => Err("nothing is prepared".into()),
        (["run", steps], Some(subject)) => {
            let start = Instant::now();
            let loss = subject.run(steps.parse()?)?;
            Ok(json!({"seconds": start.elapsed().as_secs_f64(), "loss": loss}))
        }
        (["predict", rows, calls], Some(subject)) => {
            let start = Instant::now();
            subject.predict(rows.parse()?, calls.parse()?)?;
            Ok(json!({"seconds": start.elapsed().as_secs_f64()}))
        }
        (["save", path], Some(subject)) => subject.save(path).map(|()| json!({"ok": true})),
        _ => Err(format!("unknown request {}", words.join(" ")).into()),
    }
}

/// The most memory that the process ever held.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}
