//! Pipelines: what they give, that they go on where they stopped, and training on them; windows and
//! padding.

use crate::golden;
use cornu::callbacks::LambdaCallback;
use cornu::data::pipeline::Position;
use cornu::data::{PadSequences, Pipeline, Side, TimeseriesDataset};
use cornu::graph::philox::Random;
use cornu::layers::Dense;
use cornu::{Array, Compile, DType, Fit, Input, Sequential, Trainer};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn numbers(n: i32) -> Pipeline {
    Pipeline::from_arrays(&Array::from_vec((0..n).collect::<Vec<i32>>())).unwrap()
}

fn all(pipeline: &Pipeline, pass: u64) -> Vec<Vec<f64>> {
    pipeline.pass(pass).map(|piece| piece.unwrap()[0].to_f64()).collect()
}

fn flat(pipeline: &Pipeline, pass: u64) -> Vec<f64> {
    all(pipeline, pass).concat()
}

#[test]
fn pieces_are_changed_chosen_and_put_together() {
    let doubled = numbers(4).map(|sample| Ok(vec![Array::scalar(sample[0].item().unwrap() * 2.0)]));
    assert_eq!(flat(&doubled, 0), [0.0, 2.0, 4.0, 6.0]);
    assert_eq!(doubled.len(), Some(4));
    let odd = numbers(6).filter(|sample| sample[0].item().unwrap() % 2.0 == 1.0);
    assert_eq!((flat(&odd, 0), odd.len()), (vec![1.0, 3.0, 5.0], None));
    assert_eq!(all(&numbers(5).batch(2), 0), [vec![0.0, 1.0], vec![2.0, 3.0], vec![4.0]]);
    assert_eq!(numbers(5).batch(2).len(), Some(3));
    assert_eq!(all(&numbers(5).batch_exactly(2), 0), [[0.0, 1.0], [2.0, 3.0]]);
    assert_eq!(flat(&numbers(5).batch(2).unbatch(), 0), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(flat(&numbers(5).skip(1).take(3), 0), [1.0, 2.0, 3.0]);
    assert_eq!(numbers(5).skip(1).take(9).len(), Some(4));
    assert_eq!(flat(&numbers(2).repeat(3), 0), [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(flat(&numbers(2).repeat(None).take(5), 0), [0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(flat(&numbers(0).repeat(None), 0), [0.0; 0]);
    let zipped = numbers(3).zip(numbers(9).skip(5));
    let pairs: Vec<f64> = zipped.iter().map(|piece| piece.unwrap()[1].item().unwrap()).collect();
    assert_eq!((pairs, zipped.len()), (vec![5.0, 6.0, 7.0], Some(3)));
    assert_eq!(flat(&numbers(5).prefetch(2), 0), [0.0, 1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn shuffling_draws_from_a_buffer_and_differs_from_pass_to_pass() {
    let whole = numbers(20).shuffle(20, 7);
    let (first, second) = (flat(&whole, 0), flat(&whole, 1));
    assert_ne!(first, second);
    assert_eq!(first, flat(&whole, 0));
    assert_ne!(first, flat(&numbers(20).shuffle(20, 8), 0));
    let sorted = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values
    };
    assert_eq!(sorted(first), flat(&numbers(20), 0));
    let near = flat(&numbers(20).shuffle(3, 7), 0);
    assert!(near.iter().enumerate().all(|(place, value)| *value <= (place + 2) as f64), "{near:?}");
    let turns = flat(&whole.repeat(2), 0);
    assert_ne!(turns[..20], turns[20..]);
}

/// Whatever a pipeline is made of, its pieces from a place on are those of the pass itself.
#[test]
fn passes_go_on_where_they_stopped() {
    let squares = || Pipeline::from_iter_fn(|| (0..13).map(|i| Ok(vec![Array::scalar(i * i)])));
    let pipelines = [
        numbers(13).batch(4),
        numbers(13).shuffle(5, 1).batch(3),
        numbers(13).skip(2).take(8).batch_exactly(3),
        numbers(3).shuffle(3, 2).repeat(4),
        numbers(13).batch(4).unbatch().filter(|sample| sample[0].item() != Some(5.0)),
        numbers(13).zip(squares()).prefetch(2),
        numbers(13).map(|sample| Ok(sample)).cache(),
        squares().shuffle(4, 3).batch(2).prefetch(1),
    ];
    for (number, pipeline) in pipelines.iter().enumerate() {
        for pass in 0..2 {
            let whole = all(pipeline, pass);
            for taken in 0..=whole.len() {
                let mut pieces = pipeline.pass(pass);
                pieces.by_ref().take(taken).for_each(drop);
                let position = pieces.position();
                assert_eq!(position, Position { pass, taken }, "pipeline {number}");
                let rest: Vec<Vec<f64>> =
                    pipeline.iter_from(position).unwrap().map(|piece| piece.unwrap()[0].to_f64()).collect();
                assert_eq!(rest, whole[taken..], "pipeline {number} from {taken}");
            }
        }
    }
}

#[test]
fn generators_are_asked_for_what_is_under_way_alone() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let endless = Pipeline::from_iter_fn(move || {
        let counted = counted.clone();
        (0..).map(move |i: i32| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(vec![Array::scalar(i)])
        })
    });
    let mut pieces = endless.clone().shuffle(4, 0).batch(2).iter();
    (0..3).for_each(|_| drop(pieces.next()));
    assert_eq!(asked.load(Ordering::SeqCst), 9);
    let cached = endless.take(3).cache();
    asked.store(0, Ordering::SeqCst);
    assert_eq!((flat(&cached, 0), flat(&cached, 1)), (vec![0.0, 1.0, 2.0], vec![0.0, 1.0, 2.0]));
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn pieces_that_do_not_fit_are_told() {
    let mixed = Pipeline::from_iter_fn(|| (1..3).map(|n| Ok(vec![Array::zeros([n], DType::F32)])));
    let message = |pipeline: &Pipeline| pipeline.iter().find_map(Result::err).unwrap().to_string();
    let text = message(&mixed.clone().batch(2));
    assert!(text.starts_with("a batch holds pieces of one shape: f32[1] and f32[2]"), "{text}");
    assert!(message(&numbers(2).unbatch()).starts_with("a piece of shape () has no rows to take apart"));
    let failing = numbers(2).map(|_| Err(cornu::Error::argument("no"))).prefetch(1);
    assert!(message(&failing).starts_with("no\n"));
    assert_eq!(failing.iter().count(), 1);
    let panicking = numbers(2).map(|_| panic!("on purpose")).prefetch(1);
    assert!(message(&panicking).starts_with("a function in the pipeline panicked"));
    let error = Pipeline::from_arrays([&Array::zeros([2], DType::F32), &Array::zeros([3], DType::F32)]);
    assert!(error.unwrap_err().to_string().starts_with("there are arrays of 2 rows and one of shape (3)"));
}

fn data() -> (Array, Array) {
    let mut random = Random::new(1, 1);
    let x: Vec<f32> = (0..40).map(|_| random.normal() as f32).collect();
    let y: Vec<f32> = x.chunks(2).map(|row| row[0] * 2.0 - row[1]).collect();
    (Array::new([20, 2], x).unwrap(), Array::new([20, 1], y).unwrap())
}

fn trainer() -> Trainer {
    let model = Sequential::new().add(Input::new([2])).add(Dense::new(3)).add(Dense::new(1));
    model.compile(Compile::new("adam", "mse").metrics(["mae"])).unwrap()
}

#[test]
fn training_on_a_pipeline_is_training_on_its_arrays() {
    let (x, y) = data();
    let batches = Pipeline::from_arrays([&x, &y]).unwrap().batch(8);
    let (mut a, mut b) = (trainer(), trainer());
    let fit = || Fit::new().epochs(3).batch_size(8).silent();
    let arrays = a.fit(&x, &y, fit().shuffle(false).validation_data(&x, &y)).unwrap();
    let pipeline = b.fit_pipeline(&batches, fit().validation_pipeline(&batches)).unwrap();
    assert_eq!(a.get_weights(), b.get_weights());
    assert_eq!(arrays.get("loss"), pipeline.get("loss"));
    let apart = |name: &str| (arrays.last(name).unwrap() - pipeline.last(name).unwrap()).abs();
    assert!(apart("val_loss") < 1e-6 && apart("val_mae") < 1e-6);
    let (scores, again) = (a.evaluate_with(&x, &y, &[], 8).unwrap(), b.evaluate_pipeline(&batches).unwrap());
    assert_eq!(scores, again);
    let predicted = b.predict_pipeline(&batches).unwrap();
    golden::assert_close(&predicted[0], &a.predict(&x).unwrap(), 1e-6, "predictions");

    // Steps that are no whole passes, an unknown length, and weights.
    let weights = Array::from_vec(vec![0.5f32; 20]);
    let unknown = Pipeline::from_arrays([&x, &y, &weights]).unwrap().filter(|_| true).batch(8);
    let (mut a, mut b) = (trainer(), trainer());
    a.fit(&x, &y, fit().shuffle(false).steps_per_epoch(2).sample_weight(&weights)).unwrap();
    b.fit_pipeline(&unknown, fit().steps_per_epoch(2)).unwrap();
    assert_eq!(a.get_weights(), b.get_weights());
    let steps = Arc::new(Mutex::new(Vec::new()));
    let seen = steps.clone();
    let seeing = LambdaCallback::new().on_epoch_end(move |training, _, _| {
        seen.lock().unwrap().push(training.steps);
        Ok(())
    });
    b.fit_pipeline(&unknown, Fit::new().epochs(2).silent().callback(seeing)).unwrap();
    assert_eq!(*steps.lock().unwrap(), [3, 3]);

    // In two parts.
    let shuffled = Pipeline::from_arrays([&x, &y]).unwrap().shuffle(20, 5).batch(8);
    let (mut a, mut b) = (trainer(), trainer());
    a.fit_pipeline(&shuffled, Fit::new().epochs(4).silent()).unwrap();
    b.fit_pipeline(&shuffled, Fit::new().epochs(2).silent()).unwrap();
    b.fit_pipeline(&shuffled, Fit::new().epochs(4).initial_epoch(2).silent()).unwrap();
    assert_eq!(a.get_weights(), b.get_weights());
}

#[test]
fn pipelines_that_do_not_fit_a_model_are_told() {
    let (x, y) = data();
    let mut trainer = trainer();
    let mut message =
        |pipeline: &Pipeline, fit: Fit| trainer.fit_pipeline(pipeline, fit.silent()).unwrap_err().to_string();
    let alone = Pipeline::from_arrays(&x).unwrap().batch(4);
    let text = message(&alone, Fit::new());
    assert!(
        text.starts_with("the model has 1 input and 1 output, and a piece of the pipeline has 1 array"),
        "{text}"
    );
    assert!(message(&alone.take(0), Fit::new()).starts_with("the pipeline gives no batch"));
    let both = Pipeline::from_arrays([&x, &y]).unwrap().batch(4);
    let text = message(&both, Fit::new().validation_split(0.5));
    assert!(text.starts_with("validation_split is for arrays, and a pipeline is trained on"), "{text}");
    let text = message(&both, Fit::new().validation_data(&x, &y).validation_pipeline(&both));
    assert!(text.starts_with("validation data is given as a pipeline, and as arrays besides"), "{text}");
}

#[test]
fn windows_are_those_of_keras() {
    // The example in the documentation of Keras.
    let data = Array::from_vec((0..99).collect::<Vec<i32>>());
    let windows = TimeseriesDataset::new(10).sampling_rate(2).sequence_stride(3).batch_size(None);
    let windows = all(&windows.pipeline(&data, None).unwrap(), 0);
    assert_eq!(windows[1], [3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0, 21.0]);
    assert_eq!(windows.last().unwrap()[..], [78.0, 80.0, 82.0, 84.0, 86.0, 88.0, 90.0, 92.0, 94.0, 96.0]);
    assert_eq!(windows.len(), 27);

    let targets = Array::from_vec((100..199).collect::<Vec<i32>>());
    let part = TimeseriesDataset::new(3).start_index(10).end_index(20).batch_size(4);
    let pipeline = part.pipeline(&data, Some(&targets)).unwrap();
    assert_eq!(pipeline.len(), Some(2));
    let batches: Vec<_> = pipeline.iter().map(Result::unwrap).collect();
    assert_eq!(batches[0][0].to_f64()[..6], [10.0, 11.0, 12.0, 11.0, 12.0, 13.0]);
    assert_eq!(batches[1][1].to_f64(), [114.0, 115.0, 116.0, 117.0]);
    let shuffled = part.shuffle(3).pipeline(&data, Some(&targets)).unwrap();
    let order: Vec<f64> = shuffled.iter().flat_map(|batch| batch.unwrap()[1].to_f64()).collect();
    assert_ne!(order, (110..118).map(f64::from).collect::<Vec<_>>());
    assert_eq!(order.iter().sum::<f64>(), (110..118).map(f64::from).sum::<f64>());
    for batch in shuffled.iter().map(Result::unwrap) {
        for (window, target) in batch[0].to_f64().chunks(3).zip(batch[1].to_f64()) {
            assert_eq!(window[0] + 100.0, target);
        }
    }
    let error = TimeseriesDataset::new(3).start_index(99).pipeline(&data, None).unwrap_err().to_string();
    assert!(error.starts_with("start_index is 99, of 99 steps of data"), "{error}");
}

#[test]
fn padding_agrees_with_keras() {
    for case in golden::list(&golden::read("pad_sequences.json"), "cases") {
        let sequences: Vec<Array> = golden::list(case, "sequences").iter().map(golden::array).collect();
        let options = &case["options"];
        let side = |name: &str| if options[name] == "pre" { Side::Pre } else { Side::Post };
        let mut padding = PadSequences::new()
            .dtype(if options["dtype"] == "int32" { DType::I32 } else { DType::F32 })
            .padding(side("padding"))
            .truncating(side("truncating"))
            .value(options["value"].as_f64().unwrap());
        if let Some(maxlen) = options["maxlen"].as_u64() {
            padding = padding.maxlen(maxlen as usize);
        }
        assert_eq!(padding.call(&sequences).unwrap(), golden::array(&case["padded"]), "{options}");
    }
    assert!(PadSequences::new().call(&[]).unwrap_err().to_string().starts_with("there is no sequence"));
    let mixed = [Array::zeros([1, 2], DType::F32), Array::zeros([1, 3], DType::F32)];
    let error = PadSequences::new().call(&mixed).unwrap_err().to_string();
    assert!(error.starts_with("sequence 1 has steps of shape (3), the first one of (2)"), "{error}");
}
