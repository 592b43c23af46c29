//! How samples' losses become one number.

use super::shapes::{divide_no_nan, keras_shape, squeeze_or_expand};
use cornu_graph::Tensor;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// How samples' losses become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// The sum over all samples (and steps), divided by their number. The default.
    #[default]
    SumOverBatchSize,
    /// The sum.
    Sum,
    /// The same as [`SumOverBatchSize`](Reduction::SumOverBatchSize).
    Mean,
    /// The sum of weighted losses, divided by the sum of the weights.
    MeanWithSampleWeight,
    /// None: the weighted losses themselves.
    None,
}

impl<'de> Deserialize<'de> for Reduction {
    /// Reads Keras's names; null is `none`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reduction, D::Error> {
        match Option::<String>::deserialize(deserializer)?.as_deref() {
            Some("sum_over_batch_size") => Ok(Reduction::SumOverBatchSize),
            Some("sum") => Ok(Reduction::Sum),
            Some("mean") => Ok(Reduction::Mean),
            Some("mean_with_sample_weight") => Ok(Reduction::MeanWithSampleWeight),
            Some("none") | None => Ok(Reduction::None),
            Some(other) => Err(D::Error::custom(format!(
                "there is no reduction `{other}`; there are sum_over_batch_size, sum, mean, \
                 mean_with_sample_weight, none"
            ))),
        }
    }
}

/// Weights samples' losses and reduces them, as Keras's `reduce_weighted_values` does.
///
/// `sample_weight` has the shape of `values`, or one that broadcasts to it: `[batch]` weighs losses
/// of shape `[batch, 1]` too. Means divide by the number of losses, weighted or not, except
/// [`Reduction::MeanWithSampleWeight`], which divides by the sum of the weights. Where a `mask` of
/// bools is false, the loss is left out, of the number as well.
pub fn reduce(
    values: &Tensor,
    sample_weight: Option<&Tensor>,
    mask: Option<&Tensor>,
    reduction: Reduction,
) -> Tensor {
    let averaged = matches!(reduction, Reduction::SumOverBatchSize | Reduction::Mean);
    let Some(weight) = merge(values, sample_weight, mask, averaged) else {
        return reduce_values(values, None, reduction);
    };
    let (values, weight) = squeeze_or_expand(values, &weight);
    if values.is_valid() && weight.is_valid() && values.shape().broadcast(&weight.shape()).is_none() {
        return values.builder().fail(format!(
            "sample_weight of shape {} does not fit losses of shape {}",
            keras_shape(&weight.shape()),
            keras_shape(&values.shape())
        ));
    }
    reduce_values(&(&values * &weight), Some(&weight), reduction)
}

/// Sample weight and mask as one weight. For means over all samples (`averaged`) the samples that
/// count weigh more by as much as the others weigh less, so that the mean is over them alone.
pub(crate) fn merge(
    values: &Tensor,
    sample_weight: Option<&Tensor>,
    mask: Option<&Tensor>,
    averaged: bool,
) -> Option<Tensor> {
    let dtype = values.dtype();
    let weight = sample_weight.map(|weight| weight.cast(dtype));
    let Some(mask) = mask else { return weight };
    let mut counts = mask.cast(dtype);
    if averaged {
        let valid = counts.sum_all();
        counts = &counts * &divide_no_nan(&valid.number(counts.shape().size() as f64), &valid);
    }
    Some(match weight {
        Some(weight) => {
            let (counts, weight) = squeeze_or_expand(&counts, &weight);
            counts * weight
        }
        None => counts,
    })
}

fn reduce_values(values: &Tensor, weight: Option<&Tensor>, reduction: Reduction) -> Tensor {
    if reduction == Reduction::None || values.rank() == 0 || *values.shape() == [0] {
        return values.clone();
    }
    let sum = values.sum_all();
    match (reduction, weight) {
        (Reduction::Sum, _) => sum,
        (Reduction::MeanWithSampleWeight, Some(weight)) => divide_no_nan(&sum, &weight.sum_all()),
        _ if values.shape().size() == 0 => sum,
        _ => sum / values.shape().size() as f64,
    }
}
