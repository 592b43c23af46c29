//! Convolution over any number of spatial axes.

use super::window::{Walk, length};
use super::*;
use crate::Shape;

/// Slides a kernel over an input and sums products; as in Keras, the kernel is not turned around.
///
/// Input `[batch, spatial.., in]`, kernel `[spatial.., in / groups, out]`, result
/// `[batch / batch_groups, spatial.., out]`:
///
/// `y[b, o, f] = sum over w, c of x[b, o stride + w kernel_dilation - low, c] kernel[w, c, f]`
///
/// where the input's elements lie `input_dilation` apart, with zeros between them, `low` before and
/// `high` after (negative padding leaves elements out). With `groups`, the features of input and
/// result fall into as many parts, each of which sees only its own. With `batch_groups`, those of
/// the batch and of the result's features do.
///
/// `dx` is the convolution of `dy`, dilated by the strides, with the kernel turned around; `dkernel`
/// is that of `x` with `dy` as kernel, batch and features exchanged. Groups of one are batch groups
/// of the other, so gradients have gradients.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conv {
    /// How far the kernel moves along each spatial axis.
    pub strides: Vec<usize>,
    /// Zeros before the input along each spatial axis.
    pub low: Vec<i64>,
    /// Zeros after the input along each spatial axis.
    pub high: Vec<i64>,
    /// How far apart the input's elements lie along each spatial axis.
    pub input_dilation: Vec<usize>,
    /// How far apart the kernel's elements lie along each spatial axis.
    pub kernel_dilation: Vec<usize>,
    /// Parts of the features.
    pub groups: usize,
    /// Parts of the batch; of it and `groups`, one has to be 1.
    pub batch_groups: usize,
}

impl Conv {
    /// A convolution over `n_spatial` axes: strides and dilations of 1, no padding, one group.
    pub fn new(n_spatial: usize) -> Conv {
        Conv {
            strides: vec![1; n_spatial],
            low: vec![0; n_spatial],
            high: vec![0; n_spatial],
            input_dilation: vec![1; n_spatial],
            kernel_dilation: vec![1; n_spatial],
            groups: 1,
            batch_groups: 1,
        }
    }

    /// The same with these strides.
    pub fn strides(mut self, strides: &[usize]) -> Conv {
        self.strides = strides.to_vec();
        self
    }

    /// The same with these zeros before and after.
    pub fn padding(mut self, padding: &[(i64, i64)]) -> Conv {
        (self.low, self.high) = padding.iter().copied().unzip();
        self
    }

    /// The same with the input's elements this far apart.
    pub fn input_dilation(mut self, dilation: &[usize]) -> Conv {
        self.input_dilation = dilation.to_vec();
        self
    }

    /// The same with the kernel's elements this far apart.
    pub fn kernel_dilation(mut self, dilation: &[usize]) -> Conv {
        self.kernel_dilation = dilation.to_vec();
        self
    }

    /// The same with features in this many groups.
    pub fn groups(mut self, groups: usize) -> Conv {
        self.groups = groups;
        self
    }

    /// The same with the batch in this many groups.
    pub fn batch_groups(mut self, groups: usize) -> Conv {
        self.batch_groups = groups;
        self
    }

    /// The way of the kernel along spatial axis `i`, for the extents there.
    fn walk(&self, i: usize, extent: usize, size: usize) -> Walk {
        Walk {
            extent,
            spread: self.input_dilation[i],
            size,
            stride: self.strides[i],
            dilation: self.kernel_dilation[i],
            low: self.low[i],
            high: self.high[i],
        }
    }

    /// The zeros `(low, high)` along spatial axis `i` of a convolution of this one's other fields
    /// that has `low` before and makes `windows` of `extent` elements.
    fn padded(&self, i: usize, low: i64, extent: usize, size: usize, windows: usize) -> (i64, i64) {
        let room = length(size, self.kernel_dilation[i]) + (windows as i64 - 1) * self.strides[i] as i64;
        (low, room - low - length(extent, self.input_dilation[i]))
    }

