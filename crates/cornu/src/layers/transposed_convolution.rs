//! Transposed convolutions over one, two or three spatial axes.

use super::inputs::one_float;
use super::kernel::{Slide, output};
use super::{Activated, DataFormat, Layer, Padding, PerAxis};
use crate::activations::Activation;
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, GlorotUniform, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::Tensor;
use cornu_graph::ops::Conv;
use serde::{Deserialize, Serialize};

/// Puts a kernel at each position of the input, as often as it says there, which is what the gradient
/// of a convolution does: [`Conv1DTranspose`], [`Conv2DTranspose`], [`Conv3DTranspose`].
///
/// `y[o strides + k dilation_rate - cut, f] = activation(bias[f] + sum over c of x[o, c] kernel[k, f, c])`,
/// summed over all `o` and `k` that meet there:
/// `[batch, spatial.., channels] -> [batch, spatial.., filters]`. The kernel has shape
/// `[kernel_size.., filters, channels]`, the bias `[filters]`. With a reach of
/// `r = (kernel_size - 1) dilation_rate + 1`, an axis of `n` becomes
/// `(n - 1) strides + max(r, strides)`, or `n strides` with [`Padding::Same`]; with `output_padding`
/// `(n - 1) strides + r + output_padding`, or `(n - 1) strides + (r mod 2) + output_padding`.
///
/// Fails on inputs of another number of axes, if a field is 0, if the padding is causal, if strides
/// and dilation are both more than 1, or if `output_padding` is not less than the strides.
///
/// [`Conv1DTranspose`]: super::Conv1DTranspose
/// [`Conv2DTranspose`]: super::Conv2DTranspose
/// [`Conv3DTranspose`]: super::Conv3DTranspose
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct TransposedConvolution<const RANK: usize> {
    /// How many kernels there are, which is the output's channels; has no default.
    pub filters: usize,
    /// The kernels' extent along each spatial axis; has no default.
    pub kernel_size: PerAxis<RANK>,
    /// How far apart the kernels are put along each spatial axis; 1 by default.
    pub strides: PerAxis<RANK>,
    /// How much of what the kernels make at the edges is cut off: nothing by default.
    pub padding: Padding,
    /// What the output has besides, at its last end along each spatial axis; none by default, which makes
    /// it as long as [`TransposedConvolution`] says.
    pub output_padding: Option<PerAxis<RANK>>,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
    /// How far apart the elements are that a kernel makes; 1 by default.
    pub dilation_rate: PerAxis<RANK>,
    /// What is applied to the result; linear by default.
    pub activation: Activation,
    /// Whether a bias is added; true by default.
    pub use_bias: bool,
    /// How the kernel starts; Glorot uniform by default.
    pub kernel_initializer: AnyInitializer,
    /// How the bias starts; zeros by default.
    pub bias_initializer: AnyInitializer,
    /// The kernel's penalty in the loss; none by default.
    pub kernel_regularizer: Option<AnyRegularizer>,
    /// The bias's penalty in the loss; none by default.
    pub bias_regularizer: Option<AnyRegularizer>,
    /// The output's penalty in the loss, divided by the batch size; none by default.
    pub activity_regularizer: Option<AnyRegularizer>,
    /// What the kernel is brought back to after each update; nothing by default.
    pub kernel_constraint: Option<AnyConstraint>,
    /// What the bias is brought back to after each update; nothing by default.
    pub bias_constraint: Option<AnyConstraint>,
}

impl<const RANK: usize> Default for TransposedConvolution<RANK> {
    fn default() -> TransposedConvolution<RANK> {
        TransposedConvolution {
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: Padding::Valid,
            output_padding: None,
            data_format: DataFormat::ChannelsLast,
            dilation_rate: 1.into(),
            activation: Activation::Linear,
            use_bias: true,
            kernel_initializer: GlorotUniform::default().into(),
            bias_initializer: Zeros::default().into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
        }
    }
}

impl<const RANK: usize> TransposedConvolution<RANK> {
    /// A linear layer of so many kernels of that size.
    pub fn new(filters: usize, kernel_size: impl Into<PerAxis<RANK>>) -> TransposedConvolution<RANK> {
        TransposedConvolution { filters, kernel_size: kernel_size.into(), ..TransposedConvolution::default() }
    }

    /// The same with kernels put this far apart.
    pub fn strides(mut self, strides: impl Into<PerAxis<RANK>>) -> TransposedConvolution<RANK> {
        self.strides = strides.into();
        self
    }

    /// The same with this cut off at the edges.
    pub fn padding(mut self, padding: Padding) -> TransposedConvolution<RANK> {
        self.padding = padding;
        self
    }

