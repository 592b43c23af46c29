//! The table that shows a model's layers, shapes, parameters and cost.

use super::{Model, Reference, Trainer, lower};
use crate::error::Result;
use crate::shapes::open_shape;
use crate::variables::Role;
use cornu_cpu::Plan;
use cornu_graph::Type;
use std::fmt;

/// The rows of a batch for which the memory of a training step is told: Keras's default.
const ROWS: usize = 32;

/// A model as a table: each layer's shape, parameters and work, then totals. It prints as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The model's name.
    pub name: String,
    /// The layers, in order.
    pub layers: Vec<SummaryRow>,
    /// Weights' elements that training changes.
    pub trainable: usize,
    /// Weights' elements that it does not.
    pub non_trainable: usize,
    /// Floating-point operations of predicting one row.
    pub flops: usize,
    /// Bytes at peak of a training step on 32 rows; `None` for a model that is not compiled.
    pub training_bytes: Option<usize>,
}

/// One layer of a [`Summary`].
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// The layer's name and class: `dense (Dense)`.
    pub layer: String,
    /// The output's shape, with `None` for the batch; one for each call.
    pub output_shape: String,
    /// Its weights' elements.
    pub parameters: usize,
    /// Its floating-point operations of predicting one row.
    pub flops: usize,
    /// The layers it is connected to.
    pub connected_to: String,
}

impl Model {
    /// The model as a table: shapes with `None` for the batch, parameters, work.
    ///
    /// ```
    /// use cornu::prelude::*;
    /// let model = Sequential::new().add(Input::new([4])).add(Dense::new(3).softmax()).build().unwrap();
    /// let text = model.summary().to_string();
    /// assert!(text.contains("dense (Dense)") && text.contains("(None, 3)") && text.contains("15"));
    /// ```
    pub fn summary(&self) -> Summary {
        // A model that cannot be compiled for one row still has a table, without its work.
        let steps = self.plan_of_predicting(1).map(|plan| plan.steps()).unwrap_or_default();
        let layers = (self.network.nodes.iter().enumerate())
            .map(|(index, node)| {
                let within =
                    |label: &str| label == node.name || label.starts_with(&format!("{}/", node.name));
                let name_of = |reference: &Reference| self.network.nodes[reference.node].name.clone();
                let mut sources: Vec<String> =
                    node.calls.iter().flat_map(|call| call.arguments.tensors()).map(name_of).collect();
                sources.dedup();
                let shapes: Vec<String> = match node.as_input() {
                    Some(input) => vec![open_shape(&input.batch_shape)],
                    None => self.types[index].iter().flatten().map(|ty| open_shape(&ty.shape)).collect(),
                };
                SummaryRow {
                    layer: format!("{} ({})", node.name, node.layer.layer.class_name()),
                    output_shape: shapes.join(", "),
                    parameters: self.weights_of[index]
                        .iter()
                        .map(|&i| self.variables.values()[i].size())
                        .sum(),
                    flops: (steps.iter())
                        .filter(|step| step.label.as_deref().is_some_and(within))
                        .map(|step| step.flops)
                        .sum(),
                    connected_to: sources.join(", "),
                }
            })
            .collect();
        let is_trained = |index: &usize| {
            self.variables.list()[*index].role == Role::Trainable && !self.held.contains(index)
        };
        let (trained, held): (Vec<usize>, Vec<usize>) =
            self.weight_indices().into_iter().partition(is_trained);
        let size = |list: Vec<usize>| list.into_iter().map(|i| self.variables.values()[i].size()).sum();
        Summary {
            name: self.name.clone(),
            layers,
            trainable: size(trained),
            non_trainable: size(held),
            flops: steps.iter().map(|step| step.flops).sum(),
            training_bytes: None,
        }
    }
}

impl Trainer {
    /// The model as a table, with the memory of a training step on 32 rows: weights, optimizer slots,
    /// batch and all that lies between.
    pub fn summary(&self) -> Summary {
        Summary { training_bytes: self.training_bytes(ROWS).ok(), ..self.model().summary() }
    }

    /// Bytes at peak of a training step on `rows` rows, known before anything runs.
    ///
    /// # Errors
    /// If the model cannot be compiled for that batch.
    pub fn training_bytes(&self, rows: usize) -> Result<usize> {
        let signature = self.typical_signature(rows);
        let graph = lower::step(&mut self.model().clone(), Some(self.compiled_with()), &signature)?;
        let unused =
            |declared: &Type, index: usize| match graph.nodes().iter().any(
                |node| matches!(&node.op, cornu_graph::Op::Parameter(parameter) if parameter.index == index),
            ) {
                true => 0,
                false => declared.byte_size(),
            };
        let idle: usize = graph.parameters().iter().enumerate().map(|(i, d)| unused(&d.ty, i)).sum();
        Ok(Plan::new(&graph, 1)?.peak_bytes() - idle)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head =
            ["Layer (type)", "Output shape", "Params", "FLOPs / row", "Connected to"].map(String::from);
        let rows: Vec<[String; 5]> = (self.layers.iter())
            .map(|row| {
                let (parameters, flops) = (thousands(row.parameters), thousands(row.flops));
                [row.layer.clone(), row.output_shape.clone(), parameters, flops, row.connected_to.clone()]
            })
            .collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([head[column].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..5).map(width).collect();
        let line = |f: &mut fmt::Formatter<'_>, cells: &[String; 5]| {
            let [layer, shape, parameters, flops, connected] = cells;
            let text = format!(
                "{layer:<0$}  {shape:<1$}  {parameters:>2$}  {flops:>3$}  {connected}",
                widths[0], widths[1], widths[2], widths[3]
            );
            writeln!(f, "{}", text.trim_end())
        };
        let rule = "-".repeat(widths.iter().sum::<usize>() + 8);
        writeln!(f, "Model: \"{}\"\n{rule}", self.name)?;
        line(f, &head)?;
        writeln!(f, "{rule}")?;
        for row in &rows {
            line(f, row)?;
        }
        let total = self.trainable + self.non_trainable;
        writeln!(f, "{rule}\nTotal params: {} ({})", thousands(total), bytes(4 * total))?;
        writeln!(f, "Trainable params: {} ({})", thousands(self.trainable), bytes(4 * self.trainable))?;
        writeln!(
            f,
            "Non-trainable params: {} ({})",
            thousands(self.non_trainable),
            bytes(4 * self.non_trainable)
        )?;
        writeln!(f, "Work of predicting one row: {} FLOPs", thousands(self.flops))?;
        if let Some(training) = self.training_bytes {
            writeln!(f, "Memory of a training step on {ROWS} rows: {}", bytes(training))?;
        }
        Ok(())
    }
}

/// A number with a comma before each three digits.
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in the unit that suits it.
fn bytes(n: usize) -> String {
    match n {
        0..1024 => format!("{n} B"),
        1024..1_048_576 => format!("{:.2} KB", n as f64 / 1024.0),
        _ => format!("{:.2} MB", n as f64 / 1_048_576.0),
    }
}
