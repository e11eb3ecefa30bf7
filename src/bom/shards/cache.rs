//! The shards that were verified and are kept: those used last, within a bound.

use std::fmt;

/// Rows of shards, ordered by the number of the shard.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cache {
    loaded: Vec<Loaded>,
    bytes: usize,
    max_bytes: usize,
    /// Counts uses.
    clock: u64,
}

#[derive(Clone, PartialEq, Eq)]
struct Loaded {
    shard: u32,
    used: u64,
    rows: Box<[u8]>,
}

impl Loaded {
    fn bytes(&self) -> usize {
        self.rows.len() + size_of::<Self>()
    }
}

impl Cache {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { loaded: Vec::new(), bytes: 0, max_bytes, clock: 0 }
    }

    /// The rows of a shard, if it is loaded.
    pub(super) fn rows(&self, shard: u32) -> Option<&[u8]> {
        let place = self.place(shard).ok()?;
        self.loaded.get(place).map(|loaded| &*loaded.rows)
    }

    /// Whether a shard is loaded; from now on it is the one used last.
    pub(super) fn touch(&mut self, shard: u32) -> bool {
        self.clock += 1;
        let Ok(place) = self.place(shard) else { return false };
        if let Some(loaded) = self.loaded.get_mut(place) {
            loaded.used = self.clock;
        }
        true
    }

    /// Keeps a shard, and gives up those not used for longest until all fit.
    pub(super) fn insert(&mut self, shard: u32, rows: &[u8]) {
        // Given up first, so that old and new are never kept together.
        let own = rows.len() + size_of::<Loaded>();
        if let Ok(place) = self.place(shard) {
            self.remove(place);
        }
        while self.bytes + own > self.max_bytes {
            let oldest = self.loaded.iter().enumerate().min_by_key(|(_, loaded)| loaded.used);
            let Some((place, _)) = oldest else { break };
            self.remove(place);
        }
        self.clock += 1;
        let loaded = Loaded { shard, used: self.clock, rows: rows.into() };
        self.bytes += loaded.bytes();
        let place = self.place(shard).unwrap_or_else(|place| place);
        self.loaded.insert(place, loaded);
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn remove(&mut self, place: usize) {
        self.bytes -= self.loaded.remove(place).bytes();
    }

    fn place(&self, shard: u32) -> Result<usize, usize> {
        self.loaded.binary_search_by_key(&shard, |loaded| loaded.shard)
    }
}

/// How much is kept, not what.
impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} shards, {} of {} bytes", self.loaded.len(), self.bytes, self.max_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: usize = 100 + size_of::<Loaded>();

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut cache = Cache::new(3 * ONE);
        for shard in [7, 3, 5] {
            cache.insert(shard, &[0; 100]);
        }
        assert!(cache.touch(7));
        cache.insert(4, &[4; 100]);
        assert_eq!(cache.rows(3), None);
        assert!(cache.rows(7).is_some() && cache.rows(5).is_some());
        assert_eq!(cache.rows(4), Some(&[4; 100][..]));
        assert_eq!(cache.bytes(), 3 * ONE);
    }

    #[test]
    fn the_bound_holds_for_any_order_of_sizes_and_the_last_is_always_kept() {
        let mut cache = Cache::new(1_000);
        for n in 0..500_u32 {
            let rows = vec![0; (n as usize * 37) % 1_200];
            cache.insert(n % 40, &rows);
            assert_eq!(cache.rows(n % 40), Some(&*rows));
            assert!(cache.bytes() <= 1_000 || cache.loaded.len() == 1);
            assert_eq!(cache.bytes(), cache.loaded.iter().map(Loaded::bytes).sum::<usize>());
        }
    }
}
