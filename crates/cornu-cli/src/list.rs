//! `cornu list`: what the registries hold.

use crate::arguments::{Kind, List};
use crate::failure::Failure;
use clap::ValueEnum;
use cornu::activations::Activation;
use cornu::graph::Op;
use cornu::registry::{self, Entry};
use std::io::Write;

/// One line of a list: a name, what it is, other names.
struct Line {
    name: &'static str,
    summary: String,
    aliases: &'static [&'static str],
}

/// Lists what models can be made of.
pub fn run(list: &List, out: &mut dyn Write) -> Result<(), Failure> {
    let kinds = match &list.kind {
        Some(kind) => std::slice::from_ref(kind),
        None => Kind::value_variants(),
    };
    for (i, kind) in kinds.iter().enumerate() {
        if kinds.len() > 1 {
            let title =
                kind.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default();
            writeln!(out, "{}{title}", if i > 0 { "\n" } else { "" })?;
        }
        let lines = lines(*kind);
        let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
        for Line { name, summary, aliases } in lines {
            let aliases =
                if aliases.is_empty() { String::new() } else { format!(" [{}]", aliases.join(", ")) };
            let line = format!("  {name:<width$}  {summary}{aliases}");
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

fn lines(kind: Kind) -> Vec<Line> {
    match kind {
        Kind::Layers => entries::<dyn cornu::layers::Layer>(),
        Kind::Losses => entries::<dyn cornu::losses::Loss>(),
        Kind::Metrics => entries::<dyn cornu::metrics::Metric>(),
        Kind::Optimizers => entries::<dyn cornu::optimizers::Optimizer>(),
        Kind::Schedules => entries::<dyn cornu::schedules::Schedule>(),
        Kind::Initializers => entries::<dyn cornu::initializers::Initializer>(),
        Kind::Regularizers => entries::<dyn cornu::regularizers::Regularizer>(),
        Kind::Constraints => entries::<dyn cornu::constraints::Constraint>(),
        Kind::Callbacks => {
            let line = |&(name, summary): &(&'static str, &str)| Line {
                name,
                summary: summary.into(),
                aliases: &[],
            };
            cornu::callbacks::CALLBACKS.iter().map(line).collect()
        }
        Kind::Activations => {
            let line = |activation: Activation| Line {
                name: activation.name(),
                summary: activation.formula().into(),
                aliases: activation.aliases(),
            };
            Activation::ALL.into_iter().map(line).collect()
        }
        Kind::Data => [
            ("digits", "1,797 handwritten digits of 8 by 8 pixels, which come with the program"),
            ("mnist", "70,000 handwritten digits of 28 by 28 pixels, from --data-dir"),
            ("fashion_mnist", "70,000 pictures of clothes of 28 by 28 pixels, from --data-dir"),
            (".npz", "x_train, y_train, x_test and y_test, or x and y"),
            (".csv", "a table of numbers, the target in its last column"),
        ]
        .map(|(name, summary)| Line { name, summary: summary.into(), aliases: &[] })
        .into(),
        Kind::Operations => cornu::operations::definitions()
            .map(|known| Line { name: known.name, summary: known.summary.into(), aliases: &[] })
            .collect(),
        Kind::Graph => {
            Op::NAMES.iter().map(|name| Line { name, summary: String::new(), aliases: &[] }).collect()
        }
    }
}

fn entries<T: registry::Kind + ?Sized>() -> Vec<Line> {
    let line =
        |entry: &Entry<T>| Line { name: entry.name, summary: entry.summary.into(), aliases: entry.aliases };
    T::registry().iter().map(line).collect()
}
