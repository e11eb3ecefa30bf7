//! Ids: of submissions, annotators, items and sessions.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use crate::fingerprint::Fingerprint;

/// An id as it came, with the fingerprint by which memory knows it.
///
/// The fingerprint is worked out once, when the id is read, because every step of the gate needs it.
/// Text is borrowed from the input where it holds no escape. Compares and derefs as its text.
#[derive(Clone)]
pub struct Id<'a> {
    text: Cow<'a, str>,
    print: Fingerprint,
}

impl<'a> Id<'a> {
    /// An id with this text. Its length is its reader's business.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        let print = Fingerprint::of(&text);
        Self { text, print }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text alone, borrowed if it was.
    #[must_use]
    pub fn into_text(self) -> Cow<'a, str> {
        self.text
    }

    pub(crate) fn print(&self) -> Fingerprint {
        self.print
    }
}

impl Deref for Id<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Id<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Id<'_> {}

impl PartialEq<str> for Id<'_> {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Id<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl PartialEq<String> for Id<'_> {
    fn eq(&self, other: &String) -> bool {
        self.text == *other
    }
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Id<'_> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}
