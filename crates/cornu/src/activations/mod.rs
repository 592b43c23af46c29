//! Activation functions: what a layer applies to each of its results. To add one: a variant and its row in the
//! table.

use crate::error::Error;
use cornu_graph::Tensor;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A function that a layer applies to its result: `y = f(x)`, of the same shape.
///
/// The names, formulas and constants are Keras's; in files an activation is its name. `None` in
/// Keras is [`Activation::Linear`] here.
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
];

impl Activation {
    /// All activations.
    pub const ALL: [Activation; 12] = [
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
            let message = format!("there is no activation `{name}`; there are {}", known.join(", "));
            Error::Argument { message, location: None, help: None }
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
