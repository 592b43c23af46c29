//! What each operation means, on one literal example each, and wrong meanings caught.

use crate::check::{EvalRule, close, own_eval, report};
use cornu_graph::ops::{Conv, Dot, ScanOptions, Value, Window};
use cornu_graph::{Array, Builder, DType, Op, Tensor, Type, concat, evaluate_with_rule};

use std::f64::consts::PI;

/// An operation's name, the operands, a call of it and alone, and the elements that it gives.
struct Case {
    name: &'static str,
    inputs: Vec<Array>,
    call: fn(&Builder, &[Tensor]) -> Tensor,
    expected: Vec<f64>,
}

fn v(values: &[f32]) -> Array {
    Array::from_vec(values.to_vec())
}

/// A matrix of the given number of columns.
fn m(columns: usize, values: &[f32]) -> Array {
    Array::new([values.len() / columns, columns], values.to_vec()).unwrap()
}

fn case(
    name: &'static str,
    inputs: &[Array],
    call: fn(&Builder, &[Tensor]) -> Tensor,
    expected: &[f64],
) -> Case {
    Case { name, inputs: inputs.to_vec(), call, expected: expected.to_vec() }
}

fn cases() -> Vec<Case> {
    let e = std::f64::consts::E;
    let six = || m(3, &[1., 2., 3., 4., 5., 6.]);
    let nan = f32::NAN;
    let ints = |values: &[i32]| Array::from_vec(values.to_vec());
    let bools = |values: &[bool]| Array::from_vec(values.to_vec());
    vec![
        case("input", &[v(&[1., 2.])], |_, x| x[0].clone(), &[1., 2.]),
        case("parameter", &[], |b, _| b.parameter("p", [2]), &[7., 8.]),
        case("constant", &[], |b, _| b.constant(&Array::from_vec(vec![3f32, 4.])), &[3., 4.]),
        case("iota", &[], |b, _| b.iota([2, 3], 1, DType::I32), &[0., 1., 2., 0., 1., 2.]),
        // Words of Philox 4x32-10 for key 0 and counter 0, published with Random123, upper 24 bits.
        case(
            "uniform",
            &[Array::scalar(0i64), Array::scalar(0i64)],
            |b, x| b.uniform([4], 0, &x[0], &x[1]),
            &[0x6627e8, 0xe169c5, 0xbc57ac, 0x9b00db].map(|word| word as f64 / 16_777_216.0),
        ),
        case("neg", &[v(&[1., -2.])], |_, x| -&x[0], &[-1., 2.]),
        case("abs", &[v(&[1., -2., 0.])], |_, x| x[0].abs(), &[1., 2., 0.]),
        case("sign", &[v(&[3., -2., 0., nan])], |_, x| x[0].sign(), &[1., -1., 0., f64::NAN]),
        case("exp", &[v(&[0., 1.])], |_, x| x[0].exp(), &[1., e]),
        case("expm1", &[v(&[0., 1.])], |_, x| x[0].expm1(), &[0., e - 1.]),
        case("log", &[v(&[1., 2., 0.])], |_, x| x[0].log(), &[0., 2f64.ln(), f64::NEG_INFINITY]),
        case("log1p", &[v(&[0., 1.])], |_, x| x[0].log1p(), &[0., 2f64.ln()]),
        case("sqrt", &[v(&[4., 2., -1.])], |_, x| x[0].sqrt(), &[2., 2f64.sqrt(), f64::NAN]),
        case("tanh", &[v(&[1., -0.5])], |_, x| x[0].tanh(), &[1f64.tanh(), -(0.5f64.tanh())]),
        case("sigmoid", &[v(&[0., 1., -800.])], |_, x| x[0].sigmoid(), &[0.5, e / (1. + e), 0.]),
        case(
            "erf",
            &[v(&[1., -0.5])],
            |_, x| x[0].erf(),
            &[0.842_700_792_949_714_9, -0.520_499_877_813_046_5],
        ),
        case("sin", &[v(&[1., 0.])], |_, x| x[0].sin(), &[1f64.sin(), 0.]),
        case("cos", &[v(&[1., 0.])], |_, x| x[0].cos(), &[1f64.cos(), 1.]),
        case("floor", &[v(&[1.5, -1.5, 2.])], |_, x| x[0].floor(), &[1., -2., 2.]),
        case("stop_gradient", &[v(&[1., 2.])], |_, x| x[0].stop_gradient(), &[1., 2.]),
        case("after", &[v(&[1., 2.]), v(&[9.])], |_, x| x[0].after(&x[1]), &[1., 2.]),
        case("add", &[v(&[1., 2.]), v(&[10., 20.])], |_, x| &x[0] + &x[1], &[11., 22.]),
        case("sub", &[v(&[1., 2.]), v(&[10., 20.])], |_, x| &x[0] - &x[1], &[-9., -18.]),
        case("mul", &[v(&[1., 2.]), v(&[10., 20.])], |_, x| &x[0] * &x[1], &[10., 40.]),
        case("div", &[v(&[1., 2.]), v(&[10., 5.])], |_, x| &x[0] / &x[1], &[0.1, 0.4]),
        case("div", &[ints(&[7, -7]), ints(&[2, 2])], |_, x| &x[0] / &x[1], &[3., -3.]),
        case("pow", &[v(&[2., 3., 0.]), v(&[3., -1., 0.])], |_, x| x[0].pow(&x[1]), &[8., 1. / 3., 1.]),
        case(
            "maximum",
            &[v(&[1., 3., nan]), v(&[2., 0., 1.])],
            |_, x| x[0].maximum(&x[1]),
            &[2., 3., f64::NAN],
        ),
        case(
            "minimum",
            &[v(&[1., 3., 1.]), v(&[2., 0., nan])],
            |_, x| x[0].minimum(&x[1]),
            &[1., 0., f64::NAN],
        ),
        case("maximum", &[bools(&[true, false]), bools(&[false; 2])], |_, x| x[0].or(&x[1]), &[1., 0.]),
        case("minimum", &[bools(&[true, false]), bools(&[true; 2])], |_, x| x[0].and(&x[1]), &[1., 0.]),
        case("equal", &[v(&[1., 2., nan]), v(&[1., 3., nan])], |_, x| x[0].equal(&x[1]), &[1., 0., 0.]),
        case("less", &[v(&[1., 2., 3.]), v(&[2., 2., 2.])], |_, x| x[0].less(&x[1]), &[1., 0., 0.]),
        case(
            "less_equal",
            &[v(&[1., 2., 3.]), v(&[2., 2., 2.])],
            |_, x| x[0].less_equal(&x[1]),
            &[1., 1., 0.],
        ),
        case(
            "select",
            &[bools(&[true, false]), v(&[1., 2.]), v(&[3., 4.])],
            |_, x| x[0].select(&x[1], &x[2]),
            &[1., 4.],
        ),
        case("cast", &[v(&[1.7, -1.7, 3e9])], |_, x| x[0].cast(DType::I32), &[1., -1., 2_147_483_647.]),
        case("cast", &[v(&[0., -0.5])], |_, x| x[0].cast(DType::Bool), &[0., 1.]),
        case(
            "dot",
            &[six(), m(2, &[1., 0., 2., 1., 0., 3.])],
            |_, x| x[0].matmul(&x[1]),
            &[5., 11., 14., 23.],
        ),
        case(
            "dot",
            &[six(), m(3, &[1., 0., 1., 0., 2., 0.])],
            |_, x| {
                let dot =
                    Dot { a_batch: vec![0], b_batch: vec![0], a_contract: vec![1], b_contract: vec![1] };
                x[0].dot(&x[1], dot)
            },
            &[4., 10.],
        ),
        case("sum", &[six()], |_, x| x[0].sum(&[0]), &[5., 7., 9.]),
        case("prod", &[six()], |_, x| x[0].prod(&[1]), &[6., 120.]),
        case(
            "reduce_max",
            &[m(3, &[1., 9., 3., 4., nan, 6.])],
            |_, x| x[0].reduce_max(&[1]),
            &[9., f64::NAN],
        ),
        case("reduce_min", &[m(3, &[3., 2., 1., 4., 5., 6.])], |_, x| x[0].reduce_min(&[1]), &[1., 4.]),
        case("argmax", &[m(3, &[1., 7., 7., 4., 3., 2.])], |_, x| x[0].argmax(1), &[1., 0.]),
        case("argmin", &[m(3, &[3., 1., 1., 4., 3., 2.])], |_, x| x[0].argmin(1), &[1., 2.]),
        case("cumsum", &[six()], |_, x| x[0].cumsum(1), &[1., 3., 6., 4., 9., 15.]),
        case("cumsum", &[six()], |_, x| x[0].cumsum_reversed(1), &[6., 5., 3., 15., 11., 6.]),
        case(
            "conv",
            &[v(&[1., 2., 3., 4., 5., 6., 7., 8.]), v(&[1., 10., 100., 1000.])],
            |_, x| {
                // [batch, spatial, in] = [1, 4, 2] and [spatial, in, out] = [2, 2, 1].
                let conv = Conv::new(1).strides(&[2]).padding(&[(1, 1)]);
                x[0].reshape([1, 4, 2]).conv(&x[1].reshape([2, 2, 1]), conv)
            },
            &[2100., 6543., 87.],
        ),
        case(
            "conv",
            &[v(&[1., 2., 3., 4.]), v(&[1., 10., 100., 1000.])],
            |_, x| {
                let conv = Conv::new(1).input_dilation(&[3]).kernel_dilation(&[3]).groups(2);
                x[0].reshape([1, 2, 2]).conv(&x[1].reshape([2, 1, 2]), conv)
            },
            &[301., 4020.],
        ),
        case(
            "window_sum",
            &[six()],
            |_, x| x[0].window_sum(Window::new(&[2, 2]).padding(&[(1, 0), (0, 0)])),
            &[3., 5., 12., 16.],
        ),
        case(
            "window_max",
            &[m(4, &[3., 9., 9., 1., 4., 5., nan, 6.])],
            |_, x| x[0].window_max(Window::new(&[1, 2]).strides(&[1, 2]).padding(&[(0, 0), (1, 1)])),
            &[3., 9., 1., 4., f64::NAN, 6.],
        ),
        case(
            "window_select",
            &[v(&[3., 9., 9., 1.]), v(&[10., 20., 30., 40.])],
            |_, x| x[0].window_select(&x[1], Window::new(&[2]).padding(&[(2, 0)])),
            &[0., 10., 20., 20., 30.],
        ),
        case(
            "window_scatter",
            &[v(&[3., 9., 9., 1.]), v(&[10., 20., 30., 40., 50.])],
            |_, x| x[0].window_scatter(&x[1], Window::new(&[2]).padding(&[(2, 0)])),
            &[20., 70., 50., 0.],
        ),
        case("broadcast", &[v(&[1., 2.])], |_, x| x[0].broadcast_to([2, 2]), &[1., 2., 1., 2.]),
        case("reshape", &[six()], |_, x| x[0].reshape([3, 2]), &[1., 2., 3., 4., 5., 6.]),
        case("transpose", &[six()], |_, x| x[0].transpose(&[1, 0]), &[1., 4., 2., 5., 3., 6.]),
        case("slice", &[six()], |_, x| x[0].slice(&[(1, 2, 1), (0, 3, 2)]), &[4., 6.]),
        case("pad", &[v(&[1., 2.])], |_, x| x[0].pad(&[(1, 2, 1)], 9.0), &[9., 1., 9., 2., 9., 9.]),
        case("concat", &[v(&[1., 2.]), v(&[3.])], |_, x| concat(&[&x[0], &x[1]], 0), &[1., 2., 3.]),
        case("reverse", &[six()], |_, x| x[0].reverse(&[1]), &[3., 2., 1., 6., 5., 4.]),
        case("gather", &[six(), ints(&[2, -1, 7])], |_, x| x[0].gather(&x[1], 1), &[3., 1., 3., 6., 4., 6.]),
        case(
            "scatter_add",
            &[v(&[1., 2., 3.]), ints(&[0, 0, 9]), v(&[10., 20., 30.])],
            |_, x| x[0].scatter_add(&x[1], &x[2], 0),
            &[31., 2., 33.],
        ),
        case("atan2", &[v(&[1., -1.]), v(&[0., -1.])], |_, x| x[0].atan2(&x[1]), &[PI / 2., -0.75 * PI]),
        case("argsort", &[v(&[2., nan, 1., 2.])], |_, x| x[0].argsort(0), &[2., 0., 3., 1.]),
        case("dynamic_slice", &[six(), ints(&[9, 1])], |_, x| x[0].dynamic_slice(&x[1], &[1, 2]), &[5., 6.]),
        case(
            "dynamic_update_slice",
            &[six(), m(2, &[7., 8.]), ints(&[-1, 1])],
            |_, x| x[0].dynamic_update_slice(&x[1], &x[2]),
            &[1., 7., 8., 4., 5., 6.],
        ),
        // c = c x + 1 from the last step to the first, beside twice the old c.
        case(
            "scan",
            &[Array::scalar(5f32), v(&[1., 2., 3.])],
            |b, x| {
                let options = ScanOptions::new().reverse(true);
                let scanned = b.scan(&[&x[0]], &[&x[1]], options, |_, c, t| {
                    (vec![&c[0] * &t[0] + 1.0], vec![&c[0] * 2.0])
                });
                concat(&[&scanned.carries[0], &scanned.ys[0]], 0)
            },
            &[34., 33., 16., 66., 32., 10.],
        ),
    ]
}

