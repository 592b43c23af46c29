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
mod affine;
mod along;
mod alpha_dropout;
mod attending;
mod attention;
mod auto_contrast;
mod average;
mod average_pooling1d;
mod average_pooling2d;
mod average_pooling3d;
mod batch_normalization;
mod bidirectional;
mod blur;
mod categories;
mod category_encoding;
mod cell;
mod cell_config;
mod center_crop;
mod colors;
mod concatenate;
mod conv1d;
mod conv1d_transpose;
mod conv2d;
mod conv2d_transpose;
mod conv3d;
mod conv3d_transpose;
mod conv_lstm;
mod conv_lstm1d;
mod conv_lstm2d;
mod conv_lstm3d;
mod conv_lstm_cell;
mod convolution;
mod cropping;
mod cropping1d;
mod cropping2d;
mod cropping3d;
mod cut_mix;
mod data_format;
mod dense;
mod depthwise_conv1d;
mod depthwise_conv2d;
mod depthwise_convolution;
mod discretization;
mod distributions;
mod dot;
mod dropout;
mod einsum_dense;
mod elu;
mod embedding;
mod equalization;
mod factor;
mod feature;
mod fingerprint;
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
mod hashed_crossing;
mod hashing;
mod heads;
mod identity;
mod images;
mod inputs;
mod integer_lookup;
mod interpolation;
mod kernel;
mod layer;
mod layer_normalization;
mod leaky_relu;
mod lookup;
mod lstm;
mod lstm_cell;
mod margins;
mod masking;
mod max_pooling1d;
mod max_pooling2d;
mod max_pooling3d;
mod maximum;
mod mel_spectrogram;
mod minimum;
mod mix_up;
mod multi_head_attention;
mod multiply;
pub(crate) mod nested;
mod noise;
mod normalization;
mod numbers;
mod on_host;
mod padding;
mod per_axis;
mod permute;
pub mod pool;
mod pooling;
mod prelu;
mod rand_augment;
mod random_brightness;
mod random_color_degeneration;
mod random_color_jitter;
mod random_contrast;
mod random_crop;
mod random_elastic_transform;
mod random_erasing;
mod random_flip;
mod random_gaussian_blur;
mod random_grayscale;
mod random_hue;
mod random_invert;
mod random_perspective;
mod random_posterization;
mod random_rotation;
mod random_saturation;
mod random_sharpness;
mod random_shear;
mod random_translation;
mod random_zoom;
mod rectangle;
mod recurrent;
mod recurrent_layer;
mod relu;
mod repeat_vector;
mod rescaling;
mod reshape;
mod resizing;
mod rms_normalization;
mod rnn;
mod sample;
mod sampling;
mod search;
mod separable_conv1d;
mod separable_conv2d;
mod separable_convolution;
mod simple_rnn;
mod simple_rnn_cell;
mod softmax;
mod solarization;
mod sound_window;
mod spatial_dropout1d;
mod spatial_dropout2d;
mod spatial_dropout3d;
mod spectral_normalization;
mod stacked_rnn_cells;
mod standardized;
mod stft_spectrogram;
mod string_lookup;
mod subtract;
mod text_vectorization;
mod time_distributed;
mod transposed_convolution;
mod unit_normalization;
mod up_sampling1d;
mod up_sampling2d;
mod up_sampling3d;
mod zero_padding;
mod zero_padding1d;
mod zero_padding2d;
mod zero_padding3d;

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
pub use auto_contrast::AutoContrast;
pub use average::Average;
pub use average_pooling1d::{AveragePooling1D, AvgPool1D};
pub use average_pooling2d::{AveragePooling2D, AvgPool2D};
pub use average_pooling3d::{AveragePooling3D, AvgPool3D};
pub use batch_normalization::BatchNormalization;
pub use bidirectional::{Bidirectional, MergeMode};
pub use categories::OutputMode;
pub use category_encoding::CategoryEncoding;
pub use cell::{Cell, Step};
pub use cell_config::{CellConfig, CellOptions};
pub use center_crop::CenterCrop;
pub use concatenate::Concatenate;
pub use conv_lstm::ConvLSTM;
pub use conv_lstm_cell::ConvLSTMCell;
pub use conv_lstm1d::ConvLSTM1D;
pub use conv_lstm2d::ConvLSTM2D;
pub use conv_lstm3d::ConvLSTM3D;
pub use conv1d::{Conv1D, Convolution1D};
pub use conv1d_transpose::{Conv1DTranspose, Convolution1DTranspose};
pub use conv2d::{Conv2D, Convolution2D};
pub use conv2d_transpose::{Conv2DTranspose, Convolution2DTranspose};
pub use conv3d::{Conv3D, Convolution3D};
pub use conv3d_transpose::{Conv3DTranspose, Convolution3DTranspose};
pub use convolution::Convolution;
pub use cropping::Cropping;
pub use cropping1d::Cropping1D;
pub use cropping2d::Cropping2D;
pub use cropping3d::Cropping3D;
pub use cut_mix::CutMix;
pub use data_format::DataFormat;
pub use dense::Dense;
pub use depthwise_conv1d::DepthwiseConv1D;
pub use depthwise_conv2d::DepthwiseConv2D;
pub use depthwise_convolution::DepthwiseConvolution;
pub use discretization::Discretization;
pub use dot::Dot;
pub use dropout::Dropout;
pub use einsum_dense::EinsumDense;
pub use elu::ELU;
pub use embedding::Embedding;
pub use equalization::Equalization;
pub use factor::Factor;
pub use feature::Feature;
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
pub use hashed_crossing::HashedCrossing;
pub use hashing::{Hashing, MaskValue};
pub use identity::Identity;
pub use integer_lookup::IntegerLookup;
pub use interpolation::Interpolation;
pub(crate) use kernel::depthwise;
pub use layer::{AnyLayer, Kept, Layer, LayerOptions, Takes};
pub use layer_normalization::LayerNormalization;
pub use leaky_relu::LeakyReLU;
pub use lookup::{Lookup, OovMethod, Token};
pub use lstm::LSTM;
pub use lstm_cell::LSTMCell;
pub use margins::Margins;
pub use masking::Masking;
pub use max_pooling1d::{MaxPool1D, MaxPooling1D};
pub use max_pooling2d::{MaxPool2D, MaxPooling2D};
pub use max_pooling3d::{MaxPool3D, MaxPooling3D};
pub use maximum::Maximum;
pub use mel_spectrogram::MelSpectrogram;
pub use minimum::Minimum;
pub use mix_up::MixUp;
pub use multi_head_attention::{Extents, MultiHeadAttention};
pub use multiply::Multiply;
pub use normalization::Normalization;
pub use numbers::Numbers;
pub use padding::Padding;
pub use per_axis::PerAxis;
pub use permute::Permute;
pub use pooling::Pooling;
pub use prelu::PReLU;
pub use rand_augment::RandAugment;
pub use random_brightness::RandomBrightness;
pub use random_color_degeneration::RandomColorDegeneration;
pub use random_color_jitter::RandomColorJitter;
pub use random_contrast::RandomContrast;
pub use random_crop::RandomCrop;
pub use random_elastic_transform::RandomElasticTransform;
pub use random_erasing::RandomErasing;
pub use random_flip::{FlipMode, RandomFlip};
pub use random_gaussian_blur::RandomGaussianBlur;
pub use random_grayscale::RandomGrayscale;
pub use random_hue::RandomHue;
pub use random_invert::RandomInvert;
pub use random_perspective::RandomPerspective;
pub use random_posterization::RandomPosterization;
pub use random_rotation::RandomRotation;
pub use random_saturation::RandomSaturation;
pub use random_sharpness::RandomSharpness;
pub use random_shear::RandomShear;
pub use random_translation::RandomTranslation;
pub use random_zoom::RandomZoom;
pub use recurrent::{Recurrence, Recurrent, RecurrentOptions};
pub use recurrent_layer::RecurrentLayer;
pub use relu::ReLU;
pub use repeat_vector::RepeatVector;
pub use rescaling::Rescaling;
pub use reshape::Reshape;
pub use resizing::Resizing;
pub use rms_normalization::RMSNormalization;
pub use rnn::RNN;
pub use sample::{LayerSample, Sampled};
pub use sampling::FillMode;
pub use separable_conv1d::{SeparableConv1D, SeparableConvolution1D};
pub use separable_conv2d::{SeparableConv2D, SeparableConvolution2D};
pub use separable_convolution::SeparableConvolution;
pub use simple_rnn::SimpleRNN;
pub use simple_rnn_cell::SimpleRNNCell;
pub use softmax::Softmax;
pub use solarization::Solarization;
pub use sound_window::SoundWindow;
pub use spatial_dropout1d::SpatialDropout1D;
pub use spatial_dropout2d::SpatialDropout2D;
pub use spatial_dropout3d::SpatialDropout3D;
pub use spectral_normalization::SpectralNormalization;
pub use stacked_rnn_cells::StackedRNNCells;
pub use stft_spectrogram::{STFTMode, STFTScaling, STFTSpectrogram};
pub use string_lookup::StringLookup;
pub use subtract::Subtract;
pub use text_vectorization::{Ngrams, Split, Standardize, TextVectorization};
pub use time_distributed::TimeDistributed;
pub use transposed_convolution::TransposedConvolution;
pub use unit_normalization::UnitNormalization;
pub use up_sampling1d::UpSampling1D;
pub use up_sampling2d::UpSampling2D;
pub use up_sampling3d::UpSampling3D;
pub use zero_padding::ZeroPadding;
pub use zero_padding1d::ZeroPadding1D;
pub use zero_padding2d::ZeroPadding2D;
pub use zero_padding3d::ZeroPadding3D;

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
    AutoContrast,
    Average,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Bidirectional,
    CategoryEncoding,
    CenterCrop,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    ConvLSTM1D,
    ConvLSTM2D,
    ConvLSTM3D,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    CutMix,
    Dense,
    DepthwiseConv1D,
    DepthwiseConv2D,
    Discretization,
    Dot,
    Dropout,
    EinsumDense,
    ELU,
    Embedding,
    Equalization,
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
    HashedCrossing,
    Hashing,
    Identity,
    IntegerLookup,
    LayerNormalization,
    LeakyReLU,
    LSTM,
    LSTMCell,
    Masking,
    Maximum,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    MelSpectrogram,
    Minimum,
    MixUp,
    MultiHeadAttention,
    Multiply,
    Normalization,
    Permute,
    PReLU,
    RandAugment,
    RandomBrightness,
    RandomColorDegeneration,
    RandomColorJitter,
    RandomContrast,
    RandomCrop,
    RandomElasticTransform,
    RandomErasing,
    RandomFlip,
    RandomGaussianBlur,
    RandomGrayscale,
    RandomHue,
    RandomInvert,
    RandomPerspective,
    RandomPosterization,
    RandomRotation,
    RandomSaturation,
    RandomSharpness,
    RandomShear,
    RandomTranslation,
    RandomZoom,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    Resizing,
    RMSNormalization,
    RNN,
    SeparableConv1D,
    SeparableConv2D,
    SimpleRNN,
    SimpleRNNCell,
    Softmax,
    Solarization,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    SpectralNormalization,
    StackedRNNCells,
    STFTSpectrogram,
    StringLookup,
    Subtract,
    TextVectorization,
    TimeDistributed,
    UnitNormalization,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
];
