//! Data in folders of files: images, sounds, texts, with a folder for each class.

mod audio;
mod images;
mod resize;
mod texts;

pub use audio::AudioOptions;
pub use images::{ColorMode, ImageOptions, write_image};
pub use resize::{Fit as ImageFit, Interpolation, resize};
pub use texts::Texts;

use super::Pipeline;
use super::pipeline::{Sample, Steps};
use crate::error::{Error, Result};
use crate::files::describe;
use cornu_graph::Array;
use cornu_graph::philox::Random;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders within folders; more are links that go round in circles.
const DEPTH: usize = 64;

/// How labels are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelMode {
    /// The number of the class, `i32`: for sparse crossentropy.
    #[default]
    Int,
    /// A one-hot row of `f32`: for categorical crossentropy.
    Categorical,
    /// 0 or 1, `f32` of shape `[1]`, of two classes: for binary crossentropy.
    Binary,
    /// No labels.
    None,
}

/// Which part of the files is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    /// All but the share that is held back.
    Training,
    /// The share that is held back.
    Validation,
}

/// Files in a folder, with a folder in it for each class: what [`Directory::images`],
/// [`Directory::audio`] and [`Directory::texts`] read. Agrees with the common arguments of
/// `keras.utils.image_dataset_from_directory` and its like.
///
/// Files come in the order of their names, or in random order by default: one that `shuffle`'s seed
/// gives, of which a share can be held back, and a new one in each pass.
///
/// ```no_run
/// use cornu::data::directory::{Directory, ImageOptions, LabelMode, Subset};
/// let photos = Directory::new("photos").label_mode(LabelMode::Categorical).shuffle(7);
/// let options = ImageOptions::new().size(64, 64);
/// let train = photos.clone().split(0.2, Subset::Training).images(&options)?;
/// let test = photos.split(0.2, Subset::Validation).images(&options)?;
/// println!("{:?}: {:?} batches", train.class_names, train.pipeline.len());
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Directory {
    path: PathBuf,
    labels: Option<Vec<i32>>,
    label_mode: LabelMode,
    class_names: Option<Vec<String>>,
    batch_size: Option<usize>,
    shuffle: Option<i64>,
    split: Option<(f64, Subset)>,
    follow_links: bool,
}

/// What was found in a folder.
#[derive(Clone)]
pub struct Found {
    /// The files' contents and labels, in batches.
    pub pipeline: Pipeline,
    /// The names of the classes, in the order of their numbers.
    pub class_names: Vec<String>,
    /// The files.
    pub paths: Vec<PathBuf>,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.paths.len();
        f.debug_struct("Found").field("files", &n).field("class_names", &self.class_names).finish()
    }
}

impl Directory {
    /// The folder at `path`: labels are the numbers of the folders in it, in the order of their names;
    /// batches of 32 files in random order, from seed 0.
    pub fn new(path: impl AsRef<Path>) -> Directory {
        Directory {
            path: path.as_ref().into(),
            labels: None,
            label_mode: LabelMode::Int,
            class_names: None,
            batch_size: Some(32),
            shuffle: Some(0),
            split: None,
            follow_links: false,
        }
    }

    /// A label for each file, in the order of their paths; folders mean nothing then.
    pub fn labels(mut self, labels: impl IntoIterator<Item = i32>) -> Directory {
        self.labels = Some(labels.into_iter().collect());
        self
    }

    /// How labels are given; as numbers by default. Without labels folders mean nothing.
    pub fn label_mode(mut self, mode: LabelMode) -> Directory {
        self.label_mode = mode;
        self
    }

