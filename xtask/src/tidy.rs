//! `cargo xtask tidy`: the rules of this repository that the compiler does not know.

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines that a source file has.
const LINES: usize = 700;

/// Longer files, and how long they may be: a list that only gets shorter.
const LONGER: &[(&str, usize)] = &[("crates/cornu-cpu/src/math.rs", 750)];

/// Which crates each crate may depend on: those below it.
const BELOW: &[(&str, &[&str])] = &[
    ("cornu-graph", &[]),
    ("cornu-cpu", &["cornu-graph"]),
    ("cornu", &["cornu-graph", "cornu-cpu"]),
    ("cornu-cli", &["cornu"]),
    ("cornu-py", &["cornu"]),
];

/// Where memory is handled that the compiler does not watch: the kernels, and the memory that Python lends.
const WATCHFUL: &[&str] =
    &["crates/cornu-cpu/", "crates/cornu-py/src/arrays.rs", "crates/cornu-py/src/arrow.rs"];

/// Everything in the workspace that breaks a rule.
pub fn complaints(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut files = Vec::new();
    for folder in ["benchmarks", "crates", "xtask"] {
        sources(&root.join(folder), &mut files);
    }
    for path in &files {
        let shown = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(path).unwrap_or_default();
        source(&shown, &text, &mut found);
        if !listed(path) {
            found.push(format!("{shown}: no `mod` line leads here"));
        }
    }
    for (name, below) in BELOW {
        manifest(root, name, below, &mut found);
    }
    readmes(root, &mut found);
    let ci = fs::read_to_string(root.join(".ci/run")).unwrap_or_default();
    let missing = crate::COMMANDS.iter().filter(|command| !ci.lines().any(|line| line.ends_with(*command)));
    found.extend(missing.map(|command| format!(".ci/run: lacks `{command}`")));
    found
}

/// All Rust files under `folder`, in order.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => return,
    };
    entries.sort();
    for path in entries {
        match path.is_dir() {
            true if path.ends_with("target") || path.ends_with("goldens") => {}
            true => sources(&path, files),
            false if path.extension().is_some_and(|extension| extension == "rs") => files.push(path),
            false => {}
        }
    }
}

/// The rules for one file.
fn source(shown: &str, text: &str, found: &mut Vec<String>) {
    let first = text.lines().next().unwrap_or_default();
    if !(first.starts_with("//! ") && first.len() > 8) {
        found.push(format!("{shown}:1: a module opens with a `//!` sentence on what it is"));
    }
    let most = LONGER.iter().find(|(path, _)| *path == shown).map_or(LINES, |(_, lines)| *lines);
    let lines = text.lines().count();
    if lines > most {
        found.push(format!("{shown}: {lines} lines, more than {most}"));
    }
    for (i, line) in text.lines().enumerate() {
        let line = line.split("//").next().unwrap_or_default();
        // In two parts, so that this file does not name them.
        for word in [concat!("to", "do!("), concat!("db", "g!("), concat!("unimple", "mented!(")] {
            if line.contains(word) {
                found.push(format!("{shown}:{}: `{word}..)` is left over", i + 1));
            }
        }
        let keyword = concat!("un", "safe");
        let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if words.into_iter().any(|word| word == keyword)
            && !WATCHFUL.iter().any(|place| shown.starts_with(place))
        {
            found.push(format!("{shown}:{}: `{keyword}` is for {} alone", i + 1, WATCHFUL.join(", ")));
        }
    }
}

/// Whether a `mod` line in the module above leads to the file; cargo finds some by their place.
fn listed(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new(""));
    let in_folder = |name: &str| folder.file_name().is_some_and(|folder| folder == name);
    if ["lib", "main", "build"].contains(&stem.as_str())
        || in_folder("examples")
        || in_folder("benches")
        || in_folder("bin")
    {
        return true;
    }
    if in_folder("tests") && folder.with_file_name("Cargo.toml").exists() {
        return true;
    }
    let (stem, folder) = match stem.as_str() {
        "mod" => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, folder.parent().unwrap_or(folder))
        }
        _ => (stem, folder),
    };
    let above =
        [folder.join("mod.rs"), folder.join("lib.rs"), folder.join("main.rs"), folder.with_extension("rs")];
    let line = format!("mod {stem};");
    above.iter().filter_map(|path| fs::read_to_string(path).ok()).any(|text| {
        text.lines().any(|l| {
            let l = l.trim();
            l == line || l.ends_with(&format!(" {line}"))
        })
    })
}

