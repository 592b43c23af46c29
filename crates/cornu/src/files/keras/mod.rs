//! The `.keras` file: models as Keras 3 saves and loads them, with what training needs to go on.
//!
//! A zip archive of three members: `metadata.json`; `config.json`, what the model is made of and
//! compiled with; `model.weights.h5`, its weights and the optimizer's variables. What Keras does not
//! keep but the same bits need (the seed of what is random) stands in the metadata, where Keras
//! does not look. Loading runs no code: classes are looked up in the registries and nowhere else.

mod compile;
mod read;
mod vocabularies;
mod weights;
mod weights_file;
mod write;

use super::archive::{Compression, Limits, decode_archive, encode_archive, read_archive};
use super::{hdf5, write_atomically};
use crate::error::{Error, Result};
use crate::layers::{Layer, nested};
use crate::model::{Model, Trainer};
use crate::registry::{Classes, Named, Reading, parse};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Seek, Write};
use std::path::Path;

pub(crate) use vocabularies::Vocabularies;
pub(crate) use write::{inner_model, is_chain, model_config};

const METADATA: &str = "metadata.json";
const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";

/// The group of the optimizer's variables, which may be twice as many as the weights are.
const OPTIMIZER: &str = "optimizer";

/// The classes of models.
pub(crate) const MODELS: [&str; 3] = ["Sequential", "Functional", "Model"];

/// The model that Keras wrote into the config of a layer.
pub(crate) fn read_inner(json: &Value) -> Result<Model, String> {
    let mut model = read::model(json).map_err(|misfit| misfit.message)?;
    // Its weights are those of the model around it.
    model.variables.filled();
    Ok(model)
}

/// The version of Keras whose format is written.
const KERAS_VERSION: &str = "3.15.0";

/// The date in every file, as that of the archive's entries: the same model gives the same bytes.
const DATE: &str = "1980-01-01@00:00:00";

/// What a `.keras` file holds: a model that was compiled, or one that was not.
#[derive(Clone, Debug)]
pub enum Loaded {
    /// A model that was saved without being compiled.
    Model(Box<Model>),
    /// A model with what it was compiled with, and the state of its optimizer.
    Trainer(Box<Trainer>),
}

impl Loaded {
    /// The model, compiled or not.
    pub fn model(&self) -> &Model {
        match self {
            Loaded::Model(model) => model,
            Loaded::Trainer(trainer) => trainer.model(),
        }
    }

    /// The model alone.
    pub fn into_model(self) -> Model {
        match self {
            Loaded::Model(model) => *model,
            Loaded::Trainer(trainer) => trainer.into_model(),
        }
    }
}

/// Loads the model in the `.keras` file at `path`, compiled if it was saved so. Agrees with Keras's
/// `load_model`.
///
/// ```
/// use cornu::{Input, Sequential, files, layers::Dense};
/// let path = std::env::temp_dir().join(format!("cornu-load-{}.keras", std::process::id()));
/// let model = Sequential::new().add(Input::new([4])).add(Dense::new(2)).build()?;
/// model.save(&path)?;
/// let loaded = files::load(&path)?;
/// assert!(matches!(loaded, files::Loaded::Model(_)));
/// assert_eq!(loaded.model().get_weights(), model.get_weights());
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be read, is damaged, or holds what Cornu does not have; see [`Model::load`].
pub fn load(path: impl AsRef<Path>) -> Result<Loaded> {
    load_with(path, &Classes::new())
}

/// The same for a file that names classes of your own.
///
/// # Errors
/// As [`load`].
pub fn load_with(path: impl AsRef<Path>, classes: &Classes) -> Result<Loaded> {
    let contents = Contents::open(path.as_ref(), None)?;
    contents.read_with(classes, path.as_ref(), Contents::loaded)
}

