//! The layer that gives the loudness of sound at heights of tone.

use super::inputs::one_float;
use super::sound_window::{SoundWindow, hann};
use super::{Layer, LayerSample, Numbers, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::ops::Conv;
use cornu_graph::{Tensor, concat};
use serde::{Deserialize, Serialize};
use std::f64::consts::{LN_10, TAU};

/// The loudness of sound at heights of tone, over time: `[batch, samples] -> [batch, num_mel_bins, frames]`.
///
/// The sound, mirrored at its ends by half an `fft_length`, is cut into stretches that begin
/// `sequence_stride` samples apart; of each the Fourier transform of its samples times a window is taken, its
/// absolute value to the power `mag_exp` summed over triangles that are evenly spread in mels,
/// `1127 log(1 + f / 700)`; and the result is given in decibels against `ref_power`, or at least
/// the loudest of the batch less `top_db`. Agrees with Keras's `MelSpectrogram`.
///
/// ```
/// use cornu::layers::MelSpectrogram;
/// let layer = MelSpectrogram::new().num_mel_bins(64).sampling_rate(8000);
/// assert_eq!(layer.fft_length, 2048);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MelSpectrogram {
    /// The length of the Fourier transform; 2048 by default.
    pub fft_length: usize,
    /// How far apart stretches begin; 512 by default.
    pub sequence_stride: usize,
    /// How many samples of a stretch count; all by default.
    pub sequence_length: Option<usize>,
    /// How much each of these counts: `hann` (the default), `hamming`, or numbers.
    pub window: Option<SoundWindow>,
    /// The number of samples in a second; 16000 by default.
    pub sampling_rate: f64,
    /// The number of triangles; 128 by default.
    pub num_mel_bins: usize,
    /// Where the first triangle begins, in hertz; 20 by default.
    pub min_freq: f64,
    /// Where the last triangle ends; at half the sampling rate by default.
    pub max_freq: Option<f64>,
    /// Whether to give decibels; true by default.
    pub power_to_db: bool,
    /// How far below the loudest there is nothing, in decibels; 80 by default.
    pub top_db: f64,
    /// The power of the absolute value; 2 by default.
    pub mag_exp: f64,
    /// What counts as silence; 1e-10 by default.
    pub min_power: f64,
    /// What has 0 decibels; 1 by default.
    pub ref_power: f64,
}

impl Default for MelSpectrogram {
    fn default() -> MelSpectrogram {
        MelSpectrogram {
            fft_length: 2048,
            sequence_stride: 512,
            sequence_length: None,
            window: hann(),
            sampling_rate: 16000.0,
            num_mel_bins: 128,
            min_freq: 20.0,
            max_freq: None,
            power_to_db: true,
            top_db: 80.0,
            mag_exp: 2.0,
            min_power: 1e-10,
            ref_power: 1.0,
        }
    }
}

impl MelSpectrogram {
    /// A layer with the defaults.
    pub fn new() -> MelSpectrogram {
        MelSpectrogram::default()
    }

    /// The same with Fourier transforms of this length.
    pub fn fft_length(mut self, length: usize) -> MelSpectrogram {
        self.fft_length = length;
        self
    }

    /// The same with stretches so far apart.
    pub fn sequence_stride(mut self, stride: usize) -> MelSpectrogram {
        self.sequence_stride = stride;
        self
    }

    /// The same with so many samples of each stretch.
    pub fn sequence_length(mut self, length: usize) -> MelSpectrogram {
        self.sequence_length = Some(length);
        self
    }

    /// The same with this window.
    pub fn window(mut self, window: impl Into<SoundWindow>) -> MelSpectrogram {
        self.window = Some(window.into());
        self
    }

    /// The same for sound of so many samples a second.
    pub fn sampling_rate(mut self, rate: impl Into<f64>) -> MelSpectrogram {
        self.sampling_rate = rate.into();
        self
    }

    /// The same with so many triangles.
    pub fn num_mel_bins(mut self, n: usize) -> MelSpectrogram {
        self.num_mel_bins = n;
        self
    }

    /// The same between these frequencies, in hertz.
    pub fn frequencies(mut self, low: f64, high: f64) -> MelSpectrogram {
        (self.min_freq, self.max_freq) = (low, Some(high));
        self
    }

    /// The same with or without decibels.
    pub fn power_to_db(mut self, decibels: bool) -> MelSpectrogram {
        self.power_to_db = decibels;
        self
    }

