//! Callbacks that keep files, speak to a server or change weights; files of weights.

use crate::keras_files::{Folder, goldens};
use cornu::callbacks::{BackupAndRestore, RemoteMonitor, SwapEMAWeights, TensorBoard};
use cornu::data::Pipeline;
use cornu::files::events::masked_crc32c;
use cornu::graph::philox::Random;
use cornu::optimizers::OptimizerOptions;
use cornu::prelude::*;
use cornu::{Error, Scores};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

fn random(shape: &[usize], seed: i64) -> Array {
    let mut random = Random::new(seed, 0);
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| random.normal() as f32).collect();
    Array::new(shape, values).unwrap()
}

fn data() -> (Array, Array) {
    (random(&[22, 3], 1), random(&[22, 1], 2))
}

/// A model with dropout, moving averages and a metric.
fn trainer() -> Trainer {
    let model = Sequential::new()
        .add(Input::new([3]))
        .add(Dense::new(6).relu())
        .add(BatchNormalization::new())
        .add(Dropout::new(0.4))
        .add(Dense::new(1));
    model
        .build()
        .unwrap()
        .with_seed(3)
        .compile(Compile::new(Adam::new(0.02).ema(0.8), "mse").metrics(["mae"]))
        .unwrap()
}

/// Ends the training with an error after so many steps.
fn interruption(after: usize) -> LambdaCallback {
    let mut steps = 0;
    LambdaCallback::new().on_batch_end(move |_, _, _| {
        steps += 1;
        if steps == after { Err(Error::argument("the power went")) } else { Ok(()) }
    })
}

#[test]
fn a_training_that_was_interrupted_ends_as_one_that_was_not() {
    let (x, y) = data();
    let pipeline = Pipeline::from_arrays([&x, &y]).unwrap().shuffle(22, 4).filter(|_| true).batch(5);
    for (number, (freq, on_pipeline)) in
        [(None, false), (Some(3), false), (Some(5), false), (None, true), (Some(4), true)]
            .into_iter()
            .enumerate()
    {
        let folder = Folder::new(&format!("backup-{number}"));
        let place = folder.file("state");
        let backup = || match freq {
            Some(steps) => BackupAndRestore::new(&place).save_freq(steps),
            None => BackupAndRestore::new(&place),
        };
        let fit = || Fit::new().epochs(4).batch_size(5).silent();
        let run = |trainer: &mut Trainer, fit: Fit| match on_pipeline {
            true => trainer.fit_pipeline(&pipeline, fit.validation_pipeline(&pipeline)),
            false => trainer.fit(&x, &y, fit.validation_data(&x, &y)),
        };
        let mut whole = trainer();
        let history = run(&mut whole, fit()).unwrap();
        let mut first = trainer();
        let error = run(&mut first, fit().callback(interruption(13)).callback(backup())).unwrap_err();
        assert!(error.to_string().contains("the power went"));
        assert!(place.join("state.npz").exists());
        let mut second = trainer();
        let rest = run(&mut second, fit().callback(backup())).unwrap();
        assert_eq!(second.get_weights(), whole.get_weights(), "case {number}");
        assert_eq!(second.optimizer_variables(), whole.optimizer_variables(), "case {number}");
        // Saved after the last step of an epoch, its end is still to come.
        let done = if freq == Some(5) { 1 } else { 2 };
        assert_eq!(rest.epochs(), &history.epochs()[done..]);
        for name in ["loss", "mae", "val_loss"] {
            assert_eq!(rest.get(name).unwrap(), &history.get(name).unwrap()[done..], "case {number}: {name}");
        }
        assert!(!place.exists(), "the state is removed");
    }
}

#[test]
fn a_state_of_another_model_is_refused() {
    let (x, y) = data();
    let folder = Folder::new("backup-other");
    let fit =
        || Fit::new().epochs(2).silent().callback(BackupAndRestore::new(&folder.0).delete_checkpoint(false));
    trainer().fit(&x, &y, fit()).unwrap();
    let other = Sequential::new().add(Input::new([3])).add(Dense::new(1));
    let mut other = other.compile(Compile::new("sgd", "mse")).unwrap();
    let error = other.fit(&x, &y, fit()).unwrap_err().to_string();
    assert!(error.starts_with("the state is of ") && error.contains("help: remove the file"), "{error}");
    // A training that has ended has nothing left to do.
    assert!(trainer().fit(&x, &y, fit()).unwrap().epochs().is_empty());
}

