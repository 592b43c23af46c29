//! The same network without a batch size: batches of 32 rows, as in Keras.
//!
//! `cargo run --release --example digits_in_default_batches -- FOLDER`

use cornu::prelude::*;

/// The network.
#[path = "digits_in_batches.rs"]
pub mod digits_in_batches;

/// Trains and evaluates: the loss and the accuracy on the test rows.
pub fn run(folder: Option<&str>, fit: Fit) -> Result<(f64, f64)> {
    digits_in_batches::run(folder, fit)
}

#[allow(dead_code)]
fn main() -> Result<()> {
    let folder = std::env::args().nth(1).or(std::env::var("CORNU_DATA").ok());
    let (loss, accuracy) = run(folder.as_deref(), Fit::new().epochs(10))?;
    println!("Loss: {loss:.4}, Accuracy: {accuracy:.4}");
    Ok(())
}
