//! Operations between layers: what they compute, and what is said where they do not fit.

use cornu::arguments::Arguments;
use cornu::operations::{Operation, definitions};
use cornu::ops::{self, Index};
use cornu::prelude::*;
use cornu::registry::Item;
use serde_json::{Map, json};

/// What a model of one input makes of these rows.
fn results(x: &Array, build: impl Fn(&Symbol) -> Vec<Symbol>) -> Vec<Vec<f64>> {
    let input = Input::new(&x.shape()[1..]).symbol();
    let outputs = build(&input);
    let model = Model::new(&input, &outputs[..]).unwrap();
    model.predict_on_batch(x).unwrap().iter().map(Array::to_f64).collect()
}

#[test]
fn operators() {
    let x = Array::new([1, 3], vec![1f32, -2.0, 4.0]).unwrap();
    let row = Array::from_vec(vec![1f32, 2.0, 3.0]);
    let got = results(&x, |x| {
        vec![x * 2.0 + x, 1.0 - x, -x / 2.0, x % 3.0, x.pow(2), x + &row, 8.0 / x, x.matmul(&column())]
    });
    let expected: [&[f64]; 8] = [
        &[3.0, -6.0, 12.0],
        &[0.0, 3.0, -3.0],
        &[-0.5, 1.0, -2.0],
        &[1.0, 1.0, 1.0],
        &[1.0, 4.0, 16.0],
        &[2.0, 0.0, 7.0],
        &[8.0, -4.0, 2.0],
        &[3.0],
    ];
    assert_eq!(got, expected);
}

fn column() -> Array {
    Array::new([3, 1], vec![1f32, 1.0, 1.0]).unwrap()
}

#[test]
fn functions() {
    let x = Array::new([1, 4], vec![3f32, -1.0, 2.0, 0.0]).unwrap();
    let got = results(&x, |x| {
        let parts = ops::split(x, 2, -1);
        let (values, places) = ops::top_k(x, 2);
        let turned = ops::get_item(x, [Index::All, Index::Range(None, None, -2)]);
        let chosen = ops::where_(&ops::greater(x, 0.0), x, -1.0);
        vec![
            parts[1].clone(),
            values,
            ops::cast(&places, DType::F32),
            ops::sum(x, None, false),
            ops::max(x, [1], true),
            turned,
            chosen,
            ops::concatenate([&parts[1], &parts[0]], 1),
            ops::clip(x, 0.0, 2.0),
        ]
    });
    let expected: [&[f64]; 9] = [
        &[2.0, 0.0],
        &[3.0, 2.0],
        &[0.0, 2.0],
        &[4.0],
        &[3.0],
        &[0.0, -1.0],
        &[3.0, -1.0, 2.0, -1.0],
        &[2.0, 0.0, 3.0, -1.0],
        &[2.0, 0.0, 2.0, 0.0],
    ];
    assert_eq!(got, expected);
}

