//! Lines of products: what each begins with, and the pieces that it is summed over.

use super::MAX_AXES;
use super::images::{Images, Tile, Tiles};
use super::phases::Phase;

/// The lines of products, and how they are summed.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) tiles: Tiles,
    /// Where lines begin, and their rows in the result.
    pub(super) lines: Vec<isize>,
    pub(super) rows: Vec<isize>,
    /// Where pieces of a sum begin, in the tile and in the kernel.
    pub(super) pieces: Vec<[isize; 2]>,
    /// Steps of a piece, or 0 for as many as a tile has rows.
    pub(super) steps: usize,
    pub(super) step: [isize; 2],
    /// From image to image and from row to row of tiles, in what tiles walk through besides: the result
    /// or the kernel.
    image_stride: isize,
    row_stride: isize,
    /// Where the first tile is in it.
    start: isize,
}

impl Lines {
    /// Lines are the places of a phase, in rows of `row` numbers of the result.
    pub(super) fn over_places(
        phase: &Phase,
        images: &Images,
        (kernel_axes, channel): ([isize; MAX_AXES], isize),
        row: usize,
        (places, numbers): (usize, usize),
    ) -> Lines {
        let tiles = Tiles::new(phase.images.clone(), places, numbers);
        let [a, b, c] = images.axes.map(|axis| axis.majors);
        let strides = [b * c * row, c * row, row];
        let along = |i: usize, major: usize| (major * phase.apart[i] * strides[i]) as isize;
        let image_stride = (a * b * c * row) as isize;
        let rows = tiles.each_place(|image, majors| {
            image as isize * image_stride + (0..MAX_AXES).map(|i| along(i, majors[i])).sum::<isize>()
        });
        let lines = tiles.each_place(|image, majors| tiles.place(image, majors));
        let own = &phase.images;
        let element = |minors: [usize; 3]| -> isize {
            let at = |i: usize| (phase.seen[i] + minors[i] * phase.every[i]) as isize * kernel_axes[i];
            at(0) + at(1) + at(2)
        };
        let piece = |minors: [usize; 3]| [tiles.tap(minors), element(minors)];
        // Windows' elements along the last axis may lie in one piece with their lanes.
        let (lanes, n) = (own.lanes.0 as isize, own.axes[2].minors);
        let next = [0, 1].map(|i| piece([0, 0, 1])[i] - piece([0, 0, 0])[i]);
        let joined = next == [lanes * tiles.lane_stride(), lanes * channel] || own.lanes.0 == 1;
        let (steps, step) = match (joined, own.lanes.0) {
            (true, 1) => (n, next),
            (true, lanes) => (n * lanes, [tiles.lane_stride(), channel]),
            (false, lanes) => (lanes, [tiles.lane_stride(), channel]),
        };
        let mut pieces = Vec::new();
        for a in 0..own.axes[0].minors {
            for b in 0..own.axes[1].minors {
                pieces.extend((0..if joined { n.min(1) } else { n }).map(|c| piece([a, b, c])));
            }
        }
        let axis = tiles.axis;
        let start = (0..MAX_AXES).map(|i| (phase.first[i] * strides[i]) as isize).sum();
        Lines { row_stride: along(axis, 1), lines, rows, pieces, steps, step, image_stride, start, tiles }
    }

    /// Lines are the elements of a phase's windows, which add to their own of the sums' `rows`.
    pub(super) fn over_windows(
        phase: &Phase,
        images: &Images,
        (kernel_axes, channel): ([isize; MAX_AXES], isize),
        rows: &[isize],
        (places, numbers): (usize, usize),
    ) -> Lines {
        let tiles = Tiles::new(phase.images.clone(), places, numbers);
        let [a, b, c] = phase.images.axes.map(|axis| axis.minors);
        let [_, all_b, all_c] = images.axes.map(|axis| axis.minors);
        let (mut lines, mut own_rows) = (Vec::new(), Vec::new());
        for tap in 0..a * b * c {
            let minors = [tap / c / b, tap / c % b, tap % c];
            let of_all = |i: usize| phase.seen[i] + minors[i] * phase.every[i];
            let number = ((of_all(0) * all_b + of_all(1)) * all_c + of_all(2)) * images.lanes.0;
            for lane in 0..images.lanes.0 {
                lines.push(tiles.tap(minors) + lane as isize * tiles.lane_stride());
                own_rows.push(rows[number + lane]);
            }
        }
        let apart = |i: usize| phase.apart[i] as isize * kernel_axes[i];
        let place = |image: usize, majors: [usize; 3]| {
            let along: isize = (0..MAX_AXES).map(|i| majors[i] as isize * apart(i)).sum();
            [tiles.place(image, majors), image as isize * channel + along]
        };
        // Each line of places along the last axis is a piece.
        let mut pieces = Vec::new();
        tiles.each_place(|image, majors| {
            if majors[2] == 0 {
                pieces.push(place(image, majors));
            }
            0
        });
        let own = &phase.images.axes[2];
        let next = own.major_step as isize * tiles.stride(2);
        let steps = if tiles.axis == 2 { 0 } else { own.majors };
        let step = [next, apart(2)];
        let start = (0..MAX_AXES).map(|i| phase.first[i] as isize * kernel_axes[i]).sum();
        let (image_stride, row_stride) = (channel, apart(tiles.axis));
        Lines { tiles, lines, rows: own_rows, pieces, steps, step, image_stride, row_stride, start }
    }

    /// Where a tile begins in what tiles walk through besides.
    pub(super) fn elsewhere(&self, tile: &Tile) -> isize {
        self.start
            + tile.images.start as isize * self.image_stride
            + tile.rows.start as isize * self.row_stride
    }

    /// The pieces of a tile, and their steps.
    pub(super) fn of(&self, tile: &Tile) -> (&[[isize; 2]], usize) {
        match self.steps {
            0 => (&self.pieces[..tile.images.len()], tile.rows.len()),
            steps => {
                let n = self.tiles.places_of(tile) / steps.max(1);
                (&self.pieces[..n], steps)
            }
        }
    }
}
