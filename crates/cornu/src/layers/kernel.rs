//! What layers that slide a kernel over their input share.

use super::activity_regularization::penalize;
use super::{DataFormat, Padding, PerAxis};
use crate::activations::Activation;
use crate::regularizers::AnyRegularizer;
use crate::scope::Scope;
use cornu_graph::Tensor;
use cornu_graph::ops::Conv;

/// How a kernel slides along each spatial axis.
pub(super) struct Slide<const RANK: usize> {
    pub(super) kernel_size: PerAxis<RANK>,
    pub(super) strides: PerAxis<RANK>,
    pub(super) padding: Padding,
    pub(super) dilation_rate: PerAxis<RANK>,
}

impl<const RANK: usize> Slide<RANK> {
    /// What does not fit, of the fields alone.
    pub(super) fn misfit(&self) -> Option<String> {
        let sizes = self.kernel_size.misfit("kernel_size");
        sizes
            .or_else(|| self.strides.misfit("strides"))
            .or_else(|| self.dilation_rate.misfit("dilation_rate"))
    }

    /// What does not fit where strides and dilations exclude each other.
    pub(super) fn both(&self) -> Option<String> {
        let more = |extents: &PerAxis<RANK>| extents.iter().any(|&extent| extent > 1);
        (more(&self.strides) && more(&self.dilation_rate)).then(|| {
            let (strides, dilation) = (self.strides.0, self.dilation_rate.0);
            format!("expects strides or a dilation_rate of 1, got {strides:?} and {dilation:?}")
        })
    }

    /// The convolution over an input with its channels last, or what does not fit.
    pub(super) fn conv(&self, x: &Tensor) -> Result<Conv, String> {
        let Slide { kernel_size, strides, padding, dilation_rate } = self;
        if *padding == Padding::Causal && RANK > 1 {
            return Err("expects padding valid or same, got causal, which is for one spatial axis".into());
        }
        let shape = x.shape();
        let margin = |i: usize| padding.margins(shape[i + 1], kernel_size[i], strides[i], dilation_rate[i]);
        let margins: Vec<(i64, i64)> = (0..RANK).map(margin).collect();
        let room = |i: usize| shape[i + 1] as i64 + margins[i].0 + margins[i].1;
        if let Some(i) = (0..RANK).find(|&i| room(i) <= (kernel_size[i] as i64 - 1) * dilation_rate[i] as i64)
        {
            let (size, dilation) = (kernel_size[i], dilation_rate[i]);
            let apart = if dilation > 1 { format!(", {dilation} apart,") } else { String::new() };
            return Err(format!(
                "expects inputs into which a kernel of {size}{apart} fits along axis {}, got shape {shape}",
                i + 1
            ));
        }
        let conv = Conv::new(RANK).strides(&**strides).padding(&margins);
        Ok(conv.kernel_dilation(&**dilation_rate))
    }
}

/// The convolution of each channel by itself with its kernels `[spatial.., channels, kernels]`.
pub(crate) fn depthwise(x: &Tensor, kernel: &Tensor, conv: Conv) -> Tensor {
    let shape = kernel.shape();
    let Some((spatial, &[channels, each])) = shape.split_last_chunk::<2>() else { return kernel.clone() };
    let kernel = kernel.reshape([spatial, &[1, channels * each]].concat());
    x.conv(&kernel, conv.groups(channels))
}

/// A layer's output from the sums of its products, which have their channels last: with the bias,
/// its channels where they belong, the activation, and the penalty on it in the loss.
pub(super) fn output(
    scope: &mut Scope,
    sums: Tensor,
    bias: Option<Tensor>,
    data_format: DataFormat,
    activation: Activation,
    activity_regularizer: &Option<AnyRegularizer>,
) -> Tensor {
    let y = match bias {
        Some(bias) => sums + bias,
        None => sums,
    };
    let y = activation.call(&data_format.channels_back(&y));
    penalize(scope, activity_regularizer, &y);
    y
}
