//! `fit`, `evaluate` and `predict` against Keras: histories, weights, the optimizer's variables; and
//! what Cornu promises besides: the same bits on any number of threads, training that can be resumed.

use crate::golden::{self, array, assert_close, list};
use cornu::constraints::MaxNorm;
use cornu::optimizers::AnyOptimizer;
use cornu::prelude::*;
use cornu::regularizers::L2;
use cornu::{Choice, Scores};
use serde_json::Value;

/// The model of the goldens, not compiled, with its weights.
pub fn classifier(weights: &[Array]) -> Model {
    classifier_of(Dense::new(6).relu(), false, weights)
}

fn classifier_of(first: Dense, normalize: bool, weights: &[Array]) -> Model {
    let mut layers = Sequential::new().add(Input::new([4])).add(first);
    if normalize {
        layers = layers.add(BatchNormalization::new());
    }
    let mut model = layers.add(Dense::new(3).softmax()).build().unwrap();
    model.set_weights(weights).unwrap();
    model
}

/// The arrays under `key`, in a list of arrays or of named ones.
pub fn arrays(golden: &Value, key: &str) -> Vec<Array> {
    list(golden, key).iter().map(|item| array(item.get("value").unwrap_or(item))).collect()
}

/// Whether a history says what Keras's does; the order of the figures is ours.
#[track_caller]
pub fn assert_history(history: &History, keras: &Value, what: &str) {
    let keras = keras.as_object().unwrap();
    let mut names: Vec<&str> = history.names().collect();
    names.sort();
    let mut expected: Vec<&str> = keras.keys().map(String::as_str).collect();
    expected.sort();
    assert_eq!(names, expected, "{what}");
    for (name, values) in keras {
        let values: Vec<f64> = values.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let got = history.get(name).unwrap();
        assert_eq!(got.len(), values.len(), "{what}: {name}");
        for (epoch, (got, keras)) in got.iter().zip(&values).enumerate() {
            let close = (got - keras).abs() <= 1e-5 * keras.abs().max(0.1);
            assert!(close, "{what}: {name} of epoch {epoch} is {got}, Keras has {keras}");
        }
    }
}

/// Whether scores say what Keras's do.
#[track_caller]
pub fn assert_scores(scores: &Scores, keras: &Value, what: &str) {
    let mut history = History::default();
    history.push(0, scores);
    let keras = keras.as_object().unwrap().iter();
    assert_history(
        &history,
        &keras.map(|(name, value)| (name.clone(), Value::from(vec![value.clone()]))).collect(),
        what,
    );
}

#[track_caller]
pub fn assert_weights(model: &Model, keras: &[Array], what: &str) {
    let weights: Vec<(&str, &Array)> = model.weights().collect();
    assert_eq!(weights.len(), keras.len(), "{what}");
    for ((path, weight), keras) in weights.into_iter().zip(keras) {
        assert_close(weight, keras, 1e-5, &format!("{what}: {path}"));
    }
}

fn names(value: &Value) -> Vec<String> {
    let given = value.as_array().into_iter().flatten();
    given.map(|name| name.as_str().unwrap().to_string()).collect()
}

fn optimizer_of(case: &Value) -> Choice<dyn Optimizer> {
    let class = case["class_name"].as_str().unwrap();
    AnyOptimizer::from_name(class, case["config"].clone()).unwrap().into()
}

