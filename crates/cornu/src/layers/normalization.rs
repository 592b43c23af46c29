//! The layer that standardizes its inputs by statistics of the data.

use super::inputs::one_float;
use super::{Layer, LayerSample, Numbers, Sampled};
use crate::constraints::Axes;
use crate::error::{Error, Result};
use crate::initializers::{AnyInitializer, Initializer, Ones, Zeros};
use crate::registry::Named;
use crate::scope::{Scope, Weight};
use cornu_graph::philox::Random;
use cornu_graph::{Array, DType, Shape, Tensor};
use serde::{Deserialize, Deserializer, Serialize};

/// `y = (x - mean) / max(sqrt(variance), 1e-7)`, of `x`'s shape, with the statistics of some data.
///
/// The mean and variance are given, or computed from data by [`adapt`](Normalization::adapt); there
/// is one of each for every position along `axis`. Those given are part of the config; those
/// computed are weights (`mean`, `variance`, and a `count` that Keras keeps for older files), which
/// training leaves as they are. Fails if an axis does not exist or is the batch, or if the mean and
/// variance do not fit the input or each other. Agrees with Keras's `Normalization`.
///
/// ```
/// use cornu::layers::Normalization;
/// use cornu_graph::Array;
/// let data = Array::new([3, 1], vec![1f32, 2.0, 3.0]).unwrap();
/// let mut layer = Normalization::new();
/// layer.adapt(&data)?;
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Normalization {
    /// The axes that have statistics of their own at each position; the last one by default. Empty
    /// for one mean and variance of all values.
    #[serde(deserialize_with = "list")]
    pub axis: Vec<isize>,
    /// Whether to undo the normalization instead: `y = mean + x * max(sqrt(variance), 1e-7)`;
    /// false by default.
    pub invert: bool,
    /// The mean, where it is given; along the axes from the last one.
    pub mean: Option<Numbers>,
    /// The variance, where it is given; of the mean's shape.
    pub variance: Option<Numbers>,
    #[serde(skip)]
    adapted: Option<Adapted>,
}

#[derive(Clone, Debug)]
struct Adapted {
    mean: Values,
    variance: Values,
}

/// The initializer of statistics that are computed already.
#[derive(Clone, Debug, Serialize)]
struct Values {
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// Reads one axis or several.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<isize>, D::Error> {
    Ok(Axes::deserialize(deserializer)?.as_slice().to_vec())
}

/// What keeps a division by a deviation of 0 finite: Keras's `backend.epsilon()`.
const EPSILON: f64 = 1e-7;

impl Default for Normalization {
    fn default() -> Normalization {
        Normalization { axis: vec![-1], invert: false, mean: None, variance: None, adapted: None }
    }
}

impl Normalization {
    /// A layer that normalizes each position of the last axis, to be adapted to data.
    pub fn new() -> Normalization {
        Normalization::default()
    }

    /// A layer with a given mean and variance.
    pub fn given(mean: impl Into<Numbers>, variance: impl Into<Numbers>) -> Normalization {
        Normalization { mean: Some(mean.into()), variance: Some(variance.into()), ..Normalization::default() }
    }

    /// The same with statistics of their own at each position of these axes; `[]` for one mean and
    /// variance of all values.
    pub fn axis(mut self, axis: impl Into<Axes>) -> Normalization {
        self.axis = axis.into().as_slice().to_vec();
        self
    }

    /// The same, undoing the normalization.
    pub fn invert(mut self, invert: bool) -> Normalization {
        self.invert = invert;
        self
    }

    /// Computes the mean and the variance of `data`, `[samples, ..]`, in f64: what the weights of a
    /// model that this layer is then added to start with.
    ///
    /// # Errors
    /// If the mean is given, if `data` is empty or not finite, or if an axis does not exist in it.
    #[track_caller]
    pub fn adapt(&mut self, data: &Array) -> Result<()> {
        if self.mean.is_some() || self.variance.is_some() {
            let error = Error::argument("adapt: this Normalization is given its mean and variance");
            return Err(error.help("make it with Normalization::new() to compute them"));
        }
        if data.size() == 0 || !data.is_finite() {
            let what = if data.size() == 0 { "no" } else { "NaN or infinite" };
            return Err(Error::argument(format!("adapt expects finite numbers, got {what} values")));
        }
        let shape = data.shape();
        let kept = match self.kept(shape) {
            Ok(kept) => kept,
            Err(message) => return Err(Error::argument(format!("adapt {message}"))),
        };
        let reduced: Shape = kept.iter().map(|&axis| shape[axis]).collect();
        // For each value, the number of the statistics it belongs to.
        let (strides, targets) = (shape.strides(), reduced.strides());
        let place = |flat: usize| -> usize {
            kept.iter().zip(&targets).map(|(&axis, target)| flat / strides[axis] % shape[axis] * target).sum()
        };
        let values = data.to_f64();
        let share = reduced.size() as f64 / values.len() as f64;
        let mut mean = vec![0.0; reduced.size()];
        for (flat, x) in values.iter().enumerate() {
            mean[place(flat)] += x;
        }
        mean.iter_mut().for_each(|mean| *mean *= share);
        let mut variance = vec![0.0; reduced.size()];
        for (flat, x) in values.iter().enumerate() {
            let place = place(flat);
            variance[place] += (x - mean[place]) * (x - mean[place]);
        }
        variance.iter_mut().for_each(|variance| *variance *= share);
        let [mean, variance] = [mean, variance].map(|values| Values { shape: reduced.to_vec(), values });
        self.adapted = Some(Adapted { mean, variance });
        Ok(())
    }

