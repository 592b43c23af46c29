//! Sums along axes.

use super::*;

/// The sum along `axes`, which go; `dx` is `dy` repeated along them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sum {
    /// The axes that are summed over, in ascending order.
    pub axes: Vec<usize>,
}

impl Tensor {
    /// The sum along `axes` (-1 is the last), which go.
    #[track_caller]
    pub fn sum(&self, axes: &[isize]) -> Tensor {
        self.reduce("sum", axes, |axes| Sum { axes }.into())
    }

    /// The sum of all elements.
    #[track_caller]
    pub fn sum_all(&self) -> Tensor {
        self.sum(&(0..self.rank() as isize).collect::<Vec<_>>())
    }

    /// The sum along `axes`, which stay with extent 1.
    #[track_caller]
    pub fn sum_keep(&self, axes: &[isize]) -> Tensor {
        self.keep(axes, self.sum(axes))
    }

    /// The mean along `axes`, which go.
    #[track_caller]
    pub fn mean(&self, axes: &[isize]) -> Tensor {
        if self.is_valid() && !self.dtype().is_float() {
            return self
                .builder()
                .fail(format!("mean: it takes floats, not {}; cast it first", self.dtype()));
        }
        let count: usize = axes.iter().map(|&axis| self.extent(axis)).product();
        self.sum(axes) * (1.0 / count as f64)
    }

    /// The mean along `axes`, which stay with extent 1.
    #[track_caller]
    pub fn mean_keep(&self, axes: &[isize]) -> Tensor {
        self.keep(axes, self.mean(axes))
    }

    /// The mean of all elements.
    #[track_caller]
    pub fn mean_all(&self) -> Tensor {
        self.mean(&(0..self.rank() as isize).collect::<Vec<_>>())
    }

    /// Applies the reduction that `op` makes of the axes, counted from 0 and in order.
    #[track_caller]
    pub(crate) fn reduce(&self, name: &str, axes: &[isize], op: impl FnOnce(Vec<usize>) -> Op) -> Tensor {
        if !self.is_valid() {
            return self.clone();
        }
        let shape = self.shape();
        let mut found = Vec::new();
        for &axis in axes {
            match shape.axis(axis) {
                Some(axis) if !found.contains(&axis) => found.push(axis),
                Some(_) => return self.builder().fail(format!("{name}: axis {axis} is given twice")),
                None => return self.builder().fail(format!("{name}: shape {shape} has no axis {axis}")),
            }
        }
        found.sort_unstable();
        match found.is_empty() {
            true => self.clone(),
            false => self.unary(op(found)),
        }
    }

    /// `reduced`, this tensor's reduction along `axes`, with those axes back as extents of 1.
    #[track_caller]
    pub(crate) fn keep(&self, axes: &[isize], reduced: Tensor) -> Tensor {
        let shape = self.shape();
        let axes: Vec<usize> = axes.iter().filter_map(|&axis| shape.axis(axis)).collect();
        reduced.reshape(shape.with_ones(&axes))
    }
}

/// The type of a reduction along `axes`.
pub(crate) fn infer_reduction(axes: &[usize], input: &Type) -> Result<Type, String> {
    if axes.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(format!("axes {axes:?} do not ascend"));
    }
    match axes.iter().find(|&&axis| axis >= input.shape.rank()) {
        Some(axis) => Err(format!("shape {} has no axis {axis}", input.shape)),
        None => Ok(Type::new(input.shape.without(axes), input.dtype)),
    }
}

/// Folds `input` along `axes` into the elements of a result.
pub(crate) fn fold(
    axes: &[usize],
    input: &Value,
    output: &Type,
    start: f64,
    f: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let mut result = vec![start; output.shape.size()];
    let kept: Vec<usize> = (0..input.ty.shape.rank()).filter(|axis| !axes.contains(axis)).collect();
    let strides = output.shape.strides();
    for (flat, &x) in input.elements.iter().enumerate() {
        let index = input.ty.shape.unravel(flat);
        let target: usize = kept.iter().zip(&strides).map(|(&axis, stride)| index[axis] * stride).sum();
        result[target] = f(result[target], x);
    }
    result
}

/// `value`, of a reduction's result shape, repeated along the reduced axes of `like`.
#[track_caller]
pub(crate) fn spread(value: &Tensor, axes: &[usize], like: &Tensor) -> Tensor {
    let shape = like.shape();
    value.reshape(shape.with_ones(axes)).broadcast_to(&shape)
}

/// The axes of a batched reduction: one further on.
pub(crate) fn shifted(axes: &[usize]) -> Vec<usize> {
    axes.iter().map(|axis| axis + 1).collect()
}

impl Operation for Sum {
    const NAME: &'static str = "sum";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_reduction(&self.axes, inputs[0])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(spread(rule.dy, &self.axes, rule.x(0)))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Sum { axes: shifted(&self.axes) })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        fold(&self.axes, inputs[0], output, 0.0, |sum, x| sum + x)
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("axes", &self.axes)
    }

    fn from_attributes(a: &Attributes) -> Result<Sum, String> {
        Ok(Sum { axes: a.get_ints("axes")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].sum(&[-1])),
            Sample::new("columns", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].sum(&[0])),
            Sample::new("outer and inner", &[&[2, 3, 4]], (-1.0, 2.0), |_, x| {
                let y = x[0].sum(&[0, 2]);
                &y * &y
            }),
            Sample::new("all", &[&[5, 33]], (-1.0, 2.0), |_, x| x[0].sum_all()),
            Sample::new("mean, kept", &[&[2, 70]], (-1.0, 2.0), |_, x| &x[0] - x[0].mean_keep(&[-1])),
        ]
    }
}
