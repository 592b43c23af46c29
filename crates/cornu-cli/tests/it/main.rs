//! Tests of the program as its users run it.

mod data;
mod example;
mod failures;
mod help;
mod list;
mod models;
mod program;
mod readme;
mod train;
