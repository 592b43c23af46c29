//! The options of the convolutional long short-term memories.

use super::{ConvLSTMCell, DataFormat, Padding, PerAxis, RecurrentLayer};
use crate::activations::Activation;

/// The convolutional long short-term memory over `RANK` spatial axes: `ConvLSTM1D`, `ConvLSTM2D`,
/// `ConvLSTM3D`. The step and its fields are told in [`ConvLSTMCell`], how it goes over the steps in
/// [`RNN`](super::RNN).
pub type ConvLSTM<const RANK: usize> = RecurrentLayer<ConvLSTMCell<RANK>>;

impl<const RANK: usize> ConvLSTM<RANK> {
    /// A layer of so many filters and kernels of that size, which gives its last output.
    pub fn new(filters: usize, kernel_size: impl Into<PerAxis<RANK>>) -> ConvLSTM<RANK> {
        RecurrentLayer::of(ConvLSTMCell::new(filters, kernel_size))
    }

    /// The same with a kernel that moves this far.
    pub fn strides(mut self, strides: impl Into<PerAxis<RANK>>) -> ConvLSTM<RANK> {
        self.cell.strides = strides.into();
        self
    }

    /// The same with a kernel that reaches over the input's edges in this way.
    pub fn padding(mut self, padding: Padding) -> ConvLSTM<RANK> {
        self.cell.padding = padding;
        self
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> ConvLSTM<RANK> {
        self.cell.data_format = data_format;
        self
    }

    /// The same with a kernel that sees elements this far apart.
    pub fn dilation_rate(mut self, dilation_rate: impl Into<PerAxis<RANK>>) -> ConvLSTM<RANK> {
        self.cell.dilation_rate = dilation_rate.into();
        self
    }

    /// The same with gates made otherwise.
    pub fn recurrent_activation(mut self, activation: Activation) -> ConvLSTM<RANK> {
        self.cell.recurrent_activation = activation;
        self
    }

    /// The same, keeping its state at first or not.
    pub fn unit_forget_bias(mut self, unit_forget_bias: bool) -> ConvLSTM<RANK> {
        self.cell.unit_forget_bias = unit_forget_bias;
        self
    }
}
