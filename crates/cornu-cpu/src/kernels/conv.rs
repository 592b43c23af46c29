//! Convolutions: products of a kernel with what it sees from each place of the input, read where it
//! lies.
//!
//! One arrangement serves both ways of summing. Where the windows are small, as in a layer, each of
//! their places gives a line of a matrix product, which is summed over the window. Where the kernel
//! itself is an image, as in the gradient of a layer's kernel, each element of the small windows gives
//! a line, which is summed over all places. Only what has padding is copied first, tile by tile.
//! Features by themselves (depthwise) are no products: vectors run along them.

mod depthwise;
mod images;
mod lines;
mod number;
mod phases;

use super::Addresses;
use super::axis::WindowAxis;
use super::matmul::{Element, Gathered};
use super::tiles;
use crate::layout::View;
use crate::memory::ALIGNMENT;
use crate::simd::Isa;
use cornu_graph::DType;
use cornu_graph::ops::Conv;
use depthwise::Depthwise;
use half::bf16;
use images::Images;
use lines::Lines;
use number::Number;
use phases::{Phase, phases};
use std::collections::BTreeSet;
use std::ops::Range;

/// A convolution of views, as loops over groups of it.
#[derive(Clone, Debug)]
pub(crate) struct Convolution {
    x: usize,
    kernel: usize,
    pub(crate) output: usize,
    /// Where sums over parts of the kernel are kept until they are added up.
    partial: usize,
    dtype: DType,
    x_offset: isize,
    kernel_offset: isize,
    groups: usize,
    /// From group to group of the input and the kernel; in the result it is the number of features.
    group_strides: [isize; 2],
    /// Features of the result, in a group.
    features: usize,
    /// What windows see, whichever way it is summed.
    images: Images,
    form: Form,
    /// Examples and places of the result.
    places: (usize, usize),
    /// Whether the sums are to be turned: examples for features, the last place first.
    turned: bool,
}

/// How products are summed.
#[derive(Clone, Debug)]
enum Form {
    /// Lines are places of the result, phase by phase.
    Places(Vec<Lines>),
    /// Lines are elements of the windows, phase by phase, in so many bands, each summed over tiles of places
    /// in so many parts. Some rows of sums may be those of no phase.
    Kernel { phases: Vec<Lines>, rest: Vec<isize>, parts: usize, bands: usize },
    /// Features by themselves.
    Depthwise(Depthwise),
}

/// Places of a tile, between what is worth a part of its own and what fits the caches, and numbers of one,
/// at most: what all columns of the kernel meet.
const PLACES: (Range<usize>, usize) = (256..1024, 1 << 17);

/// The same where places are summed over: they stay in the second-level cache while lines change.
const SUMMED: (usize, usize) = (512, 1 << 16);

/// The same for sums in processors' tiles, which begin and end over more steps, of numbers half as long.
const SUMMED_IN_TILES: (usize, usize) = (1024, 1 << 17);

/// Floating-point operations that are worth a part of their own.
const PART_FLOPS: usize = 1 << 22;

/// The most parts that sums over places are split into.
const MAX_PARTS: usize = 16;

/// Elements of a kernel's gradient up to which places are split into parts, each with sums of its own;
/// the lines of larger ones are split.
const BANDS: usize = 1 << 16;

/// Lines that are worth the packing of what they meet.
const LINES: usize = 96;

/// Spatial axes that there are loops for.
const MAX_AXES: usize = 3;

/// What the shapes of input and kernel say.
struct Extents {
    n: usize,
    groups: usize,
    batch: usize,
    /// Per group, in and out.
    features: [usize; 2],
    windows: Vec<usize>,
}

