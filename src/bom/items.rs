//! The items of a BOM in memory: fixed-size records, one arena of text, one of digests.

use crate::digest::{Algorithm, Digest};

use super::hashes::WeakSet;

#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Items {
    records: Vec<Record>,
    /// The name of every record, followed by its bom-ref unless that is the same.
    text: String,
    /// The digests of every record: the position in [`Algorithm::ALL`], then the value.
    digests: Vec<u8>,
}

/// A component that is an item, or holds items, or both.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Record {
    text_start: u32,
    name_bytes: u32,
    bom_ref: BomRef,
    digests_start: u32,
    weak: WeakSet,
    role: Role,
}

/// A name may have no bytes, a bom-ref that differs from the name at least one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BomRef {
    None,
    Own { bytes: u32 },
    SameAsName,
}

/// What a component is to the data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// It has hashes, or is a file without parts.
    pub(super) is_item: bool,
    /// Items are somewhere below it.
    pub(super) holds_items: bool,
    /// No component is around it.
    pub(super) is_outermost: bool,
}

/// A component as it was read.
pub(super) struct NewItem<'a> {
    pub(super) name: &'a str,
    pub(super) bom_ref: Option<&'a str>,
    pub(super) digests: &'a [Digest],
    pub(super) weak: WeakSet,
    pub(super) role: Role,
}

impl Items {
    /// Adds a component. Fails only when the arenas would grow beyond 4 GiB, or the records
    /// beyond 2^31.
    pub(super) fn push(&mut self, item: &NewItem<'_>) -> Result<(), String> {
        let offset = |length: usize| {
            u32::try_from(length)
                .map_err(|_| "expected at most 4 GiB of names and digests".to_owned())
        };
        // INVARIANT: twice the number of a record, plus 1, fits in 32 bits; the index of names needs it.
        offset(self.records.len().saturating_mul(2).saturating_add(1))?;
        let bom_ref = match item.bom_ref {
            None => BomRef::None,
            Some(bom_ref) if bom_ref == item.name => BomRef::SameAsName,
            Some(bom_ref) => BomRef::Own { bytes: offset(bom_ref.len())? },
        };
        self.records.push(Record {
            text_start: offset(self.text.len())?,
            name_bytes: offset(item.name.len())?,
            bom_ref,
            digests_start: offset(self.digests.len())?,
            weak: item.weak,
            role: item.role,
        });
        self.text.push_str(item.name);
        if let (BomRef::Own { .. }, Some(own)) = (bom_ref, item.bom_ref) {
            self.text.push_str(own);
        }
        for digest in item.digests {
            self.digests.push(tag(digest.algorithm()));
            self.digests.extend_from_slice(digest.as_bytes());
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn shrink(&mut self) {
        self.records.shrink_to_fit();
        self.text.shrink_to_fit();
        self.digests.shrink_to_fit();
    }

    pub(super) fn name(&self, at: usize) -> &str {
        let Some(record) = self.records.get(at) else { return "" };
        self.text_at(record.text_start, record.name_bytes)
    }

    pub(super) fn bom_ref(&self, at: usize) -> Option<&str> {
        let record = self.records.get(at)?;
        match record.bom_ref {
            BomRef::None => None,
            BomRef::Own { bytes } => {
                Some(self.text_at(record.text_start.checked_add(record.name_bytes)?, bytes))
            }
            BomRef::SameAsName => Some(self.name(at)),
        }
    }

    /// The bom-ref, unless it is the same text as the name.
    pub(super) fn own_bom_ref(&self, at: usize) -> Option<&str> {
        let record = self.records.get(at)?;
        matches!(record.bom_ref, BomRef::Own { .. }).then(|| self.bom_ref(at)).flatten()
    }

    pub(super) fn role(&self, at: usize) -> Role {
        let none = Role { is_item: false, holds_items: false, is_outermost: false };
        self.records.get(at).map_or(none, |record| record.role)
    }

    pub(super) fn weak(&self, at: usize) -> WeakSet {
        self.records.get(at).map_or_else(WeakSet::default, |record| record.weak)
    }

    /// The digests of one record.
    pub(super) fn digests(&self, at: usize) -> Digests<'_> {
        let start = self.records.get(at).map_or(u32::MAX, |record| record.digests_start);
        let end = self
            .records
            .get(at + 1)
            .map_or(self.digests.len(), |next| as_usize(next.digests_start));
        Digests { bytes: self.digests.get(as_usize(start)..end).unwrap_or_default() }
    }

    /// Where each digest of all records starts in the arena, with its value.
    pub(super) fn digest_offsets(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let mut rest = Digests { bytes: &self.digests };
        std::iter::from_fn(move || {
            let offset = self.digests.len() - rest.bytes.len();
            let (_, value) = rest.next()?;
            Some((u32::try_from(offset).ok()?, value))
        })
    }

    /// The digest at an offset, as the position of its algorithm and its value.
    pub(super) fn digest_at(&self, offset: u32) -> Option<(u8, &[u8])> {
        let bytes = self.digests.get(as_usize(offset)..)?;
        Digests { bytes }.next()
    }

    /// The record that holds the digest at an offset.
    pub(super) fn record_of_digest(&self, offset: u32) -> usize {
        self.records.partition_point(|record| record.digests_start <= offset).saturating_sub(1)
    }

    fn text_at(&self, start: u32, bytes: u32) -> &str {
        let start = as_usize(start);
        self.text.get(start..start.saturating_add(as_usize(bytes))).unwrap_or_default()
    }
}

/// Digests one after the other.
#[derive(Clone)]
pub(super) struct Digests<'a> {
    bytes: &'a [u8],
}

impl<'a> Iterator for Digests<'a> {
    /// The position in [`Algorithm::ALL`] and the value.
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&tag, rest) = self.bytes.split_first()?;
        let (value, rest) = rest.split_at_checked(algorithm(tag)?.digest_bytes())?;
        self.bytes = rest;
        Some((tag, value))
    }
}

/// The position of an algorithm in [`Algorithm::ALL`].
pub(super) fn tag(algorithm: Algorithm) -> u8 {
    Algorithm::ALL
        .into_iter()
        .zip(0..)
        .find(|(known, _)| *known == algorithm)
        .map_or(u8::MAX, |(_, tag)| tag)
}

pub(super) fn algorithm(tag: u8) -> Option<Algorithm> {
    Algorithm::ALL.get(usize::from(tag)).copied()
}

fn as_usize(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
