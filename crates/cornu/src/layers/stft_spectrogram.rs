//! The layer that gives the Fourier transforms of stretches of sound.

use super::inputs::one_float;
use super::sound_window::{SoundWindow, hann};
use super::{DataFormat, Layer, LayerSample, Padding, Sampled};
use crate::initializers::{AnyInitializer, Initializer};
use crate::registry::Named;
use crate::scope::{Scope, Weight};
use cornu_graph::ops::Conv;
use cornu_graph::philox::Random;
use cornu_graph::{Shape, Tensor, concat};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// The Fourier transforms of stretches of sound: `[batch, samples, channels] -> [batch, frames, channels
/// frequencies]`, or with `expand_dims` `[batch, frames, frequencies, channels]`; or as `data_format` says,
/// `[batch, channels, samples] -> [batch, channels frequencies, frames]` or `[batch, channels, frames,
/// frequencies]`. There are `fft_length / 2 + 1` frequencies.
///
/// Its weights `real_kernel` and `imag_kernel`, `[frame_length, 1, frequencies]`, begin as cosines and sines
/// times a window; freeze the layer to keep them so. Agrees with Keras's `STFTSpectrogram`.
///
/// ```
/// use cornu::layers::{STFTMode, STFTSpectrogram};
/// let layer = STFTSpectrogram::new(STFTMode::Magnitude).frame_length(64);
/// assert_eq!(layer.frame_step, None);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct STFTSpectrogram {
    /// What is given of each transform; the logarithm of the absolute value by default.
    pub mode: STFTMode,
    /// The number of samples in a stretch; 256 by default.
    pub frame_length: usize,
    /// How far apart stretches begin; half a stretch by default.
    pub frame_step: Option<usize>,
    /// The length of the transform; the next power of 2 by default.
    pub fft_length: Option<usize>,
    /// How much each sample counts; Hann's window by default.
    pub window: Option<SoundWindow>,
    /// Whether the window leaves out the last sample of its period; false by default.
    pub periodic: bool,
    /// What the window is divided by; by the root of the sum of its squares by default.
    pub scaling: Option<STFTScaling>,
    /// How far stretches reach over the ends; not at all by default.
    pub padding: Padding,
    /// Whether frequencies and channels have axes of their own.
    pub expand_dims: bool,
    /// Where the channels stand; last by default.
    pub data_format: DataFormat,
}

/// What is given of a Fourier transform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum STFTMode {
    /// The logarithm of the absolute value.
    #[default]
    Log,
    /// The absolute value.
    Magnitude,
    /// The squared absolute value, twice where a frequency stands for its negative too.
    Psd,
    /// The real part.
    Real,
    /// The imaginary part.
    Imag,
    /// The angle.
    Angle,
    /// The real parts, then the imaginary ones.
    Stft,
}

/// What a window is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum STFTScaling {
    /// The root of the sum of its squares.
    Density,
    /// The sum of its absolute values.
    Spectrum,
}

impl Default for STFTSpectrogram {
    fn default() -> STFTSpectrogram {
        STFTSpectrogram {
            mode: STFTMode::Log,
            frame_length: 256,
            frame_step: None,
            fft_length: None,
            window: hann(),
            periodic: false,
            scaling: Some(STFTScaling::Density),
            padding: Padding::Valid,
            expand_dims: false,
            data_format: DataFormat::ChannelsLast,
        }
    }
}

/// What keeps logarithms and roots finite.
const EPSILON: f64 = 1e-7;

impl STFTSpectrogram {
    /// A layer that gives this of each transform.
    pub fn new(mode: STFTMode) -> STFTSpectrogram {
        STFTSpectrogram { mode, ..STFTSpectrogram::default() }
    }

    /// The same with so many samples in a stretch.
    pub fn frame_length(mut self, length: usize) -> STFTSpectrogram {
        self.frame_length = length;
        self
    }

