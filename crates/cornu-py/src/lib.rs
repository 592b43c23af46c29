//! The Python door: what Python has built is handed to Cornu, and what Cornu gives is handed back. The package
//! around it, with Keras's names, is in `python/cornu`.

mod arrays;
mod arrow;
mod callbacks;
mod custom;
mod data;
mod errors;
mod given;
mod items;
mod layer;
mod model;
mod operations;
mod running;
mod symbol;
mod text;
mod trace;
mod values;
mod variable;

use pyo3::prelude::*;

#[pymodule]
#[pyo3(name = "_core")]
mod core {
    #[pymodule_export]
    use super::arrow::read_arrow_stream;
    #[pymodule_export]
    use super::callbacks::Native;
    #[pymodule_export]
    use super::custom::{
        add_loss, added_losses, apply_gradients, count, forward, mask_of, path, place, report, traced_loss,
        with_mask,
    };
    #[pymodule_export]
    use super::data::{load_digits, read_idx, read_image, resize_image, write_image};
    #[pymodule_export]
    use super::items::{MetricState, apply, check, initial, listed, loss_value, policy};
    #[pymodule_export]
    use super::layer::Layer;
    #[pymodule_export]
    use super::operations::{call_kind, clear_plans, gradient, op, operations, random, tracing};
    #[pymodule_export]
    use super::running::Model;
    #[pymodule_export]
    use super::symbol::{Symbol, input};
    #[pymodule_export]
    use super::text::OnData;
    #[pymodule_export]
    use super::trace::Tensor;
    #[pymodule_export]
    use super::variable::Variable;
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
