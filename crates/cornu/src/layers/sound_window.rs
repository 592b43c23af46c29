//! How much each sample of a stretch of sound counts.

use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// How much each sample of a stretch of sound counts: a name, or the numbers themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SoundWindow {
    /// `hann`, `hamming`, `blackman`, `nuttall`, `blackmanharris`, `flattop` or `boxcar`.
    Named(String),
    /// A number for each sample.
    Values(Vec<f64>),
}

impl From<&str> for SoundWindow {
    fn from(name: &str) -> SoundWindow {
        SoundWindow::Named(name.into())
    }
}

impl From<Vec<f64>> for SoundWindow {
    fn from(values: Vec<f64>) -> SoundWindow {
        SoundWindow::Values(values)
    }
}

/// For configs: Hann's window.
pub(super) fn hann() -> Option<SoundWindow> {
    Some("hann".into())
}

impl SoundWindow {
    /// The numbers for `n` samples: of a whole period, without its last one where `periodic`.
    pub(super) fn values(&self, n: usize, periodic: bool) -> Result<Vec<f64>, String> {
        let name = match self {
            SoundWindow::Values(values) if values.len() == n => return Ok(values.clone()),
            SoundWindow::Values(values) => {
                return Err(format!("expects a window of {n} numbers, got {}", values.len()));
            }
            SoundWindow::Named(name) => name,
        };
        // A sum of cosines of whole periods, with changing signs.
        let shares: &[f64] = match name.as_str() {
            "hann" => &[0.5, 0.5],
            "hamming" => &[0.54, 0.46],
            "blackman" => &[0.42, 0.5, 0.08],
            "nuttall" => &[0.363_581_9, 0.489_177_5, 0.136_599_5, 0.010_641_1],
            "blackmanharris" => &[0.35875, 0.48829, 0.14128, 0.01168],
            "flattop" => &[0.215_578_95, 0.416_631_58, 0.277_263_158, 0.083_578_947, 0.006_947_368],
            "boxcar" | "ones" => &[1.0],
            _ => {
                return Err(format!(
                    "expects a window hann, hamming, blackman, nuttall, blackmanharris, flattop or boxcar, or its \
                     numbers, got `{name}`"
                ));
            }
        };
        let period = (n - !periodic as usize).max(1) as f64;
        let value = |i: usize| {
            let cosine = |(k, share): (usize, &f64)| {
                (if k % 2 == 0 { 1.0 } else { -1.0 }) * share * (TAU * (k * i) as f64 / period).cos()
            };
            shares.iter().enumerate().map(cosine).sum()
        };
        Ok(if n == 1 { vec![1.0] } else { (0..n).map(value).collect() })
    }
}
