//! What was reported of each epoch.

use crate::model::Scores;

/// What was reported of each epoch: the result of `fit`. Agrees with Keras's `History`.
///
/// ```
/// use cornu::callbacks::History;
/// let mut history = History::default();
/// history.push(0, &vec![("loss".to_string(), 0.5)]);
/// assert_eq!(history.get("loss"), Some(&[0.5][..]));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    epochs: Vec<usize>,
    figures: Vec<(String, Vec<f64>)>,
}

impl History {
    /// Adds what is reported of one epoch.
    pub fn push(&mut self, epoch: usize, logs: &Scores) {
        self.epochs.push(epoch);
        for (name, value) in logs {
            match self.figures.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(*value),
                None => self.figures.push((name.clone(), vec![*value])),
            }
        }
    }

    /// The epochs that were trained.
    pub fn epochs(&self) -> &[usize] {
        &self.epochs
    }

    /// The names of the figures, in the order in which they were first reported.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.figures.iter().map(|(name, _)| name.as_str())
    }

    /// A figure epoch by epoch: `get("val_loss")`.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.figures.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// A figure as it was last reported.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }
}
