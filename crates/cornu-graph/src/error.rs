//! What can go wrong, and how it is told.

use std::fmt;
use std::panic::Location;

/// One mistake in a graph: what happened, where the user wrote it, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What happened, with the values it happened with, and what was expected.
    pub message: String,
    /// The user's own file and line, where known.
    pub location: Option<&'static Location<'static>>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Error {
    /// A mistake that has no place in the user's source.
    pub fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), location: None, help: None }
    }

    /// The same, with the line it was written on.
    pub fn at(mut self, location: &'static Location<'static>) -> Error {
        self.location = Some(location);
        self
    }

    /// The same, with advice.
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(location) = self.location {
            write!(f, "\n   at {}:{}", location.file(), location.line())?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// All mistakes found in one graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors(pub Vec<Error>);

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if i > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

impl From<Error> for Errors {
    fn from(error: Error) -> Errors {
        Errors(vec![error])
    }
}
