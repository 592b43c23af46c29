//! The variables that a model keeps between steps: weights, optimizer slots, metric totals.

use crate::constraints::AnyConstraint;
use crate::error::{Error, Result};
use crate::initializers::AnyInitializer;
use crate::model::is_weight;
use crate::regularizers::AnyRegularizer;
use cornu_graph::philox::Random;
use cornu_graph::{Array, Type};
use std::collections::HashMap;

/// What a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A layer's weight that training changes by its gradient.
    Trainable,
    /// A layer's weight that has no gradient: a moving mean.
    NonTrainable,
    /// What a layer keeps from one batch to the next: the last state of a recurrence. It is no weight and
    /// is not saved.
    State,
    /// What an optimizer keeps: momentum, iterations, the learning rate.
    Optimizer,
    /// What a metric adds up; zeroed at the start of each epoch.
    Metric,
    /// What the model itself keeps: the seed of its random numbers and the number of its step.
    Random,
}

/// One variable: what it is called, its type and how it starts.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The full name: `dense/kernel`.
    pub path: String,
    /// For a layer's weight the group of a file that holds it: `layers/dense`; empty for others.
    pub storage: String,
    /// Another group that holds it too, where Keras keeps one weight in two layers.
    pub copy: Option<String>,
    /// Shape and dtype.
    pub ty: Type,
    /// What it is for.
    pub role: Role,
    /// How it starts.
    pub initializer: AnyInitializer,
    /// What it adds to the loss.
    pub regularizer: Option<AnyRegularizer>,
    /// What it is brought back to after each update.
    pub constraint: Option<AnyConstraint>,
}

/// The variables of a model, by number and by path. A variable's number is its parameter's index
/// in every graph that the model is lowered to.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    list: Vec<Variable>,
    by_path: HashMap<String, usize>,
    values: Vec<Array>,
    seed: i64,
    /// Number of elements that weights may still have, where a file that is being loaded sets a limit.
    room: Option<usize>,
}

impl Variables {
    /// The variable that holds the model's seed, for random numbers drawn in its graphs.
    pub const SEED: &'static str = "random/seed";

    /// The variable that counts the steps that random numbers are drawn for.
    pub const STEP: &'static str = "random/step";

    /// No variables; their initial values will be drawn from `seed`.
    pub fn new(seed: i64) -> Variables {
        Variables { seed, ..Variables::default() }
    }

    /// No variables; their weights will be read from a file that holds `room` numbers. Until then they
    /// are zeros, and weights of more elements are refused before anything is allocated.
    pub(crate) fn for_file(seed: i64, room: usize) -> Variables {
        Variables { seed, room: Some(room), ..Variables::default() }
    }

    /// Ends the limit, when the file is read.
    pub(crate) fn filled(&mut self) {
        self.room = None;
    }

    /// All variables, in order.
    pub fn list(&self) -> &[Variable] {
        &self.list
    }

    /// The number of the variable called `path`.
    pub fn index(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The variables' values, in order.
    pub fn values(&self) -> &[Array] {
        &self.values
    }

    /// The variables' values, to change; their shapes and dtypes stay.
    pub fn values_mut(&mut self) -> &mut [Array] {
        &mut self.values
    }

    /// The number of a variable that may be new; a new one gets its initial value.
    ///
    /// # Errors
    /// If a variable of that path has another type.
    pub fn declare(&mut self, variable: Variable) -> Result<usize, String> {
        if let Some(&index) = self.by_path.get(&variable.path) {
            let known = &self.list[index];
            return match known.ty == variable.ty {
                true => Ok(index),
                false => Err(format!("{} is {}, and is used as {}", known.path, known.ty, variable.ty)),
            };
        }
        let index = self.list.len();
        let value = match self.room {
            Some(room) if is_weight(variable.role) => {
                let Variable { path, ty, .. } = &variable;
                let size = ty.shape.checked_size().filter(|&size| size <= room);
                let size =
                    size.ok_or_else(|| format!("there are not as many numbers as {path} has: {ty}"))?;
                self.room = Some(room - size);
                Array::zeros(&ty.shape, ty.dtype)
            }
            _ => self.initial(&variable, index)?,
        };
        self.values.push(value);
        self.by_path.insert(variable.path.clone(), index);
        self.list.push(variable);
        Ok(index)
    }

    fn initial(&self, variable: &Variable, index: usize) -> Result<Array, String> {
        let Variable { path, ty, initializer, .. } = variable;
        if ty.shape.checked_size().is_none() {
            return Err(format!("{path} has shape {}, which no memory holds", ty.shape));
        }
        if path == Variables::SEED {
            return Ok(Array::scalar(self.seed));
        }
        initializer.check(&ty.shape).map_err(|message| format!("{path}: {message}"))?;
        let seed = initializer.seed().unwrap_or(self.seed);
        let values = initializer.values(&ty.shape, &mut Random::new(seed, index as u64));
        Array::from_f64(&ty.shape, ty.dtype, &values)
    }

    /// Leaves out all values.
    pub(crate) fn empty(&mut self) {
        self.values.iter_mut().for_each(|value| *value = Array::from_vec(Vec::<f32>::new()));
    }

    /// Has random numbers drawn from another seed from now on.
    pub(crate) fn set_seed(&mut self, seed: i64) {
        self.seed = seed;
        if let Some(index) = self.index(Variables::SEED) {
            self.values[index] = Array::scalar(seed);
        }
    }

    /// Draws all variables' initial values anew from another seed.
    pub fn reseed(&mut self, seed: i64) {
        self.seed = seed;
        self.reset(|_| true);
    }

    /// Gives the variables that `choose` picks their initial values again.
    pub fn reset(&mut self, choose: impl Fn(&Variable) -> bool) {
        for index in 0..self.list.len() {
            if choose(&self.list[index])
                && let Ok(value) = self.initial(&self.list[index], index)
            {
                self.values[index] = value;
            }
        }
    }

    /// Removes the variables that `choose` picks, if no other comes after them.
    pub fn truncate(&mut self, keep: usize) {
        for variable in self.list.drain(keep..) {
            self.by_path.remove(&variable.path);
        }
        self.values.truncate(keep);
    }

    /// Sets the value of variable `index`.
    ///
    /// # Errors
    /// If the value has another shape; another dtype is cast.
    pub fn set(&mut self, index: usize, value: &Array) -> Result<()> {
        let Variable { path, ty, .. } = &self.list[index];
        if *value.shape() != ty.shape {
            let message = format!("{path} has shape {}, got {}", ty.shape, value.shape());
            return Err(Error::argument(message));
        }
        self.values[index] = value.cast(ty.dtype);
        Ok(())
    }
}
