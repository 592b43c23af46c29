#[path = "it/callbacks.rs"]
mod callbacks;
#[path = "it/fit.rs"]
mod fit;
#[path = "it/golden.rs"]
mod golden;
#[path = "it/fit_errors.rs"]
mod fit_errors;
