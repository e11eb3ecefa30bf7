//! RFC 8785, and the known traps for Ed25519 and ECDSA.

use std::fs;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use labelgate::json::canonical::{canonicalize, write_number};
use labelgate::signature::{Check, Outcome, PublicKey};
use serde_json::Value;

use crate::support;
use crate::table::{Table, bytes_of_hex, files, name};

#[test]
fn the_canonical_forms_are_those_of_the_author_of_rfc_8785() {
    let Some(folder) = support::shared("data/bom/jcs") else { return };
    let mut table = Table::default();
    for path in files(&folder.join("input")) {
        let file = name(&path);
        let ours = canonicalize(&fs::read(&path).unwrap()).unwrap();
        let text = fs::read(folder.join("output").join(file)).unwrap();
        table.row(file, &String::from_utf8_lossy(&text), &String::from_utf8_lossy(&ours));
        let hex =
            fs::read_to_string(folder.join("outhex").join(file.replace("json", "txt"))).unwrap();
        let hex: String = hex.split_whitespace().collect();
        assert_eq!(bytes_of_hex(&hex), ours, "{file}");
        assert_eq!(canonicalize(&ours).unwrap(), ours, "{file}");
    }
    table.finish(2);
}

#[test]
fn numbers_are_written_as_v8_writes_them() {
    let Some(file) = support::shared("data/bom/jcs/es6-numbers-5000.txt") else { return };
    let lines = fs::read_to_string(file).unwrap();
    let mut checked = 0;
    for line in lines.lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let value = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        let mut ours = Vec::new();
        write_number(&mut ours, value);
        assert_eq!(String::from_utf8(ours).unwrap(), expected, "{bits}");
        // And from text, where that is a number that has a canonical form.
        let is_large = (9_007_199_254_740_992.0..1e21).contains(&value.abs());
        match canonicalize(expected.as_bytes()) {
            Ok(form) => assert_eq!(String::from_utf8(form).unwrap(), expected),
            Err(error) => assert!(is_large, "{expected}: {error}"),
        }
        checked += 1;
    }
    assert!(checked >= 5_000, "{checked} lines are not the file");
}

/// Good, or bad: also when the key is refused.
fn outcome(key: Option<&PublicKey>, signature: &[u8], message: &[u8]) -> Outcome {
    key.map_or(Outcome::Bad, |key| Check::new(key, signature, message).run())
}

fn wycheproof(file: &str, key: impl Fn(&Value) -> Option<PublicKey>) -> Option<(usize, usize)> {
    let path = support::shared(&format!("data/bom/wycheproof/{file}"))?;
    let vectors: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        let key = key(&group["publicKey"]);
        for test in group["tests"].as_array().unwrap() {
            let bytes = |member: &str| bytes_of_hex(test[member].as_str().unwrap());
            let given = outcome(key.as_ref(), &bytes("sig"), &bytes("msg"));
            let expected = if test["result"] == "valid" { Outcome::Good } else { Outcome::Bad };
            assert_eq!(given, expected, "{file}, test {}: {}", test["tcId"], test["comment"]);
            if expected == Outcome::Good { good += 1 } else { bad += 1 }
        }
    }
    println!("{file}: {good} good and {bad} bad, as expected");
    Some((good, bad))
}

#[test]
fn the_traps_of_wycheproof_are_seen() {
    let ed25519 = wycheproof("ed25519_test.json", |key| {
        PublicKey::from_ed25519(&bytes_of_hex(key["pk"].as_str().unwrap())).ok()
    });
    let es256 = wycheproof("ecdsa_secp256r1_sha256_p1363_test.json", |key| {
        let point = bytes_of_hex(key["uncompressed"].as_str().unwrap());
        ec("P-256", &point[1..33], &point[33..])
    });
    for (good, bad) in [ed25519, es256].into_iter().flatten() {
        assert!(good > 80 && bad > 60);
    }
    println!("json_web_signature_test.json: not decided: JWS is no format that we accept");
}

fn ec(curve: &str, x: &[u8], y: &[u8]) -> Option<PublicKey> {
    let coordinate = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let (x, y) = (coordinate(x), coordinate(y));
    let jwk = format!(r#"{{"kty":"EC","crv":"{curve}","x":"{x}","y":"{y}"}}"#);
    PublicKey::from_jwk(jwk.as_bytes()).ok()
}

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

#[test]
fn odd_points_of_ed25519_are_judged_by_the_strict_rules() {
    let Some(path) = support::shared("data/bom/ed25519-cctv/ed25519vectors.json") else { return };
    let vectors: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let (mut good, mut bad) = (0, 0);
    for vector in vectors.as_array().unwrap() {
        let text = |member: &str| vector[member].as_str().unwrap();
        let flags: Vec<&str> =
            vector["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // Points with a component of small order pass as long as the equation holds without the cofactor.
        let strict = ["low_order_component_A", "low_order_component_R"];
        let expected = flags.iter().all(|flag| strict.contains(flag));
        let (key, signature) = (bytes_of_hex(text("key")), bytes_of_hex(text("sig")));
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
    println!("{good} good and {bad} bad, as expected");
    assert!(good > 40 && bad > 800);
}
