//! Bundles of OpenSSF Model Signing and of Sigstore, as far as a pinned key goes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use labelgate::Error;
use labelgate::digest::{Algorithm, Hasher};
use labelgate::signature::sigstore::{Bundle, Material};
use labelgate::signature::{PublicKey, Threshold, oms};

use crate::support;
use crate::table::{Table, files, name};

fn pinned(pem: &Path) -> Result<Threshold, Error> {
    PublicKey::from_pem(&fs::read_to_string(pem).unwrap()).map(Threshold::one)
}

const KEYLESS: &str = "keyless: needs Fulcio's certificates and Rekor's log";

#[test]
fn signed_models_give_their_files() {
    let Some(folder) = support::shared("data/bom/oms") else { return };
    let mut table = Table::default();
    let models = folder.join("model-transparency");
    let key = pinned(&models.join("keys/signing-key-pub.pem")).unwrap();
    for model in files(&models) {
        let Ok(bundle) = fs::read(model.join("model.sig")) else { continue };
        let file = name(&model);
        if Bundle::from_json(&bundle).unwrap().material() == Material::Certificate
            && file.ends_with("-sigstore")
        {
            table.not_decided(file, KEYLESS);
            continue;
        }
        let signed = oms::verify(&bundle, &key).unwrap();
        table.row(file, "good", signed.as_ref().map_or_else(|refusal| refusal.code(), |_| "good"));
        let signed = signed.unwrap();
        for (path, digest) in &signed.files {
            // A model that is one file is listed as `.`, by the hash of its digest alone.
            let path = if path == "." { "signme-1" } else { path };
            let mut hasher = Hasher::new(Algorithm::Sha256);
            hasher.update(&fs::read(model.join(path)).unwrap());
            let given = hasher.finish().to_string();
            table.row(&format!("{file}/{path}"), &digest.to_string(), &given);
        }
        let text = String::from_utf8(bundle).unwrap();
        let at = text.find("\"payload\"").unwrap() + 40;
        let mut changed = text.into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let given = match oms::verify(&changed, &key) {
            Ok(Err(refusal)) => refusal.code(),
            Ok(Ok(_)) => "good",
            Err(_) => "unreadable",
        };
        table.row(&format!("{file} changed"), "bad-signature", given);
    }
    let reads = |path: &str| Bundle::from_json(&fs::read(folder.join(path)).unwrap()).is_ok();
    let (invalid, valid) = (
        "spec-vectors/invalid/missing-verification-material.bundle.json",
        "spec-vectors/valid/sigstore.bundle.json",
    );
    table.row(invalid, "unreadable", if reads(invalid) { "readable" } else { "unreadable" });
    table.row(valid, "readable", if reads(valid) { "readable" } else { "unreadable" });
    table.not_decided(valid, KEYLESS);
    table.finish(25);
}

#[test]
fn bundles_of_sigstore_are_decided_as_far_as_the_key_goes() {
    let Some(folder) = support::shared("data/bom/sigstore-conformance") else { return };
    let mut table = Table::default();
    let mut decided = BTreeSet::new();
    for case in files(&folder).into_iter().filter(|path| path.is_dir()) {
        let file = name(&case);
        let expected = if file.ends_with("_fail") { "reject" } else { "accept" };
        let json = fs::read(case.join("bundle.sigstore.json")).unwrap();
        let bundle = Bundle::from_json(&json);
        let Ok(bundle) = bundle else {
            table.row(file, expected, "reject");
            continue;
        };
        if !case.join("key.pub").exists() {
            if bundle.material() == Material::PublicKey {
                // Without keys there is no threshold, so nothing can be trusted.
                let given =
                    if Threshold::new(Vec::new(), 1).is_err() { "reject" } else { "accept" };
                table.row(file, expected, given);
            } else {
                table.not_decided(file, KEYLESS);
            }
            continue;
        }
        let own = case.join("artifact");
        let artifact = if own.exists() { own } else { folder.join("a.txt") };
        let artifact = fs::read(artifact).unwrap();
        let Ok(key) = pinned(&case.join("key.pub")) else {
            // The wrong key of this case is not even base64.
            table.row(file, expected, "reject");
            continue;
        };
        let found = bundle.check_file(&key, &artifact).unwrap();
        let given = if found.decide().is_ok() { "accept" } else { "reject" };
        table.row(file, expected, given);
        table.not_decided(
            file,
            "whether the log entry and its time hold: the key is pinned, the log is not read",
        );
        let other = bundle.check_file(&key, b"another file").unwrap();
        assert!(other.decide().is_err());
        decided.insert(file.to_owned());
    }
    assert!(decided.contains("managed-key-happy-path"));
    table.finish(6);
}
