//! Strict JSON: RFC 8259 syntax within the limits of I-JSON (RFC 7493).
//!
//! Two readers share these rules. [`Reader`] walks a whole slice and is the hot path of every
//! submission; [`stream`] takes pieces and is for documents that are never in memory as a whole.
//! Both refuse what makes two programs see two different documents: duplicate keys, lone
//! surrogates, numbers that a double cannot hold, trailing bytes, a byte order mark.

pub mod canonical;
mod decimal;
mod number;
mod plain;
mod reader;
mod significant;
pub mod stream;
mod writer;

use crate::error::{Error, ErrorCode};

pub use crate::error::Position;
pub use plain::lines;
pub use reader::{Kind, Reader};
pub use writer::Writer;

use plain::plain_length;

/// The largest integer that every I-JSON reader keeps exactly: 2^53 - 1. RFC 7493, section 2.2.
pub const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

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
