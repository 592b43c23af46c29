//! Layers. To add one: a file here and its two lines below (`cargo xtask new layer NAME`).

mod activated;
mod activation;
mod activity_regularization;
mod adaptive_average_pooling1d;
mod adaptive_average_pooling2d;
mod adaptive_average_pooling3d;
mod adaptive_max_pooling1d;
mod adaptive_max_pooling2d;
mod adaptive_max_pooling3d;
mod adaptive_pooling;
mod add;
mod additive_attention;
mod along;
mod alpha_dropout;
mod attending;
mod attention;
mod average;
mod average_pooling1d;
mod average_pooling2d;
mod average_pooling3d;
mod batch_normalization;
mod bidirectional;
mod cell;
mod cell_config;
mod concatenate;
mod conv1d;
mod conv1d_transpose;
mod conv2d;
mod conv2d_transpose;
mod conv3d;
mod conv3d_transpose;
mod convolution;
mod data_format;
mod dense;
mod depthwise_conv1d;
mod depthwise_conv2d;
mod depthwise_convolution;
mod dot;
mod dropout;
mod einsum;
mod einsum_dense;
mod elu;
mod embedding;
mod flatten;
mod forget_bias;
mod gaussian_dropout;
mod gaussian_noise;
mod global_average_pooling1d;
mod global_average_pooling2d;
mod global_average_pooling3d;
mod global_max_pooling1d;
mod global_max_pooling2d;
mod global_max_pooling3d;
mod global_pooling;
mod group_normalization;
mod group_query_attention;
mod gru;
mod gru_cell;
mod heads;
mod identity;
mod inputs;
mod kernel;
mod layer;
mod layer_normalization;
mod leaky_relu;
mod lstm;
mod lstm_cell;
mod margins;
mod masking;
mod max_pooling1d;
mod max_pooling2d;
mod max_pooling3d;
mod maximum;
mod minimum;
mod multi_head_attention;
mod multiply;
pub(crate) mod nested;
mod noise;
mod normalization;
mod numbers;
mod padding;
mod per_axis;
mod permute;
pub mod pool;
mod pooling;
mod prelu;
mod recurrent;
mod recurrent_layer;
mod relu;
mod repeat_vector;
mod rescaling;
mod reshape;
mod rms_normalization;
mod rnn;
mod sample;
mod separable_conv1d;
mod separable_conv2d;
mod separable_convolution;
mod simple_rnn;
mod simple_rnn_cell;
mod softmax;
mod spatial_dropout1d;
mod spatial_dropout2d;
mod spatial_dropout3d;
mod stacked_rnn_cells;
mod standardized;
mod subtract;
mod time_distributed;
mod transposed_convolution;
mod unit_normalization;

