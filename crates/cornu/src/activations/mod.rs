//! Activation functions: what a layer applies to each of its results. To add one: a variant and its row in the
//! table. Those that take arguments are functions too, a file each; the others are in `plain.rs`.

mod celu;
mod glu;
mod hard_shrink;
mod plain;
mod soft_shrink;
mod sparsemax;
mod squareplus;
mod threshold;

pub use celu::celu;
pub use glu::glu;
pub use hard_shrink::hard_shrink;
pub use plain::{
    hard_sigmoid, hard_silu, hard_tanh, log_sigmoid, mish, relu6, softsign, sparse_plus, sparse_sigmoid,
    tanh_shrink,
};
pub use soft_shrink::soft_shrink;
pub use sparsemax::sparsemax;
pub use squareplus::squareplus;
pub use threshold::threshold;

use crate::error::Error;
use cornu_graph::Tensor;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A function that a layer applies to its result: `y = f(x)`, of the same shape (but for
/// [`Activation::Glu`], which halves the last axis).
///
/// The names, formulas and constants are Keras's; in files an activation is its name. `None` in
/// Keras is [`Activation::Linear`] here. With other constants an activation is a function: [`celu`],
/// [`glu`], [`hard_shrink`], [`soft_shrink`], [`sparsemax`], [`squareplus`], [`threshold`], and
/// `Tensor`'s `elu`, `gelu`, `leaky_relu`, `softmax` and `log_softmax`.
///
/// ```
/// use cornu::activations::Activation;
/// use cornu_graph::{Array, Builder, evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [3]);
/// let y = Activation::LeakyRelu.call(&x);
/// let graph = b.build(&[("y", &y)], &[]).unwrap();
/// let y = evaluate(&graph, &[Array::from_vec(vec![-1f32, 0.0, 2.0])], &[]).unwrap();
/// assert_eq!(y.outputs[0].to_f32(), [-0.2, 0.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `x`
    #[default]
    Linear,
    /// `1 / (1 + exp(-x))`, in `(0, 1)`: the probability of one class.
    Sigmoid,
    /// `(exp(x) - exp(-x)) / (exp(x) + exp(-x))`, in `(-1, 1)`.
    Tanh,
    /// `max(x, 0)`
    Relu,
    /// `x` where positive, else `0.2 x`
    LeakyRelu,
    /// `x` where positive, else `exp(x) - 1`
    Elu,
    /// `1.0507 x` where positive, else `1.7581 (exp(x) - 1)`: keeps mean 0 and variance 1 under
    /// LeCun normal kernels (Klambauer 2017).
    Selu,
    /// `x P(X <= x)` for a standard normal `X`, exact rather than by tanh (Hendrycks, Gimpel 2016).
    Gelu,
    /// `x sigmoid(x)`; also called swish.
    Silu,
    /// `log(exp(x) + 1)`
    Softplus,
    /// `exp(x) / sum(exp(x))` along the last axis: the probabilities of classes, which sum to 1.
    Softmax,
    /// `x - log(sum(exp(x)))` along the last axis: the logarithm of [`Activation::Softmax`].
    LogSoftmax,
    /// `x` where positive, else `exp(x) - 1`; see [`celu`].
    Celu,
    /// `exp(x)`
    Exponential,
    /// The first half of the last axis times the sigmoid of the second: half as many; see [`glu`].
    Glu,
    /// `x` where it is further than 0.5 from 0, else 0; see [`hard_shrink`].
    HardShrink,
    /// `x / 6 + 1/2`, from 0 to 1: a straight [`Activation::Sigmoid`].
    HardSigmoid,
    /// `x` times its hard sigmoid: a cheap [`Activation::Silu`] (Howard 2019).
    HardSilu,
    /// `x`, from -1 to 1.
    HardTanh,
    /// `-log(1 + exp(-x))`: the logarithm of [`Activation::Sigmoid`].
    LogSigmoid,
    /// `x tanh(softplus(x))` (Misra 2019).
    Mish,
    /// `x`, from 0 to 6.
    Relu6,
    /// `x` moved 0.5 towards 0, which it does not pass; see [`soft_shrink`].
    SoftShrink,
    /// `x / (|x| + 1)`, in `(-1, 1)`.
    Softsign,
    /// `(x + 1)² / 4` from -1 to 1, 0 below, `x` above.
    SparsePlus,
    /// `(x + 1) / 2`, from 0 to 1.
    SparseSigmoid,
    /// `max(x - t, 0)` along the last axis: a softmax with zeros; see [`sparsemax`].
    Sparsemax,
    /// `(x + sqrt(x² + 4)) / 2`; see [`squareplus`].
    Squareplus,
    /// `x - tanh(x)`
    TanhShrink,
}

