//! `.weights.h5` files: weights, and the optimizer's variables, without what they are weights of.
//!
//! The same as the member `model.weights.h5` of a `.keras` file.

use super::{DAMAGED, Misfit, hdf5, weights, write_atomically};
use crate::error::{Error, Result};
use crate::files::read_file;
use crate::model::{Model, Trainer};
use cornu_graph::Array;
use std::io::Write;
use std::path::Path;

const END: &str = ".weights.h5";

impl Model {
    /// Saves the weights to a file whose name ends in `.weights.h5`; Keras's `load_weights` reads it.
    ///
    /// ```
    /// use cornu::{Input, Sequential, layers::Dense};
    /// let path = std::env::temp_dir().join(format!("cornu-doc-{}.weights.h5", std::process::id()));
    /// let model = || Sequential::new().add(Input::new([4])).add(Dense::new(2)).build();
    /// let (a, mut b) = (model()?.with_seed(1), model()?.with_seed(2));
    /// a.save_weights(&path)?;
    /// b.load_weights(&path)?;
    /// assert_eq!(a.get_weights(), b.get_weights());
    /// # std::fs::remove_file(&path).ok();
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the name ends otherwise, or the file cannot be written; an older one is as it was then.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        save(weights::of_model(self), path.as_ref())
    }

    /// Gives the model the weights in a `.weights.h5` file, which Cornu or Keras saved from a model of
    /// the same layers.
    ///
    /// # Errors
    /// If the file cannot be read or is damaged, or its weights do not fit; the model is as it was then.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let (path, before) = (path.as_ref(), self.variables.values().to_vec());
        let filled =
            open(path).and_then(|root| weights::fill(self, &root).map_err(|misfit| misfit.in_file(path)));
        filled.inspect_err(|_| restore(self, before))
    }
}

impl Trainer {
    /// Saves the weights and the state of the optimizer to a file whose name ends in `.weights.h5`.
    ///
    /// # Errors
    /// As [`Model::save_weights`].
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut root = weights::of_model(self);
        if !self.optimizer_indices().is_empty() {
            weights::add_optimizer(self, &mut root)?;
        }
        save(root, path.as_ref())
    }

    /// Gives the model the weights in a `.weights.h5` file, and its optimizer the state there, if the
    /// file has one.
    ///
    /// # Errors
    /// As [`Model::load_weights`].
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let (path, root) = (path.as_ref(), open(path.as_ref())?);
        let named = |misfit: Misfit| misfit.in_file(path);
        self.declare_optimizer()?;
        let before = self.variables.values().to_vec();
        let filled = weights::fill(self, &root).and_then(|()| weights::fill_optimizer(self, &root));
        filled.map_err(named).inspect_err(|_| restore(self, before))
    }
}

fn save(root: hdf5::Group, path: &Path) -> Result<()> {
    if !path.as_os_str().to_string_lossy().ends_with(END) {
        return Err(Error::file(path, "files of weights have names that end in .weights.h5")
            .help("save to another name; a whole model is saved with save, to a name that ends in .keras"));
    }
    let bytes = hdf5::write(&root)?;
    write_atomically(path, |writer| writer.write_all(&bytes))
}

fn open(path: &Path) -> Result<hdf5::Group> {
    hdf5::read(read_file(path)?, path).map_err(|error| match &error {
        Error::File { help: None, .. } => error.help(DAMAGED),
        _ => error,
    })
}

/// Takes back what a file that did not fit has changed.
fn restore(model: &mut Model, before: Vec<Array>) {
    model.variables.values_mut().clone_from_slice(&before);
}
