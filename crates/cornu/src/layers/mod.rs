//! Layers. To add one: a file here and its two lines below (`cargo xtask new layer NAME`).

mod activated;
mod activation;
mod add;
mod average;
mod batch_normalization;
mod concatenate;
mod data_format;
mod dense;
mod dropout;
mod elu;
mod flatten;
mod gaussian_noise;
mod inputs;
mod layer;
mod leaky_relu;
mod maximum;
mod minimum;
mod multiply;
mod normalization;
mod numbers;
mod relu;
mod rescaling;
mod reshape;
mod sample;
mod softmax;
mod subtract;

pub use activated::Activated;
pub use activation::Activation;
pub use add::Add;
pub use average::Average;
pub use batch_normalization::BatchNormalization;
pub use concatenate::Concatenate;
pub use data_format::DataFormat;
pub use dense::Dense;
pub use dropout::Dropout;
pub use elu::ELU;
pub use flatten::Flatten;
pub use gaussian_noise::GaussianNoise;
pub use layer::{AnyLayer, Layer, LayerOptions, Takes};
pub use leaky_relu::LeakyReLU;
pub use maximum::Maximum;
pub use minimum::Minimum;
pub use multiply::Multiply;
pub use normalization::Normalization;
pub use numbers::Numbers;
pub use relu::ReLU;
pub use rescaling::Rescaling;
pub use reshape::Reshape;
pub use sample::{LayerSample, Sampled};
pub use softmax::Softmax;
pub use subtract::Subtract;

use crate::registry::{Entry, entries};

/// Makes the registry and the samples from one list.
macro_rules! layers {
    ($($layer:ident),* $(,)?) => {
        /// All layers.
        pub static LAYERS: &[Entry<dyn Layer>] = entries![dyn Layer: $($layer),*];

        /// All layers' samples.
        pub fn samples() -> Vec<LayerSample> {
            [$(<$layer as Sampled>::samples()),*].concat()
        }
    };
}

layers![
    Activation,
    Add,
    Average,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    ELU,
    Flatten,
    GaussianNoise,
    LeakyReLU,
    Maximum,
    Minimum,
    Multiply,
    Normalization,
    ReLU,
    Rescaling,
    Reshape,
    Softmax,
    Subtract,
];
