//! Functions composed of operations: activations, losses on logits, moments, random numbers.
//!
//! Names, defaults and constants are Keras 3's. Each is stable: values and gradients stay finite
//! for operands far from zero. To add one: a function here and a row in [`samples`].
//!
//! ```
//! use cornu_graph::{Array, Builder, evaluate};
//! let b = Builder::new();
//! let x = b.input("x", [3]);
//! let graph = b.build(&[("relu", &x.relu()), ("softmax", &x.softmax(-1))], &[]).unwrap();
//! let x = Array::from_vec(vec![-1f32, 0.0, 1.0]);
//! let y = evaluate(&graph, &[x], &[]).unwrap().outputs;
//! assert_eq!(y[0].to_f64(), [0.0, 0.0, 1.0]);
//! assert!((y[1].to_f64()[2] - 0.665_241).abs() < 1e-6);
//! ```

use crate::ops::Sample;
use crate::{Builder, DType, Shape, Squash, Tensor};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI, PI};

impl Tensor {
    /// `max(x, 0)`; the gradient at zero is zero, and NaN stays NaN.
    #[track_caller]
    pub fn relu(&self) -> Tensor {
        self.less_equal(0.0).select(&self.full_like(0.0), self)
    }

    /// `x` where it is positive, `slope x` elsewhere. Keras's `negative_slope` is 0.2 by default.
    #[track_caller]
    pub fn leaky_relu(&self, slope: f64) -> Tensor {
        self.less_equal(0.0).select(&(self * slope), self)
    }

    /// `x` where it is not negative, `alpha (exp(x) - 1)` elsewhere. Keras's `alpha` is 1 by default.
    /// Clevert, Unterthiner, Hochreiter: Fast and accurate deep network learning by exponential
    /// linear units (2015).
    #[track_caller]
    pub fn elu(&self, alpha: f64) -> Tensor {
        let negative = self.less(0.0);
        // The exponential of what is not chosen must not overflow: zero times infinity is NaN.
        let low = negative.select(self, 0.0);
        negative.select(&(low.expm1() * alpha), self)
    }

    /// `scale elu(x, alpha)` with the constants that keep mean and variance. Klambauer et al.:
    /// Self-normalizing neural networks (2017).
    #[track_caller]
    pub fn selu(&self) -> Tensor {
        self.elu(1.673_263_242_354_377_2) * 1.050_700_987_355_480_5
    }

    /// `x` times the probability that a standard normal number is less: `x (1 + erf(x / sqrt(2))) / 2`,
    /// or with `approximate` (Keras's default is false) its likeness through `tanh`. Hendrycks,
    /// Gimpel: Gaussian error linear units (2016).
    #[track_caller]
    pub fn gelu(&self, approximate: bool) -> Tensor {
        let below = match approximate {
            true => ((self + self * self * self * 0.044_715) * FRAC_2_PI.sqrt()).tanh(),
            false => (self * FRAC_1_SQRT_2).erf(),
        };
        self * 0.5 * (below + 1.0)
    }

    /// `x sigmoid(x)`, also called swish.
    #[track_caller]
    pub fn silu(&self) -> Tensor {
        self * self.sigmoid()
    }

    /// `log(1 + exp(x))`, as `max(x, 0) + log1p(exp(-|x|))`.
    #[track_caller]
    pub fn softplus(&self) -> Tensor {
        self.maximum(0.0) + (-self.abs()).exp().log1p()
    }

    /// This tensor less its largest element along `axis`, which back-propagation takes as fixed.
    #[track_caller]
    fn lowered(&self, axis: isize) -> Tensor {
        self - self.reduce_max_keep(&[axis]).stop_gradient()
    }

    /// `exp(x) / sum(exp(x))` along `axis` (-1 is the last, Keras's default). Along the last axis the
    /// operand is noted as the logits of the result; see [`Builder::note_logits`].
    #[track_caller]
    pub fn softmax(&self, axis: isize) -> Tensor {
        let powers = self.lowered(axis).exp();
        let y = &powers / powers.sum_keep(&[axis]);
        if self.shape().axis(axis).is_some_and(|axis| axis + 1 == self.rank()) {
            self.builder().note_logits(&y, Squash::Softmax, self);
        }
        y
    }

