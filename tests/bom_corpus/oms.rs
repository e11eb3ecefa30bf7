//! OpenSSF Model Signing: bundles with the files beside them, as far as a pinned key goes.

use labelgate::bom::{Manifest, ManifestFormat};
use labelgate::digest::{Algorithm, Hasher};
use labelgate::signature::sigstore::{Bundle, Material};
use labelgate::signature::{Threshold, oms};

use crate::decision::Decision;
use crate::manifest::{Case, Corpus};
use crate::sigstore::{KEYLESS, PINNED_KEY, pinned};

const SCHEMA: &str = "a JSON Schema; bundles are read by rules of labelgate's own";
const CERTIFICATE: &str = "a certificate: keys are pinned by themselves, and no chain is built";
const PASSED_OVER: &str = "the signed list does not name the file, so nothing is known of it";

pub fn verdict(case: &Case) -> Decision {
    match (case.folder(), case.name()) {
        ("oms/schemas", _) => Decision::not_decided("not read", SCHEMA),
        ("oms/model-transparency/keys", _) => key(case),
        ("oms/spec-vectors/valid" | "oms/spec-vectors/invalid", _) => spec_vector(case),
        (_, "model.sig") => bundle(case),
        _ => payload(case),
    }
}

fn signing_key(corpus: &Corpus) -> Threshold {
    let pem = corpus.read("oms/model-transparency/keys/signing-key-pub.pem");
    pinned(&pem).unwrap()
}

fn key(case: &Case) -> Decision {
    match pinned(&case.bytes) {
        Ok(key) => {
            let algorithm = key.keys()[0].algorithm().name();
            Decision::agrees_if(case.name().contains("pub"), format!("a key of {algorithm}"))
        }
        Err(error) => {
            assert!(case.name().contains("cert"), "{}: {error}", case.path);
            Decision::not_decided(format!("refused: {error}"), CERTIFICATE)
        }
    }
}

/// Whether it has what the schema asks for. Who signed the valid one takes Fulcio's certificates.
fn spec_vector(case: &Case) -> Decision {
    let is_valid = case.expect == "oms-schema:valid";
    match Bundle::from_json(&case.bytes) {
        Ok(bundle) => {
            assert_eq!(bundle.material(), Material::Certificate);
            Decision::agrees_if(is_valid, "read; keyless, so who signed is not known")
        }
        Err(error) => Decision::agrees_if(!is_valid, format!("refused: {error}")),
    }
}

fn bundle(case: &Case) -> Decision {
    let manifest = list(&case.bytes);
    // The newest ones say which paths they pass over.
    let folder = case.folder().rsplit('/').next().unwrap();
    assert_eq!(manifest.is_complete, !folder.starts_with("v1.1.0"), "{}", case.path);
    let key = signing_key(case.corpus);
    let verified = oms::verify(&case.bytes, &key).unwrap();
    if case.expect.starts_with("keyless") {
        let refusal = verified.expect_err(case.path);
        return Decision::not_decided(format!("refused: {}", refusal.code()), KEYLESS);
    }
    assert!(case.expect.starts_with("dsse:verifies-with-signing-key-pub"), "{}", case.expect);
    // A letter of the payload changed.
    let mut changed = case.bytes.clone();
    let at = case.text().find("\"payload\"").unwrap() + 40;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    let refusal = oms::verify(&changed, &key).map(|verified| verified.unwrap_err().code());
    assert_eq!(refusal, Ok("bad-signature"), "{}", case.path);
    match verified {
        Ok(signed) => {
            assert_eq!(signed.files.len(), manifest.items.len());
            Decision::agrees(format!("verifies, {} files; changed it does not", signed.files.len()))
        }
        Err(refusal) => Decision::wrong(refusal.code()),
    }
}

/// The files that a bundle lists, whoever signed it.
fn list(bundle: &[u8]) -> Manifest {
    let manifest = Manifest::from_json(bundle).unwrap().unwrap();
    assert_eq!(manifest.format, ManifestFormat::ModelSigning);
    assert!(!manifest.items.is_empty() && manifest.left_out.is_empty(), "{manifest:?}");
    manifest
}

/// Compares the file with the list in the bundle beside it.
fn payload(case: &Case) -> Decision {
    assert_eq!(case.expect, "payload file", "{}", case.path);
    let manifest = list(&case.read_beside("model.sig"));
    let Some(item) = manifest.items.iter().find(|item| item.name == case.name()) else {
        assert_eq!(case.name(), "ignore-me", "{}: {manifest:?}", case.path);
        return Decision::not_decided("not listed", PASSED_OVER);
    };
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&case.bytes);
    Decision::agrees_if(item.digests == [hasher.finish()], "listed with the hash of its bytes")
}

#[test]
fn the_key_of_the_models_is_not_the_one_of_other_bundles() {
    let Some(corpus) = Corpus::open() else { return };
    let bundle = corpus.read("oms/model-transparency/v1.0.0-elliptic-key/model.sig");
    let other = pinned(&corpus.read(PINNED_KEY)).unwrap();
    assert!(oms::verify(&bundle, &other).unwrap().is_err());
}
