//! SHA-256 of many messages at once, which is quicker than one after the other where the processor's own
//! SHA instructions are out of reach: in wasm.
//!
//! There four messages go side by side in the lanes of 128-bit vectors; natively, and in wasm without
//! SIMD, they go one by one through the `sha2` crate, which finds the SHA instructions by itself. Both
//! give the same bytes.

#[cfg(any(test, fuzzing, all(target_arch = "wasm32", target_feature = "simd128")))]
mod four;
#[cfg(any(test, fuzzing, all(target_arch = "wasm32", target_feature = "simd128")))]
mod kernel;
#[cfg(any(test, fuzzing, all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use lanes::hash as in_lanes;

use crate::error::{Error, ErrorCode};

/// Bytes of a SHA-256 digest.
pub const DIGEST_BYTES: usize = 32;

/// The SHA-256 of each of many messages, which lie in `bytes` one after the other; `ends` says where
/// each ends. `digests` is emptied and takes 32 bytes a message, in the same order.
///
/// An end equal to the one before is an empty message; no ends are no messages.
///
/// # Errors
/// [`ErrorCode::Digest`] when an end is below the one before, or the last is not the end of `bytes`.
pub fn sha256(bytes: &[u8], ends: &[u32], digests: &mut Vec<u8>) -> Result<(), Error> {
    let messages = split(bytes, ends)?;
    digests.clear();
    digests.resize(ends.len() * DIGEST_BYTES, 0);
    let (digests, _) = digests.as_chunks_mut();
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    lanes::hash(messages, digests);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    one_by_one(messages, digests);
    Ok(())
}

/// The messages of a packed input, none of which reaches beyond it.
fn split<'a>(bytes: &'a [u8], ends: &'a [u32]) -> Result<impl Iterator<Item = &'a [u8]>, Error> {
    let wrong = |expected| Err(Error::new(ErrorCode::Digest, expected));
    if !ends.is_sorted() {
        return wrong("expected no end of a message below the one before");
    }
    let last = ends.last().copied().unwrap_or(0);
    if usize::try_from(last) != Ok(bytes.len()) {
        return wrong("expected the last message to end where the bytes end");
    }
    let mut rest = bytes;
    let mut start = 0;
    Ok(ends.iter().map(move |&end| {
        let length = usize::try_from(end.wrapping_sub(start)).unwrap_or(usize::MAX);
        start = end;
        let (message, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        rest = after;
        message
    }))
}

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
fn one_by_one<'a>(messages: impl Iterator<Item = &'a [u8]>, digests: &mut [[u8; DIGEST_BYTES]]) {
    use sha2::Digest as _;

    for (message, digest) in messages.zip(digests) {
        *digest = sha2::Sha256::digest(message).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Algorithm, Hasher};

    #[test]
    fn packed_messages_have_the_digests_that_they_have_alone() {
        let messages: [&[u8]; 7] = [b"", b"abc", &[7; 64], b"", &[9; 1000], &[1; 55], &[2; 56]];
        let mut end = 0;
        let ends = messages.map(|message| {
            end += u32::try_from(message.len()).unwrap();
            end
        });
        let mut digests = vec![1, 2, 3];
        sha256(&messages.concat(), &ends, &mut digests).unwrap();
        let expected = messages.map(|message| {
            let mut hasher = Hasher::new(Algorithm::Sha256);
            hasher.update(message);
            hasher.finish().as_bytes().to_vec()
        });
        assert_eq!(digests, expected.concat());
    }

    #[test]
    fn no_messages_have_no_digests() {
        let mut digests = vec![1];
        sha256(&[], &[], &mut digests).unwrap();
        assert!(digests.is_empty());
    }

    #[test]
    fn ends_that_do_not_fit_the_bytes_are_refused() {
        for ends in [&[3_u32, 2, 4][..], &[1, 2], &[5], &[], &[u32::MAX], &[4, u32::MAX, 4]] {
            assert!(sha256(&[0; 4], ends, &mut Vec::new()).is_err(), "{ends:?}");
        }
    }
}
