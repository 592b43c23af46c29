//! The fully connected layer along any axes.

use super::activity_regularization::penalize;
use super::inputs::one_float;
use super::{Activated, Layer, LayerSample, Sampled};
use crate::activations::Activation;
use crate::constraints::AnyConstraint;
use crate::einsum::{Equation, einsum};
use crate::initializers::{AnyInitializer, GlorotUniform, Zeros};
use crate::registry::Named;
use crate::regularizers::{AnyRegularizer, L2};
use crate::scope::{Scope, Weight};
use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Deserializer, Serialize};

/// `y = activation(einsum(equation, x, kernel) + bias)`.
///
/// The equation is of the form `ab,bc->ac`, `...ab,bc->...ac` or `ab...,bc->ac...`: letters name the
/// axes of the input, the kernel and the output, and the product is summed over those that the output
/// lacks. The kernel's shape follows from the equation, the input and `output_shape`; the bias has the
/// output axes that `bias_axes` names. Fails if the equation cannot be read or does not fit the shapes.
/// Agrees with Keras's `EinsumDense` without low-rank adaptation and quantization.
///
/// ```
/// use cornu::layers::EinsumDense;
/// // A dense layer for each step of a sequence.
/// let layer = EinsumDense::new("abc,cd->abd", [None, Some(64)]).bias_axes("d");
/// assert_eq!(layer.output_shape, [None, Some(64)]);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EinsumDense {
    /// What is multiplied and summed; has no default.
    pub equation: String,
    /// The output's shape without the batch and what an ellipsis stands for, of which `None` is the
    /// input's; has no default.
    #[serde(deserialize_with = "extents")]
    pub output_shape: Vec<Option<usize>>,
    /// What is applied to the result; linear by default.
    pub activation: Activation,
    /// The axes of the output that the bias has, by their letters; no bias by default.
    pub bias_axes: Option<String>,
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

/// Reads a shape, for which a number may stand.
fn extents<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<usize>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Extents {
        One(usize),
        Many(Vec<Option<usize>>),
    }
    Ok(match Extents::deserialize(deserializer)? {
        Extents::One(extent) => vec![Some(extent)],
        Extents::Many(extents) => extents,
    })
}

