//! The published test vectors of every hash algorithm that counts as a proof.

use labelgate::digest::{Algorithm, Hasher, many};

use crate::decision::Decision;
use crate::hex;
use crate::manifest::Case;

const SHA_1: &str = "SHA-1 proves nothing any more: it is named, and never computed";

pub fn verdict(case: &Case) -> Decision {
    let algorithm = match case.name() {
        "SHA1ShortMsg.rsp" => {
            assert_eq!(Algorithm::from_key("sha1"), None);
            assert_eq!(Algorithm::from_cyclonedx("SHA-1"), None);
            return Decision::not_decided("no algorithm of this name", SHA_1);
        }
        "blake3_test_vectors.json" => return blake3(case),
        "SHA256ShortMsg.rsp" => Algorithm::Sha256,
        "SHA384ShortMsg.rsp" => Algorithm::Sha384,
        "SHA512ShortMsg.rsp" => Algorithm::Sha512,
        "SHA3_256ShortMsg.rsp" => Algorithm::Sha3_256,
        "SHA3_384ShortMsg.rsp" => Algorithm::Sha3_384,
        "SHA3_512ShortMsg.rsp" => Algorithm::Sha3_512,
        "blake2b.txt" => Algorithm::Blake2b512,
        other => return Decision::wrong(format!("no algorithm for `{other}`")),
    };
    let tests = cavp(case.text());
    let least = if algorithm == Algorithm::Blake2b512 { 3 } else { 60 };
    let is_good = tests.iter().all(|(message, digest)| hash(algorithm, message) == *digest);
    if algorithm == Algorithm::Sha256 {
        many_at_once(&tests);
    }
    let given = format!("{} messages have their digests", tests.len());
    Decision::agrees_if(is_good && tests.len() >= least, given)
}

/// To 32 bytes, the length that counts.
fn blake3(case: &Case) -> Decision {
    let vectors = case.json();
    let cases = vectors["cases"].as_array().unwrap();
    for case in cases {
        let length = usize::try_from(case["input_len"].as_u64().unwrap()).unwrap();
        let message: Vec<u8> = (0..=250).cycle().take(length).collect();
        assert_eq!(hash(Algorithm::Blake3, &message), case["hash"].as_str().unwrap()[..64]);
    }
    Decision::agrees_if(cases.len() >= 35, format!("{} messages have their digests", cases.len()))
}

fn many_at_once(tests: &[(Vec<u8>, String)]) {
    let mut end = 0;
    let ends: Vec<u32> = tests
        .iter()
        .map(|(message, _)| {
            end += message.len() as u32;
            end
        })
        .collect();
    let messages: Vec<u8> = tests.iter().flat_map(|(message, _)| message.clone()).collect();
    let mut digests = Vec::new();
    many::sha256(&messages, &ends, &mut digests).unwrap();
    let expected: Vec<u8> = tests.iter().flat_map(|(_, digest)| hex::bytes(digest)).collect();
    assert_eq!(digests, expected);
}

fn hash(algorithm: Algorithm, message: &[u8]) -> String {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(message);
    hasher.finish().to_hex()
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
            (hex::bytes(&message)[..length].to_vec(), digest)
        })
        .collect()
}