struct Row {
    activation: Activation,
    name: &'static str,
    aliases: &'static [&'static str],
    formula: &'static str,
    call: fn(&Tensor) -> Tensor,
}

const fn row(
    activation: Activation,
    name: &'static str,
    aliases: &'static [&'static str],
    formula: &'static str,
    call: fn(&Tensor) -> Tensor,
) -> Row {
    Row { activation, name, aliases, formula, call }
}

/// One row each, in the order of the variants.
static TABLE: &[Row] = &[
    row(Activation::Linear, "linear", &[], "x", |x| x.clone()),
    row(Activation::Sigmoid, "sigmoid", &[], "1 / (1 + exp(-x))", |x| x.sigmoid()),
    row(Activation::Tanh, "tanh", &[], "tanh(x)", |x| x.tanh()),
    row(Activation::Relu, "relu", &[], "max(x, 0)", |x| x.relu()),
    row(Activation::LeakyRelu, "leaky_relu", &[], "x if x > 0 else 0.2 x", |x| x.leaky_relu(0.2)),
    row(Activation::Elu, "elu", &[], "x if x > 0 else exp(x) - 1", |x| x.elu(1.0)),
    row(Activation::Selu, "selu", &[], "1.0507 x if x > 0 else 1.7581 (exp(x) - 1)", |x| x.selu()),
    row(Activation::Gelu, "gelu", &[], "x (1 + erf(x / sqrt(2))) / 2", |x| x.gelu(false)),
    row(Activation::Silu, "silu", &["swish"], "x / (1 + exp(-x))", |x| x.silu()),
    row(Activation::Softplus, "softplus", &[], "log(1 + exp(x))", |x| x.softplus()),
    row(Activation::Softmax, "softmax", &[], "exp(x) / sum(exp(x))", |x| x.softmax(-1)),
    row(Activation::LogSoftmax, "log_softmax", &[], "x - log(sum(exp(x)))", |x| x.log_softmax(-1)),
    row(Activation::Celu, "celu", &[], "x if x > 0 else exp(x) - 1", |x| celu(x, 1.0)),
    row(Activation::Exponential, "exponential", &[], "exp(x)", |x| x.exp()),
    row(Activation::Glu, "glu", &[], "a / (1 + exp(-b)) of the halves a, b", |x| glu(x, -1)),
    row(Activation::HardShrink, "hard_shrink", &[], "x if |x| > 0.5 else 0", |x| hard_shrink(x, 0.5)),
    row(Activation::HardSigmoid, "hard_sigmoid", &[], "min(max(x / 6 + 1/2, 0), 1)", hard_sigmoid),
    row(Activation::HardSilu, "hard_silu", &["hard_swish"], "x min(max(x / 6 + 1/2, 0), 1)", hard_silu),
    row(Activation::HardTanh, "hard_tanh", &[], "min(max(x, -1), 1)", hard_tanh),
    row(Activation::LogSigmoid, "log_sigmoid", &[], "-log(1 + exp(-x))", log_sigmoid),
    row(Activation::Mish, "mish", &[], "x tanh(log(1 + exp(x)))", mish),
    row(Activation::Relu6, "relu6", &[], "min(max(x, 0), 6)", relu6),
    row(Activation::SoftShrink, "soft_shrink", &[], "x - 0.5 if x > 0.5, x + 0.5 if x < -0.5, else 0", |x| {
        soft_shrink(x, 0.5)
    }),
    row(Activation::Softsign, "softsign", &[], "x / (|x| + 1)", softsign),
    row(
        Activation::SparsePlus,
        "sparse_plus",
        &[],
        "0 if x <= -1, x if x >= 1, else (x + 1)^2 / 4",
        sparse_plus,
    ),
    row(Activation::SparseSigmoid, "sparse_sigmoid", &[], "min(max((x + 1) / 2, 0), 1)", sparse_sigmoid),
    row(Activation::Sparsemax, "sparsemax", &[], "max(x - t, 0)", |x| sparsemax(x, -1)),
    row(Activation::Squareplus, "squareplus", &[], "(x + sqrt(x^2 + 4)) / 2", |x| squareplus(x, 4.0)),
    row(Activation::TanhShrink, "tanh_shrink", &[], "x - tanh(x)", tanh_shrink),
];

