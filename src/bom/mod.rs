//! The published ML-BOM: which items a data set has, and what their bytes hash to.
//!
//! Reads CycloneDX 1.5, 1.6 and 1.7 JSON as a stream into an index of some 90 bytes an item, and
//! [builds](BomBuilder) such BOMs. Part of the instruments: useful alone, knows nothing of gates or
//! policies.
//!
//! ```
//! use labelgate::bom::Bom;
//! use labelgate::digest::{Algorithm, Hasher};
//!
//! let bom = Bom::from_slice(br#"{
//!   "bomFormat": "CycloneDX", "specVersion": "1.7",
//!   "components": [{"type": "data", "bom-ref": "pets", "name": "pets", "components": [
//!     {"type": "file", "name": "empty.png", "hashes": [{"alg": "SHA-256", "content":
//!       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}
//!   ]}],
//!   "compositions": [{"aggregate": "complete", "assemblies": ["pets"]}]
//! }"#)?;
//! let measured = Hasher::new(Algorithm::Sha256).finish();
//! assert!(bom.find("empty.png").any(|entry| entry.lists(&measured)));
//! assert!(bom.is_complete() && bom.find("other.png").next().is_none());
//! # Ok::<(), labelgate::Error>(())
//! ```
//!
//! # What is an item
//!
//! A component at any depth under `components` or `metadata.component` that carries a hash, in its
//! `hashes` or in those of one of its `externalReferences` (of any type: the references of a component
//! are other places of the same item). So is a component of type `file` without parts and without
//! hashes: it is listed, and nothing can prove its bytes. A data set with an
//! [index](IndexReference) of its items has them there. Components elsewhere (`pedigree`,
//! `formulation`, `metadata.tools`, `vulnerabilities`) are not part of the data set.
//!
//! # What is refused
//!
//! Besides broken JSON (see [`crate::json`]) and what goes beyond the [limits](BomLimits):
//!
//! - every version of CycloneDX but 1.5, 1.6 and 1.7;
//! - a hash that cannot be one: an algorithm that CycloneDX does not name, a value that is not
//!   hexadecimal or has not the length of its algorithm. The schema of CycloneDX allows each of five
//!   lengths for every algorithm, so a BOM can be valid there and refused here: an MD5 under the name
//!   of SHA-256 is a broken tool or a trick, and dropping it silently would turn "altered" into
//!   "unlisted";
//! - two values of one strong algorithm in the same `hashes`;
//! - one bom-ref for two components that are items or hold items;
//! - an item whose bom-ref is the name of another item, because either could then stand for the other;
//! - two item indexes, or an index beside items, or one without SHA-256, bom-ref and relative url;
//! - a value of the wrong JSON type where we read, a hash without `alg` or `content`, an item without
//!   `name`, a composition without `aggregate`.
//!
//! Nothing else of the schema is checked: a BOM that is read is not thereby valid CycloneDX.

mod backing;
mod build;
mod canonical;
mod comparison;
mod completeness;
mod document;
mod flat;
mod hashes;
mod index;
mod items;
mod limits;
mod loader;
mod parts;
mod reader;
mod reference;
mod seen;
pub mod shards;
mod source;
mod trust;

use std::cmp::Ordering;
use std::fmt;

use crate::digest::{Algorithm, Digest};
use crate::error::{Error, ErrorCode};
use crate::fingerprint;
use crate::json::Writer;

use index::{Key, PrefixIndex};
use items::{Items, Record};
use parts::Parts;
use shards::Shards;

pub use backing::{Backing, BackingRefusal};
pub use build::{BomBuilder, BomDetails, BomIdentity, DataSet, SourceBom, Workflow};
pub use canonical::Canonical;
pub use comparison::{Compared, Comparison, Difference, Standing};
pub use limits::BomLimits;
pub use loader::{BomLoader, LoadedBom, PAYLOAD_TYPE};
pub use parts::{Handover, Received};
pub use reader::BomReader;
pub use reference::IndexReference;
pub use seen::{Publication, Rollback, Seen};
pub use source::{LeftOut, Manifest, ManifestFormat, ManifestItem};
pub use trust::{CheckpointSettings, TrustSettings};

/// A summary of a BOM, if there is one, and of what stands behind it: one JSON object.
#[cfg(all(target_arch = "wasm32", not(any(feature = "crowd", feature = "more"))))]
pub(crate) fn summary(bom: Option<&Bom>, backing: &Backing) -> Vec<u8> {
    bom.map_or_else(|| backing.to_json(), |bom| bom.summary().with_backing(backing).to_json())
}

