//! A worker that times Cornu: it reads one request a line and answers each with a line of JSON.
//!
//! `prepare W1 2` (threads; then, if wanted, `batch=64`, `policy=mixed_bfloat16`, of W3 `width=1024`),
//! `run 200` (training steps), `predict 1 200` (rows, calls), `save path`, `load W1 2 path`, `floor`,
//! `memory`, `profile`, `quit`.

mod data;
mod workloads;

use cornu::cpu::{Floor, Plan, table};
use cornu::prelude::*;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::time::Instant;
use workloads::{NAMES, Options, Workload, workload};

fn main() -> Result<()> {
    let mut current = None;
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ["quit"] {
            break;
        }
        let answer = match answer(&words, &mut current) {
            Ok(answer) => answer,
            Err(error) => json!({"error": error.to_string()}),
        };
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    Ok(())
}

fn answer(words: &[&str], current: &mut Option<Workload>) -> Result<Value> {
    let number = |i: usize| -> Result<usize> {
        words.get(i).and_then(|word| word.parse().ok()).ok_or_else(|| Error::argument("expects a number"))
    };
    if let ["prepare", name, ..] = words {
        let option = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
        let size = |key: &str| {
            let fail = |text| Error::argument(format!("{key}={text}: expected a whole number"));
            option(key).map(|text| text.parse().map_err(|_| fail(text))).transpose()
        };
        let options =
            Options { batch: size("batch")?, width: size("width")?, policy: option("policy"), saved: None };
        *current = None;
        let made = workload(name, number(2)?, &options)?;
        let parameters = made.model.count_params();
        *current = Some(made);
        return Ok(json!({"ok": true, "parameters": parameters}));
    }
    if let ["load", name, _, path] = words {
        *current = None;
        *current = Some(workload(name, number(2)?, &Options { saved: Some(path), ..Options::default() })?);
        return Ok(json!({"ok": true}));
    }
    let Some(work) = current else {
        return Err(Error::argument("nothing is prepared").help(format!("prepare one of {NAMES:?}")));
    };
    match words {
        ["run", _] => run(work, number(1)?),
        ["predict", ..] => predict(work, number(1)?, number(2)?),
        ["save", path] => work.model.save(path).map(|()| json!({"ok": true})),
        ["floor"] => floor(work),
        ["memory"] => memory(work),
        ["profile"] => profile(work),
        _ => Err(Error::argument(format!("there is no request `{}`", words.join(" ")))),
    }
}

/// Trains for so many steps: whole epochs, and the rest of one.
fn run(work: &mut Workload, steps: usize) -> Result<Value> {
    let each = work.x.rows() / work.batch;
    let (epochs, rest) = (steps / each, steps % each);
    let fit = |epochs| Fit::new().epochs(epochs).batch_size(work.batch).silent();
    let mut loss = None;
    let start = Instant::now();
    if epochs > 0 {
        loss = work.model.fit(&work.x, &work.y, fit(epochs))?.last("loss");
    }
    if rest > 0 {
        loss = work.model.fit(&work.x, &work.y, fit(1).steps_per_epoch(rest))?.last("loss");
    }
    Ok(json!({"seconds": start.elapsed().as_secs_f64(), "loss": loss}))
}

fn predict(work: &mut Workload, rows: usize, calls: usize) -> Result<Value> {
    let all = work.x.rows();
    let x = work.x.take_rows(&(0..rows).map(|row| row % all).collect::<Vec<_>>());
    let start = Instant::now();
    for _ in 0..calls {
        match rows {
            1 => drop(work.model.predict_on_batch(&x)?),
            _ => drop(work.model.predict(&x)?),
        }
    }
    Ok(json!({"seconds": start.elapsed().as_secs_f64()}))
}

/// The plan of a training step, its data and variables.
fn plan(work: &Workload) -> Result<(Plan, Vec<Array>, Vec<Array>)> {
    let rows = 0..work.batch;
    let (x, y) = (work.x.slice_rows(rows.clone()), work.y.slice_rows(rows));
    let (graph, variables) = work.model.training_step(&x, &y)?;
    Ok((Plan::new(&graph, work.threads)?, vec![x, y], variables))
}

fn floor(work: &Workload) -> Result<Value> {
    let (plan, ..) = plan(work)?;
    let machine = Floor::measure();
    Ok(json!({
        "seconds_per_step": machine.seconds(plan.flops(), plan.bytes_given()),
        "flops": plan.flops(), "bytes": plan.bytes_given(),
        "flops_per_second": machine.flops_per_second, "bytes_per_second": machine.bytes_per_second,
    }))
}

/// The most memory that this process has had, and what the plan of a step said.
fn memory(work: &Workload) -> Result<Value> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    let peak = kilobytes.map(|kilobytes: usize| kilobytes * 1024);
    Ok(json!({"peak_bytes": peak, "predicted_bytes": work.model.training_bytes(work.batch)?}))
}

/// Prints what each step of the plan takes to the standard error.
fn profile(work: &Workload) -> Result<Value> {
    let (mut plan, data, mut variables) = plan(work)?;
    let mut reports = plan.profile(&data, &mut variables)?;
    for _ in 0..20 {
        for (best, report) in reports.iter_mut().zip(plan.profile(&data, &mut variables)?) {
            best.time = best.time.min(report.time);
        }
    }
    let total: f64 = reports.iter().filter_map(|report| report.time).map(|time| time.as_secs_f64()).sum();
    eprintln!("{}", table(&reports));
    Ok(json!({"seconds": total, "peak_bytes": plan.peak_bytes()}))
}
