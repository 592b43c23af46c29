//! Callbacks, against Keras where it has them.

use crate::fit::{arrays, assert_history, assert_scores, assert_weights, classifier};
use crate::golden::{self, array, list};
use cornu::callbacks::{CALLBACKS, Mode};
use cornu::optimizers::{AnyOptimizer, Optimizer};
use cornu::prelude::*;
use cornu::schedules::ExponentialDecay;
use cornu::{Choice, Scores};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// The goldens' model and data: x, y, validation x and y.
fn problem(optimizer: impl Into<Choice<dyn Optimizer>>) -> (Trainer, [Array; 4]) {
    let goldens = golden::read("fit.json");
    let compile = Compile::new(optimizer, "sparse_categorical_crossentropy").metrics(["accuracy"]);
    let model = classifier(&arrays(&goldens, "initial_weights")).compile(compile).unwrap();
    (model, ["x", "y", "val_x", "val_y"].map(|key| array(&goldens[key])))
}

fn early_stopping(config: &Value) -> EarlyStopping {
    let mut made = EarlyStopping::new();
    for (option, value) in config.as_object().unwrap() {
        let count = value.as_u64().unwrap_or_default() as usize;
        made = match option.as_str() {
            "monitor" => made.monitor(value.as_str().unwrap()),
            "mode" => made.mode(value.as_str().unwrap().parse().unwrap()),
            "patience" => made.patience(count),
            "min_delta" => made.min_delta(value.as_f64().unwrap()),
            "baseline" => made.baseline(value.as_f64().unwrap()),
            "start_from_epoch" => made.start_from_epoch(count),
            "restore_best_weights" => made.restore_best_weights(value.as_bool().unwrap()),
            _ => panic!("{option} is new"),
        };
    }
    made
}

fn reduce_lr_on_plateau(config: &Value) -> ReduceLROnPlateau {
    let mut made = ReduceLROnPlateau::new();
    for (option, value) in config.as_object().unwrap() {
        let (count, number) =
            (value.as_u64().unwrap_or_default() as usize, value.as_f64().unwrap_or_default());
        made = match option.as_str() {
            "monitor" => made.monitor(value.as_str().unwrap()),
            "mode" => made.mode(value.as_str().unwrap().parse().unwrap()),
            "factor" => made.factor(number),
            "patience" => made.patience(count),
            "min_delta" => made.min_delta(number),
            "cooldown" => made.cooldown(count),
            "min_lr" => made.min_lr(number),
            _ => panic!("{option} is new"),
        };
    }
    made
}

#[test]
fn callbacks_in_training_agree_with_keras() {
    let goldens = golden::read("fit.json");
    for case in list(&goldens, "callback_cases") {
        let what = case["name"].as_str().unwrap();
        let (mut model, [x, y, val_x, val_y]) = problem(Adam::new(case["learning_rate"].as_f64().unwrap()));
        let told = &case["callbacks"][0];
        let rates = Arc::new(Mutex::new(Vec::new()));
        let noted = rates.clone();
        let noting = LambdaCallback::new().on_epoch_end(move |training, _, _| {
            noted.lock().unwrap().push(training.trainer.learning_rate().unwrap());
            Ok(())
        });
        let fit = Fit::new().epochs(case["epochs"].as_u64().unwrap() as usize).batch_size(16).shuffle(false);
        let fit = fit.silent().validation_data(&val_x, &val_y);
        let stopping = Arc::new(Mutex::new(early_stopping(&json!({}))));
        let fit = match told["class_name"].as_str().unwrap() {
            "EarlyStopping" => {
                *stopping.lock().unwrap() = early_stopping(&told["config"]);
                fit.callback(stopping.clone())
            }
            _ => fit.callback(reduce_lr_on_plateau(&told["config"])),
        };
        let history = model.fit(&x, &y, fit.callback(noting)).unwrap();
        assert_history(&history, &case["history"], what);
        let keras: Vec<f64> =
            list(case, "learning_rates_after_epoch").iter().map(|rate| rate.as_f64().unwrap()).collect();
        let rates = rates.lock().unwrap();
        assert_eq!(rates.len(), keras.len(), "{what}");
        assert!(rates.iter().zip(&keras).all(|(a, b)| (a - b).abs() < 1e-7), "{what}: {rates:?}");
        assert_weights(&model, &arrays(case, "final_weights"), what);
        let scores = model.evaluate_with(&val_x, &val_y, &[], 16).unwrap();
        assert_scores(&scores, &case["evaluate_val"], what);
        if let Some(epoch) = case["stopped_epoch"].as_u64() {
            let stopping = stopping.lock().unwrap();
            assert_eq!(stopping.stopped_epoch(), Some(epoch as usize), "{what}");
            assert_eq!(stopping.best_epoch() as u64, case["best_epoch"].as_u64().unwrap(), "{what}");
            let best = case["best"].as_f64().unwrap();
            assert!((stopping.best().unwrap() - best).abs() < 1e-5, "{what}");
        }
    }
}

