//! A tensor with a margin, and gaps, of one number.

use super::*;
use crate::tensor::Operand;

/// The first operand with `low` elements before, `high` after and `interior` between each pair of
/// neighbors along each axis, all equal to the second operand, a scalar.
///
/// `dx` is the part of `dy` where `x` is; the scalar's gradient is the sum of the rest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pad {
    /// Elements added before the first, along each axis.
    pub low: Vec<usize>,
    /// Elements added after the last, along each axis.
    pub high: Vec<usize>,
    /// Elements added between neighbors, along each axis.
    pub interior: Vec<usize>,
}

impl Pad {
    /// The indices along `axis`, of extent `n`, at which the operand's elements are: start, stop, step.
    pub fn range(&self, axis: usize, n: usize) -> (usize, usize, usize) {
        let (low, step) = (self.low[axis], self.interior[axis] + 1);
        (low, low + if n > 0 { (n - 1) * step + 1 } else { 0 }, step)
    }
}

impl Tensor {
    /// This tensor with `(low, high, interior)` elements equal to `value` before, after and between
    /// its own, given along each axis.
    #[track_caller]
    pub fn pad(&self, padding: &[(usize, usize, usize)], value: impl Operand) -> Tensor {
        let pad = Pad {
            low: padding.iter().map(|p| p.0).collect(),
            high: padding.iter().map(|p| p.1).collect(),
            interior: padding.iter().map(|p| p.2).collect(),
        };
        self.builder().push(pad, &[self, &value.tensor(self)])
    }
}

impl Operation for Pad {
    const NAME: &'static str = "pad";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (x, value, n) = (inputs[0], inputs[1], self.low.len());
        if n != x.shape.rank() || n != self.high.len() || n != self.interior.len() {
            return Err(format!("shape {} needs {} paddings, got {n}", x.shape, x.shape.rank()));
        }
        if !value.shape.is_empty() {
            return Err(format!("the padding value has shape {}, not []", value.shape));
        }
        if value.dtype != x.dtype {
            return Err(format!("operands are {} and {}; cast one of them", x.dtype, value.dtype));
        }
        let extent = |(axis, &n): (usize, &usize)| {
            let between = n.saturating_sub(1).checked_mul(self.interior[axis])?;
            self.low[axis].checked_add(n)?.checked_add(between)?.checked_add(self.high[axis])
        };
        match x.shape.iter().enumerate().map(extent).collect::<Option<Vec<usize>>>() {
            Some(extents) => Ok(Type::new(extents, x.dtype)),
            None => Err("the result would not fit in memory".into()),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let x = rule.x(0);
        let ranges: Vec<_> = x.shape().iter().enumerate().map(|(axis, &n)| self.range(axis, n)).collect();
        // One where the margin is: subtracting one sum from another would lose digits.
        let margin = rule.dy.builder().push(self.clone(), &[&x.full_like(0.0), &x.number(1.0)]);
        vec![Some(rule.dy.slice(&ranges)), Some((rule.dy * margin).sum_all())]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let with = |rest: &[usize]| std::iter::once(0).chain(rest.iter().copied()).collect();
        let pad = Pad { low: with(&self.low), high: with(&self.high), interior: with(&self.interior) };
        let (x, value) = (rule.with_axis(0), &rule.inputs[1]);
        if !rule.batched[1] {
            return x.builder().push(pad, &[&x, value]);
        }
        // Each example has a margin of its own: pad with anything, then choose.
        let inside = x.builder().full(x.shape(), 1.0, DType::Bool);
        let inside = x.builder().push(pad.clone(), &[&inside, &inside.number(0.0)]);
        let padded = x.builder().push(pad, &[&x, &x.number(0.0)]);
        let mut column = vec![1; x.rank()];
        column[0] = rule.size;
        inside.select(&padded, value.reshape(column))
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let shape = &inputs[0].ty.shape;
        let mut y = vec![inputs[1].elements[0]; output.shape.size()];
        let strides = output.shape.strides();
        for (flat, &x) in inputs[0].elements.iter().enumerate() {
            let place = |(axis, i): (usize, usize)| {
                let (start, _, step) = self.range(axis, shape[axis]);
                (start + i * step) * strides[axis]
            };
            y[shape.unravel(flat).into_iter().enumerate().map(place).sum::<usize>()] = x;
        }
        y
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("low", &self.low).ints("high", &self.high).ints("interior", &self.interior)
    }

    fn from_attributes(a: &Attributes) -> Result<Pad, String> {
        Ok(Pad { low: a.get_ints("low")?, high: a.get_ints("high")?, interior: a.get_ints("interior")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("before and after", &[&[3, 2]], (-1.0, 2.0), |_, x| {
                x[0].pad(&[(1, 2, 0), (0, 3, 0)], 0.5)
            }),
            Sample::new("between", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].pad(&[(0, 1, 2), (2, 0, 1)], 0.0)),
            Sample::new("a value of its own", &[&[3, 2], &[]], (-1.0, 2.0), |_, x| {
                x[0].pad(&[(2, 1, 0), (1, 0, 3)], &x[1])
            }),
        ]
    }
}
