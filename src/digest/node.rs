//! SHA-256 of a node of a Merkle tree: one byte and two hashes, always two blocks.
//!
//! A proof in an index of 10^9 items takes some thirty of them, one after the other. Laid out here they cost the
//! compression and little else: a proof took 49 us in the module through [`Hasher`](super::Hasher), and 41 so.

/// SHA-256 before the first block. FIPS 180-4, section 5.3.3.
pub(super) const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// SHA-256 of `first`, `left` and `right`, one after the other: 65 bytes.
pub(crate) fn sha256_of_node(first: u8, left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    const BITS: u64 = 65 * 8;
    let mut blocks = [[0_u8; 64]; 2];
    let (head, rest) = blocks.as_flattened_mut().split_at_mut(1);
    let (first_hash, rest) = rest.split_at_mut(32);
    let (second_hash, padding) = rest.split_at_mut(32);
    head.fill(first);
    first_hash.copy_from_slice(left);
    second_hash.copy_from_slice(right);
    if let Some(mark) = padding.first_mut() {
        *mark = 0x80;
    }
    if let Some(length) = padding.last_chunk_mut() {
        *length = BITS.to_be_bytes();
    }
    let mut state = START;
    sha2::block_api::compress256(&mut state, &blocks);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Algorithm, Hasher};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_what_the_hasher_gives(first: u8, left: [u8; 32], right: [u8; 32]) {
            let mut hasher = Hasher::new(Algorithm::Sha256);
            hasher.update(&[first]);
            hasher.update(&left);
            hasher.update(&right);
            let expected = hasher.finish();
            let node = sha256_of_node(first, &left, &right);
            prop_assert_eq!(expected.as_bytes(), node.as_slice());
        }
    }
}