impl Extents {
    fn new(conv: &Conv, x: &[usize], kernel: &[usize]) -> Extents {
        let (n, groups) = (conv.strides.len(), conv.groups * conv.batch_groups);
        let length = |n: usize, apart: usize| if n == 0 { 0 } else { (n as i64 - 1) * apart as i64 + 1 };
        let windows = (0..n).map(|i| {
            let room = conv.low[i] + length(x[i + 1], conv.input_dilation[i]) + conv.high[i];
            let span = length(kernel[i], conv.kernel_dilation[i]);
            ((room - span).div_euclid(conv.strides[i] as i64) + 1).max(0) as usize
        });
        Extents {
            n,
            groups,
            batch: x[0] / conv.batch_groups,
            features: [kernel[n], kernel[n + 1] / groups],
            windows: windows.collect(),
        }
    }

    fn is_depthwise(&self) -> bool {
        self.groups >= 4 && self.features[1] <= 4 && (self.features[0] <= 4 || self.batch <= 4)
    }

    /// Whether the kernel is the image over which windows move: where it has more places than the
    /// result, and the input's features do not lie side by side.
    fn kernel_is_image(&self, x: &View, kernel: &[usize]) -> bool {
        let places: usize = kernel[..self.n].iter().product();
        let windows: usize = self.windows.iter().product();
        let side_by_side = x.strides[self.n + 1] == 1 || self.features[0] == 1;
        !self.is_depthwise() && places > windows && !(side_by_side && self.batch * windows >= 8)
    }
}

/// Whether there is a kernel for this. (Of bfloat16 there are only convolutions that run in tiles.)
pub(crate) fn fits(conv: &Conv, dtype: DType) -> bool {
    conv.strides.len() <= MAX_AXES && matches!(dtype, DType::F32 | DType::F64 | DType::BF16)
}

/// Whether a convolution of bfloat16 of these shapes runs in tiles.
pub(crate) fn fits_tiles(conv: &Conv, x: &[usize], kernel: &[usize]) -> bool {
    conv.strides.len() <= MAX_AXES
        && !Extents::new(conv, x, kernel).is_depthwise()
        && tiles::available(Isa::current())
}

/// See [`super::operand_order`]: the input may lie anyhow; the kernel's features have to be side by side.
pub(crate) fn operand_order(conv: &Conv, i: usize, operands: &[(usize, View)]) -> Option<View> {
    let view = &operands[i].1;
    if conv.strides.len() > MAX_AXES {
        return (!view.is_contiguous()).then(|| view.clone());
    }
    let (x, kernel) = (&operands[0].1, &operands[1].1);
    let extents = Extents::new(conv, &x.shape, &kernel.shape);
    let ready = i == 0 || extents.is_depthwise() || kernel.strides[extents.n + 1] == 1;
    (!ready && kernel.shape[extents.n + 1] > 1).then(|| view.clone())
}

impl Convolution {
    /// The convolution of views of two buffers into a third. `partial` gives a buffer of so many bytes.
    pub(crate) fn new(
        conv: &Conv,
        dtype: DType,
        [x, kernel, output]: [usize; 3],
        views: [&View; 2],
        partial: impl FnOnce(usize) -> usize,
    ) -> Convolution {
        match turned(conv, views) {
            Some((conv, views)) => {
                let views = [&views[0], &views[1]];
                Convolution::of(&conv, dtype, [kernel, x, output], views, true, partial)
            }
            None => Convolution::of(conv, dtype, [x, kernel, output], views, false, partial),
        }
    }