impl Default for EinsumDense {
    fn default() -> EinsumDense {
        EinsumDense {
            equation: String::new(),
            output_shape: Vec::new(),
            activation: Activation::Linear,
            bias_axes: None,
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

impl EinsumDense {
    /// A linear layer of this equation and output, without bias.
    pub fn new(equation: impl Into<String>, output_shape: impl Into<Vec<Option<usize>>>) -> EinsumDense {
        EinsumDense { equation: equation.into(), output_shape: output_shape.into(), ..EinsumDense::default() }
    }

    /// The same with a bias of the output axes with these letters.
    pub fn bias_axes(mut self, axes: impl Into<String>) -> EinsumDense {
        self.bias_axes = Some(axes.into());
        self
    }

    /// The same with a kernel that starts otherwise.
    pub fn kernel_initializer(mut self, initializer: impl Into<AnyInitializer>) -> EinsumDense {
        self.kernel_initializer = initializer.into();
        self
    }

    /// The same with a bias that starts otherwise.
    pub fn bias_initializer(mut self, initializer: impl Into<AnyInitializer>) -> EinsumDense {
        self.bias_initializer = initializer.into();
        self
    }

    /// The same with a penalty on the kernel.
    pub fn kernel_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> EinsumDense {
        self.kernel_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the bias.
    pub fn bias_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> EinsumDense {
        self.bias_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a penalty on the output.
    pub fn activity_regularizer(mut self, regularizer: impl Into<AnyRegularizer>) -> EinsumDense {
        self.activity_regularizer = Some(regularizer.into());
        self
    }

    /// The same with a constraint on the kernel.
    pub fn kernel_constraint(mut self, constraint: impl Into<AnyConstraint>) -> EinsumDense {
        self.kernel_constraint = Some(constraint.into());
        self
    }

    /// The same with a constraint on the bias.
    pub fn bias_constraint(mut self, constraint: impl Into<AnyConstraint>) -> EinsumDense {
        self.bias_constraint = Some(constraint.into());
        self
    }

    /// The extent of each of the output's axes, where `output_shape` or else the input says it.
    fn output_extents(&self, equation: &Equation, x: &Shape) -> Result<Vec<usize>, String> {
        let given = |c: &char| equation.a.iter().position(|label| label == c).map(|axis| x[axis]);
        // `output_shape` speaks of the axes after the batch that have letters.
        let mut lettered: Vec<usize> =
            (0..equation.y.len()).filter(|&i| equation.y[i].is_ascii_alphabetic()).collect();
        if lettered.first() == Some(&0) {
            lettered.remove(0);
        }
        if lettered.len() != self.output_shape.len() {
            let (expected, got) = (lettered.len(), self.output_shape.len());
            return Err(format!("expects an output_shape of {expected} extents, got {got}"));
        }
        let mut extents: Vec<Option<usize>> = equation.y.iter().map(given).collect();
        for (&axis, extent) in lettered.iter().zip(&self.output_shape) {
            match (extents[axis], *extent) {
                (Some(known), Some(told)) if known != told => {
                    let letter = equation.y[axis];
                    return Err(format!(
                        "expects {told} along `{letter}` of {} by output_shape, got an input {x}",
                        self.equation
                    ));
                }
                (known, told) => extents[axis] = told.or(known),
            }
        }
        let unknown = extents.iter().position(Option::is_none);
        match unknown {
            Some(axis) => Err(format!("expects output_shape to say the extent of `{}`", equation.y[axis])),
            None => Ok(extents.into_iter().flatten().collect()),
        }
    }

    /// The shapes of the kernel and the bias, and how many connections lead into and out of a unit.
    fn shapes(&self, equation: &Equation, x: &Shape) -> Result<(Shape, Option<Shape>, [usize; 2]), String> {
        let output = self.output_extents(equation, x)?;
        let place = |labels: &[char], c: &char| labels.iter().position(|label| label == c);
        let (mut kernel, mut fans) = (Vec::new(), [1, 1]);
        for c in &equation.b {
            let (extent, side) = match (place(&equation.y, c), place(&equation.a, c)) {
                (Some(axis), _) => (output[axis], 1),
                (None, Some(axis)) => (x[axis], 0),
                (None, None) => {
                    return Err(format!("expects `{c}` of the kernel in the input or the output as well"));
                }
            };
            kernel.push(extent);
            fans[side] *= extent;
        }
        let Some(axes) = self.bias_axes.as_deref().filter(|axes| !axes.is_empty()) else {
            return Ok((kernel.into(), None, fans));
        };
        let places: Option<Vec<usize>> = axes.chars().map(|c| place(&equation.y, &c)).collect();
        let Some(places) = places else {
            return Err(format!("expects bias_axes of the output of {}, got `{axes}`", self.equation));
        };
        let first = places.iter().copied().min().unwrap_or(0);
        let bias = (first..output.len()).map(|axis| if places.contains(&axis) { output[axis] } else { 1 });
        Ok((kernel.into(), Some(bias.collect()), fans))
    }
}

impl Activated for EinsumDense {
    fn activation(mut self, activation: Activation) -> EinsumDense {
        self.activation = activation;
        self
    }
}

impl Named for EinsumDense {
    const NAME: &'static str = "EinsumDense";
    const SUMMARY: &'static str = "fully connected along axes that an equation names";
}

impl Layer for EinsumDense {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let parsed = Equation::parse(&self.equation, x.rank());
            let (kernel, bias, fans) = match parsed.and_then(|parsed| self.shapes(&parsed, &x.shape())) {
                Ok(shapes) => shapes,
                Err(message) => return scope.fail(message),
            };
            let kernel = scope.weight(
                Weight::new("kernel", kernel, &self.kernel_initializer)
                    .fans(fans)
                    .regularizer(&self.kernel_regularizer)
                    .constraint(&self.kernel_constraint),
            );
            let mut y = match einsum(&self.equation, &[x.clone(), kernel]) {
                Ok(y) => y,
                Err(message) => return scope.fail(message),
            };
            if let Some(bias) = bias {
                let bias = scope.weight(
                    Weight::new("bias", bias, &self.bias_initializer)
                        .regularizer(&self.bias_regularizer)
                        .constraint(&self.bias_constraint),
                );
                y = y + bias;
            }
            let y = self.activation.call(&y);
            penalize(scope, &self.activity_regularizer, &y);
            y
        })
    }
}

impl Sampled for EinsumDense {
    fn samples() -> Vec<LayerSample> {
        let penalized = EinsumDense::new("...x,xy->...y", [Some(2)]).activity_regularizer(L2 { l2: 0.1 });
        vec![
            LayerSample::new(EinsumDense::new("ab,bc->ac", [Some(3)]).bias_axes("c"), [&[2, 4]]),
            LayerSample::new(
                EinsumDense::new("abc,cde->abde", [None, Some(2), Some(3)]).bias_axes("de").tanh(),
                [&[2, 3, 4]],
            ),
            LayerSample::new(EinsumDense::new("abc,bd->adc", [Some(2), None]).bias_axes("d"), [&[2, 3, 4]]),
            LayerSample::new(penalized, [&[2, 3, 4]]),
        ]
    }
}
