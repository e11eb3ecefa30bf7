//! Sorted 32-bit prefixes with a table over their highest bits.
//!
//! With honest keys a lookup is one step in the table and one or two comparisons. A BOM made so that
//! all keys share a prefix costs a binary search: never more than log2(n) comparisons.

use std::cmp::Ordering;

/// Finds keys by a prefix of 32 bits and a comparison that settles the rest.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct PrefixIndex {
    /// Sorted by prefix, then by what the keys stand for.
    keys: Vec<Key>,
    /// Where the keys of each value of the highest bits start; one more than there are values.
    starts: Vec<u32>,
    /// How far to shift a prefix for its value in `starts`.
    shift: u32,
}

/// A prefix, and a number by which the owner of the index finds the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) prefix: u32,
    pub(super) target: u32,
}

/// Keys for one entry of the table, on average: where more memory stops buying speed.
const KEYS_PER_START: usize = 4;

/// The largest table: 2^20 entries, 4 MiB.
const MAX_TABLE_BITS: u32 = 20;

impl PrefixIndex {
    /// Sorts the keys. `compare` orders two targets of the same prefix.
    pub(super) fn new(mut keys: Vec<Key>, compare: impl Fn(u32, u32) -> Ordering) -> Self {
        keys.sort_unstable_by(|a, b| {
            a.prefix.cmp(&b.prefix).then_with(|| compare(a.target, b.target))
        });
        let bits = (keys.len() / KEYS_PER_START).max(1).ilog2().clamp(1, MAX_TABLE_BITS);
        let shift = u32::BITS - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        let mut before = 0_u32;
        let mut rest = keys.iter().peekable();
        for value in 0..1_u32 << bits {
            starts.push(before);
            while rest.next_if(|key| key.prefix >> shift == value).is_some() {
                before += 1;
            }
        }
        starts.push(before);
        Self { keys, starts, shift }
    }

    /// The keys with this prefix for which `compare` says equal. `compare` orders a target against
    /// what is looked for.
    pub(super) fn find(&self, prefix: u32, compare: impl Fn(u32) -> Ordering) -> &[Key] {
        let order = |key: &Key| key.prefix.cmp(&prefix).then_with(|| compare(key.target));
        let bucket = self.bucket(prefix);
        let start = bucket.partition_point(|key| order(key) == Ordering::Less);
        let equal = bucket.get(start..).unwrap_or_default();
        let count = equal.partition_point(|key| order(key) == Ordering::Equal);
        equal.get(..count).unwrap_or_default()
    }

    /// All keys in order.
    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    fn bucket(&self, prefix: u32) -> &[Key] {
        let value = usize::try_from(prefix >> self.shift).unwrap_or(usize::MAX);
        let start = |value: usize| {
            self.starts.get(value).and_then(|start| usize::try_from(*start).ok()).unwrap_or(0)
        };
        self.keys.get(start(value)..start(value.saturating_add(1))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(index: &PrefixIndex, wanted: (u32, u32)) -> usize {
        index.find(wanted.0, |target| target.cmp(&wanted.1)).len()
    }

    #[test]
    fn finds_what_is_there_and_nothing_else_whatever_the_spread() {
        for prefixes in [
            vec![],
            vec![0],
            vec![7; 1_000],
            (0..1_000).collect::<Vec<u32>>(),
            (0..1_000_u32).map(|n| n.wrapping_mul(2_654_435_761)).collect(),
            vec![u32::MAX; 3],
        ] {
            let keys: Vec<Key> =
                (0..).zip(&prefixes).map(|(target, &prefix)| Key { prefix, target }).collect();
            let index = PrefixIndex::new(keys.clone(), |a, b| a.cmp(&b));
            for key in &keys {
                assert_eq!(find(&index, (key.prefix, key.target)), 1);
                assert_eq!(find(&index, (key.prefix, 5_000)), 0);
                assert_eq!(find(&index, (key.prefix ^ 1 << 31, 5_000)), 0);
            }
        }
    }

    #[test]
    fn equal_keys_are_found_together() {
        let keys = vec![Key { prefix: 9, target: 4 }; 3];
        assert_eq!(find(&PrefixIndex::new(keys, |a, b| a.cmp(&b)), (9, 4)), 3);
    }
}
