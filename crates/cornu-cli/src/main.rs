//! The command line of Cornu: `cornu train digits`.
#![forbid(unsafe_code)]

mod arguments;
mod evaluate;
mod explain;
mod failure;
mod list;
mod predict;
mod scores;
mod summary;
mod task;
mod train;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = match Arguments::try_parse() {
        Ok(arguments) => run(&arguments),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    // All that is printed goes through here: `cornu list | head` ends quietly.
    let mut out = BufWriter::new(io::stdout().lock());
    match &arguments.command {
        Command::Train(train) => train::run(train, arguments, &mut out)?,
        Command::Evaluate(evaluate) => evaluate::run(evaluate, arguments, &mut out)?,
        Command::Predict(predict) => predict::run(predict, arguments, &mut out)?,
        Command::Summary(summary) => summary::run(summary, &mut out)?,
        Command::Explain(explain) => explain::run(explain, arguments, &mut out)?,
        Command::List(list) => list::run(list, &mut out)?,
        Command::Completions(completions) => {
            // The generator panics where writing fails, so it writes to memory.
            let mut script = Vec::new();
            clap_complete::generate(completions.shell, &mut Arguments::command(), "cornu", &mut script);
            out.write_all(&script)?;
        }
    }
    out.flush()?;
    Ok(())
}
