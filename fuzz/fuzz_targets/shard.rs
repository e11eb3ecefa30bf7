//! A shard of any bytes is read or refused; only the shard of a true index is taken, and it lists its keys and
//! nothing else.
#![no_main]

use std::sync::LazyLock;

use labelgate::bom::shards::Lookup;
use labelgate::merkle::{self, Hash};
use libfuzzer_sys::fuzz_target;
use storage::Index;

#[path = "../../tests/support/storage.rs"]
mod storage;

const KEYS: u64 = 1_500;

fn key(n: u64) -> Hash {
    merkle::leaf(&[&n.to_be_bytes()])
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let settings = labelgate::bom::shards::BuildSettings::new("pets");
    Index::of((0..KEYS).map(key), settings).unwrap()
});

fuzz_target!(|input: &[u8]| {
    // The input changes a true slot: pairs of a place and what to put there, then the end of it.
    let mut shards = INDEX.open();
    let Some((&which, changes)) = input.split_first() else { return };
    let asked = key(which.into());
    let read = shards.locate(&asked);
    let mut slot = INDEX.bytes(&read).to_vec();
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]]));
        match place.checked_sub(slot.len()) {
            None => slot[place] = change[2],
            Some(beyond) if beyond < 64 => slot.push(change[2]),
            Some(_) => drop(slot.pop()),
        }
    }
    let good = INDEX.bytes(&read);
    // Nobody looks at the padding.
    let rows = u32::from_be_bytes(good[..4].try_into().unwrap()) as usize;
    let bits = INDEX.built.manifest.shards().trailing_zeros() as usize;
    let looked_at = 36 + 32 * bits + rows * (32 - bits / 8);
    let is_same = slot.len() == good.len() && slot[..looked_at] == good[..looked_at];
    assert_eq!(shards.take(read.shard, &slot).is_ok(), is_same);
    assert_eq!(shards.look_up(&asked) == Lookup::Listed, is_same);
    // The raw input as a slot, and as a key.
    assert!(shards.take(read.shard, input).is_err());
    if let Some(other) = input.first_chunk::<32>() {
        let is_listed = shards.look_up(other) == Lookup::Listed;
        assert!(!is_listed || (0..KEYS).any(|n| key(n) == *other));
    }
});