    /// `x - log(sum(exp(x)))` along `axis` (-1 is the last, Keras's default).
    #[track_caller]
    pub fn log_softmax(&self, axis: isize) -> Tensor {
        let lowered = self.lowered(axis);
        &lowered - lowered.exp().sum_keep(&[axis]).log()
    }

    /// `log(sum(exp(x)))` along `axis`, which goes.
    #[track_caller]
    pub fn logsumexp(&self, axis: isize) -> Tensor {
        let largest = self.reduce_max_keep(&[axis]).stop_gradient();
        let sum = (self - &largest).exp().sum(&[axis]).log();
        let shape = sum.shape();
        sum + largest.reshape(shape)
    }

    /// `log(sum(exp(x)))` along `axis`, which stays with extent 1.
    #[track_caller]
    pub fn logsumexp_keep(&self, axis: isize) -> Tensor {
        self.keep(&[axis], self.logsumexp(axis))
    }

    /// `x x`.
    #[track_caller]
    pub fn square(&self) -> Tensor {
        self * self
    }

    /// `1 / sqrt(x)`.
    #[track_caller]
    pub fn rsqrt(&self) -> Tensor {
        1.0 / self.sqrt()
    }

    /// `1 / x`.
    #[track_caller]
    pub fn reciprocal(&self) -> Tensor {
        1.0 / self
    }

    /// Each element, or the nearer of `low` and `high` where it lies outside them; the gradient
    /// passes from `low` to `high`, both included.
    #[track_caller]
    pub fn clip(&self, low: f64, high: f64) -> Tensor {
        let below_high = self.greater(high).select(&self.full_like(high), self);
        self.less(low).select(&self.full_like(low), &below_high)
    }

    /// For integers, a last axis of extent `n` more, which holds 1 at the integer's place and 0
    /// elsewhere; zeros alone where the integer is out of range.
    #[track_caller]
    pub fn one_hot(&self, n: usize, dtype: DType) -> Tensor {
        if self.is_valid() && (self.dtype().is_float() || self.dtype() == DType::Bool) {
            return self.builder().fail(format!("one_hot: it takes integers, not {}", self.dtype()));
        }
        let places = self.builder().iota([n], 0, DType::I64);
        self.cast(DType::I64).expand_dims(-1).equal(places).cast(dtype)
    }

    /// The mean square of the distance from the mean along `axes`, which go.
    #[track_caller]
    pub fn variance(&self, axes: &[isize]) -> Tensor {
        (self - self.mean_keep(axes)).square().mean(axes)
    }

    /// The mean square of the distance from the mean along `axes`, which stay with extent 1.
    #[track_caller]
    pub fn variance_keep(&self, axes: &[isize]) -> Tensor {
        self.keep(axes, self.variance(axes))
    }
}

/// The cross-entropy of labels `z` between 0 and 1 with the probabilities `sigmoid(x)`, element by
/// element: `max(x, 0) - x z + log1p(exp(-|x|))`.
#[track_caller]
pub fn sigmoid_cross_entropy_with_logits(labels: &Tensor, logits: &Tensor) -> Tensor {
    logits.maximum(0.0) - logits * labels + (-logits.abs()).exp().log1p()
}

/// The cross-entropy of `labels`, distributions along `axis`, with the probabilities
/// `softmax(logits)`: `-sum(labels log_softmax(logits))` along `axis`, which goes.
#[track_caller]
pub fn softmax_cross_entropy_with_logits(labels: &Tensor, logits: &Tensor, axis: isize) -> Tensor {
    -(labels * logits.log_softmax(axis)).sum(&[axis])
}