#[test]
fn every_function_makes_a_node_that_keras_knows() {
    let x = Input::new([4, 4]).symbol();
    let i = ops::cast(&x, DType::I32);
    let all = [
        vec![ops::abs(&x), ops::negative(&x), ops::sign(&x), ops::square(&x), ops::sqrt(&x), ops::rsqrt(&x)],
        vec![ops::reciprocal(&x), ops::exp(&x), ops::expm1(&x), ops::log(&x), ops::log1p(&x), ops::sin(&x)],
        vec![ops::cos(&x), ops::tan(&x), ops::tanh(&x), ops::arctan(&x), ops::erf(&x), ops::floor(&x)],
        vec![ops::ceil(&x), ops::isnan(&x), ops::isfinite(&x), ops::logical_not(&x), ops::zeros_like(&x)],
        vec![ops::ones_like(&x), ops::ravel(&x), ops::stop_gradient(&x), ops::relu(&x), ops::sigmoid(&x)],
        vec![
            ops::silu(&x),
            ops::softplus(&x),
            ops::add(&x, 1),
            ops::subtract(&x, 1.5),
            ops::multiply(&x, &x),
        ],
        vec![ops::divide(&x, 2.0), ops::floor_divide(&x, 2.0), ops::mod_(&x, 2.0), ops::power(2.0, &x)],
        vec![ops::maximum(&x, 0.0), ops::minimum(&x, 0.0), ops::equal(&x, 0.0), ops::not_equal(&x, 0.0)],
        vec![
            ops::less(&x, 0.0),
            ops::less_equal(&x, 0.0),
            ops::greater(&x, 0.0),
            ops::greater_equal(&x, 0.0),
        ],
        vec![ops::logical_and(&x, true), ops::logical_or(&x, false), ops::matmul(&x, &x), ops::outer(&x, &x)],
        vec![ops::sum(&x, [1], false), ops::mean(&x, [1, 2], true), ops::std(&x, None, false)],
        vec![ops::var(&x, [1], false), ops::any(&x, [1], false), ops::all(&x, [1], false)],
        vec![ops::max(&x, [1], false), ops::min(&x, [1], false), ops::prod(&x, [1], false)],
        vec![ops::argmax(&x, 1), ops::argmin(&x, 1), ops::logsumexp(&x, [1], false), ops::norm(&x, [2])],
        vec![ops::cumsum(&x, 1), ops::softmax(&x, -1), ops::log_softmax(&x, -1), ops::gelu(&x, true)],
        vec![ops::clip(&x, 0.0, 1.0), ops::round(&x, 2), ops::reshape(&x, [-1, 16]), i.clone()],
        vec![ops::transpose(&x, [0, 2, 1]), ops::swapaxes(&x, 1, 2), ops::expand_dims(&x, 1)],
        vec![ops::squeeze(&ops::expand_dims(&x, 1), [1]), ops::flip(&x, [1]), ops::repeat(&x, 2, 1)],
        vec![ops::tile(&x, [1, 2, 1]), ops::pad(&x, [(0, 0), (1, 0), (0, 2)]), ops::stack([&x, &x], 1)],
        vec![ops::unstack(&x, 4, 1)[2].clone(), ops::sort(&x, -1), ops::argsort(&x, -1), ops::tril(&x, 0)],
        vec![
            ops::take(&x, &Array::from_vec(vec![0, 2]), 1),
            ops::take_along_axis(&x, ops::argsort(&x, -1), -1),
        ],
        vec![ops::one_hot(&i, 3), ops::triu(&x, 1), ops::einsum("bij,bjk->bik", [&x, &x])],
    ]
    .concat();
    let model = Model::new(&x, &all[..]).unwrap();
    let again = Model::from_json(&model.to_json()).unwrap();
    assert_eq!(again.to_json(), model.to_json());
    assert_eq!(again.output_shapes(), model.output_shapes());
}

#[test]
fn a_model_with_operations_learns() {
    let data = cornu::data::load("digits", "").unwrap();
    let x = Input::new([8, 8]).symbol();
    let pixels = &x / 16.0;
    let rows = ops::mean(&pixels, [2], false);
    let flat = ops::reshape(&pixels, [-1, 64]);
    let h = Dense::new(32).relu().on(&ops::concatenate([&flat, &rows], -1));
    let y = ops::softmax(&Dense::new(10).on(&h), -1);
    let compile = Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]);
    let mut model = Model::new(&x, &y).unwrap().compile(compile).unwrap();
    model.fit(&data.train.x, &data.train.y, Fit::new().epochs(4).silent()).unwrap();
    let accuracy = model.evaluate(&data.test.x, &data.test.y).unwrap()[1].1;
    assert!(accuracy > 0.85, "{accuracy}");
    let text = model.summary().to_string();
    assert!(text.contains("true_divide (TrueDivide)") && text.contains("reshape (Reshape)"), "{text}");
}

/// What connecting a model of that output says.
fn complaint(build: impl Fn(&Symbol) -> Symbol) -> String {
    let x = Input::new([4, 3]).symbol();
    let error = Model::new(&x, &build(&x)).unwrap_err().to_string();
    error.lines().next().unwrap_or_default().to_string()
}

#[test]
fn messages() {
    let cases: [(&str, String); 6] = [
        ("sum: there is no axis 3 among 3", complaint(|x| ops::sum(x, [3], false))),
        ("reshape: cannot give 36 elements the shape [-1, 7]", complaint(|x| ops::reshape(x, [-1, 7]))),
        (
            "get_item: cannot be indexed by 9 along an axis of 4 elements",
            complaint(|x| ops::get_item(x, [Index::All, Index::At(9)])),
        ),
        ("split: cannot split 4 elements into 3 equal parts", complaint(|x| ops::split(x, 3, 1)[0].clone())),
        (
            "einsum: cannot read the equation `bij,jk`: it is about 2 operands, not 1",
            complaint(|x| ops::einsum("bij,jk", [x])),
        ),
        (
            "add: shapes [3, 4, 3] and [2] do not broadcast",
            complaint(|x| x + &Array::from_vec(vec![1f32, 2.0])),
        ),
    ];
    for (expected, got) in cases {
        assert_eq!(got, expected);
    }
}

