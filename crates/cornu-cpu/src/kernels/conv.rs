//! Convolutions: products of a kernel with patches of the input, which are packed tile by tile and
//! never lie in memory all at once.
//!
//! One packing serves both ways of summing. Where the result has many places, as in a layer, each
//! line of a tile is what the kernel sees from one place, and is multiplied by the kernel. Where
//! the kernel has many, as in the gradient of a layer's kernel, each line is what one element of the
//! kernel meets, and products of tiles are added up. Features by themselves (depthwise) are not
//! packed: vectors run along them.

mod depthwise;
mod patches;
mod phases;

use super::Addresses;
use super::axis::WindowAxis;
use super::matmul::{Element, Product};
use crate::layout::{View, collapse};
use crate::simd::Isa;
use cornu_graph::DType;
use cornu_graph::ops::Conv;
use depthwise::Depthwise;
use patches::{Pack, Patches};
use phases::Phases;
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
    /// From line to line (in order) and from feature to feature of the kernel.
    kernel_strides: [isize; 2],
    patches: Patches,
    turned: bool,
    form: Form,
    /// Examples and places of the result.
    places: (usize, usize),
}

/// How products are summed.
#[derive(Clone, Debug)]
enum Form {
    /// Lines are places of the result: each tile of so many is a tile of the result.
    Places(usize),
    /// Lines are elements of the kernel: tiles of so many are added up, in so many parts of the
    /// lines, for so many parts of the result's features.
    Kernel { tile: usize, parts: usize, columns: usize },
    /// Lines are places of the result, of one phase after the other.
    Phases(Phases),
    /// Features by themselves.
    Depthwise(Depthwise),
}

/// Elements of a tile of patches: they stay in the second-level cache beside a panel of the kernel.
const TILE: usize = 1 << 16;

/// Floating-point operations that are worth a part of their own.
const PART_FLOPS: usize = 1 << 22;

/// The most parts that sums over the elements of the kernel are split into.
const MAX_PARTS: usize = 16;

/// Elements of the sums that all parts keep, at most.
const PARTIAL: usize = 1 << 22;

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

    /// Whether lines of patches are elements of the kernel: where it has more of them than the result
    /// has places, and where the input's examples lie side by side, but not its features.
    fn kernel_is_long(&self, x: &View, kernel: &[usize]) -> bool {
        let lines: usize = kernel[..=self.n].iter().product();
        if self.is_depthwise() {
            return false;
        }
        let places = self.batch * self.windows.iter().product::<usize>();
        let side_by_side = x.strides[0] == 1 && x.strides[self.n + 1] != 1 && self.batch > 1;
        ((lines > 4 * places && lines >= 256) || (side_by_side && lines >= 64)) && places <= 1 << 14
    }
}

/// Whether there is a kernel for this.
pub(crate) fn fits(conv: &Conv, dtype: DType) -> bool {
    conv.strides.len() <= MAX_AXES && matches!(dtype, DType::F32 | DType::F64)
}

/// The order of a kernel's axes in which its lines are counted.
fn kernel_order(n: usize, long: bool) -> Vec<usize> {
    match long {
        true => std::iter::once(n).chain(0..n).chain([n + 1]).collect(),
        false => (0..n + 2).collect(),
    }
}

/// A view with its axes in another order.
fn ordered(view: &View, order: &[usize]) -> View {
    View {
        shape: order.iter().map(|&axis| view.shape[axis]).collect(),
        strides: order.iter().map(|&axis| view.strides[axis]).collect(),
        offset: view.offset,
    }
}

/// The one stride from line to line of a kernel in order, if there is one.
fn line_stride(kernel: &View) -> Option<isize> {
    let last = kernel.shape.len() - 1;
    match &collapse(&kernel.shape[..last], &[&kernel.strides[..last].to_vec()])[..] {
        [] => Some(1),
        [(_, strides)] => Some(strides[0]),
        _ => None,
    }
}

/// See [`super::operand_order`]: the input may lie anyhow; the kernel's lines have to be evenly apart.
pub(crate) fn operand_order(conv: &Conv, i: usize, operands: &[(usize, View)]) -> Option<View> {
    let (x, kernel) = (&operands[0].1, &operands[1].1);
    if i == 0 || conv.strides.len() > MAX_AXES {
        let view = &operands[i].1;
        return (conv.strides.len() > MAX_AXES && !view.is_contiguous()).then(|| view.clone());
    }
    let extents = Extents::new(conv, &x.shape, &kernel.shape);
    if extents.is_depthwise() {
        return None;
    }
    let kernel = ordered(kernel, &kernel_order(extents.n, extents.kernel_is_long(x, &kernel.shape)));
    line_stride(&kernel).is_none().then_some(kernel)
}

