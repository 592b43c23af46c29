//! Mistakes in graphs under construction: each message, with the line it was made on.

use cornu_graph::ops::{Conv, Dot, Iota, Window};
use cornu_graph::{Array, Builder, DType, Tensor, Type, batch, concat, evaluate, grad};

/// What the tests make mistakes with.
struct Given {
    b: Builder,
    /// `f32[2, 3]`
    x: Tensor,
    /// `f32[4]`
    v: Tensor,
    /// `i32[5]`
    i: Tensor,
    /// `bool[2, 3]`
    c: Tensor,
}

/// Makes a mistake; checks that it is told once, with these words and on the line it was made on.
#[track_caller]
fn refused(mistake: impl FnOnce(&Given) -> Tensor, expected: &str) {
    let here = std::panic::Location::caller();
    let b = Builder::new();
    let of = |name: &str, shape: &[usize], dtype| b.input_of(name, Type::new(shape, dtype));
    let (x, v) = (of("x", &[2, 3], DType::F32), of("v", &[4], DType::F32));
    let (i, c) = (of("i", &[5], DType::I32), of("c", &[2, 3], DType::Bool));
    let given = Given { b: b.clone(), x, v, i, c };
    let y = mistake(&given);
    assert!(!y.is_valid(), "{expected}");
    // What is made from the result adds no second message.
    let z = (y.exp() + &given.x).sum_all();
    let errors = b.build(&[("z", &z)], &[]).unwrap_err();
    let line = errors.0[0].location.map_or(0, |location| location.line());
    assert_eq!(errors.to_string(), format!("{expected}\n   at {}:{line}", here.file()));
    assert!((here.line()..here.line() + 6).contains(&line), "{line} is not at {}", here.line());
}

#[test]
fn shapes_that_do_not_fit() {
    refused(|g| &g.x + &g.v, "add: shapes [2, 3] and [4] do not broadcast");
    refused(|g| g.x.maximum(&g.v), "maximum: shapes [2, 3] and [4] do not broadcast");
    refused(|g| g.c.select(&g.x, &g.v), "select: shapes [2, 3], [2, 3] and [4] do not broadcast");
    refused(|g| g.x.matmul(&g.v), "dot: shapes [2, 3] and [4] do not agree in contracted axes 1 and 0");
    refused(|g| g.x.sum_all().matmul(&g.v), "matmul takes matrices, got shapes [] and [4]");
    refused(|g| g.x.reshape([4, 2]), "reshape: shape [4, 2] has not as many elements as [2, 3]");
    refused(|g| g.x.broadcast_to([2, 4]), "broadcast: shape [2, 3] cannot be repeated to fill [2, 4]");
    refused(|g| concat(&[&g.x, &g.v], 0), "concat: shapes [2, 3] and [4] differ in more than axis 0");
    refused(|g| g.x.pad(&[(1, 1, 0)], 0.0), "pad: shape [2, 3] needs 2 paddings, got 1");
    refused(|g| g.v.pad(&[(1, 1, 0)], &g.v), "pad: the padding value has shape [4], not []");
    refused(
        |g| g.x.scatter_add(&g.i, &g.x, 0),
        "scatter_add: updates are f32[2, 3], but f32[2, 3] indexed by i32[5] takes f32[5, 3]",
    );
    refused(|g| g.x.slice(&[(0, 1, 1)]), "slice: shape [2, 3] needs 2 ranges, got 1");
    refused(|g| g.x.slice_axis(1, 1, 9), "slice: 1..9 is no range within axis 1 of shape [2, 3]");
    refused(|g| g.v.slice(&[(0, 4, 0)]), "slice: the step along axis 0 is 0");
    refused(
        |g| g.v.broadcast_to([usize::MAX, 4]),
        "broadcast: the result of shape [18446744073709551615, 4] would not fit in memory",
    );
    refused(|g| g.v.pad(&[(usize::MAX, 1, 0)], 0.0), "pad: the result would not fit in memory");
}

#[test]
fn axes_that_are_not_there() {
    refused(|g| g.x.sum(&[2]), "sum: shape [2, 3] has no axis 2");
    refused(|g| g.x.prod(&[0, -2]), "prod: axis -2 is given twice");
    refused(|g| g.x.argmax(5), "argmax: shape [2, 3] has no axis 5");
    refused(|g| g.x.cumsum(-3), "cumsum: shape [2, 3] has no axis -3");
    refused(|g| g.x.gather(&g.i, 2), "gather: shape [2, 3] has no axis 2");
    refused(|g| g.x.softmax(2), "reduce_max: shape [2, 3] has no axis 2");
    refused(|g| g.x.transpose(&[0, 0]), "transpose: [0, 0] is no order of the axes of shape [2, 3]");
    refused(|g| g.x.expand_dims(7), "expand_dims: a result of 3 axes has no axis 7");
    refused(
        |g| g.b.push(Iota { ty: Type::new([2], DType::F32), axis: 1 }, &[]),
        "iota: shape [2] has no axis 1",
    );
    refused(
        |g| g.x.dot(&g.x, Dot { a_batch: vec![0], b_batch: vec![], a_contract: vec![], b_contract: vec![] }),
        "dot: batch axes [0] and [] are not pairs",
    );
}

