//! Targets that are distributions: 784-32-10, softmax, categorical crossentropy, on random rows.

use cornu::graph::philox::Random;
use cornu::prelude::*;

/// Trains on 1,000 random rows with random soft targets: the loss of each epoch, and the entropy of
/// the targets, under which no model's loss can be.
pub fn run(fit: Fit) -> Result<(Vec<f64>, f64)> {
    let mut random = Random::new(2, 0);
    let x: Vec<f32> = (0..1000 * 784).map(|_| random.uniform() as f32).collect();
    let mut y: Vec<f32> = (0..1000 * 10).map(|_| random.uniform() as f32).collect();
    for row in y.chunks_mut(10) {
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|p| *p /= sum);
    }
    let entropy = -y.iter().map(|&p| p as f64 * (p as f64).max(1e-12).ln()).sum::<f64>() / 1000.0;
    let array = |shape, values| Array::new(shape, values).map_err(Error::argument);
    let (x, y) = (array([1000, 784], x)?, array([1000, 10], y)?);
    let mut model = Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(32).relu())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "categorical_crossentropy").metrics(["accuracy"]))?;
    let history = model.fit(&x, &y, fit)?;
    Ok((history.get("loss").unwrap_or_default().to_vec(), entropy))
}

#[allow(dead_code)]
fn main() -> Result<()> {
    let (losses, entropy) = run(Fit::new().epochs(10).batch_size(32))?;
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    println!("Loss: {first:.4} after one epoch, {last:.4} after ten; the targets' entropy is {entropy:.4}");
    Ok(())
}