impl Convolution {
    /// The convolution of views of two buffers into a third; `copied` is the kernel's own shape where
    /// [`operand_order`] has put it in order. `partial` gives a buffer of so many bytes.
    pub(crate) fn new(
        conv: &Conv,
        dtype: DType,
        [x_buffer, kernel_buffer, output]: [usize; 3],
        [x, kernel]: [&View; 2],
        copied: Option<&[usize]>,
        partial: impl FnOnce(usize) -> usize,
    ) -> Convolution {
        let n = conv.strides.len();
        let shape = copied.unwrap_or(&kernel.shape);
        let extents = Extents::new(conv, &x.shape, shape);
        let long = extents.kernel_is_long(x, shape);
        let kernel = match copied.is_some() && long {
            true => ordered(kernel, &(1..=n).chain([0, n + 1]).collect::<Vec<_>>()),
            false => kernel.clone(),
        };
        let Extents { groups, batch, features: [depth, features], ref windows, .. } = extents;
        let axis = |i: usize| {
            let (places, sizes) = ((windows[i], conv.strides[i]), (kernel.shape[i], conv.kernel_dilation[i]));
            let (majors, minors) = if long { (sizes, places) } else { (places, sizes) };
            WindowAxis {
                majors: majors.0,
                major_step: majors.1,
                minors: minors.0,
                minor_step: minors.1,
                spread: conv.input_dilation[i],
                low: conv.low[i],
                extent: x.shape[i + 1],
                stride: x.strides[i + 1],
            }
        };
        let mut axes = [WindowAxis::NONE; MAX_AXES];
        for i in 0..n {
            axes[MAX_AXES - n + i] = axis(i);
        }
        let (examples, channels) = ((batch, x.strides[0]), (depth, x.strides[n + 1]));
        let patches = match long {
            true => Patches { outer: channels, inner: examples, axes },
            false => Patches { outer: examples, inner: channels, axes },
        };
        let x_group = match conv.batch_groups {
            1 => depth as isize * x.strides[n + 1],
            _ => batch as isize * x.strides[0],
        };
        let group_strides = [x_group, features as isize * kernel.strides[n + 1]];
        let stride = line_stride(&ordered(&kernel, &kernel_order(n, long))).unwrap_or(1);
        let (lines, width) = (patches.lines(), patches.width());
        let fewest = if long { 96 } else { 144 };
        let tile = lines_of_a_tile(width, fewest);
        let form = if extents.is_depthwise() {
            Form::Depthwise(Depthwise::new(&kernel))
        } else if long {
            let columns =
                if width * features > PARTIAL / 16 { (features / 128).clamp(1, MAX_PARTS) } else { 1 };
            let wanted = 2 * lines * width * features * groups / PART_FLOPS;
            let room = PARTIAL / (width * features * groups).max(1);
            let parts = wanted.min(MAX_PARTS / columns).min(room).min(lines / tile).max(1);
            Form::Kernel { tile, parts, columns }
        } else if conv.input_dilation.iter().any(|&apart| apart > 1) {
            Form::Phases(Phases::new(&patches, &kernel))
        } else {
            Form::Places(tile.min(lines.max(1).next_multiple_of(12)))
        };
        let partial = match form {
            Form::Kernel { parts, .. } => partial(parts * groups * width * features * dtype.size()),
            _ => output,
        };
        Convolution {
            x: x_buffer,
            kernel: kernel_buffer,
            output,
            partial,
            dtype,
            x_offset: x.offset,
            kernel_offset: kernel.offset,
            groups,
            group_strides,
            features,
            kernel_strides: [stride, kernel.strides[n + 1]],
            turned: patches.turned(),
            patches,
            form,
            places: (batch, windows.iter().product()),
        }
    }

    /// The buffer of sums that are not yet added up, if there is one.
    pub(crate) fn partial(&self) -> Option<usize> {
        matches!(self.form, Form::Kernel { .. }).then_some(self.partial)
    }

