//! Images as a convolution meets them: where each place and each element of a window lies, in the
//! image itself or in a copy with its padding.

use crate::kernels::axis::WindowAxis;
use crate::simd::{Isa, Job};
use std::ops::Range;

/// Images over which windows move; what a window sees at one place has `lanes` numbers.
///
/// Along each axis the element seen is at `major * major_step + minor * minor_step - low`: majors are
/// where windows are, minors what is in them.
#[derive(Clone, Debug)]
pub(super) struct Images {
    /// Number of images, and from each to the next.
    pub(super) outer: (usize, isize),
    /// Numbers at each place, and from each to the next.
    pub(super) lanes: (usize, isize),
    pub(super) axes: [WindowAxis; 3],
}

impl Images {
    /// Places of windows in one image.
    pub(super) fn places(&self) -> usize {
        self.axes.iter().map(|axis| axis.majors).product()
    }

    /// Numbers in a window.
    pub(super) fn width(&self) -> usize {
        self.lanes.0 * self.taps()
    }

    /// Elements of a window.
    pub(super) fn taps(&self) -> usize {
        self.axes.iter().map(|axis| axis.minors).product()
    }

    /// Whether windows see nothing but the image, whose lanes lie side by side.
    fn lie_ready(&self) -> bool {
        let inside = |axis: &WindowAxis| {
            axis.spread == 1
                && axis.low <= 0
                && reach(axis, axis.majors) as i64 - axis.low <= axis.extent as i64
        };
        (self.lanes.0 == 1 || self.lanes.1 == 1) && self.axes.iter().all(inside)
    }
}

/// How far windows at so many majors see along an axis.
fn reach(axis: &WindowAxis, majors: usize) -> usize {
    majors.saturating_sub(1) * axis.major_step + axis.minors.saturating_sub(1) * axis.minor_step + 1
}

/// Some rows of one image, or some whole images.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    pub(super) images: Range<usize>,
    /// Along [`Tiles::axis`].
    pub(super) rows: Range<usize>,
}

/// Images cut into tiles, and offsets within a tile.
#[derive(Clone, Debug)]
pub(super) struct Tiles {
    images: Images,
    /// The first axis along which windows move.
    pub(super) axis: usize,
    /// Whole images of a tile, at most.
    pub(super) n_images: usize,
    /// Rows of a tile, at most.
    pub(super) n_rows: usize,
    /// Whether a tile is copied before it is used.
    copied: bool,
    image_stride: isize,
    strides: [isize; 3],
    lane_stride: isize,
}

impl Tiles {
    /// Tiles of about so many places and numbers.
    pub(super) fn new(images: Images, places: usize, numbers: usize) -> Tiles {
        let axis = images.axes.iter().position(|axis| axis.majors > 1).unwrap_or(2);
        let copied = !images.lie_ready();
        let extents = |rows: usize| {
            let own = |i: usize| if i == axis { rows } else { images.axes[i].majors };
            [0, 1, 2].map(|i| reach(&images.axes[i], own(i)))
        };
        let in_row: usize = images.axes[axis + 1..].iter().map(|axis| axis.majors).product();
        let size = |rows: usize| extents(rows).iter().product::<usize>() * images.lanes.0;
        let all = images.axes[axis].majors;
        let mut n_rows = all.min((places / in_row.max(1)).max(1)).max(1);
        while n_rows > 1 && size(n_rows) > numbers {
            n_rows -= 1;
        }
        // Of equal height, as far as may be.
        n_rows = all.div_ceil(all.div_ceil(n_rows).max(1)).max(1);
        let each = (in_row * all).max(1);
        let n_images = match n_rows >= all {
            true => (places / each).min(numbers / size(all).max(1)).clamp(1, images.outer.0.max(1)),
            false => 1,
        };
        let (image_stride, strides, lane_stride) = match copied {
            false => (images.outer.1, images.axes.map(|axis| axis.stride), images.lanes.1),
            true => {
                let ([_, b, c], lanes) = (extents(n_rows), images.lanes.0);
                (size(n_rows) as isize, [(b * c * lanes) as isize, (c * lanes) as isize, lanes as isize], 1)
            }
        };
        Tiles { images, axis, n_images, n_rows, copied, image_stride, strides, lane_stride }
    }