/// The model in the bytes of a `.keras` file, which [`Model::to_bytes`] or [`Trainer::to_bytes`] gave.
///
/// ```
/// use cornu::{Input, Sequential, files, layers::Dense, registry::Classes};
/// let model = Sequential::new().add(Input::new([4])).add(Dense::new(2)).build()?;
/// let again = files::from_bytes(&model.to_bytes()?, &Classes::new())?;
/// assert_eq!(again.model().get_weights(), model.get_weights());
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`load`].
pub fn from_bytes(bytes: &[u8], classes: &Classes) -> Result<Loaded> {
    let path = Path::new("(bytes)");
    let members = decode_archive(bytes, path, Limits::default())?;
    let contents = Contents::of(members, path, None).map_err(or_damaged)?;
    contents.read_with(classes, path, Contents::loaded)
}

/// The layer called `name` in the `.keras` file at `path`, whatever else there is in the file, with the vocabulary
/// that it learned. Layers that work on texts do so before a model, and so are loaded apart from it.
///
/// ```no_run
/// use cornu::{files, layers::TextVectorization};
/// let words: TextVectorization = files::load_layer("model.keras", "text_vectorization")?;
/// let numbers = words.vectorize(&["the cat sat"])?;
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be read, has no such layer, or several, or one of another class.
pub fn load_layer<L: Layer + Named + DeserializeOwned>(path: impl AsRef<Path>, name: &str) -> Result<L> {
    let path = path.as_ref();
    let contents = Contents::open(path, Some(OPTIMIZER))?;
    contents.read_with(&Classes::new(), path, |contents| {
        let mut found = Vec::new();
        vocabularies::layers_called(&contents.config, name, &mut found);
        let fields = match found[..] {
            [fields] => fields,
            [] => return Err(Misfit::new(format!("there is no layer `{name}`"))),
            _ => return Err(Misfit::new(format!("there are {} layers `{name}`", found.len()))),
        };
        let class = fields.get("class_name").and_then(Value::as_str).unwrap_or_default();
        if class != L::NAME {
            let message = format!("the layer `{name}` is a {class}, not a {}", L::NAME);
            return Err(Misfit::new(message).help(format!("load it as a {class}")));
        }
        let mut config = fields.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        contents.vocabularies.fill(name, class, &mut config)?;
        config.retain(|key, _| !nested::SHARED.contains(&key.as_str()));
        let layer = parse::<L>(Value::Object(config));
        layer.map_err(|error| Misfit::new(format!("the layer `{name}`: {error}")))
    })
}

