//! Classification in mini-batches of a chosen size: 784-10-10-10, relu, relu, softmax; Adam.
//!
//! Trains on MNIST if its folder is given (`cargo run --release --example digits_in_batches -- FOLDER`,
//! or in the variable CORNU_DATA), else on the small digits that come with Cornu.

use cornu::prelude::*;

/// Trains and evaluates: the loss and the accuracy on the test rows.
pub fn run(folder: Option<&str>, fit: Fit) -> Result<(f64, f64)> {
    let data = match folder {
        Some(folder) => cornu::data::load("mnist", folder)?,
        None => cornu::data::load("digits", "")?,
    };
    let shape = &data.train.x.shape()[1..];
    let brightest = if folder.is_some() { 255.0 } else { 16.0 };
    let mut model = Sequential::new()
        .add(Input::new(shape))
        .add(Rescaling::new(1.0 / brightest))
        .add(Flatten::new())
        .add(Dense::new(10).relu())
        .add(Dense::new(10).relu())
        .add(Dense::new(10).softmax())
        .compile(Compile::new("adam", "sparse_categorical_crossentropy").metrics(["accuracy"]))?;
    model.fit(&data.train.x, &data.train.y, fit)?;
    let scores = model.evaluate(&data.test.x, &data.test.y)?;
    Ok((scores[0].1, scores[1].1))
}

#[allow(dead_code)]
fn main() -> Result<()> {
    let folder = std::env::args().nth(1).or(std::env::var("CORNU_DATA").ok());
    let (loss, accuracy) = run(folder.as_deref(), Fit::new().epochs(10).batch_size(128))?;
    println!("Loss: {loss:.4}, Accuracy: {accuracy:.4}");
    Ok(())
}
