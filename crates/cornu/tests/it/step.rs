//! The training step of a small classifier: it allocates nothing, and any number of threads takes it
//! to the same bits.

use cornu::cpu::Plan;
use cornu::graph::philox::Random;
use cornu::prelude::*;

/// Random rows and labels.
fn data(rows: usize) -> (Array, Array) {
    let mut random = Random::new(1, 0);
    let x = (0..rows * 784).map(|_| random.uniform() as f32).collect();
    let y = (0..rows).map(|_| random.below(10) as i32).collect();
    (Array::new([rows, 784], x).unwrap(), Array::from_vec(y))
}

/// 784-10-10-10 with Adam and accuracy.
fn network(threads: usize) -> Trainer {
    Sequential::new()
        .threads(threads)
        .add(Input::new([784]))
        .add(Dense::new(10).relu())
        .add(Dropout::new(0.1))
        .add(Dense::new(10).relu())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))
        .unwrap()
}

#[test]
fn a_step_allocates_nothing() {
    let (x, y) = data(128);
    let (graph, mut variables) = network(1).training_step(&x, &y).unwrap();
    for threads in [1, 2] {
        let mut plan = Plan::new(&graph, threads).unwrap();
        plan.run(&[&x, &y], &mut variables).unwrap();
        let counted = allocation_counter::measure(|| {
            for _ in 0..20 {
                plan.run(&[&x, &y], &mut variables).unwrap();
            }
        });
        assert_eq!(counted.count_total, 0, "{threads} threads");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_weights() {
    let (x, y) = data(3000);
    let weights = |threads: usize| {
        let mut model = network(threads);
        model.fit(&x, &y, Fit::new().epochs(2).batch_size(1000).silent()).unwrap();
        model.get_weights()
    };
    let alone = weights(1);
    for threads in [2, 4] {
        assert_eq!(weights(threads), alone, "{threads} threads");
    }
}

#[test]
fn the_seed_decides_everything() {
    let (x, y) = data(200);
    let weights = |seed: i64, weights_of: i64| {
        // The same weights to begin with, so that only dropout and shuffling differ.
        let start = network(1).into_model().with_seed(weights_of).get_weights();
        let model = network(1).into_model().with_seed(seed);
        let compile = Compile::new("adam", "sparse_categorical_crossentropy");
        let mut model = model.compile(compile).unwrap();
        model.set_weights(&start).unwrap();
        model.fit(&x, &y, Fit::new().shuffle(false).silent()).unwrap();
        model.get_weights()
    };
    assert_eq!(weights(1, 0), weights(1, 0));
    assert_ne!(weights(1, 0), weights(2, 0), "another seed drops other units");
}

#[test]
fn memory_and_work_are_known_before_anything_runs() {
    let model = network(1);
    let summary = model.summary();
    assert_eq!(summary.trainable, 784 * 10 + 10 + 110 + 110);
    let training = summary.training_bytes.unwrap();
    // Weights and Adam's two slots, the batch, and little more.
    let least = 3 * 4 * summary.trainable + 32 * 784 * 4;
    assert!(training > least && training < least + 100_000, "{training} {least}");
    assert!(summary.flops > 2 * 784 * 10);
    assert!(summary.to_string().contains("Total params: 8,070"), "{summary}");
}