impl Model {
    /// Saves the model as a `.keras` file: layers, connections, weights. Keras opens it. The file is
    /// written in full or not at all, and the same model gives the same bytes.
    ///
    /// ```
    /// use cornu::{Input, Model, Sequential, layers::Dense};
    /// let path = std::env::temp_dir().join(format!("cornu-save-{}.keras", std::process::id()));
    /// let model = Sequential::new().add(Input::new([4])).add(Dense::new(2)).build()?;
    /// model.save(&path)?;
    /// assert_eq!(Model::load(&path)?.get_weights(), model.get_weights());
    /// # std::fs::remove_file(&path).ok();
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be written; an older one is as it was then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        Members::of_model(self)?.save(path.as_ref())
    }

    /// The bytes that [`Model::save`] writes.
    ///
    /// # Errors
    /// If there are too many weights for a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        Members::of_model(self)?.to_bytes()
    }

    /// Loads the model in a `.keras` file, written by Cornu or by Keras; what it was compiled with is
    /// left out.
    ///
    /// # Errors
    /// If the file cannot be read or is damaged; if a layer is of a class that Cornu does not have,
    /// computes in another dtype than `float32`, or is Python code; if weights do not fit.
    pub fn load(path: impl AsRef<Path>) -> Result<Model> {
        Model::load_with(path, &Classes::new())
    }

    /// The same for a file that names classes of your own; see [`Classes`].
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn load_with(path: impl AsRef<Path>, classes: &Classes) -> Result<Model> {
        let path = path.as_ref();
        Contents::open(path, Some(OPTIMIZER))?.read_with(classes, path, Contents::model)
    }

    /// The layers and their connections, without weights, as Keras's `to_json` gives them.
    ///
    /// ```
    /// use cornu::{Input, Model, Sequential, layers::Dense};
    /// let model = Sequential::new().add(Input::new([4])).add(Dense::new(2)).build()?;
    /// let again = Model::from_json(&model.to_json())?;
    /// assert_eq!(again.to_json(), model.to_json());
    /// # Ok::<(), cornu::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        write::model_json(self, json!({})).to_string()
    }

    /// The model that `text` describes, which [`Model::to_json`] or Keras wrote, with fresh weights
    /// from seed 0.
    ///
    /// # Errors
    /// As [`Model::load`]; if the weights would take more than 8 GiB.
    #[track_caller]
    pub fn from_json(text: &str) -> Result<Model> {
        Model::from_json_with(text, &Classes::new())
    }

    /// The same for a text that names classes of your own; see [`Classes`].
    ///
    /// # Errors
    /// As [`Model::from_json`].
    #[track_caller]
    pub fn from_json_with(text: &str, classes: &Classes) -> Result<Model> {
        let config: Value = serde_json::from_str(text)
            .map_err(|error| Error::argument(format!("this is no JSON: {error}")).help(DAMAGED))?;
        let reading = Reading { classes: classes.clone(), ..Reading::default() };
        let mut model = match reading.during(|| read::model(&config)) {
            Ok(model) => model,
            Err(Misfit { message, help }) => {
                return Err(Error::argument(shorten(message)).help(help.unwrap_or(DAMAGED.into())));
            }
        };
        model.variables.filled();
        Ok(model.with_seed(0))
    }
}

impl Trainer {
    /// Saves the model as a `.keras` file, with what it is compiled with and the state of its
    /// optimizer, so that training can go on where it stopped: here or in Keras.
    ///
    /// # Errors
    /// If the file cannot be written; an older one is as it was then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        Members::of_trainer(self)?.save(path.as_ref())
    }

    /// The bytes that [`Trainer::save`] writes.
    ///
    /// # Errors
    /// As [`Model::to_bytes`].
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        Members::of_trainer(self)?.to_bytes()
    }

    /// What the model was compiled with, as Keras's `get_compile_config` gives it.
    ///
    /// # Errors
    /// If it cannot be written as a config.
    pub fn compile_config(&self) -> Result<Value> {
        compile::to_json(self)
    }

    /// Loads the compiled model in a `.keras` file, with the state of its optimizer.
    ///
    /// # Errors
    /// As [`Model::load`]; if the file was saved without compiling the model, or with a loss, metric or
    /// optimizer that Cornu does not have.
    pub fn load(path: impl AsRef<Path>) -> Result<Trainer> {
        Trainer::load_with(path, &Classes::new())
    }

    /// The same for a file that names classes of your own; see [`Classes`].
    ///
    /// # Errors
    /// As [`Trainer::load`].
    pub fn load_with(path: impl AsRef<Path>, classes: &Classes) -> Result<Trainer> {
        let path = path.as_ref();
        let contents = Contents::open(path, None)?;
        if !contents.is_compiled() {
            return Err(Error::file(path, "this model was saved without being compiled")
                .help("load it with Model::load, then compile it"));
        }
        contents.read_with(classes, path, |contents| contents.trainer(contents.model()?))
    }
}

/// The three members of a file.
struct Members {
    metadata: String,
    config: String,
    weights: Vec<u8>,
}

impl Members {
    fn of_model(model: &Model) -> Result<Members> {
        Members::new(model, write::model_json(model, json!({})), weights::of_model(model))
    }

