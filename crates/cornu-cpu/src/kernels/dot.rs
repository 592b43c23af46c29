//! The general product as a series of matrix products.

pub(crate) mod half;

use super::Addresses;
use super::matmul::{Part, Product};
use super::tiles::product as tiles;
use crate::layout::{View, collapse};
use crate::simd::Isa;
use crate::widen::is_half;
use ::half::{bf16, f16};
use cornu_graph::DType;
use cornu_graph::ops::Dot;
use std::ops::Range;

/// A matrix product for each position along the batch axes.
#[derive(Clone, Debug)]
pub(crate) struct Products {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) c: usize,
    pub(crate) dtype: DType,
    pub(crate) a_offset: isize,
    pub(crate) b_offset: isize,
    /// Extent and the strides of a and b along each batch axis.
    pub(crate) batch: Vec<(usize, isize, isize)>,
    pub(crate) product: Product,
    /// Where the results begin in `c`.
    c_offset: usize,
    /// Elements of scratch memory (of the operands' dtype), and parts, of each product.
    scratch: usize,
    each: usize,
}

/// Axes of an operand: batch, free, contracted.
fn axes(dot: &Dot, i: usize, rank: usize) -> [Vec<usize>; 3] {
    match i {
        0 => [dot.a_batch.clone(), dot.a_free(rank), dot.a_contract.clone()],
        _ => [dot.b_batch.clone(), dot.b_free(rank), dot.b_contract.clone()],
    }
}

/// The one stride with which `axes`, as one axis, are walked, if there is one.
fn stride(view: &View, axes: &[usize]) -> Option<isize> {
    let extents: Vec<usize> = axes.iter().map(|&axis| view.shape[axis]).collect();
    let strides: Vec<isize> = axes.iter().map(|&axis| view.strides[axis]).collect();
    match &collapse(&extents, &[&strides])[..] {
        [] => Some(1),
        [(_, strides)] => Some(strides[0]),
        _ => None,
    }
}

/// Whether a copy of an operand keeps its contracted axes before its free ones, as they come.
fn contracted_first(free: &[usize], contract: &[usize]) -> bool {
    contract.iter().max() < free.iter().min()
}

/// See [`super::operand_order`]: batch axes, then free and contracted axes, those first that come first.
pub(crate) fn operand_order(dot: &Dot, i: usize, view: &View) -> Option<View> {
    let [batch, free, contract] = axes(dot, i, view.shape.len());
    if stride(view, &free).is_some() && stride(view, &contract).is_some() {
        return None;
    }
    let inner = if contracted_first(&free, &contract) { [contract, free] } else { [free, contract] };
    let order: Vec<usize> = batch.into_iter().chain(inner.concat()).collect();
    Some(View {
        shape: order.iter().map(|&axis| view.shape[axis]).collect(),
        strides: order.iter().map(|&axis| view.strides[axis]).collect(),
        offset: view.offset,
    })
}

impl Products {
    /// The products for operands seen through `views`; `copied` says which of them
    /// [`operand_order`] has put in its own order of axes.
    pub(crate) fn new(
        dot: &Dot,
        dtype: DType,
        buffers: [usize; 3],
        views: [&View; 2],
        copied: [bool; 2],
    ) -> Products {
        let side = |i: usize| {
            let view = views[i];
            let own = axes(dot, i, view.shape.len());
            let (n_batch, n_free) = (own[0].len(), own[1].len());
            let [batch, free, contract] = match copied[i] {
                false => own,
                true => {
                    let rank = view.shape.len();
                    let inner = if contracted_first(&own[1], &own[2]) { rank - n_free } else { n_batch };
                    let free: Vec<usize> = (inner..inner + n_free).collect();
                    let contract = (n_batch..rank).filter(|axis| !free.contains(axis)).collect();
                    [(0..n_batch).collect(), free, contract]
                }
            };
            let size = |axes: &[usize]| axes.iter().map(|&axis| view.shape[axis]).product::<usize>();
            let batch: Vec<(usize, isize)> =
                batch.iter().map(|&axis| (view.shape[axis], view.strides[axis])).collect();
            (
                batch,
                size(&free),
                size(&contract),
                stride(view, &free).unwrap_or(1),
                stride(view, &contract).unwrap_or(1),
            )
        };
        let (a_batch, m, k, a_free, a_contract) = side(0);
        let (b_batch, n, _, b_free, b_contract) = side(1);
        let product = Product {
            m,
            n,
            k,
            a_strides: [a_free, a_contract],
            b_strides: [b_contract, b_free],
            c_row_stride: n as isize,
            accumulate: false,
        };
        let batch = a_batch.iter().zip(&b_batch).map(|(a, b)| (a.0, a.1, b.1)).collect();
        let [a, b, c] = buffers;
        let (a_offset, b_offset) = (views[0].offset, views[1].offset);
        Products { a, b, c, dtype, a_offset, b_offset, batch, product, c_offset: 0, scratch: 0, each: 1 }
            .split()
    }

    /// With the parts that its products are split into, and the scratch memory that these need.
    fn split(mut self) -> Products {
        self.each = if is_half(self.dtype) { half::parts(&self.product) } else { self.product.parts() };
        let product = &self.product;
        let of_part = |part: Part| match self.dtype {
            DType::BF16 => {
                2 * half::scratch_len::<bf16>(product, &part).max(tiles::scratch_len(product, &part))
            }
            DType::F16 => 2 * half::scratch_len::<f16>(product, &part),
            _ => product.scratch_len(),
        };
        self.scratch = (0..self.each).map(|i| of_part(self.part(i))).max().unwrap_or(0);
        self
    }

