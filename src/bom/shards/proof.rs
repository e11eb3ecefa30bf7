//! The proof that one key is listed, which a submission can carry: some 1 KB.
//!
//! Number of keys in the shard and position of the key (4 bytes each, big-endian), SHA-256 of the shard's
//! rows, path of the key in the tree of its shard, path of the shard's entry in the tree of the index.
//! Which shard it is, and how long both paths are, follows from the key, the counts and the manifest: a
//! proof has one form and one length.

use crate::merkle::{self, Hash};
use crate::signature::base64;

use super::layout::{Layout, MAX_PREFIX_BITS, as_usize};
use super::slot;

/// Count, position and hash of the rows.
const HEADER_BYTES: usize = 4 + 4 + 32;
/// A slot of 64 KiB has room for fewer than 2^12 keys.
const MAX_KEY_LEVELS: usize = 12;
/// The longest proof, in bytes.
pub const MAX_PROOF_BYTES: usize = HEADER_BYTES + 32 * (MAX_KEY_LEVELS + MAX_PREFIX_BITS as usize);
/// The longest proof in Base64, in bytes.
pub const MAX_PROOF_TEXT_BYTES: usize = MAX_PROOF_BYTES.div_ceil(3) * 4;

pub(super) fn encode(count: u32, position: u32, rows: &Hash, paths: &[&[Hash]]) -> Vec<u8> {
    let mut proof = Vec::with_capacity(MAX_PROOF_BYTES);
    proof.extend_from_slice(&count.to_be_bytes());
    proof.extend_from_slice(&position.to_be_bytes());
    proof.extend_from_slice(rows);
    for path in paths {
        proof.extend_from_slice(path.as_flattened());
    }
    proof
}

/// The root of the index in which the proof proves the key; none when it is not the form of a proof.
pub(super) fn root(layout: &Layout, key: &Hash, proof: &[u8]) -> Option<Hash> {
    let (count, rest) = proof.split_first_chunk()?;
    let (position, rest) = rest.split_first_chunk()?;
    let (rows, rest) = rest.split_first_chunk()?;
    let (count, position) = (u32::from_be_bytes(*count), u32::from_be_bytes(*position));
    if as_usize(count) > layout.capacity() {
        return None;
    }
    let (paths, []) = rest.as_chunks::<32>() else { return None };
    let key_levels = paths.len().checked_sub(as_usize(layout.prefix_bits))?;
    let (in_shard, in_index) = paths.split_at_checked(key_levels)?;
    let leaf = merkle::leaf(&[key]);
    let keys_root = merkle::root_of_path(position.into(), count.into(), leaf, in_shard)?;
    let shard = layout.shard_of(key);
    let entry = slot::entry(shard, count, rows, &keys_root);
    merkle::root_of_path(shard.into(), layout.shards().into(), entry, in_index)
}

/// The bytes of a proof in Base64, with padding, in its one form; none when it is something else, or longer
/// than any proof.
#[inline(never)]
pub(super) fn from_text(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_PROOF_TEXT_BYTES { None } else { base64::decode(text) }
}

pub(super) fn to_text(proof: &[u8]) -> String {
    base64::encode(proof)
}
