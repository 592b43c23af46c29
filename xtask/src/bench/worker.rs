//! A peer's process, and the line protocol that it speaks.
//!
//! | request | answer |
//! | --- | --- |
//! | `version` | `{"version": text}` |
//! | `prepare W1 2` | `{"ok": true, "parameters": n}`: the workload, on that many threads |
//! | `load W1 2 path` | the same, with the weights of a file |
//! | `save path` | `{"ok": true}` |
//! | `run 100` | `{"seconds": s, "loss": l}` for that many training steps |
//! | `predict 10000 3` | `{"seconds": s}` for three calls of 10000 rows each |
//! | `memory` | `{"peak_bytes": n}` |
//! | `prepare W3 1 batch=64 width=512` | as above, of another size; Cornu alone |
//! | `floor` | `{"seconds_per_step": s, "flops": n}`: what the machine could do at best; Cornu alone |
//! | `quit` | none |
//!
//! An answer may be `{"unsupported": reason}` or `{"error": what}` as well.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::Value;

use super::peers::{Peer, Places};

/// Why a peer has no number.
#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    /// It has no means to express the workload.
    Unsupported(String),
    /// It failed.
    Failed(String),
}

/// A peer's process; ends with it.
#[derive(Debug)]
pub struct Worker {
    name: &'static str,
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts the peer; what it prints besides answers goes to a file in `target/bench/logs`.
    ///
    /// # Errors
    ///
    /// The program that could not be started.
    pub fn start(peer: &Peer, places: &Places, threads: usize) -> Result<Worker, Missing> {
        let fail = |error: std::io::Error| Missing::Failed(format!("{} did not start: {error}", peer.name));
        let logs = places.made.join("logs");
        fs::create_dir_all(&logs).map_err(fail)?;
        let log = File::create(logs.join(format!("{}.txt", peer.name))).map_err(fail)?;
        let mut child = peer
            .command(places, threads)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(fail)?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Missing::Failed(format!("{} has no pipes", peer.name)));
        };
        Ok(Worker { name: peer.name, child, requests, answers: BufReader::new(answers) })
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    ///
    /// What the peer does not support, or what went wrong.
    pub fn ask(&mut self, request: &str) -> Result<Value, Missing> {
        let fail = |what: &str| Missing::Failed(format!("{}: `{request}`: {what}", self.name));
        let mut line = String::new();
        writeln!(self.requests, "{request}").map_err(|error| fail(&error.to_string()))?;
        self.answers.read_line(&mut line).map_err(|error| fail(&error.to_string()))?;
        if line.is_empty() {
            return Err(fail(&format!("it ended; see target/bench/logs/{}.txt", self.name)));
        }
        let answer: Value = serde_json::from_str(&line).map_err(|error| fail(&format!("{error}: {line}")))?;
        match (answer.get("unsupported"), answer.get("error")) {
            (Some(reason), _) => Err(Missing::Unsupported(reason.as_str().unwrap_or_default().into())),
            (_, Some(error)) => Err(fail(error.as_str().unwrap_or_default())),
            _ => Ok(answer),
        }
    }

    /// Sends a request and takes one number of its answer.
    ///
    /// # Errors
    ///
    /// As [`Worker::ask`], or the number is not there.
    pub fn number(&mut self, request: &str, key: &str) -> Result<f64, Missing> {
        let answer = self.ask(request)?;
        answer[key]
            .as_f64()
            .ok_or_else(|| Missing::Failed(format!("{}: `{request}`: no {key} in {answer}", self.name)))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Those that do not leave by themselves are ended; both may have happened already.
        let _ = writeln!(self.requests, "quit");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
