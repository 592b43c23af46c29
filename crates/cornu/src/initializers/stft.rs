//! The kernel of the short-time Fourier transform.

use super::Initializer;
use super::window::Window;
use crate::registry::Named;
use cornu_graph::Shape;
use cornu_graph::philox::Random;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// One half of a discrete Fourier transform of frames, as the kernel `[frame_length, 1, n]` of a convolution
/// along time: `window[t] cos(2 pi t k / (2 n - 2)) / scale` at time `t` and frequency `k`, or minus its sine.
///
/// The scale is the root of the sum of the window's squares (`density`), the sum of its absolute values
/// (`spectrum`) or 1; without a window it is always 1. Fails on weights that have not three axes, the last of
/// at least 2. Agrees with Keras's `STFT`.
///
/// ```
/// use cornu::initializers::{Initializer, STFT, Window};
/// use cornu_graph::philox::Random;
/// let kernel = STFT { window: None, ..STFT::default() };
/// let values = kernel.values(&[2, 1, 3].into(), &mut Random::new(0, 0));
/// assert_eq!(&values[..4], [1.0, 1.0, 1.0, 1.0]);
/// assert!(values[4].abs() < 1e-12 && values[5] == -1.0);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct STFT {
    /// Which half of the transform; the real one by default.
    pub side: Side,
    /// How a frame fades at its ends; by Hann's window by default.
    pub window: Option<Window>,
    /// What the window is divided by; by default the root of the sum of its squares.
    pub scaling: Option<Scaling>,
    /// Whether the window is one period of a function, whose end is the next one's begin; false by default.
    pub periodic: bool,
}

/// A half of the Fourier transform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// The cosines.
    #[default]
    #[serde(rename = "real")]
    Real,
    /// The sines, with their sign changed.
    #[serde(rename = "imag")]
    Imaginary,
}

/// What a window is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// The root of the sum of its squares.
    Density,
    /// The sum of its absolute values.
    Spectrum,
}

impl Default for STFT {
    fn default() -> STFT {
        STFT {
            side: Side::Real,
            window: Some(Window::Hann),
            scaling: Some(Scaling::Density),
            periodic: false,
        }
    }
}

impl Named for STFT {
    const NAME: &'static str = "STFT";
    const ALIASES: &'static [&'static str] = &["stft", "STFTInitializer"];
    const SUMMARY: &'static str = "the kernel of a short-time Fourier transform";
}

impl Initializer for STFT {
    fn values(&self, shape: &Shape, _: &mut Random) -> Vec<f64> {
        let [length, channels, n] = shape[..] else { return vec![0.0; shape.size()] };
        let window = self.window.as_ref().map(|window| window.values(length, self.periodic));
        let scale = match (&window, self.scaling) {
            (None, _) | (_, None) => 1.0,
            (Some(window), Some(Scaling::Density)) => window.iter().map(|w| w * w).sum::<f64>().sqrt(),
            (Some(window), Some(Scaling::Spectrum)) => window.iter().map(|w| w.abs()).sum(),
        };
        let period = 2 * n.saturating_sub(1).max(1);
        let mut values = Vec::with_capacity(shape.size());
        for time in 0..length {
            let weight = window.as_ref().map_or(1.0, |window| window[time] / scale);
            for _ in 0..channels {
                values.extend((0..n).map(|frequency| {
                    // Whole turns are left out, so that large products lose nothing.
                    let turn = (time * frequency % period) as f64 / period as f64;
                    let angle = -2.0 * PI * turn;
                    weight * if self.side == Side::Real { angle.cos() } else { angle.sin() }
                }));
            }
        }
        values
    }

    fn check(&self, shape: &Shape) -> Result<(), String> {
        if shape.rank() != 3 || shape[2] < 2 {
            return Err(format!(
                "STFT expects a weight of shape (frame_length, 1, n) with n of at least 2, got shape {shape}"
            ));
        }
        match &self.window {
            Some(Window::Values(values)) if values.len() != shape[0] => {
                let (n, length) = (values.len(), shape[0]);
                Err(format!("STFT has a window of {n} values for frames of length {length}"))
            }
            _ => Ok(()),
        }
    }
}
