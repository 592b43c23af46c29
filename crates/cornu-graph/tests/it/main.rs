//! The tests of the language: laws that hold for every operation and function, and texts that must
//! stay as they are.

mod batching;
mod check;
mod errors;
mod functions;
mod planted;
mod scans;
mod shapes;
mod simplify;
mod sweep;
mod text;
mod values;
mod verify;
