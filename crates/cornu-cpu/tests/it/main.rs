//! Plans against the reference evaluator.
mod plans;
mod scans;
mod sweep;
