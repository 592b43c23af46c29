//! Where the channels of an image stand.

use cornu_graph::{Shape, Tensor};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Where the channels stand among a tensor's axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataFormat {
    /// `[batch, .., channels]`, the default.
    #[default]
    ChannelsLast,
    /// `[batch, channels, ..]`
    ChannelsFirst,
}

impl DataFormat {
    /// The spatial axes of a tensor that has so many.
    pub(super) fn spatial(self, n_spatial: usize) -> Range<usize> {
        match self {
            DataFormat::ChannelsLast => 1..n_spatial + 1,
            DataFormat::ChannelsFirst => 2..n_spatial + 2,
        }
    }

    /// A value for each axis: these for the spatial ones, `other` for batch and channels.
    pub(super) fn with_spatial<T: Copy>(self, spatial: &[T], other: T) -> Vec<T> {
        match self {
            DataFormat::ChannelsLast => [&[other], spatial, &[other]].concat(),
            DataFormat::ChannelsFirst => [&[other, other], spatial].concat(),
        }
    }

    /// `x`, in which channels stand as this says, with the channels last.
    pub(super) fn channels_last(self, x: &Tensor) -> Tensor {
        let rank = x.rank();
        match self == DataFormat::ChannelsFirst && rank > 2 {
            true => x.transpose(&[&[0], &(2..rank).collect::<Vec<_>>()[..], &[1]].concat()),
            false => x.clone(),
        }
    }

    /// `x`, in which channels stand last, with the channels where this says.
    pub(super) fn channels_back(self, x: &Tensor) -> Tensor {
        let rank = x.rank();
        match self == DataFormat::ChannelsFirst && rank > 2 {
            true => x.transpose(&[&[0, rank - 1], &(1..rank - 1).collect::<Vec<_>>()[..]].concat()),
            false => x.clone(),
        }
    }

    /// What is wrong with an input of that shape for a layer over so many spatial axes.
    pub(super) fn misfit(self, n_spatial: usize, x: &Shape) -> Option<String> {
        let spatial = ["steps", "rows, columns", "depth, rows, columns"][n_spatial.clamp(1, 3) - 1];
        let axes = match self {
            DataFormat::ChannelsLast => format!("{spatial}, channels"),
            DataFormat::ChannelsFirst => format!("channels, {spatial}"),
        };
        (x.rank() != n_spatial + 2).then(|| format!("expects inputs [batch, {axes}], got shape {x}"))
    }
}