    fn of_trainer(trainer: &Trainer) -> Result<Members> {
        let mut root = weights::of_model(trainer);
        let mut ready = std::borrow::Cow::Borrowed(trainer);
        if trainer.optimizer_indices().is_empty() {
            // No step was taken yet. Where none can be, there is nothing to keep either.
            let mut declared = trainer.clone();
            if declared.declare_optimizer().is_ok() {
                ready = std::borrow::Cow::Owned(declared);
            }
        }
        weights::add_optimizer(&ready, &mut root)?;
        Members::new(trainer, write::model_json(trainer, compile::to_json(&ready)?), root)
    }

    fn new(model: &Model, config: Value, weights: hdf5::Group) -> Result<Members> {
        let mut random = Map::new();
        random.insert("seed".into(), model.seed().into());
        if let Some(step) = random_step(model) {
            let step = model.variables.values()[step].item().unwrap_or(0.0) as i64;
            random.insert("step".into(), step.into());
        }
        let metadata = json!({ "keras_version": KERAS_VERSION, "date_saved": DATE, "cornu": random });
        let (metadata, config) = (metadata.to_string(), config.to_string());
        Ok(Members { metadata, config, weights: hdf5::write(&weights)? })
    }

    fn write(&self, writer: impl Write + Seek) -> io::Result<()> {
        let members = [
            (METADATA, self.metadata.as_bytes()),
            (CONFIG, self.config.as_bytes()),
            (WEIGHTS, self.weights.as_slice()),
        ];
        encode_archive(writer, members, Compression::Stored)
    }

    fn save(&self, path: &Path) -> Result<()> {
        write_atomically(path, |writer| self.write(writer))
    }

    fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = io::Cursor::new(Vec::new());
        self.write(&mut bytes)
            .map_err(|error| Error::argument(format!("the model cannot be written: {error}")))?;
        Ok(bytes.into_inner())
    }
}

/// The number of the variable that counts steps for what is random.
fn random_step(model: &Model) -> Option<usize> {
    model.variables.index(crate::variables::Variables::STEP)
}

fn or_damaged(error: Error) -> Error {
    match &error {
        Error::File { help: None, .. } => error.help(DAMAGED),
        _ => error,
    }
}

/// What a file holds, before it is a model.
struct Contents {
    metadata: Value,
    config: Value,
    weights: hdf5::Group,
    vocabularies: Vocabularies,
}

impl Contents {
    /// The contents of the file, without one of the groups of its weights.
    fn open(path: &Path, left_out: Option<&str>) -> Result<Contents> {
        let members = read_archive(path, Limits::default());
        members.and_then(|members| Contents::of(members, path, left_out)).map_err(or_damaged)
    }

    fn of(mut members: BTreeMap<String, Vec<u8>>, path: &Path, left_out: Option<&str>) -> Result<Contents> {
        let mut member = |name: &str| {
            let missing = || Error::file(path, format!("this is no .keras file: it has no {name}"));
            members.remove(name).ok_or_else(missing)
        };
        let json = |name: &str, bytes: Vec<u8>| {
            serde_json::from_slice::<Value>(&bytes)
                .map_err(|error| Error::file(path, format!("{name} is no JSON: {error}")))
        };
        let config = json(CONFIG, member(CONFIG)?)?;
        let weights = hdf5::read_without(member(WEIGHTS)?, path, left_out)?;
        // Nothing depends on it but the seed of what is random.
        let metadata = member(METADATA).and_then(|bytes| json(METADATA, bytes)).unwrap_or_default();
        let vocabularies = Vocabularies::new(&members, &weights);
        Ok(Contents { metadata, config, weights, vocabularies })
    }

    /// Reads something from the file, in which classes of the user's own may be named.
    fn read_with<R>(
        &self,
        classes: &Classes,
        path: &Path,
        read: impl FnOnce(&Contents) -> Result<R, Misfit>,
    ) -> Result<R> {
        let seed = self.metadata.pointer("/cornu/seed").and_then(Value::as_i64).unwrap_or(0);
        let reading = Reading {
            classes: classes.clone(),
            vocabularies: self.vocabularies.clone(),
            seed,
            room: weights::count(&self.weights),
        };
        reading.during(|| read(self)).map_err(|misfit| misfit.in_file(path))
    }

