//! Merkle trees as in RFC 6962, section 2.1: roots, and proofs that are checked or made.
//!
//! A leaf is hashed as `SHA-256(0x00 || entry)` and a node as `SHA-256(0x01 || left || right)`, so that
//! nobody can show a node for a leaf. A tree of n leaves splits at the largest power of two below n: no
//! leaf ever counts twice. Part of the instruments: useful alone, knows [`digest`](crate::digest) only.
//!
//! ```
//! use labelgate::merkle::{self, Tree};
//!
//! let leaves: Vec<_> = [b"a", b"b", b"c"].iter().map(|entry| merkle::leaf(&[*entry])).collect();
//! let tree = Tree::new(leaves.clone());
//! let path = tree.inclusion(2).unwrap_or_default();
//! assert_eq!(merkle::root_of_path(2, 3, leaves[2], &path), Some(tree.root()));
//! assert_eq!(merkle::root_of_path(1, 3, leaves[2], &path), None);
//! ```

use crate::digest::{Algorithm, Hasher, sha256_of_node};

/// A leaf, node or root: SHA-256.
pub type Hash = [u8; 32];

/// The root of a tree without leaves: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// The hash of a leaf whose entry is all of `parts`, one after the other.
#[must_use]
pub fn leaf(parts: &[&[u8]]) -> Hash {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    let mut hash = [0; 32];
    if let Some(value) = hasher.finish().as_bytes().first_chunk() {
        hash = *value;
    }
    hash
}

/// The hash of the node over two others.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    sha256_of_node(1, left, right)
}

/// The root of a tree of `size` leaves in which `path` leads from the leaf at `index`, from 0, up to it.
/// None when that is no leaf of such a tree, or when its path has another length.
///
/// The hashes of the path are those beside the way up, lowest first. RFC 9162, section 2.1.3.2.
#[must_use]
pub fn root_of_path(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = leaf;
    for beside in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = node(beside, &hash);
            // At the right edge some levels have no neighbour.
            let levels = at.trailing_zeros().min(u64::BITS - 1);
            at >>= levels;
            last >>= levels;
        } else {
            hash = node(&hash, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// A stretch of a tree's leaves, from `start` up to `end`.
///
/// It is a subtree when `start` is a multiple of the smallest power of two that is not less than its
/// length; the proofs of any other stretch are refused. A whole tree starts at 0.
/// draft-ietf-plants-merkle-tree-certs, section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtree {
    /// Number of the first leaf, from 0.
    pub start: u64,
    /// Number of the first leaf behind it.
    pub end: u64,
}

impl Subtree {
    fn is_valid(self) -> bool {
        let Some(length) = self.end.checked_sub(self.start) else { return false };
        match length.checked_next_power_of_two() {
            Some(step) => self.start.is_multiple_of(step),
            None => self.start == 0,
        }
    }

    /// [`root_of_path`] within this subtree; `index` counts from the start of the whole tree.
    #[must_use]
    pub fn root_of_path(self, index: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
        let index = index.checked_sub(self.start).filter(|_| self.is_valid())?;
        root_of_path(index, self.end - self.start, leaf, path)
    }

    /// Whether `proof` shows that the tree of `size` leaves under `root` holds this subtree under
    /// `own_root`. An empty one has an empty proof and [`EMPTY_ROOT`].
    #[must_use]
    pub fn is_in(self, own_root: &Hash, size: u64, root: &Hash, proof: &[Hash]) -> bool {
        if !self.is_valid() || self.end > size {
            return false;
        }
        if self.start == self.end {
            return proof.is_empty() && *own_root == EMPTY_ROOT;
        }
        // Leaves at first, then the nodes over them: where the subtree starts, where it ends, where the
        // whole tree ends.
        let (mut first, mut at, mut last) = (self.start, self.end - 1, size - 1);
        // To the largest whole tree at the right edge of the subtree.
        while first != at && (at == last || at % 2 == 1) {
            (first, at, last) = (first >> 1, at >> 1, last >> 1);
        }
        let mut proof = proof.iter();
        let seed = if first == at { Some(own_root) } else { proof.next() };
        let Some(&seed) = seed else { return false };
        let (mut own, mut whole) = (seed, seed);
        for beside in proof {
            if last == 0 {
                return false;
            }
            if at % 2 == 1 || at == last {
                if first < at {
                    own = node(beside, &own);
                }
                whole = node(beside, &whole);
                while at % 2 == 0 && at != 0 {
                    (first, at, last) = (first >> 1, at >> 1, last >> 1);
                }
            } else {
                whole = node(&whole, beside);
            }
            (first, at, last) = (first >> 1, at >> 1, last >> 1);
        }
        last == 0 && own == *own_root && whole == *root
    }
}

/// Whether `proof` shows that a tree of `size` leaves under `root` begins with the `earlier_size` leaves
/// of the tree under `earlier_root`: a list that has only grown.
///
/// From an empty tree nothing can be shown, so it is refused. RFC 6962, section 2.1.2.
#[must_use]
pub fn is_consistent(
    earlier_size: u64,
    earlier_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> bool {
    let earlier = Subtree { start: 0, end: earlier_size };
    earlier_size > 0 && earlier.is_in(earlier_root, size, root, proof)
}

/// The root of leaves that come one by one, in memory of one hash for each level.
#[derive(Clone, Debug, Default)]
pub struct RootBuilder {
    /// Roots of whole subtrees, larger ones first: one for each bit of `size`.
    whole: Vec<Hash>,
    size: u64,
}

impl RootBuilder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next leaf, which is a hash already.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        let mut rest = self.size;
        while rest % 2 == 1
            && let Some(left) = self.whole.pop()
        {
            hash = node(&left, &hash);
            rest >>= 1;
        }
        self.whole.push(hash);
        self.size += 1;
    }

    /// Number of leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the leaves so far; more may follow.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.whole.iter().rev();
        let Some(&lowest) = roots.next() else { return EMPTY_ROOT };
        roots.fold(lowest, |right, left| node(left, &right))
    }
}

