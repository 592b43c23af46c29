//! What was measured, the arithmetic on it, and the tables and files made of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::machine::Machine;
use super::peers::{CORNU, Peer};
use super::worker::Missing;

/// The times of one peer, one a round, in seconds; or why there are none.
pub type Times = Result<Vec<f64>, Missing>;

/// One thing that all peers do.
#[derive(Debug)]
pub struct Row {
    /// Its name, such as `W1`.
    pub name: String,
    /// On how many threads.
    pub threads: usize,
    /// How many samples one step or call takes.
    pub samples: usize,
    /// The least seconds that the machine would need, where Cornu tells them.
    pub floor: Option<f64>,
    /// The times by the peer's name.
    pub times: BTreeMap<&'static str, Times>,
}

impl Row {
    /// The peer's median time.
    #[must_use]
    pub fn median(&self, peer: &str) -> Option<f64> {
        median(self.times.get(peer)?.as_ref().ok()?)
    }

    /// How many times as long as Cornu the peer takes: the median over rounds of the ratio within a
    /// round, since what slows a machine down for a while slows down both.
    #[must_use]
    pub fn ratio(&self, peer: &str) -> Option<f64> {
        let ours = self.times.get(CORNU)?.as_ref().ok()?;
        let theirs = self.times.get(peer)?.as_ref().ok()?;
        median(&theirs.iter().zip(ours).map(|(theirs, ours)| theirs / ours).collect::<Vec<_>>())
    }
}

/// The middle of the values, or the mean of the two in the middle.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

/// The geometric mean: what to average ratios by.
#[must_use]
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let logs: f64 = values.iter().map(|value| value.ln()).sum();
    (!values.is_empty()).then(|| (logs / values.len() as f64).exp())
}

/// Everything that a run of the benchmark found.
#[derive(Debug)]
pub struct Report {
    /// On what.
    pub machine: Machine,
    /// Who took part.
    pub peers: Vec<&'static Peer>,
    /// Their versions, by name.
    pub versions: BTreeMap<&'static str, String>,
    /// How many rounds there were, and the least seconds of each.
    pub rounds: (usize, f64),
    /// Training steps.
    pub training: Vec<Row>,
    /// Predictions.
    pub predictions: Vec<Row>,
    /// Whole processes.
    pub starts: Vec<Row>,
    /// The most memory that processes held, in bytes instead of seconds.
    pub memory: Vec<Row>,
}

/// What the names of the workloads mean.
pub const WORKLOADS: &[(&str, &str)] = &[
    ("W1", "perceptron 784-10-10-10, ReLU, softmax; batch 128; Adam"),
    ("W2", "perceptron 8-10-8-1, ReLU, sigmoid; batch 32; Adam"),
    ("W3", "perceptron 784-512-512-10, dropout 0.2; batch 128; Adam"),
    (
        "W4",
        "28x28x1: convolution 3x3x32, pool, convolution 3x3x64, pool, dropout 0.5, dense 10; batch 128; Adam",
    ),
    ("W5", "embedding 20000x128, LSTM 64 over 100 steps, dense 1; batch 32; Adam"),
    ("W6", "character GPT: 4 layers, 4 heads, width 128, context 64, vocabulary 65; batch 12; AdamW"),
    ("W7", "convolutional VAE of 28x28x1, latent 2 (the sizes of Keras's example); batch 128; Adam"),
    ("W8", "ResNet-20 on 32x32x3; batch 64; SGD with momentum"),
];

const HEAD: &str = "<!-- Written by `cargo xtask bench`; changes by hand are lost. -->\n# Benchmarks\n\n";

/// The line of the page that leads to the other one.
const SCALING: &str = "How Cornu's times grow with the work: [scaling.md](scaling.md).";

impl Report {
    /// The page for `docs/benchmarks.md`, which is also what the command prints.
    #[must_use]
    pub fn page(&self) -> String {
        let mut notes = Vec::new();
        let mut page = HEAD.to_string();
        page += &self.preface();
        for (title, text, rows, show) in self.sections() {
            if rows.is_empty() {
                continue;
            }
            page += &format!("## {title}\n\n{text}\n\n");
            let mut threads: Vec<usize> = rows.iter().map(|row| row.threads).collect();
            threads.sort_unstable();
            threads.dedup();
            for threads in threads {
                let rows: Vec<&Row> = rows.iter().filter(|row| row.threads == threads).collect();
                page += &format!("{}:\n\n", threads_in_words(threads));
                page += &self.table(&rows, show, &mut notes);
                page.push('\n');
                if show == Show::Steps {
                    page += &format!("Samples a second, {}:\n\n", threads_in_words(threads).to_lowercase());
                    page += &self.table(&rows, Show::Rates, &mut notes);
                    page.push('\n');
                }
            }
        }
        for (i, note) in notes.iter().enumerate() {
            page += &format!("[{}] {note}.  \n", i + 1);
        }
        page
    }

