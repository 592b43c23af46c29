//! One step of the convolutional long short-term memory.

use super::cell::one_step;
use super::cell_config::{CellWeights, NothingElse, gated};
use super::kernel::Slide;
use super::lstm_cell::{gates_bias, remember};
use super::{Cell, CellConfig, CellOptions, DataFormat, Layer, Padding, PerAxis, Step, Takes};
use crate::activations::Activation;
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::ops::Conv;
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};

/// The step of [`LSTMCell`](super::LSTMCell) with convolutions for its products: what `ConvLSTM1D`,
/// `ConvLSTM2D` and `ConvLSTM3D` do at each step.
///
/// Input `[batch, spatial.., n]`; states and output `[batch, new spatial.., filters]`, of the extents
/// that the convolution of the input gives. The kernel `[kernel_size.., n, 4 filters]` slides over the
/// input as the fields say, the recurrent kernel `[kernel_size.., filters, 4 filters]` over the state by
/// steps of one, with padding `same`. Fails on inputs of another number of axes or smaller than the
/// kernel, if a field is 0, or if strides and dilation are both more than 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, bound = "")]
pub struct ConvLSTMCell<const RANK: usize> {
    /// The states' channels; has no default.
    pub filters: usize,
    /// The kernels' extent along each spatial axis; has no default.
    pub kernel_size: PerAxis<RANK>,
    /// How far the kernel moves along each spatial axis; 1 by default.
    pub strides: PerAxis<RANK>,
    /// Whether the kernel reaches over the input's edges; not at all by default.
    pub padding: Padding,
    /// Where the channels stand in a step's input, the states and the output; last by default.
    pub data_format: DataFormat,
    /// How far apart the input's elements are that the kernel sees; 1 by default.
    pub dilation_rate: PerAxis<RANK>,
    /// What makes the gates; sigmoid by default.
    pub recurrent_activation: Activation,
    /// Whether the forget gate's bias starts with ones; true by default.
    pub unit_forget_bias: bool,
    /// What all cells have.
    #[serde(flatten)]
    pub config: CellConfig,
    #[serde(flatten, skip_serializing)]
    _rest: NothingElse,
}

impl<const RANK: usize> Default for ConvLSTMCell<RANK> {
    fn default() -> ConvLSTMCell<RANK> {
        ConvLSTMCell {
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: Padding::Valid,
            data_format: DataFormat::ChannelsLast,
            dilation_rate: 1.into(),
            recurrent_activation: Activation::Sigmoid,
            unit_forget_bias: true,
            config: CellConfig::default(),
            _rest: NothingElse,
        }
    }
}

impl<const RANK: usize> ConvLSTMCell<RANK> {
    /// A cell of so many filters and kernels of that size.
    pub fn new(filters: usize, kernel_size: impl Into<PerAxis<RANK>>) -> ConvLSTMCell<RANK> {
        ConvLSTMCell { filters, kernel_size: kernel_size.into(), ..ConvLSTMCell::default() }
    }

    fn slide(&self) -> Slide<RANK> {
        Slide {
            kernel_size: self.kernel_size,
            strides: self.strides,
            padding: self.padding,
            dilation_rate: self.dilation_rate,
        }
    }

    /// The extents that the convolution of an input of that shape gives.
    fn extents(&self, input: &Shape) -> Vec<usize> {
        let extent = |(i, axis): (usize, usize)| {
            let (size, stride, dilation) = (self.kernel_size[i], self.strides[i], self.dilation_rate[i]);
            let (low, high) = self.padding.margins(input[axis], size, stride, dilation);
            let room = input[axis] as i64 + low + high - (size as i64 - 1) * dilation as i64 - 1;
            room as usize / stride + 1
        };
        self.data_format.spatial(RANK).enumerate().map(extent).collect()
    }

    /// What does not fit, of the fields and for inputs of that shape.
    fn misfit(&self, input: &Shape) -> Option<String> {
        if let Some(message) = self.data_format.misfit(RANK, input) {
            return Some(message);
        }
        if self.filters == 0 {
            return Some("expects filters of at least 1, got 0".into());
        }
        if self.padding == Padding::Causal {
            return Some("expects padding valid or same, got causal".into());
        }
        let slide = self.slide();
        slide.misfit().or_else(|| slide.both())
    }
}

