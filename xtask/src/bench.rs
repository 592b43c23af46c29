//! `cargo xtask bench`: times Cornu and its peers, interleaved, and writes what it found.

mod data;
mod machine;
mod peers;
mod report;
mod scaling;
mod worker;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use machine::Machine;
use peers::{BFLOAT16, CORNU, PEERS, Peer, Places};
use report::{Report, Row, Times};
use worker::{Missing, Worker};

/// How the command is called.
pub const USAGE: &str =
    "cargo xtask bench [--quick] [--only W1,W3,S1] [--peers torch,jax] [--threads 1,2] [--keep]
  cargo xtask bench --scaling [--quick] [--keep]";

/// Name, batch and steps of an epoch of each workload that trains.
const TRAINING: &[(&str, usize, usize)] = &[
    ("W1", 128, 100),
    ("W2", 32, 256),
    ("W3", 128, 100),
    ("W4", 128, 100),
    ("W5", 32, 100),
    ("W6", 12, 64),
    ("W7", 128, 100),
    ("W8", 64, 40),
];

/// Through which networks predictions are made.
const PREDICTIONS: &[(&str, &str)] = &[("W1", "P1"), ("W3", "P2"), ("W4", "P3")];

/// The name of the measurement of whole processes, and the workload that they do.
const START: (&str, &str) = ("S1", "W2");

/// How long a peer is left alone before another's turn, so that its threads are surely asleep.
const PAUSE: Duration = Duration::from_millis(50);

/// What the flags say.
#[derive(Debug)]
struct Options {
    rounds: usize,
    seconds: f64,
    only: Vec<String>,
    peers: Vec<&'static Peer>,
    threads: Vec<usize>,
    keep: bool,
    /// How Cornu's times grow, and nothing else.
    scaling: bool,
}