    fn sections(&self) -> [(&'static str, &'static str, &[Row], Show); 4] {
        [
            (
                "Training",
                "Milliseconds for one step, and in parentheses how many times as long as Cornu. The floor is what \
                 the machine could do at best for the same arithmetic and memory, as Cornu measures it.",
                &self.training,
                Show::Steps,
            ),
            (
                "Prediction",
                "Milliseconds for one call with one row and with 10,000 rows through the networks of W1, W3 and W4. \
                 Peers other than Cornu take many rows in batches of 250.",
                &self.predictions,
                Show::Times,
            ),
            (
                "Start",
                "Milliseconds from the start of a process, libraries and data of W2 included, to its first prediction \
                 from a saved model, and to its first finished training step. Files and compiled code are cached by \
                 an earlier process where a peer does that.",
                &self.starts,
                Show::Times,
            ),
            (
                "Memory",
                "The most MiB that a process held (`VmHWM`) after training: the libraries, the whole data set and \
                 the training step together; a fresh process for each cell.",
                &self.memory,
                Show::Bytes,
            ),
        ]
    }

    fn preface(&self) -> String {
        let (rounds, seconds) = self.rounds;
        let mut text = format!(
            "Made by `cargo xtask bench` on {} ({}; {}). Each peer is a process; they are timed in turn, {rounds} \
             rounds of at least {seconds} s each, on the same data in float32 (but for the policy mixed_bfloat16, where it is named), in the steady state; \
             a number is the median over the rounds. Processes run on as many processors as they have threads. Data is shuffled \
             anew each epoch by all.\n\n",
            self.machine.date, self.machine.processor, self.machine.system
        );
        text += &format!("{SCALING}\n\n");
        for peer in &self.peers {
            let version = self.versions.get(peer.name).map_or("version unknown", String::as_str);
            text += &format!("- {}: {version}\n", peer.title);
        }
        text += "\n| | workload |\n| --- | --- |\n";
        for (name, meaning) in WORKLOADS {
            text += &format!("| {name} | {meaning} |\n");
        }
        text + "\n"
    }

    /// One table: a line a row, a column a peer.
    fn table(&self, rows: &[&Row], show: Show, notes: &mut Vec<String>) -> String {
        let mut lines = vec![vec![String::new()]];
        lines[0].extend(self.peers.iter().map(|peer| peer.title.to_string()));
        let floors = show == Show::Steps && rows.iter().any(|row| row.floor.is_some());
        if floors {
            lines[0].insert(2, "Cornu / floor".into());
        }
        for row in rows {
            let mut line = vec![row.name.clone()];
            line.extend(self.peers.iter().map(|peer| cell(row, peer.name, show, notes)));
            if floors {
                let ratio = row.floor.zip(row.median(CORNU)).map(|(floor, time)| time / floor);
                line.insert(2, ratio.map_or("-".into(), |ratio| format!("{ratio:.2}")));
            }
            lines.push(line);
        }
        if rows.len() > 1 && show != Show::Rates {
            let mut line = vec!["geometric mean".to_string()];
            line.extend(self.peers.iter().map(|peer| {
                let ratios: Vec<f64> = rows.iter().filter_map(|row| row.ratio(peer.name)).collect();
                geometric_mean(&ratios).map_or("-".into(), |mean| format!("({mean:.2})"))
            }));
            if floors {
                let ratio = |row: &&Row| Some(row.median(CORNU)? / row.floor?);
                let ratios: Vec<f64> = rows.iter().filter_map(ratio).collect();
                line.insert(2, geometric_mean(&ratios).map_or("-".into(), |mean| format!("{mean:.2}")));
            }
            lines.push(line);
        }
        markdown(&lines)
    }

    /// All that was found, for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows = |rows: &[Row]| rows.iter().map(Row::json).collect::<Vec<_>>();
        json!({
            "date": self.machine.date,
            "processor": self.machine.processor,
            "system": self.machine.system,
            "versions": self.versions,
            "rounds": self.rounds.0,
            "seconds_per_round": self.rounds.1,
            "training": rows(&self.training),
            "predictions": rows(&self.predictions),
            "starts": rows(&self.starts),
            "memory": rows(&self.memory),
        })
    }
}

impl Row {
    fn json(&self) -> Value {
        let mut peers = serde_json::Map::new();
        for (name, times) in &self.times {
            let value = match times {
                Ok(times) => json!({
                    "median": median(times),
                    "least": times.iter().copied().min_by(f64::total_cmp),
                    "ratio_to_cornu": self.ratio(name),
                    "rounds": times,
                }),
                Err(Missing::Unsupported(reason)) => json!({"unsupported": reason}),
                Err(Missing::Failed(reason)) => json!({"error": reason}),
            };
            peers.insert((*name).into(), value);
        }
        json!({
            "name": self.name,
            "threads": self.threads,
            "samples": self.samples,
            "floor": self.floor,
            "peers": peers,
        })
    }
}

