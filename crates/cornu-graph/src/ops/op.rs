//! The trait that every operation implements, and the samples that test it.

use crate::graph::Type;
use crate::tensor::Tensor;
use crate::{Builder, DType};
use std::fmt::Debug;
use std::hash::Hash;
use std::ops::RangeInclusive;

/// What each operation says of itself. Its file in this folder is the one place where it says it.
pub trait Operation: Clone + Debug + PartialEq + Eq + Hash + Sized {
    /// The name in printed graphs.
    const NAME: &'static str;

    /// How many operands it takes. [`Op::infer`](super::Op::infer) has checked their number before
    /// any method here sees them.
    const OPERANDS: RangeInclusive<usize> = 1..=1;

    /// Shape and dtype of the result, or what is wrong with the operands.
    fn infer(&self, inputs: &[&Type]) -> Result<Type, String>;

    /// The derivative, in the language itself: from `dy`, the gradient of the result, the gradient
    /// of each operand; `None` where there is none.
    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>>;

    /// The same work on operands of which some carry one more leading axis, an example each.
    fn batch(&self, rule: &Batch) -> Tensor;

    /// The meaning: the result's elements in row-major order from those of the operands.
    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64>;

    /// The operation's own fields, for printing.
    fn attributes(&self) -> Attributes {
        Attributes::default()
    }

    /// The operation with these fields, for parsing.
    fn from_attributes(attributes: &Attributes) -> Result<Self, String>;

    /// Calls that the operation is tested with; see [`Sample`].
    fn samples() -> Vec<Sample>;
}

/// What a derivative rule works with.
pub struct Grad<'a> {
    /// The operands.
    pub inputs: &'a [Tensor],
    /// The result.
    pub y: &'a Tensor,
    /// The gradient of the result.
    pub dy: &'a Tensor,
}

impl Grad<'_> {
    /// The `i`th operand.
    pub fn x(&self, i: usize) -> &Tensor {
        &self.inputs[i]
    }
}

/// What a batching rule works with.
pub struct Batch<'a> {
    /// The operands; the batched ones have one leading axis more than the operation is written for.
    pub inputs: &'a [Tensor],
    /// Which operands are batched; at least one is.
    pub batched: &'a [bool],
    /// The extent of the leading axis.
    pub size: usize,
}

impl Batch<'_> {
    /// The `i`th operand with the leading axis, repeated along it if need be.
    #[track_caller]
    pub fn with_axis(&self, i: usize) -> Tensor {
        match self.batched[i] {
            true => self.inputs[i].clone(),
            false => self.inputs[i].broadcast_to(self.inputs[i].shape().with_leading(self.size)),
        }
    }

    /// For elementwise operations: the same operation on operands that all have the leading axis.
    #[track_caller]
    pub fn elementwise(&self, op: impl Into<super::Op>) -> Tensor {
        let operands: Vec<Tensor> = (0..self.inputs.len()).map(|i| self.with_axis(i)).collect();
        operands[0].builder().push(op, &operands.iter().collect::<Vec<_>>())
    }
}

/// A value in the reference evaluator: any dtype's elements as doubles.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Shape and dtype.
    pub ty: Type,
    /// The elements in row-major order.
    pub elements: Vec<f64>,
}

impl Value {
    /// The element at the given position.
    pub fn at(&self, index: &[usize]) -> f64 {
        let flat = index.iter().zip(self.ty.shape.iter()).fold(0, |flat, (&i, &extent)| flat * extent + i);
        self.elements[flat]
    }
}

/// Applies `f` to each element.
pub fn map(inputs: &[&Value], f: impl Fn(f64) -> f64) -> Vec<f64> {
    inputs[0].elements.iter().map(|&x| f(x)).collect()
}

/// Applies `f` to each pair of elements.
pub fn zip(inputs: &[&Value], f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    inputs[0].elements.iter().zip(&inputs[1].elements).map(|(&a, &b)| f(a, b)).collect()
}

