//! Where the channels of an image stand.

use serde::{Deserialize, Serialize};

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
