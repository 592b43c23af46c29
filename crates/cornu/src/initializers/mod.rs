//! Initializers: how weights start. To add one: a file here and its two lines below.

mod constant;
mod glorot_normal;
mod glorot_uniform;
mod he_normal;
mod he_uniform;
mod identity;
mod initializer;
mod lecun_normal;
mod lecun_uniform;
mod ones;
mod orthogonal;
mod random_normal;
mod random_uniform;
mod scaled;
mod stft;
mod truncated_normal;
mod variance_scaling;
mod window;
mod zeros;

pub use constant::Constant;
pub use glorot_normal::GlorotNormal;
pub use glorot_uniform::GlorotUniform;
pub use he_normal::HeNormal;
pub use he_uniform::HeUniform;
pub use identity::Identity;
pub(crate) use initializer::seed;
pub use initializer::{AnyInitializer, Initializer};
pub use lecun_normal::LecunNormal;
pub use lecun_uniform::LecunUniform;
pub use ones::Ones;
pub use orthogonal::Orthogonal;
pub use random_normal::RandomNormal;
pub use random_uniform::RandomUniform;
pub use scaled::Scaled;
pub use stft::{STFT, Scaling, Side};
pub use truncated_normal::TruncatedNormal;
pub use variance_scaling::{Distribution, Fan, VarianceScaling};
pub use window::Window;
pub use zeros::Zeros;

use crate::registry::{Entry, entries};

/// All initializers.
pub static INITIALIZERS: &[Entry<dyn Initializer>] = entries![
    dyn Initializer: Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    LecunNormal,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    STFT,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
];