#[test]
fn files_of_weights() {
    let (x, y) = data();
    let folder = Folder::new("weights");
    let path = folder.file("a.weights.h5");
    let mut a = trainer();
    a.fit(&x, &y, Fit::new().silent()).unwrap();
    a.save_weights(&path).unwrap();
    let mut b = trainer();
    b.load_weights(&path).unwrap();
    assert_eq!(a.get_weights(), b.get_weights());
    assert_eq!(a.optimizer_variables(), b.optimizer_variables());
    // The same bytes as in a .keras file.
    a.save(folder.file("a.keras")).unwrap();
    let members = cornu::files::archive::read_archive(folder.file("a.keras"), Default::default()).unwrap();
    assert!(members["model.weights.h5"] == fs::read(&path).unwrap());
    // Weights alone, into a model that is not compiled.
    let mut model = trainer().into_model();
    model.load_weights(&path).unwrap();
    assert_eq!(model.get_weights(), a.get_weights());
    model.save_weights(folder.file("b.weights.h5")).unwrap();
    trainer().load_weights(folder.file("b.weights.h5")).unwrap();

    let error = a.save_weights(folder.file("a.h5")).unwrap_err().to_string();
    assert!(error.starts_with("files of weights have names that end in .weights.h5"), "{error}");
    let other = Sequential::new().add(Input::new([3])).add(Dense::new(2)).add(Dense::new(1));
    let mut other = other.compile(Compile::new("sgd", "mse")).unwrap();
    let before = other.get_weights();
    let error = other.load_weights(&path).unwrap_err().to_string();
    assert!(error.contains("dense") && error.contains("help:"), "{error}");
    assert_eq!(other.get_weights(), before);
}

/// Keras's own weights, taken out of a file of it.
#[test]
fn weights_of_keras() {
    let folder = Folder::new("weights-keras");
    let path = folder.file("keras.weights.h5");
    let keras = goldens().join("optimizer_adam.keras");
    let members = cornu::files::archive::read_archive(&keras, Default::default()).unwrap();
    fs::write(&path, &members["model.weights.h5"]).unwrap();
    let expected = Trainer::load(&keras).unwrap();
    let mut trainer = Trainer::load(&keras)
        .unwrap()
        .into_model()
        .with_seed(9)
        .compile(Compile::new(Adam::new(0.01).amsgrad(), "sparse_categorical_crossentropy"));
    let trainer = trainer.as_mut().unwrap();
    trainer.load_weights(&path).unwrap();
    assert_eq!(trainer.get_weights(), expected.get_weights());
    assert_eq!(trainer.optimizer_variables(), expected.optimizer_variables());
}

#[test]
fn checkpoints_of_weights_and_of_steps() {
    let (x, y) = data();
    let folder = Folder::new("checkpoints");
    let weights = ModelCheckpoint::new(folder.file("{epoch}.weights.h5")).save_weights_only(true);
    let steps = ModelCheckpoint::new(folder.file("{epoch}-{batch}-{loss:.0f}.keras")).save_freq(2);
    let mut a = trainer();
    let fit = Fit::new().epochs(2).batch_size(8).silent().callback(weights).callback(steps);
    a.fit(&x, &y, fit).unwrap();
    let mut names: Vec<String> = fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let starts: Vec<&str> = names.iter().map(|name| &name[..name.len().min(3)]).collect();
    assert_eq!(starts, ["1-2", "1.w", "2-1", "2-3", "2.w"], "{names:?}");
    let mut b = trainer();
    b.load_weights(folder.file("1.weights.h5")).unwrap();
    b.fit(&x, &y, Fit::new().epochs(2).initial_epoch(1).batch_size(8).silent()).unwrap();
    assert_eq!(a.optimizer_variables()[0], b.optimizer_variables()[0]);
}

