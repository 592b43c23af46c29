//! What can go wrong, and how it is told: what happened, where, what was expected, what to do.

use std::fmt;
use std::panic::Location;
use std::path::{Path, PathBuf};

/// The result of what can go wrong.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
///
/// It prints as a message, the place where it happened, and a help line:
///
/// ```text
/// dense_1 expects 784 features on the last axis, got (None, 28, 28)
///    at src/main.rs:14
///  help: put Flatten before it
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Mistakes in a model or graph: shapes that do not fit, axes that do not exist.
    Graph(cornu_graph::Errors),
    /// An argument, or data handed in, that cannot be used.
    Argument {
        /// What happened, with which values, and what was expected.
        message: String,
        /// The user's own line, where known.
        location: Option<&'static Location<'static>>,
        /// What to do.
        help: Option<String>,
    },
    /// A file that cannot be read, written or understood.
    File {
        /// The file.
        path: PathBuf,
        /// What happened, with the row or place in the file where known.
        message: String,
        /// What to do.
        help: Option<String>,
    },
}

impl Error {
    /// An argument that cannot be used, at the caller's line.
    #[track_caller]
    pub fn argument(message: impl Into<String>) -> Error {
        Error::Argument { message: message.into(), location: Some(Location::caller()), help: None }
    }

    /// A file that cannot be read, written or understood.
    pub fn file(path: impl AsRef<Path>, message: impl fmt::Display) -> Error {
        Error::File { path: path.as_ref().into(), message: message.to_string(), help: None }
    }

    /// The same, with advice.
    pub fn help(mut self, advice: impl Into<String>) -> Error {
        match &mut self {
            Error::Argument { help, .. } | Error::File { help, .. } => *help = Some(advice.into()),
            Error::Graph(errors) => {
                if let Some(first) = errors.0.first_mut() {
                    first.help = Some(advice.into());
                }
            }
        }
        self
    }

    /// The same, as it happened at `place` in the user's source. Mistakes in a graph that know their
    /// place, the line of a layer, keep it.
    pub fn at(mut self, place: &'static Location<'static>) -> Error {
        match &mut self {
            Error::Argument { location, .. } => *location = Some(place),
            Error::Graph(errors) => {
                errors.0.iter_mut().for_each(|error| error.location = error.location.or(Some(place)));
            }
            Error::File { .. } => {}
        }
        self
    }

    /// The same, in a part of what was handed in: `within("validation data")`.
    pub fn within(mut self, part: &str) -> Error {
        match &mut self {
            Error::Argument { message, .. } | Error::File { message, .. } => {
                message.insert_str(0, &format!("{part}: "));
            }
            Error::Graph(errors) => {
                errors.0.iter_mut().for_each(|error| error.message.insert_str(0, &format!("{part}: ")));
            }
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let help = match self {
            Error::Graph(errors) => return errors.fmt(f),
            Error::Argument { message, location, help } => {
                f.write_str(message)?;
                if let Some(location) = location {
                    write!(f, "\n   at {}:{}", location.file(), location.line())?;
                }
                help
            }
            Error::File { path, message, help } => {
                write!(f, "{message}\n   at {}", path.display())?;
                help
            }
        };
        help.iter().try_for_each(|help| write!(f, "\n help: {help}"))
    }
}

impl std::error::Error for Error {}

impl From<cornu_graph::Errors> for Error {
    fn from(errors: cornu_graph::Errors) -> Error {
        Error::Graph(errors)
    }
}

impl From<cornu_graph::Error> for Error {
    fn from(error: cornu_graph::Error) -> Error {
        Error::Graph(error.into())
    }
}

/// A number of things: `1 input`, `2 inputs`.
pub(crate) fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}
