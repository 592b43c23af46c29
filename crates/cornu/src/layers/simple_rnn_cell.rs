//! One step of the plain recurrence.

use super::cell::one_step;
use super::cell_config::{CellWeights, NothingElse, gated};
use super::{Activated, Cell, CellConfig, CellOptions, Layer, LayerSample, Sampled, Step, Takes};
use crate::registry::Named;
use crate::regularizers::L2;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `h' = activation(x kernel + h recurrent_kernel + bias)`, of `x [batch, n]` and the state
/// `h [batch, units]`; the output is the new state.
///
/// The kernel has shape `[n, units]`, the recurrent kernel `[units, units]`, the bias `[units]`. As a
/// layer of its own it takes the input and the states and gives the output and the new states. Fails
/// on inputs of other than two axes, if `units` is 0, or if a share that is dropped is not in `[0, 1)`.
/// Agrees with Keras's `SimpleRNNCell`.
///
/// ```
/// use cornu::layers::{CellOptions, RNN, SimpleRNNCell};
/// let cell = SimpleRNNCell::new(8).use_bias(false);
/// assert_eq!(cell.units, 8);
/// let layer = RNN::new(cell);
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SimpleRNNCell {
    /// Extent of the state; has no default, and is at least 1.
    pub units: usize,
    /// What all cells have.
    #[serde(flatten)]
    pub config: CellConfig,
    #[serde(flatten, skip_serializing)]
    _rest: NothingElse,
}

impl SimpleRNNCell {
    /// A tanh cell of so many units.
    pub fn new(units: usize) -> SimpleRNNCell {
        SimpleRNNCell { units, ..SimpleRNNCell::default() }
    }
}

impl CellOptions for SimpleRNNCell {
    fn cell_config(&mut self) -> &mut CellConfig {
        &mut self.config
    }
}

impl Named for SimpleRNNCell {
    const NAME: &'static str = "SimpleRNNCell";
    const SUMMARY: &'static str = "one step of SimpleRNN";
}

impl Cell for SimpleRNNCell {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        vec![Shape::from([input[0], self.units])]
    }

    fn begin(&self, scope: &mut Scope, input: &Shape) -> Result<Box<dyn Step>, Tensor> {
        let (features, state) = units_misfit(scope, self.units, input)?;
        let kernels = [[features, self.units].into(), [self.units, self.units].into()];
        let bias = ([self.units].into(), self.config.bias_initializer.clone());
        let weights = self.config.weights(scope, kernels, bias, 1, [input, &state])?;
        Ok(Box::new(SimpleRnnStep { weights, cell: self.clone() }))
    }
}

/// The features of a step's input and the shape of the state, if a cell of so many units fits it.
pub(super) fn units_misfit(scope: &Scope, units: usize, input: &Shape) -> Result<(usize, Shape), Tensor> {
    if units == 0 {
        return Err(scope.fail("expects units of at least 1, got 0"));
    }
    match input[..] {
        [batch, features] => Ok((features, [batch, units].into())),
        _ => Err(scope.fail(format!("expects inputs [batch, features] at each step, got shape {input}"))),
    }
}

struct SimpleRnnStep {
    weights: CellWeights,
    cell: SimpleRNNCell,
}

impl Step for SimpleRnnStep {
    fn project(&self, x: &Tensor) -> Tensor {
        let CellWeights { kernel, bias, input_masks, .. } = &self.weights;
        let z = gated(x, kernel, input_masks, Tensor::matmul);
        match bias {
            Some(bias) => z + bias,
            None => z,
        }
    }

    fn step(&self, projected: &Tensor, states: &[Tensor]) -> (Tensor, Vec<Tensor>) {
        let CellWeights { recurrent_kernel, state_masks, .. } = &self.weights;
        let h = projected + gated(&states[0], recurrent_kernel, state_masks, Tensor::matmul);
        let h = self.cell.config.activation.call(&h);
        (h.clone(), vec![h])
    }
}

impl Layer for SimpleRNNCell {
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

impl Sampled for SimpleRNNCell {
    fn samples() -> Vec<LayerSample> {
        let inputs: [&[usize]; 2] = [&[2, 4], &[2, 3]];
        let penalized = SimpleRNNCell::new(3).use_bias(false).kernel_regularizer(L2::default());
        vec![LayerSample::new(SimpleRNNCell::new(3), inputs), LayerSample::new(penalized.sigmoid(), inputs)]
    }
}