#[test]
fn callbacks_on_given_figures_agree_with_keras() {
    let goldens = golden::read("fit.json");
    for case in list(&goldens, "callback_sequences") {
        let what = format!("{} {}", case["class_name"], case["config"]);
        let (mut model, [x, y, ..]) = problem(SGD::new(0.1));
        model.train_on_batch(&x, &y).unwrap();
        let mut callback: Box<dyn Callback> = match case["class_name"].as_str().unwrap() {
            "EarlyStopping" => Box::new(early_stopping(&case["config"])),
            _ => Box::new(reduce_lr_on_plateau(&case["config"])),
        };
        let mut training = Training {
            trainer: &mut model,
            epochs: 100,
            steps: 1,
            validates: true,
            stop: false,
            start: (0, 0),
        };
        callback.on_train_begin(&mut training).unwrap();
        let monitor = case["monitor"].as_str().unwrap();
        for (epoch, value) in list(case, "values").iter().enumerate() {
            let mut logs: Scores = vec![(monitor.into(), value.as_f64().unwrap())];
            callback.on_epoch_end(&mut training, epoch, &mut logs).unwrap();
            let keras = case["learning_rates"][epoch].as_f64().unwrap();
            let rate = training.trainer.learning_rate().unwrap();
            assert!((rate - keras).abs() <= 1e-6 * keras, "{what}: the rate after epoch {epoch} is {rate}");
            assert_eq!(json!(training.stop), case["stop_training"][epoch], "{what}: epoch {epoch}");
        }
    }
}

/// The figures of the epochs of a training with a callback.
fn losses(callback: impl Callback + 'static, fit: Fit) -> History {
    let (mut model, [x, y, val_x, val_y]) = problem(Adam::new(0.05));
    let fit = fit.validation_data(&val_x, &val_y).batch_size(16).shuffle(false).silent();
    model.fit(&x, &y, fit.callback(callback)).unwrap()
}

#[test]
fn training_stops_when_a_figure_is_low_enough() {
    let whole = losses(LambdaCallback::new(), Fit::new().epochs(8));
    let threshold = whole.get("loss").unwrap()[3];
    let stopped = losses(StopAtLoss::new(threshold), Fit::new().epochs(8));
    assert_eq!(stopped.get("loss").unwrap(), &whole.get("loss").unwrap()[..4]);
    let threshold = whole.get("val_loss").unwrap()[1];
    let stopped = losses(StopAtLoss::new(threshold).monitor("val_loss"), Fit::new().epochs(8));
    assert_eq!(stopped.epochs().len(), 2);
    // Epochs without validation are passed over.
    let fit = Fit::new().epochs(8).validation_freq(3);
    let stopped = losses(StopAtLoss::new(f64::INFINITY).monitor("val_loss"), fit);
    assert_eq!(stopped.epochs().len(), 3);
}

#[test]
fn training_stops_at_the_first_loss_that_is_no_number() {
    let (mut model, [x, y, ..]) = problem(SGD::new(0.1));
    let mut weights = model.get_weights();
    weights[3] = Array::from_vec(vec![f32::NAN; 3]);
    model.set_weights(&weights).unwrap();
    let steps = Arc::new(Mutex::new(0));
    let counted = steps.clone();
    let counting = LambdaCallback::new().on_batch_end(move |_, _, _| {
        *counted.lock().unwrap() += 1;
        Ok(())
    });
    let fit = Fit::new().epochs(3).batch_size(16).silent().callback(TerminateOnNaN::new()).callback(counting);
    let history = model.fit(&x, &y, fit).unwrap();
    assert!(history.last("loss").unwrap().is_nan());
    assert_eq!((history.epochs(), *steps.lock().unwrap()), (&[0][..], 1));
}

