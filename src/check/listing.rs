//! How an item stands to the BOM. Looked up once, read by the three item checks.

use crate::bom::{Bom, Entry};
use crate::digest::Digest;
use crate::policy::NamePolicy;
use crate::submission::ItemReference;

/// How an item stands to the BOM.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Listing {
    /// Listed under its name with another digest.
    Altered {
        /// What was shown.
        measured: Digest,
        /// What was published.
        expected: Digest,
    },
    /// Listed, with the digest that was shown.
    Listed,
    /// Listed, but nothing strong can be compared; says why.
    Uncomparable(String),
    /// Not listed.
    Unlisted,
}

impl Listing {
    pub(crate) fn of(item: &ItemReference<'_>, bom: &Bom, names: NamePolicy) -> Self {
        if item.digests.is_empty() {
            return Self::Uncomparable(no_digest(item));
        }
        let name = item.name();
        let mut altered = None;
        let mut uncomparable = None;
        let mut named = false;
        for entry in bom.find(name) {
            named = true;
            match compare(item, &entry) {
                Some(Ok(())) => return Self::Listed,
                Some(Err((measured, expected))) => {
                    altered.get_or_insert(Self::Altered { measured, expected });
                }
                None => {
                    uncomparable.get_or_insert_with(|| Self::Uncomparable(no_common(&entry)));
                }
            }
        }
        let by_digest = || item.digests.iter().any(|digest| bom.contains(digest));
        match altered.or(uncomparable) {
            Some(listing) => listing,
            None if !named && names == NamePolicy::Optional && by_digest() => Self::Listed,
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
        "the item carries no digest of its bytes; expected sha256, sha384 or sha512".into()
    } else {
        format!(
            "the item carries only {}, which proves nothing; expected sha256, sha384 or sha512",
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
