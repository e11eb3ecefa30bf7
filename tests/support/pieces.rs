//! JSON and BOMs that arrive in pieces of one size.

use labelgate::Error;
use labelgate::bom::{Bom, BomLimits, BomReader};
use labelgate::json::stream::{Stream, StreamLimits};

/// Whether this is a JSON text within bounds that are wide for a test and narrow enough to be met by one.
pub fn parse(input: &[u8], piece_bytes: usize) -> Result<(), Error> {
    let mut stream = Stream::new(StreamLimits {
        max_bytes: 1 << 20,
        max_depth: 64,
        max_open_names: 1_000,
        max_string_bytes: 10_000,
    });
    for mut piece in input.chunks(piece_bytes) {
        while stream.next(&mut piece, true)?.is_some() {}
    }
    stream.finish().map(|_| ())
}

/// The BOM that is read of it.
pub fn read(input: &[u8], piece_bytes: usize) -> Result<Bom, Error> {
    let mut reader = BomReader::new(BomLimits::default());
    for piece in input.chunks(piece_bytes) {
        reader.push(piece)?;
    }
    reader.finish()
}