    pub(super) fn images(&self) -> &Images {
        &self.images
    }

    pub(super) fn lane_stride(&self) -> isize {
        self.lane_stride
    }

    /// From each element to the next along an axis.
    pub(super) fn stride(&self, axis: usize) -> isize {
        self.strides[axis]
    }

    fn in_image(&self) -> usize {
        self.images.axes[self.axis].majors.div_ceil(self.n_rows).max(1)
    }

    /// Number of tiles.
    pub(super) fn count(&self) -> usize {
        self.images.outer.0.div_ceil(self.n_images) * self.in_image()
    }

    pub(super) fn tile(&self, i: usize) -> Tile {
        let (image, tile) = (i / self.in_image() * self.n_images, i % self.in_image());
        let (images, rows) = (self.images.outer.0, self.images.axes[self.axis].majors);
        Tile {
            images: image..(image + self.n_images).min(images),
            rows: tile * self.n_rows..((tile + 1) * self.n_rows).min(rows),
        }
    }

    /// Places of windows in a row of a tile.
    pub(super) fn in_row(&self) -> usize {
        self.images.axes[self.axis + 1..].iter().map(|axis| axis.majors).product()
    }

    /// Places of windows in a tile.
    pub(super) fn places_of(&self, tile: &Tile) -> usize {
        tile.images.len() * tile.rows.len() * self.in_row()
    }

    /// For each place of a whole tile, image by image: what `at` says of image, and major along each axis.
    pub(super) fn each_place(&self, mut at: impl FnMut(usize, [usize; 3]) -> isize) -> Vec<isize> {
        let majors = |i: usize| if i == self.axis { self.n_rows } else { self.images.axes[i].majors };
        let mut all = Vec::new();
        for image in 0..self.n_images {
            for a in 0..majors(0) {
                for b in 0..majors(1) {
                    all.extend((0..majors(2)).map(|c| at(image, [a, b, c])));
                }
            }
        }
        all
    }

    /// Where a place lies, from the first place of its tile.
    pub(super) fn place(&self, image: usize, majors: [usize; 3]) -> isize {
        let along = |i: usize| (majors[i] * self.images.axes[i].major_step) as isize * self.strides[i];
        image as isize * self.image_stride + along(0) + along(1) + along(2)
    }

    /// Where an element of a window lies, from the window's place.
    pub(super) fn tap(&self, minors: [usize; 3]) -> isize {
        let along = |i: usize| (minors[i] * self.images.axes[i].minor_step) as isize * self.strides[i];
        along(0) + along(1) + along(2)
    }

    /// Numbers that the copy of a tile takes.
    pub(super) fn len(&self) -> usize {
        if self.copied { self.n_images * self.image_stride as usize } else { 0 }
    }

    /// Where the first place of a tile lies: in the images, which begin at `x`, or in the copy that is
    /// made of it at `to`.
    ///
    /// # Safety
    /// The images are there, and `to` has room for [`Tiles::len`] numbers.
    pub(super) unsafe fn ready<T: Copy + Default>(
        &self,
        x: *const T,
        tile: &Tile,
        to: *mut T,
        isa: Isa,
    ) -> *const T {
        if self.copied {
            isa.run(Copied { tiles: self, x, tile, to });
            return to.cast_const();
        }
        let axes = &self.images.axes;
        let origin: isize = axes.iter().map(|axis| -axis.low as isize * axis.stride).sum();
        let row = (tile.rows.start * axes[self.axis].major_step) as isize * axes[self.axis].stride;
        x.wrapping_offset(tile.images.start as isize * self.images.outer.1 + origin + row)
    }
}

/// Copies a tile with its padding.
struct Copied<'a, T> {
    tiles: &'a Tiles,
    x: *const T,
    tile: &'a Tile,
    to: *mut T,
}

