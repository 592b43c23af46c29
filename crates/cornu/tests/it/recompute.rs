//! Layers whose values are computed again for the gradient: the same numbers in less memory.

use cornu::prelude::*;

fn data() -> (Array, Array) {
    let x: Vec<f32> = (0..64 * 16).map(|i| ((i * 7919 % 1000) as f32) / 500.0 - 1.0).collect();
    let y: Vec<f32> = (0..64).map(|i| x[i * 16..i * 16 + 16].iter().sum::<f32>().sin()).collect();
    (Array::new([64, 16], x).unwrap(), Array::new([64, 1], y).unwrap())
}

/// Six blocks of a wide layer, a narrow one, and noise.
fn deep(recompute: bool, compile: Compile) -> Trainer {
    let mut model = Sequential::new().seed(3).add(Input::new([16]));
    for i in 0..6 {
        let block = Sequential::new()
            .named(format!("block_{i}"))
            .add(Input::new([16]))
            .add(Dense::new(256).tanh())
            .add(Dropout::new(0.1))
            .add(Dense::new(16).tanh())
            .build()
            .unwrap();
        let block = cornu::layers::AnyLayer::from(block);
        model = model.add(if recompute { block.recompute() } else { block });
    }
    model.add(Dense::new(1)).compile(compile).unwrap()
}

fn peak(trainer: &Trainer) -> usize {
    let (x, y) = data();
    let (graph, _) = trainer.training_step(&x, &y).unwrap();
    cornu::cpu::Plan::new(&graph, 1).unwrap().peak_bytes()
}

#[test]
fn the_same_numbers_in_less_memory() {
    let (x, y) = data();
    let compile = || Compile::new("sgd", "mse");
    let (mut plain, mut again) = (deep(false, compile()), deep(true, compile()));
    assert!(peak(&again) < peak(&plain) * 3 / 4, "{} and {}", peak(&again), peak(&plain));
    let fit = || Fit::new().epochs(3).batch_size(64).shuffle(false).silent();
    let a = plain.fit(&x, &y, fit()).unwrap();
    let b = again.fit(&x, &y, fit()).unwrap();
    assert_eq!(a.last("loss"), b.last("loss"));
    assert_eq!(plain.get_weights(), again.get_weights());
}

#[test]
fn a_limit_chooses_what_is_computed_again() {
    let (x, y) = data();
    let free = deep(false, Compile::new("sgd", "mse"));
    let limit = peak(&free) * 3 / 4;
    let mut bound = deep(false, Compile::new("sgd", "mse").memory_limit(limit));
    bound.train_on_batch(&x, &y).unwrap();
    assert!(peak(&bound) <= limit && bound.network().segments > 0);
    let mut tight = deep(false, Compile::new("sgd", "mse").memory_limit(1000));
    let error = tight.train_on_batch(&x, &y).unwrap_err().to_string();
    assert!(
        error.contains("a training step takes at least") && error.contains("memory_limit is 1000"),
        "{error}"
    );
}
