//! A published BOM is read alike whatever pieces it comes in; it is trusted when the pinned key signed it, as it
//! stands or in an envelope, and never else.
#![no_main]

use labelgate::Bom;
use labelgate::bom::{Backing, BomLimits, BomLoader, PAYLOAD_TYPE, TrustSettings};
use labelgate::signature::dsse;
use labelgate::signature::jsf::{self, Mode};
use labelgate::signature::{Algorithm, PrivateKey, Threshold};
use libfuzzer_sys::fuzz_target;

fn load(document: &[u8], key: &PrivateKey, piece: usize) -> Option<(Option<Bom>, Backing)> {
    let signers = Some(Threshold::one(key.public().clone()));
    let settings = TrustSettings { signers, ..TrustSettings::default() };
    let mut loader = BomLoader::new(settings, BomLimits::default());
    document.chunks(piece).try_for_each(|piece| loader.push(piece)).ok()?;
    loader.finish().and_then(|loaded| loaded.conclude()).ok()
}

fuzz_target!(|input: &[u8]| {
    let key = PrivateKey::generate(Algorithm::Ed25519, &[1; 32]).expect("32 bytes");
    let as_it_is = load(input, &key, input.len().max(1));
    assert!(as_it_is.as_ref().is_none_or(|(_, backing)| !backing.is_trusted()));
    for piece in [1, 7] {
        assert_eq!(load(input, &key, piece), as_it_is, "pieces of {piece}");
    }

    let is_trusted = |document: &[u8], piece| {
        let (bom, backing) = load(document, &key, piece)?;
        // Without a serial number, nothing tells an older version of it from another data set.
        let bom = bom.expect("of a signed document");
        assert_eq!(backing.is_trusted(), bom.serial_number().is_some(), "{backing:?}");
        Some(bom)
    };
    let envelope = dsse::sign(input, PAYLOAD_TYPE, &[&key]).expect("one key");
    assert_eq!(is_trusted(&envelope, 1000), Bom::from_slice(input).ok());
    for mode in [Mode::Single, Mode::Signers, Mode::Chain] {
        let Ok(signed) = jsf::sign(input, &[&key], mode) else { continue };
        assert_eq!(is_trusted(&signed, 5), Bom::from_slice(&signed).ok());
    }
});
