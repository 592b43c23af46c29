//! The help texts, the version, the completions.

use crate::program::{Folder, assert_golden};
use std::time::{Duration, Instant};

#[test]
fn help_texts() {
    let folder = Folder::new("help");
    for command in ["", "train", "evaluate", "predict", "summary", "explain", "list", "completions"] {
        let text = folder.success(&format!("{command} --help"));
        assert!(text.contains("Examples:\n  cornu "), "{command}: no example");
        let name = if command.is_empty() { "cornu" } else { command };
        assert_golden(&format!("help_{name}.txt"), &text);
    }
}

#[test]
fn examples_in_help_texts_are_understood() {
    let folder = Folder::new("examples");
    for command in ["", "train", "evaluate", "predict", "summary", "explain", "list"] {
        let text = folder.success(&format!("{command} --help"));
        let (_, examples) = text.split_once("Examples:\n").unwrap();
        for example in examples.lines().filter_map(|line| line.strip_prefix("  cornu ")) {
            let arguments = example.split(['|', '>']).next().unwrap();
            // Asked for help, the program reads the rest of the line and runs nothing.
            folder.success(&format!("{arguments} --help"));
        }
    }
}

#[test]
fn version_at_once() {
    let folder = Folder::new("version");
    let runs = (0..10).map(|_| {
        let start = Instant::now();
        assert_eq!(folder.success("--version"), format!("cornu {}\n", env!("CARGO_PKG_VERSION")));
        start.elapsed()
    });
    // The best of ten: the machine may be busy.
    let best = runs.min().unwrap();
    assert!(best < Duration::from_millis(10), "{best:?}");
}

#[test]
fn completions() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.success(&format!("completions {shell}"));
        assert!(script.contains("evaluate") && script.contains("batch-size"), "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::Stdio;
    let folder = Folder::new("pipe");
    for command in ["list", "--help", "completions bash"] {
        let mut child =
            folder.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
        assert!(output.stderr.is_empty(), "{command}: {output:?}");
    }
}