/// The case's value where operations mean what `eval` says.
fn value(case: &Case, eval: EvalRule) -> Result<(), String> {
    let builder = Builder::new();
    let declare = |(i, array): (usize, &Array)| {
        builder.input_of(&format!("x{i}"), Type::new(array.shape(), array.dtype()))
    };
    let x: Vec<Tensor> = case.inputs.iter().enumerate().map(declare).collect();
    let y = (case.call)(&builder, &x);
    let graph = builder.build(&[("y", &y)], &[]).map_err(|errors| errors.to_string())?;
    let parameters = vec![v(&[7., 8.]); graph.parameters().len()];
    let values = evaluate_with_rule(&graph, &case.inputs, &parameters, eval).map_err(|e| e.to_string())?;
    close(&values[graph.outputs()[0].1.index()].elements, &case.expected, 1e-12)
}

#[test]
fn operations_mean_what_they_say() {
    let wrong = |case: &Case| value(case, &own_eval).err().map(|message| format!("{}: {message}", case.name));
    report(cases().iter().filter_map(wrong).collect());
    for name in Op::NAMES {
        assert!(cases().iter().any(|case| case.name == *name), "{name} has no literal example");
    }
}

#[test]
fn wrong_meanings_are_caught() {
    type Change = fn(&mut [f64]);
    let wrong: [(&str, Change); 3] = [
        ("wrong sign", |y| y.iter_mut().for_each(|y| *y = if *y == 0.0 { 1.0 } else { -*y })),
        ("one too many", |y| y.iter_mut().for_each(|y| *y = if *y == 1.0 { 0.0 } else { *y + 1.0 })),
        ("opposite order", |y| y.reverse()),
    ];
    let mut complaints = Vec::new();
    for case in cases().iter().filter(|case| !["input", "parameter"].contains(&case.name)) {
        for (what, wrong) in wrong {
            let mut reversed = case.expected.clone();
            reversed.reverse();
            if what == "opposite order" && close(&reversed, &case.expected, 0.0).is_ok() {
                continue;
            }
            let eval = |op: &Op, operands: &[&Value], ty: &Type| {
                let mut y = op.eval(operands, ty);
                if op.name() == case.name {
                    wrong(&mut y);
                }
                y
            };
            // A wrong sign of a truth is a truth.
            let bools = what == "wrong sign" && case.expected.iter().all(|y| [0.0, 1.0].contains(y));
            if !bools && value(case, &eval).is_ok() {
                complaints.push(format!("{}: {what} is not caught", case.name));
            }
        }
    }
    report(complaints);
}

