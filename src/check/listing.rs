//! How an item stands to the BOM. Looked up once, read by the three item checks.

use std::borrow::Cow;

use crate::bom::shards::{Lookup, Read, Shards};
use crate::bom::{Bom, Entry};
use crate::digest::Digest;
use crate::error::Error;
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
    /// Nobody can say as things are; says why.
    Unchecked(&'static str),
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
    pub(crate) name: Cow<'b, str>,
    /// The name; with the bom-ref or the digest where several items have that name, or may have it.
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
        Self { name: Cow::Borrowed(name), key }
    }

    /// As an index knows an item: by its digest, with the name where the index binds it.
    fn in_index(name: &str, digest: &Digest, index: &Shards) -> Self {
        let mut key = digest.to_string();
        let mut known_as = key.clone();
        if index.binds_names() {
            name.clone_into(&mut known_as);
            key.insert(0, ' ');
            key.insert_str(0, name);
        }
        Self { name: Cow::Owned(known_as), key: Cow::Owned(key) }
    }
}

impl<'b> Listing<'b> {
    pub(crate) fn of(item: &ItemReference<'_>, bom: &'b Bom, names: NamePolicy) -> Self {
        if item.digests.is_empty() {
            return Self::Uncomparable(no_digest(item));
        }
        if bom.index().is_some() {
            return Self::in_index(item, bom.shards(), names);
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

    fn in_index(item: &ItemReference<'_>, index: Option<&Shards>, names: NamePolicy) -> Self {
        let Some(index) = index else {
            return Self::Unchecked("the index of the published list is not loaded");
        };
        if names == NamePolicy::Required && !index.binds_names() {
            return Self::Unchecked(
                "names are required, and the index of the published list does not hold them",
            );
        }
        let Some((digest, key)) = key(item, index) else {
            let why = "the published list has only sha256, and the item carries another digest";
            return Self::Uncomparable(why.into());
        };
        let listed = || Self::Listed(Published::in_index(item.name(), digest, index));
        match index.look_up(&key) {
            Lookup::Listed => listed(),
            Lookup::Absent => Self::Unlisted,
            Lookup::NotLoaded(_) if is_proven(item, &key, index) => listed(),
            Lookup::NotLoaded(_) => {
                Self::Unchecked("the part of the published list that this item is in is not loaded")
            }
        }
    }
}

/// What the host is to read from the index before it asks about this item; nothing when the answer is
/// there, or when there is nothing to ask.
pub(crate) fn wanted(item: &ItemReference<'_>, index: &mut Shards) -> Option<Read> {
    let (_, key) = key(item, index)?;
    if is_proven(item, &key, index) { None } else { index.wanted(&key) }
}

/// Where the index would list this item.
pub(crate) fn locate(item: &ItemReference<'_>, index: &Shards) -> Option<Read> {
    key(item, index).map(|(_, key)| index.locate(&key))
}

/// The proof that the index lists this item, in Base64, from what was read where it would be.
pub(crate) fn prove(
    item: &ItemReference<'_>,
    index: &Shards,
    read: &[u8],
) -> Result<Option<String>, Error> {
    match key(item, index) {
        Some((_, key)) => index.prove_as_text(&key, read),
        None => Ok(None),
    }
}

fn key<'i>(item: &'i ItemReference<'_>, index: &Shards) -> Option<(&'i Digest, [u8; 32])> {
    let form = index.manifest().key;
    item.digests.iter().find_map(|digest| Some((digest, form.key(item.name(), digest)?)))
}

fn is_proven(item: &ItemReference<'_>, key: &[u8; 32], index: &Shards) -> bool {
    item.proof.as_ref().is_some_and(|proof| index.is_proven_by_text(key, proof))
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