/// The index of a published data set: items by name, by bom-ref and by digest.
///
/// Lookups take a logarithmic number of steps for any BOM, also for one that was made to be slow.
#[derive(Clone, PartialEq, Eq)]
pub struct Bom {
    header: Header,
    is_complete: bool,
    items: Items,
    /// The name (thing 0 of a record) and the bom-ref (thing 1).
    names: PrefixIndex,
    /// The digests of a record by their number.
    digests: PrefixIndex,
    shards: Option<Box<Shards>>,
}

/// What a BOM says of itself.
#[derive(Clone, PartialEq, Eq)]
struct Header {
    digest: Digest,
    index: Option<Box<IndexReference>>,
    serial_number: Option<String>,
    spec_version: SpecVersion,
    version: u64,
}

/// A version of CycloneDX that labelgate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SpecVersion {
    /// 1.5, of June 2023: the first with data sets.
    V1_5,
    /// 1.6, of April 2024.
    V1_6,
    /// 1.7, of October 2025.
    V1_7,
}

impl SpecVersion {
    /// As written in `specVersion`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_5 => "1.5",
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::V1_5, Self::V1_6, Self::V1_7].into_iter().find(|version| version.as_str() == name)
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| {
            format!("expected CycloneDX 1.5, 1.6 or 1.7, found {}", reader::quoted(text))
        })
    }
}

/// What a user sees of a BOM after it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BomSummary {
    /// Number of items.
    pub items: usize,
    /// How many of them have no digest that proves anything.
    pub weak_only: usize,
    /// Version of CycloneDX.
    pub spec_version: &'static str,
    /// `urn:uuid:...`, when the BOM has one.
    pub serial_number: Option<String>,
    /// Version of this BOM under its serial number, from 1.
    pub version: u64,
    /// Whether the BOM claims to list every item.
    pub complete: bool,
    /// SHA-256 of the document as it was read: `sha256:<hexadecimal>`.
    pub digest: String,
    /// What stands behind it, when somebody looked.
    pub backing: Option<Backing>,
}

impl BomSummary {
    /// The same, with what stands behind the BOM.
    #[must_use]
    pub fn with_backing(self, backing: &Backing) -> Self {
        Self { backing: Some(backing.clone()), ..self }
    }

    /// One JSON object, members in the order of the type.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        writer.open_object();
        writer.integer_member("items", count(self.items));
        writer.integer_member("weak_only", count(self.weak_only));
        writer.string_member("spec_version", self.spec_version);
        if let Some(serial_number) = &self.serial_number {
            writer.string_member("serial_number", serial_number);
        }
        writer.integer_member("version", i64::try_from(self.version).unwrap_or(i64::MAX));
        writer.name("complete");
        writer.boolean(self.complete);
        writer.string_member("digest", &self.digest);
        if let Some(backing) = &self.backing {
            backing.write_members(&mut writer);
        }
        writer.close_object();
        writer.into_bytes()
    }
}

impl Bom {
    /// Reads a BOM that is in memory, with the default [limits](BomLimits).
    ///
    /// # Errors
    /// As [`BomReader`].
    pub fn from_slice(document: &[u8]) -> Result<Self, Error> {
        let mut reader = BomReader::new(BomLimits::default());
        reader.push(document)?;
        reader.finish()
    }

