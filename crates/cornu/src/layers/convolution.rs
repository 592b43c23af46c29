//! Convolutions over one, two or three spatial axes.

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
use serde::{Deserialize, Serialize};

/// Slides `filters` kernels over `RANK` spatial axes: [`Conv1D`], [`Conv2D`], [`Conv3D`].
///
/// `y[o, f] = activation(bias[f] + sum over k, c of x[o strides + k dilation_rate, c] kernel[k, c, f])`
/// for each example, position `o` and filter `f`, where what lies outside of `x` is zero:
/// `[batch, spatial.., channels] -> [batch, spatial.., filters]`. The kernel has shape
/// `[kernel_size.., channels / groups, filters]`, the bias `[filters]`.
///
/// Fails on inputs of another number of axes or smaller than the kernel, if a field is 0, if channels
/// or filters do not fall into `groups`, or if strides and dilation are both more than 1.
///
/// [`Conv1D`]: super::Conv1D
/// [`Conv2D`]: super::Conv2D
/// [`Conv3D`]: super::Conv3D
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "")]
pub struct Convolution<const RANK: usize> {
    /// How many kernels there are, which is the output's channels; has no default.
    pub filters: usize,
    /// The kernels' extent along each spatial axis; has no default.
    pub kernel_size: PerAxis<RANK>,
    /// How far the kernels move along each spatial axis; 1 by default.
    pub strides: PerAxis<RANK>,
    /// How far the kernels reach over the input's edges; not at all by default.
    pub padding: Padding,
    /// Where the channels stand in input and output; last by default.
    pub data_format: DataFormat,
    /// How far apart the input's elements are that a kernel sees; 1 by default.
    pub dilation_rate: PerAxis<RANK>,
    /// Into how many parts channels and filters fall, each of which sees only its own; 1 by default.
    pub groups: usize,
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

impl<const RANK: usize> Default for Convolution<RANK> {
    fn default() -> Convolution<RANK> {
        Convolution {
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: Padding::Valid,
            data_format: DataFormat::ChannelsLast,
            dilation_rate: 1.into(),
            groups: 1,
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

impl<const RANK: usize> Convolution<RANK> {
    /// A linear layer of so many kernels of that size.
    pub fn new(filters: usize, kernel_size: impl Into<PerAxis<RANK>>) -> Convolution<RANK> {
        Convolution { filters, kernel_size: kernel_size.into(), ..Convolution::default() }
    }

    /// The same with kernels that move this far.
    pub fn strides(mut self, strides: impl Into<PerAxis<RANK>>) -> Convolution<RANK> {
        self.strides = strides.into();
        self
    }

    /// The same with kernels that reach over the input's edges in this way.
    pub fn padding(mut self, padding: Padding) -> Convolution<RANK> {
        self.padding = padding;
        self
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> Convolution<RANK> {
        self.data_format = data_format;
        self
    }

    /// The same with kernels that see elements this far apart.
    pub fn dilation_rate(mut self, dilation_rate: impl Into<PerAxis<RANK>>) -> Convolution<RANK> {
        self.dilation_rate = dilation_rate.into();
        self
    }

    /// The same with channels and filters in this many parts.
    pub fn groups(mut self, groups: usize) -> Convolution<RANK> {
        self.groups = groups;
        self
    }

    /// The same with or without a bias.
    pub fn use_bias(mut self, use_bias: bool) -> Convolution<RANK> {
        self.use_bias = use_bias;
        self
    }

    /// The same with a kernel that starts otherwise.
    pub fn kernel_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Convolution<RANK> {
        self.kernel_initializer = initializer.into();
        self
    }

    /// The same with a bias that starts otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> Convolution<RANK> {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernel.
    pub fn kernel_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Convolution<RANK> {
        self.kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the bias.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Convolution<RANK> {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> Convolution<RANK> {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernel.
    pub fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Convolution<RANK> {
        self.kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on the bias.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> Convolution<RANK> {
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

    /// What does not fit, of the fields alone and for so many channels.
    fn misfit(&self, channels: usize) -> Option<String> {
        let Convolution { filters, groups, .. } = *self;
        if filters == 0 || groups == 0 {
            return Some(format!("expects filters and groups of at least 1, got {filters} and {groups}"));
        }
        if !filters.is_multiple_of(groups) || !channels.is_multiple_of(groups) {
            return Some(format!(
                "expects filters and channels that fall into {groups} groups, got {filters} and {channels}"
            ));
        }
        let slide = self.slide();
        slide.misfit().or_else(|| slide.both())
    }
}

impl<const RANK: usize> Activated for Convolution<RANK> {
    fn activation(mut self, activation: Activation) -> Convolution<RANK> {
        self.activation = activation;
        self
    }
}

impl<const RANK: usize> Layer for Convolution<RANK>
where
    Convolution<RANK>: Named,
{
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            if let Some(message) = self.data_format.misfit(RANK, &x.shape()) {
                return scope.fail(message);
            }
            let x = self.data_format.channels_last(x);
            let channels = x.extent(-1);
            if let Some(message) = self.misfit(channels) {
                return scope.fail(message);
            }
            let conv = match self.slide().conv(&x) {
                Ok(conv) => conv.groups(self.groups),
                Err(message) => return scope.fail(message),
            };
            let kernel = [&self.kernel_size[..], &[channels / self.groups, self.filters]].concat();
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
            let sums = x.conv(&kernel, conv);
            output(scope, sums, bias, self.data_format, self.activation, &self.activity_regularizer)
        })
    }
}
