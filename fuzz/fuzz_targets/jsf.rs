//! A signature never panics, in one piece or in many; what is signed verifies; the canonical form is its own.
#![no_main]

use labelgate::json::canonical::canonicalize;
use labelgate::signature::jsf::{self, Mode};
use labelgate::signature::{Algorithm, PrivateKey, Refusal, Threshold};
use libfuzzer_sys::fuzz_target;

fn verdict(document: &[u8], threshold: &Threshold, piece: usize) -> Option<Result<usize, Refusal>> {
    let mut reader = jsf::Reader::new(threshold, jsf::Settings::default());
    for piece in document.chunks(piece) {
        reader.push(piece).ok()?;
    }
    let found = reader.finish().ok()?;
    Some(found.and_then(|found| found.decide().map(|keys| keys.len())))
}

fuzz_target!(|input: &[u8]| {
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).expect("32 bytes");
    let pinned = Threshold::one(key.public().clone());
    let given = verdict(input, &pinned, input.len().max(1));
    for piece in [1, 7] {
        assert_eq!(verdict(input, &pinned, piece), given, "pieces of {piece}");
    }
    if let Ok(form) = canonicalize(input) {
        assert_eq!(canonicalize(&form).expect("a canonical form"), form);
    }
    for mode in [Mode::Single, Mode::Signers, Mode::Chain] {
        let Ok(signed) = jsf::sign(input, &[&key], mode) else { continue };
        assert_eq!(verdict(&signed, &pinned, 5), Some(Ok(1)));
        if mode != Mode::Single {
            let twice = jsf::add_signer(&signed, &key).expect("a list of signers");
            assert_eq!(verdict(&twice, &pinned, 5), Some(Ok(1)));
        }
    }
    let _ = jsf::add_signer(input, &key);
});
