//! The one error type: our caller's mistake, or input that cannot be read.
//!
//! A bad submission is never an error; it gets a verdict. Errors are for policies, BOMs, saved
//! state and wrong calls.

use std::fmt;

/// What went wrong, as a stable kebab-case code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// Answers of a crowd that do not fit together, or that a method cannot work with.
    Answers,
    /// The BOM cannot be read: not JSON, not CycloneDX 1.5 to 1.7, or a hash that cannot be one.
    Bom,
    /// A digest is not hexadecimal or has the wrong length for its algorithm.
    Digest,
    /// The gold answers cannot be read.
    Gold,
    /// JSON that breaks the strict rules; the message says where.
    Json,
    /// A key that cannot be read or used.
    Key,
    /// A policy that cannot be read, or whose values do not fit together.
    Policy,
    /// A signed document, envelope or note that cannot be read, or that cannot be signed.
    Signature,
    /// Saved state that is damaged, or of a version this release does not know.
    State,
}

impl ErrorCode {
    /// The code as written in messages and in JavaScript's `error.code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Bom => "bom",
            Self::Digest => "digest",
            Self::Gold => "gold",
            Self::Json => "json",
            Self::Key => "key",
            Self::Policy => "policy",
            Self::Signature => "signature",
            Self::State => "state",
        }
    }
}

/// A place in the input: byte offset from 0, line and column (in bytes) from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Offset in bytes from the start of the input, from 0.
    pub byte: usize,
    /// Line, from 1; a line ends after `\n`.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
}

impl Position {
    /// The place of byte `byte` of `input`; an offset beyond the end is the end.
    #[must_use]
    pub fn of(input: &[u8], byte: usize) -> Self {
        let before = input.get(..byte).unwrap_or(input);
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        Self {
            byte: before.len(),
            line: before.iter().filter(|&&b| b == b'\n').count() + 1,
            column: before.len() - line_start + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} (line {}, column {})", self.byte, self.line, self.column)
    }
}

/// An opaque error: a [code](ErrorCode) for programs and a sentence for people.
///
/// The sentence is lower case, without a final stop, and says what was expected and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    /// One word: every result on the hot path carries room for an error.
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: ErrorCode,
    message: String,
    /// Length of the message without the place.
    sentence_bytes: usize,
}

impl Error {
    /// An error with this code and sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        let sentence_bytes = message.len();
        Self { inner: Box::new(Inner { code, message, sentence_bytes }) }
    }

    /// An error whose sentence ends in " at " and the place in the input.
    pub fn at(code: ErrorCode, sentence: &str, place: Position) -> Self {
        let message = format!("{sentence} at {place}");
        Self { inner: Box::new(Inner { code, message, sentence_bytes: sentence.len() }) }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.inner.code
    }

    /// The sentence for people, with the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The sentence without the place, and the place if there is one.
    #[must_use]
    pub fn sentence_and_place(&self) -> (&str, Option<&str>) {
        match self.inner.message.split_at_checked(self.inner.sentence_bytes) {
            Some((sentence, rest)) => (sentence, rest.strip_prefix(" at ")),
            None => (&self.inner.message, None),
        }
    }

    /// The same sentence under another code, for a caller that knows better what was being read.
    #[must_use]
    pub fn with_code(mut self, code: ErrorCode) -> Self {
        self.inner.code = code;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.inner.code.as_str(), self.inner.message)
    }
}

impl std::error::Error for Error {}
