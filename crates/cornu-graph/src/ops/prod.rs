//! Products along axes.

use super::sum::{fold, infer_reduction, shifted};
use super::*;

/// The product along `axes`, which go; `dx` is `dy` times the product of the other elements, exact
/// where elements are zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prod {
    /// The axes that are multiplied over, in ascending order.
    pub axes: Vec<usize>,
}

impl Tensor {
    /// The product along `axes` (-1 is the last), which go.
    #[track_caller]
    pub fn prod(&self, axes: &[isize]) -> Tensor {
        self.reduce("prod", axes, |axes| Prod { axes }.into())
    }

    /// The product along `axes`, which stay with extent 1.
    #[track_caller]
    pub fn prod_keep(&self, axes: &[isize]) -> Tensor {
        self.keep(axes, self.prod(axes))
    }
}

impl Operation for Prod {
    const NAME: &'static str = "prod";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        infer_reduction(&self.axes, inputs[0])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        // `y / x` would fail at zeros; the products of all elements before and of all after each
        // one do not. They take the logarithm of the extent in steps.
        let (x, rank) = (rule.x(0), rule.x(0).rank());
        let kept: Vec<usize> = (0..rank).filter(|axis| !self.axes.contains(axis)).collect();
        let order: Vec<usize> = kept.iter().chain(&self.axes).copied().collect();
        let ordered = x.transpose(&order);
        let n: usize = self.axes.iter().map(|&axis| x.shape()[axis]).product();
        let mut rows = rule.y.shape().to_vec();
        rows.push(n);
        // [kept axes, n]
        let flat = ordered.reshape(rows.clone());
        let others = before(&flat, n) * before(&flat.reverse(&[-1]), n).reverse(&[-1]);
        let dy = rule.dy.expand_dims(-1).broadcast_to(rows);
        let mut inverse = vec![0; rank];
        for (i, &axis) in order.iter().enumerate() {
            inverse[axis] = i;
        }
        vec![Some((dy * others).reshape(ordered.shape()).transpose(&inverse))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(Prod { axes: shifted(&self.axes) })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        fold(&self.axes, inputs[0], output, 1.0, |product, x| product * x)
    }

    fn attributes(&self) -> Attributes {
        Attributes::default().ints("axes", &self.axes)
    }

    fn from_attributes(a: &Attributes) -> Result<Prod, String> {
        Ok(Prod { axes: a.get_ints("axes")? })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("rows", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].prod(&[-1])),
            Sample::new("columns, kept", &[&[3, 4]], (-1.0, 2.0), |_, x| x[0].prod_keep(&[0])),
            Sample::new("outer and inner", &[&[2, 3, 4]], (0.5, 1.5), |_, x| x[0].prod(&[0, 2])),
            Sample::new("all", &[&[5]], (-1.0, 2.0), |_, x| x[0].prod(&[0])),
            Sample::new("with a zero in each row", &[&[3, 4]], (0.5, 2.0), |b, x| {
                (&x[0] * b.iota([3, 4], 1, x[0].dtype())).prod(&[1])
            }),
        ]
    }
}

/// The product of all elements before each one along the last axis, whose extent is `n`.
fn before(x: &Tensor, n: usize) -> Tensor {
    let rank = x.rank();
    let shifted = |x: &Tensor, by: usize| {
        let mut padding = vec![(0, 0, 0); rank];
        padding[rank - 1] = (by, 0, 0);
        x.pad(&padding, 1.0).slice_axis(-1, 0, n)
    };
    let mut product = shifted(x, 1);
    let mut reach = 1;
    while reach < n {
        product = &product * shifted(&product, reach);
        reach *= 2;
    }
    product
}