    /// All items whose name or bom-ref is `name`, byte for byte.
    ///
    /// Names need not be unique, so that all candidates are given: one item must not stand for
    /// another. Takes a logarithmic number of steps, and one for each candidate.
    pub fn find(&self, name: &str) -> impl Iterator<Item = Entry<'_>> + Clone {
        self.name_keys(name)
            .iter()
            .filter_map(|key| self.items.record(key.record))
            .filter(|record| record.role().is_item)
            .map(|record| Entry { record })
    }

    /// All items that list this digest.
    pub fn find_digest(&self, digest: &Digest) -> impl Iterator<Item = Entry<'_>> + Clone {
        let keys = self.digest_keys(digest).iter();
        keys.filter_map(|key| self.items.record(key.record)).map(|record| Entry { record })
    }

    /// Whether any item lists this digest.
    #[must_use]
    pub fn contains(&self, digest: &Digest) -> bool {
        !self.digest_keys(digest).is_empty()
    }

    /// All items, in the order in which their components end in the document.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> + Clone {
        let records = self.items.records().map(|(_, record)| record);
        records.filter(|record| record.role().is_item).map(|record| Entry { record })
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.counts().items
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the BOM claims to list every item, so that "not listed" is a proof.
    ///
    /// True when there are items and
    ///
    /// - every outermost component that holds items is in the `assemblies` of a composition whose
    ///   aggregate is `complete`;
    /// - for every item that is itself outermost, it or `metadata.component` is in such `assemblies`;
    /// - no composition with any other aggregate names one of these components, or a component between
    ///   them and their items, in its `assemblies`.
    ///
    /// References do not cascade in CycloneDX. We let the outermost component speak for the folders
    /// inside it, because it names the data set, unless something is said against one of them.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The version of CycloneDX that the document says it follows.
    #[must_use]
    pub fn spec_version(&self) -> SpecVersion {
        self.header.spec_version
    }

    /// `urn:uuid:...`, when the BOM has one.
    #[must_use]
    pub fn serial_number(&self) -> Option<&str> {
        self.header.serial_number.as_deref()
    }

    /// The version of this BOM under its serial number, from 1; 1 when it says nothing.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.header.version
    }

    /// SHA-256 of the document as it was read.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.header.digest
    }

    /// Where the items are, when they are too many to be listed here: [`shards`]. Then there are none here.
    #[must_use]
    pub fn index(&self) -> Option<&IndexReference> {
        self.header.index.as_deref()
    }

    /// Opens the index that this BOM refers to, by the bytes of its manifest.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when the BOM refers to none, or to another.
    pub fn open_index(&mut self, manifest: &[u8]) -> Result<&mut Shards, Error> {
        let Some(reference) = &self.header.index else {
            return Err(Error::new(ErrorCode::Bom, "expected a BOM that refers to an item index"));
        };
        Ok(self.shards.insert(Box::new(Shards::of(reference, manifest)?)))
    }

    /// The index, once it was opened.
    #[must_use]
    pub fn shards(&self) -> Option<&Shards> {
        self.shards.as_deref()
    }

    /// The index, to load parts of it.
    pub fn shards_mut(&mut self) -> Option<&mut Shards> {
        self.shards.as_deref_mut()
    }

    /// The numbers for people.
    #[must_use]
    pub fn summary(&self) -> BomSummary {
        BomSummary {
            items: self.items.counts().items,
            weak_only: self.items.counts().weak_only,
            spec_version: self.spec_version().as_str(),
            serial_number: self.header.serial_number.clone(),
            version: self.version(),
            complete: self.is_complete(),
            digest: self.digest().to_string(),
            backing: None,
        }
    }

    /// Builds the index.
    fn of(parts: Parts) -> Result<Self, Error> {
        let Parts { header, completeness, items } = parts;
        let is_complete = completeness.covers(&items, header.index.is_some());
        let counts = items.counts();
        let mut names = Vec::with_capacity(counts.records + counts.own_bom_refs);
        let mut digests = Vec::with_capacity(counts.digests);
        for (place, record) in items.records() {
            names.push(Key::new(prefix_of_text(record.name()), place, 0));
            if let Some(bom_ref) = record.own_bom_ref() {
                names.push(Key::new(prefix_of_text(bom_ref), place, 1));
            }
            for ((_, value), nth) in record.digests().zip(0..) {
                digests.push(Key::new(prefix_of_digest(value), place, nth));
            }
        }
        let names = names_index(&items, names).map_err(|text| Error::new(ErrorCode::Bom, text))?;
        let compare = |a, b| key_digest(&items, a).cmp(&key_digest(&items, b));
        let digests = PrefixIndex::new(digests, &compare);
        Ok(Self { header, is_complete, items, names, digests, shards: None })
    }

    /// The names and bom-refs that are this text.
    fn name_keys(&self, name: &str) -> &[Key] {
        let text = name.as_bytes();
        let order = |key| by_length(key_text(&self.items, key), text);
        self.names.find(prefix_of_text(text), order)
    }

    fn digest_keys(&self, digest: &Digest) -> &[Key] {
        let value = digest.as_bytes();
        let wanted = Some((items::tag(digest.algorithm()), value));
        self.digests.find(prefix_of_digest(value), |key| key_digest(&self.items, key).cmp(&wanted))
    }
}

/// The summary, not the items.
impl fmt::Debug for Bom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.summary(), f)
    }
}

/// One item of a [`Bom`].
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    record: Record<'a>,
}

impl<'a> Entry<'a> {
    /// The name of the component; unlike a bom-ref, other items may have the same.
    #[must_use]
    pub fn name(&self) -> &'a str {
        as_text(self.record.name())
    }

    /// The bom-ref of the component: no other item has it.
    #[must_use]
    pub fn bom_ref(&self) -> Option<&'a str> {
        self.record.bom_ref().map(as_text)
    }

    /// The strong digests of the item, each once, in the order of the document.
    pub fn digests(&self) -> impl Iterator<Item = Digest> + Clone + use<'a> {
        self.values().filter_map(|(algorithm, value)| Digest::from_bytes(algorithm, value).ok())
    }

    /// [`Entry::digests`] without a copy of their bytes.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Algorithm, &'a [u8])> + Clone + use<'a> {
        let digests = self.record.digests();
        digests.filter_map(|(tag, value)| Some((items::algorithm(tag)?, value)))
    }

    /// Whether the item lists this digest.
    #[must_use]
    pub fn lists(&self, digest: &Digest) -> bool {
        let wanted = (items::tag(digest.algorithm()), digest.as_bytes());
        self.record.digests().any(|listed| listed == wanted)
    }

    /// Whether the item has no strong digest: only weak ones, or none at all.
    #[must_use]
    pub fn is_weak_only(&self) -> bool {
        self.record.digests().next().is_none()
    }

    /// The CycloneDX names of the algorithms that the item has a hash of and that prove nothing here.
    pub fn weak_algorithms(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.record.weak().names()
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name())
            .field("bom_ref", &self.bom_ref())
            .field("digests", &self.digests().collect::<Vec<_>>())
            .field("weak", &self.weak_algorithms().collect::<Vec<_>>())
            .finish()
    }
}

