//! The known traps for Ed25519 and ECDSA: Wycheproof, and the odd points of C2SP.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use labelgate::signature::{Check, Outcome, PublicKey};
use serde_json::Value;

use crate::decision::Decision;
use crate::hex;
use crate::manifest::Case;

const JWS: &str =
    "JWS is no format that labelgate takes: a JSF signature whose value is one is refused";
const PROSE: &str = "prose about the vectors";

pub fn wycheproof(case: &Case) -> Decision {
    let key: fn(&Value) -> Option<PublicKey> = match case.name() {
        "ed25519_test.json" => {
            |key| PublicKey::from_ed25519(&hex::bytes(key["pk"].as_str().unwrap())).ok()
        }
        "ecdsa_secp256r1_sha256_p1363_test.json" => |key| {
            let point = hex::bytes(key["uncompressed"].as_str().unwrap());
            ec("P-256", &point[1..33], &point[33..])
        },
        _ => return Decision::not_decided("not read", JWS),
    };
    let vectors = case.json();
    let (mut good, mut bad) = (0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        let key = key(&group["publicKey"]);
        for test in group["tests"].as_array().unwrap() {
            let bytes = |member: &str| hex::bytes(test[member].as_str().unwrap());
            let given = outcome(key.as_ref(), &bytes("sig"), &bytes("msg"));
            let expected = if test["result"] == "valid" { Outcome::Good } else { Outcome::Bad };
            let name = case.name();
            assert_eq!(given, expected, "{name}, test {}: {}", test["tcId"], test["comment"]);
            if expected == Outcome::Good { good += 1 } else { bad += 1 }
        }
    }
    let given = format!("{good} signatures good and {bad} bad, each as its result field says");
    Decision::agrees_if(good > 80 && bad > 60, given)
}

/// Good, or bad: also when the key is refused.
fn outcome(key: Option<&PublicKey>, signature: &[u8], message: &[u8]) -> Outcome {
    key.map_or(Outcome::Bad, |key| Check::new(key, signature, message).run())
}

fn ec(curve: &str, x: &[u8], y: &[u8]) -> Option<PublicKey> {
    let coordinate = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let (x, y) = (coordinate(x), coordinate(y));
    let jwk = format!(r#"{{"kty":"EC","crv":"{curve}","x":"{x}","y":"{y}"}}"#);
    PublicKey::from_jwk(jwk.as_bytes()).ok()
}

/// The set for P-384 is in the crate, and not in the corpus.
#[test]
fn the_traps_of_wycheproof_for_p384_are_seen() {
    use wycheproof::TestResult;
    use wycheproof::ecdsa::{TestName, TestSet};
    let set = TestSet::load(TestName::EcdsaSecp384r1Sha384P1363).unwrap();
    let mut checked = 0;
    for group in set.test_groups {
        let point = group.key.key.as_slice();
        let key = ec("P-384", &point[1..49], &point[49..]);
        for test in group.tests {
            let given = outcome(key.as_ref(), &test.sig, &test.msg);
            let expected =
                if test.result == TestResult::Valid { Outcome::Good } else { Outcome::Bad };
            assert_eq!(given, expected, "test {}: {}", test.tc_id, test.comment);
            checked += 1;
        }
    }
    assert!(checked > 200, "{checked} tests are not the set");
}

/// Odd points of Ed25519 are judged by the strict rules.
pub fn ed25519(case: &Case) -> Decision {
    if case.name() != "ed25519vectors.json" {
        return Decision::not_decided("not read", PROSE);
    }
    let (mut good, mut bad) = (0, 0);
    for vector in case.json().as_array().unwrap() {
        let text = |member: &str| vector[member].as_str().unwrap();
        let flags: Vec<&str> =
            vector["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // Points with a component of small order pass as long as the equation holds without the cofactor.
        let strict = ["low_order_component_A", "low_order_component_R"];
        let expected = flags.iter().all(|flag| strict.contains(flag));
        let (key, signature) = (hex::bytes(text("key")), hex::bytes(text("sig")));
        let pinned = PublicKey::from_ed25519(&key).ok();
        let given = outcome(pinned.as_ref(), &signature, text("msg").as_bytes()) == Outcome::Good;
        assert_eq!(given, expected, "{}: {flags:?}", vector["number"]);
        // The same as the function that takes messages as a whole.
        let theirs = ed25519_dalek::VerifyingKey::from_bytes(&key.try_into().unwrap())
            .and_then(|key| {
                let signature = ed25519_dalek::Signature::from_slice(&signature)?;
                key.verify_strict(text("msg").as_bytes(), &signature)
            })
            .is_ok();
        assert_eq!(given, theirs, "{}: {flags:?}", vector["number"]);
        if given { good += 1 } else { bad += 1 }
    }
    let given =
        format!("{good} signatures good and {bad} bad by the strict rules, as their flags say");
    Decision::agrees_if(good > 40 && bad > 800, given)
}
