//! Tests of the library, against numbers from Keras where it has them.
mod activations;
mod data;
mod files;
mod golden;
mod initializers;
mod layers;
mod losses;
mod metrics;
mod optimizers;
mod regularizers_constraints;
mod run;
mod schedules;
