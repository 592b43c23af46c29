//! How layers give out categories: as numbers, or as vectors with a place for each.

use cornu_graph::{Array, DType, Tensor};
use serde::{Deserialize, Serialize};

/// How a layer gives out the categories of its input, which it numbers from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputMode {
    /// The numbers themselves: `[..] -> [..]`.
    #[default]
    Int,
    /// A vector for each element with 1 at its number: `[.., 1] -> [.., depth]` and
    /// `[.., n] -> [.., n, depth]`.
    OneHot,
    /// A vector for each sample with 1 at all its elements' numbers: `[batch, n] -> [batch, depth]`.
    #[serde(alias = "binary")]
    MultiHot,
    /// A vector for each sample with how often each number is there: `[batch, n] -> [batch, depth]`.
    Count,
    /// The counts, each times the weight of its number: `[batch, n] -> [batch, depth]`.
    #[serde(alias = "tf-idf")]
    TfIdf,
}

impl OutputMode {
    /// The name in configs.
    pub(super) fn name(self) -> &'static str {
        match self {
            OutputMode::Int => "int",
            OutputMode::OneHot => "one_hot",
            OutputMode::MultiHot => "multi_hot",
            OutputMode::Count => "count",
            OutputMode::TfIdf => "tf_idf",
        }
    }

    /// Fails if this is none of `modes`, which are those a layer has.
    pub(super) fn among(self, modes: &[OutputMode]) -> Result<(), String> {
        let names: Vec<&str> = modes.iter().map(|mode| mode.name()).collect();
        match modes.contains(&self) {
            true => Ok(()),
            false => Err(format!("expects an output_mode among {}, got {}", names.join(", "), self.name())),
        }
    }
}

/// Categories in a graph, numbered below `depth`, in the form that `mode` says; numbers outside count
/// for nothing in vectors. `weights` are those of the elements for counts, of their shape.
pub(super) fn encoded(
    numbers: &Tensor,
    mode: OutputMode,
    depth: usize,
    dtype: DType,
    weights: Option<&Tensor>,
) -> Result<Tensor, String> {
    let shape = numbers.shape();
    match mode {
        OutputMode::Int => Ok(numbers.cast(dtype)),
        OutputMode::OneHot => {
            let numbers = match &shape[..] {
                [outer @ .., 1] if !outer.is_empty() => numbers.reshape(outer),
                _ => numbers.clone(),
            };
            Ok(numbers.one_hot(depth, dtype))
        }
        _ if shape.rank() < 2 => Err(format!(
            "expects inputs [batch, elements] for output_mode {}, got shape {shape}",
            mode.name()
        )),
        OutputMode::MultiHot => Ok(numbers.one_hot(depth, dtype).reduce_max(&[1])),
        OutputMode::Count | OutputMode::TfIdf => {
            let ones = numbers.one_hot(depth, dtype);
            let ones = weights.map_or_else(|| ones.clone(), |weights| &ones * weights.expand_dims(-1));
            Ok(ones.sum(&[1]))
        }
    }
}

/// Categories outside graphs: those of the samples one after another, `length` of each sample, in the
/// form that `mode` says. `weights` are those of the numbers, for `tf_idf`.
pub(super) fn encode(
    samples: &[Vec<i64>],
    mode: OutputMode,
    depth: usize,
    weights: Option<&[f64]>,
) -> Result<Array, String> {
    let n = samples.len();
    let length = samples.first().map_or(0, Vec::len);
    if matches!(mode, OutputMode::Int | OutputMode::OneHot)
        && let Some(other) = samples.iter().find(|sample| sample.len() != length)
    {
        return Err(format!("expects samples of one length, got {length} and {}", other.len()));
    }
    let inside = |number: i64| usize::try_from(number).ok().filter(|&number| number < depth);
    if mode == OutputMode::Int {
        return Array::new([n, length], samples.concat());
    }
    if mode == OutputMode::OneHot {
        let mut values = vec![0f32; n * length * depth];
        for (i, &number) in samples.iter().flatten().enumerate() {
            if let Some(number) = inside(number) {
                values[i * depth + number] = 1.0;
            }
        }
        return match length {
            1 => Array::new([n, depth], values),
            _ => Array::new([n, length, depth], values),
        };
    }
    let mut values = vec![0f32; n * depth];
    for (row, sample) in values.chunks_mut(depth.max(1)).zip(samples) {
        for number in sample.iter().filter_map(|&number| inside(number)) {
            row[number] = if mode == OutputMode::MultiHot { 1.0 } else { row[number] + 1.0 };
        }
        if mode == OutputMode::TfIdf {
            let weights = weights.ok_or("has no idf_weights: adapt it to data, or give it some")?;
            row.iter_mut().zip(weights).for_each(|(count, weight)| *count *= *weight as f32);
        }
    }
    Array::new([n, depth], values)
}
