//! The 1,797 handwritten digits that come with the library.

use super::Dataset;
use cornu_graph::Array;
use flate2::read::ZlibDecoder;
use std::io::Read;

/// 1,797 handwritten digits of 8 by 8 pixels: small enough to come with the library, and enough to
/// learn from. The data set that `sklearn.datasets.load_digits` gives.
///
/// `x` is `u8` of shape `[1797, 8, 8]` with gray levels from 0 to 16, not scaled; `y` is `u8` of
/// shape `[1797]` with the digits. From the UCI Machine Learning Repository, Optical Recognition of
/// Handwritten Digits by E. Alpaydin and C. Kaynak, CC BY 4.0.
///
/// ```
/// let digits = cornu::data::digits();
/// assert_eq!(digits.x.shape()[..], [1797, 8, 8]);
/// assert_eq!(digits.y.as_slice::<u8>().unwrap()[..5], [0, 1, 2, 3, 4]);
/// ```
pub fn digits() -> Dataset {
    // 1,797 rows of 64 pixels and a label; see digits/make.py.
    let packed = include_bytes!("digits/digits.bin");
    let mut rows = Vec::with_capacity(1797 * 65);
    ZlibDecoder::new(packed.as_slice()).read_to_end(&mut rows).expect("the digits are packed well");
    let (rows, _) = rows.as_chunks::<65>();
    let pixels = rows.iter().flat_map(|row| &row[..64]).copied().collect();
    let labels = rows.iter().map(|row| row[64]).collect();
    let x = Array::new([rows.len(), 8, 8], pixels).expect("64 pixels each");
    Dataset { x, y: Array::from_vec::<u8>(labels) }
}
