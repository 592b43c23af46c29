//! Plans against the reference evaluator.
mod convolutions;
mod plans;
mod scans;
mod sweep;