impl Options {
    fn parse(arguments: &[&str]) -> Result<Options, String> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = (1..=processors.min(2)).collect();
        let mut options = Options {
            rounds: 9,
            seconds: 1.0,
            only: vec![],
            peers: PEERS.iter().collect(),
            threads,
            keep: false,
            scaling: arguments.contains(&"--scaling"),
        };
        let other = |flag: &&&str| !["--scaling", "--quick", "--keep"].contains(*flag);
        if let Some(flag) = arguments.iter().find(other).filter(|_| options.scaling) {
            return Err(format!("{flag} does not go with --scaling\n  {USAGE}"));
        }
        let mut arguments = arguments.iter();
        while let Some(&flag) = arguments.next() {
            let mut list = || -> Result<Vec<&str>, String> {
                let value = arguments.next().ok_or_else(|| format!("{flag} needs a value\n  {USAGE}"))?;
                Ok(value.split(',').collect())
            };
            match flag {
                "--quick" => (options.rounds, options.seconds) = (3, 0.2),
                "--keep" => options.keep = true,
                "--scaling" => {}
                "--only" => options.only = chosen(&list()?, &names())?,
                "--threads" => {
                    let number = |text: &&str| match text.parse() {
                        Ok(n) if (1..=processors).contains(&n) => Ok(n),
                        _ => Err(format!("--threads {text}: expected a number from 1 to {processors}")),
                    };
                    options.threads = list()?.iter().map(number).collect::<Result<_, _>>()?;
                }
                "--peers" => {
                    let all: Vec<&str> = PEERS.iter().map(|peer| peer.name).collect();
                    let chosen = chosen(&list()?, &all)?;
                    let wanted =
                        |peer: &&Peer| peer.name == CORNU || chosen.iter().any(|name| name == peer.name);
                    options.peers = PEERS.iter().filter(wanted).collect();
                }
                _ => return Err(format!("there is no {flag}\n  {USAGE}")),
            }
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// Every name that `--only` takes.
fn names() -> Vec<&'static str> {
    let training = TRAINING.iter().map(|(name, ..)| *name);
    training.chain(PREDICTIONS.iter().map(|(_, name)| *name)).chain([START.0]).collect()
}

fn chosen(list: &[&str], all: &[&str]) -> Result<Vec<String>, String> {
    match list.iter().find(|name| !all.contains(name)) {
        Some(name) => Err(format!("there is no {name}; there are {}", all.join(", "))),
        None => Ok(list.iter().map(|name| name.to_string()).collect()),
    }
}

/// Runs the benchmark with the flags given.
///
/// # Errors
///
/// A flag that is not understood, Cornu's worker that cannot be built, peers that do not compute the
/// same thing, or a file that cannot be written.
pub fn run(root: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut options = Options::parse(arguments)?;
    let places = Places::new(root);
    data::write(&places.data())?;
    if options.scaling {
        return scaling::run(&options, &places);
    }
    let mut lost = BTreeMap::new();
    for peer in &options.peers {
        if let Err(error) = peer.make(&places) {
            eprintln!("{}: {error}", peer.title);
            lost.insert(peer.name, error);
        }
    }
    if let Some(error) = lost.get(CORNU) {
        return Err(error.clone());
    }
    options.peers.retain(|peer| !lost.contains_key(peer.name));
    let mut report = Report {
        machine: Machine::here(),
        versions: versions(&options, &places, root),
        peers: options.peers.clone(),
        rounds: (options.rounds, options.seconds),
        training: vec![],
        predictions: vec![],
        starts: vec![],
        memory: vec![],
    };
    for &threads in &options.threads {
        for &workload in TRAINING {
            measure(workload, threads, &options, &places, &mut report)?;
        }
        if options.wants(START.0) {
            report.starts.extend(starts(threads, &options, &places)?);
        }
    }
    let page = report.page();
    println!("{page}");
    let json = format!("{:#}\n", report.json());
    save(&places.made.join("results.json"), &json)?;
    match options.keep {
        true => Ok(()),
        false => save(&root.join("docs/benchmarks.md"), &page),
    }
}

fn save(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn versions(options: &Options, places: &Places, root: &Path) -> BTreeMap<&'static str, String> {
    let version = |peer: &&Peer| {
        let told = match peer.name {
            CORNU | BFLOAT16 => Ok(format!("{} ({})", env!("CARGO_PKG_VERSION"), machine::commit(root))),
            _ => Worker::start(peer, places, 1).and_then(|mut worker| {
                let answer = worker.ask("version")?;
                Ok(answer["version"].as_str().unwrap_or("unknown").to_string())
            }),
        };
        (peer.name, told.unwrap_or_else(|_| "unknown".into()))
    };
    options.peers.iter().map(version).collect()
}

/// One peer at one workload: its process while it works, or why it does not.
struct Subject {
    peer: &'static Peer,
    worker: Result<Worker, Missing>,
    parameters: f64,
    first_loss: Option<f64>,
}

impl Subject {
    /// Starts the peer's process and lets it prepare the workload and make its first step.
    fn start(peer: &'static Peer, places: &Places, threads: usize, prepare: &str) -> Subject {
        let worker = Worker::start(peer, places, threads);
        let mut subject = Subject { peer, worker, parameters: 0.0, first_loss: None };
        if let Some(n) = subject.with(|worker| worker.number(prepare, "parameters")) {
            subject.parameters = n;
            // The first step compiles, and its loss is that of weights that learned nothing.
            let answer = subject.with(|worker| worker.ask("run 1"));
            subject.first_loss = answer.and_then(|answer| answer["loss"].as_f64());
        }
        subject
    }