/// The rules for one crate's manifest.
fn manifest(root: &Path, name: &str, below: &[&str], found: &mut Vec<String>) {
    let shown = format!("crates/{name}/Cargo.toml");
    let text = fs::read_to_string(root.join(&shown)).unwrap_or_default();
    let mut section = "";
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
            continue;
        }
        let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
        let ours = dependency == "cornu" || dependency.starts_with("cornu-");
        // What tests use may come from above.
        if section == "[dependencies]" && ours && !below.contains(&dependency) {
            found.push(format!("{shown}: {name} may not depend on {dependency}"));
        }
    }
    // With it, clippy asks every unsafe block for its SAFETY comment.
    if !text.contains("[lints]\nworkspace = true") {
        found.push(format!("{shown}: lacks `[lints] workspace = true`"));
    }
    let crate_root = ["lib.rs", "main.rs"].map(|file| root.join(format!("crates/{name}/src/{file}")));
    let forbids = |path: &PathBuf| {
        fs::read_to_string(path).is_ok_and(|text| text.contains(concat!("#![forbid(un", "safe_code)]")))
    };
    // Where some files need it, the others are looked at one by one.
    let watched = WATCHFUL.iter().any(|place| place.starts_with(&format!("crates/{name}/")));
    if !watched && !crate_root.iter().any(forbids) {
        found.push(format!("crates/{name}/src: the crate lacks `#![forbid(..)]`"));
    }
}

/// README.md and README.zh-CN.md say the same.
fn readmes(root: &Path, found: &mut Vec<String>) {
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_default();
    let [one, other] = ["README.md", "README.zh-CN.md"].map(|name| outline(&read(name)));
    if one.0 != other.0 {
        found.push(format!(
            "README.zh-CN.md: its headings have levels {:?}, README.md's {:?}",
            other.0, one.0
        ));
    }
    if one.1 != other.1 {
        found.push("README.zh-CN.md: its code differs from README.md's".into());
    }
}

/// The levels of the headings, and the code: blocks without their comments.
fn outline(text: &str) -> (Vec<usize>, Vec<String>) {
    let (mut levels, mut code, mut within) = (Vec::new(), Vec::new(), false);
    for line in text.lines() {
        if line.starts_with("```") {
            within = !within;
            // A picture may have words of its own language.
            code.push(if line == "```text" { "picture" } else { line }.to_string());
        } else if within && code.iter().rfind(|line| !line.is_empty()).is_some() {
            let picture = code.iter().rev().find(|l| l.starts_with("```") || *l == "picture");
            if picture.is_some_and(|l| l != "picture") {
                let line = line.split(" // ").next().unwrap_or_default();
                code.push(line.split("  # ").next().unwrap_or_default().trim_end().to_string());
            }
        } else if line.starts_with('#') {
            levels.push(line.chars().take_while(|c| *c == '#').count());
        }
    }
    (levels, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
        let found = complaints(root);
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }

    #[test]
    fn each_rule_bites() {
        let bad = |text: &str| {
            let mut found = Vec::new();
            source("crates/cornu/src/x.rs", text, &mut found);
            found.len()
        };
        assert_eq!(bad("//! A module.\nfn f() {}\n"), 0);
        assert_eq!(bad("fn f() {}\n"), 1);
        assert_eq!(bad(&format!("//! A module.\nfn f() {{ {} }}\n", concat!("to", "do!()"))), 1);
        assert_eq!(bad(&format!("//! A module.\n{} fn f() {{}}\n", concat!("un", "safe"))), 1);
        assert_eq!(bad(&format!("//! A module.\n{}", "\n".repeat(LINES))), 1);
        assert_eq!(outline("# A\n```sh\nrun  # why\n```\n## B\n").0, [1, 2]);
        assert_eq!(outline("```sh\nrun  # why\n```\n"), outline("```sh\nrun  # warum\n```\n"));
    }
}
