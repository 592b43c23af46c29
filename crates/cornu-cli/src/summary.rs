//! `cornu summary`.

use crate::arguments::Summary;
use crate::failure::Failure;
use cornu::files::{Loaded, load};
use std::io::Write;

/// Shows a saved model's layers, shapes, parameters and work, and what training it takes.
pub fn run(summary: &Summary, out: &mut dyn Write) -> Result<(), Failure> {
    let table = match load(&summary.model)? {
        Loaded::Model(model) => model.summary(),
        Loaded::Trainer(trainer) => trainer.summary(),
    };
    writeln!(out, "{}", table.to_string().trim_end())?;
    Ok(())
}