impl Activation {
    /// All activations.
    pub const ALL: [Activation; 29] = [
        Activation::Linear,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Elu,
        Activation::Selu,
        Activation::Gelu,
        Activation::Silu,
        Activation::Softplus,
        Activation::Softmax,
        Activation::LogSoftmax,
        Activation::Celu,
        Activation::Exponential,
        Activation::Glu,
        Activation::HardShrink,
        Activation::HardSigmoid,
        Activation::HardSilu,
        Activation::HardTanh,
        Activation::LogSigmoid,
        Activation::Mish,
        Activation::Relu6,
        Activation::SoftShrink,
        Activation::Softsign,
        Activation::SparsePlus,
        Activation::SparseSigmoid,
        Activation::Sparsemax,
        Activation::Squareplus,
        Activation::TanhShrink,
    ];

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name, as Keras spells it: `leaky_relu`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Other names that Keras accepts: `swish` for `silu`.
    pub fn aliases(self) -> &'static [&'static str] {
        self.row().aliases
    }

    /// The formula on one line.
    pub fn formula(self) -> &'static str {
        self.row().formula
    }

    /// Describes `f(x)`, of `x`'s shape. Sigmoid and softmax note the logits they were made from,
    /// so that a loss may use those and stay stable.
    pub fn call(self, x: &Tensor) -> Tensor {
        (self.row().call)(x)
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Activation {
    type Err = Error;

    /// The activation of that name.
    ///
    /// ```
    /// use cornu::activations::Activation;
    /// assert_eq!("swish".parse(), Ok(Activation::Silu));
    /// let error = "rleu".parse::<Activation>().unwrap_err();
    /// assert!(error.to_string().starts_with("there is no activation `rleu`; there are linear, sigmoid,"));
    /// ```
    fn from_str(name: &str) -> Result<Activation, Error> {
        let row = TABLE.iter().find(|row| row.name == name || row.aliases.contains(&name));
        row.map(|row| row.activation).ok_or_else(|| {
            let known: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
            // Keras resolves the name, but cannot call what it stands for.
            let help = (name == "threshold")
                .then(|| "a threshold has no defaults: call the function activations::threshold".to_string());
            let message = format!("there is no activation `{name}`; there are {}", known.join(", "));
            Error::Argument { message, location: None, help }
        })
    }
}

impl Serialize for Activation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Activation {
    /// From a name, from null (linear), or from Keras's longer form of a function:
    /// `{"class_name": "function", "config": "relu"}`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Activation, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let name = match &value {
            Value::Null => return Ok(Activation::Linear),
            Value::Object(fields) => fields.get("config").or_else(|| fields.get("class_name")),
            other => Some(other),
        };
        match name {
            Some(Value::String(name)) => name.parse().map_err(D::Error::custom),
            _ => Err(D::Error::custom(format!("{value} is no activation"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_variants() {
        assert_eq!(TABLE.len(), Activation::ALL.len());
        for (row, activation) in TABLE.iter().zip(Activation::ALL) {
            assert_eq!(row.activation, activation);
            assert_eq!(row.activation as usize, activation as usize);
            assert_eq!(TABLE[activation as usize].activation, activation);
        }
    }
}
