//! How far a window reaches over the edges of its input.

use serde::{Deserialize, Serialize};

/// How far the windows of a convolution or pooling reach over the edges of their input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    /// Not at all: of `n` elements, windows of `k` make `(n - k) / stride + 1`, rounded down.
    #[default]
    Valid,
    /// As far on both ends (one more at the last one where it is odd) that there are `n / stride`
    /// windows, rounded up.
    Same,
    /// Over the first edge alone, so that a result does not see what comes after it; for `Conv1D`.
    Causal,
}

impl Padding {
    /// How many elements are missing before and after `n` of them, for windows that see `size`
    /// elements `dilation` apart and move by `stride`.
    pub(crate) fn margins(self, n: usize, size: usize, stride: usize, dilation: usize) -> (i64, i64) {
        let reach = (size as i64 - 1) * dilation as i64; // from a window's first element to its last
        match self {
            Padding::Valid => (0, 0),
            Padding::Causal => (reach, 0),
            Padding::Same => {
                let last = (n.div_ceil(stride) as i64 - 1) * stride as i64; // where the last window begins
                let missing = (last + reach + 1 - n as i64).max(0);
                (missing / 2, missing - missing / 2)
            }
        }
    }
}
