//! How an item stands to the BOM. Looked up once, read by the three item checks.

use std::borrow::Cow;

use crate::bom::{Bom, Entry};
use crate::digest::Digest;
use crate::policy::NamePolicy;
use crate::submission::ItemReference;

/// How an item stands to the BOM.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Listing<'b> {
    /// Listed under its name with another digest.
    Altered {
        /// What was shown.
        measured: Digest,
        /// What was published.
        expected: Digest,
    },
    /// Listed, with the digest that was shown.
    Listed(Published<'b>),
    /// Listed, but nothing strong can be compared; says why.
    Uncomparable(String),
    /// Not listed.
    Unlisted,
}

/// What the BOM calls an item, whatever id a submission gives it.
///
/// The id is the sender's word: under a new one for every answer, one item could be answered again and
/// again, and gold would not be known. So memory and gold go by this.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Published<'b> {
    pub(crate) name: &'b str,
    /// The name; with the bom-ref or the digest where several items have that name.
    pub(crate) key: Cow<'b, str>,
}

impl<'b> Published<'b> {
    /// `is_only` says that no other item has been found under this very name.
    fn of(entry: &Entry<'b>, bom: &Bom, is_only: bool) -> Self {
        let name = entry.name();
        let key = if is_only || bom.find(name).nth(1).is_none() {
            Cow::Borrowed(name)
        } else if let Some(bom_ref) = entry.bom_ref() {
            Cow::Borrowed(bom_ref)
        } else {
            let digest = entry.digests().next().map(|digest| digest.to_string());
            Cow::Owned(format!("{name} {}", digest.unwrap_or_default()))
        };
        Self { name, key }
    }
}

impl<'b> Listing<'b> {
    pub(crate) fn of(item: &ItemReference<'_>, bom: &'b Bom, names: NamePolicy) -> Self {
        if item.digests.is_empty() {
            return Self::Uncomparable(no_digest(item));
        }
        let name = item.name();
        let mut altered = None;
        let mut uncomparable = None;
        let mut named = false;
        let mut candidates = bom.find(name);
        while let Some(entry) = candidates.next() {
            let is_first = !named;
            named = true;
            match compare(item, &entry) {
                Some(Ok(())) => {
                    let is_only = is_first && entry.name() == name && candidates.next().is_none();
                    return Self::Listed(Published::of(&entry, bom, is_only));
                }
                Some(Err((measured, expected))) => {
                    altered.get_or_insert(Self::Altered { measured, expected });
                }
                None => {
                    uncomparable.get_or_insert_with(|| Self::Uncomparable(no_common(&entry)));
                }
            }
        }
        if let Some(listing) = altered.or(uncomparable) {
            return listing;
        }
        let by_digest = || item.digests.iter().find_map(|digest| bom.find_digest(digest).next());
        match by_digest().filter(|_| !named && names == NamePolicy::Optional) {
            Some(entry) => Self::Listed(Published::of(&entry, bom, false)),
            None => Self::Unlisted,
        }
    }
}

/// Every strong algorithm that both sides give must agree; none when they share no algorithm.
fn compare(item: &ItemReference<'_>, entry: &Entry<'_>) -> Option<Result<(), (Digest, Digest)>> {
    let mut agreed = None;
    for (algorithm, expected) in entry.values() {
        match item.digests.iter().find(|measured| measured.algorithm() == algorithm) {
            Some(measured) if measured.as_bytes() == expected => agreed = Some(Ok(())),
            Some(measured) => {
                let expected = Digest::from_bytes(algorithm, expected).ok()?;
                return Some(Err((*measured, expected)));
            }
            None => {}
        }
    }
    agreed
}

fn no_digest(item: &ItemReference<'_>) -> String {
    if item.weak_algorithms.is_empty() {
        "the item carries no digest of its bytes; expected a digest of SHA-2, SHA-3, BLAKE2b or BLAKE3".into()
    } else {
        format!(
            "the item carries only {}, which proves nothing; expected a digest of SHA-2, SHA-3, BLAKE2b or BLAKE3",
            item.weak_algorithms.join(", ")
        )
    }
}

fn no_common(entry: &Entry<'_>) -> String {
    let published: Vec<&str> =
        entry.digests().map(|digest| digest.algorithm().cyclonedx()).collect();
    if published.is_empty() {
        "the published list has only digests for this item that prove nothing".into()
    } else {
        format!("the published list has only {} for this item", published.join(", "))
    }
}
