//! Losses: configs, values, weights, reductions and gradients against Keras.

use crate::golden;
use crate::run::{Repeated, run};
use cornu::losses::{
    AnyLoss, BinaryCrossentropy, CTC, CategoricalCrossentropy, CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy, Circle, LOSSES, Loss, MeanSquaredError, Reduction,
    SparseCategoricalCrossentropy, for_model, reduce,
};
use cornu::variables::Variables;
use cornu_graph::{Array, Builder, Shape, Tensor, Type, grad};
use serde_json::{Value, json};

#[test]
fn losses_agree_with_keras() {
    let goldens = golden::read("losses.json");
    for (number, case) in golden::list(&goldens, "cases").iter().enumerate() {
        let class = case["class_name"].as_str().unwrap();
        let what = format!("{number}: {class} {}", case["arguments"]);
        // Keras leaves some arguments out of its configs, such as Huber's delta.
        let mut config = case["config"].clone();
        for (key, value) in case["arguments"].as_object().unwrap() {
            config[key] = value.clone();
        }
        let loss = AnyLoss::from_name(class, config.clone()).unwrap();
        assert!(golden::agrees(&loss.config(), &config), "{what}: {}", loss.config());
        let with = |reduction: &str| {
            let mut config = config.clone();
            config["reduction"] = json!(reduction);
            AnyLoss::from_name(class, config).unwrap()
        };
        let inputs = [&case["y_true"], &case["y_pred"], &case["sample_weight"]].map(golden::array);
        let b = Builder::new();
        let [y_true, y_pred, weight] =
            [0, 1, 2].map(|i| b.input_of("x", Type::new(inputs[i].shape(), inputs[i].dtype())));
        let value = |loss: &AnyLoss, weight: Option<&Tensor>| loss.value(&y_true, &y_pred, weight, None);
        let (plain, weighted) = (value(&loss, None), value(&loss, Some(&weight)));
        let outputs = [
            ("per_sample", value(&with("none"), None)),
            ("value", plain.clone()),
            ("weighted", weighted.clone()),
            ("value_sum", value(&with("sum"), None)),
            ("weighted_sum", value(&with("sum"), Some(&weight))),
            ("weighted_mean", value(&with("mean_with_sample_weight"), Some(&weight))),
            ("gradient", grad(&plain, &[&y_pred]).remove(0)),
            ("gradient_weighted", grad(&weighted, &[&y_pred]).remove(0)),
        ];
        let named: Vec<(&str, &Tensor)> = outputs.iter().map(|(name, output)| (*name, output)).collect();
        let ran = run(&b.build(&named, &[]).unwrap(), &inputs, &[]);
        for ((name, _), got) in outputs.iter().zip(&ran.outputs) {
            let expected = match &case[*name] {
                Value::Number(number) => Array::scalar(number.as_f64().unwrap() as f32),
                array => golden::array(array),
            };
            let tolerance = if name.starts_with("gradient") { 5e-6 } else { 1e-6 };
            golden::assert_close(got, &expected, tolerance, &format!("{what}: {name}"));
        }
    }
}

