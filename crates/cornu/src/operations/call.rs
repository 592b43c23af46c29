//! What an operation is called with, and its settings.

use super::Definition;
use super::array;
use super::result_type::{Kind, float_type, result_type};
use crate::arguments::{Argument, Arguments, Masked};
use cornu_graph::{Array, Builder, DType, Shape, Tensor};
use serde_json::{Map, Value};

/// One call of an operation.
pub(super) struct Call<'a> {
    definition: &'static Definition,
    builder: &'a Builder,
    config: &'a Map<String, Value>,
    given: Vec<(&'static str, Argument<Tensor>)>,
    rest: Vec<Argument<Tensor>>,
    /// Named arguments beyond those it lists.
    extra: Vec<(String, Argument<Tensor>)>,
}

/// An operand: a tensor, or a number that takes the dtype of what is beside it.
enum Operand {
    Tensor(Tensor),
    Number(f64, Kind),
}

impl Operand {
    fn kind(&self) -> Kind {
        match self {
            Operand::Tensor(tensor) => Kind::Strong(tensor.dtype()),
            Operand::Number(_, kind) => *kind,
        }
    }

    fn cast(self, builder: &Builder, dtype: DType) -> Tensor {
        match self {
            Operand::Tensor(tensor) => tensor.cast(dtype),
            Operand::Number(value, _) => builder.scalar(value, dtype),
        }
    }
}

