//! The items of a BOM in memory: records in blocks of bytes, so that what a lookup needs of an item
//! lies together. A lookup costs its time in waiting for memory, not in comparing.

use crate::digest::{Algorithm, Digest};

use super::hashes::WeakSet;

/// Records one after the other in blocks, none across two of them: a header of [`HEADER_BYTES`], the digests (the position in
/// [`Algorithm::ALL`], then the value), the name, and the bom-ref unless that is the same as the name.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Items {
    blocks: Vec<Vec<u8>>,
    /// How many blocks before these were taken away.
    taken: usize,
    counts: Counts,
}

/// How many there are, counted as they come in: to go over all records once more is dear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) records: usize,
    /// Records that are items.
    pub(super) items: usize,
    /// Items without a digest that proves anything.
    pub(super) weak_only: usize,
    /// Digests of all records.
    pub(super) digests: usize,
    /// Bom-refs that are another text than the name.
    pub(super) own_bom_refs: usize,
}

impl Counts {
    fn add(&mut self, record: &Record<'_>) {
        let is_item = record.role().is_item;
        self.records += 1;
        self.items += usize::from(is_item);
        self.weak_only += usize::from(is_item && record.digest_count == 0);
        self.digests += usize::from(record.digest_count);
        self.own_bom_refs += usize::from(record.own_bom_ref().is_some());
    }
}

/// A block holds as many records as fit into 2^18 bytes, 256 KiB; a longer record has its own. Blocks
/// never move, so that reading needs no second copy of what is there: one vector that doubles takes
/// three times the memory in wasm, where holes are not given back.
const BLOCK_BITS: u32 = 18;
const BLOCK_BYTES: usize = 1 << BLOCK_BITS;
/// Most blocks: a place of a record has no bits for more.
pub(super) const MOST_BLOCKS: usize = 1 << (u32::BITS - BLOCK_BITS);

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
    /// Adds a component. Fails when there would be more than 2^14 blocks.
    pub(super) fn push(&mut self, item: &NewItem<'_>) -> Result<(), String> {
        let length = |text: &str| {
            let length = u32::try_from(text.len()).ok().filter(|&length| length < SAME_AS_NAME);
            length.ok_or_else(|| "expected a name of less than 4 GiB".to_owned())
        };
        let own_bom_ref = item.bom_ref.filter(|bom_ref| *bom_ref != item.name);
        let name_bytes = length(item.name)?;
        let bom_ref_bytes = match (item.bom_ref, own_bom_ref) {
            (None, _) => NO_BOM_REF,
            (Some(_), None) => SAME_AS_NAME,
            (Some(_), Some(own)) => length(own)?,
        };
        let digest_count = u8::try_from(item.digests.len())
            .map_err(|_| "expected at most 255 digests of one component".to_owned())?;
        let digest_bytes: usize =
            item.digests.iter().map(|digest| 1 + digest.as_bytes().len()).sum();
        let text_bytes = item.name.len() + own_bom_ref.map_or(0, str::len);
        let block = self.block_with_room(HEADER_BYTES + digest_bytes + text_bytes)?;
        block.extend_from_slice(&name_bytes.to_le_bytes());
        block.extend_from_slice(&bom_ref_bytes.to_le_bytes());
        block.extend_from_slice(&item.weak.to_bits().to_le_bytes());
        block.extend_from_slice(&[item.role.to_bits(), digest_count]);
        for digest in item.digests {
            block.push(tag(digest.algorithm()));
            block.extend_from_slice(digest.as_bytes());
        }
        block.extend_from_slice(item.name.as_bytes());
        block.extend_from_slice(own_bom_ref.unwrap_or_default().as_bytes());
        let counts = &mut self.counts;
        counts.records += 1;
        counts.items += usize::from(item.role.is_item);
        counts.weak_only += usize::from(item.role.is_item && item.digests.is_empty());
        counts.digests += item.digests.len();
        counts.own_bom_refs += usize::from(own_bom_ref.is_some());
        Ok(())
    }

    fn block_with_room(&mut self, bytes: usize) -> Result<&mut Vec<u8>, String> {
        let has_room = |block: &Vec<u8>| block.len() + bytes <= BLOCK_BYTES;
        if !self.blocks.last().is_some_and(has_room) {
            let before = self.taken + self.blocks.len();
            if before >= MOST_BLOCKS {
                return Err("expected at most 4 GiB of names and digests".to_owned());
            }
            // The first one grows, so that a small BOM stays small.
            let room = if before == 0 { bytes } else { bytes.max(BLOCK_BYTES) };
            self.blocks.push(Vec::with_capacity(room));
        }
        self.blocks.last_mut().ok_or_else(String::new)
    }

    /// Items of blocks that another [`Items`] gave away, all of them in their order.
    pub(super) fn from_blocks(blocks: Vec<Vec<u8>>, counts: Counts) -> Self {
        Self { blocks, taken: 0, counts }
    }

    /// Whether the blocks hold what the counts say, record after record to their very ends.
    pub(super) fn is_whole(&self) -> bool {
        let mut counts = Counts::default();
        let mut bytes = 0;
        for (_, record) in self.records() {
            bytes += record.total_bytes();
            counts.add(&record);
        }
        self.blocks.len() <= MOST_BLOCKS
            && bytes == self.blocks.iter().map(Vec::len).sum::<usize>()
            && counts == self.counts
    }

    /// Gives away the first block that is left, unless records may still be added to it. From then on there is
    /// nothing to be looked up here.
    pub(super) fn take_full_block(&mut self) -> Option<Vec<u8>> {
        (self.blocks.len() > 1).then(|| self.take_block()).flatten()
    }

    /// Gives away the first block that is left.
    pub(super) fn take_block(&mut self) -> Option<Vec<u8>> {
        if self.blocks.is_empty() {
            return None;
        }
        self.taken += 1;
        Some(self.blocks.remove(0))
    }

    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.counts.records
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Gives back what the last block does not need.
    pub(super) fn shrink(&mut self) {
        if let Some(block) = self.blocks.last_mut() {
            block.shrink_to_fit();
        }
    }

    /// The record at a place given by [`Records`]: the number of its block, and in the lowest
    /// [`BLOCK_BITS`] where it starts.
    #[inline]
    pub(super) fn record(&self, place: u32) -> Option<Record<'_>> {
        let block = self.blocks.get(as_usize(place >> BLOCK_BITS))?;
        let bytes = block.get(as_usize(place) % BLOCK_BYTES..)?;
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

    /// All records with their places, in the order in which they were added.
    pub(super) fn records(&self) -> Records<'_> {
        Records { items: self, block: 0, start: 0 }
    }
}