#[test]
fn losses_of_many_batches_agree_with_keras() {
    let goldens = golden::read("losses.json");
    let batches = golden::Updates::read(&goldens);
    for case in golden::list(&goldens, "batches") {
        let class = case["class_name"].as_str().unwrap();
        let what = format!("{class} {}", case["arguments"]);
        let arrays = ["y_true", "y_pred", "sample_weight", "mask"];
        let arrays = arrays.map(|key| batches.array(&case[key]).unwrap());
        let values = case["values"].as_object().unwrap();
        let losses: Vec<AnyLoss> = (values.keys())
            .map(|key| {
                let mut config = case["config"].clone();
                for (key, value) in case["arguments"].as_object().unwrap() {
                    config[key] = value.clone();
                }
                config["reduction"] = json!(key.replace("_weighted", "").replace("_masked", ""));
                AnyLoss::from_name(class, config).unwrap()
            })
            .collect();
        let mut repeated = Repeated::default();
        // Values without a reduction are those of all batches, one after the other.
        let mut starts = vec![0; losses.len()];
        for i in 0..batches.n() {
            let inputs = arrays.map(|array| batches.rows(array, i));
            let got = repeated.step(&mut Variables::new(0), &inputs, |_, inputs| {
                let [y_true, y_pred, weight, mask] = inputs else { unreachable!() };
                let value = |(loss, key): (&AnyLoss, &String)| {
                    let weight = Some(weight).filter(|_| key.contains("_weighted"));
                    loss.value(y_true, y_pred, weight, Some(mask).filter(|_| key.contains("_masked")))
                };
                losses.iter().zip(values.keys()).map(value).collect()
            });
            for (((key, place), got), start) in values.iter().zip(&got).zip(&mut starts) {
                let expected = batches.array(place).unwrap();
                let expected = match got.shape().rank() {
                    0 => golden::row(expected, i),
                    _ => expected.slice_rows(*start..*start + got.rows()),
                };
                *start += got.rows();
                golden::assert_close(got, &expected, 1e-6, &format!("{what}: {key}, batch {i}"));
            }
        }
    }
}

/// The value of `loss` on the given arrays.
fn value(loss: &dyn Loss, y_true: &Array, y_pred: &Array, squash: Option<fn(&Tensor) -> Tensor>) -> Vec<f64> {
    let b = Builder::new();
    let labels = b.input_of("y_true", Type::new(y_true.shape(), y_true.dtype()));
    let x = b.input("x", y_pred.shape());
    let predictions = squash.map_or(x.clone(), |squash| squash(&x));
    let value = loss.value(&labels, &predictions, None, None);
    let gradient = grad(&value, &[&x]).remove(0);
    let graph = b.build(&[("value", &value), ("gradient", &gradient)], &[]).unwrap();
    run(&graph, &[y_true.clone(), y_pred.clone()], &[])
        .outputs
        .iter()
        .flat_map(|array| array.to_f64())
        .collect()
}

#[test]
fn probabilities_of_known_logits_lose_nothing() {
    let x = Array::new([3, 2], vec![800f32, -800., 3., -2., 0., 0.]).unwrap();
    let classes = Array::from_vec(vec![1i32, 0, 1]);
    let one_hot = Array::new([3, 2], vec![0f32, 1., 1., 0., 0., 1.]).unwrap();
    let softmax: fn(&Tensor) -> Tensor = |x| x.softmax(-1);
    let sparse = SparseCategoricalCrossentropy::new();
    let from_logits = value(&sparse.clone().from_logits(), &classes, &x, None);
    assert!((from_logits[0] - (1600.0 + (-5f64).exp().ln_1p() + 2f64.ln()) / 3.0).abs() < 1e-3);
    assert_eq!(value(&sparse, &classes, &x, Some(softmax)), from_logits);
    let categorical = CategoricalCrossentropy::new();
    assert_eq!(value(&categorical, &one_hot, &x, Some(softmax)), from_logits);

    let sigmoid: fn(&Tensor) -> Tensor = |x| {
        let y = x.sigmoid();
        x.builder().note_logits(&y, cornu_graph::Squash::Sigmoid, x);
        y
    };
    let binary = BinaryCrossentropy::new();
    let fused = value(&binary, &one_hot, &x, Some(sigmoid));
    assert_eq!(fused, value(&binary.clone().from_logits(), &one_hot, &x, None));
    assert!(fused[0] > 260.0);
    // At a logit of zero the gradient is half, whichever side it is approached from.
    assert!((fused[5] - 0.5 / 6.0).abs() < 1e-8 && (fused[6] + 0.5 / 6.0).abs() < 1e-8);
}

