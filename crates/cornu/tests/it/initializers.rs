//! Initializers: configs and distributions against Keras.

use crate::golden;
use cornu::initializers::*;
use cornu_graph::philox::Random;
use cornu_graph::{Array, DType, Shape};
use serde_json::json;

fn draw(initializer: &AnyInitializer, shape: &[usize], seed: i64) -> Vec<f64> {
    initializer.values(&Shape::from(shape), &mut Random::new(seed, 0))
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / values.len() as f64;
    (mean, variance.sqrt())
}

#[test]
fn agrees_with_keras() {
    let goldens = golden::read("regularizers_constraints.json");
    for case in golden::list(&goldens, "initializers") {
        let keras = &case["serialized"];
        let initializer = AnyInitializer::from_json(keras.clone()).unwrap();
        assert!(golden::agrees(&initializer.to_json(), keras), "{keras} {initializer:?}");
        assert_eq!(AnyInitializer::from_json(initializer.to_json()).unwrap(), initializer);
        let sample = &case["sample"];
        let number = |key: &str| sample[key].as_f64().unwrap();
        let values = draw(&initializer, &[200, 100], 3);
        let (mean, deviation) = mean_and_deviation(&values);
        let (least, greatest) =
            values.iter().fold((f64::MAX, f64::MIN), |(least, greatest), &x| (least.min(x), greatest.max(x)));
        let std = number("std");
        // Both are drawn: 20000 numbers each.
        assert!((mean - number("mean")).abs() <= 0.04 * std, "{keras}: mean {mean}");
        assert!((deviation - std).abs() <= 0.025 * std, "{keras}: deviation {deviation}");
        let bounded = std / (number("max") - number("mean")) > 0.4;
        let slack = if bounded { 0.01 } else { 1.0 };
        assert!((least - number("min")).abs() <= slack * std, "{keras}: least {least}");
        assert!((greatest - number("max")).abs() <= slack * std, "{keras}: greatest {greatest}");
    }
}

#[test]
fn fixed_values_agree_with_keras() {
    let goldens = golden::read("regularizers_constraints.json");
    for case in golden::list(&goldens, "fixed_initializers") {
        let keras = &case["serialized"];
        let initializer = AnyInitializer::from_json(keras.clone()).unwrap();
        assert!(golden::agrees(&initializer.to_json(), keras), "{keras} {initializer:?}");
        assert_eq!(AnyInitializer::from_json(initializer.to_json()).unwrap(), initializer);
        let expected = golden::array(&case["values"]);
        initializer.check(expected.shape()).unwrap();
        let values = draw(&initializer, expected.shape(), 0);
        let values = Array::from_f64(expected.shape(), DType::F32, &values).unwrap();
        golden::assert_close(&values, &expected, 2e-6, &keras.to_string());
    }
}

#[test]
fn misfits_are_told() {
    let message =
        |initializer: AnyInitializer, shape: &[usize]| initializer.check(&Shape::from(shape)).unwrap_err();
    assert_eq!(
        message(Identity::default().into(), &[2, 2, 2]),
        "Identity expects a weight of 2 axes, got shape [2, 2, 2]"
    );
    assert_eq!(
        message(STFT::default().into(), &[4, 5]),
        "STFT expects a weight of shape (frame_length, 1, n) with n of at least 2, got shape [4, 5]"
    );
    let window = Some(Window::Values(vec![1.0, 2.0]));
    assert_eq!(
        message(STFT { window, ..STFT::default() }.into(), &[4, 1, 5]),
        "STFT has a window of 2 values for frames of length 4"
    );
    let axes = HeNormal { input_axes: Some(vec![2]), output_axes: Some(vec![1]), ..HeNormal::default() };
    assert_eq!(message(axes.into(), &[4, 5]), "VarianceScaling: a weight of shape [4, 5] has no axis 2");
}

