//! The reference of a root BOM to the index of its items.
//!
//! A data set too large to be listed has, in its `data` component, one of the `externalReferences`: type
//! `distribution`, comment `labelgate item index`, a relative `url`, and the SHA-256 of the index manifest
//! among its `hashes`. Any other reference of a component is another place of the same item.

use crate::digest::{Algorithm, Digest};

use super::document::Part;
use super::hashes::WeakSet;

/// How a reference to an index is told from others.
pub(super) const COMMENT: &str = "labelgate item index";
const TYPE: &str = "distribution";
/// Longest url, in bytes. Chosen: a few folders and a name.
const MAX_URL_BYTES: usize = 1024;

/// Where the index of a data set is, and which one it is. Nothing here is ever fetched by itself: the host
/// fetches what its operator allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexReference {
    /// The bom-ref of the data set, which the manifest must name, too.
    pub bom_ref: String,
    /// SHA-256 of the manifest.
    pub digest: Digest,
    /// Where the manifest is, relative to the BOM: folders and a name of letters, digits, `.`, `_` and
    /// `-`, joined by `/`. No part starts with a dot, so it leads nowhere else.
    pub url: String,
}

/// An external reference that is being read. Its members may come in any order.
#[derive(Default)]
pub(super) struct OpenReference {
    is_distribution: bool,
    is_index: bool,
    url: Option<String>,
    /// What the component had before, to go back to: the hashes of an index are none of an item.
    pub(super) before: Before,
}

/// What a component knew before one of its references.
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    pub(super) digests: usize,
    pub(super) has_hashes: bool,
    pub(super) weak: WeakSet,
}

impl OpenReference {
    pub(super) fn new(before: Before) -> Self {
        Self { before, ..Self::default() }
    }

    #[inline(never)]
    pub(super) fn string(&mut self, part: Part, text: &str) {
        match part {
            Part::ReferenceComment => self.is_index = text == COMMENT,
            Part::ReferenceType => self.is_distribution = text == TYPE,
            _ => self.url = is_relative(text).then(|| text.to_owned()),
        }
    }

    /// The reference, when it is one to an index. `digests` are the strong ones of its own hashes; the
    /// bom-ref is still to be filled in.
    pub(super) fn finish(
        &mut self,
        digests: &[Digest],
    ) -> Result<Option<Box<IndexReference>>, String> {
        if !self.is_index || !self.is_distribution {
            return Ok(None);
        }
        let digest = digests.iter().find(|digest| digest.algorithm() == Algorithm::Sha256);
        Ok(Some(Box::new(IndexReference {
            bom_ref: String::new(),
            digest: *digest.ok_or("expected the SHA-256 of the item index")?,
            url: self
                .url
                .take()
                .ok_or("expected a relative `url` of the item index, without `..`")?,
        })))
    }
}

fn is_relative(url: &str) -> bool {
    let mut last = b'/';
    let is_plain = url.bytes().all(|byte| {
        let before = std::mem::replace(&mut last, byte);
        match byte {
            b'/' | b'.' => before != b'/',
            _ => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        }
    });
    is_plain && last != b'/' && url.len() <= MAX_URL_BYTES
}
