//! Files: reading and writing them safely, and the formats that models are kept in.
//!
//! What is read is never trusted: sizes are checked before anything is allocated, and a file that
//! is cut short or made to do harm is an [`Error`](crate::Error) that names it. What is written
//! replaces the old file in one step, or not at all.

pub mod archive;
pub mod events;
pub mod hdf5;
pub(crate) mod keras;
pub(crate) mod numbers;
mod read;
mod write;

pub use keras::{Loaded, from_bytes, load, load_layer, load_with};
pub(crate) use read::describe;
pub use read::read_file;
pub use write::write_atomically;
