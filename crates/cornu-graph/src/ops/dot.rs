//! The general product of tensors.

use super::*;
use crate::Shape;

/// Sums products of `a` and `b` along pairs of contracted axes, for each position along pairs of
/// batch axes: `y[batch, free of a, free of b] = sum over contracted of a * b`.
///
/// `da` is the product of `dy` and `b` over `b`'s free axes, put back in `a`'s order of axes;
/// `db` likewise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dot {
    /// Batch axes of `a`.
    pub a_batch: Vec<usize>,
    /// Batch axes of `b`, pair by pair.
    pub b_batch: Vec<usize>,
    /// Contracted axes of `a`.
    pub a_contract: Vec<usize>,
    /// Contracted axes of `b`, pair by pair.
    pub b_contract: Vec<usize>,
}

impl Dot {
    /// The axes of `a` that are neither batch nor contracted, in order.
    pub fn a_free(&self, rank: usize) -> Vec<usize> {
        (0..rank).filter(|axis| !self.a_batch.contains(axis) && !self.a_contract.contains(axis)).collect()
    }

    /// The axes of `b` that are neither batch nor contracted, in order.
    pub fn b_free(&self, rank: usize) -> Vec<usize> {
        (0..rank).filter(|axis| !self.b_batch.contains(axis) && !self.b_contract.contains(axis)).collect()
    }
}

impl Tensor {
    /// The general product; see [`Dot`].
    #[track_caller]
    pub fn dot(&self, other: &Tensor, dot: Dot) -> Tensor {
        self.builder().push(dot, &[self, other])
    }

    /// The matrix product of the last two axes; the axes before them are batch axes, equal in both,
    /// or missing in `other`, which then serves every row: `[.., k] x [k, n] -> [.., n]`.
    #[track_caller]
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        let (a, b) = (self.rank(), other.rank());
        if !self.is_valid() || !other.is_valid() {
            return if self.is_valid() { other.clone() } else { self.clone() };
        }
        if a == 0 || b == 0 {
            let shapes = format!("{} and {}", self.shape(), other.shape());
            return self.builder().fail(format!("matmul takes matrices, got shapes {shapes}"));
        }
        let contract = b.saturating_sub(2);
        let batch: Vec<usize> = (0..contract).collect();
        let dot = Dot {
            a_batch: batch.clone(),
            b_batch: batch,
            a_contract: vec![a - 1],
            b_contract: vec![contract],
        };
        self.dot(other, dot)
    }
}

