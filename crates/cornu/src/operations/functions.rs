//! The functions of `keras.ops` on symbols that are used most.
//!
//! They have Keras's names and arguments; what has a default there and none here is left at it. Axes of
//! reductions are given as `[1, 2]`, or `None` for all. Each makes a node of the network, which files hold
//! as Keras's do.
//!
//! ```
//! use cornu::{DType, ops, prelude::*};
//! let x = Input::new([4, 3]).symbol();
//! let weights = ops::softmax(&ops::sum(&x, [2], false), -1);
//! let y = ops::einsum("bsf,bs->bf", [&x, &weights]);
//! let model = Model::new([&x], [&ops::exp(&y)]).unwrap();
//! assert_eq!(model.output_shapes(), [[None, Some(3)]]);
//! ```

use super::IntoArgument;
use super::operators::{node, plain};
use crate::arguments::{Argument, Arguments};
use crate::model::Symbol;
use cornu_graph::DType;
use serde_json::{Value, json};

/// The axes of a reduction: `[1]`, `[1, 2]`, or `None` for all.
pub trait Axes {
    /// As a setting of the operation.
    fn setting(self) -> Value;
}

impl<const N: usize> Axes for [isize; N] {
    fn setting(self) -> Value {
        match &self[..] {
            [axis] => json!(axis),
            axes => json!(axes),
        }
    }
}

impl Axes for Option<isize> {
    fn setting(self) -> Value {
        json!(self)
    }
}

/// The node of an operation on one symbol, with settings.
#[track_caller]
fn with(module: &str, class: &str, x: &Symbol, config: Value) -> Symbol {
    node(module, class, config, Arguments::of(x.clone()))
}

/// The node of an operation on a list of symbols.
#[track_caller]
fn of_list<const N: usize>(class: &str, xs: [&Symbol; N], config: Value) -> Symbol {
    node("numpy", class, config, Arguments::list(xs.into_iter().cloned()))
}

/// `|x|`, element by element.
#[track_caller]
pub fn abs(x: &Symbol) -> Symbol {
    plain("numpy", "Absolute", [x.argument()])
}

/// `-x`, element by element.
#[track_caller]
pub fn negative(x: &Symbol) -> Symbol {
    plain("numpy", "Negative", [x.argument()])
}

/// -1, 0 or 1 with the sign of each element.
#[track_caller]
pub fn sign(x: &Symbol) -> Symbol {
    plain("numpy", "Sign", [x.argument()])
}

/// `x x`, element by element.
#[track_caller]
pub fn square(x: &Symbol) -> Symbol {
    plain("numpy", "Square", [x.argument()])
}

/// The square root of each element.
#[track_caller]
pub fn sqrt(x: &Symbol) -> Symbol {
    plain("numpy", "Sqrt", [x.argument()])
}

/// `1 / sqrt(x)`, element by element.
#[track_caller]
pub fn rsqrt(x: &Symbol) -> Symbol {
    plain("math", "Rsqrt", [x.argument()])
}

/// `1 / x`, element by element.
#[track_caller]
pub fn reciprocal(x: &Symbol) -> Symbol {
    plain("numpy", "Reciprocal", [x.argument()])
}

/// `e^x`, element by element.
#[track_caller]
pub fn exp(x: &Symbol) -> Symbol {
    plain("numpy", "Exp", [x.argument()])
}

/// `e^x - 1`, exact near zero.
#[track_caller]
pub fn expm1(x: &Symbol) -> Symbol {
    plain("numpy", "Expm1", [x.argument()])
}

/// The natural logarithm of each element.
#[track_caller]
pub fn log(x: &Symbol) -> Symbol {
    plain("numpy", "Log", [x.argument()])
}

/// `log(1 + x)`, exact near zero.
#[track_caller]
pub fn log1p(x: &Symbol) -> Symbol {
    plain("numpy", "Log1p", [x.argument()])
}

/// The sine of each element.
#[track_caller]
pub fn sin(x: &Symbol) -> Symbol {
    plain("numpy", "Sin", [x.argument()])
}

/// The cosine of each element.
#[track_caller]
pub fn cos(x: &Symbol) -> Symbol {
    plain("numpy", "Cos", [x.argument()])
}

/// The tangent of each element.
#[track_caller]
pub fn tan(x: &Symbol) -> Symbol {
    plain("numpy", "Tan", [x.argument()])
}

