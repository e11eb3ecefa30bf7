//! The conformance suite of Sigstore, as far as a pinned key goes. A folder is one case; what is said of
//! its bundle is said of the files that were used for that.

use labelgate::Error;
use labelgate::signature::sigstore::{Bundle, Material};
use labelgate::signature::{PublicKey, Threshold, oms};

use crate::decision::Decision;
use crate::manifest::Case;

pub const KEYLESS: &str =
    "keyless: that takes Fulcio's certificates and Rekor's log; only pinned keys are trusted";
const PROSE: &str = "prose about the case; the verdict is in the row of its bundle";
const ROOT_OF_TRUST: &str =
    "a root of trust of certificates and logs, which labelgate does not read; the key is pinned";

/// A key that none of the keyless bundles is signed by.
pub const PINNED_KEY: &str = "sigstore-conformance/managed-key-happy-path/key.pub";

pub fn pinned(pem: &[u8]) -> Result<Threshold, Error> {
    PublicKey::from_pem(std::str::from_utf8(pem).unwrap()).map(Threshold::one)
}

pub fn verdict(case: &Case) -> Decision {
    match case.name() {
        "README" | "README.md" => Decision::not_decided("not read", PROSE),
        // The file that is signed where a case has none of its own.
        "a.txt" => signed_file(case),
        "trusted_root.json" if case.has_beside("key.pub") => {
            Decision::not_decided("not read", ROOT_OF_TRUST)
        }
        "trusted_root.json" | "identity" | "issuer" => Decision::not_decided("not read", KEYLESS),
        "bundle.sigstore.json" => bundle(case, &case.bytes),
        "artifact" | "key.pub" => {
            let Decision { given, standing } =
                bundle(case, &case.read_beside("bundle.sigstore.json"));
            Decision { given: format!("its bundle: {given}"), standing }
        }
        other => Decision::wrong(format!("no part of a case is called `{other}`")),
    }
}

fn signed_file(case: &Case) -> Decision {
    let bundle =
        case.corpus.read("sigstore-conformance/managed-key-happy-path/bundle.sigstore.json");
    let key = pinned(&case.corpus.read(PINNED_KEY)).unwrap();
    let found = Bundle::from_json(&bundle).unwrap().check_file(&key, &case.bytes).unwrap();
    Decision::agrees_if(found.decide().is_ok(), "the file that `managed-key-happy-path` signs")
}

fn bundle(case: &Case, json: &[u8]) -> Decision {
    let is_to_fail = case.folder().ends_with("_fail");
    assert_eq!(case.expect, if is_to_fail { "reject" } else { "accept" }, "{}", case.path);
    let bundle = match Bundle::from_json(json) {
        Ok(bundle) => bundle,
        Err(error) => return Decision::agrees_if(is_to_fail, format!("reject: {error}")),
    };
    if bundle.material() == Material::Certificate {
        return keyless(case, json, bundle);
    }
    if !case.has_beside("key.pub") {
        return Decision::not_decided(
            "no key to pin",
            "the case comes without a key, and we judge by one",
        );
    }
    let key = match pinned(&case.read_beside("key.pub")) {
        Ok(key) => key,
        // The wrong key is not even base64.
        Err(error) => return Decision::agrees_if(is_to_fail, format!("reject: {error}")),
    };
    let other = bundle.check_file(&key, b"another file").unwrap();
    assert!(other.decide().is_err(), "{}", case.path);
    match bundle.check_file(&key, &artifact(case)).unwrap().decide() {
        Ok(_) => Decision::agrees_if(!is_to_fail, "accept, by the pinned key; its log is not read"),
        Err(refusal) => Decision::agrees_if(is_to_fail, format!("reject: {}", refusal.code())),
    }
}

fn artifact(case: &Case) -> Vec<u8> {
    if case.has_beside("artifact") {
        case.read_beside("artifact")
    } else {
        case.corpus.read("sigstore-conformance/a.txt")
    }
}

/// Not decided, and not trusted either: neither as a signed file nor as an envelope.
fn keyless(case: &Case, json: &[u8], bundle: Bundle) -> Decision {
    let key = pinned(&case.corpus.read(PINNED_KEY)).unwrap();
    let file = bundle.check_file(&key, &artifact(case));
    let file = file.and_then(|found| found.decide().map(|_| ()));
    let envelope = bundle.check_envelope(&key, oms::PAYLOAD_TYPE);
    let envelope = envelope.and_then(|checked| checked.payload().map(|_| ()));
    assert!(file.is_err() && envelope.is_err(), "{}", case.path);
    assert!(!matches!(oms::verify(json, &key), Ok(Ok(_))), "{}", case.path);
    Decision::not_decided("no pinned key signed it", KEYLESS)
}
