//! Cells one on top of the other.

use super::cell::one_step;
use super::{AnyLayer, Cell, GRUCell, LSTMCell, Layer, LayerSample, Sampled, Step, Takes};
use crate::model::snake_case;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Cells as one cell: each takes the output of the one before it. The states are those of all cells in
/// order.
///
/// Fails if there are no cells, or if one of the layers is no cell. Agrees with Keras's
/// `StackedRNNCells`.
///
/// ```
/// use cornu::layers::{GRUCell, LSTMCell, RNN, StackedRNNCells};
/// let cell = StackedRNNCells::new().add(LSTMCell::new(8)).add(GRUCell::new(4));
/// assert_eq!(cell.cells.len(), 2);
/// let layer = RNN::new(cell);
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StackedRNNCells {
    /// The cells, from the input to the output.
    pub cells: Vec<AnyLayer>,
}

impl StackedRNNCells {
    /// No cells yet.
    pub fn new() -> StackedRNNCells {
        StackedRNNCells::default()
    }

    /// The same with a cell more on top.
    #[allow(clippy::should_implement_trait)]
    pub fn add(mut self, cell: impl Into<AnyLayer>) -> StackedRNNCells {
        self.cells.push(cell.into());
        self
    }

    /// The cells among the layers, which are all of them where nothing is wrong.
    fn parts(&self) -> impl Iterator<Item = &dyn Cell> {
        self.cells.iter().filter_map(|cell| cell.layer.cell())
    }
}

impl Named for StackedRNNCells {
    const NAME: &'static str = "StackedRNNCells";
    const SUMMARY: &'static str = "several cells, one on top of the other";
}

impl Cell for StackedRNNCells {
    fn n_states(&self) -> usize {
        self.parts().map(Cell::n_states).sum()
    }

    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        let mut input = input.clone();
        let mut all = Vec::new();
        for cell in self.parts() {
            let shapes = cell.state_shapes(&input);
            input = shapes[cell.held()].clone();
            all.extend(shapes);
        }
        all
    }

    fn held(&self) -> usize {
        let last = self.parts().last();
        last.map_or(0, |last| self.n_states() - last.n_states() + last.held())
    }

    fn begin(&self, scope: &mut Scope, input: &Shape) -> Result<Box<dyn Step>, Tensor> {
        let mut input = input.clone();
        let mut steps = Vec::new();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for cell in &self.cells {
            let class = cell.layer.class_name();
            let Some(kind) = cell.layer.cell() else {
                return Err(scope.fail(format!("expects cells, such as LSTMCell, got {class}")));
            };
            let number = numbers.entry(class).or_insert(0);
            let place = match *number {
                0 => snake_case(class),
                n => format!("{}_{n}", snake_case(class)),
            };
            *number += 1;
            let begin = |scope: &mut Scope| kind.begin(scope, &input);
            let step = scope.within_layer(&format!("cells/{place}"), &place, cell, begin)?;
            steps.push((step, kind.n_states()));
            input = kind.state_shapes(&input)[kind.held()].clone();
        }
        match steps.is_empty() {
            true => Err(scope.fail("expects at least one cell, got none")),
            false => Ok(Box::new(StackedStep { steps })),
        }
    }
}

/// The cells' steps, each with the number of its states.
struct StackedStep {
    steps: Vec<(Box<dyn Step>, usize)>,
}

impl Step for StackedStep {
    fn project(&self, x: &Tensor) -> Tensor {
        self.steps[0].0.project(x)
    }

    fn step(&self, projected: &Tensor, states: &[Tensor]) -> (Tensor, Vec<Tensor>) {
        let (mut x, mut all, mut start) = (projected.clone(), Vec::new(), 0);
        for (i, (step, n_states)) in self.steps.iter().enumerate() {
            if i > 0 {
                x = step.project(&x);
            }
            let (y, new) = step.step(&x, &states[start..start + n_states]);
            all.extend(new);
            start += n_states;
            x = y;
        }
        (x, all)
    }
}

impl Layer for StackedRNNCells {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_step(self, scope, inputs)
    }

    fn takes(&self) -> Takes {
        Takes::FirstAndList
    }

    fn cell(&self) -> Option<&dyn Cell> {
        Some(self)
    }
}

impl Sampled for StackedRNNCells {
    fn samples() -> Vec<LayerSample> {
        let cells = StackedRNNCells::new().add(GRUCell::new(3)).add(LSTMCell::new(2));
        vec![LayerSample::new(cells, [&[2, 4], &[2, 3], &[2, 2], &[2, 2]])]
    }
}