    fn loaded(&self) -> Result<Loaded, Misfit> {
        let model = self.model()?;
        match self.is_compiled() {
            false => Ok(Loaded::Model(Box::new(model))),
            true => Ok(Loaded::Trainer(Box::new(self.trainer(model)?))),
        }
    }

    fn model(&self) -> Result<Model, Misfit> {
        let mut model = read::model(&self.config)?;
        weights::fill(&mut model, &self.weights)?;
        model.variables.filled();
        self.restore_step(&mut model, None)?;
        Ok(model)
    }

    fn compile_config(&self) -> Option<&Map<String, Value>> {
        self.config.get("compile_config").and_then(Value::as_object).filter(|config| !config.is_empty())
    }

    fn is_compiled(&self) -> bool {
        self.compile_config().is_some()
    }

    fn trainer(&self, model: Model) -> Result<Trainer, Misfit> {
        let Some(config) = self.compile_config() else {
            return Err(Misfit::new("this model was saved without being compiled"));
        };
        let alone = "to go without, load the model with Model::load and compile it anew";
        let compile = compile::from_json(config, &model.output_names()).map_err(|m| m.or_help(alone))?;
        let mut trainer = model.compile(compile).map_err(|error| Misfit::from(error).or_help(alone))?;
        weights::fill_optimizer(&mut trainer, &self.weights).map_err(|m| m.or_help(alone))?;
        let steps =
            trainer.optimizer_indices().first().and_then(|&index| trainer.variables.values()[index].item());
        self.restore_step(&mut trainer, steps)?;
        Ok(trainer)
    }

    /// Sets the counter of what is random: as saved, or else to the number of steps taken.
    fn restore_step(&self, model: &mut Model, steps: Option<f64>) -> Result<(), Misfit> {
        let saved = self.metadata.pointer("/cornu/step").and_then(Value::as_i64);
        let Some(step) = saved.or(steps.map(|steps| steps as i64)) else { return Ok(()) };
        match random_step(model) {
            Some(index) => Ok(model.variables.set(index, &cornu_graph::Array::scalar(step))?),
            None => Ok(()),
        }
    }
}

/// What to do about a file of which nothing better is known.
const DAMAGED: &str = "the file is damaged, or no model's: save the model again, or load another copy";

/// What does not fit, found where it is not known in which file.
#[derive(Debug)]
struct Misfit {
    message: String,
    help: Option<String>,
}

impl Misfit {
    fn new(message: impl Into<String>) -> Misfit {
        Misfit { message: message.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Misfit {
        Misfit { help: Some(help.into()), ..self }
    }

    fn or_help(self, help: &str) -> Misfit {
        Misfit { help: self.help.or(Some(help.into())), ..self }
    }

    fn in_file(self, path: &Path) -> Error {
        Error::file(path, shorten(self.message)).help(self.help.unwrap_or(DAMAGED.into()))
    }
}

impl From<String> for Misfit {
    fn from(message: String) -> Misfit {
        Misfit::new(message)
    }
}

impl From<Error> for Misfit {
    /// Leaves out lines of the source: the user's own have no part in it.
    fn from(error: Error) -> Misfit {
        match error {
            Error::Graph(errors) => {
                let messages: Vec<&str> =
                    errors.0.iter().map(|error| error.message.as_str()).take(3).collect();
                let help = errors.0.first().and_then(|error| error.help.clone());
                Misfit { message: messages.join("\n"), help }
            }
            Error::Argument { message, help, .. } | Error::File { message, help, .. } => {
                Misfit { message, help }
            }
        }
    }
}

/// A message that may quote a file, cut where it would fill the screen.
fn shorten(mut message: String) -> String {
    const MOST: usize = 1000;
    if let Some((cut, _)) = message.char_indices().nth(MOST) {
        message.truncate(cut);
        message.push_str(" ...");
    }
    message
}