#[test]
fn an_ignored_class_does_not_count() {
    let loss = SparseCategoricalCrossentropy::new().ignore_class(-1);
    let y_pred = Array::new([3, 2], vec![0.25f32, 0.75, 0.5, 0.5, 0.9, 0.1]).unwrap();
    let got = value(&loss, &Array::from_vec(vec![0i32, 1, -1]), &y_pred, None);
    assert!((got[0] - (4f64.ln() + 2f64.ln()) / 2.0).abs() < 1e-6);
    assert_eq!(&got[5..], [0.0, 0.0]);
    // Weighted, as Keras has it.
    let weighted = {
        let b = Builder::new();
        let labels = b.constant(&Array::from_vec(vec![0i32, 1, -1]));
        let weight = b.constant(&Array::from_vec(vec![1f32, 0.5, 2.0]));
        let value = loss.value(&labels, &b.constant(&y_pred), Some(&weight), None);
        run(&b.build(&[("value", &value)], &[]).unwrap(), &[], &[]).outputs[0].item().unwrap()
    };
    assert!((weighted - 0.866_433_9).abs() < 1e-6);
    let none = value(&loss, &Array::from_vec(vec![-1i32, -1, -1]), &y_pred, None);
    assert_eq!(none[0], 0.0);
    let labels = loss.labels(&Shape::from([3, 2])).unwrap();
    assert!(labels.allow(-1.0) && labels.allow(1.0) && !labels.allow(2.0) && !labels.allow(0.5));
    assert_eq!(labels.to_string(), "whole numbers from 0 to 1, or -1");
}

#[test]
fn classes_may_lie_along_another_axis() {
    let y_pred = [0.1f32, 0.2, 0.7, 0.3, 0.6, 0.1, 0.5, 0.25, 0.25, 0.8, 0.1, 0.1];
    let y_pred = Array::new([2, 2, 3], y_pred.to_vec()).unwrap();
    let turned: fn(&Tensor) -> Tensor = |x| x.transpose(&[0, 2, 1]);
    for labels in [vec![2i32, 0, 1, 1], vec![2, -1, 1, 1]] {
        let labels = Array::new([2, 2], labels).unwrap();
        let loss = SparseCategoricalCrossentropy::new().ignore_class(-1);
        let last = value(&loss, &labels, &y_pred, None);
        assert_eq!(value(&loss.axis(1), &labels, &y_pred, Some(turned)), last);
    }
}

#[test]
fn generalized_crossentropy_of_known_logits_keeps_its_gradient() {
    let x = Array::new([1, 2], vec![200f32, -200.]).unwrap();
    let loss = CategoricalGeneralizedCrossEntropy::new();
    let got = value(&loss, &Array::from_vec(vec![1i32]), &x, Some(|x| x.softmax(-1)));
    assert_eq!(got[0], 2.0);
    assert!(got.iter().all(|number| number.is_finite()), "{got:?}");
}

#[test]
fn reductions_weigh_and_mask() {
    let b = Builder::new();
    let values = b.constant(&Array::from_vec(vec![1f32, 2., 6.]));
    let weight = b.constant(&Array::new([3, 1], vec![1f32, 0.5, 2.]).unwrap());
    let mask = b.constant(&Array::from_vec(vec![true, true, false]));
    let all = [Reduction::SumOverBatchSize, Reduction::Mean, Reduction::Sum, Reduction::MeanWithSampleWeight];
    for (reduction, plain, weighted, masked, both) in [
        (all[0], 3.0, 14.0 / 3.0, 1.5, 1.0),
        (all[1], 3.0, 14.0 / 3.0, 1.5, 1.0),
        (all[2], 9.0, 14.0, 3.0, 2.0),
        (all[3], 3.0, 4.0, 1.5, 2.0 / 1.5),
    ] {
        let expected = [plain, weighted, masked, both];
        let cases = [(None, None), (Some(&weight), None), (None, Some(&mask)), (Some(&weight), Some(&mask))];
        for (expected, (weight, mask)) in expected.into_iter().zip(cases) {
            let value = reduce(&values, weight, mask, reduction);
            let graph = b.build(&[("value", &value)], &[]).unwrap();
            let got = run(&graph, &[], &[]).outputs[0].item().unwrap();
            assert!((got - expected).abs() < 1e-6, "{reduction:?}: {got}, not {expected}");
        }
    }
    for (name, reduction) in [(json!(null), Reduction::None), (json!("none"), Reduction::None)] {
        let loss = AnyLoss::from_name("mse", json!({"reduction": name})).unwrap();
        assert_eq!(loss.reduction(), reduction);
    }
    assert!(AnyLoss::from_name("mse", json!({"reduction": "median"})).unwrap_err().contains("median"));
}

