//! Published digests that stand in a text and in no file; the files of vectors are in `tests/bom_corpus`.

#![cfg(all(not(target_arch = "wasm32"), feature = "all-hashes"))]

use labelgate::digest::{Algorithm, Hasher};

fn hash(algorithm: Algorithm, message: &[u8]) -> String {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(message);
    hasher.finish().to_hex()
}

/// RFC 7693, appendix A, and the answers of Python's `hashlib` for the shorter outputs and the empty message.
#[test]
fn blake2b_of_each_length_is_a_hash_of_its_own() {
    for (algorithm, message, digest) in [
        (
            Algorithm::Blake2b512,
            "abc",
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
        ),
        (
            Algorithm::Blake2b384,
            "abc",
            "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6c66ba83be64b302d7cba6ce15bb556f4",
        ),
        (
            Algorithm::Blake2b256,
            "abc",
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
        ),
        (
            Algorithm::Blake2b256,
            "",
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
        ),
    ] {
        assert_eq!(hash(algorithm, message.as_bytes()), digest, "{algorithm:?} of `{message}`");
    }
}
