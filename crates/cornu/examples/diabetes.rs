//! Binary classification of the Pima diabetes data: 8-10-8-1, relu, relu, sigmoid; by Adam on the
//! binary crossentropy, then by gradient descent with momentum on half the mean squared error until
//! the loss falls under a threshold or the iterations run out.
//!
//! `cargo run --release --example diabetes -- FOLDER/pima-diabetes/pima-indians-diabetes.csv`

use cornu::data::{Standardizer, Table, k_fold};
use cornu::graph::Tensor;
use cornu::losses::Reduction;
use cornu::prelude::*;
use cornu::registry::Item;

/// The rows of the file: eight measurements, and whether diabetes was found.
pub fn read(path: &str) -> Result<(Array, Array)> {
    let table = Table::read(path)?;
    let (features, target) = table.columns().split_at(8);
    Ok((table.select(features)?, table.select(target)?))
}

fn network(seed: i64) -> Sequential {
    Sequential::new()
        .seed(seed)
        .add(Input::new([8]))
        .add(Dense::new(10).relu())
        .add(Dense::new(8).relu())
        .add(Dense::new(1).sigmoid())
}

/// The mean accuracy over a stratified ten-fold cross-validation of ten epochs by Adam at learning rate
/// `rate`; measurements are standardized by each fold's training rows.
pub fn cross_validate(x: &Array, y: &Array, rate: f64, seed: i64) -> Result<f64> {
    let mut total = 0.0;
    for fold in k_fold(x.rows(), 10, seed, Some(y))? {
        let standardizer = Standardizer::fit(&x.take_rows(&fold.train))?;
        let rows =
            |rows: &[usize]| Ok::<_, Error>((standardizer.apply(&x.take_rows(rows))?, y.take_rows(rows)));
        let ((x_train, y_train), (x_test, y_test)) = (rows(&fold.train)?, rows(&fold.test)?);
        let mut model = network(seed)
            .compile(Compile::new(Adam::new(rate), "binary_crossentropy").metrics(["accuracy"]))?;
        model.fit(&x_train, &y_train, Fit::new().epochs(10).batch_size(32).silent())?;
        total += model.evaluate(&x_test, &y_test)?[1].1;
    }
    Ok(total / 10.0)
}

/// Half the mean squared error: a loss of one's own is a struct with one method that matters.
#[derive(Debug)]
pub struct HalfMeanSquaredError;

impl Item for HalfMeanSquaredError {
    fn class_name(&self) -> &'static str {
        "HalfMeanSquaredError"
    }
    fn config(&self) -> serde_json::Value {
        serde_json::json!({})
    }
}

impl Loss for HalfMeanSquaredError {
    fn call(&self, y_true: &Tensor, y_pred: &Tensor) -> Tensor {
        let error = y_pred - y_true.cast(y_pred.dtype());
        (&error * &error).mean(&[-1]) * 0.5
    }
    fn reduction(&self) -> Reduction {
        Reduction::default()
    }
    fn name(&self) -> &str {
        "half_mean_squared_error"
    }
}

/// Gradient descent with momentum on all rows at once, until the loss is at most `threshold` or
/// `iterations` have passed: the iterations it took, and the last loss.
pub fn descend(x: &Array, y: &Array, threshold: f64, iterations: usize) -> Result<(usize, f64)> {
    let x = Standardizer::fit(x)?.apply(x)?;
    let mut model = network(0).compile(Compile::new(SGD::new(0.5).momentum(0.9), HalfMeanSquaredError))?;
    let fit =
        Fit::new().epochs(iterations).batch_size(x.rows()).silent().callback(StopAtLoss::new(threshold));
    let history = model.fit(&x, y, fit)?;
    Ok((history.epochs().len(), history.last("loss").unwrap_or(f64::NAN)))
}

#[allow(dead_code)]
fn main() -> Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        return Err(Error::argument("name the file pima-indians-diabetes.csv"));
    };
    let (x, y) = read(&path)?;
    // Some 200 steps are few for Adam's default rate.
    for rate in [0.001, 0.005] {
        println!("Accuracy, ten-fold, 10 epochs at rate {rate}: {:.4}", cross_validate(&x, &y, rate, 0)?);
    }
    let (iterations, loss) = descend(&x, &y, 0.07, 2000)?;
    println!("Momentum: half the mean squared error is {loss:.4} after {iterations} iterations");
    Ok(())
}
