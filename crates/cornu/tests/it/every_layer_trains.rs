//! Each layer, on a tiny problem of its own: what follows it learns a few rows by heart, through it.

use cornu::layers::{LayerSample, samples};
use cornu::optimizers::Adam;
use cornu::prelude::*;
use cornu_graph::philox::Random;

/// How much of the loss is left after training on the sample's rows; an error if it cannot be trained.
fn left(sample: &LayerSample) -> Result<f64> {
    let inputs: Vec<Array> = (sample.inputs.iter().enumerate())
        .map(|(i, shape)| {
            let mut random = Random::new(5, i as u64);
            let (low, high) = sample.range;
            let values: Vec<f64> = (0..shape.size()).map(|_| low + (high - low) * random.uniform()).collect();
            Array::from_f64(shape, DType::F32, &values).unwrap()
        })
        .collect();
    let rows = inputs[0].rows();
    let symbols: Vec<Symbol> =
        (inputs.iter()).map(|x| Input::new(&x.shape()[1..]).batch(rows).symbol()).collect();
    let flat = Flatten::new().on(&sample.layer.clone().on(&symbols[..]));
    let y = Dense::new(1).on(&Dense::new(16).tanh().on(&flat));
    let target: Vec<f32> = (0..rows).map(|i| ((i * 3 + 1) % 5) as f32 / 2.0 - 1.0).collect();
    let target = Array::new([rows, 1], target).unwrap();
    let mut model = Model::new(symbols, [&y])?.compile(Compile::new(Adam::new(0.02), "mse"))?;
    let loss = |model: &mut Trainer| -> Result<f64> { Ok(model.evaluate(&inputs, &target)?[0].1) };
    let before = loss(&mut model)?;
    model.fit(&inputs, &target, Fit::new().epochs(150).batch_size(rows).silent())?;
    Ok(loss(&mut model)? / before)
}

#[test]
fn every_layer_trains() {
    let mut wrong = Vec::new();
    for sample in samples() {
        match left(&sample) {
            Ok(left) if left < 0.2 => {}
            Ok(left) => wrong.push(format!("{sample:?}: {left} of the loss is left")),
            Err(error) => wrong.push(format!("{sample:?}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
