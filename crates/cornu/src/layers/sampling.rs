//! Images looked up at places between their pixels.

use super::Interpolation;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Serialize};

/// What lies outside an image of `a b c d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillMode {
    /// Its mirror image, the edge twice: `d c b a | a b c d | d c b a`; the default.
    #[default]
    Reflect,
    /// The fill value: `k k k k | a b c d | k k k k`.
    Constant,
    /// The image again: `a b c d | a b c d | a b c d`.
    Wrap,
    /// Its edge: `a a a a | a b c d | d d d d`.
    Nearest,
    /// Its mirror image, the edge once: `d c b | a b c d | c b a`.
    Mirror,
}

impl FillMode {
    /// Pixel numbers along an axis of `n` pixels, whole numbers of any size, as those of the pixels that
    /// stand for them.
    fn inside(self, place: &Tensor, n: usize) -> Tensor {
        let size = n as f64;
        let folded = |place: &Tensor, turn: f64| -> Tensor {
            (place + turn).remainder(&place.full_like((2.0 * turn).max(1.0))) - turn
        };
        match self {
            FillMode::Constant | FillMode::Nearest => place.clip(0.0, size - 1.0),
            FillMode::Wrap => place.remainder(&place.full_like(size)),
            FillMode::Mirror => folded(place, size - 1.0).abs(),
            FillMode::Reflect => {
                let twice = folded(&(place * 2.0 + 1.0), 2.0 * size).abs();
                ((twice - 1.0) * 0.5).floor()
            }
        }
    }
}

/// How images are looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampling {
    pub interpolation: Interpolation,
    pub fill_mode: FillMode,
    pub fill_value: f64,
}

impl Sampling {
    /// Images `x`, `[batch, rows, columns, channels]`, at the places `row` and `column`, each
    /// `[batch, .., ..]`: as many channels at each place.
    pub(super) fn at(&self, x: &Tensor, row: &Tensor, column: &Tensor) -> Tensor {
        if !matches!(self.interpolation, Interpolation::Nearest | Interpolation::Bilinear) {
            let got = self.interpolation;
            return x.builder().fail(format!("expects an interpolation nearest or bilinear, got {got:?}"));
        }
        let [n, rows, columns, channels] = [0, 1, 2, 3].map(|axis| x.extent(axis));
        let (row, column) = (self.near(row), self.near(column));
        let shape = row[0].0.shape();
        let pixels = x.reshape([n * rows * columns, channels]);
        let image = x.builder().iota(&shape, 0, DType::I64) * (rows * columns) as f64;
        let mut sum: Option<Tensor> = None;
        for (i, in_row) in &row {
            for (j, in_column) in &column {
                let [r, c] = [(i, rows), (j, columns)]
                    .map(|(place, n)| self.fill_mode.inside(place, n).cast(DType::I64));
                let found = pixels.gather(&(&image + r * columns as f64 + c), 0);
                let found = match self.fill_mode {
                    FillMode::Constant => {
                        let within =
                            |place: &Tensor, n: usize| place.greater_equal(0.0).and(&place.less(n as f64));
                        let within = within(i, rows).and(&within(j, columns)).expand_dims(-1);
                        within.broadcast_to(found.shape()).select(&found, self.fill_value)
                    }
                    _ => found,
                };
                let part = (in_row * in_column).expand_dims(-1) * found;
                sum = Some(sum.map_or_else(|| part.clone(), |sum| sum + &part));
            }
        }
        sum.unwrap_or_else(|| x.clone())
    }

    /// The pixels along an axis that a place is made of, each with its weight.
    fn near(&self, place: &Tensor) -> Vec<(Tensor, Tensor)> {
        match self.interpolation {
            // Halves go away from zero.
            Interpolation::Nearest => {
                let nearest = place.sign() * (place.abs() + 0.5).floor();
                vec![(nearest, place.full_like(1.0))]
            }
            _ => {
                let below = place.floor();
                let share = place - &below;
                vec![(below.clone(), 1.0 - &share), (&below + 1.0, share)]
            }
        }
    }
}

/// The rows and the columns of each pixel of images: `[batch, rows, columns]` each.
pub(super) fn pixels(x: &Tensor) -> (Tensor, Tensor) {
    let shape = [x.extent(0), x.extent(1), x.extent(2)];
    (x.builder().iota(shape, 1, x.dtype()), x.builder().iota(shape, 2, x.dtype()))
}

/// For configs: between pixels all around count.
pub(super) fn bilinear() -> Interpolation {
    Interpolation::Bilinear
}
