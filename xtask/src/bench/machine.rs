//! What the benchmark ran on, and when.

use std::fs;
use std::process::Command;

/// A description of the machine, for readers of the results.
#[derive(Debug)]
pub struct Machine {
    /// The day, as 2026-01-31.
    pub date: String,
    /// The processor's name and how many there are.
    pub processor: String,
    /// The operating system.
    pub system: String,
}

impl Machine {
    /// Asks the system; what it does not tell is called unknown.
    #[must_use]
    pub fn here() -> Machine {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |name: &str| {
            let line = cpus.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown").to_string()
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let widest = [("amx_tile", "AMX"), ("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON")];
        let widest = widest.into_iter().find(|(flag, _)| cpus.contains(flag)).map_or("", |(_, name)| name);
        Machine {
            date: output("date", &["-u", "+%Y-%m-%d"]),
            processor: format!(
                "{} (model {}), {cores} cores, {widest}",
                field("model name"),
                field("model\t")
            ),
            system: format!("{} {}", output("uname", &["-s"]), output("uname", &["-m"])),
        }
    }
}

/// The commit that is checked out, shortened; marked where files differ from it.
#[must_use]
pub fn commit(root: &std::path::Path) -> String {
    let root = root.to_string_lossy();
    output("git", &["-C", &root, "describe", "--always", "--dirty", "--exclude=*"])
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string());
    text.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".into())
}
