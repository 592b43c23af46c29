//! The layer that makes each sample one row.

use super::inputs::one;
use super::{DataFormat, Layer, LayerSample, Sampled};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Makes each sample one row of numbers: `[batch, a, b, ..] -> [batch, a * b * ..]`.
///
/// Inputs `[batch]` become `[batch, 1]`. Agrees with Keras's `Flatten`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flatten {
    /// Where the channels stand in the input; the last axis by default. They come last in each
    /// row's order either way.
    pub data_format: DataFormat,
}

impl Flatten {
    /// A layer that makes each sample one row.
    pub fn new() -> Flatten {
        Flatten::default()
    }

    /// The same for inputs whose channels stand elsewhere.
    pub fn data_format(mut self, data_format: DataFormat) -> Flatten {
        self.data_format = data_format;
        self
    }
}

impl Named for Flatten {
    const NAME: &'static str = "Flatten";
    const SUMMARY: &'static str = "makes each sample one row";
}

impl Layer for Flatten {
    fn call(&self, scope: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        one(scope, inputs, |scope, x| {
            let rank = x.rank();
            if rank == 0 {
                return scope.fail("expects inputs [batch, ..], got a scalar");
            }
            let row: usize = x.shape()[1..].iter().product();
            let x = match self.data_format == DataFormat::ChannelsFirst && rank > 2 {
                true => x.transpose(&[&[0], &(2..rank).collect::<Vec<_>>()[..], &[1]].concat()),
                false => x.clone(),
            };
            x.reshape([x.extent(0), row])
        })
    }
}

impl Sampled for Flatten {
    fn samples() -> Vec<LayerSample> {
        vec![
            LayerSample::new(Flatten::new(), [&[2, 3, 4]]),
            LayerSample::new(Flatten::new(), [&[4]]),
            LayerSample::new(Flatten::new().data_format(DataFormat::ChannelsFirst), [&[2, 3, 4, 2]]),
        ]
    }
}
