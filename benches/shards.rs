//! Making and asking an index of sharded BOMs: `cargo bench --bench shards`.

#[path = "../tests/support/storage.rs"]
mod storage;

use divan::{Bencher, black_box, counter::ItemsCount};
use labelgate::bom::shards::{BuildSettings, Lookup, ShardsBuilder};
use labelgate::merkle::{self, Hash};
use storage::{InMemory, Index};

fn main() {
    divan::main();
}

/// Keys without a hash for each: what is measured is what comes after hashing.
fn keys(count: u64) -> Vec<Hash> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = || {
        // Xorshift: spread well enough to sort.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    };
    let mut key = || {
        let mut key = [0; 32];
        key.as_chunks_mut::<8>().0.iter_mut().for_each(|part| *part = draw().to_be_bytes());
        key
    };
    (0..count).map(|_| key()).collect()
}

/// Sorted in runs of 64 MiB, merged, hashed and written, by one thread; runs and files in memory.
#[divan::bench(args = [1_000_000, 10_000_000], sample_count = 3, sample_size = 1)]
fn build(bencher: Bencher<'_, '_>, count: u64) {
    let keys = keys(count);
    bencher.counter(ItemsCount::new(keys.len())).bench_local(|| {
        let settings = BuildSettings::new("pets");
        let mut builder = ShardsBuilder::new(InMemory::default(), settings).unwrap();
        for key in &keys {
            builder.add(*key).unwrap();
        }
        builder.finish(&mut |_| {}).unwrap()
    });
}

fn index() -> &'static (Vec<Hash>, Index) {
    static INDEX: std::sync::OnceLock<(Vec<Hash>, Index)> = std::sync::OnceLock::new();
    INDEX.get_or_init(|| {
        let keys = keys(500_000);
        let index = Index::of(keys.iter().copied(), BuildSettings::new("pets")).unwrap();
        (keys, index)
    })
}

/// A shard verified up to the root, and one key looked up in it.
#[divan::bench]
fn take_and_look_up(bencher: Bencher<'_, '_>) {
    let (keys, index) = index();
    let mut shards = index.open();
    let mut n = 0;
    bencher.bench_local(|| {
        n = (n + 7919) % keys.len();
        let key = black_box(&keys[n]);
        let read = shards.locate(key);
        shards.take(read.shard, index.bytes(&read)).unwrap();
        assert_eq!(shards.look_up(key), Lookup::Listed);
    });
}

/// The same with the shard loaded.
#[divan::bench]
fn look_up(bencher: Bencher<'_, '_>) {
    let (keys, index) = index();
    let mut shards = index.open();
    let near: Vec<&Hash> = keys.iter().take(1_000).collect();
    for key in &near {
        let read = shards.locate(key);
        shards.take(read.shard, index.bytes(&read)).unwrap();
    }
    let mut n = 0;
    bencher.bench_local(|| {
        n = (n + 1) % near.len();
        assert_eq!(shards.wanted(black_box(near[n])), None);
        shards.look_up(near[n])
    });
}

/// A proof that a submission carries.
#[divan::bench]
fn verify_a_proof(bencher: Bencher<'_, '_>) {
    let (keys, index) = index();
    let shards = index.open();
    let proof = shards.prove(&keys[7], index.bytes(&shards.locate(&keys[7]))).unwrap().unwrap();
    bencher.bench_local(|| assert!(shards.is_proven(black_box(&keys[7]), &proof)));
}

/// Making such a proof from a shard.
#[divan::bench]
fn make_a_proof(bencher: Bencher<'_, '_>) {
    let (keys, index) = index();
    let shards = index.open();
    let bytes = index.bytes(&shards.locate(&keys[7]));
    bencher.bench_local(|| shards.prove(black_box(&keys[7]), bytes).unwrap());
}

/// The path of one leaf among 2^30, checked.
#[divan::bench]
fn a_path_of_30_levels(bencher: Bencher<'_, '_>) {
    let path = keys(30);
    let leaf = merkle::leaf(&[b"entry"]);
    bencher.bench_local(|| merkle::root_of_path(black_box(0x2AAA_AAAA), 1 << 30, leaf, &path));
}