impl<'a> Call<'a> {
    pub(super) fn new(
        definition: &'static Definition,
        builder: &'a Builder,
        config: &'a Map<String, Value>,
        arguments: &Arguments<Masked>,
    ) -> Result<Call<'a>, String> {
        let plain = |argument: &Argument<Masked>| argument.map(&mut |masked: &Masked| masked.tensor.clone());
        let mut given = Vec::new();
        let mut rest = Vec::new();
        let mut parameters = definition.parameters.iter();
        for argument in &arguments.positional {
            match parameters.as_slice().first() {
                Some(name) if name.starts_with('*') => rest.push(plain(argument)),
                Some(name) => {
                    parameters.next();
                    given.push((*name, plain(argument)));
                }
                None => {
                    let (most, got) = (definition.parameters.len(), arguments.positional.len());
                    return Err(format!("takes {most} arguments, got {got}"));
                }
            }
        }
        let mut extra = Vec::new();
        for (name, argument) in &arguments.named {
            match parameters.as_slice().iter().find(|known| *known == name) {
                Some(name) => given.push((name, plain(argument))),
                None => extra.push((name.clone(), plain(argument))),
            }
        }
        Ok(Call { definition, builder, config, given, rest, extra })
    }

    pub(super) fn builder(&self) -> &Builder {
        self.builder
    }

    /// The setting of that name; null where it has none.
    pub(super) fn field(&self, name: &str) -> &Value {
        debug_assert!(self.definition.has_field(name), "{} of {}", name, self.definition.name);
        self.config.get(name).unwrap_or(&Value::Null)
    }

    /// Whether the operation has a setting of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.definition.has_field(name)
    }

    /// Whether the setting was given, be it null.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.config.contains_key(name)
    }

    fn unclear<T>(&self, name: &str) -> Result<T, String> {
        Err(format!("the setting {name} cannot be {}", self.field(name)))
    }

    /// A setting that is a whole number.
    pub(super) fn int(&self, name: &str, default: i64) -> Result<i64, String> {
        match whole(self.field(name)) {
            Some(int) => Ok(int),
            None if self.field(name).is_null() => Ok(default),
            None => self.unclear(name),
        }
    }

    /// A setting that counts something.
    pub(super) fn count(&self, name: &str, default: usize) -> Result<usize, String> {
        let count = usize::try_from(self.int(name, default as i64)?);
        count.or_else(|_| self.unclear(name))
    }

    /// A setting that is a number.
    pub(super) fn number(&self, name: &str, default: f64) -> Result<f64, String> {
        match self.field(name) {
            Value::Null => Ok(default),
            Value::Bool(truth) => Ok(*truth as u8 as f64),
            value => value.as_f64().map_or_else(|| self.unclear(name), Ok),
        }
    }

    /// A setting that is true or false.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.field(name) {
            Value::Null => Ok(default),
            value => value.as_bool().map_or_else(|| self.unclear(name), Ok),
        }
    }

    /// A setting that is a word.
    pub(super) fn text(&self, name: &str, default: &'static str) -> Result<&str, String> {
        match self.field(name) {
            Value::Null => Ok(default),
            value => value.as_str().map_or_else(|| self.unclear(name), Ok),
        }
    }

    /// A setting that is a dtype, if it is set.
    pub(super) fn dtype(&self, name: &str) -> Result<Option<DType>, String> {
        match self.field(name) {
            Value::Null => Ok(None),
            Value::String(dtype) => dtype.parse().map(Some),
            _ => self.unclear(name),
        }
    }

    /// A setting that is one whole number or several, if it is set.
    pub(super) fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, String> {
        match self.field(name) {
            Value::Null => Ok(None),
            value => whole_numbers(value).map_or_else(|| self.unclear(name), |list| Ok(Some(list))),
        }
    }

    /// A setting that is an axis of a tensor of `rank` axes.
    pub(super) fn axis(&self, name: &str, default: i64, rank: usize) -> Result<usize, String> {
        place(self.int(name, default)?, rank)
    }

    /// A setting that is an axis, several, or nothing for all, in ascending order.
    pub(super) fn axes(&self, name: &str, rank: usize) -> Result<Vec<usize>, String> {
        let Some(list) = self.ints(name)? else { return Ok((0..rank).collect()) };
        let mut axes = list.into_iter().map(|axis| place(axis, rank)).collect::<Result<Vec<_>, _>>()?;
        axes.sort_unstable();
        match axes.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("the axis {} is given twice", pair[0])),
            None => Ok(axes),
        }
    }

    /// The argument of that name, if it was given and is not nothing.
    pub(super) fn argument(&self, name: &str) -> Option<&Argument<Tensor>> {
        self.raw(name).filter(|argument| !matches!(argument, Argument::Value(Value::Null)))
    }

    /// The argument of that name, which may be nothing.
    pub(super) fn raw(&self, name: &str) -> Option<&Argument<Tensor>> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, argument)| argument)
    }

    /// What was given beyond the arguments with names of their own.
    pub(super) fn rest(&self) -> Result<Vec<Tensor>, String> {
        self.together(self.rest.iter().map(|argument| self.operand(argument)).collect::<Result<_, _>>()?)
    }

    /// The named arguments beyond those with a place: `rearrange(x, pattern, heads=4)`.
    pub(super) fn extra(&self) -> &[(String, Argument<Tensor>)] {
        &self.extra
    }

    fn needed(&self, name: &str) -> Result<&Argument<Tensor>, String> {
        self.argument(name).ok_or_else(|| format!("is called without {name}"))
    }

    /// The argument that is a word.
    pub(super) fn word(&self, name: &str) -> Result<&str, String> {
        match self.needed(name)? {
            Argument::Value(Value::String(word)) => Ok(word),
            _ => Err(format!("takes a text as {name}")),
        }
    }

    /// The argument that is a number, or what stands for it.
    pub(super) fn plain_number(&self, name: &str, default: f64) -> Result<f64, String> {
        match self.argument(name) {
            None => Ok(default),
            Some(Argument::Value(value)) if value.is_number() => Ok(value.as_f64().unwrap_or(default)),
            Some(_) => Err(format!("takes a plain number as {name}")),
        }
    }

    /// The argument that is a list of whole numbers, if it is one.
    pub(super) fn plain_ints(&self, name: &str) -> Result<Option<Vec<i64>>, String> {
        match self.needed(name)? {
            Argument::List(items) => {
                let int = |item: &Argument<Tensor>| match item {
                    Argument::Value(value) => whole(value),
                    _ => None,
                };
                Ok(items.iter().map(int).collect())
            }
            Argument::Value(value) => {
                let array = array::from_json(value)?.map(|array| array.to_f64());
                Ok(array.map(|list| list.into_iter().map(|x| x as i64).collect()))
            }
            _ => Ok(None),
        }
    }

    fn operand(&self, argument: &Argument<Tensor>) -> Result<Operand, String> {
        match argument {
            Argument::Tensor(tensor) => Ok(Operand::Tensor(tensor.clone())),
            Argument::Value(Value::Bool(truth)) => {
                Ok(Operand::Number(*truth as u8 as f64, Kind::Strong(DType::Bool)))
            }
            Argument::Value(Value::Number(number)) => {
                let kind = if number.is_f64() { Kind::Float } else { Kind::Int };
                Ok(Operand::Number(number.as_f64().unwrap_or(f64::NAN), kind))
            }
            Argument::Value(value) => Ok(Operand::Tensor(self.constant_of(value)?)),
            Argument::List(items) if argument.tensors().is_empty() => {
                let value = plain(items);
                let kind = if has_fraction(&value) { DType::F32 } else { DType::I32 };
                Ok(Operand::Tensor(self.builder.constant(&array::numbers(&value, kind)?)))
            }
            Argument::List(_) | Argument::Dict(_) => Err("takes single tensors, not several together".into()),
        }
    }

    /// Several operands, cast to the dtype that holds all.
    fn together(&self, operands: Vec<Operand>) -> Result<Vec<Tensor>, String> {
        let dtype = result_type(operands.iter().map(Operand::kind));
        Ok(operands.into_iter().map(|operand| operand.cast(self.builder, dtype)).collect())
    }

    /// The argument of that name as a tensor of its own dtype.
    pub(super) fn tensor(&self, name: &str) -> Result<Tensor, String> {
        let operand = self.operand(self.needed(name)?)?;
        let dtype = result_type([operand.kind()]);
        Ok(operand.cast(self.builder, dtype))
    }

    /// The argument of that name as a tensor, if it was given.
    pub(super) fn optional(&self, name: &str) -> Result<Option<Tensor>, String> {
        self.argument(name).map(|_| self.tensor(name)).transpose()
    }

    /// The argument of that name as floats.
    pub(super) fn float(&self, name: &str) -> Result<Tensor, String> {
        let x = self.tensor(name)?;
        Ok(x.cast(float_type(x.dtype())))
    }

    /// The argument of that name as integers.
    pub(super) fn indices(&self, name: &str) -> Result<Tensor, String> {
        let x = self.tensor(name)?;
        match x.dtype().is_float() {
            true => Err(format!("takes integers as {name}, not {}", x.dtype().keras_name())),
            false => Ok(if x.dtype() == DType::I64 { x } else { x.cast(DType::I32) }),
        }
    }

    /// The arguments of these names, cast to the dtype that holds all, which is one of floats where that is
    /// asked for.
    pub(super) fn promoted(&self, names: &[&str], float: bool) -> Result<Vec<Tensor>, String> {
        let operands = names.iter().map(|name| self.operand(self.needed(name)?));
        let operands = operands.collect::<Result<Vec<_>, String>>()?;
        let kinds = operands.iter().map(Operand::kind).chain(float.then_some(Kind::Float));
        let dtype = result_type(kinds);
        Ok(operands.into_iter().map(|operand| operand.cast(self.builder, dtype)).collect())
    }

    /// The list of tensors under that name, cast to the dtype that holds all.
    pub(super) fn list(&self, name: &str) -> Result<Vec<Tensor>, String> {
        match self.needed(name)? {
            Argument::List(items) => {
                let operands = items.iter().map(|item| self.operand(item)).collect::<Result<Vec<_>, _>>()?;
                match operands.is_empty() {
                    true => Err(format!("is called on an empty list of {name}")),
                    false => self.together(operands),
                }
            }
            other => Ok(vec![self.operand(other)?.cast(self.builder, DType::F32)]),
        }
    }

    /// The numbers of a setting as a tensor.
    pub(super) fn constant(&self, name: &str, dtype: DType) -> Result<Tensor, String> {
        let value = self.field(name);
        let array = match array::from_json(value)? {
            Some(array) => array.cast(dtype),
            None => array::numbers(value, dtype)?,
        };
        Ok(self.builder.constant(&array))
    }

    /// The array that a value of a file is.
    pub(super) fn constant_of(&self, value: &Value) -> Result<Tensor, String> {
        match array::from_json(value)? {
            Some(array) => Ok(self.builder.constant(&array)),
            None => Err(format!("cannot be called on {value}")),
        }
    }

    /// The whole numbers from zero along one axis of extent `n`.
    pub(super) fn iota(&self, n: usize, dtype: DType) -> Tensor {
        self.builder.iota([n], 0, dtype)
    }

    /// An array of integers in the graph.
    pub(super) fn integers(&self, shape: impl Into<Shape>, values: &[f64]) -> Result<Tensor, String> {
        Ok(self.builder.constant(&Array::from_f64(shape, DType::I32, values)?))
    }
}

