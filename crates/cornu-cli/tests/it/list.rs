//! `cornu list`.

use crate::program::{Folder, assert_golden};

#[test]
fn everything() {
    assert_golden("list.txt", &Folder::new("list").success("list"));
}

#[test]
fn one_kind() {
    let folder = Folder::new("list-kind");
    let layers = folder.success("list layers");
    assert!(layers.lines().any(|line| line.starts_with("  Dense ")), "{layers}");
    assert!(!layers.contains("Adam"));
    // What a list names can be asked for, but for optimizers that wrap others: a name says not which.
    for line in folder.success("list optimizers").lines() {
        let name = line.split_whitespace().next().unwrap();
        if ["LossScaleOptimizer", "MultiOptimizer"].contains(&name) {
            continue;
        }
        folder.success(&format!("train digits --optimizer {name} --help"));
    }
}
