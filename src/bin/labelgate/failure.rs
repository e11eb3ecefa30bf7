//! How a command ends: an exit code, and one line on standard error when it could not do its work.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::terminal;

/// A command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    AllAccepted,
    /// Exit code 1.
    SomethingHeld,
}

/// A command that could not do its work: exit code 2.
#[derive(Debug)]
pub enum Failure {
    /// Whoever read our output has gone. Nobody is left to tell; the exit code is 2 all the same,
    /// because not every submission was looked at.
    PipeClosed,
    /// Wrong usage, or input that cannot be read. One sentence: lower case, no final stop.
    Unusable(String),
}

const UNUSABLE: u8 = 2;

impl Outcome {
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::AllAccepted => ExitCode::SUCCESS,
            Self::SomethingHeld => ExitCode::from(1),
        }
    }
}

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::Unusable(sentence.into())
    }

    /// A file that cannot be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot read {}: {}", quoted(path), reason(error)))
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot write {}: {}", quoted(path), reason(error)))
    }

    /// An error of the library about what stands in a file.
    pub fn in_file(path: &Path, error: &labelgate::Error) -> Self {
        Self::new(format!("{}: {error}", quoted(path)))
    }

    /// Standard output that cannot be written.
    pub fn of_output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::PipeClosed,
            _ => Self::new(format!("cannot write the output: {}", reason(error))),
        }
    }

    /// Says it on standard error, and gives the exit code.
    pub fn tell(&self) -> ExitCode {
        if let Self::Unusable(sentence) = self {
            terminal::tell(&format!("labelgate: {sentence}"));
        }
        ExitCode::from(UNUSABLE)
    }
}

/// A path in a message.
pub fn quoted(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "standard input".to_owned();
    }
    format!("`{}`", path.display())
}

/// What the system says, in our manner: without its error number, and in lower case.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Help and the version go to standard output with exit code 0; a mistake is told our way.
pub fn exit_of_usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let told_whole = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if told_whole {
        // Nobody is left to tell when this fails.
        let _ = error.print();
    } else {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let _ = write!(io::stderr(), "labelgate: {text}");
    }
    if error.use_stderr() { ExitCode::from(UNUSABLE) } else { ExitCode::SUCCESS }
}