    /// The same with so much more at the output's last end; less than the strides.
    pub fn output_padding(mut self, output_padding: impl Into<PerAxis<RANK>>) -> TransposedConvolution<RANK> {
        self.output_padding = Some(output_padding.into());
        self
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> TransposedConvolution<RANK> {
        self.data_format = data_format;
        self
    }

    /// The same with kernels that make elements this far apart.
    pub fn dilation_rate(mut self, dilation_rate: impl Into<PerAxis<RANK>>) -> TransposedConvolution<RANK> {
        self.dilation_rate = dilation_rate.into();
        self
    }

    /// The same with or without a bias.
    pub fn use_bias(mut self, use_bias: bool) -> TransposedConvolution<RANK> {
        self.use_bias = use_bias;
        self
    }

    /// The same with a kernel that starts otherwise.
    pub fn kernel_initializer(
        mut self,
        initializer: impl Into<AnyInitializer>,
    ) -> TransposedConvolution<RANK> {
        self.kernel_initializer = initializer.into();
        self
    }

    /// The same with a bias that starts otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> TransposedConvolution<RANK> {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernel.
    pub fn kernel_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> TransposedConvolution<RANK> {
        self.kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the bias.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> TransposedConvolution<RANK> {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> TransposedConvolution<RANK> {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernel.
    pub fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> TransposedConvolution<RANK> {
        self.kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on the bias.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> TransposedConvolution<RANK> {
        self.bias_constraint = Some(constraint.into());
        self
    }

    fn slide(&self) -> Slide<RANK> {
        Slide {
            kernel_size: self.kernel_size,
            strides: self.strides,
            padding: self.padding,
            dilation_rate: self.dilation_rate,
        }
    }

    /// What does not fit, of the fields alone.
    fn misfit(&self) -> Option<String> {
        if self.filters == 0 {
            return Some("expects filters of at least 1, got 0".into());
        }
        if self.padding == Padding::Causal {
            return Some("expects padding valid or same, got causal".into());
        }
        let slide = self.slide();
        slide.misfit().or_else(|| slide.both()).or_else(|| {
            let padding = self.output_padding?;
            let far = padding.iter().zip(self.strides.iter()).any(|(padding, stride)| padding >= stride);
            far.then(|| {
                let (padding, strides) = (padding.0, self.strides.0);
                format!("expects an output_padding less than strides {strides:?}, got {padding:?}")
            })
        })
    }

    /// The zeros before and after the input, with its elements `strides` apart, along spatial axis `i`.
    fn zeros(&self, i: usize) -> (i64, i64) {
        let stride = self.strides[i] as i64;
        let reach = (self.kernel_size[i] as i64 - 1) * self.dilation_rate[i] as i64 + 1;
        let more = self.output_padding.map(|padding| padding[i] as i64);
        match self.padding {
            Padding::Same => {
                let zeros = match more {
                    None => stride + reach - 2,
                    Some(more) => reach + reach % 2 - 2 + more,
                };
                let before = (zeros - zeros / 2).min(reach - 1);
                (before, zeros - before)
            }
            _ => (reach - 1, reach - 1 + more.unwrap_or((stride - reach).max(0))),
        }
    }
}

impl<const RANK: usize> Activated for TransposedConvolution<RANK> {
    fn activation(mut self, activation: Activation) -> TransposedConvolution<RANK> {
        self.activation = activation;
        self
    }
}

impl<const RANK: usize> Layer for TransposedConvolution<RANK>
where
    TransposedConvolution<RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let misfit = self.data_format.misfit(RANK, &x.shape()).or_else(|| self.misfit());
            if let Some(message) = misfit {
                return scope.fail(message);
            }
            let x = self.data_format.channels_last(x);
            let kernel = [&self.kernel_size[..], &[self.filters, x.extent(-1)]].concat();
            let kernel = scope.weight(
                Weight::new("kernel", kernel, &self.kernel_initializer)
                    .regularizer(&self.kernel_regularizer)
                    .constraint(&self.kernel_constraint),
            );
            let bias = self.use_bias.then(|| {
                scope.weight(
                    Weight::new("bias", [self.filters], &self.bias_initializer)
                        .regularizer(&self.bias_regularizer)
                        .constraint(&self.bias_constraint),
                )
            });
            // A convolution over the input with zeros between its elements, the kernel the other way round.
            let (spatial, zeros): (Vec<usize>, Vec<(i64, i64)>) =
                (0..RANK).map(|i| (i, self.zeros(i))).unzip();
            let turned: Vec<isize> = spatial.iter().map(|&i| i as isize).collect();
            let kernel = kernel.reverse(&turned).transpose(&[&spatial[..], &[RANK + 1, RANK]].concat());
            let conv = Conv::new(RANK).input_dilation(&*self.strides).padding(&zeros);
            let sums = x.conv(&kernel, conv.kernel_dilation(&*self.dilation_rate));
            output(scope, sums, bias, self.data_format, self.activation, &self.activity_regularizer)
        })
    }
}
