//! What a model is fed.

use super::Symbol;
use crate::layers::{AnyLayer, Layer};
use crate::registry::Named;
use crate::scope::Scope;
use cornu_graph::{DType, Tensor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An input of a model: its shape without the batch, and the kind of number that arrives.
///
/// Agrees with Keras's `Input` and `InputLayer`.
///
/// ```
/// use cornu::Input;
/// let image = Input::new([28, 28, 1]).named("image").symbol();
/// assert_eq!(image.to_string(), "image");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Input {
    /// The shape with the batch, of which `None` (null) stands for any extent.
    pub batch_shape: Vec<Option<usize>>,
    /// What numbers the model's layers see; `f32` by default.
    #[serde(serialize_with = "write_dtype", deserialize_with = "read_dtype")]
    pub dtype: DType,
    /// Always false: sparse inputs are not supported.
    pub sparse: bool,
    /// Always false: ragged inputs are not supported.
    pub ragged: bool,
    #[serde(skip)]
    name: Option<String>,
}

impl Default for Input {
    fn default() -> Input {
        Input { batch_shape: vec![None], dtype: DType::F32, sparse: false, ragged: false, name: None }
    }
}

impl Input {
    /// An input whose rows have this shape.
    pub fn new(shape: impl AsRef<[usize]>) -> Input {
        let batch_shape =
            std::iter::once(None).chain(shape.as_ref().iter().map(|&extent| Some(extent))).collect();
        Input { batch_shape, ..Input::default() }
    }

    /// An input whose rows have this shape, of which `None` stands for any extent: it may differ from
    /// batch to batch.
    pub fn open(shape: impl AsRef<[Option<usize>]>) -> Input {
        let batch_shape = std::iter::once(None).chain(shape.as_ref().iter().copied()).collect();
        Input { batch_shape, ..Input::default() }
    }

    /// The same for batches of this size alone, which layers that remember from batch to batch need.
    pub fn batch(mut self, size: usize) -> Input {
        self.batch_shape[0] = Some(size);
        self
    }

    /// The same with a name.
    pub fn named(mut self, name: impl Into<String>) -> Input {
        self.name = Some(name.into());
        self
    }

    /// The same for another kind of number.
    pub fn dtype(mut self, dtype: DType) -> Input {
        self.dtype = dtype;
        self
    }

    /// The symbol that stands for what will be fed, to connect layers to.
    #[track_caller]
    pub fn symbol(self) -> Symbol {
        let name = self.name.clone();
        let mut layer = AnyLayer::from(self);
        layer.name = name;
        Symbol::of_input(layer)
    }

    /// The shape with `batch` in the place of the batch, `open` in that of other open extents.
    pub(crate) fn shape(&self, batch: usize, open: usize) -> Vec<usize> {
        let extent =
            |(axis, extent): (usize, &Option<usize>)| extent.unwrap_or(if axis == 0 { batch } else { open });
        self.batch_shape.iter().enumerate().map(extent).collect()
    }
}

impl Named for Input {
    const NAME: &'static str = "InputLayer";
    const ALIASES: &'static [&'static str] = &["Input"];
    const SUMMARY: &'static str = "What a model is fed";
}

impl Layer for Input {
    fn call(&self, _: &mut Scope, inputs: &[Tensor]) -> Vec<Tensor> {
        inputs.to_vec()
    }
}

fn write_dtype<S: Serializer>(dtype: &DType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(dtype.keras_name())
}

fn read_dtype<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DType, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}