#[test]
fn every_way_to_fit_agrees_with_keras() {
    let goldens = golden::read("fit.json");
    let (x, y) = (array(&goldens["x"]), array(&goldens["y"]));
    let (val_x, val_y) = (array(&goldens["val_x"]), array(&goldens["val_y"]));
    let weight = array(&goldens["sample_weight"]);
    for case in list(&goldens, "cases") {
        let what = case["name"].as_str().unwrap();
        let mut first = Dense::new(6).relu();
        match what {
            "l2" => first = first.kernel_regularizer(L2 { l2: 0.03 }),
            "max_norm" => first = first.kernel_constraint(MaxNorm { max_value: 0.9, ..Default::default() }),
            _ => {}
        }
        let initial = arrays(case, "initial_weights");
        let model = classifier_of(first, what == "batch_normalization", &initial);
        let mut compile = Compile::new(optimizer_of(&case["optimizer"]), "sparse_categorical_crossentropy")
            .metrics(names(&case["compile"]["metrics"]))
            .weighted_metrics(names(&case["compile"]["weighted_metrics"]));
        if let Some(weight) = case["compile"]["loss_weights"].as_f64() {
            compile = compile.loss_weights([weight]);
        }
        let mut model = model.compile(compile).unwrap();
        let options = case["fit"].as_object().unwrap();
        let mut fit = Fit::new().silent();
        for (option, value) in options {
            let count = value.as_u64().unwrap_or_default() as usize;
            fit = match (option.as_str(), value) {
                ("epochs", _) => fit.epochs(count),
                ("batch_size", _) => fit.batch_size(count),
                ("shuffle", _) => fit.shuffle(value.as_bool().unwrap()),
                ("steps_per_epoch", _) => fit.steps_per_epoch(count),
                ("validation_freq", _) => fit.validation_freq(count),
                ("validation_split", _) => fit.validation_split(value.as_f64().unwrap()),
                ("sample_weight", Value::Bool(true)) => fit.sample_weight(&weight),
                ("validation_data", Value::Bool(true)) => fit.validation_data(&val_x, &val_y),
                ("validation_sample_weight", Value::Bool(true)) => {
                    fit.validation_sample_weight(array(&goldens["val_sample_weight"]))
                }
                ("class_weight", Value::Object(weights)) => fit.class_weight(
                    weights.iter().map(|(class, weight)| (class.parse().unwrap(), weight.as_f64().unwrap())),
                ),
                (_, Value::Bool(false)) => fit,
                _ => panic!("{what}: {option} is new"),
            };
        }
        let history = model.fit(&x, &y, fit).unwrap();
        assert_history(&history, &case["history"], what);
        let epochs: Vec<u64> = history.epochs().iter().map(|&epoch| epoch as u64).collect();
        assert_eq!(serde_json::to_value(epochs).unwrap(), case["epoch"], "{what}");
        assert_weights(&model, &arrays(case, "final_weights"), what);
        assert_optimizer(&model, case, what);
        assert_scores(&model.evaluate_with(&x, &y, &[], 16).unwrap(), &case["evaluate"], what);
        let weighted = model.evaluate_with(&x, &y, &[&weight], 16).unwrap();
        assert_scores(&weighted, &case["evaluate_weighted"], &format!("{what}, weighted"));
        let predicted = model.predict(x.slice_rows(0..20)).unwrap();
        assert_close(&predicted, &array(&case["predict"]), 1e-5, what);
    }
}

/// Whether the optimizer's variables are Keras's, in order; Keras puts the model's name in theirs.
#[track_caller]
fn assert_optimizer(model: &Trainer, case: &Value, what: &str) {
    let own = model.optimizer_variables();
    let keras = list(case, "optimizer_variables");
    assert_eq!(own.len(), keras.len(), "{what}");
    for ((path, value), keras) in own.into_iter().zip(keras) {
        let expected = keras["path"].as_str().unwrap().replace("sequential_", "");
        assert_eq!(path.replace("sequential_", ""), expected, "{what}");
        let keras = array(&keras["value"]).cast(DType::F32);
        assert_close(&value.cast(DType::F32), &keras, 1e-5, &format!("{what}: {path}"));
    }
}

/// A model of two inputs and two outputs.
pub fn two_by_two() -> Model {
    let (left, right) = (Input::new([4]).named("left").symbol(), Input::new([3]).named("right").symbol());
    let a = Dense::new(5).tanh().named("dense_left").on(&left);
    let b = Dense::new(5).relu().named("dense_right").on(&right);
    let both = Concatenate::new().named("both").on([&a, &b]);
    let kind = Dense::new(3).softmax().named("kind").on(&both);
    let amount = Dense::new(1).named("amount").on(&both);
    Model::new([&left, &right], [&kind, &amount]).unwrap()
}

fn metrics_of(kind: &[&str], amount: &[&str]) -> Vec<Vec<Choice<dyn Metric>>> {
    [kind, amount].map(|names| names.iter().map(|name| Choice::from(*name)).collect()).into()
}

