//! What an operation is: its name in Keras, what it takes, and its work.

use super::call::Call;
use crate::arguments::{Arguments, Masked};
use cornu_graph::{Builder, Tensor};
use serde_json::{Map, Value};

/// One operation of Keras: a row in the list of its theme.
#[derive(Debug)]
pub struct Definition {
    /// The class name, as Keras spells it: `Multiply`.
    pub name: &'static str,
    /// The module of `keras.src.ops`: `numpy`.
    pub module: &'static str,
    /// The names of the call's arguments, in order; a last one that begins with `*` takes all that are left.
    pub parameters: &'static [&'static str],
    /// The names of its settings, which files hold in its config.
    pub fields: &'static [&'static str],
    /// One line on what it is.
    pub summary: &'static str,
    /// Whether its config in a file holds the name of its node, as almost all do.
    pub is_named: bool,
    work: Work,
}

/// How an operation works on what it is called with.
#[derive(Clone, Copy, Debug)]
enum Work {
    /// On its first argument.
    Unary(fn(&Tensor) -> Tensor),
    /// On its first argument as floats.
    Float(fn(&Tensor) -> Tensor),
    /// On its first two, of one dtype.
    Binary(fn(&Tensor, &Tensor) -> Tensor),
    /// On its first two, of one dtype of floats.
    Floats(fn(&Tensor, &Tensor) -> Tensor),
    /// On the call, with one output.
    One(fn(&Call) -> Result<Tensor, String>),
    /// On the call, with several.
    Several(fn(&Call) -> Result<Vec<Tensor>, String>),
}

/// An operation that fails, with the message that is its setting.
pub(super) static WRONG: Definition = Definition::one("", "Operation", "none", |call| {
    Err(call.text("message", "is no operation")?.to_string())
})
.takes(&["*"])
.set(&["message"]);

impl Definition {
    const fn new(module: &'static str, name: &'static str, summary: &'static str, work: Work) -> Definition {
        Definition { name, module, parameters: &["x"], fields: &[], summary, is_named: true, work }
    }

    /// An operation on one tensor, of the same dtype.
    pub(super) const fn unary(
        module: &'static str,
        name: &'static str,
        summary: &'static str,
        work: fn(&Tensor) -> Tensor,
    ) -> Definition {
        Definition::new(module, name, summary, Work::Unary(work))
    }

    /// An operation on one tensor of floats, to which others are cast.
    pub(super) const fn float(
        module: &'static str,
        name: &'static str,
        summary: &'static str,
        work: fn(&Tensor) -> Tensor,
    ) -> Definition {
        Definition::new(module, name, summary, Work::Float(work))
    }

    /// An operation on two tensors or numbers, brought to one dtype.
    pub(super) const fn binary(
        module: &'static str,
        name: &'static str,
        summary: &'static str,
        work: fn(&Tensor, &Tensor) -> Tensor,
    ) -> Definition {
        Definition::new(module, name, summary, Work::Binary(work)).takes(&["x1", "x2"])
    }

    /// An operation on two tensors or numbers, brought to one dtype of floats.
    pub(super) const fn floats(
        module: &'static str,
        name: &'static str,
        summary: &'static str,
        work: fn(&Tensor, &Tensor) -> Tensor,
    ) -> Definition {
        Definition::new(module, name, summary, Work::Floats(work)).takes(&["x1", "x2"])
    }

    /// An operation that reads its arguments and settings itself.
    pub(super) const fn one(
        module: &'static str,
        name: &'static str,
        summary: &'static str,
        work: fn(&Call) -> Result<Tensor, String>,
    ) -> Definition {
        Definition::new(module, name, summary, Work::One(work))
    }

    /// The same with several outputs.
    pub(super) const fn several(
        module: &'static str,
        name: &'static str,
        summary: &'static str,
        work: fn(&Call) -> Result<Vec<Tensor>, String>,
    ) -> Definition {
        Definition::new(module, name, summary, Work::Several(work))
    }

    /// The same with these arguments of its call; `x` alone by default.
    pub(super) const fn takes(self, parameters: &'static [&'static str]) -> Definition {
        Definition { parameters, ..self }
    }

    /// The same with these settings; none by default.
    pub(super) const fn set(self, fields: &'static [&'static str]) -> Definition {
        Definition { fields, ..self }
    }

    /// The same without the node's name in its config.
    pub(super) const fn nameless(self) -> Definition {
        Definition { is_named: false, ..self }
    }

    /// Whether it has that setting.
    pub(super) fn has_field(&self, field: &str) -> bool {
        self.fields.contains(&field)
    }

    /// Describes its work.
    pub(super) fn run(
        &'static self,
        builder: &Builder,
        config: &Map<String, Value>,
        arguments: &Arguments<Masked>,
    ) -> Vec<Tensor> {
        if let Some(missing) = arguments.tensors().into_iter().find(|masked| !masked.tensor.is_valid()) {
            return vec![missing.tensor.clone()];
        }
        let work = || {
            let call = Call::new(self, builder, config, arguments)?;
            let first = self.parameters[0];
            let both = |float| call.promoted(&self.parameters[..2], float);
            Ok(match self.work {
                Work::Unary(work) => vec![work(&call.tensor(first)?)],
                Work::Float(work) => vec![work(&call.float(first)?)],
                Work::Binary(work) => both(false).map(|x| vec![work(&x[0], &x[1])])?,
                Work::Floats(work) => both(true).map(|x| vec![work(&x[0], &x[1])])?,
                Work::One(work) => vec![work(&call)?],
                Work::Several(work) => work(&call)?,
            })
        };
        work().unwrap_or_else(|message: String| vec![builder.fail(message)])
    }
}
