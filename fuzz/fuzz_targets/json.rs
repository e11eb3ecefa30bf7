//! The reader over a slice, the parser of pieces and `serde_json` agree on what is JSON.
#![no_main]

use labelgate::json::Reader;
use labelgate::json::stream::{Stream, StreamLimits};
use libfuzzer_sys::fuzz_target;

const DEPTH: usize = 32;

fn reads(input: &[u8]) -> bool {
    let whole = |mut reader: Reader<'_>| {
        reader.skip()?;
        reader.finish()
    };
    Reader::new(input, DEPTH).and_then(whole).is_ok()
}

fn streams(input: &[u8], piece: usize) -> bool {
    let limits = StreamLimits {
        max_bytes: u64::MAX,
        max_depth: DEPTH,
        max_open_names: 1 << 20,
        max_string_bytes: 1 << 20,
    };
    let mut stream = Stream::new(limits);
    for mut piece in input.chunks(piece) {
        loop {
            match stream.next(&mut piece, false) {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return false,
            }
        }
    }
    stream.finish().is_ok()
}

fuzz_target!(|input: &[u8]| {
    let read = reads(input);
    for piece in [1, 7, input.len().max(1)] {
        assert_eq!(streams(input, piece), read, "pieces of {piece}");
    }
    if read {
        assert!(serde_json::from_slice::<serde_json::Value>(input).is_ok());
    }
});