#[test]
fn dtypes_that_do_not_fit() {
    refused(|g| &g.v + g.i.slice_axis(0, 0, 4), "add: operands are f32 and i32; cast one of them");
    refused(|g| g.i.exp(), "exp: it takes floats, not i32; cast it first");
    refused(|g| g.i.mean(&[0]), "mean: it takes floats, not i32; cast it first");
    refused(|g| g.x.and(&g.c), "and: it takes bools, not f32; compare first");
    refused(|g| g.x.not(), "not: it takes bools, not f32; compare first");
    refused(|g| g.x.select(&g.x, &g.x), "select: the condition is f32, not bool");
    refused(|g| g.x.gather(&g.v, 0), "gather: indices are f32, not i32 or i64");
    refused(|g| g.x.one_hot(3, DType::F32), "one_hot: it takes integers, not f32");
    refused(|g| g.b.uniform([2], 0, &g.x, &g.v), "uniform: seed and step are i64 scalars");
}

#[test]
fn other_mistakes() {
    refused(|g| grad(&g.x, &[&g.x]).remove(0), "grad takes a scalar, got shape [2, 3]");
    let (one, two) = (Builder::new(), Builder::new());
    let (x, y) = (one.input("x", [2]), two.input("y", [2]));
    let sum = &x + &y;
    let line = line!() - 1;
    let expected = format!(
        "add takes tensors of two graphs; one is f32[2]\n   at {}:{line}\n help: build all tensors of an operation with one Builder",
        file!()
    );
    assert_eq!(one.build(&[("sum", &sum)], &[]).unwrap_err().to_string(), expected);
    let nothing = concat(&[], 0);
    assert!(!nothing.is_valid());
    let after = Builder::new();
    let errors = after.build(&[("y", &(nothing + 1.0))], &[]).unwrap_err();
    assert_eq!(errors.to_string(), "a result belongs to a graph with mistakes in it");
}

#[test]
fn several_mistakes_are_told_together() {
    let b = Builder::new();
    let (x, w) = (b.input("x", [2]), b.parameter("w", [2]));
    let bad = x.sum(&[4]);
    let worse = x.reshape([9]);
    let y = x.exp();
    let errors = b.build(&[("bad", &bad), ("worse", &worse)], &[(&y, &x), (&w, &x.sum_all())]).unwrap_err();
    let messages: Vec<&str> = errors.0.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "sum: shape [2] has no axis 4",
            "reshape: shape [9] has not as many elements as [2]",
            "only a parameter can be updated, not the result of exp",
            "parameter `w` is f32[2], its update is f32[]",
        ]
    );
}

#[test]
fn graphs_that_cannot_be_batched() {
    let b = Builder::new();
    let (x, w) = (b.input("x", [2]), b.parameter("w", [2]));
    let graph = b.build(&[("y", &x)], &[(&w, &(&w + &x))]).unwrap();
    let message = |graph, size, flags: &[bool]| batch(graph, size, flags).unwrap_err().to_string();
    assert_eq!(
        message(&graph, 3, &[true]),
        "batch: the graph updates parameter `w`, which all examples share\n help: hand the new value out, or the gradient, and update afterwards"
    );
    let graph = b.build(&[("y", &(&x * &w))], &[]).unwrap();
    assert_eq!(message(&graph, 3, &[]), "batch: the graph has 1 inputs, got 0 flags");
    assert_eq!(message(&graph, 0, &[true]), "batch: there are no examples");
}

#[test]
fn operands_that_are_not_declared() {
    let b = Builder::new();
    let graph = b.build(&[("y", &b.input("x", [2]))], &[]).unwrap();
    let message = |inputs: &[Array]| evaluate(&graph, inputs, &[]).unwrap_err().to_string();
    assert_eq!(message(&[]), "the graph takes 1 inputs, got 0");
    assert_eq!(message(&[Array::from_vec(vec![1.0f64, 2.0])]), "input `x` is f32[2], got f64[2]");
}

#[test]
fn convolutions_and_windows_that_do_not_fit() {
    let b = Builder::new();
    let (x, kernel) = (b.input("x", [2, 8, 6]), b.input("kernel", [3, 4, 4]));
    let _ = x.conv(&kernel, Conv::new(1));
    let _ = x.conv(&kernel, Conv::new(2));
    let _ = x.conv(&b.input("other", [3, 2, 4]), Conv::new(1).groups(3));
    let _ = x.conv(&b.input("another", [3, 6, 4]), Conv::new(1).strides(&[0]));
    let _ = x.conv(&b.input("one more", [3, 6, 4]), Conv::new(1).strides(&[1, 1]));
    let _ = x.conv(&b.input("the last", [3, 3, 4]), Conv::new(1).groups(2).batch_groups(2));
    let _ = x.window_max(Window::new(&[2]));
    let _ = x.window_sum(Window::new(&[1, 0, 1]));
    let _ = x.window_scatter(&x, Window::new(&[1, 2, 1]));
    let messages: Vec<String> = b.errors().iter().map(|error| error.message.clone()).collect();
    assert_eq!(
        messages,
        [
            "conv: an input of 6 features in 1 groups needs a kernel of 6 features, got 4",
            "conv: over 2 spatial axes, input and kernel have 4 axes each, got shapes [2, 8, 6] and [3, 4, 4]",
            "conv: 4 features of the result do not fall into 3 groups",
            "conv: along spatial axis 0 of input [2, 8, 6] and kernel [3, 6, 4], \
             size 3, stride 0 and dilation 1 have to be at least 1",
            "conv: strides are given for 2 spatial axes, padding or dilation for 1",
            "conv: groups are 2 and batch groups 2; both are at least 1, and one is 1",
            "window_max: shape [2, 8, 6] needs a window of 3 axes, got 1",
            "window_sum: along axis 1 of shape [2, 8, 6], size 0, stride 1 and dilation 1 have to be at least 1",
            "window_scatter: the windows over f32[2, 8, 6] make f32[2, 7, 6], got f32[2, 8, 6]",
        ]
    );
}
