//! Windows: how a frame of a signal fades at its ends.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// A window, by the names of SciPy's `get_window` (those that need no parameter), or its values.
///
/// ```
/// use cornu::initializers::Window;
/// assert_eq!(Window::Bartlett.values(5, false), [0.0, 0.5, 1.0, 0.5, 0.0]);
/// assert_eq!(Window::Triang.values(4, true), [1.0 / 3.0, 2.0 / 3.0, 1.0, 2.0 / 3.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// A triangle and a cosine.
    #[serde(alias = "brthan", alias = "bth")]
    Barthann,
    /// A triangle with zeros at its ends.
    #[serde(alias = "bart", alias = "brt")]
    Bartlett,
    /// Three cosines.
    #[serde(alias = "black", alias = "blk")]
    Blackman,
    /// Four cosines, with low side lobes.
    #[serde(alias = "blackharr", alias = "bkh")]
    Blackmanharris,
    /// Two half periods of a cosine, convolved.
    #[serde(alias = "bman", alias = "bmn")]
    Bohman,
    /// Ones.
    #[serde(alias = "box", alias = "ones", alias = "rect", alias = "rectangular")]
    Boxcar,
    /// Half a period of a sine.
    #[serde(alias = "halfcosine")]
    Cosine,
    /// An exponential, by which neighbors of the middle one are a factor of `e` less.
    #[serde(alias = "poisson")]
    Exponential,
    /// Five cosines, flat at the top.
    #[serde(alias = "flat", alias = "flt")]
    Flattop,
    /// A raised cosine that does not go down to zero.
    #[serde(alias = "hamm", alias = "ham")]
    Hamming,
    /// A raised cosine.
    #[serde(alias = "han")]
    Hann,
    /// The middle of a sinc.
    #[serde(alias = "sinc")]
    Lanczos,
    /// Four cosines.
    #[serde(alias = "nutl", alias = "nut")]
    Nuttall,
    /// A piecewise cubic.
    #[serde(alias = "parz", alias = "par")]
    Parzen,
    /// Three cosines over a constant, whose side lobes are 30 decibels below the main one.
    #[serde(alias = "taylorwin")]
    Taylor,
    /// A triangle without zeros.
    #[serde(alias = "triangle", alias = "tri")]
    Triang,
    /// A box with ends of raised cosines, a quarter of it each.
    #[serde(alias = "tuk")]
    Tukey,
    /// These values.
    #[serde(untagged)]
    Values(Vec<f64>),
}

impl Window {
    /// The window's `n` values; `periodic` ones are the first of a window of one more.
    pub fn values(&self, n: usize, periodic: bool) -> Vec<f64> {
        match self {
            Window::Values(values) => values.clone(),
            _ if n <= 1 => vec![1.0; n],
            _ => {
                let whole = if periodic { n + 1 } else { n };
                (0..n).map(|i| self.at(i as f64, whole as f64)).collect()
            }
        }
    }

    /// The value at `i` of a symmetric window of `n` values.
    fn at(&self, i: f64, n: f64) -> f64 {
        // From -1 to 1.
        let x = 2.0 * i / (n - 1.0) - 1.0;
        let cosines = |weights: &[f64]| -> f64 {
            weights.iter().enumerate().map(|(k, w)| w * (PI * x * k as f64).cos()).sum()
        };
        match self {
            Window::Barthann => 0.62 - 0.48 * (x / 2.0).abs() + 0.38 * (PI * x).cos(),
            Window::Bartlett => 1.0 - x.abs(),
            Window::Blackman => cosines(&[0.42, 0.5, 0.08]),
            Window::Blackmanharris => cosines(&[0.35875, 0.48829, 0.14128, 0.01168]),
            Window::Bohman if i == 0.0 || i == n - 1.0 => 0.0,
            Window::Bohman => (1.0 - x.abs()) * (PI * x.abs()).cos() + (PI * x.abs()).sin() / PI,
            Window::Boxcar | Window::Values(_) => 1.0,
            Window::Cosine => (PI / n * (i + 0.5)).sin(),
            Window::Exponential => (-(i - (n - 1.0) / 2.0).abs()).exp(),
            Window::Flattop => cosines(&[0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368]),
            Window::Hamming => cosines(&[0.54, 0.46]),
            Window::Hann => cosines(&[0.5, 0.5]),
            Window::Lanczos if x == 0.0 => 1.0,
            Window::Lanczos => (PI * x).sin() / (PI * x),
            Window::Nuttall => cosines(&[0.3635819, 0.4891775, 0.1365995, 0.0106411]),
            Window::Parzen => {
                let z = (i - (n - 1.0) / 2.0).abs() / (n / 2.0);
                match z <= (n - 1.0) / (2.0 * n) {
                    true => 1.0 - 6.0 * z * z * (1.0 - z),
                    false => 2.0 * (1.0 - z).powi(3),
                }
            }
            Window::Taylor => taylor(i - (n - 1.0) / 2.0, n) / taylor(0.0, n),
            Window::Triang => {
                let odd = n % 2.0;
                let place = 1.0 + i.min(n - 1.0 - i);
                (2.0 * place - 1.0 + odd) / (n + odd)
            }
            Window::Tukey => {
                // Each end is a quarter of the window.
                let end = i.min(n - 1.0 - i) / (n - 1.0);
                if end < 0.25 { 0.5 * (1.0 - (4.0 * PI * end).cos()) } else { 1.0 }
            }
        }
    }
}

/// Taylor's window at a distance from the middle, not yet scaled to 1 there.
fn taylor(distance: f64, n: f64) -> f64 {
    // How many side lobes are of one height, and what the main one is times as high.
    const N_LOBES: usize = 4;
    let height = 10f64.powf(30.0 / 20.0);
    let a = height.acosh() / PI;
    let squares = |m: usize| (m * m) as f64;
    let width = squares(N_LOBES) / (a * a + (N_LOBES as f64 - 0.5).powi(2));
    let weight = |m: usize| -> f64 {
        let zeros = |k: usize| 1.0 - squares(m) / width / (a * a + (k as f64 - 0.5).powi(2));
        let above: f64 = (1..N_LOBES).map(zeros).product();
        let below: f64 = (1..N_LOBES).filter(|k| *k != m).map(|k| 1.0 - squares(m) / squares(k)).product();
        let sign = if m % 2 == 1 { 1.0 } else { -1.0 };
        sign * above / (2.0 * below)
    };
    1.0 + 2.0 * (1..N_LOBES).map(|m| weight(m) * (2.0 * PI * m as f64 * distance / n).cos()).sum::<f64>()
}