impl<T: Copy + Default> Job for Copied<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Copied { tiles, x, tile, to } = self;
        let Images { outer, axes, .. } = &tiles.images;
        let range = |i: usize| {
            let (start, majors) =
                if i == tiles.axis { (tile.rows.start, tile.rows.len()) } else { (0, axes[i].majors) };
            let start = start * axes[i].major_step;
            start..start + reach(&axes[i], majors)
        };
        let [first, second, third] = [0, 1, 2].map(range);
        for (i, image) in tile.images.clone().enumerate() {
            for (j, a) in first.clone().enumerate() {
                for (k, b) in second.clone().enumerate() {
                    let row = i as isize * tiles.image_stride
                        + j as isize * tiles.strides[0]
                        + k as isize * tiles.strides[1];
                    // SAFETY: the caller vouches for the images and for room for the copy; places
                    // are looked up along each axis.
                    unsafe {
                        let to = to.offset(row);
                        match (seen(&axes[0], a), seen(&axes[1], b)) {
                            (Some(a), Some(b)) => {
                                let x = x.offset(
                                    image as isize * outer.1
                                        + a as isize * axes[0].stride
                                        + b as isize * axes[1].stride,
                                );
                                copy_row(&tiles.images, x, third.clone(), to);
                            }
                            _ => clear(to, third.len() * tiles.images.lanes.0),
                        }
                    }
                }
            }
        }
    }
}

/// The element at a place along an axis, if it is no padding.
#[inline(always)]
fn seen(axis: &WindowAxis, place: usize) -> Option<usize> {
    let (place, spread) = (place as i64 - axis.low, axis.spread as i64);
    let inside = place >= 0 && place % spread == 0 && place / spread < axis.extent as i64;
    inside.then_some((place / spread) as usize)
}

/// Copies places along the last axis.
#[inline(always)]
unsafe fn copy_row<T: Copy + Default>(images: &Images, x: *const T, places: Range<usize>, to: *mut T) {
    let ([.., axis], (n, lane_stride)) = (&images.axes, images.lanes);
    // SAFETY: the caller vouches for the row and for room for it; places are looked up.
    unsafe {
        if axis.spread != 1 || (lane_stride != 1 && n > 1 && axis.stride != 1) {
            for (i, place) in places.enumerate() {
                let to = to.add(i * n);
                match seen(axis, place) {
                    Some(place) => {
                        let x = x.offset(place as isize * axis.stride);
                        for lane in 0..n {
                            *to.add(lane) = *x.offset(lane as isize * lane_stride);
                        }
                    }
                    None => clear(to, n),
                }
            }
            return;
        }
        // The places that are no padding are in one piece.
        let inside = |place: i64| (place.max(0) as usize).clamp(places.start, places.end);
        let own = inside(axis.low)..inside(axis.low + axis.extent as i64);
        clear(to, (own.start - places.start) * n);
        clear(to.add((own.end - places.start) * n), (places.end - own.end) * n);
        let to = to.add((own.start - places.start) * n);
        let x = x.wrapping_offset((own.start as i64 - axis.low) as isize * axis.stride);
        if (lane_stride == 1 || n == 1) && axis.stride == n as isize {
            std::ptr::copy_nonoverlapping(x, to, own.len() * n);
        } else if lane_stride == 1 || n == 1 {
            for i in 0..own.len() {
                copy_lanes(x.offset(i as isize * axis.stride), to.add(i * n), n);
            }
        } else {
            for lane in 0..n {
                let x = x.offset(lane as isize * lane_stride);
                for i in 0..own.len() {
                    *to.add(i * n + lane) = *x.add(i);
                }
            }
        }
    }
}

/// Copies `n` numbers that lie side by side. They are too few for a call.
#[inline(always)]
unsafe fn copy_lanes<T: Copy>(from: *const T, to: *mut T, n: usize) {
    for i in 0..n {
        // SAFETY: the caller vouches for `n` numbers.
        unsafe { *to.add(i) = *from.add(i) };
    }
}

#[inline(always)]
unsafe fn clear<T: Copy + Default>(to: *mut T, n: usize) {
    for i in 0..n {
        // SAFETY: the caller vouches for `n` numbers.
        unsafe { *to.add(i) = T::default() };
    }
}