    /// The same with stretches so far apart.
    pub fn frame_step(mut self, step: usize) -> STFTSpectrogram {
        self.frame_step = Some(step);
        self
    }

    /// The same with transforms of this length.
    pub fn fft_length(mut self, length: usize) -> STFTSpectrogram {
        self.fft_length = Some(length);
        self
    }

    /// The same with this window; none counts all samples alike.
    pub fn window(mut self, window: impl Into<Option<SoundWindow>>) -> STFTSpectrogram {
        self.window = window.into();
        self
    }

    /// The same with a window of a whole period, or not.
    pub fn periodic(mut self, periodic: bool) -> STFTSpectrogram {
        self.periodic = periodic;
        self
    }

    /// The same with a window divided by this.
    pub fn scaling(mut self, scaling: impl Into<Option<STFTScaling>>) -> STFTSpectrogram {
        self.scaling = scaling.into();
        self
    }

    /// The same with stretches that reach so far over the ends.
    pub fn padding(mut self, padding: Padding) -> STFTSpectrogram {
        self.padding = padding;
        self
    }

    /// The same with axes of their own for frequencies and channels.
    pub fn expand_dims(mut self, expand: bool) -> STFTSpectrogram {
        self.expand_dims = expand;
        self
    }

    /// The same with the channels there.
    pub fn data_format(mut self, format: DataFormat) -> STFTSpectrogram {
        self.data_format = format;
        self
    }

    /// The length of the transform.
    fn length(&self) -> usize {
        self.fft_length.unwrap_or_else(|| self.frame_length.next_power_of_two())
    }

    /// The window's values, scaled.
    fn scaled_window(&self) -> Result<Vec<f64>, String> {
        let (n, step) = (self.frame_length, self.frame_step.unwrap_or(self.frame_length / 2));
        if n == 0 || !(1..=n).contains(&step) || self.length() < n {
            return Err(format!(
                "expects a frame_step from 1 to frame_length and an fft_length of at least that, got {step}, {n} and {}",
                self.length()
            ));
        }
        let Some(window) = &self.window else { return Ok(vec![1.0; n]) };
        let values = window.values(n, self.periodic)?;
        let scale = match self.scaling {
            None => 1.0,
            Some(STFTScaling::Density) => values.iter().map(|value| value * value).sum::<f64>().sqrt(),
            Some(STFTScaling::Spectrum) => values.iter().map(|value| value.abs()).sum(),
        };
        Ok(values.into_iter().map(|value| value / scale).collect())
    }

    /// The sound `[batch channels, samples, 1]` times a kernel: `[batch, channels, frames, frequencies]`.
    fn side(&self, scope: &mut Scope, x: &Tensor, n_channels: usize, side: Side, window: &[f64]) -> Tensor {
        let n_frequencies = self.length() / 2 + 1;
        let name = if side == Side::Real { "real_kernel" } else { "imag_kernel" };
        let waves: AnyInitializer = Waves { side, window: window.to_vec() }.into();
        let kernel = scope.weight(Weight::new(name, [self.frame_length, 1, n_frequencies], &waves));
        let step = self.frame_step.unwrap_or(self.frame_length / 2);
        let margins = self.padding.margins(x.extent(1), self.frame_length, step, 1);
        let y = x.conv(&kernel, Conv::new(1).strides(&[step]).padding(&[margins]));
        y.reshape([x.extent(0) / n_channels.max(1), n_channels, y.extent(1), n_frequencies])
    }