/// What the cells of a table say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Show {
    /// Milliseconds of training steps.
    Steps,
    /// Milliseconds.
    Times,
    /// Samples a second.
    Rates,
    /// Mebibytes.
    Bytes,
}

/// One cell; a missing number is a dash and leads to its reason.
fn cell(row: &Row, peer: &str, show: Show, notes: &mut Vec<String>) -> String {
    match row.times.get(peer) {
        Some(Ok(_)) => {}
        Some(Err(Missing::Unsupported(reason) | Missing::Failed(reason))) => {
            let place = notes.iter().position(|note| note == reason).unwrap_or_else(|| {
                notes.push(reason.clone());
                notes.len() - 1
            });
            return format!("- [{}]", place + 1);
        }
        None => return "-".into(),
    }
    let value = row.median(peer).unwrap_or(f64::NAN);
    let number = match show {
        Show::Steps | Show::Times => three_digits(value * 1e3),
        Show::Bytes => format!("{:.0}", value / f64::from(1 << 20)),
        Show::Rates => return format!("{:.0}", row.samples as f64 / value),
    };
    match row.ratio(peer).filter(|_| peer != CORNU) {
        Some(ratio) => format!("{number} ({ratio:.2})"),
        None => number,
    }
}

/// A number with three digits that say something.
pub fn three_digits(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v if v >= 0.1 => format!("{v:.3}"),
        v => format!("{v:.4}"),
    }
}

fn threads_in_words(threads: usize) -> String {
    match threads {
        1 => "One thread".into(),
        2 => "Two threads".into(),
        n => format!("{n} threads"),
    }
}

/// A table in Markdown whose columns stand below each other as plain text too.
pub fn markdown(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(|column| width(column).max(4)).collect();
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            text += &if column == 0 { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") };
        }
        text += "|\n";
        if i == 0 {
            for (column, width) in widths.iter().enumerate() {
                let dashes = "-".repeat(width - 1);
                text += &if column == 0 { format!("| {dashes}- ") } else { format!("| {dashes}: ") };
            }
            text += "|\n";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: &[f64], theirs: Times) -> Row {
        let times = BTreeMap::from([(CORNU, Ok(ours.to_vec())), ("torch", theirs)]);
        Row { name: "W1".into(), threads: 1, samples: 128, floor: Some(0.5), times }
    }

    #[test]
    fn middles_and_means() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(geometric_mean(&[]), None);
        // A peer twice as slow here and twice as fast there is as fast.
        assert!((geometric_mean(&[2.0, 0.5]).unwrap() - 1.0).abs() < 1e-12);
        assert!((geometric_mean(&[1.0, 2.0, 4.0]).unwrap() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn ratios_are_taken_within_rounds() {
        // The machine was three times as slow in the second round: the ratio is 2 nonetheless.
        let slowed = row(&[1.0, 3.0, 1.0], Ok(vec![2.0, 6.0, 2.0]));
        assert_eq!(slowed.ratio("torch"), Some(2.0));
        assert_eq!(slowed.ratio(CORNU), Some(1.0));
        assert_eq!(slowed.ratio("jax"), None);
        let missing = row(&[1.0], Err(Missing::Unsupported("no dropout".into())));
        assert_eq!(missing.ratio("torch"), None);
    }

    #[test]
    fn missing_numbers_lead_to_their_reasons() {
        let mut notes = Vec::new();
        let missing = row(&[1.0], Err(Missing::Unsupported("no dropout".into())));
        assert_eq!(cell(&missing, "torch", Show::Steps, &mut notes), "- [1]");
        assert_eq!(cell(&missing, "torch", Show::Rates, &mut notes), "- [1]");
        assert_eq!(notes, ["no dropout"]);
        let full = row(&[0.002, 0.002], Ok(vec![0.005, 0.005]));
        assert_eq!(cell(&full, CORNU, Show::Steps, &mut notes), "2.00");
        assert_eq!(cell(&full, "torch", Show::Steps, &mut notes), "5.00 (2.50)");
        assert_eq!(cell(&full, "torch", Show::Rates, &mut notes), "25600");
    }

    #[test]
    fn tables_line_up() {
        let lines = [vec!["".into(), "Cornu".into()], vec!["W1".into(), "1.25".into()]];
        assert_eq!(markdown(&lines), "|      | Cornu |\n| ---- | ----: |\n| W1   |  1.25 |\n");
    }
}
