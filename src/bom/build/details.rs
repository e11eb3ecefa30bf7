//! What a BOM says beside its items.

use crate::bom::{Canonical, IndexReference};
use crate::digest::Digest;
use crate::json::Writer;

/// What a BOM says of the data set beside its name, version and items. The default says nothing more
/// than that the list is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BomDetails<'a> {
    /// Licence of the data set: an SPDX expression such as `CC-BY-4.0`, else any name.
    pub license: Option<&'a str>,
    /// The organization that supplies the data set.
    pub supplier: Option<&'a str>,
    /// What was hashed of each item. `None` writes no property.
    pub canonical: Option<Canonical>,
    /// Whether the items are all there are, so that one that is not listed can be refused.
    pub is_complete: bool,
    /// The BOMs that the data set was made from.
    pub sources: &'a [SourceBom],
    /// The index of the items, in place of a list. `None` writes no reference.
    pub index: Option<&'a IndexReference>,
    /// How the data set was made. `None` writes no `formulation`.
    pub workflow: Option<&'a Workflow>,
}

impl Default for BomDetails<'_> {
    fn default() -> Self {
        Self {
            license: None,
            supplier: None,
            canonical: None,
            is_complete: true,
            sources: &[],
            index: None,
            workflow: None,
        }
    }
}

/// Another BOM: by its BOM-Link, which names it, and by its digest, which proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceBom {
    /// `urn:cdx:<UUID>/<version>`.
    pub link: String,
    /// Of the document as it was read.
    pub digest: Digest,
}

/// A workflow in `formulation`: what was done, with the numbers that its maker wants to answer for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workflow {
    /// Name that no other workflow has.
    pub uid: String,
    /// Name for people.
    pub name: String,
    /// Names and values, in the order in which they are written.
    pub properties: Vec<(String, String)>,
}

/// `licenses` of a component.
pub(super) fn licenses(writer: &mut Writer, license: &str) {
    writer.name("licenses");
    writer.open_array();
    writer.open_object();
    if is_expression(license) {
        writer.string_member("expression", license);
    } else {
        writer.name("license");
        writer.open_object();
        writer.string_member("name", license);
        writer.close_object();
    }
    writer.close_object();
    writer.close_array();
}

/// Whether a text can be an SPDX licence expression: identifiers, `AND`, `OR`, `WITH`, parentheses.
/// Two identifiers side by side are words of a sentence.
fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut wants_identifier, mut open) = (true, 0_usize);
    for word in spaced.split_ascii_whitespace() {
        match word {
            "(" if wants_identifier => open += 1,
            ")" if !wants_identifier && open > 0 => open -= 1,
            "AND" | "OR" | "WITH" if !wants_identifier => wants_identifier = true,
            "(" | ")" | "AND" | "OR" | "WITH" => return false,
            _ if wants_identifier && is_identifier(word) => wants_identifier = false,
            _ => return false,
        }
    }
    !wants_identifier && open == 0
}

fn is_identifier(word: &str) -> bool {
    let of_identifier =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b':');
    word.bytes().all(of_identifier)
}

/// `properties` of a component, or of a workflow.
pub(super) fn properties<'t>(
    writer: &mut Writer,
    properties: impl Iterator<Item = (&'t str, &'t str)>,
) {
    writer.name("properties");
    writer.open_array();
    for (name, value) in properties {
        writer.open_object();
        writer.string_member("name", name);
        writer.string_member("value", value);
        writer.close_object();
    }
    writer.close_array();
}

/// `externalReferences` of a component whose items are in an index.
pub(super) fn index(writer: &mut Writer, index: &IndexReference) {
    writer.name("externalReferences");
    writer.open_array();
    writer.open_object();
    writer.string_member("comment", crate::bom::reference::COMMENT);
    writer.name("hashes");
    hashes(writer, &[index.digest]);
    writer.word_member("type", "distribution");
    writer.string_member("url", &index.url);
    writer.close_object();
    writer.close_array();
}

/// `externalReferences` of the document.
pub(super) fn sources(writer: &mut Writer, sources: &[SourceBom]) {
    writer.name("externalReferences");
    writer.open_array();
    for source in sources {
        writer.open_object();
        writer.name("hashes");
        hashes(writer, &[source.digest]);
        writer.word_member("type", "bom");
        writer.string_member("url", &source.link);
        writer.close_object();
    }
    writer.close_array();
}

/// The value of `hashes`.
pub(super) fn hashes(writer: &mut Writer, digests: &[Digest]) {
    writer.open_array();
    for digest in digests {
        writer.open_object();
        writer.word_member("alg", digest.algorithm().cyclonedx());
        writer.word_member("content", &digest.to_hex());
        writer.close_object();
    }
    writer.close_array();
}

/// `formulation` of the document.
pub(super) fn formulation(writer: &mut Writer, workflow: &Workflow) {
    writer.name("formulation");
    writer.open_array();
    writer.open_object();
    writer.name("workflows");
    writer.open_array();
    writer.open_object();
    writer.string_member("bom-ref", &workflow.uid);
    writer.string_member("name", &workflow.name);
    let all = workflow.properties.iter();
    properties(writer, all.map(|(name, value)| (name.as_str(), value.as_str())));
    writer.name("taskTypes");
    writer.open_array();
    writer.word("other");
    writer.close_array();
    writer.string_member("uid", &workflow.uid);
    writer.close_object();
    writer.close_array();
    writer.close_object();
    writer.close_array();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_expression_is_told_from_a_sentence() {
        for good in [
            "CC-BY-4.0",
            "MIT OR Apache-2.0",
            "(MIT AND CC0-1.0) OR LicenseRef-own",
            "GPL-2.0+ WITH Classpath-exception-2.0",
        ] {
            assert!(is_expression(good), "{good}");
        }
        for other in ["", "for research only", "MIT OR", "(MIT", "MIT)", "our/own", "AND", "()"] {
            assert!(!is_expression(other), "{other}");
        }
    }
}