/// The type of an elementwise result: that of the operands, which must agree.
pub fn same(inputs: &[&Type]) -> Result<Type, String> {
    for other in &inputs[1..] {
        if other.dtype != inputs[0].dtype {
            return Err(format!("operands are {} and {}; cast one of them", inputs[0].dtype, other.dtype));
        }
        if other.shape != inputs[0].shape {
            return Err(format!("operands have shapes {} and {}", inputs[0].shape, other.shape));
        }
    }
    Ok(inputs[0].clone())
}

/// The same, for operations that are defined on floats alone.
pub fn same_float(inputs: &[&Type]) -> Result<Type, String> {
    match inputs.iter().find(|ty| !ty.dtype.is_float()) {
        Some(ty) => Err(format!("it takes floats, not {}; cast it first", ty.dtype)),
        None => same(inputs),
    }
}

/// The type of a comparison: bools of the operands' shape.
pub fn same_to_bool(inputs: &[&Type]) -> Result<Type, String> {
    same(inputs).map(|ty| Type { dtype: DType::Bool, ..ty })
}

/// An operation's fields by name, as they are printed: `{axes=[0, 1]}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes(pub Vec<(String, Attribute)>);

/// The value of one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A whole number.
    Int(i64),
    /// Several whole numbers, such as axes or extents.
    Ints(Vec<i64>),
    /// Doubles, such as the elements of a constant.
    Floats(Vec<f64>),
    /// A dtype.
    DType(DType),
    /// Text, such as a graph's.
    Text(String),
}

impl Attributes {
    /// These attributes and one whole number more.
    pub fn int(mut self, name: &str, value: impl TryInto<i64>) -> Attributes {
        self.0.push((name.into(), Attribute::Int(value.try_into().unwrap_or(i64::MAX))));
        self
    }

    /// These attributes and a list of whole numbers more.
    pub fn ints(mut self, name: &str, values: &[usize]) -> Attributes {
        self.0.push((name.into(), Attribute::Ints(values.iter().map(|&v| v as i64).collect())));
        self
    }

    /// These attributes and a list of whole numbers more, which may be negative.
    pub fn signed_ints(mut self, name: &str, values: &[i64]) -> Attributes {
        self.0.push((name.into(), Attribute::Ints(values.to_vec())));
        self
    }

    /// These attributes and a list of doubles more.
    pub fn floats(mut self, name: &str, values: Vec<f64>) -> Attributes {
        self.0.push((name.into(), Attribute::Floats(values)));
        self
    }

    /// These attributes and a dtype more.
    pub fn dtype(mut self, name: &str, value: DType) -> Attributes {
        self.0.push((name.into(), Attribute::DType(value)));
        self
    }

    /// These attributes and a text more.
    pub fn text(mut self, name: &str, value: &str) -> Attributes {
        self.0.push((name.into(), Attribute::Text(value.into())));
        self
    }

