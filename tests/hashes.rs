//! The published test vectors of every hash algorithm that counts as a proof.

#![cfg(all(not(target_arch = "wasm32"), feature = "all-hashes"))]

mod support;

use std::fs;

use labelgate::digest::{Algorithm, Hasher, many};
use serde_json::Value;

fn hash(algorithm: Algorithm, message: &[u8]) -> String {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(message);
    hasher.finish().to_hex()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// `Len`, `Msg` and `MD` of each test of a file in the form of NIST's CAVP, of whole bytes.
fn cavp(text: &str) -> Vec<(Vec<u8>, String)> {
    let field = |name: &str| {
        let prefix = format!("{name} = ");
        let lines = text.lines().filter_map(move |line| line.strip_prefix(&prefix));
        lines.map(str::trim).map(str::to_owned).collect::<Vec<_>>()
    };
    let (lengths, messages, digests) = (field("Len"), field("Msg"), field("MD"));
    assert!(lengths.len() == messages.len() && messages.len() == digests.len());
    let tests = lengths.iter().zip(messages).zip(digests);
    tests
        .map(|((bits, message), digest)| {
            let length = bits.parse::<usize>().unwrap() / 8;
            (bytes(&message)[..length].to_vec(), digest)
        })
        .collect()
}

#[test]
fn sha_2_sha_3_and_blake2b_pass_their_short_messages() {
    for (file, algorithm) in [
        ("SHA256ShortMsg.rsp", Algorithm::Sha256),
        ("SHA384ShortMsg.rsp", Algorithm::Sha384),
        ("SHA512ShortMsg.rsp", Algorithm::Sha512),
        ("SHA3_256ShortMsg.rsp", Algorithm::Sha3_256),
        ("SHA3_384ShortMsg.rsp", Algorithm::Sha3_384),
        ("SHA3_512ShortMsg.rsp", Algorithm::Sha3_512),
        ("blake2b.txt", Algorithm::Blake2b512),
    ] {
        let Some(path) = support::shared(&format!("data/bom/hashes/{file}")) else { return };
        let tests = cavp(&fs::read_to_string(path).unwrap());
        let least = if algorithm == Algorithm::Blake2b512 { 3 } else { 60 };
        assert!(tests.len() >= least, "{file}: {} tests", tests.len());
        for (message, digest) in &tests {
            assert_eq!(hash(algorithm, message), *digest, "{file}: {} bytes", message.len());
        }
    }
}

#[test]
fn many_messages_at_once_pass_the_short_messages_of_nist() {
    let Some(path) = support::shared("data/bom/hashes/SHA256ShortMsg.rsp") else { return };
    let tests = cavp(&fs::read_to_string(path).unwrap());
    let messages: Vec<&[u8]> = tests.iter().map(|(message, _)| message.as_slice()).collect();
    let mut end = 0;
    let ends: Vec<u32> = messages
        .iter()
        .map(|message| {
            end += message.len() as u32;
            end
        })
        .collect();
    let mut digests = Vec::new();
    many::sha256(&messages.concat(), &ends, &mut digests).unwrap();
    let expected: Vec<u8> = tests.iter().flat_map(|(_, digest)| bytes(digest)).collect();
    assert_eq!(digests, expected);
}

#[test]
fn no_sha_1_is_computed() {
    assert_eq!(Algorithm::from_key("sha1"), None);
    assert_eq!(Algorithm::from_cyclonedx("SHA-1"), None);
}

#[test]
fn blake3_passes_the_vectors_of_its_authors_to_32_bytes() {
    let Some(path) = support::shared("data/bom/hashes/blake3_test_vectors.json") else { return };
    let vectors: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 35, "{} cases", cases.len());
    for case in cases {
        let length = usize::try_from(case["input_len"].as_u64().unwrap()).unwrap();
        let message: Vec<u8> = (0..=250).cycle().take(length).collect();
        assert_eq!(hash(Algorithm::Blake3, &message), case["hash"].as_str().unwrap()[..64]);
    }
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
