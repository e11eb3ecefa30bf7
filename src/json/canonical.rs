//! The canonical form of RFC 8785 (JCS): the one text of a JSON value, for hashing and signing.
//!
//! Strings are escaped as little as may be, numbers are written as ECMAScript writes them, members
//! stand in the order of the UTF-16 code units of their names, and there is no white space.
//!
//! The strict parser below is what makes one text mean one document: it refuses duplicate names, lone
//! surrogates, and integers beyond 2^53 - 1, which other canonicalisers silently turn into their
//! neighbour. Whole numbers beyond that which are written with a point or an exponent are refused too
//! where their canonical form would be such an integer, so that a canonical form can be read again.

mod number;

use std::cmp::Ordering;

use crate::error::Error;
use crate::sort::heap_sort;

use super::stream::{Event, Stream, StreamLimits};
use super::writer::write_string;

pub use number::write_number;

/// The canonical form of one JSON text.
///
/// Objects may be nested 128 levels deep and have 65,536 members open at a time.
///
/// ```
/// use labelgate::json::canonical::canonicalize;
///
/// assert_eq!(canonicalize(br#"{"b": 1.50, "a": "\u00e9"}"#)?, r#"{"a":"é","b":1.5}"#.as_bytes());
/// # Ok::<(), labelgate::Error>(())
/// ```
///
/// # Errors
/// [`ErrorCode::Json`](crate::ErrorCode::Json) for what the [strict reader](super) refuses.
pub fn canonicalize(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut stream = Stream::new(StreamLimits {
        max_bytes: u64::MAX,
        max_depth: 128,
        max_open_names: 65_536,
        max_string_bytes: usize::MAX,
    });
    let mut canonical = Canonical::default();
    let mut rest = text;
    while let Some(event) = stream.next(&mut rest, true)? {
        let taken = canonical.take(event);
        taken.map_err(|no_form| stream.error(no_form.expected()))?;
    }
    if let Some(event) = stream.finish()? {
        let taken = canonical.take(event);
        taken.map_err(|no_form| stream.error(no_form.expected()))?;
    }
    Ok(canonical.into_bytes())
}

/// Follows a document that somebody else reads, to make its canonical form beside.
///
/// The stream must keep every string: [`Stream::keep_all`].
pub trait Listener {
    /// The next event.
    fn event(&mut self, event: Event<'_>);

    /// In place of its events: an element of the innermost array, which is an object in canonical form.
    fn canonical_element(&mut self, text: &[u8]);
}

/// Longest string of a document that is listened to, in bytes. Chosen: embedded files have a few
/// megabytes at most.
pub const MAX_STRING_BYTES: usize = 8 << 20;

/// Makes the canonical form from the events of a [`Stream`] that keeps every string.
///
/// It holds the whole form, unless the caller [drains](Canonical::drain) what is settled.
#[derive(Default)]
pub struct Canonical {
    out: Vec<u8>,
    /// How many bytes were drained before those in `out`. All other offsets count from the start.
    drained: usize,
    open: Vec<Level>,
    /// The members of all open objects, innermost last.
    members: Vec<Member>,
    /// Their names, one after the other.
    names: String,
    after_name: bool,
}

struct Level {
    /// Where the bracket stands.
    start: usize,
    first_member: usize,
    is_object: bool,
    is_empty: bool,
    in_order: bool,
}

#[derive(Clone, Copy)]
struct Member {
    start: usize,
    /// Where the name ends among the names; it starts where that of the member before ends.
    name_end: usize,
}

/// Why there is no canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoForm {
    /// A whole number beyond 2^53 - 1.
    LargeInteger,
    /// A member that should stand before what was drained already.
    OutOfOrder,
}

impl NoForm {
    /// What was expected instead.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::LargeInteger => "expected no whole number beyond 2^53 - 1 (I-JSON)",
            Self::OutOfOrder => "expected members in canonical order",
        }
    }
}

impl Canonical {
    /// Takes the next event.
    ///
    /// # Errors
    /// A number that has no canonical form; an object whose start was drained and that gets a member
    /// that sorts before the last.
    pub fn take(&mut self, event: Event<'_>) -> Result<(), NoForm> {
        match event {
            Event::Name(name) => return self.name(name),
            Event::ArrayStart => self.open(b'[', false),
            Event::ObjectStart => self.open(b'{', true),
            Event::ArrayEnd => self.close(b']'),
            Event::ObjectEnd => {
                self.sort();
                self.close(b'}');
            }
            Event::String(text) => {
                self.separate();
                write_string(&mut self.out, text);
            }
            // Never from a stream that keeps every string.
            Event::SkippedString => {
                self.separate();
                self.out.extend_from_slice(b"\"\"");
            }
            Event::Number(text) => {
                self.separate();
                return number::write_text(&mut self.out, text).ok_or(NoForm::LargeInteger);
            }
            Event::Boolean(value) => {
                self.separate();
                self.out.extend_from_slice(if value { b"true" } else { b"false" });
            }
            Event::Null => {
                self.separate();
                self.out.extend_from_slice(b"null");
            }
        }
        Ok(())
    }

    /// Takes a value that is in canonical form already.
    pub fn value(&mut self, text: &[u8]) {
        self.separate();
        self.out.extend_from_slice(text);
    }

    /// The canonical form that was not drained.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// The canonical form so far that was not drained.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// How many bytes were drained.
    #[must_use]
    pub fn drained(&self) -> usize {
        self.drained
    }