#[test]
fn labels_that_do_not_fit_are_told() {
    let message = |loss: AnyLoss, y_true: &[usize], y_pred: &[usize]| {
        let b = Builder::new();
        loss.call(&b.input("y_true", y_true), &b.input("y_pred", y_pred));
        b.errors().iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        message(SparseCategoricalCrossentropy::new().into(), &[6, 10], &[6, 10]),
        "sparse_categorical_crossentropy expects labels of shape (None,) or (None, 1) with values 0..10, \
         got (None, 10): for one-hot labels use categorical_crossentropy"
    );
    assert_eq!(
        message(CategoricalCrossentropy::new().into(), &[6], &[6, 10]),
        "categorical_crossentropy expects one-hot labels of shape (None, 10), got (None,): \
         for class numbers use sparse_categorical_crossentropy"
    );
    assert_eq!(
        message(MeanSquaredError::new().into(), &[6, 1], &[6, 4]),
        "mean_squared_error expects labels of the predictions' shape (None, 4), got (None, 1)"
    );
    assert_eq!(message(MeanSquaredError::new().into(), &[6], &[6, 1]), "");
    assert_eq!(
        message(CategoricalFocalCrossentropy::new().alpha([0.5, 0.5]).into(), &[6, 3], &[6, 3]),
        "categorical_focal_crossentropy has 2 alphas for 3 classes"
    );
    assert_eq!(
        message(CategoricalGeneralizedCrossEntropy::new().q(1.0).into(), &[6], &[6, 3]),
        "categorical_generalized_cross_entropy expects a q between 0 and 1, got 1"
    );
    assert_eq!(
        message(Circle::new().into(), &[5], &[6, 3]),
        "circle expects labels of shape (None,) and predictions of shape (None, n), got (None,) and (None, 3)"
    );
    assert_eq!(
        message(CTC::new().into(), &[6], &[6, 5, 3]),
        "ctc expects labels of shape (None, n) and logits of shape (None, steps, n_classes), got (None,) and \
         (None, 5, 3)"
    );
}

#[test]
fn every_loss_is_found_by_its_names_and_takes_its_own_config() {
    for entry in LOSSES {
        let loss = AnyLoss::from_name(entry.name, Value::Null).unwrap();
        assert!(!entry.aliases.is_empty() && !entry.summary.is_empty());
        for name in entry.aliases {
            assert_eq!(AnyLoss::from_name(name, Value::Null).unwrap(), loss);
        }
        assert_eq!(AnyLoss::from_json(loss.to_json()).unwrap(), loss);
        let b = Builder::new();
        loss.call(&b.input("y_true", [6, 2, 1]), &b.input("y_pred", [6, 2, 4]));
        loss.call(&b.input("y_true", []), &b.input("y_pred", []));
    }
    for (y_true, y_pred, class) in [
        (vec![6], vec![6, 1], "BinaryCrossentropy"),
        (vec![6], vec![6, 3], "SparseCategoricalCrossentropy"),
        (vec![6, 3], vec![6, 3], "CategoricalCrossentropy"),
    ] {
        let loss = for_model("crossentropy", &Shape::from(y_true), &Shape::from(y_pred)).unwrap();
        assert_eq!(loss.class_name(), class);
    }
}