/// The hyperbolic tangent of each element.
#[track_caller]
pub fn tanh(x: &Symbol) -> Symbol {
    plain("numpy", "Tanh", [x.argument()])
}

/// The angle of which each element is the tangent.
#[track_caller]
pub fn arctan(x: &Symbol) -> Symbol {
    plain("numpy", "Arctan", [x.argument()])
}

/// The error function of each element.
#[track_caller]
pub fn erf(x: &Symbol) -> Symbol {
    plain("math", "Erf", [x.argument()])
}

/// The largest whole number up to each element.
#[track_caller]
pub fn floor(x: &Symbol) -> Symbol {
    plain("numpy", "Floor", [x.argument()])
}

/// The least whole number from each element on.
#[track_caller]
pub fn ceil(x: &Symbol) -> Symbol {
    plain("numpy", "Ceil", [x.argument()])
}

/// Whether each element is no number.
#[track_caller]
pub fn isnan(x: &Symbol) -> Symbol {
    plain("numpy", "Isnan", [x.argument()])
}

/// Whether each element is a finite number.
#[track_caller]
pub fn isfinite(x: &Symbol) -> Symbol {
    plain("numpy", "Isfinite", [x.argument()])
}

/// Whether each element is false, or zero.
#[track_caller]
pub fn logical_not(x: &Symbol) -> Symbol {
    plain("numpy", "LogicalNot", [x.argument()])
}

/// Zeros of the same shape.
#[track_caller]
pub fn zeros_like(x: &Symbol) -> Symbol {
    with("numpy", "ZerosLike", x, json!({ "dtype": null }))
}

/// Ones of the same shape.
#[track_caller]
pub fn ones_like(x: &Symbol) -> Symbol {
    with("numpy", "OnesLike", x, json!({ "dtype": null }))
}

/// All elements along one axis, the batch too.
#[track_caller]
pub fn ravel(x: &Symbol) -> Symbol {
    plain("numpy", "Ravel", [x.argument()])
}

/// The same, of which no gradient passes.
#[track_caller]
pub fn stop_gradient(x: &Symbol) -> Symbol {
    plain("core", "StopGradient", [x.argument()])
}

/// `max(x, 0)`, element by element.
#[track_caller]
pub fn relu(x: &Symbol) -> Symbol {
    plain("nn", "Relu", [x.argument()])
}

/// `1 / (1 + exp(-x))`, element by element.
#[track_caller]
pub fn sigmoid(x: &Symbol) -> Symbol {
    plain("nn", "Sigmoid", [x.argument()])
}

/// `x sigmoid(x)`, element by element.
#[track_caller]
pub fn silu(x: &Symbol) -> Symbol {
    plain("nn", "Silu", [x.argument()])
}

/// `log(1 + exp(x))`, element by element.
#[track_caller]
pub fn softplus(x: &Symbol) -> Symbol {
    plain("nn", "Softplus", [x.argument()])
}

/// `x1 + x2`, element by element; also the operator `+`.
#[track_caller]
pub fn add(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Add", [x1.argument(), x2.argument()])
}

/// `x1 - x2`, element by element; also the operator `-`.
#[track_caller]
pub fn subtract(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Subtract", [x1.argument(), x2.argument()])
}

/// `x1 x2`, element by element; also the operator `*`.
#[track_caller]
pub fn multiply(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Multiply", [x1.argument(), x2.argument()])
}

/// `x1 / x2`, element by element, as floats; also the operator `/`.
#[track_caller]
pub fn divide(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Divide", [x1.argument(), x2.argument()])
}

/// The largest whole number up to `x1 / x2`.
#[track_caller]
pub fn floor_divide(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "FloorDivide", [x1.argument(), x2.argument()])
}

/// The remainder of `x1 / x2` with the sign of `x2`; also the operator `%`. Keras's
/// `mod`, which is a word of Rust.
#[track_caller]
pub fn mod_(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Mod", [x1.argument(), x2.argument()])
}

/// `x1` to the power of `x2`, element by element.
#[track_caller]
pub fn power(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Power", [x1.argument(), x2.argument()])
}

/// The greater of two elements.
#[track_caller]
pub fn maximum(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Maximum", [x1.argument(), x2.argument()])
}

/// The lesser of two elements.
#[track_caller]
pub fn minimum(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Minimum", [x1.argument(), x2.argument()])
}

/// Whether two elements are equal.
#[track_caller]
pub fn equal(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Equal", [x1.argument(), x2.argument()])
}

