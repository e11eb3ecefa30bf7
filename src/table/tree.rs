//! A radix tree over fingerprints: four bits a level.

use crate::fingerprint::Fingerprint;

/// Finds the leaf whose fingerprint may be the one looked for; the caller compares the whole of it.
///
/// A tree and not a hash table, so that no id that a client chooses can make a lookup slow: honest
/// ids end after log16(n) levels, and ids made to share their first bits after at most 32.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// The root first.
    nodes: Vec<[u32; 16]>,
}

/// Marks a slot that leads to a leaf. A slot without it leads to a node; 0, the root, is no slot's
/// goal and means empty.
const LEAF: u32 = 1 << 31;
const EMPTY: u32 = 0;
const LEVELS: u32 = 32;

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![[EMPTY; 16]] }
    }
}

impl Tree {
    /// The leaf that shares the most bits with `print`, if any shares those on its way.
    pub(super) fn find(&self, print: Fingerprint) -> Option<usize> {
        let mut node = 0;
        for level in 0..LEVELS {
            let slot = *self.nodes.get(node)?.get(print.nibble(level))?;
            if slot & LEAF != 0 {
                return Some(place(slot & !LEAF));
            }
            if slot == EMPTY {
                return None;
            }
            node = place(slot);
        }
        None
    }

    /// Adds the next leaf, under a fingerprint that no leaf has yet; `prints` are those of the leaves so
    /// far. False when there are too many to be numbered.
    pub(super) fn insert(&mut self, print: Fingerprint, prints: &[Fingerprint]) -> bool {
        let Some(leaf) = u32::try_from(prints.len()).ok().filter(|leaf| leaf & LEAF == 0) else {
            return false;
        };
        let mut node = 0;
        for level in 0..LEVELS {
            // Nodes are fewer than leaves times levels; the number of the next one is checked.
            let next = u32::try_from(self.nodes.len()).unwrap_or(LEAF);
            let Some(slot) = self.nodes.get_mut(node).and_then(|n| n.get_mut(print.nibble(level)))
            else {
                return false;
            };
            if *slot == EMPTY {
                *slot = leaf | LEAF;
                return true;
            }
            if *slot & LEAF == 0 {
                node = place(*slot);
                continue;
            }
            // Two leaves part further down: the one that was here first moves one level.
            let first = *slot;
            let Some(its_print) = prints.get(place(first & !LEAF)).filter(|_| next & LEAF == 0)
            else {
                return false;
            };
            *slot = next;
            let mut below = [EMPTY; 16];
            if let Some(slot) = below.get_mut(its_print.nibble(level + 1)) {
                *slot = first;
            }
            node = self.nodes.len();
            self.nodes.push(below);
        }
        false
    }
}

fn place(slot: u32) -> usize {
    usize::try_from(slot).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds all and then looks for each, and for one that is not there.
    fn holds(prints: &[Fingerprint], absent: Fingerprint) {
        let mut tree = Tree::default();
        for (leaf, print) in prints.iter().enumerate() {
            assert!(tree.insert(*print, &prints[..leaf]));
        }
        for (leaf, print) in prints.iter().enumerate() {
            assert_eq!(tree.find(*print), Some(leaf));
        }
        let near = tree.find(absent);
        assert!(near.is_none_or(|leaf| prints[leaf] != absent));
    }

    #[test]
    fn every_leaf_is_found_again() {
        holds(&[], Fingerprint::of("a"));
        let prints: Vec<_> = (0..5000).map(|n: u32| Fingerprint::of(&n.to_string())).collect();
        holds(&prints, Fingerprint::of("a"));
    }

    #[test]
    fn fingerprints_that_part_at_the_last_bit_are_told_apart() {
        let prints: Vec<_> = (0..16).map(|low| Fingerprint::from_halves(7, low)).collect();
        holds(&prints, Fingerprint::from_halves(7, 16));
    }

    #[test]
    fn ids_made_to_share_bits_cost_32_levels_and_no_more() {
        let prints = [0, 1].map(|low| Fingerprint::from_halves(u64::MAX, low));
        let mut tree = Tree::default();
        for (leaf, print) in prints.iter().enumerate() {
            assert!(tree.insert(*print, &prints[..leaf]));
        }
        assert_eq!(tree.nodes.len(), 32);
    }
}