    fn of(
        conv: &Conv,
        dtype: DType,
        [x_buffer, kernel_buffer, output]: [usize; 3],
        [x, kernel]: [&View; 2],
        turned: bool,
        partial: impl FnOnce(usize) -> usize,
    ) -> Convolution {
        let n = conv.strides.len();
        let extents = Extents::new(conv, &x.shape, &kernel.shape);
        let kernel_is_image = extents.kernel_is_image(x, &kernel.shape);
        let Extents { groups, batch, features: [depth, features], ref windows, .. } = extents;
        let mut axes = [WindowAxis::NONE; MAX_AXES];
        // From element to element of the kernel along each axis.
        let mut kernel_axes = [0; MAX_AXES];
        for i in 0..n {
            let (places, sizes) = ((windows[i], conv.strides[i]), (kernel.shape[i], conv.kernel_dilation[i]));
            let (majors, minors) = if kernel_is_image { (sizes, places) } else { (places, sizes) };
            kernel_axes[MAX_AXES - n + i] = kernel.strides[i];
            axes[MAX_AXES - n + i] = WindowAxis {
                majors: majors.0,
                major_step: majors.1,
                minors: minors.0,
                minor_step: minors.1,
                spread: conv.input_dilation[i],
                low: conv.low[i],
                extent: x.shape[i + 1],
                stride: x.strides[i + 1],
            };
        }
        let (examples, channels) = ((batch, x.strides[0]), (depth, x.strides[n + 1]));
        let (outer, lanes) = if kernel_is_image { (channels, examples) } else { (examples, channels) };
        let images = Images { outer, lanes, axes };
        let x_group = match conv.batch_groups {
            1 => depth as isize * x.strides[n + 1],
            _ => batch as isize * x.strides[0],
        };
        let kernel_strides = (kernel_axes, kernel.strides[n]);
        let places = (batch, windows.iter().product());
        let row = groups * features;
        let mut bytes = 0;
        let flops = 2 * images.outer.0 * images.places() * images.width() * features * groups;
        let wanted = (flops / PART_FLOPS).clamp(1, MAX_PARTS);
        let form = if extents.is_depthwise() {
            Form::Depthwise(Depthwise::new(kernel))
        } else if kernel_is_image {
            let width = images.width();
            let all = phases(&images);
            // What takes long to add up is not summed in parts.
            let (parts, bands) = match width * row > BANDS {
                true => (1, wanted.min(width / LINES).max(1)),
                false => (wanted.min(images.outer.0 * images.places()).max(1), 1),
            };
            let rows = match parts {
                1 if !turned && dtype != DType::BF16 => result_rows(&images, places, row),
                _ => (0..width).map(|line| (line * features) as isize).collect(),
            };
            // Sums of bfloat16 are numbers of 32 bits until they are whole.
            let size = dtype.size().max(DType::F32.size());
            if parts > 1 || turned || dtype == DType::BF16 {
                bytes = parts * width * row * size;
            }
            let summed = if dtype == DType::BF16 { SUMMED_IN_TILES } else { SUMMED };
            let lines = |phase: &Phase| Lines::over_windows(phase, &images, kernel_strides, &rows, summed);
            let phases: Vec<Lines> = all.iter().map(lines).collect();
            let own: BTreeSet<isize> = phases.iter().flat_map(|lines| lines.rows.iter().copied()).collect();
            let rest = rows.iter().copied().filter(|row| !own.contains(row)).collect();
            Form::Kernel { phases, rest, parts, bands }
        } else {
            let phases = phases(&images);
            let each = images.outer.0 * images.places() / wanted;
            let most = (each.clamp(PLACES.0.start, PLACES.0.end), PLACES.1);
            let lines = |phase: &Phase| Lines::over_places(phase, &images, kernel_strides, row, most);
            Form::Places(phases.iter().map(lines).collect())
        };
        Convolution {
            x: x_buffer,
            kernel: kernel_buffer,
            output,
            partial: if bytes > 0 { partial(bytes) } else { output },
            dtype,
            x_offset: x.offset,
            kernel_offset: kernel.offset,
            groups,
            group_strides: [x_group, features as isize * kernel.strides[n + 1]],
            features,
            images,
            form,
            places,
            turned,
        }
    }

    /// Lines of the result.
    fn lines(&self) -> usize {
        self.images.outer.0 * self.images.places()
    }

    /// The buffer of sums that are not yet added up, if there is one.
    pub(crate) fn partial(&self) -> Option<usize> {
        (self.partial != self.output).then_some(self.partial)
    }