/// A tree in memory, for making proofs: 64 bytes a leaf.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Leaves first, root last. A node without a neighbour moves up as it is, which is the same as
    /// splitting at the largest power of two.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over these leaves, which are hashes already.
    #[must_use]
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = Vec::new();
        let mut level = leaves;
        while level.len() > 1 {
            let mut above = Vec::with_capacity(level.len().div_ceil(2));
            for pair in level.chunks(2) {
                match pair {
                    [left, right] => above.push(node(left, right)),
                    alone => above.extend_from_slice(alone),
                }
            }
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels }
    }

    /// The root; [`EMPTY_ROOT`] without leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or(EMPTY_ROOT)
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// The path of the leaf at `index`, for [`root_of_path`]; none when there is no such leaf.
    #[must_use]
    pub fn inclusion(&self, index: usize) -> Option<Vec<Hash>> {
        if index >= self.size() {
            return None;
        }
        let mut path = Vec::with_capacity(self.levels.len());
        let mut at = index;
        for level in &self.levels {
            if let Some(beside) = level.get(at ^ 1) {
                path.push(*beside);
            }
            at >>= 1;
        }
        Some(path)
    }

    /// The proof that the first `earlier_size` leaves were the whole tree once, for [`is_consistent`];
    /// none when they are none or more than there are.
    #[must_use]
    pub fn consistency(&self, earlier_size: usize) -> Option<Vec<Hash>> {
        if earlier_size == 0 || earlier_size > self.size() {
            return None;
        }
        let mut proof = Vec::new();
        // Where the earlier tree ends, in each level: the proof is the path from there.
        let (mut at, mut last) = (earlier_size - 1, self.size() - 1);
        let mut levels = self.levels.iter();
        let mut level = levels.next();
        if at == last {
            return Some(proof);
        }
        while at % 2 == 1 {
            (at, last) = (at >> 1, last >> 1);
            level = levels.next();
        }
        if at != 0 {
            proof.push(*level?.get(at)?);
        }
        while last != 0 {
            if at % 2 == 1 {
                proof.push(*level?.get(at - 1)?);
            } else if at < last {
                proof.push(*level?.get(at + 1)?);
            }
            (at, last) = (at >> 1, last >> 1);
            level = levels.next();
        }
        Some(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf(&[&n.to_le_bytes()])).collect()
    }

    /// RFC 6962, section 2.1, word for word.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => EMPTY_ROOT,
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node(&by_definition(left), &by_definition(right))
            }
        }
    }

    #[test]
    fn roots_are_those_of_the_definition() {
        let mut builder = RootBuilder::new();
        for size in 0..70 {
            let leaves = leaves(size);
            assert_eq!(Tree::new(leaves.clone()).root(), by_definition(&leaves), "{size}");
            assert_eq!(builder.root(), by_definition(&leaves), "{size}");
            assert_eq!(builder.size(), size as u64);
            builder.push(leaf(&[&size.to_le_bytes()]));
        }
    }

    #[test]
    fn a_path_proves_its_leaf_at_its_place_in_its_size_alone() {
        for size in 1..40 {
            let leaves = leaves(size);
            let tree = Tree::new(leaves.clone());
            for (index, own) in leaves.iter().enumerate() {
                let path = tree.inclusion(index).unwrap();
                for claimed_size in 1..45 {
                    for claimed in 0..45 {
                        let root = root_of_path(claimed, claimed_size, *own, &path);
                        let is_true = (claimed, claimed_size) == (index as u64, size as u64);
                        // Where the right edge is the same, another size has the very same path;
                        // that is why the size comes with the root.
                        assert!(!is_true || root == Some(tree.root()));
                        if claimed_size == size as u64 && !is_true {
                            assert_ne!(root, Some(tree.root()), "{index} as {claimed} of {size}");
                        }
                    }
                }
            }
            assert_eq!(tree.inclusion(size), None);
        }
    }

    #[test]
    fn every_earlier_size_is_consistent_and_only_with_its_own_root() {
        for size in 1..40 {
            let leaves = leaves(size);
            let tree = Tree::new(leaves.clone());
            for earlier in 1..=size {
                let proof = tree.consistency(earlier).unwrap();
                for claimed in 1..=size {
                    let root = by_definition(&leaves[..claimed]);
                    let consistent =
                        is_consistent(earlier as u64, &root, size as u64, &tree.root(), &proof);
                    assert_eq!(consistent, claimed == earlier, "{earlier} of {size} as {claimed}");
                }
            }
            assert_eq!(tree.consistency(0), None);
            assert_eq!(tree.consistency(size + 1), None);
        }
    }

    #[test]
    fn sizes_and_indices_at_the_end_of_their_range_do_no_harm() {
        let max = u64::MAX;
        assert_eq!(root_of_path(max, max, EMPTY_ROOT, &[]), None);
        assert_eq!(root_of_path(max - 1, max, EMPTY_ROOT, &[EMPTY_ROOT; 70]), None);
        assert!(root_of_path(0, max, EMPTY_ROOT, &[EMPTY_ROOT; 64]).is_some());
        for (start, end, size) in
            [(0, max, max), (max, max, max), (1, max, max), (max, 0, max), (0, 1, max)]
        {
            let subtree = Subtree { start, end };
            assert!(!subtree.is_in(&[1; 32], size, &EMPTY_ROOT, &[EMPTY_ROOT; 70]));
        }
        assert!(!is_consistent(max, &[1; 32], 0, &[1; 32], &[]));
    }
}