#[test]
fn several_inputs_and_outputs_agree_with_keras() {
    let goldens = golden::read("fit.json");
    for (number, case) in list(&goldens, "functional_cases")[..2].iter().enumerate() {
        let what = case["name"].as_str().unwrap();
        let mut model = two_by_two();
        model.set_weights(&arrays(case, "initial_weights")).unwrap();
        let losses = ["sparse_categorical_crossentropy", "mean_squared_error"];
        let compile = Compile::new(Adam::new(0.02), "mse").losses(losses);
        let compile = match number {
            0 => compile.loss_weights([0.7, 0.3]).metrics_of_outputs(metrics_of(
                &["accuracy"],
                &["mean_absolute_error", "mean_squared_error"],
            )),
            _ => compile
                .loss_weights([1.0, 0.5])
                .metrics_of_outputs(metrics_of(&["accuracy"], &["mean_absolute_error"]))
                .weighted_metrics_of_outputs(metrics_of(&["accuracy"], &["mean_absolute_error"])),
        };
        let mut model = model.compile(compile).unwrap();
        let (x, y) = (arrays(case, "x"), arrays(case, "y"));
        let weights = if number == 0 { Vec::new() } else { arrays(case, "sample_weight") };
        let fit = Fit::new().epochs(3).batch_size(16).shuffle(false).silent().sample_weight(&weights);
        let history = model.fit(&x, &y, fit).unwrap();
        assert_history(&history, &case["history"], what);
        assert_weights(&model, &arrays(case, "final_weights"), what);
        let weights: Vec<&Array> = weights.iter().collect();
        assert_scores(&model.evaluate_with(&x, &y, &weights, 16).unwrap(), &case["evaluate"], what);
        for (got, keras) in model.predict_all(&x).unwrap().iter().zip(arrays(case, "predict")) {
            assert_close(got, &keras, 1e-5, what);
        }
    }
}

#[test]
fn a_shared_layer_agrees_with_keras() {
    let goldens = golden::read("fit.json");
    let case = &list(&goldens, "functional_cases")[2];
    let what = case["name"].as_str().unwrap();
    let (left, right) = (Input::new([4]).named("left").symbol(), Input::new([4]).named("right").symbol());
    let shared: AnyLayer = Dense::new(5).tanh().kernel_regularizer(L2 { l2: 0.01 }).named("shared");
    let sum = Add::new().on([&(&shared).on(&left), &(&shared).on(&right)]);
    let output = Dense::new(1).sigmoid().named("output").on(&sum);
    let mut model = Model::new([&left, &right], [&output]).unwrap();
    model.set_weights(&arrays(case, "initial_weights")).unwrap();
    let auc = cornu::metrics::AUC { num_thresholds: 50, ..Default::default() };
    let metrics: [Choice<dyn Metric>; 2] = ["accuracy".into(), auc.into()];
    let compile = Compile::new(SGD::new(0.2).momentum(0.9), "binary_crossentropy").metrics(metrics);
    let mut model = model.compile(compile).unwrap();
    let (x, y) = (arrays(case, "x"), array(&case["y"]));
    let fit = Fit::new().epochs(3).batch_size(16).shuffle(false).silent();
    let history = model.fit(&x, &y, fit).unwrap();
    assert_history(&history, &case["history"], what);
    assert_weights(&model, &arrays(case, "final_weights"), what);
    assert_scores(&model.evaluate_with(&x, &y, &[], 16).unwrap(), &case["evaluate"], what);
    assert_close(&model.predict(&x).unwrap(), &array(&case["predict"]), 1e-5, what);
}

/// A model of some size, with dropout, and data for it.
fn sizable(threads: usize) -> (Trainer, Array, Array) {
    let model = Sequential::new()
        .seed(7)
        .threads(threads)
        .add(Input::new([96]))
        .add(Dense::new(128).relu())
        .add(Dropout::new(0.2))
        .add(Dense::new(64).tanh())
        .add(BatchNormalization::new())
        .add(Dense::new(10).softmax());
    let compile = Compile::new(Adam::new(0.003), "sparse_categorical_crossentropy").metrics(["accuracy"]);
    let rows = 300;
    let wave = |i: usize| ((i * 37 % 101) as f32 * 0.7).sin() + (i as f32 * 0.013).cos();
    let x = Array::new([rows, 96], (0..rows * 96).map(wave).collect()).unwrap();
    let y = Array::from_vec((0..rows).map(|i| (i * i / 7 % 10) as i32).collect());
    (model.compile(compile).unwrap(), x, y)
}