    fn transformed(&self, scope: &mut Scope, x: &Tensor) -> Result<Tensor, String> {
        use STFTMode::{Angle, Imag, Log, Magnitude, Psd, Real, Stft};
        let window = self.scaled_window()?;
        if let Some(message) = self.data_format.misfit(1, &x.shape()) {
            return Err(message);
        }
        // [batch, channels, samples]
        let x = match self.data_format {
            DataFormat::ChannelsLast => x.transpose(&[0, 2, 1]),
            DataFormat::ChannelsFirst => x.clone(),
        };
        let [n, n_channels, samples] = [0, 1, 2].map(|axis| x.extent(axis));
        if self.padding == Padding::Valid && samples < self.frame_length {
            return Err(format!("expects at least {} samples, got {samples}", self.frame_length));
        }
        let x = x.reshape([n * n_channels, samples, 1]);
        let real = (self.mode != Imag).then(|| self.side(scope, &x, n_channels, Side::Real, &window));
        let imaginary = (self.mode != Real).then(|| self.side(scope, &x, n_channels, Side::Imag, &window));
        let y = match (real, imaginary) {
            (Some(only), None) | (None, Some(only)) => only,
            (Some(real), Some(imaginary)) => match self.mode {
                Angle => imaginary.atan2(&real),
                Stft => concat(&[&real, &imaginary], 3),
                mode => {
                    let power = real.square() + imaginary.square();
                    match mode {
                        Psd => {
                            let inner = power.slice_axis(3, 1, power.extent(3) - 1);
                            let none = (0, 0, 0);
                            &power + inner.pad(&[none, none, none, (1, 1, 0)], 0.0)
                        }
                        Magnitude => power.maximum(EPSILON).sqrt(),
                        _ => power.maximum(EPSILON).sqrt().maximum(EPSILON).log(),
                    }
                }
            },
            (None, None) => return Err(format!("has no mode {Log:?}")),
        };
        // [batch, channels, frames, frequencies]
        let [n, n_channels, frames, n_frequencies] = [0, 1, 2, 3].map(|axis| y.extent(axis));
        Ok(match (self.data_format, self.expand_dims) {
            (DataFormat::ChannelsLast, true) => y.transpose(&[0, 2, 3, 1]),
            (DataFormat::ChannelsFirst, true) => y,
            (DataFormat::ChannelsLast, false) => {
                y.transpose(&[0, 2, 1, 3]).reshape([n, frames, n_channels * n_frequencies])
            }
            (DataFormat::ChannelsFirst, false) => {
                y.transpose(&[0, 1, 3, 2]).reshape([n, n_channels * n_frequencies, frames])
            }
        })
    }
}

/// The two parts of a Fourier transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Side {
    Real,
    Imag,
}

/// The initializer of cosines or sines times a window.
#[derive(Clone, Debug, Serialize)]
struct Waves {
    side: Side,
    window: Vec<f64>,
}

impl Named for Waves {
    const NAME: &'static str = "STFT";
    const SUMMARY: &'static str = "cosines or sines times a window";
}

impl Initializer for Waves {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        let n_frequencies = shape[2];
        let length = 2 * (n_frequencies - 1).max(1);
        let wave = |i: usize, k: usize| {
            let angle = TAU * ((i * k) % length) as f64 / length as f64;
            self.window[i] * if self.side == Side::Real { angle.cos() } else { -angle.sin() }
        };
        (0..shape[0]).flat_map(|i| (0..n_frequencies).map(move |k| wave(i, k))).collect()
    }
}

impl Named for STFTSpectrogram {
    const NAME: &'static str = "STFTSpectrogram";
    const SUMMARY: &'static str = "gives the Fourier transforms of stretches of sound";
}

impl Layer for STFTSpectrogram {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            self.transformed(scope, x).unwrap_or_else(|message| scope.fail(message))
        })
    }
}

impl Sampled for STFTSpectrogram {
    fn samples() -> Vec<LayerSample> {
        let of = |mode: STFTMode| STFTSpectrogram::new(mode).frame_length(6);
        vec![
            LayerSample::new(of(STFTMode::Real), [&[2, 20, 2]]),
            LayerSample::new(of(STFTMode::Stft).padding(Padding::Same).expand_dims(true), [&[2, 20, 2]]),
            LayerSample::new(of(STFTMode::Psd).data_format(DataFormat::ChannelsFirst), [&[2, 2, 20]]),
        ]
    }
}