    /// How products are summed, in a word.
    pub(crate) fn name(&self) -> &'static str {
        match &self.form {
            Form::Places(_) | Form::Kernel { .. } if self.dtype == DType::BF16 => "conv (tiles)",
            Form::Places(lines) if lines.len() == 1 => "conv",
            Form::Places(_) => "conv (phases)",
            Form::Kernel { .. } => "conv (kernel)",
            Form::Depthwise(_) => "conv (depthwise)",
        }
    }

    /// Multiplications and additions, padding included.
    pub(crate) fn flops(&self) -> usize {
        let of = |images: &Images| images.outer.0 * images.places() * images.width();
        let size = match &self.form {
            Form::Places(phases) | Form::Kernel { phases, .. } => {
                phases.iter().map(|lines| of(lines.tiles.images())).sum()
            }
            Form::Depthwise(_) => of(&self.images),
        };
        2 * self.groups * size * self.features
    }

    /// Number of parts that may run at the same time.
    pub(crate) fn parts(&self) -> usize {
        match &self.form {
            Form::Places(lines) => self.groups * lines.iter().map(|lines| lines.tiles.count()).sum::<usize>(),
            Form::Kernel { parts, bands, .. } => self.groups * parts * bands,
            Form::Depthwise(depthwise) => depthwise.parts(self),
        }
    }

    /// The elements of the result that a part makes, where these are whole rows of features.
    pub(crate) fn whole_rows(&self, part: usize) -> Option<Range<usize>> {
        match &self.form {
            Form::Places(lines) if self.groups == 1 && lines.len() == 1 => {
                let (lines, tile) = (&lines[0], lines[0].tiles.tile(part));
                let start = lines.elsewhere(&tile) as usize;
                Some(start..start + lines.tiles.places_of(&tile) * self.features)
            }
            _ => None,
        }
    }

    /// Number of elements of the result.
    pub(crate) fn size(&self) -> usize {
        self.places.0 * self.places.1 * self.groups * self.features
    }

    /// Number of parts in which sums are added up once all parts have run.
    pub(crate) fn sums(&self) -> usize {
        if self.partial == self.output {
            return 0;
        }
        let rows = self.groups * self.images.width();
        (rows * self.features / 16_384).clamp(1, rows.clamp(1, MAX_PARTS))
    }

    /// Bytes of scratch memory that a part needs.
    pub(crate) fn scratch_bytes(&self) -> usize {
        self.tile_bytes() + self.sum_bytes()
    }

    /// Bytes that the copy of a tile takes.
    fn tile_bytes(&self) -> usize {
        let len = match &self.form {
            Form::Places(phases) | Form::Kernel { phases, .. } => {
                phases.iter().map(|lines| lines.tiles.len()).max().unwrap_or(0)
            }
            Form::Depthwise(_) => 0,
        };
        (len * self.dtype.size()).next_multiple_of(ALIGNMENT)
    }

    /// Bytes that sums themselves want.
    fn sum_bytes(&self) -> usize {
        match self.dtype {
            DType::F64 => self.sum_bytes_of::<f64>(),
            DType::BF16 => self.sum_bytes_of::<bf16>(),
            _ => self.sum_bytes_of::<f32>(),
        }
    }

    fn sum_bytes_of<T: Number>(&self) -> usize {
        let bytes = |lines: &Lines, rounded: bool| {
            let steps = match rounded {
                true => lines.pieces.len() * lines.steps,
                false => lines.tiles.n_images * lines.tiles.n_rows * lines.tiles.in_row(),
            };
            T::scratch_bytes(rounded, lines.lines.len(), steps, self.features)
        };
        match &self.form {
            Form::Places(phases) => phases.iter().map(|lines| bytes(lines, true)).max().unwrap_or(0),
            Form::Kernel { phases, .. } => phases.iter().map(|lines| bytes(lines, false)).max().unwrap_or(0),
            Form::Depthwise(_) => 0,
        }
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result; `scratch` holds
    /// [`Convolution::scratch_bytes`] and is this caller's alone.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses, scratch: *mut u8, isa: Isa) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match (&self.form, self.dtype) {
                (Form::Depthwise(own), DType::F64) => self.run_alone::<f64>(own, part, addresses, isa),
                (Form::Depthwise(own), _) => self.run_alone::<f32>(own, part, addresses, isa),
                (_, DType::F64) => self.run_in::<f64>(part, addresses, scratch, isa),
                (_, DType::BF16) => self.run_in::<bf16>(part, addresses, scratch, isa),
                _ => self.run_in::<f32>(part, addresses, scratch, isa),
            }
        }
    }

    /// Where input, kernel and result begin.
    unsafe fn operands<T>(&self, addresses: Addresses) -> (*const T, *const T, *mut T) {
        // SAFETY: as in `run`; offsets and strides are those of views of the buffers.
        unsafe {
            (
                addresses.at(self.x).cast_const().cast::<T>().offset(self.x_offset),
                addresses.at(self.kernel).cast_const().cast::<T>().offset(self.kernel_offset),
                addresses.at(self.output).cast::<T>(),
            )
        }
    }

    /// Features by themselves.
    unsafe fn run_alone<T: Element>(&self, own: &Depthwise, part: usize, addresses: Addresses, isa: Isa) {
        // SAFETY: as in `run`.
        unsafe {
            let (x, kernel, output) = self.operands::<T>(addresses);
            own.run(self, part, x, kernel, output, isa);
        }
    }

    unsafe fn run_in<T: Number>(&self, part: usize, addresses: Addresses, scratch: *mut u8, isa: Isa) {
        // SAFETY: as in `run`; sums have their scratch memory after the copy of a tile.
        unsafe {
            let (x, kernel, output) = self.operands::<T>(addresses);
            let (scratch, sums) = (scratch.cast::<T>(), scratch.add(self.tile_bytes()));
            let of_group = |group: usize| {
                let x = x.offset(group as isize * self.group_strides[0]);
                (x, kernel.offset(group as isize * self.group_strides[1]))
            };
            match &self.form {
                Form::Places(phases) => {
                    let (group, mut tile) = (part % self.groups, part / self.groups);
                    let (x, kernel) = of_group(group);
                    for lines in phases {
                        if tile >= lines.tiles.count() {
                            tile -= lines.tiles.count();
                            continue;
                        }
                        let tile = lines.tiles.tile(tile);
                        let n = lines.tiles.places_of(&tile);
                        let product = Gathered {
                            numbers: lines.tiles.ready(x, &tile, scratch, isa),
                            lines: &lines.lines[..n],
                            vectors: kernel,
                            width: self.features,
                            pieces: &lines.pieces,
                            steps: lines.steps,
                            step: lines.step,
                            c: output.offset(lines.elsewhere(&tile)).add(group * self.features),
                            rows: &lines.rows[..n],
                            accumulate: false,
                        };
                        return T::rounded(product, sums, isa);
                    }
                }
                Form::Kernel { phases, rest, parts, bands } => {
                    let (group, own) = (part / (parts * bands), part % (parts * bands));
                    let (part, band) = (own / bands, own % bands);
                    let of_band = |lines: usize| lines * band / bands..lines * (band + 1) / bands;
                    let rest = &rest[of_band(rest.len())];
                    let (x, kernel) = of_group(group);
                    let to = match self.partial == self.output {
                        true => output.cast::<T::Sum>().add(group * self.features),
                        false => {
                            let first = (part * self.groups + group) * self.images.width() * self.features;
                            addresses.at(self.partial).cast::<T::Sum>().add(first)
                        }
                    };
                    let none = Gathered {
                        numbers: x,
                        lines: rest,
                        vectors: kernel,
                        width: self.features,
                        pieces: &[],
                        steps: 0,
                        step: [0, 0],
                        c: to,
                        rows: rest,
                        accumulate: false,
                    };
                    T::summed(none, sums, isa);
                    for lines in phases {
                        let tiles = lines.tiles.count();
                        let range = tiles * part / parts..tiles * (part + 1) / parts;
                        let own = of_band(lines.lines.len());
                        let rows = &lines.rows[own.clone()];
                        if range.is_empty() {
                            T::summed(Gathered { lines: rows, rows, ..none }, sums, isa);
                        }
                        for i in range.clone() {
                            let tile = lines.tiles.tile(i);
                            let (pieces, steps) = lines.of(&tile);
                            let product = Gathered {
                                numbers: lines.tiles.ready(x, &tile, scratch, isa),
                                lines: &lines.lines[own.clone()],
                                vectors: kernel.offset(lines.elsewhere(&tile)),
                                pieces,
                                steps,
                                step: lines.step,
                                rows,
                                accumulate: i > range.start,
                                ..none
                            };
                            T::summed(product, sums, isa);
                        }
                    }
                }
                Form::Depthwise(_) => {}
            }
        }
    }

    /// Adds up, in order, what parts of the places have summed.
    ///
    /// # Safety
    /// As for [`Convolution::run`]; all parts have run.
    pub(crate) unsafe fn sum(&self, part: usize, addresses: Addresses) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.dtype {
                DType::F64 => self.sum_in::<f64>(part, addresses),
                DType::BF16 => self.sum_in::<bf16>(part, addresses),
                _ => self.sum_in::<f32>(part, addresses),
            }
        }
    }

    unsafe fn sum_in<T: Number>(&self, part: usize, addresses: Addresses) {
        let Form::Kernel { parts, .. } = self.form else { return };
        let (width, features, (batch, places)) = (self.images.width(), self.features, self.places);
        let (rows, sums) = (self.groups * width, self.sums());
        for row in rows * part / sums..rows * (part + 1) / sums {
            let (group, minor) = (row / width, row % width);
            // Sums are in the order of windows: elements, then lanes.
            let (place, example) = (minor / batch, minor % batch);
            let (to, step) = match self.turned {
                true => ((places - 1 - place) * batch + example, places * batch),
                false => (((example * places + place) * self.groups + group) * features, 1),
            };
            // SAFETY: both buffers hold what the fields say.
            unsafe {
                let from = addresses.at(self.partial).cast_const().cast::<T::Sum>();
                let to = addresses.at(self.output).cast::<T>().add(to);
                for j in 0..features {
                    let mut sum = T::Sum::default();
                    for i in 0..parts {
                        sum = sum + *from.add((i * rows + row) * features + j);
                    }
                    *to.add(j * step) = T::round(sum);
                }
            }
        }
    }
}

