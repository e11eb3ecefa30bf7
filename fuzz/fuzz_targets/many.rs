//! SHA-256 in lanes against the `sha2` crate, and packed input whose ends may be wrong.

#![no_main]

use labelgate::digest::many;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

fuzz_target!(|input: &[u8]| {
    // The first byte says how many lengths follow, two bytes each; the messages are what is left.
    let Some((&count, rest)) = input.split_first() else { return };
    let (lengths, bytes) = rest.split_at((2 * usize::from(count)).min(rest.len()));
    let lengths = lengths.as_chunks().0.iter().map(|pair| usize::from(u16::from_le_bytes(*pair)));

    // The lanes are there natively only for this.
    #[cfg(fuzzing)]
    {
        // Cut to what there is, so that most inputs are messages and no error.
        let mut left = bytes;
        let messages: Vec<&[u8]> = lengths
            .clone()
            .map(|length| {
                let (message, after) = left.split_at(length.min(left.len()));
                left = after;
                message
            })
            .collect();
        let expected: Vec<[u8; 32]> =
            messages.iter().map(|message| Sha256::digest(message).into()).collect();
        let mut digests = vec![[0; 32]; messages.len()];
        many::in_lanes(messages.iter().copied(), &mut digests);
        assert_eq!(digests, expected);
    }

    // As they are: no end beyond the bytes is believed, none below the one before.
    let mut end = 0_u32;
    let ends: Vec<u32> = lengths
        .map(|length| {
            end = if length % 251 == 7 { end / 2 } else { end + length as u32 };
            end
        })
        .collect();
    let fits = ends.is_sorted() && ends.last().copied().unwrap_or(0) as usize == bytes.len();
    let mut packed = Vec::new();
    let answer = many::sha256(bytes, &ends, &mut packed);
    assert_eq!(answer.is_ok(), fits);
    if fits {
        // By the ends and not by the lengths: half of no end is none, so that ends can fit and lengths not.
        let mut start = 0;
        let expected = ends.iter().map(|&end| {
            let message = &bytes[start..end as usize];
            start = end as usize;
            Sha256::digest(message).to_vec()
        });
        assert_eq!(packed, expected.collect::<Vec<_>>().concat());
    }
});