impl Builder {
    /// Standard normal random numbers as `f32`, from two streams of [`uniform`](Builder::uniform)
    /// numbers `u` and `v` by Box and Muller: `sqrt(-2 log(1 - u)) cos(2 pi v)`.
    #[track_caller]
    pub fn normal(
        &self,
        shape: impl Into<Shape>,
        streams: (u64, u64),
        seed: &Tensor,
        step: &Tensor,
    ) -> Tensor {
        let shape = shape.into();
        let u = self.uniform(&shape, streams.0, seed, step);
        let v = self.uniform(&shape, streams.1, seed, step);
        // u is less than one, so the logarithm is finite; u itself may be zero.
        ((-u).log1p() * -2.0).sqrt() * (v * (2.0 * PI)).cos()
    }
}

/// Calls that the functions are tested with, each with its function's name; see [`Sample`].
pub fn samples() -> Vec<(&'static str, Sample)> {
    type Call = fn(&Builder, &[Tensor]) -> Tensor;
    let wide = (-3.0, 2.0);
    let sample = |name: &'static str, shapes: &[&[usize]], range: (f64, f64), call: Call| {
        (name, Sample::new("any", shapes, range, call))
    };
    let one = |name: &'static str, call: Call| sample(name, &[&[3, 4]], wide, call);
    let sigmoid_cross_entropy: Call = |_, x| sigmoid_cross_entropy_with_logits(&x[0].sigmoid(), &x[1]);
    let softmax_cross_entropy: Call = |_, x| softmax_cross_entropy_with_logits(&x[0].softmax(-1), &x[1], -1);
    let one_hot = Sample::new("any", &[&[6]], (0.0, 0.0), |_, x| x[0].one_hot(5, DType::F32));
    let one_hot = one_hot.operand(0, DType::I32, (-1.0, 6.0)).not_differentiable();
    let normal = Sample::new("any", &[&[], &[], &[13]], wide, |b, x| {
        b.normal([13], (3, 4), &x[0], &x[1]).cast(x[2].dtype()) * &x[2]
    });
    let normal = normal.operand(0, DType::I64, (0.0, 9.0)).operand(1, DType::I64, (0.0, 9.0));
    let mut all = vec![
        one("relu", |_, x| x[0].relu()),
        one("leaky_relu", |_, x| x[0].leaky_relu(0.3)),
        one("elu", |_, x| x[0].elu(0.7)),
        one("selu", |_, x| x[0].selu()),
        one("gelu", |_, x| x[0].gelu(false)),
        one("gelu, approximate", |_, x| x[0].gelu(true)),
        one("silu", |_, x| x[0].silu()),
        one("softplus", |_, x| x[0].softplus()),
        one("softmax, last axis", |_, x| x[0].softmax(-1)),
        one("softmax, first axis", |_, x| x[0].softmax(0)),
        one("log_softmax", |_, x| x[0].log_softmax(-1)),
        one("log_softmax, first axis", |_, x| x[0].log_softmax(0)),
        one("logsumexp", |_, x| x[0].logsumexp(1)),
        one("logsumexp_keep", |_, x| x[0].logsumexp_keep(0)),
        one("square", |_, x| x[0].square()),
        sample("rsqrt", &[&[5]], (0.5, 3.0), |_, x| x[0].rsqrt()),
        sample("reciprocal", &[&[5]], (0.5, 3.0), |_, x| x[0].reciprocal()),
        one("clip", |_, x| x[0].clip(-1.0, 0.5)),
        ("one_hot", one_hot),
        one("variance", |_, x| x[0].variance(&[-1])),
        one("variance_keep", |_, x| x[0].variance_keep(&[0])),
        sample("sigmoid_cross_entropy_with_logits", &[&[3, 4], &[3, 4]], wide, sigmoid_cross_entropy),
        sample("softmax_cross_entropy_with_logits", &[&[3, 4], &[3, 4]], wide, softmax_cross_entropy),
        ("normal", normal.not_batchable()),
    ];
    all.extend(crate::order::samples());
    all
}
