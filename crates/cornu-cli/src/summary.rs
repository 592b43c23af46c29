//! `cornu summary`.

use crate::arguments::Summary;
use crate::failure::Failure;
use cornu::Model;
use std::io::Write;

/// Shows a saved model's layers, shapes and parameters.
pub fn run(summary: &Summary, out: &mut dyn Write) -> Result<(), Failure> {
    let text = Model::load(&summary.model)?.summary().to_string();
    writeln!(out, "{}", text.trim_end())?;
    Ok(())
}
