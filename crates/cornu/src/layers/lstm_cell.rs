//! One step of the long short-term memory.

use super::cell::one_step;
use super::cell_config::{CellWeights, NothingElse, gate, gated};
use super::forget_bias::ForgetBias;
use super::simple_rnn_cell::units_misfit;
use super::{Activated, Cell, CellConfig, CellOptions, Layer, LayerSample, Sampled, Step, Takes};
use crate::activations::Activation;
use crate::initializers::AnyInitializer;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// `c' = f c + i activation(g)`, `h' = o activation(c')`, of `x [batch, n]` and the states `h` and `c`,
/// `[batch, units]`; the output is `h'`.
///
/// The gates `i`, `f`, `o` are `recurrent_activation` of their parts of
/// `x kernel + h recurrent_kernel + bias`, `g` is such a part; they lie in the order `i, f, g, o` along
/// the last axis of the kernel `[n, 4 units]`, the recurrent kernel `[units, 4 units]`, and the bias
/// `[4 units]`. As a layer of its own it takes the input and the states and gives the output and the
/// new states. Fails as [`SimpleRNNCell`](super::SimpleRNNCell) does. Hochreiter, Schmidhuber: Long
/// short-term memory (1997). Agrees with Keras's `LSTMCell`.
///
/// ```
/// use cornu::layers::{CellOptions, LSTMCell, RNN};
/// let cell = LSTMCell::new(8).dropout(0.2);
/// assert_eq!((cell.units, cell.config.dropout), (8, 0.2));
/// let layer = RNN::new(cell);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct LSTMCell {
    /// Extent of each of the states; has no default, and is at least 1.
    pub units: usize,
    /// What makes the gates; sigmoid by default.
    pub recurrent_activation: Activation,
    /// Whether the forget gate's bias starts with ones; true by default.
    pub unit_forget_bias: bool,
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

impl Default for LSTMCell {
    fn default() -> LSTMCell {
        LSTMCell {
            units: 0,
            recurrent_activation: Activation::Sigmoid,
            unit_forget_bias: true,
            config: CellConfig::default(),
            implementation: 2,
            _rest: NothingElse,
        }
    }
}

impl LSTMCell {
    /// A cell of so many units.
    pub fn new(units: usize) -> LSTMCell {
        LSTMCell { units, ..LSTMCell::default() }
    }

    /// The same with gates made otherwise.
    pub fn recurrent_activation(mut self, activation: Activation) -> LSTMCell {
        self.recurrent_activation = activation;
        self
    }

    /// The same, keeping its state at first or not.
    pub fn unit_forget_bias(mut self, unit_forget_bias: bool) -> LSTMCell {
        self.unit_forget_bias = unit_forget_bias;
        self
    }
}

impl CellOptions for LSTMCell {
    fn cell_config(&mut self) -> &mut CellConfig {
        &mut self.config
    }
}

impl Named for LSTMCell {
    const NAME: &'static str = "LSTMCell";
    const SUMMARY: &'static str = "one step of LSTM";
}

/// How the bias of four gates starts.
pub(super) fn gates_bias(config: &CellConfig, unit_forget_bias: bool) -> AnyInitializer {
    match unit_forget_bias {
        true => ForgetBias { others: config.bias_initializer.clone() }.into(),
        false => config.bias_initializer.clone(),
    }
}

/// The new states `h` and `c` of four gates `z [.., 4 units]` and the old `c [.., units]`.
pub(super) fn remember(z: &Tensor, c: &Tensor, activation: Activation, recurrent: Activation) -> [Tensor; 2] {
    let part = |i: usize| gate(z, i, c.extent(-1));
    let kept = recurrent.call(&part(1)) * c;
    let c = kept + recurrent.call(&part(0)) * activation.call(&part(2));
    let h = recurrent.call(&part(3)) * activation.call(&c);
    [h, c]
}

impl Cell for LSTMCell {
    fn n_states(&self) -> usize {
        2
    }

    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        vec![Shape::from([input[0], self.units]); 2]
    }

    fn begin(&self, scope: &mut Scope, input: &Shape) -> Result<Box<dyn Step>, Tensor> {
        let (features, state) = units_misfit(scope, self.units, input)?;
        let width = self.units.saturating_mul(4);
        let kernels = [[features, width].into(), [self.units, width].into()];
        let bias = ([width].into(), gates_bias(&self.config, self.unit_forget_bias));
        let n_masks = self.config.n_masks(4, self.implementation);
        let weights = self.config.weights(scope, kernels, bias, n_masks, [input, &state])?;
        Ok(Box::new(LstmStep { weights, cell: self.clone() }))
    }
}

struct LstmStep {
    weights: CellWeights,
    cell: LSTMCell,
}

impl Step for LstmStep {
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
        let z = projected + gated(&states[0], recurrent_kernel, state_masks, Tensor::matmul);
        let [h, c] = remember(&z, &states[1], self.cell.config.activation, self.cell.recurrent_activation);
        (h.clone(), vec![h, c])
    }
}

impl Layer for LSTMCell {
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

impl Sampled for LSTMCell {
    fn samples() -> Vec<LayerSample> {
        let inputs: [&[usize]; 3] = [&[2, 4], &[2, 3], &[2, 3]];
        let other = LSTMCell::new(3).unit_forget_bias(false).recurrent_activation(Activation::Softplus);
        vec![LayerSample::new(LSTMCell::new(3), inputs), LayerSample::new(other.silu().dropout(0.2), inputs)]
    }
}