    fn get(&self, name: &str) -> Result<&Attribute, String> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value).ok_or_else(|| format!("attribute `{name}` is missing"))
    }

    /// The whole number called `name`.
    pub fn get_int(&self, name: &str) -> Result<usize, String> {
        match self.get(name)? {
            Attribute::Int(value) if *value >= 0 => Ok(*value as usize),
            _ => Err(format!("attribute `{name}` is no whole number")),
        }
    }

    /// The whole number called `name`, which may be negative.
    pub fn get_signed(&self, name: &str) -> Result<i64, String> {
        match self.get(name)? {
            Attribute::Int(value) => Ok(*value),
            _ => Err(format!("attribute `{name}` is no whole number")),
        }
    }

    /// The list of whole numbers called `name`.
    pub fn get_ints(&self, name: &str) -> Result<Vec<usize>, String> {
        let wrong = || format!("attribute `{name}` is no list of whole numbers");
        match self.get(name)? {
            Attribute::Ints(values) => {
                values.iter().map(|&v| usize::try_from(v).map_err(|_| wrong())).collect()
            }
            _ => Err(wrong()),
        }
    }

    /// The list of whole numbers called `name`, which may be negative.
    pub fn get_signed_ints(&self, name: &str) -> Result<Vec<i64>, String> {
        match self.get(name)? {
            Attribute::Ints(values) => Ok(values.clone()),
            _ => Err(format!("attribute `{name}` is no list of whole numbers")),
        }
    }

    /// The list of doubles called `name`.
    pub fn get_floats(&self, name: &str) -> Result<Vec<f64>, String> {
        match self.get(name)? {
            Attribute::Floats(values) => Ok(values.clone()),
            Attribute::Ints(values) => Ok(values.iter().map(|&v| v as f64).collect()),
            _ => Err(format!("attribute `{name}` is no list of numbers")),
        }
    }

    /// The dtype called `name`.
    pub fn get_dtype(&self, name: &str) -> Result<DType, String> {
        match self.get(name)? {
            Attribute::DType(value) => Ok(*value),
            _ => Err(format!("attribute `{name}` is no dtype")),
        }
    }

    /// The text called `name`.
    pub fn get_text(&self, name: &str) -> Result<&str, String> {
        match self.get(name)? {
            Attribute::Text(value) => Ok(value),
            _ => Err(format!("attribute `{name}` is no text")),
        }
    }
}

/// One operand of a [`Sample`]: its type and the range that its elements are drawn from.
#[derive(Clone, Debug)]
pub struct Draw {
    /// Shape and dtype.
    pub ty: Type,
    /// The smallest element drawn.
    pub low: f64,
    /// The largest element drawn (integers: one more than that).
    pub high: f64,
}

/// A call that makes an operation its own test.
///
/// The sweep over all samples checks: the value against the reference, the gradient and the
/// gradient's gradient against central differences in f64, batching against a loop, the round
/// trip through text, and (in `cornu-cpu`) the plan against the reference. No sample may be
/// symmetric or flat where it is drawn, or a wrong rule would pass.
#[derive(Clone)]
pub struct Sample {
    /// What is special about this call.
    pub name: &'static str,
    /// The operands.
    pub inputs: Vec<Draw>,
    /// The call.
    pub call: fn(&Builder, &[Tensor]) -> Tensor,
    /// How far a plan in f32 may be from the reference, relative to the largest element.
    pub tolerance: f64,
    /// Whether the gradient with respect to the float operands is checked.
    pub differentiable: bool,
    /// Whether batching is checked against a loop over examples.
    pub batchable: bool,
}

impl Sample {
    /// A sample on `f32` operands of these shapes, drawn from `low..high`.
    pub fn new(
        name: &'static str,
        shapes: &[&[usize]],
        (low, high): (f64, f64),
        call: fn(&Builder, &[Tensor]) -> Tensor,
    ) -> Sample {
        let draw = |shape: &&[usize]| Draw { ty: Type::new(*shape, DType::F32), low, high };
        let inputs = shapes.iter().map(draw).collect();
        Sample { name, inputs, call, tolerance: 1e-5, differentiable: true, batchable: true }
    }

    /// The same with operand `i` of another dtype and range.
    pub fn operand(mut self, i: usize, dtype: DType, (low, high): (f64, f64)) -> Sample {
        self.inputs[i] = Draw { ty: Type::new(&self.inputs[i].ty.shape, dtype), low, high };
        self
    }

    /// The same, exact to `tolerance` in f32.
    pub fn tolerance(mut self, tolerance: f64) -> Sample {
        self.tolerance = tolerance;
        self
    }

    /// The same, for a call that has no gradient.
    pub fn not_differentiable(mut self) -> Sample {
        self.differentiable = false;
        self
    }

    /// The same, for a call whose batched form is not the same as a loop (random numbers).
    pub fn not_batchable(mut self) -> Sample {
        self.batchable = false;
        self
    }
}
