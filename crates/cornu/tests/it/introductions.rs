//! The five introductions, as the examples tell them, and how well they have to learn.

#[path = "../../examples/diabetes.rs"]
mod diabetes;
#[path = "../../examples/digits_in_default_batches.rs"]
mod digits_in_default_batches;
#[path = "../../examples/logistic_regression.rs"]
mod logistic_regression;
#[path = "../../examples/soft_targets.rs"]
mod soft_targets;

use cornu::Fit;
use digits_in_default_batches::digits_in_batches;

/// The folder of the data sets, where there is one.
pub(crate) fn folder() -> Option<String> {
    let near = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_string();
    let folder = std::env::var("CORNU_DATA").unwrap_or(near);
    match std::path::Path::new(&folder).join("mnist").is_dir() {
        true => Some(folder),
        false => {
            eprintln!("skipped: no data sets in {folder}; name their folder in CORNU_DATA");
            None
        }
    }
}

#[test]
fn a_digits_in_batches() {
    let (_, accuracy) = digits_in_batches::run(None, Fit::new().epochs(60).batch_size(128).silent()).unwrap();
    assert!(accuracy >= 0.88, "{accuracy}");
    if let Some(folder) = folder() {
        let fit = Fit::new().epochs(10).batch_size(128).silent();
        let (_, accuracy) = digits_in_batches::run(Some(&folder), fit).unwrap();
        assert!(accuracy >= 0.92, "{accuracy}");
    }
}

#[test]
fn b_diabetes() {
    let Some(folder) = folder() else { return };
    let (x, y) = diabetes::read(&format!("{folder}/pima-diabetes/pima-indians-diabetes.csv")).unwrap();
    let accuracy = diabetes::cross_validate(&x, &y, 0.005, 0).unwrap();
    assert!(accuracy >= 0.76, "{accuracy}");
    let (iterations, loss) = diabetes::descend(&x, &y, 0.07, 2000).unwrap();
    assert!(iterations < 2000 && loss <= 0.07, "{iterations} {loss}");
    // Too low a threshold: the iterations run out.
    let (iterations, loss) = diabetes::descend(&x, &y, 0.0, 20).unwrap();
    assert!(iterations == 20 && loss > 0.0);
}

#[test]
fn c_digits_in_default_batches() {
    let (_, accuracy) = digits_in_default_batches::run(None, Fit::new().epochs(40).silent()).unwrap();
    assert!(accuracy >= 0.88, "{accuracy}");
    if let Some(folder) = folder() {
        let (_, accuracy) =
            digits_in_default_batches::run(Some(&folder), Fit::new().epochs(2).silent()).unwrap();
        assert!(accuracy >= 0.9, "{accuracy}");
    }
}

#[test]
fn d_logistic_regression() {
    let (losses, p) = logistic_regression::run().unwrap();
    assert!((losses[0] - std::f32::consts::LN_2).abs() < 1e-6, "zero weights know nothing: {}", losses[0]);
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "the loss falls at every step");
    assert!(losses[999] < 0.2 && p[0] > 0.95 && p[1] < 0.05, "{} {p:?}", losses[999]);
}

#[test]
fn e_soft_targets() {
    let (losses, entropy) = soft_targets::run(Fit::new().epochs(10).batch_size(32).silent()).unwrap();
    assert!(losses[9] < losses[0] && losses[9] > entropy, "{losses:?} {entropy}");
}
