#[path = "it/golden.rs"]
mod golden;
#[path = "it/keras_files.rs"]
mod keras_files;
