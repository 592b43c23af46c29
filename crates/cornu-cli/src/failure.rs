//! How a command fails, how that is told, and with which exit code.

use clap::error::ErrorKind;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command did not do what it was asked to.
pub enum Failure {
    /// The command line does not make sense, or asks for help.
    Usage(clap::Error),
    /// The library refused.
    Library(cornu::Error),
    /// What was to be printed could not be.
    Print(io::Error),
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Failure {
        Failure::Usage(error)
    }
}

impl From<cornu::Error> for Failure {
    fn from(error: cornu::Error) -> Failure {
        Failure::Library(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Print(error)
    }
}

impl Failure {
    /// A refusal of this program's own.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::Library(cornu::Error::Argument {
            message: message.into(),
            location: None,
            help: Some(help.into()),
        })
    }

    /// Prints what happened; gives 2 for usage and 1 for anything else.
    pub fn report(self) -> ExitCode {
        let (text, code) = match self {
            Failure::Usage(error) => match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    // A reader that went away needs no help any more.
                    let _ = error.print();
                    return ExitCode::SUCCESS;
                }
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (error.render().to_string(), 2),
                _ => (usage(&error.render().to_string()), 2),
            },
            Failure::Library(error) => (format!("error: {}\n", without_location(error)), 1),
            Failure::Print(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Failure::Print(error) => (format!("error: the output cannot be written: {error}\n"), 1),
        };
        // Where standard error is closed there is nobody to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(code)
    }
}

/// The error without lines of this program's source, which mean nothing to its users; files stay.
fn without_location(error: cornu::Error) -> cornu::Error {
    match error {
        cornu::Error::Argument { message, help, .. } => {
            cornu::Error::Argument { message, location: None, help }
        }
        cornu::Error::Graph(mut errors) => {
            errors.0.iter_mut().for_each(|error| error.location = None);
            cornu::Error::Graph(errors)
        }
        other => other,
    }
}

/// The parser's message in the form that all of Cornu's errors have: message, then help.
fn usage(rendered: &str) -> String {
    let mut text = String::new();
    let mut help = String::new();
    for line in rendered.lines() {
        if let Some(tip) = line.trim_start().strip_prefix("tip: ") {
            help = format!(" help: {tip}\n");
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            if help.is_empty() {
                help = format!(" help: the usage is {usage}\n");
            }
        } else if line.starts_with("For more information") {
            if help.is_empty() {
                help = " help: see --help\n".into();
            }
        } else if !line.is_empty() {
            text.push_str(line);
            text.push('\n');
        }
    }
    text + &help
}
