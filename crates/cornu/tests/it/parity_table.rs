//! `docs/parity.md`: every public name of Keras, and what is checked of it.

use crate::{golden, parity};
use cornu::activations::Activation;
use cornu::registry::{Entry, Kind};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// Names that are no things of their own to be checked against numbers, and why.
const APART: &[(&str, &str)] = &[
    ("Callback", "the trait `callbacks::Callback`"),
    ("CallbackList", "`Fit::callback`, once for each"),
    ("Constraint", "the trait `constraints::Constraint`"),
    ("FlaxLayer", "not available: holds Python code"),
    ("Initializer", "the trait `initializers::Initializer`"),
    ("InputLayer", "`Input`; in every case"),
    ("JaxLayer", "not available: holds Python code"),
    ("Lambda", "not available: holds Python code; operations are nodes of their own"),
    ("Layer", "the trait `layers::Layer`"),
    ("LearningRateSchedule", "the trait `schedules::Schedule`"),
    ("Loss", "the trait `losses::Loss`"),
    ("MeanMetricWrapper", "the trait `metrics::Metric`"),
    ("Metric", "the trait `metrics::Metric`"),
    ("Optimizer", "the trait `optimizers::Optimizer`"),
    ("OrbaxCheckpoint", "not available: `ModelCheckpoint` keeps checkpoints"),
    ("History", "what `fit` returns"),
    ("ProgbarLogger", "`callbacks::Progress`"),
    ("Regularizer", "the trait `regularizers::Regularizer`"),
    ("TFSMLayer", "not available: runs TensorFlow"),
    ("TorchModuleWrapper", "not available: runs PyTorch"),
    ("threshold", "the function `activations::threshold`: Keras has no defaults for it"),
    ("Wrapper", "not available: a base class of Python code"),
];

/// What is checked of the cases of a kind.
const CHECKED: &[(&str, &str, &[&str])] = &[
    (
        "layers",
        "outputs of the compiled plan and of the reference (1e-5, or what the case says), gradients with \
         respect to inputs and weights (the reference in f64), output shapes with `None`, weights' paths and \
         order, config and calls there and back",
        &["layers.json"],
    ),
    ("activations", "values and gradients", &["activations.json"]),
    ("losses", "values for each sample, reductions, sample weights, gradients", &["losses.json"]),
    (
        "metrics",
        "results after each of twenty updates, with sample weights and masks and without",
        &["metrics.json"],
    ),
    ("optimizers", "losses, weights and slots over 30 steps", &["optimizers.json"]),
    ("schedules", "rates step by step", &["schedules.json"]),
    ("initializers", "config, and what is drawn", &["regularizers_constraints.json"]),
    ("regularizers", "penalties and gradients", &["regularizers_constraints.json"]),
    ("constraints", "what weights become", &["regularizers_constraints.json"]),
    ("callbacks", "what they do in training, against Keras's where it has numbers", &[]),
    ("operations", "as layers, as nodes of functional models", &[]),
];

fn listed<T: Kind + ?Sized>() -> Vec<&'static str> {
    let names = |entry: &'static Entry<T>| std::iter::once(entry.name).chain(entry.aliases.iter().copied());
    T::registry().iter().flat_map(names).collect()
}

/// The names that Cornu has of a kind.
fn ours(kind: &str) -> Vec<String> {
    let names = match kind {
        "layers" => listed::<dyn cornu::layers::Layer>(),
        "losses" => listed::<dyn cornu::losses::Loss>(),
        "metrics" => listed::<dyn cornu::metrics::Metric>(),
        "optimizers" => listed::<dyn cornu::optimizers::Optimizer>(),
        "schedules" => listed::<dyn cornu::schedules::Schedule>(),
        "initializers" => listed::<dyn cornu::initializers::Initializer>(),
        "regularizers" => listed::<dyn cornu::regularizers::Regularizer>(),
        "constraints" => listed::<dyn cornu::constraints::Constraint>(),
        "callbacks" => cornu::callbacks::CALLBACKS.iter().map(|(name, _)| *name).collect(),
        "activations" => Activation::ALL
            .into_iter()
            .flat_map(|a| std::iter::once(a.name()).chain(a.aliases().iter().copied()))
            .collect(),
        _ => cornu::operations::definitions().map(|definition| definition.name).collect(),
    };
    names.into_iter().map(String::from).collect()
}

/// The names that a case is about.
fn about(case: &Value) -> Vec<String> {
    let mut names: Vec<String> = case["covers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|n| n.as_str().map(String::from))
        .collect();
    for at in ["/class_name", "/name", "/optimizer/class_name", "/serialized/class_name"] {
        names.extend(case.pointer(at).and_then(Value::as_str).map(String::from));
    }
    names.sort();
    names.dedup();
    names
}

/// The names that the cases of a kind are about, once for each case.
fn cases(kind: &str, files: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    for file in files {
        let golden = golden::read(file);
        let lists = golden.as_object().unwrap().values().filter_map(Value::as_array);
        names.extend(lists.flatten().flat_map(about));
    }
    if ["layers", "operations"].contains(&kind) {
        names.extend(parity::cases().iter().flat_map(|(_, case)| about(case)));
    }
    names
}

fn table() -> String {
    let names = golden::read("parity/names.json");
    let mut text = String::from(
        "# Parity with Keras 3.15.1\n\nEvery public name of Keras, and how many cases of numbers that Keras \
         itself computed are checked by `cargo test -p cornu --test it`. The numbers and the scripts that \
         make them are in `crates/cornu/tests/goldens`. This page is written by `UPDATE=1 cargo test -p \
         cornu --test it parity_table`.\n",
    );
    for (kind, checked, files) in CHECKED {
        let (ours, cases) = (ours(kind), cases(kind, files));
        let keras = golden::list(&names, kind);
        let mut rows = String::new();
        let mut there = 0;
        for name in keras.iter().map(|name| name.as_str().unwrap()) {
            // A function of `keras.ops` is known by the class of the node that it makes.
            let class = match *kind {
                "operations" => names["operation_classes"][name].as_str().unwrap_or("none"),
                _ => name,
            };
            let n = cases.iter().filter(|case| *case == name).count();
            let apart = APART.iter().find(|(known, _)| *known == name).map(|(_, why)| *why);
            let apart = apart.or((class == "none").then_some("not available: makes no node of a model"));
            let has = ours.iter().any(|known| known == class);
            there += (has || apart.is_some_and(|why| !why.starts_with("not available"))) as usize;
            let state = match (has, apart) {
                (true, _) => "yes",
                (false, Some(why)) => why,
                (false, None) => "not available",
            };
            let n = if n > 0 { n.to_string() } else { String::new() };
            writeln!(rows, "| `{name}` | {state} | {n} |").unwrap();
        }
        writeln!(text, "\n## {}\n\n{there} of {}. Checked: {checked}.\n", capital(kind), keras.len())
            .unwrap();
        write!(text, "| Keras | Cornu | cases |\n| --- | --- | ---: |\n{rows}").unwrap();
    }
    text
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[test]
fn the_table_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/parity.md");
    let table = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &table).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == table, "docs/parity.md is not up to date: UPDATE=1 cargo test writes it anew");
}
