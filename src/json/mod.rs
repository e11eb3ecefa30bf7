//! Strict JSON: RFC 8259 syntax within the limits of I-JSON (RFC 7493).
//!
//! Two readers share these rules. [`Reader`] walks a whole slice and is the hot path of every
//! submission; [`stream`] takes pieces and is for documents that are never in memory as a whole.
//! Both refuse what makes two programs see two different documents: duplicate keys, lone
//! surrogates, numbers that a double cannot hold, trailing bytes, a byte order mark.

mod decimal;
mod names;
mod number;
mod plain;
mod reader;
pub mod stream;
mod writer;

use crate::error::{Error, ErrorCode};

pub(crate) use names::fingerprint;
pub use reader::{Kind, Reader};
pub use writer::Writer;

use plain::plain_length;

/// The largest integer that every I-JSON reader keeps exactly: 2^53 - 1. RFC 7493, section 2.2.
pub const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

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

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "byte {} (line {}, column {})", self.byte, self.line, self.column)
    }
}

/// A number as JSON text: the shortest that reads back to the same double.
#[must_use]
pub fn number_text(value: f64) -> String {
    let mut writer = Writer::new();
    writer.number(value);
    String::from_utf8(writer.into_bytes()).unwrap_or_default()
}

/// The start of an input text, for a message: at most 32 characters, no control characters.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 32;
    let mut start = String::new();
    for (n, c) in text.chars().enumerate() {
        if n == SHOWN {
            start.push('…');
            break;
        }
        start.push(if c < ' ' || c == '\u{7F}' { '\u{FFFD}' } else { c });
    }
    start
}

/// An error that says what was expected and where it was missed.
#[cold]
#[inline(never)]
pub(crate) fn error_at(position: Position, expected: &str) -> Error {
    Error::at(ErrorCode::Json, expected, position)
}