    /// The folders that are classes, in the order of their numbers; all, sorted, by default.
    pub fn class_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Directory {
        self.class_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Files in a batch, 32 by default; `None` gives them one by one.
    pub fn batch_size(mut self, size: impl Into<Option<usize>>) -> Directory {
        self.batch_size = size.into();
        self
    }

    /// The seed of the random order; 0 by default.
    pub fn shuffle(mut self, seed: i64) -> Directory {
        self.shuffle = Some(seed);
        self
    }

    /// Files in the order of their paths.
    pub fn in_order(mut self) -> Directory {
        self.shuffle = None;
        self
    }

    /// A part alone: the last `validation` of the files (a share between 0 and 1), or the others. The
    /// same seed gives parts that have no file in common.
    pub fn split(mut self, validation: f64, subset: Subset) -> Directory {
        self.split = Some((validation, subset));
        self
    }

    /// Whether links to folders are followed; false by default.
    pub fn follow_links(mut self, follow: bool) -> Directory {
        self.follow_links = follow;
        self
    }

    /// The files whose names end in one of `formats`, and their classes.
    fn list(&self, formats: &[&str]) -> Result<Listed> {
        let inferred = self.labels.is_none() && self.label_mode != LabelMode::None;
        let (folders, mut class_names) = if inferred {
            let mut classes = Vec::new();
            for entry in read_folder(&self.path)? {
                let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if entry.is_dir() && !name.starts_with('.') {
                    classes.push(name);
                }
            }
            let classes = match &self.class_names {
                Some(names) => {
                    if let Some(stranger) = names.iter().find(|name| !classes.contains(name)) {
                        let there = classes.join(", ");
                        return Err(Error::file(&self.path, format!("there is no folder {stranger} here"))
                            .help(format!("name some of {there}")));
                    }
                    names.clone()
                }
                None => classes,
            };
            (classes.iter().map(|name| self.path.join(name)).collect(), classes)
        } else {
            if self.class_names.is_some() {
                return Err(Error::argument("class_names are given, and folders are not the classes")
                    .help("leave class_names out, or take the labels from the folders"));
            }
            (vec![self.path.clone()], Vec::new())
        };
        let mut files: Vec<(PathBuf, i32)> = Vec::new();
        for (class, folder) in folders.iter().enumerate() {
            let mut paths = Vec::new();
            walk(folder, formats, self.follow_links, 0, &mut paths)?;
            files.extend(paths.into_iter().map(|path| (path, class as i32)));
        }
        if let Some(labels) = &self.labels {
            if labels.len() != files.len() {
                let (n, given) = (files.len(), labels.len());
                return Err(Error::file(&self.path, format!("there are {n} files here, and {given} labels"))
                    .help("give a label for each file, in the order of their paths"));
            }
            files.iter_mut().zip(labels).for_each(|((_, label), given)| *label = *given);
            class_names = labels.iter().collect::<BTreeSet<_>>().into_iter().map(i32::to_string).collect();
        }
        if self.label_mode == LabelMode::Binary && class_names.len() != 2 {
            let message = format!("binary labels are of two classes, here are {}", class_names.len());
            return Err(Error::file(&self.path, message).help("take LabelMode::Int or Categorical"));
        }
        if self.label_mode == LabelMode::Categorical
            && let Some((path, label)) =
                files.iter().find(|(_, label)| *label < 0 || *label as usize >= class_names.len())
        {
            let message = format!("the label {label} is none of {} classes, from 0 up", class_names.len());
            return Err(Error::file(path, message));
        }
        if let Some(seed) = self.shuffle {
            Random::new(seed, 0x6669_6c65).shuffle(&mut files);
        }
        if let Some((share, subset)) = self.split {
            if !(share > 0.0 && share < 1.0) {
                return Err(Error::argument(format!("the share held back is {share}"))
                    .help("give a number between 0 and 1"));
            }
            let at = files.len() - (share * files.len() as f64) as usize;
            files = match subset {
                Subset::Training => files[..at].to_vec(),
                Subset::Validation => files[at..].to_vec(),
            };
        }
        if files.is_empty() {
            return Err(Error::file(&self.path, "there are no files to read here")
                .help(format!("files whose names end in {} are read", formats.join(", "))));
        }
        Ok(Listed { files, class_names })
    }

    /// The files in batches, each read by `read` when its turn comes.
    fn found(
        &self,
        formats: &[&str],
        read: impl Fn(&Path) -> Result<Array> + Send + Sync + 'static,
    ) -> Result<Found> {
        let Listed { files, class_names } = self.list(formats)?;
        let paths = files.iter().map(|(path, _)| path.clone()).collect();
        let (mode, classes, shuffle) = (self.label_mode, class_names.len(), self.shuffle);
        let (files, read): (Arc<_>, Arc<Read>) = (Arc::new(files), Arc::new(read));
        let pipeline = Pipeline::new(Some(files.len()), move |pass| {
            let mut order: Vec<usize> = (0..files.len()).collect();
            if let Some(seed) = shuffle {
                Random::new(seed, 0x6669_6c65_0000_0000 + pass).shuffle(&mut order);
            }
            Box::new(Files { files: files.clone(), read: read.clone(), order, next: 0, mode, classes })
        });
        let pipeline = match self.batch_size {
            Some(size) => pipeline.batch(size),
            None => pipeline,
        };
        Ok(Found { pipeline, class_names, paths })
    }
}

/// Files, each with the number of its class, and the classes' names.
struct Listed {
    files: Vec<(PathBuf, i32)>,
    class_names: Vec<String>,
}

type Read = dyn Fn(&Path) -> Result<Array> + Send + Sync;

struct Files {
    files: Arc<Vec<(PathBuf, i32)>>,
    read: Arc<Read>,
    order: Vec<usize>,
    next: usize,
    mode: LabelMode,
    classes: usize,
}

impl Steps for Files {
    fn next(&mut self) -> Result<Option<Sample>> {
        let Some(&file) = self.order.get(self.next) else { return Ok(None) };
        self.next += 1;
        let (path, label) = &self.files[file];
        Ok(Some([(self.read)(path)?].into_iter().chain(label_of(*label, self.mode, self.classes)).collect()))
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.next = self.next.saturating_add(n).min(self.order.len());
        Ok(())
    }
}

/// A label as it is given.
fn label_of(label: i32, mode: LabelMode, classes: usize) -> Option<Array> {
    match mode {
        LabelMode::Int => Some(Array::scalar(label)),
        LabelMode::Binary => Some(Array::from_vec(vec![label as f32])),
        LabelMode::Categorical => {
            Some(Array::from_vec((0..classes).map(|class| (class as i32 == label) as u8 as f32).collect()))
        }
        LabelMode::None => None,
    }
}

/// What is in a folder, sorted.
fn read_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.map_err(|error| describe(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// The files in a folder and the folders in it: a folder's own files first, then those of its folders.
fn walk(folder: &Path, formats: &[&str], follow: bool, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    if depth > DEPTH {
        return Err(Error::file(folder, format!("folders are nested more than {DEPTH} deep"))
            .help("links may go round in circles: do not follow them"));
    }
    let entries = read_folder(folder)?;
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.into_iter().partition(|path| path.is_dir());
    found.extend(files.into_iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        formats.iter().any(|format| name.ends_with(format))
    }));
    for inner in folders.into_iter().filter(|path| follow || !path.is_symlink()) {
        walk(&inner, formats, follow, depth + 1, found)?;
    }
    Ok(())
}
