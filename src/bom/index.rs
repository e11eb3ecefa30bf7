//! Sorted prefixes with a table over their highest bits.
//!
//! With honest keys a lookup is one step in the table and one or two comparisons. A BOM made so that
//! all keys share a prefix costs a binary search: never more than log2(n) comparisons.

use std::cmp::Ordering;

use crate::sort::heap_sort;

/// Finds keys by a prefix and a comparison that settles the rest.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct PrefixIndex {
    /// Sorted by prefix, then by what the keys stand for.
    keys: Vec<Key>,
    /// Where the keys of each value of the highest bits start; one more than there are values.
    starts: Vec<u32>,
    /// How far to shift a prefix for its value in `starts`.
    shift: u32,
}

/// A prefix of 26 bits, a record, and which of the things in that record the key stands for: 8 bytes
/// together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    prefix_and_nth: u32,
    pub(super) record: u32,
}

const NTH_BITS: u32 = 6;

/// Most things in one record that can have a key.
pub(super) const MAX_KEYS_PER_RECORD: usize = 1 << NTH_BITS;

impl Key {
    /// A key of the highest bits of `prefix` for the thing `nth` of a record.
    pub(super) fn new(prefix: u32, record: u32, nth: u8) -> Self {
        let low_bits = (1 << NTH_BITS) - 1;
        Self { prefix_and_nth: prefix & !low_bits | u32::from(nth) & low_bits, record }
    }

    pub(super) fn nth(self) -> usize {
        usize::try_from(self.prefix_and_nth).unwrap_or_default() % MAX_KEYS_PER_RECORD
    }

    pub(super) fn prefix(self) -> u32 {
        self.prefix_and_nth >> NTH_BITS
    }
}

/// Keys for one entry of the table, on average: where more memory stops buying speed.
const KEYS_PER_START: usize = 4;

/// The largest table: 2^20 entries, 4 MiB.
const MAX_TABLE_BITS: u32 = 20;

impl PrefixIndex {
    /// Sorts the keys. `compare` orders two keys of the same prefix.
    ///
    /// Every key is first moved into the stretch of its highest bits, and each stretch sorted then:
    /// linear for honest keys, n log n for a BOM made so that all keys share a prefix.
    pub(super) fn new(mut keys: Vec<Key>, compare: &dyn Fn(Key, Key) -> Ordering) -> Self {
        let bits = (keys.len() / KEYS_PER_START).max(1).ilog2().clamp(1, MAX_TABLE_BITS);
        let shift = u32::BITS - NTH_BITS - bits;
        let stretch = |key: &Key| usize::try_from(key.prefix() >> shift).unwrap_or(usize::MAX);
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for key in &keys {
            if let Some(count) = starts.get_mut(stretch(key).saturating_add(1)) {
                *count += 1;
            }
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        scatter(&mut keys, &starts, &stretch);
        let less = |a: &Key, b: &Key| {
            a.prefix().cmp(&b.prefix()).then_with(|| compare(*a, *b)) == Ordering::Less
        };
        for pair in starts.windows(2) {
            let [start, end] = pair else { continue };
            if let Some(stretch) = keys.get_mut(place(*start)..place(*end)) {
                heap_sort(stretch, &less);
            }
        }
        Self { keys, starts, shift }
    }

    /// The keys with the highest bits of this prefix for which `compare` says equal. `compare` orders
    /// a key against what is looked for.
    pub(super) fn find(&self, prefix: u32, compare: impl Fn(Key) -> Ordering) -> &[Key] {
        let prefix = prefix >> NTH_BITS;
        let order = |key: &Key| key.prefix().cmp(&prefix).then_with(|| compare(*key));
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

    #[inline(always)]
    fn bucket(&self, prefix: u32) -> &[Key] {
        let value = usize::try_from(prefix >> self.shift).unwrap_or(usize::MAX);
        let start = |value: usize| self.starts.get(value).map_or(0, |start| place(*start));
        self.keys.get(start(value)..start(value.saturating_add(1))).unwrap_or_default()
    }
}

/// Moves every key into its stretch, by swaps: no second copy of the keys.
fn scatter(keys: &mut [Key], starts: &[u32], stretch: &dyn Fn(&Key) -> usize) {
    let mut next: Vec<u32> = starts.to_vec();
    for (own, end) in starts.iter().skip(1).enumerate() {
        while let Some(at) = next.get(own).copied().filter(|at| at < end) {
            let Some(home) = keys.get(place(at)).map(stretch) else { break };
            let Some(free) = next.get_mut(home) else { break };
            keys.swap(place(at), place(*free));
            *free += 1;
        }
    }
}

fn place(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(index: &PrefixIndex, prefix: u32, record: u32) -> usize {
        index.find(prefix, |key| key.record.cmp(&record)).len()
    }

    #[test]
    fn finds_what_is_there_and_nothing_else_whatever_the_spread() {
        let spread = |n: u32| n.wrapping_mul(2_654_435_761);
        for prefixes in [
            vec![],
            vec![0],
            vec![7; 1_000],
            (0..1_000).collect(),
            (0..1_000).map(spread).collect(),
            vec![u32::MAX; 3],
        ] {
            let keys = |nth| (0..).zip(&prefixes).map(move |(n, &prefix)| Key::new(prefix, n, nth));
            let index = PrefixIndex::new(keys(5).collect(), &|a, b| a.record.cmp(&b.record));
            for (record, &prefix) in (0..).zip(&prefixes) {
                assert_eq!(find(&index, prefix, record), 1);
                assert_eq!(find(&index, prefix, 5_000), 0);
                assert_eq!(find(&index, prefix ^ 1 << 31, 5_000), 0);
            }
            assert!(index.keys().iter().all(|key| key.nth() == 5));
        }
    }

    #[test]
    fn equal_keys_are_found_together() {
        let keys = vec![Key::new(9 << NTH_BITS, 4, 0); 3];
        assert_eq!(
            find(&PrefixIndex::new(keys, &|a, b| a.record.cmp(&b.record)), 9 << NTH_BITS, 4),
            3
        );
    }
}