/// The axis that `axis` means among `rank`.
pub(super) fn place(axis: i64, rank: usize) -> Result<usize, String> {
    let index = if axis < 0 { axis + rank as i64 } else { axis };
    match (0..rank as i64).contains(&index) {
        true => Ok(index as usize),
        false => Err(format!("there is no axis {axis} among {rank}")),
    }
}

/// Axes counted from 0, as functions of tensors take them.
pub(super) fn signed(axes: &[usize]) -> Vec<isize> {
    axes.iter().map(|&axis| axis as isize).collect()
}

fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64().filter(|x| x.fract() == 0.0 && x.abs() < 9e15);
    value.as_i64().or(number.map(|x| x as i64))
}

fn whole_numbers(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Array(items) => items.iter().map(whole).collect(),
        Value::Object(_) => {
            let array = array::from_json(value).ok()??;
            Some(array.to_f64().into_iter().map(|x| x as i64).collect())
        }
        value => whole(value).map(|int| vec![int]),
    }
}

fn plain(items: &[Argument<Tensor>]) -> Value {
    let value = |item: &Argument<Tensor>| match item {
        Argument::Value(value) => value.clone(),
        Argument::List(items) => plain(items),
        _ => Value::Null,
    };
    items.iter().map(value).collect()
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_fraction),
        value => value.is_f64(),
    }
}