impl<const RANK: usize> CellOptions for ConvLSTMCell<RANK> {
    fn cell_config(&mut self) -> &mut CellConfig {
        &mut self.config
    }
}

impl<const RANK: usize> Named for ConvLSTMCell<RANK> {
    const NAME: &'static str = "ConvLSTMCell";
    const SUMMARY: &'static str = "one step of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D";
}

impl<const RANK: usize> Cell for ConvLSTMCell<RANK> {
    fn n_states(&self) -> usize {
        2
    }

    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        let extents = self.extents(input);
        let shape = match self.data_format {
            DataFormat::ChannelsLast => [&[input[0]], &extents[..], &[self.filters]].concat(),
            DataFormat::ChannelsFirst => [&[input[0], self.filters], &extents[..]].concat(),
        };
        vec![shape.into(); 2]
    }

    fn begin(&self, scope: &mut Scope, input: &Shape) -> Result<Box<dyn Step>, Tensor> {
        if let Some(message) = self.misfit(input) {
            return Err(scope.fail(message));
        }
        let example = self.data_format.channels_last(&scope.builder().zeros(input, scope.compute_dtype()));
        let conv = self.slide().conv(&example).map_err(|message| scope.fail(message))?;
        let extents = self.extents(input);
        let margins: Vec<(i64, i64)> = extents
            .iter()
            .zip(self.kernel_size.iter())
            .map(|(&n, &k)| Padding::Same.margins(n, k, 1, 1))
            .collect();
        let width = self.filters.saturating_mul(4);
        let kernel = |channels: usize| Shape::from([&self.kernel_size[..], &[channels, width]].concat());
        let kernels = [kernel(example.extent(-1)), kernel(self.filters)];
        let bias = ([width].into(), gates_bias(&self.config, self.unit_forget_bias));
        let state = &self.state_shapes(input)[0];
        let weights = self.config.weights(scope, kernels, bias, 4, [input, state])?;
        let recurrent = Conv::new(RANK).padding(&margins);
        Ok(Box::new(ConvLstmStep { weights, conv, recurrent, cell: self.clone() }))
    }
}

struct ConvLstmStep<const RANK: usize> {
    weights: CellWeights,
    /// How the kernel slides over the input.
    conv: Conv,
    /// How the recurrent kernel slides over the state.
    recurrent: Conv,
    cell: ConvLSTMCell<RANK>,
}

impl<const RANK: usize> Step for ConvLstmStep<RANK> {
    fn project(&self, x: &Tensor) -> Tensor {
        let CellWeights { kernel, bias, input_masks, .. } = &self.weights;
        // The input may have the steps before the batch.
        let shape = x.shape();
        let (leading, inner) = shape.split_at(shape.rank().saturating_sub(RANK + 1));
        let product = |x: &Tensor, kernel: &Tensor| {
            let flat = x.reshape([&[leading.iter().product()], inner].concat());
            let z = self.cell.data_format.channels_last(&flat).conv(kernel, self.conv.clone());
            match z.is_valid() {
                true => z.reshape([leading, &z.shape()[1..]].concat()),
                false => z,
            }
        };
        let z = gated(x, kernel, input_masks, product);
        match bias {
            Some(bias) => z + bias,
            None => z,
        }
    }

    fn step(&self, projected: &Tensor, states: &[Tensor]) -> (Tensor, Vec<Tensor>) {
        let CellWeights { recurrent_kernel, state_masks, .. } = &self.weights;
        let ConvLSTMCell { data_format, recurrent_activation, ref config, .. } = self.cell;
        let product =
            |h: &Tensor, kernel: &Tensor| data_format.channels_last(h).conv(kernel, self.recurrent.clone());
        let z = projected + gated(&states[0], recurrent_kernel, state_masks, product);
        let c = data_format.channels_last(&states[1]);
        let [h, c] =
            remember(&z, &c, config.activation, recurrent_activation).map(|x| data_format.channels_back(&x));
        (h.clone(), vec![h, c])
    }
}

impl<const RANK: usize> Layer for ConvLSTMCell<RANK> {
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