#[test]
fn averages_are_judged_in_the_place_of_weights() {
    let (x, y) = data();
    let plain = || {
        let model = Sequential::new().add(Input::new([3])).add(Dense::new(4).tanh()).add(Dense::new(1));
        model.build().unwrap().with_seed(1).compile(Compile::new(SGD::new(0.1).ema(0.7), "mse")).unwrap()
    };
    let fit = || Fit::new().epochs(3).batch_size(5).silent().validation_data(&x, &y);
    let mut without = plain();
    // What training ends with are the averages: judged after each epoch alone, they are these.
    let judged: Vec<f64> = (1..=3)
        .map(|epochs| {
            let mut trainer = plain();
            trainer.fit(&x, &y, fit().epochs(epochs)).unwrap();
            trainer.evaluate_with(&x, &y, &[], 5).unwrap()[0].1
        })
        .collect();
    let raw = without.fit(&x, &y, fit()).unwrap();
    for swap_on_epoch in [false, true] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let weights = seen.clone();
        let seeing = LambdaCallback::new().on_epoch_end(move |training, _, _| {
            weights.lock().unwrap().push(training.trainer.get_weights());
            Ok(())
        });
        let mut with = plain();
        let swap = SwapEMAWeights::new().swap_on_epoch(swap_on_epoch);
        let history = with.fit(&x, &y, fit().callback(swap).callback(seeing)).unwrap();
        assert_eq!(history.get("loss"), raw.get("loss"));
        assert_eq!(history.get("val_loss").unwrap(), judged);
        assert_ne!(history.get("val_loss"), raw.get("val_loss"));
        assert_eq!(with.get_weights(), without.get_weights());
        assert_eq!(with.optimizer_variables(), without.optimizer_variables());
        assert_eq!(seen.lock().unwrap()[2] == with.get_weights(), swap_on_epoch);
    }
    let mut none = trainer().into_model().compile(Compile::new("adam", "mse")).unwrap();
    let error = none.fit(&x, &y, fit().callback(SwapEMAWeights::new())).unwrap_err().to_string();
    assert!(error.starts_with("SwapEMAWeights has no averages"), "{error}");
}

/// A field of a message of Protocol Buffers: its number, and its bytes or number.
fn fields(mut data: &[u8]) -> Vec<(u64, Vec<u8>, u64)> {
    let varint = |data: &mut &[u8]| {
        let mut value = 0;
        for place in 0.. {
            let (byte, rest) = data.split_first().unwrap();
            *data = rest;
            value |= ((byte & 0x7f) as u64) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    };
    let mut fields = Vec::new();
    while !data.is_empty() {
        let key = varint(&mut data);
        let mut number = 0;
        let n = match key & 7 {
            0 => {
                number = varint(&mut data);
                0
            }
            1 => 8,
            2 => varint(&mut data) as usize,
            5 => 4,
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, data[..n].to_vec(), number));
        data = &data[n..];
    }
    fields
}

/// The scalars in the event file of a folder, by tag: steps and values.
fn events(folder: &Path) -> BTreeMap<String, Vec<(u64, f32)>> {
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    assert!(file.file_name().unwrap().to_str().unwrap().starts_with("events.out.tfevents."));
    let bytes = fs::read(file).unwrap();
    let (mut data, mut scalars, mut first) = (&bytes[..], BTreeMap::new(), true);
    while !data.is_empty() {
        let length = u64::from_le_bytes(data[..8].try_into().unwrap()) as usize;
        assert_eq!(data[8..12], masked_crc32c(&data[..8]).to_le_bytes());
        let event = &data[12..12 + length];
        assert_eq!(data[12 + length..16 + length], masked_crc32c(event).to_le_bytes());
        data = &data[16 + length..];
        let mut step = 0;
        for (number, bytes, value) in fields(event) {
            match number {
                1 => assert!(f64::from_le_bytes(bytes.try_into().unwrap()) > 1e9),
                2 => step = value,
                3 => assert!(first && bytes == b"brain.Event:2"),
                5 => {
                    for (_, entry, _) in fields(&bytes) {
                        let entry = fields(&entry);
                        let tag = String::from_utf8(entry[0].1.clone()).unwrap();
                        let value = f32::from_le_bytes(entry[1].1.clone().try_into().unwrap());
                        scalars.entry(tag).or_insert_with(Vec::new).push((step, value));
                    }
                }
                other => panic!("field {other}"),
            }
        }
        first = false;
    }
    scalars
}

