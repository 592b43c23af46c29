//! Metrics: configs, totals and figures against Keras.

use crate::golden::{self, Updates};
use crate::run::{Repeated, step};
use cornu::metrics::{
    AUC, AnyMetric, IoU, METRICS, MeanIoU, Metric, MetricOptions, Number, Precision, PrecisionAtRecall,
    SensitivityAtSpecificity, SparseCategoricalAccuracy, SparseCategoricalCrossentropy, for_model,
};
use cornu::optimizers::SGD;
use cornu::prelude::*;
use cornu::variables::Variables;
use cornu_graph::{Array, Builder, Shape, Tensor};
use serde_json::{Value, json};

/// Adds a batch to a metric's totals.
fn update(
    variables: &mut Variables,
    metric: &dyn Metric,
    y_true: &Array,
    y_pred: &Array,
    weight: Option<&Array>,
) {
    let inputs: Vec<Array> = [Some(y_true), Some(y_pred), weight].into_iter().flatten().cloned().collect();
    step(variables, &inputs, |scope, inputs| {
        scope.inside("metric", true, |scope| metric.update(scope, &inputs[0], &inputs[1], inputs.get(2)));
        Vec::new()
    });
}

/// A metric's figure.
fn result(variables: &mut Variables, metric: &dyn Metric) -> Array {
    step(variables, &[], |scope, _| vec![scope.inside("metric", true, |scope| metric.result(scope))])
        .remove(0)
}