    /// How products are summed, in a word.
    pub(crate) fn name(&self) -> &'static str {
        match self.form {
            Form::Places(_) => "conv",
            Form::Kernel { .. } => "conv (kernel)",
            Form::Phases(_) => "conv (phases)",
            Form::Depthwise(_) => "conv (depthwise)",
        }
    }

    /// Multiplications and additions, padding included.
    pub(crate) fn flops(&self) -> usize {
        let size = match &self.form {
            Form::Phases(phases) => phases.size(),
            _ => self.patches.lines() * self.patches.width(),
        };
        2 * self.groups * size * self.features
    }

    /// Number of parts that may run at the same time.
    pub(crate) fn parts(&self) -> usize {
        match &self.form {
            Form::Places(tile) => self.groups * self.patches.lines().div_ceil(*tile),
            Form::Kernel { parts, columns, .. } => self.groups * parts * columns,
            Form::Phases(phases) => phases.parts(self.groups),
            Form::Depthwise(depthwise) => depthwise.parts(self),
        }
    }

    /// The elements of the result that a part makes, where these are whole rows of features.
    pub(crate) fn whole_rows(&self, part: usize) -> Option<Range<usize>> {
        match self.form {
            Form::Places(tile) if self.groups == 1 => {
                let end = ((part + 1) * tile).min(self.patches.lines());
                Some(part * tile * self.features..end * self.features)
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
        match self.form {
            Form::Kernel { .. } => {
                let rows = self.groups * self.patches.width();
                (rows * self.features / 16_384).clamp(1, rows.clamp(1, MAX_PARTS))
            }
            _ => 0,
        }
    }

    /// The product of a tile of so many lines with the kernel, or part of its features.
    fn product(&self, lines: usize, features: usize, accumulate: bool) -> Product {
        let (width, stride) = (self.patches.width(), self.stride() as isize);
        let (line, element) = if self.turned { (1, stride) } else { (stride, 1) };
        match self.form {
            Form::Kernel { .. } => Product {
                m: width,
                n: features,
                k: lines,
                a_strides: [element, line],
                b_strides: self.kernel_strides,
                c_row_stride: self.features as isize,
                accumulate,
            },
            _ => Product {
                m: lines,
                n: features,
                k: width,
                a_strides: [line, element],
                b_strides: self.kernel_strides,
                c_row_stride: (self.groups * self.features) as isize,
                accumulate,
            },
        }
    }

    fn tile(&self) -> usize {
        match self.form {
            Form::Places(tile) | Form::Kernel { tile, .. } => tile,
            Form::Phases(_) | Form::Depthwise(_) => 0,
        }
    }

    fn stride(&self) -> usize {
        stride(if self.turned { self.tile() } else { self.patches.width() })
    }

    /// Elements of a packed tile.
    fn tile_len(&self) -> usize {
        self.stride() * if self.turned { self.patches.width() } else { self.tile() }
    }

    /// Bytes of scratch memory that a part needs.
    pub(crate) fn scratch_bytes(&self) -> usize {
        match &self.form {
            Form::Depthwise(_) => return 0,
            Form::Phases(phases) => return phases.scratch_len(self) * self.dtype.size(),
            _ => {}
        }
        let lengths = [self.tile(), self.patches.lines() % self.tile().max(1)].map(|lines| {
            let whole = self.product(lines, self.features, false).scratch_len();
            whole.max(self.product(lines, self.column_range(0).len(), false).scratch_len())
        });
        (self.tile_len() + lengths[0].max(lengths[1]) + self.narrower_scratch()) * self.dtype.size()
    }

    /// Parts of the features may be of two widths.
    fn narrower_scratch(&self) -> usize {
        match self.form {
            Form::Kernel { columns, .. } => {
                let last = self.column_range(columns - 1).len();
                self.product(self.tile(), last, false).scratch_len()
            }
            _ => 0,
        }
    }

    fn column_range(&self, i: usize) -> Range<usize> {
        match self.form {
            Form::Kernel { columns, .. } => self.features * i / columns..self.features * (i + 1) / columns,
            _ => 0..self.features,
        }
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result; `scratch` holds
    /// [`Convolution::scratch_bytes`] and is this caller's alone.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses, scratch: *mut u8, isa: Isa) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.dtype {
                DType::F64 => self.run_in::<f64>(part, addresses, scratch.cast(), isa),
                _ => self.run_in::<f32>(part, addresses, scratch.cast(), isa),
            }
        }
    }

    unsafe fn run_in<T: Element>(&self, part: usize, addresses: Addresses, scratch: *mut T, isa: Isa) {
        // SAFETY: as in `run`; offsets and strides are those of views of the buffers.
        unsafe {
            let x = addresses.at(self.x).cast_const().cast::<T>().offset(self.x_offset);
            let kernel = addresses.at(self.kernel).cast_const().cast::<T>().offset(self.kernel_offset);
            let lines = self.patches.lines();
            match &self.form {
                Form::Places(tile) => {
                    let tiles = lines.div_ceil(*tile);
                    let (group, start) = (part / tiles, part % tiles * tile);
                    let range = start..(start + tile).min(lines);
                    let output = addresses.at(self.output).cast::<T>();
                    let to = output.add(start * self.groups * self.features + group * self.features);
                    let x = x.offset(group as isize * self.group_strides[0]);
                    let kernel = kernel.offset(group as isize * self.group_strides[1]);
                    let product = self.product(range.len(), self.features, false);
                    self.pack(x, range, scratch, isa);
                    self.multiply(&product, scratch, kernel, to, isa);
                }
                Form::Kernel { tile, parts, columns } => {
                    let (group, rest) = (part / (parts * columns), part % (parts * columns));
                    let (part, columns) = (rest / columns, self.column_range(rest % columns));
                    let x = x.offset(group as isize * self.group_strides[0]);
                    let kernel = kernel.offset(
                        group as isize * self.group_strides[1]
                            + columns.start as isize * self.kernel_strides[1],
                    );
                    let sums = addresses.at(self.partial).cast::<T>();
                    let first = (part * self.groups + group) * self.patches.width() * self.features;
                    let to = sums.add(first + columns.start);
                    let (mut start, end) = (lines * part / parts, lines * (part + 1) / parts);
                    let mut accumulate = false;
                    while start < end {
                        let range = start..(start + tile).min(end);
                        let product = self.product(range.len(), columns.len(), accumulate);
                        self.pack(x, range.clone(), scratch, isa);
                        let kernel = kernel.offset(start as isize * self.kernel_strides[0]);
                        self.multiply(&product, scratch, kernel, to, isa);
                        (start, accumulate) = (range.end, true);
                    }
                }
                Form::Phases(phases) => {
                    let output = addresses.at(self.output).cast::<T>();
                    phases.run(self, part, x, kernel, output, scratch, isa);
                }
                Form::Depthwise(depthwise) => {
                    let output = addresses.at(self.output).cast::<T>();
                    depthwise.run(self, part, x, kernel, output, isa);
                }
            }
        }
    }

    unsafe fn pack<T: Element>(&self, x: *const T, lines: Range<usize>, to: *mut T, isa: Isa) {
        let (patches, stride, turned) = (&self.patches, self.stride(), self.turned);
        isa.run(Pack { patches, x, lines, to, stride, turned });
    }

    /// A whole product on this thread, of the tile that `scratch` begins with.
    unsafe fn multiply<T: Element>(
        &self,
        product: &Product,
        scratch: *mut T,
        kernel: *const T,
        to: *mut T,
        isa: Isa,
    ) {
        // SAFETY: scratch memory holds a tile and what products of it take.
        unsafe {
            let rest = std::slice::from_raw_parts_mut(scratch.add(self.tile_len()), product.scratch_len());
            for part in 0..product.parts() {
                product.run_part(isa, part, scratch.cast_const(), kernel, to, rest);
            }
        }
    }

    /// Adds up, in order, what parts of the kernel's lines have summed.
    ///
    /// # Safety
    /// As for [`Convolution::run`]; all parts have run.
    pub(crate) unsafe fn sum(&self, part: usize, addresses: Addresses) {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            match self.dtype {
                DType::F64 => self.sum_in::<f64>(part, addresses),
                _ => self.sum_in::<f32>(part, addresses),
            }
        }
    }

    unsafe fn sum_in<T: Element>(&self, part: usize, addresses: Addresses) {
        let Form::Kernel { parts, .. } = self.form else { return };
        let (width, features, (batch, places)) = (self.patches.width(), self.features, self.places);
        let (rows, sums) = (self.groups * width, self.sums());
        for row in rows * part / sums..rows * (part + 1) / sums {
            let (group, minor) = (row / width, row % width);
            // Sums are in the order of patches: places, then examples.
            let (place, example) = (minor / batch, minor % batch);
            let to = ((example * places + place) * self.groups + group) * features;
            // SAFETY: both buffers hold what the fields say.
            unsafe {
                let from = addresses.at(self.partial).cast_const().cast::<T>();
                let to = addresses.at(self.output).cast::<T>().add(to);
                for j in 0..features {
                    let mut sum = T::default();
                    for i in 0..parts {
                        sum = sum + *from.add((i * rows + row) * features + j);
                    }
                    *to.add(j) = sum;
                }
            }
        }
    }
}

/// How many lines of patches, `width` elements each, make a tile.
fn lines_of_a_tile(width: usize, fewest: usize) -> usize {
    (TILE / width.max(1)).clamp(fewest, 512).next_multiple_of(48)
}

/// How far apart the lines of a tile are, which have so many elements: an odd number of cache lines
/// keeps them out of each other's cache sets.
fn stride(length: usize) -> usize {
    length.next_multiple_of(32) + 16
}
