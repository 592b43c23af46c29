//! Batches gathered beside the step: the same results at any number of threads, and nothing allocated.

use cornu::callbacks::LambdaCallback;
use cornu::graph::philox::Random;
use cornu::prelude::*;

/// Bytes in rows of which a batch of some hundred is worth a thread of its own.
fn images(rows: usize) -> (Array, Array) {
    let mut random = Random::new(1, 0);
    let x = (0..rows * 784).map(|_| random.below(256) as u8).collect();
    let y = (0..rows).map(|_| random.below(10) as i32).collect();
    (Array::new([rows, 784], x).unwrap(), Array::from_vec(y))
}

fn network(threads: usize) -> Trainer {
    Sequential::new()
        .threads(threads)
        .add(Input::new([784]))
        .add(Rescaling::new(1.0 / 255.0))
        .add(Dense::new(8).relu())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))
        .unwrap()
}

#[test]
fn any_number_of_threads_takes_the_same_rows() {
    let (x, y) = images(1000);
    let weights = Array::from_vec((0..1000).map(|i| (i % 7) as f32).collect::<Vec<_>>());
    let trained = |threads: usize| {
        let mut model = network(threads);
        // Passes end in smaller batches, and epochs in the middle of passes.
        let fit = || Fit::new().batch_size(300).steps_per_epoch(3).silent().sample_weight(&weights);
        let first = model.fit(&x, &y, fit().epochs(2).validation_data(&x, &y)).unwrap();
        let second = model.fit(&x, &y, fit().epochs(5).initial_epoch(3)).unwrap();
        let scores = model.evaluate_with(&x, &y, &[&weights], 180).unwrap();
        let figures =
            [first.get("loss"), first.get("val_loss"), second.get("loss")].map(|v| v.map(<[f64]>::to_vec));
        (model.get_weights(), figures, scores, model.predict(&x).unwrap())
    };
    let alone = trained(1);
    for threads in [0, 2, 3] {
        assert_eq!(trained(threads), alone, "{threads} threads");
    }
}

#[test]
fn training_stops_where_a_callback_says_so() {
    let (x, y) = images(900);
    for threads in [1, 2] {
        let stopping = LambdaCallback::new().on_batch_end(|training, step, _| {
            training.stop = step == 1;
            Ok(())
        });
        let mut model = network(threads);
        let history =
            model.fit(&x, &y, Fit::new().epochs(3).batch_size(300).silent().callback(stopping)).unwrap();
        assert_eq!(history.epochs(), [0]);
        let failing = LambdaCallback::new()
            .on_batch_end(|_, step, _| if step == 1 { Err(Error::argument("no more")) } else { Ok(()) });
        let error = model.fit(&x, &y, Fit::new().batch_size(300).silent().callback(failing)).unwrap_err();
        assert!(error.to_string().starts_with("no more"), "{error}");
        let panicking = LambdaCallback::new().on_batch_end(|_, _, _| panic!("on purpose"));
        let fit = Fit::new().batch_size(300).silent().callback(panicking);
        let fit = std::panic::AssertUnwindSafe(|| model.fit(&x, &y, fit));
        let payload = std::panic::catch_unwind(fit).unwrap_err();
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"on purpose"));
    }
}

#[test]
fn steps_of_fit_allocate_nothing() {
    let (x, y) = images(1000);
    for threads in [1, 2] {
        let mut model = network(threads);
        let mut allocations = |steps: usize| {
            let fit = Fit::new().batch_size(300).steps_per_epoch(steps).silent();
            allocation_counter::measure(|| drop(model.fit(&x, &y, fit).unwrap())).count_total
        };
        // The first time, plans are made.
        allocations(4);
        assert_eq!(allocations(8), allocations(40), "{threads} threads");
    }
}

/// Bytes stay bytes until the graph casts them: neither the data nor the batch is ever kept as floats.
#[test]
fn bytes_are_fed_as_bytes() {
    let (x, y) = images(4000);
    for threads in [1, 2] {
        let mut model = network(threads);
        let (graph, _) = model.training_step(&x, &y).unwrap();
        let fed: Vec<DType> = graph.inputs().iter().map(|input| input.ty.dtype).collect();
        assert_eq!(fed, [DType::U8, DType::I32]);
        let fit = || Fit::new().batch_size(256).silent();
        model.fit(&x, &y, fit()).unwrap();
        let counted = allocation_counter::measure(|| drop(model.fit(&x, &y, fit()).unwrap()));
        assert!(counted.bytes_max < 2_000_000, "{} bytes, of {} of data", counted.bytes_max, x.byte_size());
    }
}
