//! Colors as red, green and blue, as hue, saturation and value, and as gray.

use cornu_graph::{Tensor, concat};

/// The planes of images whose last axis holds them.
fn planes(x: &Tensor) -> [Tensor; 3] {
    [0, 1, 2].map(|i| x.slice_axis(-1, i, i + 1))
}

fn together(planes: [Tensor; 3]) -> Tensor {
    concat(&[&planes[0], &planes[1], &planes[2]], -1)
}

/// The brightness of images of 3 channels, `0.2989 r + 0.587 g + 0.114 b`, as one channel; images of one
/// channel as they are.
pub(super) fn gray(x: &Tensor) -> Tensor {
    match x.extent(-1) {
        1 => x.clone(),
        _ => {
            let [r, g, b] = planes(x);
            r * 0.2989 + g * 0.587 + b * 0.114
        }
    }
}

/// Hue, saturation and value of red, green and blue, all of them from 0 to 1.
pub(super) fn hsv_of_rgb(x: &Tensor) -> Tensor {
    // What is next to nothing is nothing.
    let [r, g, b] = planes(&x.abs().less(f64::from(f32::EPSILON)).select(&x.full_like(0.0), x));
    let value = r.maximum(&g).maximum(&b);
    let span = &value - r.minimum(&g).minimum(&b);
    let (bright, colored) = (value.greater(0.0), span.greater(0.0));
    let one = value.full_like(1.0);
    let saturation = bright.select(&(&span / bright.select(&value, &one)), 0.0);
    let sixth = 1.0 / (6.0 * colored.select(&span, &one));
    let hue = value.equal(&g).select(&(&sixth * (&b - &r) + 2.0 / 6.0), &(&sixth * (&r - &g) + 4.0 / 6.0));
    let hue = value.equal(&r).select(&(&sixth * (&g - &b)), &hue);
    let hue = colored.select(&hue, 0.0) + hue.less(0.0).cast(x.dtype());
    together([hue, saturation, value])
}

/// Red, green and blue of hue, saturation and value.
pub(super) fn rgb_of_hsv(x: &Tensor) -> Tensor {
    let [hue, saturation, value] = planes(x);
    let sixths = hue.remainder(&hue.full_like(1.0)) * 6.0;
    let share = [
        ((&sixths - 3.0).abs() - 1.0).clip(0.0, 1.0),
        (2.0 - (&sixths - 2.0).abs()).clip(0.0, 1.0),
        (2.0 - (&sixths - 4.0).abs()).clip(0.0, 1.0),
    ];
    together(share.map(|share| &value * (1.0 - &saturation + &saturation * share)))
}

/// Images whose plane `i` is what `change` makes of it.
pub(super) fn with_plane(x: &Tensor, i: usize, change: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
    let mut planes = planes(x);
    planes[i] = change(&planes[i]);
    together(planes)
}
