//! The READMEs are in step with the program.

use crate::program::Folder;
use std::path::{Path, PathBuf};

/// The kinds as the tables call them, in English and in Chinese.
const KINDS: &[(&str, &str, &str)] = &[
    ("layers", "Layers", "层"),
    ("activations", "Activations", "激活函数"),
    ("losses", "Losses", "损失函数"),
    ("metrics", "Metrics", "指标"),
    ("optimizers", "Optimizers", "优化器"),
    ("schedules", "Schedules", "学习率计划"),
    ("initializers", "Initializers", "初始化器"),
    ("regularizers", "Regularizers", "正则化器"),
    ("constraints", "Constraints", "约束"),
    ("callbacks", "Callbacks", "回调"),
    ("data", "Data", "数据"),
];

const BEGIN: &str = "<!-- what there is: written by `UPDATE=1 cargo test -p cornu-cli` -->\n";
const END: &str = "<!-- end -->";

/// The file at the root of the workspace; `None` where this crate stands alone.
fn file(name: &str) -> Option<(PathBuf, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    let text = std::fs::read_to_string(&path).ok()?.replace("\r\n", "\n");
    Some((path, text))
}

#[test]
fn the_tables_hold_what_there_is() {
    let folder = Folder::new("readme");
    for (name, header, chinese) in
        [("README.md", "| What | Names |", false), ("README.zh-CN.md", "| 种类 | 名称 |", true)]
    {
        let Some((path, text)) = file(name) else { return };
        let mut table = format!("\n{header}\n| --- | --- |\n");
        for (kind, english, other) in KINDS {
            let list = folder.success(&format!("list {kind}"));
            let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
            let word = if chinese { other } else { english };
            table += &format!("| {word} | {} |\n", names.join(", "));
        }
        let (before, rest) = text.split_once(BEGIN).expect("the README marks the table");
        let (old, after) = rest.split_once(END).expect("the README marks the end of the table");
        let table = table + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        } else {
            assert!(old == table, "{name} has an old table (UPDATE=1 rewrites it); it should be\n{table}");
        }
    }
}

#[test]
fn the_example_is_one_that_compiles() {
    let example = include_str!("example.rs");
    let (_, example) = example.split_once("\n\n").expect("the example follows the module's sentence");
    let example = example.replace("#[allow(dead_code)]\npub ", "");
    for name in ["README.md", "README.zh-CN.md"] {
        let Some((_, text)) = file(name) else { return };
        assert!(
            text.contains(&format!("```rust\n{example}```")),
            "{name} has another example than\n{example}"
        );
    }
    let lines = example.lines().count();
    assert!(lines < 20, "{lines} lines");
}
