//! The machine of Cornu: compiles graphs to plans and runs them on CPUs.

mod floor;
mod fuse;
pub mod kernels;
mod layout;
mod loops;
pub mod math;
mod memory;
mod plan;
pub mod pool;
pub mod simd;
mod widen;

pub use floor::Floor;
pub use plan::{Plan, StepReport, table};
pub use pool::Pool;