    /// The kernels of the Fourier transform, the real parts before the imaginary ones:
    /// `[fft_length, 1, 2 frequencies]`.
    fn kernels(&self) -> Result<Vec<f64>, String> {
        let (n, length) = (self.fft_length, self.sequence_length.unwrap_or(self.fft_length));
        if length == 0 || n < length || self.sequence_stride == 0 || self.num_mel_bins == 0 {
            return Err(format!(
                "expects a sequence_length from 1 to fft_length, a stride and bins of at least 1, got {length} of {n}, \
                 {} and {}",
                self.sequence_stride, self.num_mel_bins
            ));
        }
        let before = (n - length) / 2;
        let inner = match &self.window {
            Some(window) => window.values(length, true)?,
            None => vec![1.0; length],
        };
        let mut window = vec![if self.window.is_some() { 0.0 } else { 1.0 }; n];
        window[before..before + length].copy_from_slice(&inner);
        let n_frequencies = n / 2 + 1;
        let kernel = |i: usize, k: usize| {
            let angle = TAU * ((i * (k % n_frequencies)) % n) as f64 / n as f64;
            window[i] * if k < n_frequencies { angle.cos() } else { -angle.sin() }
        };
        let places = (0..n).flat_map(|i| (0..2 * n_frequencies).map(move |k| (i, k)));
        Ok(places.map(|(i, k)| kernel(i, k)).collect())
    }

    /// How much each frequency counts in each triangle: `[frequencies, num_mel_bins]`.
    fn triangles(&self) -> Vec<f64> {
        let mel = |hertz: f64| 1127.0 * (1.0 + hertz / 700.0).ln();
        let n_frequencies = self.fft_length / 2 + 1;
        let half = self.sampling_rate / 2.0;
        let (low, high) = (mel(self.min_freq), mel(self.max_freq.unwrap_or(half.floor())));
        let step = (high - low) / (self.num_mel_bins + 1) as f64;
        let share = |k: usize, bin: usize| {
            let here = mel(half * k as f64 / (n_frequencies - 1).max(1) as f64);
            let start = low + step * bin as f64;
            let slope = ((here - start) / step).min((start + 2.0 * step - here) / step).max(0.0);
            // The mean of the sound is no tone.
            if k == 0 { 0.0 } else { slope }
        };
        (0..n_frequencies).flat_map(|k| (0..self.num_mel_bins).map(move |bin| share(k, bin))).collect()
    }

    fn spectrogram(&self, x: &Tensor) -> Result<Tensor, String> {
        let (n, margin) = (self.fft_length, self.fft_length / 2);
        let kernels = self.kernels()?;
        let (batch, samples) = match x.shape()[..] {
            [batch, samples] if samples > margin => (batch, samples),
            _ => return Err(format!("expects sound [batch, more than {margin} samples], got {}", x.shape())),
        };
        let start = x.slice_axis(1, 1, margin + 1).reverse(&[1]);
        let end = x.slice_axis(1, samples - 1 - margin, samples - 1).reverse(&[1]);
        let sound = concat(&[&start, x, &end], 1).reshape([batch, samples + 2 * margin, 1]);
        let n_frequencies = n / 2 + 1;
        let kernels = Numbers::from(kernels).tensor(x, [n, 1, 2 * n_frequencies]);
        let parts = sound.conv(&kernels, Conv::new(1).strides(&[self.sequence_stride]));
        let real = parts.slice_axis(2, 0, n_frequencies);
        let imaginary = parts.slice_axis(2, n_frequencies, 2 * n_frequencies);
        let square = real.square() + imaginary.square();
        let power = if self.mag_exp == 2.0 { square } else { square.sqrt().pow(self.mag_exp) };
        let triangles = Numbers::from(self.triangles()).tensor(x, [n_frequencies, self.num_mel_bins]);
        let mel = power.matmul(&triangles);
        let mel = match self.power_to_db {
            true => {
                let decibels = mel.maximum(self.min_power).log() * (10.0 / LN_10);
                let decibels = decibels - 10.0 * self.ref_power.abs().max(self.min_power).log10();
                let floor = decibels.reduce_max_keep(&[0, 1, 2]) - self.top_db;
                decibels.maximum(&floor)
            }
            false => mel,
        };
        Ok(mel.transpose(&[0, 2, 1]))
    }
}

impl Named for MelSpectrogram {
    const NAME: &'static str = "MelSpectrogram";
    const SUMMARY: &'static str = "gives the loudness of sound at heights of tone";
}

impl Layer for MelSpectrogram {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let precise = x.cast(scope.precise_dtype());
            match self.spectrogram(&precise) {
                Ok(y) => y.cast(x.dtype()),
                Err(message) => scope.fail(message),
            }
        })
    }
}

impl Sampled for MelSpectrogram {
    fn samples() -> Vec<LayerSample> {
        let layer =
            MelSpectrogram::new().fft_length(16).sequence_stride(6).num_mel_bins(3).sampling_rate(800);
        vec![
            LayerSample::new(layer.clone(), [&[2, 40]]),
            LayerSample::new(layer.sequence_length(12).window("hamming").power_to_db(false), [&[2, 40]]),
        ]
    }
}
