//! How long one training step takes, and against which floor: 784-10-10-10, batch 128, Adam.
//!
//! `cargo run --release --example step_time`

use cornu::cpu::{Floor, Plan, table};
use cornu::graph::philox::Random;
use cornu::prelude::*;
use std::time::Instant;

/// The shortest of many runs, in microseconds.
fn best(rounds: usize, mut work: impl FnMut()) -> f64 {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e6
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() -> Result<()> {
    let mut random = Random::new(0, 0);
    let array = |shape: Vec<usize>, values: Vec<f32>| Array::new(shape, values).map_err(Error::argument);
    let x = array(vec![128, 784], (0..128 * 784).map(|_| random.uniform() as f32).collect())?;
    let y = Array::from_vec((0..128).map(|_| random.below(10) as i32).collect());
    let model = Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(10).relu())
        .add(Dense::new(10).relu())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))?;
    let (graph, mut variables) = model.training_step(&x, &y)?;
    let mut plan = Plan::new(&graph, 1)?;
    println!("{}", plan.explain());
    // Each time from the start: a network that has learned its one batch has nothing left to do.
    let start = variables.clone();
    let mut step = f64::INFINITY;
    for _ in 0..20 {
        variables.clone_from(&start);
        step = step.min(best(200, || plan.run(&[&x, &y], &mut variables).expect("the data fits the plan")));
    }
    let profile = plan.profile(&[&x, &y], &mut variables)?;
    println!("{}", table(&profile));

    let machine = Floor::measure();
    let least = machine.seconds(plan.flops(), plan.bytes_given()) * 1e6;
    println!(
        "step {step:.1} us; {} FLOPs at {:.0} GFLOP/s, {} bytes at {:.0} GB/s: floor {least:.1} us; ratio {:.2}",
        plan.flops(),
        machine.flops_per_second / 1e9,
        plan.bytes_given(),
        machine.bytes_per_second / 1e9,
        step / least
    );
    Ok(())
}