    /// The same for some rows of a single product alone.
    pub(crate) fn of_rows(&self, rows: Range<usize>) -> Products {
        debug_assert!(self.batch.is_empty(), "rows of one product");
        let start = rows.start as isize;
        let mut own = self.clone();
        own.product.m = rows.len();
        own.a_offset += start * self.product.a_strides[0];
        own.c_offset += rows.start * self.product.n;
        own.split()
    }

    /// The block of a product that part `i` of it computes.
    fn part(&self, i: usize) -> Part {
        if is_half(self.dtype) { half::part(&self.product, i) } else { self.product.part(i) }
    }

    /// How they are computed, in a word or two.
    pub(crate) fn name(&self, isa: Isa) -> String {
        match self.dtype == DType::BF16 && tiles::fit(&self.product, isa) {
            true => "tiles".into(),
            false => self.product.path().to_string(),
        }
    }

    /// Number of matrix products.
    pub(crate) fn count(&self) -> usize {
        self.batch.iter().map(|(extent, _, _)| extent).product()
    }

    /// Number of parts that may run at the same time. Small products are taken together.
    pub(crate) fn parts(&self) -> usize {
        match self.each {
            1 if self.batch.is_empty() => 1,
            1 => (self.count() * self.product.flops() / 500_000).clamp(1, self.count().clamp(1, 16)),
            each => self.count() * each,
        }
    }

    /// Number of elements of the result.
    pub(crate) fn size(&self) -> usize {
        self.count() * self.product.m * self.product.n
    }

    /// The elements of the result that a part makes, where these are whole rows.
    pub(crate) fn whole_rows(&self, part: usize) -> Option<Range<usize>> {
        let (Product { m, n, .. }, each) = (self.product, self.each);
        if each == 1 {
            let own = self.share(part);
            return Some(own.start * m * n..own.end * m * n);
        }
        let (start, block) = (part / each * m * n, self.part(part % each));
        (block.columns == (0..n)).then_some(start + block.rows.start * n..start + block.rows.end * n)
    }

    /// The products of a part, where each is one part alone.
    fn share(&self, part: usize) -> Range<usize> {
        let (parts, count) = (self.parts(), self.count());
        if parts == 1 {
            return 0..count;
        }
        count * part / parts..count * (part + 1) / parts
    }

    /// Bytes of scratch memory that a part needs.
    pub(crate) fn scratch_bytes(&self) -> usize {
        self.scratch * self.dtype.size()
    }

    /// # Safety
    /// The buffers hold what the fields say; nobody else touches the part's result; `scratch` holds
    /// [`Products::scratch_bytes`], zeroed once, and is this caller's alone.
    pub(crate) unsafe fn run(&self, part: usize, addresses: Addresses, scratch: *mut u8, isa: Isa) {
        let each = self.each;
        // SAFETY: the caller's promises are passed on.
        unsafe {
            if each == 1 {
                for index in self.share(part) {
                    self.run_one(index, 0, addresses, scratch, isa);
                }
            } else {
                self.run_one(part / each, part % each, addresses, scratch, isa);
            }
        }
    }

    /// # Safety
    /// As for [`Products::run`].
    unsafe fn run_one(&self, index: usize, part: usize, addresses: Addresses, scratch: *mut u8, isa: Isa) {
        let (mut left, mut a, mut b) = (index, self.a_offset, self.b_offset);
        for &(extent, a_stride, b_stride) in self.batch.iter().rev() {
            let i = (left % extent) as isize;
            left /= extent;
            (a, b) = (a + i * a_stride, b + i * b_stride);
        }
        let c = self.c_offset + index * self.product.m * self.product.n;
        let len = self.scratch;
        // SAFETY: the caller's promises are passed on.
        unsafe {
            let (pa, pb, pc) = (addresses.at(self.a), addresses.at(self.b), addresses.at(self.c));
            match self.dtype {
                DType::F64 => {
                    let scratch = std::slice::from_raw_parts_mut(scratch.cast::<f64>(), len);
                    let (pa, pb, pc) = (pa.cast::<f64>(), pb.cast::<f64>(), pc.cast::<f64>());
                    self.product.run_part(isa, part, pa.offset(a), pb.offset(b), pc.add(c), scratch);
                }
                DType::BF16 => {
                    let (pa, pb, pc) = (pa.cast::<bf16>(), pb.cast::<bf16>(), pc.cast::<bf16>());
                    let (pa, pb, pc) = (pa.offset(a), pb.offset(b), pc.add(c));
                    let part = self.part(part);
                    match tiles::fit(&self.product, isa) {
                        true => tiles::run_part(&self.product, &part, pa, pb, pc, scratch.cast()),
                        false => half::run_part(&self.product, isa, &part, pa, pb, pc, scratch.cast()),
                    }
                }
                DType::F16 => {
                    let (pa, pb, pc) = (pa.cast::<f16>(), pb.cast::<f16>(), pc.cast::<f16>());
                    let (pa, pb, pc) = (pa.offset(a), pb.offset(b), pc.add(c));
                    half::run_part(&self.product, isa, &self.part(part), pa, pb, pc, scratch.cast());
                }
                _ => {
                    let scratch = std::slice::from_raw_parts_mut(scratch.cast::<f32>(), len);
                    let (pa, pb, pc) = (pa.cast::<f32>(), pb.cast::<f32>(), pc.cast::<f32>());
                    self.product.run_part(isa, part, pa.offset(a), pb.offset(b), pc.add(c), scratch);
                }
            }
        }
    }
}
