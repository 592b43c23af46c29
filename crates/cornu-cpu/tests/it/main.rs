//! Plans against the reference evaluator.
mod plans;
mod sweep;