/// Whether two elements differ.
#[track_caller]
pub fn not_equal(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "NotEqual", [x1.argument(), x2.argument()])
}

/// Whether `x1` is less than `x2`.
#[track_caller]
pub fn less(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Less", [x1.argument(), x2.argument()])
}

/// Whether `x1` is at most `x2`.
#[track_caller]
pub fn less_equal(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "LessEqual", [x1.argument(), x2.argument()])
}

/// Whether `x1` is greater than `x2`.
#[track_caller]
pub fn greater(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Greater", [x1.argument(), x2.argument()])
}

/// Whether `x1` is at least `x2`.
#[track_caller]
pub fn greater_equal(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "GreaterEqual", [x1.argument(), x2.argument()])
}

/// Whether both are true.
#[track_caller]
pub fn logical_and(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "LogicalAnd", [x1.argument(), x2.argument()])
}

/// Whether one is true.
#[track_caller]
pub fn logical_or(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "LogicalOr", [x1.argument(), x2.argument()])
}

/// The product of the last two axes as matrices; the axes before them are broadcast.
#[track_caller]
pub fn matmul(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Matmul", [x1.argument(), x2.argument()])
}

/// The products of each element of one with each of the other.
#[track_caller]
pub fn outer(x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Outer", [x1.argument(), x2.argument()])
}

/// The sum along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn sum(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Sum", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// The mean along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn mean(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Mean", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// The standard deviation along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn std(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Std", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// The variance along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn var(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Var", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// Whether one element along axes is true.
#[track_caller]
pub fn any(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Any", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// Whether all elements along axes are true.
#[track_caller]
pub fn all(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "All", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// The greatest element along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn max(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Max", x, json!({ "axis": axis.setting(), "keepdims": keepdims, "initial": null }))
}

/// The least element along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn min(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Min", x, json!({ "axis": axis.setting(), "keepdims": keepdims, "initial": null }))
}

/// The product along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn prod(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("numpy", "Prod", x, json!({ "axis": axis.setting(), "keepdims": keepdims, "dtype": null }))
}

/// The place of the greatest element along an axis, which goes, as `int32`.
#[track_caller]
pub fn argmax(x: &Symbol, axis: isize) -> Symbol {
    with("numpy", "Argmax", x, json!({ "axis": axis, "keepdims": false }))
}

/// The place of the least element along an axis, which goes, as `int32`.
#[track_caller]
pub fn argmin(x: &Symbol, axis: isize) -> Symbol {
    with("numpy", "Argmin", x, json!({ "axis": axis, "keepdims": false }))
}

/// The logarithm of the sum of `e^x` along axes, which stay with extent 1 if `keepdims`.
#[track_caller]
pub fn logsumexp(x: &Symbol, axis: impl Axes, keepdims: bool) -> Symbol {
    with("math", "Logsumexp", x, json!({ "axis": axis.setting(), "keepdims": keepdims }))
}

/// The length of vectors along an axis, which goes.
#[track_caller]
pub fn norm(x: &Symbol, axis: impl Axes) -> Symbol {
    with("linalg", "Norm", x, json!({ "ord": null, "axis": axis.setting(), "keepdims": false }))
}

/// The sums of all elements so far along an axis.
#[track_caller]
pub fn cumsum(x: &Symbol, axis: isize) -> Symbol {
    with("numpy", "Cumsum", x, json!({ "axis": axis, "dtype": null }))
}

/// `exp(x) / sum(exp(x))` along an axis.
#[track_caller]
pub fn softmax(x: &Symbol, axis: isize) -> Symbol {
    with("nn", "Softmax", x, json!({ "axis": axis }))
}

/// `x - log(sum(exp(x)))` along an axis.
#[track_caller]
pub fn log_softmax(x: &Symbol, axis: isize) -> Symbol {
    with("nn", "LogSoftmax", x, json!({ "axis": axis }))
}

/// `x` times the share of normal numbers below it, or with `approximate` (Keras's default) its likeness
/// through `tanh`.
#[track_caller]
pub fn gelu(x: &Symbol, approximate: bool) -> Symbol {
    with("nn", "Gelu", x, json!({ "approximate": approximate }))
}

/// Each element, or the nearer of two limits.
#[track_caller]
pub fn clip(x: &Symbol, x_min: f64, x_max: f64) -> Symbol {
    with("numpy", "Clip", x, json!({ "x_min": x_min, "x_max": x_max }))
}