/// The bits of all that a training reports and leaves behind.
fn bits(model: &Trainer, history: &History) -> Vec<u64> {
    let figures = history.names().flat_map(|name| history.get(name).unwrap().to_vec());
    let weights = model.weights().flat_map(|(_, weight)| weight.to_f64());
    let optimizer = model.optimizer_variables().into_iter().flat_map(|(_, value)| value.to_f64());
    figures.chain(weights).chain(optimizer).map(f64::to_bits).collect()
}

#[test]
fn bits_do_not_depend_on_threads() {
    let train = |threads| {
        let (mut model, x, y) = sizable(threads);
        let history = model.fit(&x, &y, Fit::new().epochs(2).batch_size(64).validation_split(0.2).silent());
        bits(&model, &history.unwrap())
    };
    let one = train(1);
    assert_eq!(one, train(2));
    assert_eq!(one, train(4));
}

#[test]
fn training_that_is_resumed_ends_where_training_that_is_not_does() {
    for steps in [None, Some(3)] {
        let fit = |from, to| {
            let fit = Fit::new().initial_epoch(from).epochs(to).batch_size(64).silent();
            match steps {
                Some(steps) => fit.steps_per_epoch(steps),
                None => fit,
            }
        };
        let (mut whole, x, y) = sizable(1);
        let uninterrupted = whole.fit(&x, &y, fit(0, 4)).unwrap();
        let (mut parts, ..) = sizable(1);
        parts.fit(&x, &y, fit(0, 1)).unwrap();
        let resumed = parts.fit(&x, &y, fit(1, 4)).unwrap();
        assert_eq!(resumed.epochs(), [1, 2, 3]);
        assert_eq!(resumed.get("loss").unwrap(), &uninterrupted.get("loss").unwrap()[1..]);
        let nothing = History::default();
        assert_eq!(bits(&parts, &nothing), bits(&whole, &nothing));
    }
}

/// One weight and its data: what training does can be computed by hand.
fn line(rate: f64) -> Trainer {
    let layers = Sequential::new().add(Input::new([1])).add(Dense::new(1).use_bias(false));
    let mut model = layers.compile(Compile::new(SGD::new(rate), "mse")).unwrap();
    model.set_weights(&[Array::new([1, 1], vec![0f32]).unwrap()]).unwrap();
    model
}

fn column(values: &[f32]) -> Array {
    Array::new([values.len(), 1], values.to_vec()).unwrap()
}

#[test]
fn a_row_of_no_weight_is_a_row_that_is_not_there_but_for_the_mean() {
    let (x, y) = (column(&[1.0, 2.0, 5.0, 7.0]), column(&[2.0, 4.0, 100.0, -3.0]));
    let weight = Array::from_vec(vec![1f32, 1.0, 0.0, 0.0]);
    let mut model = line(0.1);
    model.fit(&x, &y, Fit::new().batch_size(4).sample_weight(&weight).silent()).unwrap();
    // dL/dw = 2 (-2 x 1 - 4 x 2) / 4
    assert_close(&model.get_weights()[0], &column(&[0.5]), 1e-6, "weighted by 0");
}

#[test]
fn class_weights_of_one_hot_and_numbered_labels_are_the_same() {
    let goldens = golden::read("fit.json");
    let (x, y) = (array(&goldens["x"]), array(&goldens["y"]));
    let one_hot: Vec<f32> =
        y.to_f64().iter().flat_map(|&c| [0.0, 1.0, 2.0].map(|k| (k == c) as i32 as f32)).collect();
    let one_hot = Array::new([60, 3], one_hot).unwrap();
    let train = |loss: &str, y: &Array| {
        let mut model =
            classifier(&arrays(&goldens, "initial_weights")).compile(Compile::new("adam", loss)).unwrap();
        let fit = Fit::new().class_weight([(1, 0.5), (2, 2.5)]).silent();
        model.fit(&x, y, fit).unwrap().last("loss").unwrap()
    };
    let (sparse, dense) =
        (train("sparse_categorical_crossentropy", &y), train("categorical_crossentropy", &one_hot));
    assert!((sparse - dense).abs() < 1e-6, "{sparse} and {dense}");
}