/// Indexes names and bom-refs, and refuses a bom-ref that two components have, or that is no name of its own item and
/// the name of another.
fn names_index(items: &Items, keys: Vec<Key>) -> Result<PrefixIndex, String> {
    let index = PrefixIndex::new(keys, &|a, b| {
        let texts = by_length(key_text(items, a), key_text(items, b));
        texts.then_with(|| (a.nth(), a.record).cmp(&(b.nth(), b.record)))
    });
    // Equal texts have equal prefixes, and few others do.
    for keys in index.keys().chunk_by(|a, b| a.prefix() == b.prefix()).filter(|keys| keys.len() > 1)
    {
        refuse_ambiguous(items, keys)?;
    }
    Ok(index)
}

/// Refuses bom-refs, among keys that are sorted by their text, that do not name one thing.
fn refuse_ambiguous(items: &Items, keys: &[Key]) -> Result<(), String> {
    let mut last_bom_ref: Option<&[u8]> = None;
    for key in keys.iter().filter(|key| is_bom_ref(items, **key)) {
        let bom_ref = key_text(items, *key);
        if last_bom_ref == Some(bom_ref) {
            let again = reader::quoted(as_text(bom_ref));
            return Err(format!("expected each bom-ref once, found {again} again"));
        }
        last_bom_ref = Some(bom_ref);
    }
    let is_item = |key: &&Key| items.record(key.record).is_some_and(|record| record.role().is_item);
    let mut last: Option<(&[u8], usize)> = None;
    // Of the keys with one text the names come first, because they are sorted so.
    for key in keys.iter().filter(is_item) {
        let text = key_text(items, *key);
        if key.nth() == 1 && last == Some((text, 0)) {
            let text = reader::quoted(as_text(text));
            return Err(format!(
                "expected an item whose bom-ref is not the name of another item, found {text}"
            ));
        }
        last = Some((text, key.nth()));
    }
    Ok(())
}

fn key_text(items: &Items, key: Key) -> &[u8] {
    let record = items.record(key.record);
    let text = record.and_then(|record| match key.nth() {
        0 => Some(record.name()),
        _ => record.bom_ref(),
    });
    text.unwrap_or_default()
}

/// Orders texts by their length and then by their bytes, eight at a time. Which order is all one, and
/// comparing byte by byte, as is done in wasm, is slow for names that begin alike.
fn by_length(a: &[u8], b: &[u8]) -> Ordering {
    let (a_eights, a_rest) = a.as_chunks::<8>();
    let (b_eights, b_rest) = b.as_chunks::<8>();
    a.len().cmp(&b.len()).then_with(|| {
        for (a, b) in a_eights.iter().zip(b_eights) {
            let (a, b) = (u64::from_le_bytes(*a), u64::from_le_bytes(*b));
            if a != b {
                return a.cmp(&b);
            }
        }
        a_rest.cmp(b_rest)
    })
}

/// Whether the key is a bom-ref, or a name that is also the bom-ref.
fn is_bom_ref(items: &Items, key: Key) -> bool {
    let is_also_bom_ref =
        |record: Record<'_>| record.bom_ref().is_some() && record.own_bom_ref().is_none();
    key.nth() == 1 || items.record(key.record).is_some_and(is_also_bom_ref)
}

fn key_digest(items: &Items, key: Key) -> Option<(u8, &[u8])> {
    items.record(key.record)?.digests().nth(key.nth())
}

/// Text that was UTF-8 when it was read.
fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn prefix_of_text(text: &[u8]) -> u32 {
    // Short texts are their own fingerprint: multiplying spreads them over the high bits.
    let print = fingerprint::of_text(text);
    let folded = (print ^ print >> 64).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    u32::try_from(folded >> 96).unwrap_or_default()
}

/// The first 32 bits, big-endian: digests need no further mixing.
fn prefix_of_digest(value: &[u8]) -> u32 {
    value.first_chunk().map_or(0, |head| u32::from_be_bytes(*head))
}

#[cfg(test)]
mod tests;