    /// Does something with the worker; a failure ends it.
    fn with<T>(&mut self, work: impl FnOnce(&mut Worker) -> Result<T, Missing>) -> Option<T> {
        let result = work(self.worker.as_mut().ok()?);
        match result {
            Ok(value) => Some(value),
            Err(missing) => {
                self.worker = Err(missing);
                None
            }
        }
    }
}

/// Times the training steps of one workload, and the predictions of its network.
fn measure(
    (name, batch, epoch): (&'static str, usize, usize),
    threads: usize,
    options: &Options,
    places: &Places,
    report: &mut Report,
) -> Result<(), String> {
    let prediction = PREDICTIONS.iter().find(|(workload, _)| *workload == name).map(|(_, name)| *name);
    let prediction = prediction.filter(|prediction| options.wants(prediction));
    let train = options.wants(name);
    if !train && prediction.is_none() {
        return Ok(());
    }
    eprintln!("{name} on {threads} thread(s)");
    let start = |peer: &&'static Peer| Subject::start(peer, places, threads, &peer.prepare(name, threads));
    let mut subjects: Vec<Subject> = options.peers.iter().map(start).collect();
    same_parameters(name, &subjects)?;
    if train {
        let steps: Vec<usize> = subjects
            .iter_mut()
            .map(|subject| whole_epochs(calibrate(subject, "run", options.seconds), epoch))
            .collect();
        let times = rounds(&mut subjects, options.rounds, |worker, i| {
            Ok(worker.number(&format!("run {}", steps[i]), "seconds")? / steps[i] as f64)
        });
        learned(name, &mut subjects);
        let memory = subjects.iter_mut().map(|subject| {
            let bytes = subject.with(|worker| worker.number("memory", "peak_bytes"));
            (subject.peer.name, finished(subject, bytes.into_iter().collect()))
        });
        let memory = memory.collect();
        // After the memory: Cornu's measurement of the floor takes large arrays.
        let floor = subjects[0].worker.as_mut().ok().and_then(|worker| {
            // Cornu need not know a floor for everything.
            worker.number("floor", "seconds_per_step").ok()
        });
        report.memory.push(Row { name: name.into(), threads, samples: 1, floor: None, times: memory });
        report.training.push(Row { name: name.into(), threads, samples: batch, floor, times });
    }
    for rows in [1, 10_000].into_iter().filter(|_| prediction.is_some()) {
        let request = format!("predict {rows}");
        let calls: Vec<usize> =
            subjects.iter_mut().map(|subject| calibrate(subject, &request, options.seconds / 2.0)).collect();
        let times = rounds(&mut subjects, options.rounds, |worker, i| {
            Ok(worker.number(&format!("{request} {}", calls[i]), "seconds")? / calls[i] as f64)
        });
        let name = format!("{} x{rows}", prediction.unwrap_or_default());
        report.predictions.push(Row { name, threads, samples: rows, floor: None, times });
    }
    Ok(())
}

/// How often a peer has to do a thing for the doing alone to take so many seconds; warms it up.
///
/// What a request costs however often it does the thing does not count: to start a `fit` takes some
/// frameworks as long as hundreds of small steps, and users start it once.
fn calibrate(subject: &mut Subject, request: &str, seconds: f64) -> usize {
    let mut time = |n: usize| subject.with(|worker| worker.number(&format!("{request} {n}"), "seconds"));
    // The first time may compile.
    time(1);
    let Some(once) = time(1).filter(|once| *once < 4.0 * seconds) else { return 1 };
    let mut n = 5;
    while let Some(taken) = time(n) {
        let each = (taken - once).max(taken / 100.0) / (n - 1) as f64;
        if each * n as f64 >= seconds {
            break;
        }
        // Not in one leap: the first times are longer than later ones.
        n = ((seconds / each * 1.1).ceil() as usize).clamp(n + 1, n * 10);
    }
    n
}

/// More steps than an epoch are whole epochs, as users train.
fn whole_epochs(steps: usize, epoch: usize) -> usize {
    match steps / epoch {
        0 => steps,
        _ => steps.div_ceil(epoch) * epoch,
    }
}

/// Asks all peers in turn, again and again; there and back, so that none always follows the same.
fn rounds(
    subjects: &mut [Subject],
    n_rounds: usize,
    work: impl Fn(&mut Worker, usize) -> Result<f64, Missing>,
) -> BTreeMap<&'static str, Times> {
    let mut times = vec![vec![]; subjects.len()];
    for round in 0..n_rounds {
        for turn in 0..subjects.len() {
            let i = if round % 2 == 0 { turn } else { subjects.len() - 1 - turn };
            sleep(PAUSE);
            times[i].extend(subjects[i].with(|worker| work(worker, i)));
        }
    }
    subjects.iter().zip(times).map(|(subject, times)| (subject.peer.name, finished(subject, times))).collect()
}

/// The numbers of a peer, unless it failed on the way.
fn finished(subject: &Subject, numbers: Vec<f64>) -> Times {
    match &subject.worker {
        Ok(_) => Ok(numbers),
        Err(missing) => Err(missing.clone()),
    }
}

/// Checks that all have the same number of parameters: else they do not compute the same thing.
fn same_parameters(name: &str, subjects: &[Subject]) -> Result<(), String> {
    let there: Vec<&Subject> = subjects.iter().filter(|subject| subject.worker.is_ok()).collect();
    match there.iter().all(|subject| subject.parameters == there[0].parameters) {
        true => Ok(()),
        false => {
            let list: Vec<String> =
                there.iter().map(|subject| format!("{} {}", subject.peer.name, subject.parameters)).collect();
            Err(format!("{name}: the peers' numbers of parameters differ: {}", list.join(", ")))
        }
    }
}

/// How many more times a peer is asked to train a little before its loss counts as one that does not
/// fall: batches differ, and slow peers made few steps.
const TRIES: usize = 10;

/// A peer whose loss did not fall did not train: its numbers do not count.
fn learned(name: &str, subjects: &mut [Subject]) {
    for subject in subjects {
        let Some(first) = subject.first_loss else { continue };
        let mut last = f64::NAN;
        for _ in 0..TRIES {
            let answer = subject.with(|worker| worker.ask("run 2"));
            last = answer.and_then(|answer| answer["loss"].as_f64()).unwrap_or(f64::NAN);
            if last < first || subject.worker.is_err() {
                break;
            }
        }
        if subject.worker.is_ok() && (last.is_nan() || last >= first) {
            let what = format!("{}: the loss of {name} went from {first} to {last}", subject.peer.title);
            subject.worker = Err(Missing::Failed(what));
        }
    }
}

/// Times whole processes, in turn; the first of each, which saves the model, is not counted.
fn starts(threads: usize, options: &Options, places: &Places) -> Result<Vec<Row>, String> {
    eprintln!("{} on {threads} thread(s)", START.0);
    let folder = places.made.join("models");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let workload = START.1;
    let ask = |peer: &Peer, requests: &[String]| -> Result<f64, Missing> {
        let start = Instant::now();
        let mut worker = Worker::start(peer, places, threads)?;
        requests.iter().try_for_each(|request| worker.ask(request).map(|_| ()))?;
        Ok(start.elapsed().as_secs_f64())
    };
    let path = |peer: &Peer| folder.join(format!("{}-{workload}.keras", peer.name)).display().to_string();
    let saved = |peer: &Peer| {
        let requests = ["run 10".into(), "predict 1 1".into(), format!("save {}", path(peer))];
        ask(peer, &[&[peer.prepare(workload, threads)], &requests[..]].concat())
    };
    let mut predictions: BTreeMap<&str, Times> =
        options.peers.iter().map(|peer| (peer.name, saved(peer).map(|_| Vec::new()))).collect();
    let mut steps = predictions.clone();
    for _ in 0..options.rounds {
        for peer in &options.peers {
            let load = format!("load {workload} {threads} {}", path(peer));
            let prepare = peer.prepare(workload, threads);
            for (times, requests) in
                [(&mut predictions, [load, "predict 1 1".into()]), (&mut steps, [prepare, "run 1".into()])]
            {
                let Some(Ok(known)) = times.get_mut(peer.name) else { continue };
                match ask(peer, &requests) {
                    Ok(seconds) => known.push(seconds),
                    Err(missing) => drop(times.insert(peer.name, Err(missing))),
                }
            }
        }
    }
    let row = |name: &str, times| Row { name: name.into(), threads, samples: 1, floor: None, times };
    Ok(vec![row("first prediction", predictions), row("first step", steps)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags() {
        let options =
            Options::parse(&["--quick", "--only", "W1,S1", "--peers", "jax", "--threads", "1"]).unwrap();
        assert_eq!(options.rounds, 3);
        assert!(options.wants("S1") && !options.wants("W2"));
        let names: Vec<&str> = options.peers.iter().map(|peer| peer.name).collect();
        assert_eq!(names, [CORNU, "jax"]);
        let error = Options::parse(&["--only", "W9"]).unwrap_err();
        assert!(error.starts_with("there is no W9; there are W1, W2"), "{error}");
        assert!(Options::parse(&["--threads", "0"]).is_err());
        assert!(Options::parse(&["--threads"]).is_err());
        assert!(Options::parse(&["--scaling", "--quick"]).unwrap().scaling);
        let error = Options::parse(&["--only", "W1", "--scaling"]).unwrap_err();
        assert!(error.starts_with("--only does not go with --scaling"), "{error}");
    }

    #[test]
    fn steps_are_whole_epochs_from_one_on() {
        assert_eq!(whole_epochs(7, 100), 7);
        assert_eq!(whole_epochs(100, 100), 100);
        assert_eq!(whole_epochs(101, 100), 200);
    }
}