#[test]
fn rates_are_scheduled() {
    let halving = LearningRateScheduler::new(|epoch, rate| if epoch == 0 { 0.5 } else { rate / 2.0 });
    let history = losses(halving, Fit::new().epochs(4));
    assert_eq!(history.get("learning_rate"), Some(&[0.5, 0.25, 0.125, 0.0625][..]));
    assert_eq!(history.names().last(), Some("learning_rate"));
    // A rate of zero changes nothing.
    let history = losses(LearningRateScheduler::new(|_, _| 0.0), Fit::new().epochs(2));
    let loss = history.get("loss").unwrap();
    assert_eq!(loss[0], loss[1]);
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn epochs_are_written_to_csv_files() {
    let path = folder("csv_logger").join("log.csv");
    let history = losses(CSVLogger::new(&path), Fit::new().epochs(3).validation_freq(2));
    let text = std::fs::read_to_string(&path).unwrap();
    let (loss, accuracy) = (history.get("loss").unwrap(), history.get("accuracy").unwrap());
    let (val_loss, val_accuracy) =
        (history.get("val_loss").unwrap()[0], history.get("val_accuracy").unwrap()[0]);
    let expected = format!(
        "epoch,accuracy,loss,val_accuracy,val_loss\n0,{},{},NA,NA\n1,{},{},{val_accuracy},{val_loss}\n2,{},{},NA,NA\n",
        accuracy[0], loss[0], accuracy[1], loss[1], accuracy[2], loss[2]
    );
    assert_eq!(text, expected);
    losses(CSVLogger::new(&path).append(true), Fit::new().epochs(1));
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 5);
    losses(CSVLogger::new(&path).separator(';'), Fit::new().epochs(1));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("epoch;accuracy;loss;val_accuracy;val_loss\n0;"), "{text}");
}

/// A writer that others can read.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn progress_is_a_plain_line_an_epoch() {
    let shared = Shared::default();
    let (mut model, [x, y, val_x, val_y]) = problem(Adam::new(0.05));
    let fit = Fit::new().epochs(3).batch_size(16).validation_data(&val_x, &val_y).silent();
    let fit = fit.callback(LearningRateScheduler::new(|_, rate| rate)).callback(Progress::to(shared.clone()));
    let history = model.fit(&x, &y, fit).unwrap();
    let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for (epoch, line) in lines.into_iter().enumerate() {
        assert!(line.starts_with(&format!("Epoch {}/3 - 4/4 - ", epoch + 1)), "{line}");
        let (_, figures) = line.split_once("/step").unwrap();
        let [accuracy, loss, val_accuracy, val_loss] =
            ["accuracy", "loss", "val_accuracy", "val_loss"].map(|name| history.get(name).unwrap()[epoch]);
        let expected = format!(
            " - accuracy: {accuracy:.4} - loss: {loss:.4} - val_accuracy: {val_accuracy:.4} - \
             val_loss: {val_loss:.4} - learning_rate: 0.0500"
        );
        assert_eq!(figures, expected);
    }
}

#[test]
fn models_are_saved_as_they_are_trained() {
    let place = folder("model_checkpoint");
    let all = place.join("all/{epoch:02d}-{val_loss:.2f}.keras");
    let history = losses(ModelCheckpoint::new(&all), Fit::new().epochs(3));
    for (epoch, loss) in history.get("val_loss").unwrap().iter().enumerate() {
        assert!(place.join(format!("all/{:02}-{loss:.2}.keras", epoch + 1)).is_file());
    }
    let best =
        ModelCheckpoint::new(place.join("best/{epoch}.keras")).monitor("val_accuracy").save_best_only(true);
    let history = losses(best, Fit::new().epochs(6));
    let accuracy = history.get("val_accuracy").unwrap();
    for (epoch, value) in accuracy.iter().enumerate() {
        let is_best = accuracy[..epoch].iter().all(|earlier| earlier < value);
        assert_eq!(place.join(format!("best/{}.keras", epoch + 1)).is_file(), is_best, "{accuracy:?}");
    }
}

#[test]
fn the_best_weights_win_over_averages() {
    let optimizer = json!({"learning_rate": 0.05, "use_ema": true, "ema_momentum": 0.5});
    let optimizer = AnyOptimizer::from_name("adam", optimizer).unwrap();
    let (mut model, [x, y, ..]) = problem(optimizer);
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keeping = kept.clone();
    let keep = LambdaCallback::new().on_epoch_end(move |training, _, _| {
        *keeping.lock().unwrap() = training.trainer.get_weights();
        Ok(())
    });
    let best = EarlyStopping::new().monitor("loss").mode(Mode::Min).patience(9).restore_best_weights(true);
    model.fit(&x, &y, Fit::new().epochs(2).silent().callback(best).callback(keep)).unwrap();
    assert_eq!(model.get_weights(), *kept.lock().unwrap());
}

