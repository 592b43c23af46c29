//! Convolutions of each channel by itself followed by a mixture of channels, over one or two spatial axes.

use super::inputs::one_float;
use super::kernel::{Slide, depthwise, output};
use super::{Activated, DataFormat, Layer, Padding, PerAxis};
use crate::activations::Activation;
use crate::constraints::AnyConstraint;
use crate::initializers::{AnyInitializer, GlorotUniform, Zeros};
use crate::registry::Named;
use crate::regularizers::AnyRegularizer;
use crate::scope::{Scope, Weight};
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Slides `depth_multiplier` kernels over each channel by itself, and mixes what they make at each
/// position: [`SeparableConv1D`], [`SeparableConv2D`].
///
/// `y[o, f] = activation(bias[f] + sum over j of z[o, j] pointwise_kernel[.., j, f])`, with `z` what
/// [`DepthwiseConvolution`](super::DepthwiseConvolution) makes of `x` without bias and activation:
/// `[batch, spatial.., channels] -> [batch, spatial.., filters]`. The weights are `depthwise_kernel` of
/// shape `[kernel_size.., channels, depth_multiplier]`, `pointwise_kernel` of
/// `[1.., channels * depth_multiplier, filters]` and `bias` of `[filters]`.
///
/// Fails on inputs of another number of axes or smaller than the kernel, if a field is 0, or if the
/// padding is causal.
///
/// [`SeparableConv1D`]: super::SeparableConv1D
/// [`SeparableConv2D`]: super::SeparableConv2D
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct SeparableConvolution<const RANK: usize> {
    /// How many channels the output has; has no default.
    pub filters: usize,
    /// The depthwise kernels' extent along each spatial axis; has no default.
    pub kernel_size: PerAxis<RANK>,
    /// How far the kernels move along each spatial axis; 1 by default.
    pub strides: PerAxis<RANK>,
    /// How far the kernels reach over the input's edges; not at all by default.
    pub padding: Padding,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
    /// How far apart the input's elements are that a kernel sees; 1 by default.
    pub dilation_rate: PerAxis<RANK>,
    /// How many depthwise kernels each channel has; 1 by default.
    pub depth_multiplier: usize,
    /// What is applied to the result; linear by default.
    pub activation: Activation,
    /// Whether a bias is added; true by default.
    pub use_bias: bool,
    /// How the depthwise kernel starts; Glorot uniform by default.
    pub depthwise_initializer: AnyInitializer,
    /// How the pointwise kernel starts; Glorot uniform by default.
    pub pointwise_initializer: AnyInitializer,
    /// How the bias starts; zeros by default.
    pub bias_initializer: AnyInitializer,
    /// The depthwise kernel's penalty in the loss; none by default.
    pub depthwise_regularizer: Option<AnyRegularizer>,
    /// The pointwise kernel's penalty in the loss; none by default.
    pub pointwise_regularizer: Option<AnyRegularizer>,
    /// The bias's penalty in the loss; none by default.
    pub bias_regularizer: Option<AnyRegularizer>,
    /// The output's penalty in the loss, divided by the batch size; none by default.
    pub activity_regularizer: Option<AnyRegularizer>,
    /// What the depthwise kernel is brought back to after each update; nothing by default.
    pub depthwise_constraint: Option<AnyConstraint>,
    /// What the pointwise kernel is brought back to after each update; nothing by default.
    pub pointwise_constraint: Option<AnyConstraint>,
    /// What the bias is brought back to after each update; nothing by default.
    pub bias_constraint: Option<AnyConstraint>,
}

impl<const RANK: usize> Default for SeparableConvolution<RANK> {
    fn default() -> SeparableConvolution<RANK> {
        SeparableConvolution {
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: Padding::Valid,
            data_format: DataFormat::ChannelsLast,
            dilation_rate: 1.into(),
            depth_multiplier: 1,
            activation: Activation::Linear,
            use_bias: true,
            depthwise_initializer: GlorotUniform::default().into(),
            pointwise_initializer: GlorotUniform::default().into(),
            bias_initializer: Zeros::default().into(),
            depthwise_regularizer: None,
            pointwise_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            depthwise_constraint: None,
            pointwise_constraint: None,
            bias_constraint: None,
        }
    }
}

impl<const RANK: usize> SeparableConvolution<RANK> {
    /// A linear layer of so many filters, with depthwise kernels of that size.
    pub fn new(filters: usize, kernel_size: impl Into<PerAxis<RANK>>) -> SeparableConvolution<RANK> {
        SeparableConvolution { filters, kernel_size: kernel_size.into(), ..SeparableConvolution::default() }
    }

