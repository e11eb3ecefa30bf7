//! A BOM is read or refused, whatever pieces it comes in; every item is found by what it is known by.
#![no_main]

use labelgate::Bom;
use labelgate::bom::{BomLimits, BomReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (piece, document) =
        input.split_first().map_or((1, input), |(n, rest)| (usize::from(*n).max(1), rest));
    let mut reader = BomReader::new(BomLimits::default());
    let in_pieces = document
        .chunks(piece)
        .try_for_each(|piece| reader.push(piece))
        .and_then(|()| reader.finish());
    let whole = Bom::from_slice(document);
    assert_eq!(in_pieces.is_ok(), whole.is_ok());
    if let Ok(bom) = whole {
        assert_eq!(bom.entries().count(), bom.len());
        for entry in bom.entries() {
            assert!(bom.find(entry.name()).any(|found| found.name() == entry.name()));
            assert!(entry.digests().all(|digest| bom.contains(&digest)));
        }
    }
});
