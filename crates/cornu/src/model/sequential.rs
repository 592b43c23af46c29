//! Models that are one layer after the other.

use super::{Compile, Connect, Form, Input, Model, Network, Trainer};
use crate::error::{Error, Result};
use crate::layers::AnyLayer;
use std::any::Any;
use std::panic::Location;

/// A model in the making that is one layer after the other. Agrees with Keras's `Sequential`.
///
/// ```
/// use cornu::prelude::*;
/// let model = Sequential::new()
///     .add(Input::new([784]))
///     .add(Dense::new(10).relu())
///     .add(Dense::new(10).softmax())
///     .build()
///     .unwrap();
/// assert_eq!(model.count_params(), 7960);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sequential {
    name: Option<String>,
    seed: i64,
    threads: Option<usize>,
    layers: Vec<(AnyLayer, &'static Location<'static>)>,
}

impl Sequential {
    /// A model without layers yet.
    pub fn new() -> Sequential {
        Sequential::default()
    }

    /// The same with one more layer at the end; the first is an [`Input`].
    #[track_caller]
    #[allow(clippy::should_implement_trait)]
    pub fn add(mut self, layer: impl Into<AnyLayer>) -> Sequential {
        self.layers.push((layer.into(), Location::caller()));
        self
    }

    /// The same with a name.
    pub fn named(mut self, name: impl Into<String>) -> Sequential {
        self.name = Some(name.into());
        self
    }

    /// The same with weights drawn from `seed`; 0 by default.
    pub fn seed(mut self, seed: i64) -> Sequential {
        self.seed = seed;
        self
    }

    /// The same for up to `threads` threads (0: as many as the machine has); 1 by default.
    pub fn threads(mut self, threads: usize) -> Sequential {
        self.threads = Some(threads);
        self
    }

    /// Makes the model: finds shapes and draws weights.
    ///
    /// # Errors
    /// If the first layer is no input, there is no layer, or shapes do not fit, with the line on which
    /// the layer was added.
    #[track_caller]
    pub fn build(self) -> Result<Model> {
        let mut layers = self.layers.into_iter();
        let first = layers.next();
        let first = first.filter(|(layer, _)| (&*layer.layer as &dyn Any).is::<Input>());
        let Some((input, _)) = first else {
            return Err(Error::argument("the model does not say what it is fed")
                .help("begin with .add(Input::new(shape)), the shape of one row"));
        };
        let x = super::Symbol::of_input(input);
        let mut y = x.clone();
        for (layer, location) in layers {
            y = layer.on(&y).located(location);
        }
        let network = Network::between(&[x], &[y])?;
        let name = self.name.as_deref().unwrap_or("sequential");
        let model = Model::from_network(name, Form::Sequential, network, self.seed)?;
        Ok(match self.threads {
            Some(threads) => model.with_threads(threads),
            None => model,
        })
    }

    /// Makes the model and readies it for training: [`Sequential::build`], then
    /// [`Model::compile`].
    ///
    /// # Errors
    /// As both.
    #[track_caller]
    pub fn compile(self, compile: Compile) -> Result<Trainer> {
        self.build()?.compile(compile)
    }
}
