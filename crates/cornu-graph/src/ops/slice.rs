//! Part of a tensor.

use super::*;

/// `y[i] = x[starts + i steps]` along each axis, up to `stops`, which are excluded; `dx` is `dy`
/// put back in its place, with zeros around it and between.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// The first index along each axis.
    pub starts: Vec<usize>,
    /// One more than the last index that may be taken along each axis.
    pub stops: Vec<usize>,
    /// How far apart the indices are along each axis.
    pub steps: Vec<usize>,
}

impl Tensor {
    /// The elements from `start` to `stop` (excluded), each `step`th of them, given along each axis.
    #[track_caller]
    pub fn slice(&self, ranges: &[(usize, usize, usize)]) -> Tensor {
        self.unary(Slice {
            starts: ranges.iter().map(|range| range.0).collect(),
            stops: ranges.iter().map(|range| range.1).collect(),
            steps: ranges.iter().map(|range| range.2).collect(),
        })
    }

    /// The elements from `start` to `stop` (excluded) along `axis` (-1 is the last), all of the others.
    #[track_caller]
    pub fn slice_axis(&self, axis: isize, start: usize, stop: usize) -> Tensor {
        if !self.is_valid() {
            return self.clone();
        }
        let shape = self.shape();
        let Some(axis) = shape.axis(axis) else {
            return self.builder().fail(format!("slice: shape {shape} has no axis {axis}"));
        };
        let mut ranges: Vec<_> = shape.iter().map(|&extent| (0, extent, 1)).collect();
        ranges[axis] = (start, stop, 1);
        self.slice(&ranges)
    }
}

impl Operation for Slice {
    const NAME: &'static str = "slice";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (shape, n) = (&inputs[0].shape, self.starts.len());
        if n != shape.rank() || n != self.stops.len() || n != self.steps.len() {
            return Err(format!("shape {shape} needs {} ranges, got {n}", shape.rank()));
        }
        let mut extents = Vec::with_capacity(n);
        for (axis, &extent) in shape.iter().enumerate() {
            let (start, stop, step) = (self.starts[axis], self.stops[axis], self.steps[axis]);
            if step == 0 {
                return Err(format!("the step along axis {axis} is 0"));
            }
            if start > stop || stop > extent {
                return Err(format!("{start}..{stop} is no range within axis {axis} of shape {shape}"));
            }
            extents.push((stop - start).div_ceil(step));
        }
        Ok(Type::new(extents, inputs[0].dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (shape, part) = (rule.x(0).shape(), rule.y.shape());
        if part.size() == 0 {
            return vec![Some(rule.x(0).full_like(0.0))];
        }
        let padding: Vec<(usize, usize, usize)> = (0..shape.rank())
            .map(|axis| {
                let taken = (part[axis] - 1) * self.steps[axis] + 1;
                let low = self.starts[axis];
                // A step that leaps over the whole axis leaves nothing between the elements.
                let between = if part[axis] > 1 { self.steps[axis] - 1 } else { 0 };
                (low, shape[axis] - low - taken, between)
            })
            .collect();
        vec![Some(rule.dy.pad(&padding, 0.0))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let with =
            |first: usize, rest: &[usize]| std::iter::once(first).chain(rest.iter().copied()).collect();
        rule.elementwise(Slice {
            starts: with(0, &self.starts),
            stops: with(rule.size, &self.stops),
            steps: with(1, &self.steps),
        })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        (0..output.shape.size())
            .map(|flat| {
                let mut index = output.shape.unravel(flat);
                for (axis, i) in index.iter_mut().enumerate() {
                    *i = self.starts[axis] + *i * self.steps[axis];
                }
                inputs[0].at(&index)
            })
            .collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
            .ints("starts", &self.starts)
            .ints("stops", &self.stops)
            .ints("steps", &self.steps)
    }

    fn from_attributes(a: &Attributes) -> Result<Slice, String> {
        Ok(Slice { starts: a.get_ints("starts")?, stops: a.get_ints("stops")?, steps: a.get_ints("steps")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[5, 3]], (-1.0, 2.0), |_, x| x[0].slice_axis(0, 1, 4)),
            Sample::new("columns", &[&[3, 5]], (-1.0, 2.0), |_, x| x[0].slice_axis(-1, 2, 4)),
            Sample::new("in steps", &[&[8, 7]], (-1.0, 2.0), |_, x| x[0].slice(&[(1, 8, 3), (0, 6, 2)])),
            Sample::new("one element", &[&[2, 5]], (-1.0, 2.0), |_, x| x[0].slice(&[(1, 2, 1), (3, 5, 4)])),
            Sample::new("one after another", &[&[6]], (-1.0, 2.0), |_, x| {
                x[0].slice_axis(0, 0, 4) * x[0].slice_axis(0, 2, 6)
            }),
        ]
    }
}