#[test]
fn an_operation_by_its_names_in_keras() {
    let config = Map::from_iter([("axis".to_string(), json!(1)), ("keepdims".to_string(), json!(false))]);
    let operation = Operation::new("keras.src.ops.numpy", "Median", config).unwrap();
    assert_eq!(operation.class_name(), "Median");
    assert_eq!(operation.config(), json!({ "axis": 1, "keepdims": false }));
    let x = Input::new([3]).symbol();
    let y = operation.on(Arguments::of(x.clone()));
    let model = Model::new(&x, &y).unwrap();
    let rows = Array::new([1, 3], vec![3f32, 1.0, 2.0]).unwrap();
    assert_eq!(model.predict_on_batch(&rows).unwrap()[0].to_f64(), [2.0]);
    let error = Operation::new("keras.src.ops.numpy", "Dense", Map::new()).unwrap_err();
    assert_eq!(error, "there is no operation `Dense` in keras.src.ops.numpy");
}

#[test]
fn each_has_a_summary() {
    for known in definitions() {
        assert!(!known.summary.is_empty() && !known.summary.ends_with('.'), "{}", known.name);
    }
}

/// Keras 3.15's own operation mixes up its settings, so there are no goldens: by its definition it is the
/// gradient of a convolution with regard to its input.
#[test]
fn a_transposed_convolution_is_a_gradient() {
    let draw = |shape: &[usize], seed: i64| {
        let n: usize = shape.iter().product();
        let values = (0..n).map(|i| ((i as i64 * 37 + seed * 11) % 19 - 9) as f32 / 8.0).collect();
        Array::new(shape, values).unwrap()
    };
    for (padding, stride, dilation, length) in
        [("valid", 2, 1, 9), ("same", 2, 1, 8), ("valid", 1, 2, 8), ("same", 3, 1, 12)]
    {
        let (x, kernel) = (draw(&[2, 4, 5], 1), draw(&[3, 3, 5], 2));
        let settings = |more: &[&str]| {
            let all = json!({
                "strides": stride, "padding": padding, "output_padding": null, "dilation_rate": dilation,
                "data_format": "channels_last",
            });
            let known = all.as_object().unwrap().iter().filter(|(key, _)| !more.contains(&key.as_str()));
            known.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>()
        };
        let node = |class: &str, config, x: &Symbol| {
            let arguments = Arguments::of(x.clone()).with_value("kernel", to_json(&kernel));
            Operation::new("keras.src.ops.nn", class, config).unwrap().on(arguments)
        };
        let input = Input::new([4, 5]).symbol();
        let turned = Model::new(&input, &node("ConvTranspose", settings(&[]), &input)).unwrap();
        let ours = turned.predict_on_batch(&x).unwrap()[0].clone();
        assert_eq!(ours.shape()[..], [2, length, 3], "{padding}, {stride}");
        // A convolution of the unit vectors has the transposed one's numbers as its products with x.
        let input = Input::new([length, 3]).symbol();
        let forward = Model::new(&input, &node("Conv", settings(&["output_padding"]), &input)).unwrap();
        for place in 0..length * 3 {
            let mut unit = vec![0f32; length * 3];
            unit[place] = 1.0;
            let unit = Array::new([1, length, 3], unit).unwrap();
            let y = forward.predict_on_batch(&unit).unwrap()[0].to_f64();
            for row in 0..2 {
                let product: f64 = y.iter().zip(&x.to_f64()[row * y.len()..]).map(|(a, b)| a * b).sum();
                let got = ours.to_f64()[row * length * 3 + place];
                assert!((got - product).abs() < 1e-4, "{padding}, {stride}: {got} and {product}");
            }
        }
    }
}

/// An array as a call in a file holds it.
fn to_json(array: &Array) -> serde_json::Value {
    let rows = |values: Vec<serde_json::Value>, n: usize| -> Vec<serde_json::Value> {
        values.chunks(n).map(|row| json!(row)).collect()
    };
    let flat = array.to_f64().into_iter().map(|x| json!(x)).collect();
    let nested = array.shape().iter().skip(1).rev().fold(flat, |values, &n| rows(values, n));
    json!({ "class_name": "__numpy__", "config": { "value": nested, "dtype": "float32" } })
}