    fn input_gradient(&self, x: &Tensor, kernel: &Tensor, dy: &Tensor) -> Tensor {
        let (n, groups) = (self.strides.len(), self.groups * self.batch_groups);
        let (from, window, to) = (dy.shape(), kernel.shape(), x.shape());
        let conv = Conv {
            strides: self.input_dilation.clone(),
            input_dilation: self.strides.clone(),
            groups,
            batch_groups: 1,
            ..self.clone()
        };
        let padding = |i: usize| {
            let low = length(window[i], self.kernel_dilation[i]) - 1 - self.low[i];
            conv.padded(i, low, from[i + 1], window[i], to[i + 1])
        };
        let padding: Vec<(i64, i64)> = (0..n).map(padding).collect();
        // [w.., in, groups out] to [w.., out, groups in], the spatial axes the other way round.
        let spatial: Vec<isize> = (0..n as isize).collect();
        let turned = split(&kernel.reverse(&spatial), n + 1, groups).transpose(&order(n, &[2, 1, 0]));
        let dx = dy.conv(&joined(&turned, n + 1), conv.padding(&padding));
        if self.batch_groups == 1 {
            return dx;
        }
        // [batch, x.., groups in] to [groups batch, x.., in].
        let dx = split(&dx, n + 1, groups);
        dx.transpose(&[&[n + 1], &(0..=n).collect::<Vec<_>>()[..], &[n + 2]].concat()).reshape(to)
    }

    fn kernel_gradient(&self, x: &Tensor, kernel: &Tensor, dy: &Tensor) -> Tensor {
        let n = self.strides.len();
        let (from, window, to) = (x.shape(), dy.shape(), kernel.shape());
        let conv = Conv {
            strides: self.kernel_dilation.clone(),
            kernel_dilation: self.strides.clone(),
            groups: self.batch_groups,
            batch_groups: self.groups,
            ..self.clone()
        };
        let padding = |i: usize| conv.padded(i, self.low[i], from[i + 1], window[i + 1], to[i]);
        let padding: Vec<(i64, i64)> = (0..n).map(padding).collect();
        let spatial: Vec<usize> = (1..=n).collect();
        // The sum is over the batch, which takes the place of the features.
        let x = x.transpose(&[&[n + 1], &spatial[..], &[0]].concat());
        let dy = dy.transpose(&[&spatial[..], &[0, n + 1]].concat());
        let dk = x.conv(&dy, conv.padding(&padding));
        dk.transpose(&[&spatial[..], &[0, n + 1]].concat())
    }
}

/// The axes of `n` spatial ones followed by others, those in the order given.
fn order(n: usize, last: &[usize]) -> Vec<usize> {
    (0..n).chain(last.iter().map(|axis| n + axis)).collect()
}

/// `x` with `axis` as two axes, of which the first has extent `parts`.
fn split(x: &Tensor, axis: usize, parts: usize) -> Tensor {
    let shape = x.shape();
    let each = shape[axis] / parts.max(1);
    x.reshape([&shape[..axis], &[parts, each], &shape[axis + 1..]].concat())
}

/// `x` with `axis` and the next as one axis.
fn joined(x: &Tensor, axis: usize) -> Tensor {
    let shape = x.shape();
    x.reshape([&shape[..axis], &[shape[axis] * shape[axis + 1]], &shape[axis + 2..]].concat())
}

/// `x` with axis `from` moved to `to`.
fn moved(x: &Tensor, from: usize, to: usize) -> Tensor {
    x.transpose(&super::gather::moved(x.rank(), from..from + 1, to))
}

impl Tensor {
    /// The convolution of this input `[batch, spatial.., in]` with `kernel`
    /// `[spatial.., in / groups, out]`; see [`Conv`].
    ///
    /// ```
    /// use cornu_graph::{Array, Builder, evaluate, ops::Conv};
    /// let b = Builder::new();
    /// let (x, kernel) = (b.input("x", [1, 5, 1]), b.input("kernel", [3, 1, 1]));
    /// let y = x.conv(&kernel, Conv::new(1).strides(&[2]).padding(&[(1, 1)]));
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let x = Array::new([1, 5, 1], vec![1f32, 2.0, 3.0, 4.0, 5.0]).unwrap();
    /// let kernel = Array::new([3, 1, 1], vec![1f32, 10.0, 100.0]).unwrap();
    /// let y = evaluate(&graph, &[x, kernel], &[]).unwrap();
    /// assert_eq!(y.outputs[0].to_f64(), [210.0, 432.0, 54.0]);
    /// ```
    #[track_caller]
    pub fn conv(&self, kernel: &Tensor, conv: Conv) -> Tensor {
        self.builder().push(conv, &[self, kernel])
    }
}

