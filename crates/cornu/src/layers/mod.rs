//! Layers. To add one: a file here and its two lines below (`cargo xtask new layer NAME`).

mod activated;
mod activation;
mod adaptive_average_pooling1d;
mod adaptive_average_pooling2d;
mod adaptive_average_pooling3d;
mod adaptive_max_pooling1d;
mod adaptive_max_pooling2d;
mod adaptive_max_pooling3d;
mod adaptive_pooling;
mod add;
mod along;
mod average;
mod average_pooling1d;
mod average_pooling2d;
mod average_pooling3d;
mod batch_normalization;
mod concatenate;
mod conv1d;
mod conv2d;
mod conv3d;
mod convolution;
mod data_format;
mod dense;
mod dropout;
mod elu;
mod flatten;
mod gaussian_noise;
mod global_average_pooling1d;
mod global_average_pooling2d;
mod global_average_pooling3d;
mod global_max_pooling1d;
mod global_max_pooling2d;
mod global_max_pooling3d;
mod global_pooling;
mod inputs;
mod kernel;
mod layer;
mod leaky_relu;
mod margins;
mod max_pooling1d;
mod max_pooling2d;
mod max_pooling3d;
mod maximum;
mod minimum;
mod multiply;
mod normalization;
mod numbers;
mod padding;
mod per_axis;
pub mod pool;
mod pooling;
mod relu;
mod rescaling;
mod reshape;
mod sample;
mod softmax;
mod subtract;

pub use activated::Activated;
pub use activation::Activation;
pub use adaptive_average_pooling1d::AdaptiveAveragePooling1D;
pub use adaptive_average_pooling2d::AdaptiveAveragePooling2D;
pub use adaptive_average_pooling3d::AdaptiveAveragePooling3D;
pub use adaptive_max_pooling1d::AdaptiveMaxPooling1D;
pub use adaptive_max_pooling2d::AdaptiveMaxPooling2D;
pub use adaptive_max_pooling3d::AdaptiveMaxPooling3D;
pub use adaptive_pooling::AdaptivePooling;
pub use add::Add;
pub use average::Average;
pub use average_pooling1d::{AveragePooling1D, AvgPool1D};
pub use average_pooling2d::{AveragePooling2D, AvgPool2D};
pub use average_pooling3d::{AveragePooling3D, AvgPool3D};
pub use batch_normalization::BatchNormalization;
pub use concatenate::Concatenate;
pub use conv1d::{Conv1D, Convolution1D};
pub use conv2d::{Conv2D, Convolution2D};
pub use conv3d::{Conv3D, Convolution3D};
pub use convolution::Convolution;
pub use data_format::DataFormat;
pub use dense::Dense;
pub use dropout::Dropout;
pub use elu::ELU;
pub use flatten::Flatten;
pub use gaussian_noise::GaussianNoise;
pub use global_average_pooling1d::{GlobalAveragePooling1D, GlobalAvgPool1D};
pub use global_average_pooling2d::{GlobalAveragePooling2D, GlobalAvgPool2D};
pub use global_average_pooling3d::{GlobalAveragePooling3D, GlobalAvgPool3D};
pub use global_max_pooling1d::{GlobalMaxPool1D, GlobalMaxPooling1D};
pub use global_max_pooling2d::{GlobalMaxPool2D, GlobalMaxPooling2D};
pub use global_max_pooling3d::{GlobalMaxPool3D, GlobalMaxPooling3D};
pub use global_pooling::GlobalPooling;
pub use layer::{AnyLayer, Layer, LayerOptions, Takes};
pub use leaky_relu::LeakyReLU;
pub use margins::Margins;
pub use max_pooling1d::{MaxPool1D, MaxPooling1D};
pub use max_pooling2d::{MaxPool2D, MaxPooling2D};
pub use max_pooling3d::{MaxPool3D, MaxPooling3D};
pub use maximum::Maximum;
pub use minimum::Minimum;
pub use multiply::Multiply;
pub use normalization::Normalization;
pub use numbers::Numbers;
pub use padding::Padding;
pub use per_axis::PerAxis;
pub use pooling::Pooling;
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
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
    Add,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    Dense,
    Dropout,
    ELU,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    LeakyReLU,
    Maximum,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    Minimum,
    Multiply,
    Normalization,
    ReLU,
    Rescaling,
    Reshape,
    Softmax,
    Subtract,
];
