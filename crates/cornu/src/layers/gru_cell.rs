//! One step of the gated recurrent unit.

use super::cell::one_step;
use super::cell_config::{CellWeights, NothingElse, gate, gated};
use super::simple_rnn_cell::units_misfit;
use super::{Activated, Cell, CellConfig, CellOptions, Layer, LayerSample, Sampled, Step, Takes};
use crate::activations::Activation;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `h' = z h + (1 - z) activation(g)`, of `x [batch, n]` and the state `h [batch, units]`; the output is
/// the new state.
///
/// The gates are `recurrent_activation` of parts of `x kernel + h recurrent_kernel + bias`: `z` keeps
/// the state, `r` resets it in `g`, which is `x kernel + r (h recurrent_kernel + bias)` with
/// `reset_after`, and `x kernel + (r h) recurrent_kernel` without. They lie in the order `z, r, g` along
/// the last axis of the kernel `[n, 3 units]`, the recurrent kernel `[units, 3 units]`, and the bias:
/// `[2, 3 units]`, one for the input and one for the state, with `reset_after`; `[3 units]` without. As
/// a layer of its own it takes the input and the states and gives the output and the new states. Fails
/// as [`SimpleRNNCell`](super::SimpleRNNCell) does. Cho and others: Learning phrase representations
/// (2014). Agrees with Keras's `GRUCell`.
///
/// ```
/// use cornu::layers::{GRUCell, RNN};
/// let cell = GRUCell::new(8).reset_after(false);
/// assert_eq!((cell.units, cell.reset_after), (8, false));
/// let layer = RNN::new(cell);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct GRUCell {
    /// Extent of the state; has no default, and is at least 1.
    pub units: usize,
    /// What makes the gates; sigmoid by default.
    pub recurrent_activation: Activation,
    /// Whether the state is reset after it is multiplied by the recurrent kernel, or before; true by
    /// default.
    pub reset_after: bool,
    /// What all cells have.
    #[serde(flatten)]
    pub config: CellConfig,
    /// With 1 each gate drops features of its own, with 2, the default, all drop the same ones; where
    /// the state is dropped from, it is always 1.
    #[serde(skip_serializing)]
    pub implementation: u8,
    #[serde(flatten, skip_serializing)]
    _rest: NothingElse,
}

impl Default for GRUCell {
    fn default() -> GRUCell {
        GRUCell {
            units: 0,
            recurrent_activation: Activation::Sigmoid,
            reset_after: true,
            config: CellConfig::default(),
            implementation: 2,
            _rest: NothingElse,
        }
    }
}

impl GRUCell {
    /// A cell of so many units.
    pub fn new(units: usize) -> GRUCell {
        GRUCell { units, ..GRUCell::default() }
    }

    /// The same with gates made otherwise.
    pub fn recurrent_activation(mut self, activation: Activation) -> GRUCell {
        self.recurrent_activation = activation;
        self
    }

    /// The same, resetting the state after the product or before.
    pub fn reset_after(mut self, reset_after: bool) -> GRUCell {
        self.reset_after = reset_after;
        self
    }
}

impl CellOptions for GRUCell {
    fn cell_config(&mut self) -> &mut CellConfig {
        &mut self.config
    }
}

impl Named for GRUCell {
    const NAME: &'static str = "GRUCell";
    const SUMMARY: &'static str = "one step of GRU";
}

impl Cell for GRUCell {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        vec![Shape::from([input[0], self.units])]
    }

    fn begin(&self, scope: &mut Scope, input: &Shape) -> Result<Box<dyn Step>, Tensor> {
        let (features, state) = units_misfit(scope, self.units, input)?;
        let width = self.units.saturating_mul(3);
        let kernels = [[features, width].into(), [self.units, width].into()];
        let bias_shape: Shape = if self.reset_after { [2, width].into() } else { [width].into() };
        let bias = (bias_shape, self.config.bias_initializer.clone());
        let n_masks = self.config.n_masks(3, self.implementation);
        let mut weights = self.config.weights(scope, kernels, bias, n_masks, [input, &state])?;
        let mut state_bias = None;
        if let (Some(both), true) = (&weights.bias, self.reset_after) {
            let row = |i: usize| both.slice_axis(0, i, i + 1).reshape([width]);
            state_bias = Some(row(1));
            weights.bias = Some(row(0));
        }
        Ok(Box::new(GruStep { weights, state_bias, cell: self.clone() }))
    }
}

struct GruStep {
    weights: CellWeights,
    /// What is added to the state's products.
    state_bias: Option<Tensor>,
    cell: GRUCell,
}

impl Step for GruStep {
    fn project(&self, x: &Tensor) -> Tensor {
        let CellWeights { kernel, bias, input_masks, .. } = &self.weights;
        let x = gated(x, kernel, input_masks, Tensor::matmul);
        match bias {
            Some(bias) => x + bias,
            None => x,
        }
    }

    fn step(&self, projected: &Tensor, states: &[Tensor]) -> (Tensor, Vec<Tensor>) {
        let GRUCell { units, recurrent_activation, .. } = self.cell;
        let CellWeights { recurrent_kernel, state_masks, .. } = &self.weights;
        let h = &states[0];
        let squash = |x: Tensor| recurrent_activation.call(&x);
        let x = |i: usize| gate(projected, i, units);
        let (z, g) = if self.cell.reset_after {
            let mut inner = gated(h, recurrent_kernel, state_masks, Tensor::matmul);
            if let Some(bias) = &self.state_bias {
                inner = inner + bias;
            }
            let r = squash(x(1) + gate(&inner, 1, units));
            (squash(x(0) + gate(&inner, 0, units)), x(2) + r * gate(&inner, 2, units))
        } else {
            let (gates, last) = recurrent_kernel_parts(recurrent_kernel, units);
            let inner = gated(h, &gates, &state_masks[..state_masks.len().min(2)], Tensor::matmul);
            let kept = state_masks.last().map_or(h.clone(), |mask| h * mask);
            let r = squash(x(1) + gate(&inner, 1, units));
            (squash(x(0) + gate(&inner, 0, units)), x(2) + (r * kept).matmul(&last))
        };
        let g = self.cell.config.activation.call(&g);
        let h = &z * h + (1.0 - &z) * g;
        (h.clone(), vec![h])
    }
}

/// The recurrent kernel of both gates, and that of what is new.
fn recurrent_kernel_parts(kernel: &Tensor, units: usize) -> (Tensor, Tensor) {
    (kernel.slice_axis(-1, 0, 2 * units), gate(kernel, 2, units))
}

impl Layer for GRUCell {
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

impl Sampled for GRUCell {
    fn samples() -> Vec<LayerSample> {
        let inputs: [&[usize]; 2] = [&[2, 4], &[2, 3]];
        vec![
            LayerSample::new(GRUCell::new(3), inputs),
            LayerSample::new(GRUCell::new(3).reset_after(false).sigmoid().recurrent_dropout(0.3), inputs),
        ]
    }
}
