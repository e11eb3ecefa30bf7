//! What the bytes of an item are before they are hashed.

use std::fmt;

/// The canonical form of the items of a data set. CycloneDX has no word for it, so it stands in the
/// property [`Canonical::PROPERTY`] of the `data` component.
///
/// A data set that travels as text through forms and databases often comes back with other bytes for
/// the same content. A form that both sides apply before they hash lets such items through, and still
/// finds every change of content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Canonical {
    /// JSON in the form of RFC 8785.
    JcsJson,
    /// The bytes as they are.
    #[default]
    RawBytes,
    /// UTF-8 in Unicode normal form C, and nothing else changed: no line end, no byte order mark.
    Utf8Nfc,
}

impl Canonical {
    /// Name of the CycloneDX property.
    pub const PROPERTY: &'static str = "labelgate:canonical";

    /// As written in the property: `raw-bytes`, `utf8-nfc` or `jcs-json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JcsJson => "jcs-json",
            Self::RawBytes => "raw-bytes",
            Self::Utf8Nfc => "utf8-nfc",
        }
    }

    /// The form with this name, if it is one of ours.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Self> {
        let all = [Self::JcsJson, Self::RawBytes, Self::Utf8Nfc];
        all.into_iter().find(|form| form.as_str() == text)
    }
}

impl fmt::Display for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
