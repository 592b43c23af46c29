//! The table that shows a model's layers, shapes, parameters and cost.