/// Each element to so many decimals, halves to the even side.
#[track_caller]
pub fn round(x: &Symbol, decimals: i32) -> Symbol {
    with("numpy", "Round", x, json!({ "decimals": decimals }))
}

/// The same numbers as another dtype.
#[track_caller]
pub fn cast(x: &Symbol, dtype: DType) -> Symbol {
    with("core", "Cast", x, json!({ "dtype": dtype.keras_name() }))
}

/// `x1` where the condition holds, `x2` elsewhere; Keras's `where`, which is a word of Rust.
#[track_caller]
pub fn where_(condition: &Symbol, x1: impl IntoArgument, x2: impl IntoArgument) -> Symbol {
    plain("numpy", "Where", [condition.argument(), x1.argument(), x2.argument()])
}

/// The elements in another shape, the batch included; one extent may be -1.
#[track_caller]
pub fn reshape<const N: usize>(x: &Symbol, newshape: [isize; N]) -> Symbol {
    with("numpy", "Reshape", x, json!({ "newshape": &newshape[..] }))
}

/// The axes in another order, the batch included.
#[track_caller]
pub fn transpose<const N: usize>(x: &Symbol, axes: [isize; N]) -> Symbol {
    with("numpy", "Transpose", x, json!({ "axes": &axes[..] }))
}

/// Two axes in each other's place.
#[track_caller]
pub fn swapaxes(x: &Symbol, axis1: isize, axis2: isize) -> Symbol {
    with("numpy", "Swapaxes", x, json!({ "axis1": axis1, "axis2": axis2 }))
}

/// One more axis of extent 1.
#[track_caller]
pub fn expand_dims(x: &Symbol, axis: isize) -> Symbol {
    with("numpy", "ExpandDims", x, json!({ "axis": axis }))
}

/// Without axes of extent 1.
#[track_caller]
pub fn squeeze(x: &Symbol, axis: impl Axes) -> Symbol {
    with("numpy", "Squeeze", x, json!({ "axis": axis.setting() }))
}

/// The elements along axes turned around.
#[track_caller]
pub fn flip(x: &Symbol, axis: impl Axes) -> Symbol {
    with("numpy", "Flip", x, json!({ "axis": axis.setting() }))
}

/// Each element repeated along an axis.
#[track_caller]
pub fn repeat(x: &Symbol, repeats: usize, axis: isize) -> Symbol {
    with("numpy", "Repeat", x, json!({ "repeats": repeats, "axis": axis }))
}

/// The whole repeated along each axis, the batch included.
#[track_caller]
pub fn tile<const N: usize>(x: &Symbol, repeats: [usize; N]) -> Symbol {
    with("numpy", "Tile", x, json!({ "repeats": &repeats[..] }))
}

/// Zeros before the first and after the last elements along each axis, the batch included.
#[track_caller]
pub fn pad<const N: usize>(x: &Symbol, pad_width: [(usize, usize); N]) -> Symbol {
    with("numpy", "Pad", x, json!({ "pad_width": &pad_width[..], "mode": "constant" }))
}

/// Symbols joined along an axis.
#[track_caller]
pub fn concatenate<const N: usize>(xs: [&Symbol; N], axis: isize) -> Symbol {
    of_list("Concatenate", xs, json!({ "axis": axis }))
}

/// Symbols joined along a new axis.
#[track_caller]
pub fn stack<const N: usize>(xs: [&Symbol; N], axis: isize) -> Symbol {
    of_list("Stack", xs, json!({ "axis": axis }))
}

/// So many equal parts along an axis.
#[track_caller]
pub fn split(x: &Symbol, sections: usize, axis: isize) -> Vec<Symbol> {
    let first = with("numpy", "Split", x, json!({ "indices_or_sections": sections, "axis": axis }));
    (0..sections).map(|i| first.output(i)).collect()
}

/// The `num` parts along an axis, which goes.
#[track_caller]
pub fn unstack(x: &Symbol, num: usize, axis: isize) -> Vec<Symbol> {
    let first = with("core", "Unstack", x, json!({ "num": num, "axis": axis }));
    (0..num).map(|i| first.output(i)).collect()
}

/// The `k` greatest elements along the last axis, and their places as `int32`.
#[track_caller]
pub fn top_k(x: &Symbol, k: usize) -> (Symbol, Symbol) {
    let values = with("math", "TopK", x, json!({ "k": k, "sorted": true }));
    let places = values.output(1);
    (values, places)
}

