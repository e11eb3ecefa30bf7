//! A list of items in a format of others is read or refused; no name is there twice, and no digest is weak.
#![no_main]

use std::collections::BTreeSet;

use labelgate::bom::Manifest;
use labelgate::signature::{Algorithm, PrivateKey, dsse};
use libfuzzer_sys::fuzz_target;

fn look_at(manifest: &Manifest) {
    let names: BTreeSet<&str> = manifest.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names.len(), manifest.items.len());
    for item in &manifest.items {
        let algorithms = item.digests.iter().map(|digest| digest.algorithm());
        assert_eq!(algorithms.collect::<BTreeSet<_>>().len(), item.digests.len());
        assert!(!item.digests.is_empty());
    }
    assert!(!manifest.is_complete || manifest.left_out.is_empty());
}

fuzz_target!(|input: &[u8]| {
    if let Ok(Some(manifest)) = Manifest::from_json(input) {
        look_at(&manifest);
    }
    // The same as the statement in a bundle.
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).expect("32 bytes");
    let envelope = dsse::sign(input, "application/vnd.in-toto+json", &[&key]).expect("one key");
    let bundle = [b"{\"dsseEnvelope\":", envelope.as_slice(), b"}"].concat();
    if let Ok(Some(manifest)) = Manifest::from_json(&bundle) {
        look_at(&manifest);
    }
});
