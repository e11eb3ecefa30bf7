//! Where things lie: shards in files, rows in slots.

use std::cmp::Ordering;

use crate::merkle::Hash;

use super::Read;

/// Largest slot, in bytes: 64 KiB, eight times an honest one. Chosen.
pub const MAX_SLOT_BYTES: usize = 64 * 1024;
/// Most bits of a prefix: 2^24 shards, for 4 * 10^9 items.
pub(super) const MAX_PREFIX_BITS: u32 = 24;
/// Most slots in a file: all of them.
pub(super) const MAX_SLOTS_PER_FILE: u32 = 1 << MAX_PREFIX_BITS;
/// Number of keys (4 bytes) and root of their tree.
pub(super) const HEADER_BYTES: usize = 4 + HASH_BYTES;
const HASH_BYTES: usize = size_of::<Hash>();
/// Keys in a shard from which on twice as many shards are made, so that the mean is between this and
/// half of it: 238 for 10^9 items.
const MOST_MEAN_KEYS: u64 = 336;

/// The shape of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// From 0 to [`MAX_PREFIX_BITS`].
    pub(super) prefix_bits: u32,
    /// At most [`MAX_SLOT_BYTES`], and room for at least one key.
    pub(super) slot_bytes: usize,
    /// From 1 to [`MAX_SLOTS_PER_FILE`].
    pub(super) slots_per_file: u32,
}

impl Layout {
    /// Bits of prefix for so many keys.
    pub(super) fn bits_for(keys: u64) -> u32 {
        (0..MAX_PREFIX_BITS).find(|bits| keys >> bits <= MOST_MEAN_KEYS).unwrap_or(MAX_PREFIX_BITS)
    }

    /// Bytes of a slot with so many keys.
    pub(super) fn slot_bytes_for(prefix_bits: u32, keys: usize) -> usize {
        let row = HASH_BYTES - as_usize(prefix_bits / 8);
        HEADER_BYTES + as_usize(prefix_bits) * HASH_BYTES + keys * row
    }

    pub(super) fn is_valid(&self) -> bool {
        self.prefix_bits <= MAX_PREFIX_BITS
            && (1..=MAX_SLOTS_PER_FILE).contains(&self.slots_per_file)
            && self.slot_bytes <= MAX_SLOT_BYTES
            && self.slot_bytes >= Self::slot_bytes_for(self.prefix_bits, 1)
    }

    /// Number of shards: a power of two.
    pub(super) fn shards(&self) -> u32 {
        1 << self.prefix_bits
    }

    /// Bytes of a key that every row leaves out.
    pub(super) fn dropped_bytes(&self) -> usize {
        as_usize(self.prefix_bits / 8)
    }

    pub(super) fn row_bytes(&self) -> usize {
        HASH_BYTES - self.dropped_bytes()
    }

    /// Bytes of the path from a shard's entry to the root.
    pub(super) fn path_bytes(&self) -> usize {
        as_usize(self.prefix_bits) * HASH_BYTES
    }

    /// Most keys that a slot has room for.
    pub(super) fn capacity(&self) -> usize {
        (self.slot_bytes - HEADER_BYTES - self.path_bytes()) / self.row_bytes()
    }

    /// Most keys in all slots.
    pub(super) fn most_keys(&self) -> u64 {
        u64::try_from(self.capacity()).unwrap_or(u64::MAX).saturating_mul(self.shards().into())
    }

    pub(super) fn shard_of(&self, key: &Hash) -> u32 {
        let [a, b, c, d, ..] = *key;
        u32::from_be_bytes([a, b, c, d]).checked_shr(u32::BITS - self.prefix_bits).unwrap_or(0)
    }

    pub(super) fn read(&self, shard: u32) -> Read {
        Read {
            file: shard / self.slots_per_file,
            offset: u64::from(shard % self.slots_per_file)
                * u64::try_from(self.slot_bytes).unwrap_or(u64::MAX),
            length: self.slot_bytes,
            shard,
        }
    }

    /// The part of a key that its row has.
    pub(super) fn row_of<'k>(&self, key: &'k Hash) -> &'k [u8] {
        key.get(self.dropped_bytes()..).unwrap_or_default()
    }

    /// Which row the key is; none when it is none of them.
    pub(super) fn position(&self, rows: &[u8], key: &Hash) -> Option<usize> {
        let wanted = self.row_of(key);
        let width = self.row_bytes();
        let (mut low, mut high) = (0, rows.len() / width);
        while low < high {
            let middle = (low + high) / 2;
            let row = rows.get(middle * width..(middle + 1) * width)?;
            match row.cmp(wanted) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Whether rows ascend, and belong to this shard.
    pub(super) fn are_in_order(&self, rows: &[u8], shard: u32) -> bool {
        let mut last: &[u8] = &[];
        for row in rows.chunks_exact(self.row_bytes()) {
            // As numbers first: wasm compares slices byte by byte.
            let ascends = match (last.first_chunk::<8>(), row.first_chunk::<8>()) {
                (Some(last8), Some(row8)) if last8 != row8 => {
                    u64::from_be_bytes(*last8) < u64::from_be_bytes(*row8)
                }
                _ => last < row,
            };
            if !ascends {
                return false;
            }
            last = row;
        }
        // The bits of the prefix that rows still have: the ends speak for all between them.
        let kept_bits = self.prefix_bits % 8;
        let is_own = |row: &[u8]| {
            row.first().is_none_or(|first| {
                let kept = u32::from(*first) >> (8 - kept_bits);
                kept == shard & ((1 << kept_bits) - 1)
            })
        };
        is_own(rows) && is_own(last)
    }
}

pub(super) fn as_usize(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