    /// The same with kernels that move this far.
    pub fn strides(mut self, strides: impl Into<PerAxis<RANK>>) -> SeparableConvolution<RANK> {
        self.strides = strides.into();
        self
    }

    /// The same with kernels that reach over the input's edges in this way.
    pub fn padding(mut self, padding: Padding) -> SeparableConvolution<RANK> {
        self.padding = padding;
        self
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> SeparableConvolution<RANK> {
        self.data_format = data_format;
        self
    }

    /// The same with kernels that see elements this far apart.
    pub fn dilation_rate(mut self, dilation_rate: impl Into<PerAxis<RANK>>) -> SeparableConvolution<RANK> {
        self.dilation_rate = dilation_rate.into();
        self
    }

    /// The same with so many depthwise kernels for each channel.
    pub fn depth_multiplier(mut self, depth_multiplier: usize) -> SeparableConvolution<RANK> {
        self.depth_multiplier = depth_multiplier;
        self
    }

    /// The same with or without a bias.
    pub fn use_bias(mut self, use_bias: bool) -> SeparableConvolution<RANK> {
        self.use_bias = use_bias;
        self
    }

    /// The same with a depthwise kernel that starts otherwise.
    pub fn depthwise_initializer(
        mut self,
        initializer: impl Into<AnyInitializer>,
    ) -> SeparableConvolution<RANK> {
        self.depthwise_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the depthwise kernel.
    pub fn depthwise_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> SeparableConvolution<RANK> {
        self.depthwise_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the depthwise kernel.
    pub fn depthwise_constraint(
        mut self,
        constraint: impl Into<AnyConstraint>,
    ) -> SeparableConvolution<RANK> {
        self.depthwise_constraint = Some(constraint.into());
        self
    }

    /// The same with a pointwise kernel that starts otherwise.
    pub fn pointwise_initializer(
        mut self,
        initializer: impl Into<AnyInitializer>,
    ) -> SeparableConvolution<RANK> {
        self.pointwise_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the pointwise kernel.
    pub fn pointwise_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> SeparableConvolution<RANK> {
        self.pointwise_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the pointwise kernel.
    pub fn pointwise_constraint(
        mut self,
        constraint: impl Into<AnyConstraint>,
    ) -> SeparableConvolution<RANK> {
        self.pointwise_constraint = Some(constraint.into());
        self
    }

    /// The same with a bias that starts otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> SeparableConvolution<RANK> {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the bias.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> SeparableConvolution<RANK> {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> SeparableConvolution<RANK> {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the bias.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> SeparableConvolution<RANK> {
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
        let SeparableConvolution { filters, depth_multiplier, .. } = *self;
        if filters == 0 || depth_multiplier == 0 {
            let got = format!("{filters} and {depth_multiplier}");
            return Some(format!("expects filters and a depth_multiplier of at least 1, got {got}"));
        }
        self.slide().misfit()
    }
}

impl<const RANK: usize> Activated for SeparableConvolution<RANK> {
    fn activation(mut self, activation: Activation) -> SeparableConvolution<RANK> {
        self.activation = activation;
        self
    }
}

impl<const RANK: usize> Layer for SeparableConvolution<RANK>
where
    SeparableConvolution<RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let misfit = self.data_format.misfit(RANK, &x.shape()).or_else(|| self.misfit());
            if let Some(message) = misfit {
                return scope.fail(message);
            }
            let x = self.data_format.channels_last(x);
            let conv = match self.slide().conv(&x) {
                Ok(conv) => conv,
                Err(message) => return scope.fail(message),
            };
            let n_between = x.extent(-1) * self.depth_multiplier;
            let each = [&self.kernel_size[..], &[x.extent(-1), self.depth_multiplier]].concat();
            let each = scope.weight(
                Weight::new("depthwise_kernel", each, &self.depthwise_initializer)
                    .regularizer(&self.depthwise_regularizer)
                    .constraint(&self.depthwise_constraint),
            );
            let mixture = [&[1; RANK][..], &[n_between, self.filters]].concat();
            let mixture = scope.weight(
                Weight::new("pointwise_kernel", mixture, &self.pointwise_initializer)
                    .regularizer(&self.pointwise_regularizer)
                    .constraint(&self.pointwise_constraint),
            );
            let bias = self.use_bias.then(|| {
                scope.weight(
                    Weight::new("bias", [self.filters], &self.bias_initializer)
                        .regularizer(&self.bias_regularizer)
                        .constraint(&self.bias_constraint),
                )
            });
            // A kernel of one position mixes channels as a matrix does.
            let sums = depthwise(&x, &each, conv).matmul(&mixture.reshape([n_between, self.filters]));
            output(scope, sums, bias, self.data_format, self.activation, &self.activity_regularizer)
        })
    }
}
