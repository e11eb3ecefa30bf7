//! Reading and asking a BOM of 100,000 items: `cargo bench --bench bom`.

mod support;

use divan::{Bencher, black_box, counter::BytesCount};
use labelgate::bom::Bom;
use labelgate::digest::{Algorithm, Hasher};
use support::{ITEMS, digest, document, name, read};

fn main() {
    divan::main();
}

fn prepared() -> &'static (Vec<u8>, Bom) {
    static PREPARED: std::sync::OnceLock<(Vec<u8>, Bom)> = std::sync::OnceLock::new();
    PREPARED.get_or_init(|| {
        let document = document(ITEMS);
        let bom = read(&document);
        (document, bom)
    })
}

/// In pieces of 64 KiB.
#[divan::bench(sample_count = 15, sample_size = 1)]
fn read_100_000_items(bencher: Bencher<'_, '_>) {
    let (document, _) = prepared();
    bencher.counter(BytesCount::of_slice(document)).bench_local(|| read(document));
}

#[divan::bench]
fn find_by_name(bencher: Bencher<'_, '_>) {
    let (_, bom) = prepared();
    let names: Vec<String> = (0..ITEMS).map(|item| name(item * 7919 % ITEMS)).collect();
    let mut n = 0;
    bencher.bench_local(|| {
        n = (n + 1) % ITEMS;
        bom.find(black_box(&names[n])).count()
    });
}

#[divan::bench]
fn find_by_digest(bencher: Bencher<'_, '_>) {
    let (_, bom) = prepared();
    let digests: Vec<_> =
        (0..ITEMS).map(|item| digest(item * 7919 % ITEMS, Algorithm::Sha256)).collect();
    let mut n = 0;
    bencher.bench_local(|| {
        n = (n + 1) % ITEMS;
        bom.contains(black_box(&digests[n]))
    });
}

/// Bytes of an item, as a client hashes them.
#[divan::bench(args = [1_000, 100_000, 10_000_000])]
fn sha256(bencher: Bencher<'_, '_>, bytes: usize) {
    let message = vec![0xA5; bytes];
    bencher.counter(BytesCount::of_slice(&message)).bench_local(|| {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(black_box(&message));
        hasher.finish()
    });
}