#[test]
fn the_last_rows_are_held_back_and_class_weights_do_not_count_there() {
    let (x, y) = (column(&[0.0, 0.0, 0.0, 1.0]), column(&[0.0, 0.0, 0.0, 3.0]));
    let mut model = line(0.1);
    let fit = Fit::new().validation_split(0.25).class_weight([(3, 100.0)]).silent();
    let history = model.fit(&x, &y, fit).unwrap();
    assert_eq!((history.last("loss"), history.last("val_loss")), (Some(0.0), Some(9.0)));
}

#[test]
fn an_epoch_of_few_steps_goes_on_where_the_last_one_stopped() {
    let (x, y) = (column(&[1.0, 1.0, 1.0]), column(&[1.0, 2.0, 3.0]));
    let mut model = line(0.0);
    let fit = Fit::new().batch_size(1).steps_per_epoch(2).epochs(3).shuffle(false).silent();
    let history = model.fit(&x, &y, fit).unwrap();
    // Targets 1 and 2, then 3 and 1, then 2 and 3.
    assert_eq!(history.get("loss"), Some(&[2.5, 5.0, 6.5][..]));
}

#[test]
fn rows_are_shuffled_by_the_seed_alone() {
    let (x, y) = (column(&[1.0, 2.0, 3.0, 4.0, 5.0]), column(&[3.0, 1.0, 4.0, 1.0, 5.0]));
    let train = |seed| {
        let mut model =
            line(0.01).into_model().with_seed(seed).compile(Compile::new(SGD::new(0.01), "mse")).unwrap();
        model.set_weights(&[column(&[0.0])]).unwrap();
        model.fit(&x, &y, Fit::new().batch_size(1).epochs(3).silent()).unwrap();
        model.get_weights()[0].item().unwrap()
    };
    assert_eq!(train(3), train(3));
    assert_ne!(train(3), train(4));
}

#[test]
fn plans_of_many_batch_sizes_do_not_get_in_each_others_way() {
    let (x, y) = (column(&[1.0, 2.0, 3.0, 4.0, 5.0]), column(&[2.0, 4.0, 6.0, 8.0, 10.0]));
    let train = |sizes: std::ops::Range<usize>| {
        let mut model = line(0.01);
        for rows in sizes {
            model.predict(Array::zeros([rows, 1], DType::F32)).unwrap();
        }
        model.fit(&x, &y, Fit::new().batch_size(2).epochs(3).silent()).unwrap();
        model.get_weights()[0].item().unwrap()
    };
    assert_eq!(train(1..1), train(1..40));
}

#[test]
fn batches_add_up_to_their_scores() {
    let (mut model, x, y) = sizable(1);
    let evaluated = model.evaluate_with(&x, &y, &[], 100).unwrap();
    model.reset_metrics();
    let mut scores = Scores::new();
    for start in [0, 100, 200] {
        let rows = start..start + 100;
        scores = model.test_on_batch(x.slice_rows(rows.clone()), y.slice_rows(rows)).unwrap();
    }
    assert_eq!(scores, evaluated);
    let before = model.get_weights();
    model.train_on_batch(&x, &y).unwrap();
    assert_ne!(model.get_weights(), before);
}

#[test]
fn the_learning_rate_can_be_set_before_the_first_step() {
    let mut model = line(0.5);
    assert_eq!(model.learning_rate(), Some(0.5));
    model.set_learning_rate(0.25).unwrap();
    model.fit(column(&[1.0]), column(&[2.0]), Fit::new().silent()).unwrap();
    // dL/dw = -4
    assert_eq!((model.learning_rate(), model.get_weights()[0].item()), (Some(0.25), Some(1.0)));
}
