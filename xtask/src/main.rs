//! Chores of Cornu's contributors: `cargo xtask new`, `test`, `aarch64`, `python`, `tidy` and `bench`.
#![forbid(unsafe_code)]

mod aarch64;
mod bench;
mod new;
mod python;
mod tidy;

use std::path::Path;
use std::process::{Command, ExitCode};

/// What `cargo xtask test` and `.ci/run` run, in order.
const COMMANDS: &[&str] = &[
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets -- -D warnings",
    "cargo doc --workspace --no-deps",
    "cargo test --workspace",
];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["new", kind, name] => new::run(root, kind, name).map(|paths| {
            paths.iter().for_each(|path| println!("{path}"));
            println!("Fill in what says TODO, then: cargo fmt, cargo test --workspace");
        }),
        ["tidy"] => match tidy::complaints(root) {
            none if none.is_empty() => Ok(()),
            some => Err(some.join("\n")),
        },
        ["test"] => COMMANDS
            .iter()
            .try_for_each(|command| execute(root, command))
            .and_then(|()| python::test(root, &[])),
        ["aarch64", ref flags @ ..] => aarch64::test(root, flags),
        ["python", ref flags @ ..] => python::test(root, flags),
        ["bench", ref flags @ ..] => bench::run(root, flags),
        _ => Err(format!(
            "the commands are:\n  cargo xtask new {} NAME\n  cargo xtask test\n  cargo xtask aarch64 [FLAGS OF CARGO TEST]\n  cargo xtask python [FLAGS OF PYTEST]\n  cargo xtask tidy\n  {}",
            new::kinds(),
            bench::USAGE
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn execute(root: &Path, command: &str) -> Result<(), String> {
    println!("$ {command}");
    let mut words = command.split(' ');
    let mut process = Command::new(words.next().unwrap_or_default());
    let status = process.args(words).current_dir(root).env("RUSTDOCFLAGS", "-D warnings").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("`{command}` failed")),
        Err(error) => Err(format!("`{command}`: {error}")),
    }
}

/// Runs what a chore is made of, once it has been shown.
fn run(command: &mut Command) -> Result<(), String> {
    println!("$ {command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
