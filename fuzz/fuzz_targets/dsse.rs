//! Keys, envelopes and bundles never panic; what is signed comes out again.
#![no_main]

use labelgate::signature::dsse::{self, Envelope};
use labelgate::signature::sigstore::Bundle;
use labelgate::signature::{Algorithm, PrivateKey, PublicKey, Threshold, oms};
use libfuzzer_sys::fuzz_target;

const TYPE: &str = "application/vnd.cyclonedx+json";

fuzz_target!(|input: &[u8]| {
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).expect("32 bytes");
    let pinned = Threshold::one(key.public().clone());
    if let Ok(envelope) = Envelope::from_json(input)
        && let Ok(checked) = envelope.check(&pinned, TYPE)
    {
        let _ = checked.payload();
    }
    if let Ok(bundle) = Bundle::from_json(input) {
        let _ = bundle.check_file(&pinned, b"file");
    }
    let _ = oms::verify(input, &pinned);
    let _ = oms::Files::from_statement(input);
    if let Ok(key) = PublicKey::from_jwk(input) {
        let again = PublicKey::from_jwk(&key.to_jwk()).expect("our own JWK");
        assert_eq!(again.thumbprint(), key.thumbprint());
    }
    let _ = PrivateKey::from_jwk(input);
    let _ = std::str::from_utf8(input).map(PublicKey::from_pem);
    let envelope = dsse::sign(input, TYPE, &[&key]).expect("one key");
    let checked = Envelope::from_json(&envelope).expect("our own envelope").check(&pinned, TYPE);
    let checked = checked.unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(checked.payload().map(|(payload, _)| payload), Ok(input));
});
