//! The tests as an aarch64 processor runs them, whatever this machine is: built for it, run under qemu.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// The variables in which cargo looks for what links, and for what runs what was built.
const LINKER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER";
const RUNNER: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";

/// Where qemu looks for the target's C library, and where Debian's cross compilers have it.
const LIBRARIES: [&str; 2] = ["QEMU_LD_PREFIX", "/usr/aarch64-linux-gnu"];

/// Tests the language and the machine, with `flags` for `cargo test`. What the three variables say already stays.
pub fn test(root: &Path, flags: &[&str]) -> Result<(), String> {
    let mut missing = Vec::new();
    if !has_standard_library() {
        missing.push(format!(
            "Rust's standard library for it: `rustup target add {TARGET}`, or a compiler that has it in RUSTC"
        ));
    }
    let mut tool = |variable, programs: &[&str], package| match program(variable, programs) {
        Some(program) => program,
        None => {
            missing.push(format!("{}: `apt install {package}`, or another in {variable}", programs[0]));
            String::new()
        }
    };
    let linker = tool(LINKER, &["aarch64-linux-gnu-gcc"], "gcc-aarch64-linux-gnu libc6-dev-arm64-cross");
    let runner = tool(RUNNER, &["qemu-aarch64", "qemu-aarch64-static"], "qemu-user");
    if !missing.is_empty() {
        return Err(format!("tests for {TARGET} need\n  {}", missing.join("\n  ")));
    }
    let [variable, place] = LIBRARIES;
    // What only other processors use is code that nobody uses here.
    let rustflags = format!("{} -D warnings", env::var("RUSTFLAGS").unwrap_or_default());
    // Not the examples in documentation: rustdoc would need the target too.
    crate::run(
        Command::new("cargo")
            .args(["test", "--target", TARGET, "-p", "cornu-graph", "-p", "cornu-cpu", "--tests"])
            .args(flags)
            .env("RUSTFLAGS", rustflags.trim())
            .env(LINKER, linker)
            .env(RUNNER, runner)
            .env(variable, env::var(variable).unwrap_or(place.to_string()))
            .current_dir(root),
    )
}

/// Whether the compiler has what every program for the target is linked with.
fn has_standard_library() -> bool {
    let compiler = env::var("RUSTC").unwrap_or("rustc".to_string());
    let output = Command::new(compiler).args(["--print", "target-libdir", "--target", TARGET]).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// What the variable names, or the first of the programs that this machine has.
fn program(variable: &str, programs: &[&str]) -> Option<String> {
    let starts = |program: &&str| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    env::var(variable).ok().or_else(|| programs.iter().copied().find(starts).map(str::to_string))
}
