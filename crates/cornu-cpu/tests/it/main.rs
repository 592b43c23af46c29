//! Plans against the reference evaluator.
mod convolutions;
mod halves;
mod plans;
mod scans;
mod sweep;