/// What `fit` says of a training with a callback that cannot be.
fn refused(optimizer: impl Into<Choice<dyn Optimizer>>, callback: impl Callback + 'static) -> String {
    let (mut model, [x, y, ..]) = problem(optimizer);
    let error = model.fit(&x, &y, Fit::new().silent().callback(callback)).unwrap_err().to_string();
    let (first, rest) = error.split_once("\n   at ").unwrap();
    let (place, help) = rest.split_once("\n help: ").unwrap_or((rest, "none"));
    assert!(place.contains("callbacks.rs:") || place.contains("model_checkpoint"), "{place}");
    format!("{first} | {help}")
}

#[test]
fn what_callbacks_cannot_do_is_told() {
    let adam = || Adam::new(0.01);
    let decay = || Adam::new(ExponentialDecay::new(0.1, 10.0, 0.9));
    let path = |name: &str| folder("refused").join(name);
    let told = [
        refused(adam(), EarlyStopping::new()),
        refused(adam(), EarlyStopping::new().monitor("acc")),
        refused(adam(), StopAtLoss::new(0.1).monitor("auc")),
        refused(adam(), ReduceLROnPlateau::new().monitor("loss").factor(1.5)),
        refused(decay(), ReduceLROnPlateau::new().monitor("loss")),
        refused(decay(), LearningRateScheduler::new(|_, rate| rate)),
        refused(adam(), LearningRateScheduler::new(|_, _| f64::NAN)),
        refused(adam(), CSVLogger::new(path("a.csv")).separator('→')),
        refused(adam(), ModelCheckpoint::new("model.h5")),
        refused(adam(), ModelCheckpoint::new("{epoch:q}.keras")),
        refused(adam(), ModelCheckpoint::new("{val_loss}.keras")),
        refused(adam(), ModelCheckpoint::new("{acc}.keras")),
        refused(adam(), ModelCheckpoint::new("model.keras").save_weights_only(true)),
        "maximum".parse::<Mode>().unwrap_err().to_string().split('\n').next().unwrap().to_string(),
    ];
    let expected = [
        "EarlyStopping watches val_loss, and there is no validation data | give Fit a validation_split or validation_data, or watch another figure",
        "EarlyStopping watches acc, which is not reported | watch one of loss, accuracy",
        "StopAtLoss watches auc, which is not reported | watch one of loss, accuracy",
        "ReduceLROnPlateau takes a factor from 0 to below 1, got 1.5 | none",
        "ReduceLROnPlateau changes the learning rate, which the optimizer takes from a schedule | give the optimizer a number as its learning rate, or leave the callback out",
        "LearningRateScheduler changes the learning rate, which the optimizer takes from a schedule | give the optimizer a number as its learning rate, or leave the callback out",
        "LearningRateScheduler was given the rate NaN for epoch 0 | return a number of at least 0",
        "CSVLogger cannot separate columns by '→' | give one ASCII character, such as ',' or ';'",
        "ModelCheckpoint saves .keras files, got the name model.h5 | end the name in .keras",
        "ModelCheckpoint cannot name files {epoch:q}.keras: `{epoch:q}` is not understood | write figures as in {epoch:02d}-{val_loss:.2f}.keras",
        "ModelCheckpoint cannot name files {val_loss}.keras: there is no val_loss without validation data | write figures as in {epoch:02d}-{val_loss:.2f}.keras",
        "ModelCheckpoint cannot name files {acc}.keras: there is no acc | there are epoch, loss, accuracy",
        "ModelCheckpoint cannot save weights alone yet | leave save_weights_only out: the whole model is saved to a .keras file",
        "there is no mode `maximum`",
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert_eq!(told, expected);
    }
    let (mut model, [x, y, ..]) = problem(adam());
    let fit = Fit::new().silent().callback(CSVLogger::new("no/such/folder/log.csv"));
    let error = model.fit(&x, &y, fit).unwrap_err().to_string();
    assert!(error.starts_with("the log cannot be opened: "), "{error}");
    assert!(error.contains("\n   at no/such/folder/log.csv\n help: "), "{error}");
}

#[test]
fn callbacks_are_listed_once() {
    let names: Vec<&str> = CALLBACKS.iter().map(|(name, _)| *name).collect();
    assert!(names.contains(&"EarlyStopping") && names.contains(&"CSVLogger"));
    assert!(CALLBACKS.iter().all(|(name, summary)| {
        names.iter().filter(|other| *other == name).count() == 1 && !summary.is_empty()
    }));
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/callbacks")).unwrap();
    let items = files.filter(|file| {
        let text = std::fs::read_to_string(file.as_ref().unwrap().path()).unwrap();
        text.contains("impl Named for")
    });
    assert_eq!(items.count(), names.len());
}
