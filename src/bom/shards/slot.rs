//! One shard as it lies in a file.

use crate::error::Error;
use crate::merkle::{self, Hash, Tree};

use super::layout::{HEADER_BYTES, Layout, as_usize};
use super::{proof, refused, sha256};

/// The parts of a slot. Nothing is believed before [`Slot::root`] is the root of the index.
pub(super) struct Slot<'s> {
    count: u32,
    keys_root: &'s Hash,
    path: &'s [Hash],
    rows: &'s [u8],
}

impl<'s> Slot<'s> {
    /// The parts; none when these are not the bytes of one slot.
    pub(super) fn parse(layout: &Layout, bytes: &'s [u8]) -> Option<Self> {
        if bytes.len() != layout.slot_bytes {
            return None;
        }
        let (count, rest) = bytes.split_first_chunk::<4>()?;
        let (keys_root, rest) = rest.split_first_chunk()?;
        let (path, rest) = rest.split_at_checked(layout.path_bytes())?;
        let count = u32::from_be_bytes(*count);
        let rows = rest.get(..as_usize(count).checked_mul(layout.row_bytes())?)?;
        Some(Self { count, keys_root, path: path.as_chunks().0, rows })
    }

    /// The keys, each without its dropped bytes.
    pub(super) fn rows(&self) -> &'s [u8] {
        self.rows
    }

    /// The root of the index in which this is the slot of `shard`.
    pub(super) fn root(&self, shard: u32) -> Option<Hash> {
        let entry = entry(shard, self.count, &sha256(self.rows), self.keys_root);
        merkle::root_of_path(shard.into(), 1 << self.path.len(), entry, self.path)
    }

    /// The proof of the row at `position`, whose key is `key`.
    pub(super) fn prove(
        &self,
        layout: &Layout,
        position: usize,
        key: &Hash,
    ) -> Result<Vec<u8>, Error> {
        // The dropped bytes are the same in every key of the shard.
        let mut whole = *key;
        let mut leaves = Vec::with_capacity(as_usize(self.count));
        for row in self.rows.chunks_exact(layout.row_bytes()) {
            if let Some(place) = whole.get_mut(layout.dropped_bytes()..) {
                place.copy_from_slice(row);
            }
            leaves.push(merkle::leaf(&[&whole]));
        }
        let tree = Tree::new(leaves);
        match (tree.inclusion(position), u32::try_from(position)) {
            (Some(path), Ok(position)) if tree.root() == *self.keys_root => {
                Ok(proof::encode(self.count, position, &sha256(self.rows), &[&path, self.path]))
            }
            _ => Err(refused("expected the tree of a shard to be over its rows")),
        }
    }
}

/// The leaf of a shard in the tree of the index.
pub(super) fn entry(shard: u32, count: u32, rows: &Hash, keys_root: &Hash) -> Hash {
    merkle::leaf(&[&shard.to_be_bytes(), &count.to_be_bytes(), rows, keys_root])
}

/// Appends a slot to `out`, padded to its size.
pub(super) fn write(
    out: &mut Vec<u8>,
    layout: &Layout,
    count: u32,
    keys_root: &Hash,
    path: &[&[Hash]],
    rows: &[u8],
) {
    let end = out.len() + layout.slot_bytes;
    debug_assert!(HEADER_BYTES + layout.path_bytes() + rows.len() <= layout.slot_bytes);
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(keys_root);
    for hashes in path {
        out.extend_from_slice(hashes.as_flattened());
    }
    out.extend_from_slice(rows);
    out.resize(end, 0);
}
