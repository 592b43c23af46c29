//! Convolutions of each channel by itself, over one or two spatial axes.

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

/// Slides `depth_multiplier` kernels over each channel by itself: [`DepthwiseConv1D`],
/// [`DepthwiseConv2D`].
///
/// `y[o, c depth_multiplier + m] = activation(bias[..] + sum over k of x[o strides + k dilation_rate, c]
/// kernel[k, c, m])`, where what lies outside of `x` is zero:
/// `[batch, spatial.., channels] -> [batch, spatial.., channels * depth_multiplier]`. The kernel has
/// shape `[kernel_size.., channels, depth_multiplier]`, the bias as many elements as there are output
/// channels.
///
/// Fails on inputs of another number of axes or smaller than the kernel, if a field is 0, or if the
/// padding is causal.
///
/// [`DepthwiseConv1D`]: super::DepthwiseConv1D
/// [`DepthwiseConv2D`]: super::DepthwiseConv2D
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct DepthwiseConvolution<const RANK: usize> {
    /// The kernels' extent along each spatial axis; has no default.
    pub kernel_size: PerAxis<RANK>,
    /// How far the kernels move along each spatial axis; 1 by default.
    pub strides: PerAxis<RANK>,
    /// How far the kernels reach over the input's edges; not at all by default.
    pub padding: Padding,
    /// How many kernels each channel has; 1 by default.
    pub depth_multiplier: usize,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
    /// How far apart the input's elements are that a kernel sees; 1 by default.
    pub dilation_rate: PerAxis<RANK>,
    /// What is applied to the result; linear by default.
    pub activation: Activation,
    /// Whether a bias is added; true by default.
    pub use_bias: bool,
    /// How the kernel starts; Glorot uniform by default.
    pub depthwise_initializer: AnyInitializer,
    /// How the bias starts; zeros by default.
    pub bias_initializer: AnyInitializer,
    /// The kernel's penalty in the loss; none by default.
    pub depthwise_regularizer: Option<AnyRegularizer>,
    /// The bias's penalty in the loss; none by default.
    pub bias_regularizer: Option<AnyRegularizer>,
    /// The output's penalty in the loss, divided by the batch size; none by default.
    pub activity_regularizer: Option<AnyRegularizer>,
    /// What the kernel is brought back to after each update; nothing by default.
    pub depthwise_constraint: Option<AnyConstraint>,
    /// What the bias is brought back to after each update; nothing by default.
    pub bias_constraint: Option<AnyConstraint>,
}

impl<const RANK: usize> Default for DepthwiseConvolution<RANK> {
    fn default() -> DepthwiseConvolution<RANK> {
        DepthwiseConvolution {
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: Padding::Valid,
            depth_multiplier: 1,
            data_format: DataFormat::ChannelsLast,
            dilation_rate: 1.into(),
            activation: Activation::Linear,
            use_bias: true,
            depthwise_initializer: GlorotUniform::default().into(),
            bias_initializer: Zeros::default().into(),
            depthwise_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            depthwise_constraint: None,
            bias_constraint: None,
        }
    }
}

impl<const RANK: usize> DepthwiseConvolution<RANK> {
    /// A linear layer of kernels of that size, one for each channel.
    pub fn new(kernel_size: impl Into<PerAxis<RANK>>) -> DepthwiseConvolution<RANK> {
        DepthwiseConvolution { kernel_size: kernel_size.into(), ..DepthwiseConvolution::default() }
    }

    /// The same with kernels that move this far.
    pub fn strides(mut self, strides: impl Into<PerAxis<RANK>>) -> DepthwiseConvolution<RANK> {
        self.strides = strides.into();
        self
    }

    /// The same with kernels that reach over the input's edges in this way.
    pub fn padding(mut self, padding: Padding) -> DepthwiseConvolution<RANK> {
        self.padding = padding;
        self
    }

    /// The same with so many kernels for each channel.
    pub fn depth_multiplier(mut self, depth_multiplier: usize) -> DepthwiseConvolution<RANK> {
        self.depth_multiplier = depth_multiplier;
        self
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> DepthwiseConvolution<RANK> {
        self.data_format = data_format;
        self
    }

    /// The same with kernels that see elements this far apart.
    pub fn dilation_rate(mut self, dilation_rate: impl Into<PerAxis<RANK>>) -> DepthwiseConvolution<RANK> {
        self.dilation_rate = dilation_rate.into();
        self
    }

    /// The same with or without a bias.
    pub fn use_bias(mut self, use_bias: bool) -> DepthwiseConvolution<RANK> {
        self.use_bias = use_bias;
        self
    }

    /// The same with a kernel that starts otherwise.
    pub fn depthwise_initializer(
        mut self,
        initializer: impl Into<AnyInitializer>,
    ) -> DepthwiseConvolution<RANK> {
        self.depthwise_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernel.
    pub fn depthwise_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> DepthwiseConvolution<RANK> {
        self.depthwise_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernel.
    pub fn depthwise_constraint(
        mut self,
        constraint: impl Into<AnyConstraint>,
    ) -> DepthwiseConvolution<RANK> {
        self.depthwise_constraint = Some(constraint.into());
        self
    }

    /// The same with a bias that starts otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> DepthwiseConvolution<RANK> {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the bias.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> DepthwiseConvolution<RANK> {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(
        mut self,
        regularizer: impl Into<AnyRegularizer>,
    ) -> DepthwiseConvolution<RANK> {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the bias.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> DepthwiseConvolution<RANK> {
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
        if self.depth_multiplier == 0 {
            return Some("expects a depth_multiplier of at least 1, got 0".into());
        }
        self.slide().misfit()
    }
}

impl<const RANK: usize> Activated for DepthwiseConvolution<RANK> {
    fn activation(mut self, activation: Activation) -> DepthwiseConvolution<RANK> {
        self.activation = activation;
        self
    }
}

impl<const RANK: usize> Layer for DepthwiseConvolution<RANK>
where
    DepthwiseConvolution<RANK>: Named,
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
            let channels = x.extent(-1);
            let kernel = [&self.kernel_size[..], &[channels, self.depth_multiplier]].concat();
            let kernel = scope.weight(
                Weight::new("kernel", kernel, &self.depthwise_initializer)
                    .regularizer(&self.depthwise_regularizer)
                    .constraint(&self.depthwise_constraint),
            );
            let bias = self.use_bias.then(|| {
                scope.weight(
                    Weight::new("bias", [channels * self.depth_multiplier], &self.bias_initializer)
                        .regularizer(&self.bias_regularizer)
                        .constraint(&self.bias_constraint),
                )
            });
            let sums = depthwise(&x, &kernel, conv);
            output(scope, sums, bias, self.data_format, self.activation, &self.activity_regularizer)
        })
    }
}
