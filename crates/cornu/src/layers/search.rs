//! Where numbers stand among sorted ones.

use cornu_graph::{Array, DType, Tensor};

/// For each element of `x` how many of the ascending `sorted` numbers are below it, or with
/// `inclusive` are not above it: an `i64` from 0 up to their number. NaN stands behind all.
///
/// It halves the numbers that are left at each of its rounds, of which there are as many as the
/// number of numbers has bits.
pub(super) fn place_among(x: &Tensor, sorted: &[f64], inclusive: bool) -> Tensor {
    let b = x.builder();
    let n = sorted.len();
    let mut place = b.zeros(x.shape(), DType::I64);
    if n == 0 {
        return place;
    }
    let sorted = match Array::from_f64([n], x.dtype(), sorted) {
        Ok(sorted) => b.constant(&sorted),
        Err(message) => return b.fail(message),
    };
    let mut step = n.next_power_of_two();
    while step > 0 {
        // Whether the number just before the place a step further on leaves x behind it.
        let further = &place + step as f64;
        let last = sorted.gather(&(&further - 1.0), 0);
        let behind = match inclusive {
            true => x.less(&last).not(),
            false => last.less(x),
        };
        place = behind.and(&further.less_equal(n as f64)).select(&further, &place);
        step /= 2;
    }
    place
}