/// The elements along an axis in ascending order.
#[track_caller]
pub fn sort(x: &Symbol, axis: isize) -> Symbol {
    with("numpy", "Sort", x, json!({ "axis": axis }))
}

/// The places of the elements along an axis in ascending order, as `int32`.
#[track_caller]
pub fn argsort(x: &Symbol, axis: isize) -> Symbol {
    with("numpy", "Argsort", x, json!({ "axis": axis }))
}

/// The elements at places along an axis, whose place the indices' axes take.
#[track_caller]
pub fn take(x: &Symbol, indices: impl IntoArgument, axis: isize) -> Symbol {
    let positional = vec![x.argument(), indices.argument()];
    node("numpy", "Take", json!({ "axis": axis }), Arguments { positional, named: Vec::new() })
}

/// One element of each row along an axis, or as many as the indices have there.
#[track_caller]
pub fn take_along_axis(x: &Symbol, indices: impl IntoArgument, axis: isize) -> Symbol {
    let positional = vec![x.argument(), indices.argument()];
    node("numpy", "TakeAlongAxis", json!({ "axis": axis }), Arguments { positional, named: Vec::new() })
}

/// 1 at the place of each integer along a new last axis, 0 elsewhere, as `float32`.
#[track_caller]
pub fn one_hot(x: &Symbol, num_classes: usize) -> Symbol {
    let config = json!({ "num_classes": num_classes, "axis": -1, "dtype": "float32", "sparse": false });
    with("nn", "OneHot", x, config)
}

/// What stays below a diagonal, and on it; 0 above.
#[track_caller]
pub fn tril(x: &Symbol, k: isize) -> Symbol {
    with("numpy", "Tril", x, json!({ "k": k }))
}

/// What stays above a diagonal, and on it; 0 below.
#[track_caller]
pub fn triu(x: &Symbol, k: isize) -> Symbol {
    with("numpy", "Triu", x, json!({ "k": k }))
}

/// The product that letters of axes describe: `bij,bjk->bik`.
#[track_caller]
pub fn einsum<const N: usize>(subscripts: &str, operands: [&Symbol; N]) -> Symbol {
    let arguments = Arguments::each(operands.into_iter().cloned());
    node("numpy", "Einsum", json!({ "subscripts": subscripts }), arguments)
}

/// The values weighted by how their keys fit the queries, all `[batch, steps, heads, features]`.
#[track_caller]
pub fn dot_product_attention(query: &Symbol, key: &Symbol, value: &Symbol, is_causal: bool) -> Symbol {
    let config = json!({ "is_causal": is_causal, "flash_attention": null, "attn_logits_soft_cap": null });
    node("nn", "DotProductAttention", config, Arguments::each([query, key, value].map(Symbol::clone)))
}

/// One element of an index; see [`get_item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// This element; the axis goes. Negative ones count from the end.
    At(isize),
    /// From a start (included) to a stop (excluded), by a step: `start:stop:step`.
    Range(Option<isize>, Option<isize>, isize),
    /// All elements: `:`.
    All,
    /// All axes that the others are not about: `...`.
    Ellipsis,
    /// A new axis of extent 1: `None`.
    New,
}

/// A part of `x`, as Python's `x[..]`, the batch included.
///
/// ```
/// use cornu::ops::{self, Index};
/// use cornu::prelude::*;
/// let x = Input::new([4, 3]).symbol();
/// let last = ops::get_item(&x, [Index::All, Index::At(-1)]);
/// assert_eq!(Model::new([&x], [&last]).unwrap().output_shapes(), [[None, Some(3)]]);
/// ```
#[track_caller]
pub fn get_item<const N: usize>(x: &Symbol, key: [Index; N]) -> Symbol {
    let slice = |start: Option<isize>, stop: Option<isize>, step: Option<isize>| {
        let config = json!({ "start": start, "stop": stop, "step": step });
        json!({ "class_name": "__slice__", "config": config })
    };
    let part = |index: Index| match index {
        Index::At(place) => json!(place),
        Index::Range(start, stop, step) => slice(start, stop, Some(step)),
        Index::All => slice(None, None, None),
        Index::Ellipsis => json!({ "class_name": "__ellipsis__", "config": {} }),
        Index::New => Value::Null,
    };
    let key = key.into_iter().map(|index| Argument::Value(part(index))).collect();
    plain("numpy", "GetItem", [x.argument(), Argument::List(key)])
}
