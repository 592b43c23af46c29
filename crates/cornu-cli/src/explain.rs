//! `cornu explain`.

use crate::arguments::{Arguments, Explain};
use crate::failure::Failure;
use cornu::Model;
use std::io::Write;

/// Shows the steps of a saved model's prediction.
pub fn run(explain: &Explain, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let model = Model::load(&explain.model)?.with_threads(arguments.threads());
    write!(out, "{}", model.explain(explain.batch_size)?)?;
    Ok(())
}