#[test]
fn event_files_hold_the_figures() {
    let (x, y) = data();
    let folder = Folder::new("events");
    let board = TensorBoard::new(folder.file("logs")).update_freq(2);
    let fit = Fit::new().epochs(2).batch_size(8).silent().validation_data(&x, &y).callback(board);
    let history = trainer().fit(&x, &y, fit).unwrap();
    let (train, validation) = (events(&folder.file("logs/train")), events(&folder.file("logs/validation")));
    let by_epoch = |name: &str| -> Vec<(u64, f32)> {
        history.get(name).unwrap().iter().enumerate().map(|(i, v)| (i as u64, *v as f32)).collect()
    };
    assert_eq!(train["epoch_loss"], by_epoch("loss"));
    assert_eq!(train["epoch_mae"], by_epoch("mae"));
    assert_eq!(train["epoch_learning_rate"], [(0, 0.02), (1, 0.02)]);
    let steps: Vec<u64> = train["batch_loss"].iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [2, 4, 6]);
    assert_eq!(train["batch_mae"][2].1, history.last("mae").unwrap() as f32);
    assert_eq!(validation["epoch_loss"], by_epoch("val_loss"));
    let by_step: Vec<u64> = validation["evaluation_loss_vs_iterations"].iter().map(|(s, _)| *s).collect();
    assert_eq!(by_step, [3, 6]);
    assert_eq!(train.keys().count(), 5);
}

#[test]
fn a_server_is_told_of_each_epoch() {
    let (x, y) = data();
    for send_as_json in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let mut requests = Vec::new();
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().unwrap();
                let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
                loop {
                    let n = stream.read(&mut buffer).unwrap();
                    request.extend(&buffer[..n]);
                    let text = String::from_utf8(request.clone()).unwrap();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
                    if body.len() == length.parse::<usize>().unwrap() {
                        requests.push((head.to_string(), body.to_string()));
                        break;
                    }
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            }
            requests
        });
        let monitor =
            RemoteMonitor::new(root).path("/figures").send_as_json(send_as_json).header("X-Key", "7");
        let monitor = Arc::new(Mutex::new(monitor));
        let fit = Fit::new().epochs(2).silent().callback(monitor.clone());
        let history = trainer().fit(&x, &y, fit).unwrap();
        assert_eq!(monitor.lock().unwrap().failure(), None);
        let requests = server.join().unwrap();
        for (epoch, (head, body)) in requests.iter().enumerate() {
            assert!(
                head.starts_with("POST /figures HTTP/1.1\r\n") && head.contains("\r\nX-Key: 7"),
                "{head}"
            );
            let loss = history.get("loss").unwrap()[epoch];
            if send_as_json {
                assert!(head.contains("Content-Type: application/json"));
                let sent: serde_json::Value = serde_json::from_str(body).unwrap();
                assert_eq!((sent["epoch"].as_u64(), sent["loss"].as_f64()), (Some(epoch as u64), Some(loss)));
            } else {
                assert!(
                    body.starts_with(&format!("data=%7B%22epoch%22%3A{epoch}%2C%22loss%22%3A")),
                    "{body}"
                );
            }
        }
    }
    // Nobody listens: training goes on.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let monitor = Arc::new(Mutex::new(RemoteMonitor::new(format!("http://{free}"))));
    trainer().fit(&x, &y, Fit::new().silent().callback(monitor.clone())).unwrap();
    assert!(monitor.lock().unwrap().failure().unwrap().contains("cannot be reached"));
    let secure = RemoteMonitor::new("https://localhost");
    let error = trainer().fit(&x, &y, Fit::new().silent().callback(secure)).unwrap_err().to_string();
    assert!(error.starts_with("RemoteMonitor speaks http alone, got https://localhost"), "{error}");
}

/// Figures are what callbacks see of an epoch.
#[test]
fn evaluation_has_its_events() {
    let (x, y) = data();
    let seen: Arc<Mutex<Vec<&str>>> = Arc::default();
    let note = |what: &'static str| {
        let seen = seen.clone();
        move || seen.lock().unwrap().push(what)
    };
    let (a, b, c) = (note("begin"), note("end"), note("epoch"));
    let events = LambdaCallback::new()
        .on_test_begin(move |_| {
            a();
            Ok(())
        })
        .on_test_end(move |_| {
            b();
            Ok(())
        })
        .on_epoch_end(move |_, _, _: &mut Scores| {
            c();
            Ok(())
        });
    let fit = Fit::new().epochs(2).validation_freq(2).silent().validation_data(&x, &y).callback(events);
    trainer().fit(&x, &y, fit).unwrap();
    assert_eq!(*seen.lock().unwrap(), ["epoch", "begin", "end", "epoch"]);
}