impl Operation for Dot {
    const NAME: &'static str = "dot";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (a, b) = (inputs[0], inputs[1]);
        if a.dtype != b.dtype {
            return Err(format!("operands are {} and {}; cast one of them", a.dtype, b.dtype));
        }
        for (axes, what) in
            [((&self.a_batch, &self.b_batch), "batch"), ((&self.a_contract, &self.b_contract), "contracted")]
        {
            if axes.0.len() != axes.1.len() {
                return Err(format!("{what} axes {:?} and {:?} are not pairs", axes.0, axes.1));
            }
            for (&i, &j) in axes.0.iter().zip(axes.1) {
                match (a.shape.get(i), b.shape.get(j)) {
                    (Some(m), Some(n)) if m == n => {}
                    _ => {
                        return Err(format!(
                            "shapes {} and {} do not agree in {what} axes {i} and {j}",
                            a.shape, b.shape
                        ));
                    }
                }
            }
        }
        let unique = |batch: &[usize], contract: &[usize]| {
            let mut all: Vec<usize> = batch.iter().chain(contract).copied().collect();
            all.sort_unstable();
            all.windows(2).all(|pair| pair[0] != pair[1])
        };
        if !unique(&self.a_batch, &self.a_contract) || !unique(&self.b_batch, &self.b_contract) {
            return Err("an axis is named twice".into());
        }
        let shape: Shape = (self.a_batch.iter().map(|&axis| a.shape[axis]))
            .chain(self.a_free(a.shape.rank()).into_iter().map(|axis| a.shape[axis]))
            .chain(self.b_free(b.shape.rank()).into_iter().map(|axis| b.shape[axis]))
            .collect();
        Ok(Type::new(shape, a.dtype))
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let (a, b, dy) = (rule.x(0), rule.x(1), rule.dy);
        let (a_free, b_free) = (self.a_free(a.rank()), self.b_free(b.rank()));
        let n_batch = self.a_batch.len();
        let batch: Vec<usize> = (0..n_batch).collect();
        let dy_a: Vec<usize> = (n_batch..n_batch + a_free.len()).collect();
        let dy_b: Vec<usize> = (n_batch + a_free.len()..dy.rank()).collect();
        // `dy` and the other operand, multiplied over the other's free axes: batch axes, own free
        // axes and the other's contracted ones, which then go to their places. The factors' order
        // is the one that leaves the least to move.
        let gradient = |own: [&[usize]; 3], other: &Tensor, others: [&[usize]; 3], summed: &[usize]| {
            let [own_batch, own_free, own_contract] = own;
            let [other_batch, other_free, other_contract] = others;
            let mut pairs: Vec<_> = other_contract.iter().zip(own_contract).collect();
            pairs.sort_unstable();
            let contracted: Vec<usize> = pairs.into_iter().map(|(_, own)| *own).collect();
            let contracted_first = contracted.first() < own_free.first() && !own_free.is_empty();
            let (product, inner) = match contracted_first {
                true => {
                    let dot = Dot {
                        a_batch: other_batch.to_vec(),
                        b_batch: batch.clone(),
                        a_contract: other_free.to_vec(),
                        b_contract: summed.to_vec(),
                    };
                    (other.dot(dy, dot), [&contracted, own_free])
                }
                false => {
                    let dot = Dot {
                        a_batch: batch.clone(),
                        b_batch: other_batch.to_vec(),
                        a_contract: summed.to_vec(),
                        b_contract: other_free.to_vec(),
                    };
                    (dy.dot(other, dot), [own_free, &contracted])
                }
            };
            let places = own_batch.iter().chain(inner[0]).chain(inner[1]);
            let mut axes = vec![0; own_batch.len() + own_free.len() + contracted.len()];
            for (i, &place) in places.enumerate() {
                axes[place] = i;
            }
            product.transpose(&axes)
        };
        let (of_a, of_b) =
            ([&self.a_batch[..], &a_free, &self.a_contract], [&self.b_batch[..], &b_free, &self.b_contract]);
        let da = gradient(of_a, b, of_b, &dy_b);
        let db = gradient(of_b, a, of_a, &dy_a);
        vec![Some(da), Some(db)]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        let shifted = |axes: &[usize], by: usize| axes.iter().map(|axis| axis + by).collect::<Vec<_>>();
        let (a, b) = (&rule.inputs[0], &rule.inputs[1]);
        if rule.batched == [true, false] && self.a_batch.is_empty() {
            // The leading axis is one more free axis of `a`, and comes first in the result.
            let a_contract = shifted(&self.a_contract, 1);
            return a.dot(b, Dot { a_contract, ..self.clone() });
        }
        let lead =
            |axes: &[usize]| std::iter::once(0).chain(axes.iter().map(|axis| axis + 1)).collect::<Vec<_>>();
        let dot = Dot {
            a_batch: lead(&self.a_batch),
            b_batch: lead(&self.b_batch),
            a_contract: shifted(&self.a_contract, 1),
            b_contract: shifted(&self.b_contract, 1),
        };
        rule.with_axis(0).dot(&rule.with_axis(1), dot)
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let (a, b) = (inputs[0], inputs[1]);
        let (a_free, b_free) = (self.a_free(a.ty.shape.rank()), self.b_free(b.ty.shape.rank()));
        let contracted: Shape = self.a_contract.iter().map(|&axis| a.ty.shape[axis]).collect();
        let n_batch = self.a_batch.len();
        (0..output.shape.size())
            .map(|flat| {
                let index = output.shape.unravel(flat);
                let mut at_a = vec![0; a.ty.shape.rank()];
                let mut at_b = vec![0; b.ty.shape.rank()];
                for i in 0..n_batch {
                    (at_a[self.a_batch[i]], at_b[self.b_batch[i]]) = (index[i], index[i]);
                }
                for (i, &axis) in a_free.iter().enumerate() {
                    at_a[axis] = index[n_batch + i];
                }
                for (i, &axis) in b_free.iter().enumerate() {
                    at_b[axis] = index[n_batch + a_free.len() + i];
                }
                (0..contracted.size())
                    .map(|k| {
                        for (i, &position) in contracted.unravel(k).iter().enumerate() {
                            (at_a[self.a_contract[i]], at_b[self.b_contract[i]]) = (position, position);
                        }
                        a.at(&at_a) * b.at(&at_b)
                    })
                    .sum()
            })
            .collect()
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
            .ints("a_batch", &self.a_batch)
            .ints("b_batch", &self.b_batch)
            .ints("a_contract", &self.a_contract)
            .ints("b_contract", &self.b_contract)
    }

    fn from_attributes(a: &Attributes) -> Result<Dot, String> {
        Ok(Dot {
            a_batch: a.get_ints("a_batch")?,
            b_batch: a.get_ints("b_batch")?,
            a_contract: a.get_ints("a_contract")?,
            b_contract: a.get_ints("b_contract")?,
        })
    }

    fn samples() -> Vec<Sample> {
        vec![
            Sample::new("a matrix product", &[&[3, 4], &[4, 5]], (-1.0, 2.0), |_, x| x[0].matmul(&x[1])),
            Sample::new("square matrices", &[&[3, 3], &[3, 3]], (-1.0, 2.0), |_, x| x[0].matmul(&x[1])),
            Sample::new("both transposed", &[&[4, 3], &[5, 4]], (-1.0, 2.0), |_, x| {
                let dot = Dot { a_batch: vec![], b_batch: vec![], a_contract: vec![0], b_contract: vec![1] };
                x[0].dot(&x[1], dot)
            }),
            Sample::new("in batches", &[&[2, 3, 4], &[2, 4, 5]], (-1.0, 2.0), |_, x| x[0].matmul(&x[1])),
            Sample::new("three axes by a matrix", &[&[2, 3, 4], &[4, 5]], (-1.0, 2.0), |_, x| {
                x[0].matmul(&x[1])
            }),
            Sample::new("a matrix by a vector", &[&[3, 4], &[4]], (-1.0, 2.0), |_, x| x[0].matmul(&x[1])),
            Sample::new("crossed contractions", &[&[2, 3, 4], &[5, 4, 3, 2]], (-1.0, 2.0), |_, x| {
                let dot = Dot {
                    a_batch: vec![0],
                    b_batch: vec![3],
                    a_contract: vec![1, 2],
                    b_contract: vec![2, 1],
                };
                x[0].dot(&x[1], dot)
            }),
            Sample::new("an outer product", &[&[3], &[4]], (-1.0, 2.0), |_, x| {
                let dot = Dot { a_batch: vec![], b_batch: vec![], a_contract: vec![], b_contract: vec![] };
                x[0].dot(&x[1], dot)
            }),
        ]
    }
}
