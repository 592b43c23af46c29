//! The Python package: built as a wheel, and tested as a user would have it, in a fresh environment.

use crate::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the wheel is made with, and the sources are checked by.
const TOOLS: &[&str] = &["maturin>=1.9,<2", "ruff==0.17.*"];

/// Makes the wheel and installs it, with what its tests need, in a new environment; then runs the tests with
/// `flags` for pytest.
pub fn test(root: &Path, flags: &[&str]) -> Result<(), String> {
    let made = root.join("target/python");
    let tools = made.join("tools");
    environment(&tools, false)?;
    install(&tools, TOOLS)?;
    let ruff = program(&tools, "ruff");
    run(Command::new(&ruff).args(["check", "."]).current_dir(root.join("python")))?;
    run(Command::new(&ruff).args(["format", "--check", "."]).current_dir(root.join("python")))?;

    let wheels = made.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    let build = ["build", "--release", "--locked", "--out"];
    run(Command::new(program(&tools, "maturin")).args(build).arg(&wheels).current_dir(root.join("python")))?;
    let wheel = fs::read_dir(&wheels)
        .map_err(|error| format!("{}: {error}", wheels.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or("maturin made no wheel")?;

    let fresh = made.join("fresh");
    environment(&fresh, true)?;
    install(&fresh, &[&format!("{}[test]", wheel.display())])?;
    let tests = root.join("python/tests");
    // Elsewhere, so that what is tested is what was installed.
    run(Command::new(program(&fresh, "python"))
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .args(flags)
        .arg(&tests)
        .current_dir(&made))
}

/// An environment at `path`, made anew if asked.
fn environment(path: &Path, anew: bool) -> Result<(), String> {
    if anew && path.exists() {
        fs::remove_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    match program(path, "python").exists() {
        true => Ok(()),
        false => run(Command::new("python3").args(["-m", "venv"]).arg(path)),
    }
}

fn install(environment: &Path, packages: &[&str]) -> Result<(), String> {
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(program(environment, "python")).args(install).args(packages))
}

fn program(environment: &Path, name: &str) -> PathBuf {
    match cfg!(windows) {
        true => environment.join("Scripts").join(format!("{name}.exe")),
        false => environment.join("bin").join(name),
    }
}