/// Gradients where a function has a corner, and no difference could tell.
#[test]
fn gradients_at_corners() {
    type Call = fn(&Builder, &[Tensor]) -> Tensor;
    let at = |x: Array, call: Call| -> Vec<f64> {
        let builder = Builder::new();
        let input = builder.input("x", x.shape());
        let y = call(&builder, std::slice::from_ref(&input)).sum_all();
        let dx = cornu_graph::grad(&y, &[&input]);
        let graph = builder.build(&[("dx", &dx[0])], &[]).unwrap();
        cornu_graph::evaluate(&graph, &[x], &[]).unwrap().outputs[0].to_f64()
    };
    assert_eq!(at(v(&[0.0]), |_, x| x[0].abs()), [0.0]);
    assert_eq!(at(v(&[0.0, 1.0, -1.0]), |_, x| x[0].maximum(0.0)), [0.5, 1.0, 0.0]);
    assert_eq!(at(v(&[0.0, 1.0, -1.0]), |_, x| x[0].minimum(0.0)), [0.5, 0.0, 1.0]);
    assert_eq!(at(v(&[2.0, 5.0, 5.0, 1.0]), |_, x| x[0].reduce_max(&[0])), [0.0, 0.5, 0.5, 0.0]);
    assert_eq!(
        at(v(&[1.0, 5.0, 1.0, 1.0, 1.0]), |_, x| x[0].reduce_min(&[0])),
        [0.25, 0.0, 0.25, 0.25, 0.25]
    );
    assert_eq!(at(v(&[2.0, 0.0, 3.0]), |_, x| x[0].prod(&[0])), [0.0, 6.0, 0.0]);
    assert_eq!(at(v(&[0.0, 0.0, 3.0]), |_, x| x[0].prod(&[0])), [0.0, 0.0, 0.0]);
    assert_eq!(at(v(&[0.0, -2.0]), |_, x| x[0].pow(2.0)), [0.0, -4.0]);
    assert_eq!(at(v(&[0.0, -2.0]), |_, x| x[0].pow(0.0)), [0.0, 0.0]);
    // The exponent's gradient is zero where the base is not positive.
    assert_eq!(at(v(&[2.0]), |_, x| x[0].full_like(-2.0).pow(&x[0])), [0.0]);
    assert_eq!(at(v(&[3.0]), |_, x| &x[0] * x[0].stop_gradient()), [3.0]);
    assert_eq!(at(v(&[3.7]), |_, x| x[0].floor() + x[0].sign()), [0.0]);
}
