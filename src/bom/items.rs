//! The items of a BOM in memory: one block of bytes, so that what a lookup needs of an item lies
//! together. A lookup costs its time in waiting for memory, not in comparing.

use crate::digest::{Algorithm, Digest};

use super::hashes::WeakSet;

/// Records one after the other: a header of [`HEADER_BYTES`], the digests (the position in
/// [`Algorithm::ALL`], then the value), the name, and the bom-ref unless that is the same as the name.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Items {
    bytes: Vec<u8>,
    count: usize,
}

/// What a component is to the data set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Name and bom-ref lengths (4 bytes each, little-endian), weak algorithms (2), role (1), number of
/// digests (1).
const HEADER_BYTES: usize = 12;

/// In place of the length of a bom-ref: there is none.
const NO_BOM_REF: u32 = u32::MAX;
/// In place of the length of a bom-ref: it is the same text as the name.
const SAME_AS_NAME: u32 = u32::MAX - 1;

impl Items {
    /// Adds a component. Fails when the block would grow beyond 4 GiB.
    pub(super) fn push(&mut self, item: &NewItem<'_>) -> Result<(), String> {
        let fits = |length: usize| {
            u32::try_from(length)
                .ok()
                .filter(|&length| length < SAME_AS_NAME)
                .ok_or_else(|| "expected at most 4 GiB of names and digests".to_owned())
        };
        fits(self.bytes.len())?;
        let name_bytes = fits(item.name.len())?;
        let own_bom_ref = item.bom_ref.filter(|bom_ref| *bom_ref != item.name);
        let bom_ref_bytes = match (item.bom_ref, own_bom_ref) {
            (None, _) => NO_BOM_REF,
            (Some(_), None) => SAME_AS_NAME,
            (Some(_), Some(own)) => fits(own.len())?,
        };
        let digest_count = u8::try_from(item.digests.len())
            .map_err(|_| "expected at most 255 digests of one component".to_owned())?;
        self.bytes.extend_from_slice(&name_bytes.to_le_bytes());
        self.bytes.extend_from_slice(&bom_ref_bytes.to_le_bytes());
        self.bytes.extend_from_slice(&item.weak.to_bits().to_le_bytes());
        self.bytes.extend_from_slice(&[item.role.to_bits(), digest_count]);
        for digest in item.digests {
            self.bytes.push(tag(digest.algorithm()));
            self.bytes.extend_from_slice(digest.as_bytes());
        }
        self.bytes.extend_from_slice(item.name.as_bytes());
        self.bytes.extend_from_slice(own_bom_ref.unwrap_or_default().as_bytes());
        self.count += 1;
        Ok(())
    }

    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// The record at an offset, as given by [`Records`].
    pub(super) fn record(&self, offset: u32) -> Option<Record<'_>> {
        let bytes = self.bytes.get(usize::try_from(offset).ok()?..)?;
        let (header, rest) = bytes.split_first_chunk::<HEADER_BYTES>()?;
        let [n0, n1, n2, n3, r0, r1, r2, r3, w0, w1, role, digest_count] = *header;
        Some(Record {
            rest,
            name_bytes: u32::from_le_bytes([n0, n1, n2, n3]),
            bom_ref_bytes: u32::from_le_bytes([r0, r1, r2, r3]),
            weak: WeakSet::from_bits(u16::from_le_bytes([w0, w1])),
            role: Role::from_bits(role),
            digest_count,
        })
    }

    /// All records with their offsets, in the order in which they were added.
    pub(super) fn records(&self) -> Records<'_> {
        Records { items: self, offset: 0 }
    }
}

/// See [`Items::records`].
#[derive(Clone)]
pub(super) struct Records<'a> {
    items: &'a Items,
    offset: u32,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u32, Record<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.items.record(self.offset)?;
        let offset = self.offset;
        self.offset = offset.checked_add(u32::try_from(record.total_bytes()).ok()?)?;
        Some((offset, record))
    }
}

/// One component of [`Items`].
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    /// The digests and all that follows.
    rest: &'a [u8],
    name_bytes: u32,
    bom_ref_bytes: u32,
    weak: WeakSet,
    role: Role,
    digest_count: u8,
}

impl<'a> Record<'a> {
    pub(super) fn role(&self) -> Role {
        self.role
    }

    pub(super) fn weak(&self) -> WeakSet {
        self.weak
    }

    pub(super) fn digests(&self) -> Digests<'a> {
        Digests { rest: self.rest, left: self.digest_count }
    }

    /// The name, as the bytes of its UTF-8.
    pub(super) fn name(&self) -> &'a [u8] {
        let text = self.text();
        text.get(..as_usize(self.name_bytes)).unwrap_or(text)
    }

    pub(super) fn bom_ref(&self) -> Option<&'a [u8]> {
        match self.bom_ref_bytes {
            NO_BOM_REF => None,
            SAME_AS_NAME => Some(self.name()),
            _ => self.own_bom_ref(),
        }
    }

    /// The bom-ref, unless it is the same text as the name.
    pub(super) fn own_bom_ref(&self) -> Option<&'a [u8]> {
        if self.bom_ref_bytes >= SAME_AS_NAME {
            return None;
        }
        let after_name = self.text().get(as_usize(self.name_bytes)..)?;
        after_name.get(..as_usize(self.bom_ref_bytes))
    }

    fn text(&self) -> &'a [u8] {
        let mut digests = self.digests();
        digests.by_ref().for_each(drop);
        digests.rest
    }

    fn total_bytes(&self) -> usize {
        let digests = self.rest.len() - self.text().len();
        let own_bom_ref = self.own_bom_ref().map_or(0, <[u8]>::len);
        HEADER_BYTES + digests + as_usize(self.name_bytes) + own_bom_ref
    }
}

/// The digests of one record.
#[derive(Clone)]
pub(super) struct Digests<'a> {
    rest: &'a [u8],
    left: u8,
}

impl<'a> Iterator for Digests<'a> {
    /// The position in [`Algorithm::ALL`] and the value.
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (&tag, rest) = self.rest.split_first()?;
        let (value, rest) = rest.split_at_checked(algorithm(tag)?.digest_bytes())?;
        self.rest = rest;
        Some((tag, value))
    }
}

impl Role {
    fn to_bits(self) -> u8 {
        u8::from(self.is_item) | u8::from(self.holds_items) << 1 | u8::from(self.is_outermost) << 2
    }

    fn from_bits(bits: u8) -> Self {
        Self { is_item: bits & 1 != 0, holds_items: bits & 2 != 0, is_outermost: bits & 4 != 0 }
    }
}

/// The position of an algorithm in [`Algorithm::ALL`].
pub(super) fn tag(algorithm: Algorithm) -> u8 {
    let known = Algorithm::ALL.into_iter().zip(0..).find(|(known, _)| *known == algorithm);
    known.map_or(u8::MAX, |(_, tag)| tag)
}

/// The algorithm at a position in [`Algorithm::ALL`].
pub(super) fn algorithm(tag: u8) -> Option<Algorithm> {
    Algorithm::ALL.get(usize::from(tag)).copied()
}

fn as_usize(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