#[test]
fn names_resolve() {
    let names = [
        "glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal variance_scaling",
        "uniform random_uniform normal random_normal truncated_normal orthogonal OrthogonalInitializer",
        "constant zeros zero ones one identity IdentityInitializer stft STFTInitializer",
    ];
    for name in names.iter().flat_map(|line| line.split(' ')) {
        AnyInitializer::from_json(json!(name)).unwrap();
    }
    let error = AnyInitializer::from_json(json!("he_norml")).unwrap_err();
    assert!(
        error.starts_with("there is no initializer `he_norml`; there are Constant, GlorotNormal,"),
        "{error}"
    );
}

#[test]
fn seeds_are_read() {
    let read = |seed| AnyInitializer::from_name("HeNormal", json!({"seed": seed})).map(|any| any.seed());
    assert_eq!(read(json!(7)), Ok(Some(7)));
    assert_eq!(read(json!(null)), Ok(None));
    assert_eq!(read(json!({"class_name": "SeedGenerator", "config": {"seed": 3}})), Ok(None));
    assert!(read(json!("seven")).is_err());
}

#[test]
fn values_come_from_the_seed() {
    for entry in INITIALIZERS {
        let initializer = AnyInitializer::from_name(entry.name, json!({})).unwrap();
        let values = draw(&initializer, &[7, 5], 1);
        assert_eq!(values.len(), 35, "{}", entry.name);
        assert_eq!(values, draw(&initializer, &[7, 5], 1), "{}", entry.name);
        let fixed = ["Constant", "Zeros", "Ones", "Identity", "STFT"].contains(&entry.name);
        assert_eq!(values == draw(&initializer, &[7, 5], 2), fixed, "{}", entry.name);
        assert!(draw(&initializer, &[0, 5], 1).is_empty() && draw(&initializer, &[3, 0], 1).is_empty());
    }
}

#[test]
fn variance_scaling_counts_connections() {
    for (mode, n) in [(Fan::In, 90.0), (Fan::Out, 360.0), (Fan::Avg, 225.0)] {
        for distribution in
            [Distribution::Uniform, Distribution::TruncatedNormal, Distribution::UntruncatedNormal]
        {
            let initializer = AnyInitializer::from(VarianceScaling {
                scale: 3.0,
                mode,
                distribution,
                ..VarianceScaling::default()
            });
            let (_, deviation) = mean_and_deviation(&draw(&initializer, &[3, 3, 10, 40], 1));
            let expected = (3.0f64 / n).sqrt();
            assert!(
                (deviation / expected - 1.0).abs() < 0.04,
                "{mode:?} {distribution:?}: {deviation} {expected}"
            );
        }
    }
    let negative = AnyInitializer::from(VarianceScaling { scale: -1.0, ..VarianceScaling::default() });
    let error = negative.check(&Shape::from([2, 2])).unwrap_err();
    assert_eq!(error, "VarianceScaling expects a scale above 0, got -1");
}

#[test]
fn orthogonal_is_orthogonal() {
    for shape in [&[6, 4][..], &[4, 6], &[5, 5], &[3, 2, 4]] {
        let n_columns = shape[shape.len() - 1];
        let n_rows: usize = shape[..shape.len() - 1].iter().product();
        let q = draw(&Orthogonal { gain: 1.5, seed: None }.into(), shape, 4);
        // Columns are orthogonal where they are fewer, else rows.
        let (n, long, at): (usize, usize, &dyn Fn(usize, usize) -> f64) = match n_rows < n_columns {
            true => (n_rows, n_columns, &|i, k| q[i * n_columns + k]),
            false => (n_columns, n_rows, &|i, k| q[k * n_columns + i]),
        };
        for i in 0..n {
            for j in 0..n {
                let product: f64 = (0..long).map(|k| at(i, k) * at(j, k)).sum();
                let expected = if i == j { 2.25 } else { 0.0 };
                assert!((product - expected).abs() < 1e-12, "{shape:?} {i} {j}: {product}");
            }
        }
    }
    let error = AnyInitializer::from(Orthogonal::default()).check(&Shape::from([3])).unwrap_err();
    assert_eq!(error, "Orthogonal expects a weight of at least 2 axes, got shape [3]");
}