    /// How many of the bytes in memory will not move any more, if objects longer than `window` bytes
    /// that were in order so far stay so. Those that began less than `window` bytes ago may still be
    /// put in order.
    #[must_use]
    pub fn settled(&self, window: usize) -> usize {
        let end = self.drained + self.out.len();
        self.open
            .iter()
            .find(|level| level.is_object && (!level.in_order || level.start + window > end))
            .map_or(self.out.len(), |level| level.start.saturating_sub(self.drained))
    }

    /// Forgets the first `bytes` bytes in memory.
    pub fn drain(&mut self, bytes: usize) {
        let bytes = bytes.min(self.out.len());
        self.out.drain(..bytes);
        self.drained += bytes;
    }

    /// Where a further member of the outermost object would have to stand: the offset of the first
    /// member that sorts after it, or none when there is none so far.
    #[must_use]
    pub fn place_in_root(&self, name: &str) -> Option<usize> {
        let end = self.open.get(1).map_or(self.members.len(), |level| level.first_member);
        let root = self.members.get(..end).unwrap_or_default();
        let after = |at: &usize| utf16_order(self.name_of(*at), name).is_gt();
        (0..root.len()).find(after).and_then(|at| root.get(at)).map(|member| member.start)
    }

    /// Puts the members of the innermost object in order. [`Event::ObjectEnd`] does so as well.
    pub fn sort(&mut self) {
        let Some(level) = self.open.last_mut().filter(|level| !level.in_order) else { return };
        level.in_order = true;
        let (first, base) = (level.first_member, self.drained);
        let end = base + self.out.len();
        let mut order: Vec<(usize, usize, usize)> = Vec::new();
        for at in first..self.members.len() {
            let start = self.members.get(at).map_or(end, |member| member.start);
            // The byte before the next member is a comma.
            let after = self.members.get(at + 1).map_or(end, |next| next.start.saturating_sub(1));
            order.push((at, start, after));
        }
        heap_sort(&mut order, &|a, b| utf16_order(self.name_of(a.0), self.name_of(b.0)).is_lt());
        let Some(&Member { start, .. }) = self.members.get(first) else { return };
        let mut sorted = Vec::with_capacity(end.saturating_sub(start));
        let mut names = String::new();
        let mut members = Vec::with_capacity(order.len());
        let names_start = self.name_start(first);
        for (at, from, to) in order {
            if !sorted.is_empty() {
                sorted.push(b',');
            }
            names.push_str(self.name_of(at));
            members
                .push(Member { start: start + sorted.len(), name_end: names_start + names.len() });
            let span = from.saturating_sub(base)..to.saturating_sub(base);
            sorted.extend_from_slice(self.out.get(span).unwrap_or_default());
        }
        self.out.truncate(start.saturating_sub(base));
        self.out.extend_from_slice(&sorted);
        self.members.truncate(first);
        self.members.extend_from_slice(&members);
        self.names.truncate(names_start);
        self.names.push_str(&names);
    }

    fn name(&mut self, name: &str) -> Result<(), NoForm> {
        let Some(level) = self.open.last_mut() else { return Ok(()) };
        if !level.is_empty {
            self.out.push(b',');
            let last = self.members.len().saturating_sub(1);
            let from = last.checked_sub(1).and_then(|at| self.members.get(at));
            let to = self.members.get(last).map_or(0, |member| member.name_end);
            let before = self.names.get(from.map_or(0, |member| member.name_end)..to);
            if utf16_order(before.unwrap_or_default(), name).is_gt() {
                level.in_order = false;
                if level.start < self.drained {
                    return Err(NoForm::OutOfOrder);
                }
            }
        }
        level.is_empty = false;
        let start = self.drained + self.out.len();
        self.names.push_str(name);
        self.members.push(Member { start, name_end: self.names.len() });
        write_string(&mut self.out, name);
        self.out.push(b':');
        self.after_name = true;
        Ok(())
    }

    fn open(&mut self, bracket: u8, is_object: bool) {
        self.separate();
        self.open.push(Level {
            start: self.drained + self.out.len(),
            first_member: self.members.len(),
            is_object,
            is_empty: true,
            in_order: true,
        });
        self.out.push(bracket);
    }

    fn close(&mut self, bracket: u8) {
        if let Some(level) = self.open.pop() {
            let names = self.name_start(level.first_member);
            self.members.truncate(level.first_member);
            self.names.truncate(names);
        }
        self.out.push(bracket);
    }

    /// Before a value.
    fn separate(&mut self) {
        if self.after_name {
            self.after_name = false;
        } else if let Some(level) = self.open.last_mut() {
            if !level.is_empty {
                self.out.push(b',');
            }
            level.is_empty = false;
        }
    }

    fn name_start(&self, at: usize) -> usize {
        let before = at.checked_sub(1).and_then(|before| self.members.get(before));
        before.map_or(0, |member| member.name_end)
    }

    fn name_of(&self, at: usize) -> &str {
        let end = self.members.get(at).map_or(0, |member| member.name_end);
        self.names.get(self.name_start(at)..end).unwrap_or_default()
    }
}

/// The order of members: RFC 8785, section 3.2.3. Differs from the order of bytes where one text has a
/// character beyond U+FFFF and the other one from U+E000 on.
fn utf16_order(a: &str, b: &str) -> Ordering {
    match (a.as_bytes().first(), b.as_bytes().first()) {
        (Some(a), Some(b)) if a != b && a.is_ascii() && b.is_ascii() => a.cmp(b),
        _ => a.encode_utf16().cmp(b.encode_utf16()),
    }
}

#[cfg(test)]
mod tests;