#[test]
fn metrics_agree_with_keras() {
    let goldens = golden::read("metrics.json");
    let updates = Updates::read(&goldens);
    let mut differing = Vec::new();
    for (number, case) in golden::list(&goldens, "cases").iter().enumerate() {
        let class = case["class_name"].as_str().unwrap();
        // Keras leaves some arguments out of its configs, such as an axis.
        let mut config = case["config"].clone();
        for (key, value) in case["arguments"].as_object().into_iter().flatten() {
            config[key] = value.clone();
        }
        let [y_true, y_pred, weight, mask] =
            ["y_true", "y_pred", "sample_weight", "mask"].map(|key| updates.array(&case[key]));
        let (weighted, masked) = (weight.is_some(), mask.is_some());
        let what = format!("{number}: {class} {config}, weights: {weighted}, mask: {masked}");
        let metric = AnyMetric::from_name(class, config.clone()).unwrap();
        assert!(golden::agrees(&metric.config(), &config), "{what}: {}", metric.config());
        assert_eq!(metric.name(), case["config"]["name"]);
        // Means and sums take values in the place of predictions.
        let (y_true, y_pred) = (y_true.unwrap(), y_pred.or(y_true).unwrap());
        let results = updates.array(&case["results"]).unwrap();
        let mut variables = Variables::new(0);
        let (mut update, mut result) = (Repeated::default(), Repeated::default());
        for i in 0..updates.n() {
            let inputs = [Some(y_true), Some(y_pred), weight, mask].into_iter().flatten();
            let inputs: Vec<Array> = inputs.map(|array| updates.rows(array, i)).collect();
            update.step(&mut variables, &inputs, |scope, inputs| {
                let (weight, mask) = (inputs.get(2).filter(|_| weighted), inputs.last().filter(|_| masked));
                scope.inside("metric", true, |scope| {
                    metric.update_masked(scope, &inputs[0], &inputs[1], weight, mask)
                });
                Vec::new()
            });
            let got = result.step(&mut variables, &[], |scope, _| {
                vec![scope.inside("metric", true, |scope| metric.result(scope))]
            });
            if let Err(error) = golden::close(&got[0], &golden::row(results, i), 1e-6) {
                differing.push(format!("{what}: update {i}: {error}"));
                break;
            }
        }
        let ours: Vec<&str> =
            variables.list().iter().map(|variable| &variable.path["metric/".len()..]).collect();
        let keras = golden::list(case, "variables");
        let names: Vec<&str> = keras.iter().map(|variable| variable["name"].as_str().unwrap()).collect();
        for variable in keras {
            let name = variable["name"].as_str().unwrap();
            let index =
                variables.index(&format!("metric/{name}")).unwrap_or_else(|| panic!("{what}: no {name}"));
            let expected = golden::row(updates.array(&variable["value"]).unwrap(), 0);
            // Keras takes some totals as differences of others, in f32.
            if let Err(error) = golden::close(&variables.values()[index], &expected, 1e-5) {
                differing.push(format!("{what}: {name}: {error}"));
            }
        }
        assert_eq!(ours, names, "{what}");
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Masks of predictions are a part of the weights of means, and nothing to other metrics; in `fit` as well.
#[test]
fn masked_predictions_are_reported_as_keras_does() {
    let case = &golden::read("metrics.json")["masked_model"];
    let reported = || -> [AnyMetric; 3] {
        [
            SparseCategoricalAccuracy::new().named("accuracy").into(),
            SparseCategoricalCrossentropy::new().named("crossentropy").into(),
            MeanIoU::new(3).dense_y_pred().dtype(Number::Float32).named("iou").into(),
        ]
    };
    // Without steps, `fit` reports what `evaluate` does.
    let compile = Compile::new(SGD::new(0.0), "sparse_categorical_crossentropy");
    let compile = compile.metrics(reported()).weighted_metrics(reported());
    let mut model = Sequential::new()
        .add(Input::new([4]).dtype(DType::I32))
        .add(Embedding::new(5, 3).mask_zero(true))
        .add(Dense::new(3).softmax())
        .compile(compile)
        .unwrap();
    let weights: Vec<Array> = golden::list(case, "weights").iter().map(golden::array).collect();
    model.set_weights(&weights).unwrap();
    let [x, y, weight] = ["x", "y", "sample_weight"].map(|key| golden::array(&case[key]));
    for (key, weight) in [("plain", None), ("weighted", Some(&weight))] {
        let scores = model.evaluate_with(&x, &y, &Vec::from_iter(weight), 5);
        let fit = Fit::new().batch_size(5).shuffle(false).silent();
        let fit = weight.into_iter().fold(fit, |fit, weight| fit.sample_weight(weight));
        let history = model.fit(&x, &y, fit).unwrap();
        for (name, got) in scores.unwrap() {
            let keras = case[key][&name].as_f64().unwrap_or_else(|| panic!("Keras has no {name}"));
            assert!((got - keras).abs() < 1e-6, "{key}: {name} is {got}, Keras has {keras}");
            assert!((history.get(&name).unwrap()[0] - got).abs() < 1e-6, "{key}: {name} in fit");
        }
    }
}

#[test]
fn a_models_accuracy_depends_on_its_shapes() {
    let goldens = golden::read("metrics.json");
    let shape = |value: &Value| -> Shape {
        value.as_array().unwrap().iter().map(|extent| extent.as_u64().unwrap() as usize).collect()
    };
    for case in golden::list(&goldens, "metric_from_loss") {
        let (y_true, y_pred) = (shape(&case["y_true_shape"]), shape(&case["y_pred_shape"]));
        for name in ["accuracy", "acc"] {
            let metric = for_model(name, None, &y_true, &y_pred).unwrap();
            assert_eq!(metric.class_name(), case["metric"], "{case}");
            assert_eq!(metric.name(), name);
        }
    }
    let loss = cornu::losses::SparseCategoricalCrossentropy::new().from_logits().into();
    let metric = for_model("ce", Some(&loss), &Shape::from([6]), &Shape::from([6, 3])).unwrap();
    assert_eq!(metric.class_name(), "SparseCategoricalCrossentropy");
    assert_eq!(metric.config()["from_logits"], json!(true));
    let metric = for_model("mse", None, &Shape::from([6]), &Shape::from([6, 3])).unwrap();
    assert_eq!((metric.class_name(), metric.name()), ("MeanSquaredError", "mse"));
    assert!(for_model("fame", None, &Shape::from([6]), &Shape::from([6])).unwrap_err().contains("`fame`"));
}

/// Keras fails here: it sums the classes' figures along the axis of the predictions.
#[test]
fn classes_of_intersection_over_union_may_lie_along_another_axis() {
    let y_true = Array::new([1, 2, 2], vec![0i32, 1, 1, 1]).unwrap();
    let y_pred = Array::new([1, 2, 2], vec![0.8f32, 0.6, 0.2, 0.4]).unwrap();
    let metric = IoU::new(2, [0, 1]).dense_y_pred().axis(1);
    let labels = Array::new([1, 2], vec![0i32, 1]).unwrap();
    let mut variables = Variables::new(0);
    update(&mut variables, &metric, &labels, &y_pred, None);
    let half = Array::scalar(0.25f32);
    golden::assert_close(&result(&mut variables, &metric), &half, 1e-6, "axis 1");
    let mut variables = Variables::new(0);
    update(&mut variables, &IoU::new(2, [1]), &y_true, &y_true, None);
    golden::assert_close(&result(&mut variables, &IoU::new(2, [1])), &Array::scalar(1f32), 1e-6, "all right");
}

#[test]
fn every_metric_is_found_by_its_names_and_never_panics() {
    for entry in METRICS {
        let metric = AnyMetric::from_name(entry.name, Value::Null).unwrap();
        assert!(!entry.aliases.is_empty() && !entry.summary.is_empty());
        for name in entry.aliases {
            assert_eq!(AnyMetric::from_name(name, Value::Null).unwrap(), metric);
        }
        assert_eq!(AnyMetric::from_json(metric.to_json()).unwrap(), metric);
        let shapes: [&[usize]; 4] = [&[], &[6], &[6, 1], &[6, 2, 4]];
        for y_true in shapes {
            for y_pred in shapes {
                for weight in shapes {
                    let mut variables = Variables::new(0);
                    let mut scope = cornu::scope::Scope::new(cornu::scope::Mode::Train, &mut variables);
                    let b: Builder = scope.builder().clone();
                    let [y_true, y_pred, weight]: [Tensor; 3] =
                        [y_true, y_pred, weight].map(|s| b.input("x", s));
                    metric.update(&mut scope, &y_true, &y_pred, Some(&weight));
                    metric.result(&mut scope);
                }
            }
        }
    }
}

#[test]
fn what_metrics_cannot_do_is_told() {
    let message = |metric: AnyMetric, y_true: &[usize], y_pred: &[usize]| {
        let mut variables = Variables::new(0);
        let mut scope = cornu::scope::Scope::new(cornu::scope::Mode::Train, &mut variables);
        let b = scope.builder().clone();
        metric.update(&mut scope, &b.input("y_true", y_true), &b.input("y_pred", y_pred), None);
        b.errors().first().map(|error| error.message.clone()).unwrap_or_default()
    };
    assert_eq!(
        message(Precision::new().thresholds(1.5).named("p").into(), &[6, 1], &[6, 1]),
        "p takes thresholds from 0 to 1, got 1.5"
    );
    assert_eq!(
        message(AUC::new().into(), &[6, 3], &[6, 1]),
        "auc expects labels of the predictions' shape (None, 1), got (None, 3)"
    );
    assert_eq!(
        message(AnyMetric::from_name("sparse_categorical_accuracy", Value::Null).unwrap(), &[6, 3], &[6, 3]),
        "sparse_categorical_accuracy expects the number of a class for each sample of predictions of shape \
         (None, 3), got (None, 3)"
    );
    assert_eq!(
        message(MeanIoU::new(0).into(), &[6], &[6]),
        "mean_io_u expects num_classes and target_class_ids of at least one class"
    );
    assert_eq!(
        message(IoU::new(3, [0, 3]).into(), &[6], &[6]),
        "io_u has 3 classes, and among target_class_ids 3"
    );
    assert_eq!(
        message(IoU::new(3, [0]).into(), &[6], &[6, 2]),
        "io_u expects labels of the predictions' shape (None, 2), got (None,)"
    );
    assert_eq!(
        message(SensitivityAtSpecificity::new(1.5).into(), &[6], &[6]),
        "sensitivity_at_specificity takes specificity from 0 to 1, got 1.5"
    );
    assert_eq!(
        message(PrecisionAtRecall::new(0.5).num_thresholds(0).into(), &[6], &[6]),
        "precision_at_recall takes num_thresholds of at least 1, got 0"
    );
    let wrapped = AnyMetric::from_name("MeanMetricWrapper", json!({"fn": "huber", "beta": 1})).unwrap_err();
    assert!(wrapped.contains("unknown field `beta`"), "{wrapped}");
    let int8 = AnyMetric::from_name("IoU", json!({"dtype": "int8"})).unwrap_err();
    assert!(int8.contains("counts in int32 or float32, not \"int8\""), "{int8}");
    let float16 = AnyMetric::from_name("auc", json!({"dtype": "float16"})).unwrap_err();
    assert!(float16.contains("metrics count in float32"), "{float16}");
}

#[test]
fn totals_start_anew_each_epoch() {
    let x: Vec<f32> = (0..40).map(|i| (i as f32 * 0.37).sin()).collect();
    let y = Array::new([40, 1], x.iter().map(|x| (*x > 0.2) as i32).collect()).unwrap();
    let x = Array::new([40, 1], x).unwrap();
    let compile =
        Compile::new("sgd", "dice").metrics(["auc", "binary_io_u", "true_positives", "false_negatives"]);
    let model = Sequential::new().add(Input::new([1])).add(Dense::new(1).sigmoid());
    let mut model = model.compile(compile).unwrap();
    let history = model.fit(&x, &y, Fit::new().epochs(3).batch_size(16).silent()).unwrap();
    let yeses = y.to_f64().iter().sum::<f64>();
    for epoch in 0..3 {
        let of = |name: &str| history.get(name).unwrap()[epoch];
        assert_eq!(of("true_positives") + of("false_negatives"), yeses);
        assert!((0.0..=1.0).contains(&of("auc")) && (0.0..=1.0).contains(&of("binary_io_u")));
    }
}