    /// The axes that have statistics of their own, in order.
    fn kept(&self, shape: &Shape) -> Result<Vec<usize>, String> {
        let mut kept = Vec::new();
        for &axis in &self.axis {
            match shape.axis(axis) {
                Some(0) => {
                    return Err(format!("expects an axis other than the batch, got {axis} of {shape}"));
                }
                Some(axis) if !kept.contains(&axis) => kept.push(axis),
                Some(_) => return Err(format!("expects each axis once, got {:?}", self.axis)),
                None => return Err(format!("expects an axis of the input {shape}, got {axis}")),
            }
        }
        kept.sort_unstable();
        Ok(kept)
    }

    /// The mean and the variance, in shapes that repeat to `x`'s.
    fn statistics(&self, scope: &mut Scope, x: &Tensor) -> Result<[Tensor; 2], String> {
        let shape = x.shape();
        let kept = self.kept(&shape)?;
        let reduced: Shape = kept.iter().map(|&axis| shape[axis]).collect();
        let mut open = vec![1; shape.rank()];
        match (&self.mean, &self.variance) {
            (Some(mean), Some(variance)) => {
                let got = mean.shape();
                if variance.shape() != got {
                    return Err(format!(
                        "expects a mean and a variance of one shape, got {got} and {}",
                        variance.shape()
                    ));
                }
                if got.broadcast(&reduced).as_ref() != Some(&reduced) {
                    return Err(format!("expects a mean of shape {reduced}, got {got}"));
                }
                for (&axis, &extent) in kept.iter().rev().zip(got.iter().rev()) {
                    open[axis] = extent;
                }
                Ok([mean, variance].map(|numbers| numbers.tensor(x, open.clone())))
            }
            (None, None) => {
                kept.iter().for_each(|&axis| open[axis] = shape[axis]);
                let (mean, variance): (AnyInitializer, AnyInitializer) = match &self.adapted {
                    None => (Zeros::default().into(), Ones::default().into()),
                    Some(adapted) if adapted.mean.shape[..] != reduced[..] => {
                        return Err(format!(
                            "is adapted to {:?} features, got {:?}",
                            adapted.mean.shape,
                            &reduced[..]
                        ));
                    }
                    Some(adapted) => (adapted.mean.clone().into(), adapted.variance.clone().into()),
                };
                let statistics = [("mean", mean), ("variance", variance)].map(|(name, initializer)| {
                    scope
                        .weight(Weight::new(name, &reduced, &initializer).not_trainable())
                        .reshape(open.clone())
                });
                let count = Weight::new("count", Shape::scalar(), &Zeros::default().into());
                scope.weight(count.not_trainable().dtype(DType::I32));
                Ok(statistics)
            }
            _ => Err("expects both a mean and a variance, got one of them".into()),
        }
    }
}

impl Named for Normalization {
    const NAME: &'static str = "Normalization";
    const SUMMARY: &'static str = "standardizes by the mean and variance of data";
}

impl Layer for Normalization {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one_float(scope, inputs, |scope, x| {
            let [mean, variance] = match self.statistics(scope, x) {
                Ok(statistics) => statistics,
                Err(message) => return scope.fail(message),
            };
            let deviation = variance.sqrt().maximum(EPSILON);
            match self.invert {
                true => mean + x * deviation,
                false => (x - mean) / deviation,
            }
        })
    }
}

impl Named for Values {
    const NAME: &'static str = "Values";
    const SUMMARY: &'static str = "values that are computed already";
}

impl Initializer for Values {
    fn values(&self, _: &Shape, _: &mut Random) -> Vec<f64> {
        self.values.clone()
    }
}

impl Sampled for Normalization {
    fn samples() -> Vec<LayerSample> {
        let given = Normalization::given([0.5, -1.0, 2.0, 0.0], [1.0, 4.0, 0.25, 9.0]);
        vec![
            LayerSample::new(Normalization::new(), [&[5, 4]]),
            LayerSample::new(Normalization::new().axis([1, 2]), [&[2, 3, 4]]),
            LayerSample::new(given.clone(), [&[5, 4]]),
            LayerSample::new(given.invert(true), [&[5, 4]]),
            LayerSample::new(Normalization::given(1.5, 4.0).axis([]), [&[2, 3, 4]]),
        ]
    }
}