impl Operation for Conv {
    const NAME: &'static str = "conv";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (x, kernel, n) = (&inputs[0].shape, &inputs[1].shape, self.strides.len());
        for ty in inputs {
            if !ty.dtype.is_float() {
                return Err(format!("it takes floats, not {}; cast it first", ty.dtype));
            }
        }
        if inputs[0].dtype != inputs[1].dtype {
            let (a, b) = (inputs[0].dtype, inputs[1].dtype);
            return Err(format!("operands are {a} and {b}; cast one of them"));
        }
        let lengths =
            [self.low.len(), self.high.len(), self.input_dilation.len(), self.kernel_dilation.len()];
        if let Some(other) = lengths.into_iter().find(|&other| other != n) {
            return Err(format!("strides are given for {n} spatial axes, padding or dilation for {other}"));
        }
        if x.rank() != n + 2 || kernel.rank() != n + 2 {
            let rank = n + 2;
            return Err(format!(
                "over {n} spatial axes, input and kernel have {rank} axes each, got shapes {x} and {kernel}"
            ));
        }
        let (groups, batch_groups) = (self.groups, self.batch_groups);
        if groups == 0 || batch_groups == 0 || (groups > 1 && batch_groups > 1) {
            return Err(format!(
                "groups are {groups} and batch groups {batch_groups}; both are at least 1, and one is 1"
            ));
        }
        let (features, out) = (x[n + 1], kernel[n + 1]);
        if kernel[n].checked_mul(groups) != Some(features) {
            return Err(format!(
                "an input of {features} features in {groups} groups needs a kernel of {} features, got {}",
                features / groups,
                kernel[n]
            ));
        }
        for (what, extent, parts) in [
            ("features of the result", out, groups * batch_groups),
            ("examples of the batch", x[0], batch_groups),
        ] {
            if extent % parts != 0 {
                return Err(format!("{extent} {what} do not fall into {parts} groups"));
            }
        }
        let mut extents = vec![x[0] / batch_groups];
        for i in 0..n {
            let windows = self.walk(i, x[i + 1], kernel[i]).windows();
            extents.push(windows.map_err(|message| {
                format!("along spatial axis {i} of input {x} and kernel {kernel}, {message}")
            })?);
        }
        extents.push(out);
        Ok(Type::new(extents, inputs[0].dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (x, kernel) = (rule.x(0), rule.x(1));
        if [x, kernel, rule.y].iter().any(|tensor| tensor.shape().size() == 0) {
            return vec![Some(x.full_like(0.0)), Some(kernel.full_like(0.0))];
        }
        let dx = self.input_gradient(x, kernel, rule.dy);
        let dk = self.kernel_gradient(x, kernel, rule.dy);
        vec![Some(dx), Some(dk)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let (x, kernel) = (&rule.inputs[0], &rule.inputs[1]);
        let (n, size, parts) = (self.strides.len(), rule.size, self.groups * self.batch_groups);
        // The kernels of all examples side by side, within each group: [w.., in, groups size out].
        let side_by_side = || {
            let kernel = moved(&split(kernel, n + 2, parts), 0, n + 2);
            joined(&joined(&kernel, n + 1), n + 1)
        };
        match rule.batched {
            [true, false] => {
                // Examples are more of the batch, within each of its groups.
                let x = moved(&split(x, 1, self.batch_groups), 1, 0);
                let y = joined(&joined(&x, 0), 0).conv(kernel, self.clone());
                split(&y, 0, size)
            }
            [false, _] => {
                let y = x.conv(&side_by_side(), self.clone());
                // [batch, y.., groups, size, out], of which the examples go to the front.
                let y = moved(&split(&split(&y, n + 1, parts), n + 2, size), n + 2, 0);
                joined(&y, n + 2)
            }
            _ => {
                // Examples are more groups.
                let kernel = joined(&moved(kernel, 0, n + 1), n + 1);
                let (x, conv) = match self.batch_groups {
                    1 => (
                        joined(&moved(x, 0, n + 1), n + 1),
                        Conv { groups: self.groups * size, ..self.clone() },
                    ),
                    batch => (joined(x, 0), Conv { batch_groups: batch * size, ..self.clone() }),
                };
                moved(&split(&x.conv(&kernel, conv), n + 1, size), n + 1, 0)
            }
        }
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let (x, kernel, n) = (inputs[0], inputs[1], self.strides.len());
        let (x_shape, kernel_shape) = (&x.ty.shape, &kernel.ty.shape);
        let window = Shape::from(&kernel_shape[..n]);
        let (features, each) =
            (kernel_shape[n], output.shape[n + 1] / (self.groups * self.batch_groups).max(1));
        let walks: Vec<Walk> = (0..n).map(|i| self.walk(i, x_shape[i + 1], kernel_shape[i])).collect();
        let element = |flat: usize| {
            let at = output.shape.unravel(flat);
            let group = at[n + 1] / each;
            let (example, first) = match self.groups {
                1 => (group * output.shape[0] + at[0], 0),
                _ => (at[0], group * features),
            };
            let mut sum = 0.0;
            for w in 0..window.size() {
                let place = window.unravel(w);
                let seen = (0..n).map(|i| walks[i].at(at[i + 1], place[i]));
                let Some(seen) = seen.collect::<Option<Vec<usize>>>() else { continue };
                for c in 0..features {
                    let from = [&[example], &seen[..], &[first + c]].concat();
                    sum += x.at(&from) * kernel.at(&[&place[..], &[c, at[n + 1]]].concat());
                }
            }
            sum
        };
        (0..output.shape.size()).map(element).collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
            .ints("strides", &self.strides)
            .signed_ints("low", &self.low)
            .signed_ints("high", &self.high)
            .ints("input_dilation", &self.input_dilation)
            .ints("kernel_dilation", &self.kernel_dilation)
            .int("groups", self.groups)
            .int("batch_groups", self.batch_groups)
    }

    fn from_attributes(a: &Attributes) -> Result<Conv, String> {
        Ok(Conv {
            strides: a.get_ints("strides")?,
            low: a.get_signed_ints("low")?,
            high: a.get_signed_ints("high")?,
            input_dilation: a.get_ints("input_dilation")?,
            kernel_dilation: a.get_ints("kernel_dilation")?,
            groups: a.get_int("groups")?,
            batch_groups: a.get_int("batch_groups")?,
        })
    }

    fn samples() -> Vec<Sample> {
        let range = (-1.0, 2.0);
        vec![
            Sample::new("an image", &[&[2, 5, 6, 3], &[2, 3, 3, 4]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(2))
            }),
            Sample::new("strides and padding", &[&[2, 6, 5, 2], &[3, 2, 2, 3]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(2).strides(&[2, 3]).padding(&[(1, 2), (0, 3)]))
            }),
            Sample::new("a dilated kernel", &[&[1, 7, 6, 2], &[3, 2, 2, 2]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(2).kernel_dilation(&[2, 3]).padding(&[(2, 0), (-1, 3)]))
            }),
            Sample::new("a dilated input", &[&[2, 4, 3], &[4, 3, 2]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(1).input_dilation(&[3]).strides(&[2]).padding(&[(2, 3)]))
            }),
            Sample::new("all at once", &[&[2, 5, 4, 4], &[2, 3, 2, 6]], range, |_, x| {
                let conv = Conv::new(2).strides(&[3, 2]).padding(&[(1, 2), (3, -1)]).groups(2);
                x[0].conv(&x[1], conv.input_dilation(&[2, 3]).kernel_dilation(&[3, 2]))
            }),
            Sample::new("in groups", &[&[2, 5, 6], &[3, 2, 9]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(1).groups(3).strides(&[2]).padding(&[(1, 1)]))
            }),
            Sample::new("depthwise", &[&[2, 4, 5, 5], &[3, 2, 1, 5]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(2).groups(5).padding(&[(1, 1), (0, 1)]))
            }),
            Sample::new("two for each feature", &[&[2, 6, 3], &[2, 1, 6]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(1).groups(3).strides(&[2]))
            }),
            Sample::new("in batch groups", &[&[6, 5, 3], &[2, 3, 4]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(1).batch_groups(2).strides(&[2]).padding(&[(1, 0)]))
            }),
            Sample::new("as many batch groups as features", &[&[4, 6, 3], &[3, 3, 4]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(1).batch_groups(4).padding(&[(1, 0)]))
            }),
            Sample::new("a volume", &[&[1, 3, 4, 3, 2], &[2, 1, 3, 2, 2]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(3).strides(&[1, 2, 1]).padding(&[(0, 1), (0, 0), (2, 0)]))
            }),
            Sample::new("each element by itself", &[&[2, 3, 4, 5], &[1, 1, 5, 3]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(2))
            }),
            Sample::new("no spatial axis", &[&[3, 4], &[4, 2]], range, |_, x| x[0].conv(&x[1], Conv::new(0))),
            Sample::new("a long walk", &[&[1, 40, 3], &[4, 3, 17]], range, |_, x| {
                x[0].conv(&x[1], Conv::new(1).padding(&[(3, 3)]))
            }),
        ]
    }
}
