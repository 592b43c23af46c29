//! Each layer, on a tiny problem of its own: what follows it learns a few rows by heart, through it.

use cornu::layers::{LayerSample, samples};
use cornu::optimizers::Adam;
use cornu::prelude::*;
use cornu::variables::Variables;
use cornu_graph::philox::Random;
use std::collections::BTreeMap;

/// How much of the error is left after training on the sample's rows, and whether the layer draws
/// random numbers; an error if it cannot be trained.
fn left(sample: &LayerSample) -> Result<(f64, bool)> {
    let inputs: Vec<Array> = (sample.inputs.iter().enumerate())
        .map(|(i, shape)| {
            let mut random = Random::new(5, i as u64);
            let (low, high) = sample.range;
            let values: Vec<f64> = (0..shape.size()).map(|_| low + (high - low) * random.uniform()).collect();
            Array::from_f64(shape, sample.dtype, &values).unwrap()
        })
        .collect();
    let rows = inputs[0].rows();
    let symbols: Vec<Symbol> = (inputs.iter())
        .map(|x| Input::new(&x.shape()[1..]).batch(rows).dtype(sample.dtype).symbol())
        .collect();
    let flat = Flatten::new().on(&sample.layer.clone().on(&symbols[..]));
    let y = Dense::new(1).on(&Dense::new(16).tanh().on(&flat));
    let target: Vec<f32> = (0..rows).map(|i| ((i * 3 + 1) % 5) as f32 / 2.0 - 1.0).collect();
    let target = Array::new([rows, 1], target).unwrap();
    let compile = Compile::new(Adam::new(0.02), "mse").metrics(["mse"]);
    let mut model = Model::new(symbols, [&y])?.compile(compile)?;
    // The metric, for a layer may add to the loss.
    let error = |model: &mut Trainer| -> Result<f64> {
        let scores = model.evaluate(&inputs, &target)?;
        Ok(scores.iter().find(|(name, _)| name == "mse").map_or(f64::NAN, |(_, value)| *value))
    };
    let before = error(&mut model)?;
    model.fit(&inputs, &target, Fit::new().epochs(300).batch_size(rows).silent())?;
    let random = model.variables().index(Variables::SEED).is_some();
    Ok((error(&mut model)? / before, random))
}

#[test]
fn every_layer_trains() {
    // Some samples are too small to tell their rows apart, but of each layer one is not.
    let mut best: BTreeMap<&str, (f64, String)> = BTreeMap::new();
    for sample in samples() {
        let (left, what) = match left(&sample) {
            // Noise on a few numbers leaves little to go by.
            Ok((left, random)) => {
                let left = if random { left / 3.0 } else { left };
                (left, format!("{left} of the error is left (a third, if it is random): {sample:?}"))
            }
            Err(error) => (f64::INFINITY, format!("{error}: {sample:?}")),
        };
        let so_far = best.entry(sample.layer.layer.class_name()).or_insert((f64::INFINITY, String::new()));
        if left < so_far.0 || so_far.1.is_empty() {
            *so_far = (left, what);
        }
    }
    let wrong: Vec<String> =
        best.into_values().filter(|(left, _)| *left >= 0.2).map(|(_, what)| what).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