/// The same convolution with the other operand as the image, where the kernel is one of few features:
/// its result has examples for features, and the last place first.
fn turned(conv: &Conv, [x, kernel]: [&View; 2]) -> Option<(Conv, [View; 2])> {
    let n = conv.strides.len();
    let extents = Extents::new(conv, &x.shape, &kernel.shape);
    let plain =
        extents.groups == 1 && conv.input_dilation.iter().chain(&conv.kernel_dilation).all(|&d| d == 1);
    let narrow = extents.features[1] <= 4 && extents.batch >= 16 && x.strides[0] == 1;
    if !plain || !narrow || extents.windows.contains(&0) {
        return None;
    }
    let ordered = |view: &View, order: &[usize]| View {
        shape: order.iter().map(|&axis| view.shape[axis]).collect(),
        strides: order.iter().map(|&axis| view.strides[axis]).collect(),
        offset: view.offset,
    };
    let image = ordered(kernel, &std::iter::once(n + 1).chain(0..n + 1).collect::<Vec<_>>());
    let other = ordered(x, &(1..n + 2).chain([0]).collect::<Vec<_>>());
    let mut turned = conv.clone();
    for i in 0..n {
        let reach = ((extents.windows[i] - 1) * conv.strides[i]) as i64;
        turned.low[i] = reach - conv.low[i];
        turned.high[i] = reach + x.shape[i + 1] as i64 - kernel.shape[i] as i64 - turned.low[i];
    }
    let is_image = |conv: &Conv, x: &View, kernel: &View| {
        Extents::new(conv, &x.shape, &kernel.shape).kernel_is_image(x, &kernel.shape)
    };
    (is_image(conv, x, kernel) && is_image(&turned, &image, &other)).then_some((turned, [image, other]))
}

/// Where the rows of windows' elements and lanes are in the result.
fn result_rows(images: &Images, (batch, places): (usize, usize), row: usize) -> Vec<isize> {
    let all = 0..images.width();
    all.map(|minor| ((minor % batch * places + minor / batch) * row) as isize).collect()
}