/// See [`Items::records`].
#[derive(Clone)]
pub(super) struct Records<'a> {
    items: &'a Items,
    block: usize,
    start: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u32, Record<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.start >= self.items.blocks.get(self.block)?.len() {
            self.block += 1;
            self.start = 0;
        }
        let place = u32::try_from(self.block << BLOCK_BITS | self.start).ok()?;
        let record = self.items.record(place)?;
        self.start += record.total_bytes();
        Some((place, record))
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

    #[inline]
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

    #[inline]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_every_size_come_back_in_order() {
        let mut items = Items::default();
        let long = "x".repeat(3 * BLOCK_BYTES);
        let medium = "y".repeat(BLOCK_BYTES / 2 - HEADER_BYTES);
        let shorter = medium.strip_suffix('y').unwrap();
        let names = ["a", &medium, &medium, &long, "b", &medium, shorter, "c", &long, &long];
        for name in names {
            let role = Role { is_item: true, ..Role::default() };
            let (weak, digests) = (WeakSet::default(), [].as_slice());
            items.push(&NewItem { name, bom_ref: None, digests, weak, role }).unwrap();
        }
        assert_eq!(items.len(), names.len());
        let read: Vec<&[u8]> = items.records().map(|(_, record)| record.name()).collect();
        assert!(
            read.iter().eq(names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>().iter())
        );
        for ((place, _), name) in items.records().zip(names) {
            assert!(items.record(place).unwrap().name() == name.as_bytes());
        }
    }
}
