//! What a BOM of 100,000 items costs in memory, natively, counted by the allocator of this test. In
//! wasm the same code has smaller pointers; memory there grows in pages of 64 KiB and is measured by
//! the benches.

#![allow(clippy::unwrap_used)] // a test may fail

mod support;

use labelgate::bom::{BomBuilder, BomIdentity, BomLimits, BomReader, DataSet};
use labelgate::digest::{Algorithm, Digest, Hasher};
use support::peak::{self, Peak};

#[global_allocator]
static ALLOCATOR: Peak = Peak;

/// Feeds the BOM to `push` in pieces as the builder writes it, so that it is never in memory.
struct Pieces<'a>(&'a mut BomReader, usize);

impl std::io::Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.push(bytes).map_err(std::io::Error::other)?;
        self.1 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn digest(item: u32) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&item.to_le_bytes());
    hasher.finish()
}

#[test]
fn a_hundred_thousand_items_are_read_in_under_30_mb() {
    const ITEMS: u32 = 100_000;
    const MOST_BYTES: usize = 30_000_000;
    let name = |item: u32| format!("images/train/{item:06}.png");

    let before = peak::restart();
    let mut reader = BomReader::new(BomLimits::default());
    let identity = BomIdentity { serial: [1; 16], version: 1, timestamp: None };
    let set = DataSet { bom_ref: "urn:set", name: "set", version: None };
    let pieces = std::io::BufWriter::with_capacity(65_536, Pieces(&mut reader, 0));
    let mut builder = BomBuilder::new(pieces, &identity, &set).unwrap();
    for item in 0..ITEMS {
        builder.add(&name(item), &digest(item)).unwrap();
    }
    let document_bytes =
        builder.finish().unwrap().into_inner().map_err(|_| "not flushed").unwrap().1;
    let bom = reader.finish().unwrap();
    let peak = peak::highest() - before;
    let kept = peak::now() - before;
    println!("{document_bytes} bytes of BOM: {peak} bytes of memory at most, {kept} kept");
    assert!(peak < MOST_BYTES, "{peak} bytes");
    // The design's aim for what stays: 12 MB, 120 bytes an item.
    assert!(kept < 12_000_000, "{kept} bytes");

    for item in (0..ITEMS).step_by(997) {
        assert!(bom.find(&name(item)).any(|entry| entry.lists(&digest(item))));
    }
    assert!(bom.is_complete() && !bom.contains(&digest(ITEMS)));
}
