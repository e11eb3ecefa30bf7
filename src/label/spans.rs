//! Stretches of a text or a recording.

use crate::error::Error;
use crate::json::{Reader, Writer};
use crate::state;

use super::shape::{self, Form, MAX_COORDINATE};

/// A stretch from `start` to before `end`, perhaps of a class.
///
/// Offsets are whole numbers in units of the task's choice, such as characters or milliseconds. Spans are in order by
/// class, then by place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct Span {
    /// What it is; 1 to 256 bytes.
    #[cfg_attr(feature = "schema", schemars(with = "String", default))]
    pub class: Option<String>,
    /// Where it starts; at most 10^9.
    pub start: u32,
    /// Where it has ended; beyond `start`, at most 10^9.
    pub end: u32,
}

/// Most spans in one answer. Chosen; keeps a label bounded.
pub const MAX_SPANS: usize = 1024;

const FORM: Form = Form {
    numbers: &["start", "end"],
    text: "class",
    needs_text: false,
    has_points: false,
    expected: "expected a span with `start`, `end` and maybe `class`",
};

state::fields!(Span { class, start, end });

impl Span {
    pub(super) fn is_sound(&self) -> bool {
        self.start < self.end
            && f64::from(self.end) <= MAX_COORDINATE
            && self.class.as_deref().is_none_or(super::is_class)
    }

    pub(super) fn read_list(reader: &mut Reader<'_>) -> Result<Vec<Self>, Error> {
        let mut spans = Vec::new();
        shape::list(reader, MAX_SPANS, &mut |reader| {
            let at = reader.offset();
            let parts = shape::parts(reader, &FORM, 0)?;
            let [start, end, ..] = parts.numbers.map(super::exact::<u32>);
            match (start, end) {
                (Some(start), Some(end)) if start < end => {
                    spans.push(Self { class: parts.text, start, end });
                    Ok(())
                }
                _ => Err(reader.error_from(
                    at,
                    "expected `start` and `end` to be whole numbers from 0, `start` below `end`",
                )),
            }
        })?;
        Ok(spans)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open_object();
        writer.integer_member("start", i64::from(self.start));
        writer.integer_member("end", i64::from(self.end));
        shape::write_class(writer, self.class.as_deref());
        writer.close_object();
    }
}