pub use activated::Activated;
pub use activation::Activation;
pub use activity_regularization::ActivityRegularization;
pub use adaptive_average_pooling1d::AdaptiveAveragePooling1D;
pub use adaptive_average_pooling2d::AdaptiveAveragePooling2D;
pub use adaptive_average_pooling3d::AdaptiveAveragePooling3D;
pub use adaptive_max_pooling1d::AdaptiveMaxPooling1D;
pub use adaptive_max_pooling2d::AdaptiveMaxPooling2D;
pub use adaptive_max_pooling3d::AdaptiveMaxPooling3D;
pub use adaptive_pooling::AdaptivePooling;
pub use add::Add;
pub use additive_attention::AdditiveAttention;
pub use alpha_dropout::AlphaDropout;
pub use attention::{Attention, ScoreMode};
pub use average::Average;
pub use average_pooling1d::{AveragePooling1D, AvgPool1D};
pub use average_pooling2d::{AveragePooling2D, AvgPool2D};
pub use average_pooling3d::{AveragePooling3D, AvgPool3D};
pub use batch_normalization::BatchNormalization;
pub use bidirectional::{Bidirectional, MergeMode};
pub use cell::{Cell, Step};
pub use cell_config::{CellConfig, CellOptions};
pub use concatenate::Concatenate;
pub use conv1d::{Conv1D, Convolution1D};
pub use conv1d_transpose::{Conv1DTranspose, Convolution1DTranspose};
pub use conv2d::{Conv2D, Convolution2D};
pub use conv2d_transpose::{Conv2DTranspose, Convolution2DTranspose};
pub use conv3d::{Conv3D, Convolution3D};
pub use conv3d_transpose::{Conv3DTranspose, Convolution3DTranspose};
pub use convolution::Convolution;
pub use data_format::DataFormat;
pub use dense::Dense;
pub use depthwise_conv1d::DepthwiseConv1D;
pub use depthwise_conv2d::DepthwiseConv2D;
pub use depthwise_convolution::DepthwiseConvolution;
pub use dot::Dot;
pub use dropout::Dropout;
pub use einsum_dense::EinsumDense;
pub use elu::ELU;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use gaussian_dropout::GaussianDropout;
pub use gaussian_noise::GaussianNoise;
pub use global_average_pooling1d::{GlobalAveragePooling1D, GlobalAvgPool1D};
pub use global_average_pooling2d::{GlobalAveragePooling2D, GlobalAvgPool2D};
pub use global_average_pooling3d::{GlobalAveragePooling3D, GlobalAvgPool3D};
pub use global_max_pooling1d::{GlobalMaxPool1D, GlobalMaxPooling1D};
pub use global_max_pooling2d::{GlobalMaxPool2D, GlobalMaxPooling2D};
pub use global_max_pooling3d::{GlobalMaxPool3D, GlobalMaxPooling3D};
pub use global_pooling::GlobalPooling;
pub use group_normalization::GroupNormalization;
pub use group_query_attention::GroupQueryAttention;
pub use gru::GRU;
pub use gru_cell::GRUCell;
pub use identity::Identity;
pub use layer::{AnyLayer, Layer, LayerOptions, Takes};
pub use layer_normalization::LayerNormalization;
pub use leaky_relu::LeakyReLU;
pub use lstm::LSTM;
pub use lstm_cell::LSTMCell;
pub use margins::Margins;
pub use masking::Masking;
pub use max_pooling1d::{MaxPool1D, MaxPooling1D};
pub use max_pooling2d::{MaxPool2D, MaxPooling2D};
pub use max_pooling3d::{MaxPool3D, MaxPooling3D};
pub use maximum::Maximum;
pub use minimum::Minimum;
pub use multi_head_attention::{Extents, MultiHeadAttention};
pub use multiply::Multiply;
pub use normalization::Normalization;
pub use numbers::Numbers;
pub use padding::Padding;
pub use per_axis::PerAxis;
pub use permute::Permute;
pub use pooling::Pooling;
pub use prelu::PReLU;
pub use recurrent::{Recurrence, Recurrent, RecurrentOptions};
pub use recurrent_layer::RecurrentLayer;
pub use relu::ReLU;
pub use repeat_vector::RepeatVector;
pub use rescaling::Rescaling;
pub use reshape::Reshape;
pub use rms_normalization::RMSNormalization;
pub use rnn::RNN;
pub use sample::{LayerSample, Sampled};
pub use separable_conv1d::{SeparableConv1D, SeparableConvolution1D};
pub use separable_conv2d::{SeparableConv2D, SeparableConvolution2D};
pub use separable_convolution::SeparableConvolution;
pub use simple_rnn::SimpleRNN;
pub use simple_rnn_cell::SimpleRNNCell;
pub use softmax::Softmax;
pub use spatial_dropout1d::SpatialDropout1D;
pub use spatial_dropout2d::SpatialDropout2D;
pub use spatial_dropout3d::SpatialDropout3D;
pub use stacked_rnn_cells::StackedRNNCells;
pub use subtract::Subtract;
pub use time_distributed::TimeDistributed;
pub use transposed_convolution::TransposedConvolution;
pub use unit_normalization::UnitNormalization;

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
    ActivityRegularization,
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
    Add,
    AdditiveAttention,
    AlphaDropout,
    Attention,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    Dense,
    DepthwiseConv1D,
    DepthwiseConv2D,
    Dot,
    Dropout,
    EinsumDense,
    ELU,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    GroupNormalization,
    GroupQueryAttention,
    GRU,
    GRUCell,
    Identity,
    LayerNormalization,
    LeakyReLU,
    LSTM,
    LSTMCell,
    Masking,
    Maximum,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    Minimum,
    MultiHeadAttention,
    Multiply,
    Normalization,
    Permute,
    PReLU,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    RMSNormalization,
    RNN,
    SeparableConv1D,
    SeparableConv2D,
    SimpleRNN,
    SimpleRNNCell,
    Softmax,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    StackedRNNCells,
    Subtract,
    TimeDistributed,
    UnitNormalization,
];
