//! JSF: the samples of its author, the signed BOMs of the CycloneDX specification, and BOMs that tools
//! signed in other ways.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use labelgate::bom::{BomLimits, BomReader};
use labelgate::signature::{PublicKey, Refusal, Threshold, Verification, jsf};
use serde_json::{Value, json};

use crate::decision::Decision;
use crate::manifest::{Case, Corpus};

const ED448: &str = "Ed448: no key for it can be pinned, and no runtime we support must know it";
const CERTIFICATE: &str = "a certificate: keys are pinned by themselves, and no chain is built";
const EXCLUDES: &str = "stricter: `excludes` leaves members of the document unsigned";
const EXTENSIONS: &str = "stricter: CycloneDX allows no extensions in a signature";
const RSA_PEM: &str = "an RSA key in PEM does not say which algorithm it is for; as a JWK with `alg` it can be pinned";
const HOST: &str = "WebCrypto is asked: pkg/test/jsf.test.mjs has its answers. The message it gets is the one \
    that another implementation of RFC 8785 makes";

pub fn verdict(case: &Case) -> Decision {
    if case.folder() == "jsf/keys" { key(case) } else { sample(case) }
}

fn key(case: &Case) -> Decision {
    match PublicKey::from_pem(case.text()) {
        Ok(key) => Decision::agrees(format!("a key of {}", key.algorithm().name())),
        Err(error) => {
            let given = format!("refused: {error}");
            match case.name() {
                "ed448publickey.pem" => Decision::not_decided(given, ED448),
                "r2048publickey.pem" => Decision::not_decided(given, RSA_PEM),
                name if name.ends_with("publickey.pem") => Decision::wrong(given),
                _ => Decision::not_decided(given, CERTIFICATE),
            }
        }
    }
}

/// The key of this name in the samples: `p256`, `r2048` with the algorithm `rs256`.
fn sample_key(corpus: &Corpus, key: &str, algorithm: &str) -> PublicKey {
    let parse = |file: &str| -> Value {
        serde_json::from_slice(&corpus.read(&format!("jsf/signed/{file}"))).unwrap()
    };
    match key {
        // There is no JWK of its own for this one.
        "r2048" => {
            let mut key = parse("r2048_rs256@jwk.json")["signature"]["publicKey"].clone();
            key["alg"] = algorithm.to_uppercase().into();
            jwk(&key)
        }
        _ => {
            let pem = corpus.read(&format!("jsf/keys/{key}publickey.pem"));
            PublicKey::from_pem(std::str::from_utf8(&pem).unwrap()).unwrap()
        }
    }
}

/// A sample under all keys that its name tells, then changed, then under another key.
fn sample(case: &Case) -> Decision {
    let (signers, form) = case.name().trim_end_matches(".json").split_once('@').unwrap();
    let signers: Vec<(&str, &str)> =
        signers.split('+').map(|signer| signer.split_once('_').unwrap()).collect();
    let member = if form.starts_with("name-") { "authorizationSignature" } else { "signature" };
    let other = sample_key(case.corpus, "p384", "es384");
    let is_ours =
        |(_, algorithm): &&(&str, &str)| !algorithm.starts_with("hs") && *algorithm != "ed448";
    let keys: Vec<PublicKey> = signers
        .iter()
        .filter(is_ours)
        .map(|(key, algorithm)| sample_key(case.corpus, key, algorithm))
        .collect();
    if keys.len() < signers.len() {
        let given = read(&case.bytes, &Threshold::one(other), member);
        return match case.expect {
            "jsf:HMAC (refuse by policy)" => Decision::agrees_if(given == "hmac", given),
            _ => {
                assert_eq!(given, "key-not-pinned", "{}", case.path);
                Decision::not_decided(given, ED448)
            }
        };
    }
    assert_eq!(case.expect, format!("jsf:all-verify x{}", keys.len()), "{}", case.path);
    let all = Threshold::new(keys.clone(), keys.len()).unwrap();
    let given = read(&case.bytes, &all, member);
    for (left_out, code, reason) in
        [("excl", "excludes", EXCLUDES), ("exts", "extensions", EXTENSIONS)]
    {
        if form.contains(left_out) {
            assert_eq!(given, code, "{}", case.path);
            return Decision::agrees_unless(Some(reason), false, given);
        }
    }
    let host: Vec<&str> = keys
        .iter()
        .map(PublicKey::algorithm)
        .filter(|algorithm| !algorithm.is_supported())
        .map(|algorithm| algorithm.name())
        .collect();
    if !host.is_empty() {
        let expected = format!("{} good, host for {}", keys.len() - host.len(), host.join(" "));
        assert_eq!(given, expected, "{}", case.path);
        host_gets_the_message(case, &all);
        return Decision::not_decided(given, HOST);
    }
    // The same with one thing changed, and with another key pinned.
    let changed =
        case.text().replacen("\"Joe\"", "\"Jim\"", 1).replacen("\"something\"", "\"anything\"", 1);
    assert_ne!(changed, case.text());
    assert_eq!(read(changed.as_bytes(), &all, member), "bad-signature", "{} changed", case.path);
    if !keys.iter().any(|key| key.is_same_key(&other)) {
        let given = read(&case.bytes, &Threshold::one(other), member);
        assert_eq!(given, "key-not-pinned", "{} by another key", case.path);
    }
    Decision::agrees_if(given == "good", given)
}

/// What is left to the host is over the canonical form that another implementation makes.
fn host_gets_the_message(case: &Case, threshold: &Threshold) {
    let document = case.json();
    let messages = messages(&document);
    let found = jsf::read(&case.bytes, threshold).unwrap().unwrap();
    for (_, check) in found.open() {
        let message = String::from_utf8(check.message().unwrap().to_vec()).unwrap();
        assert!(messages.contains(&message), "{}: {message}", case.path);
    }
}

/// What each signer signed, by the words of JSF 0.82 (sections 4 and 5).
fn messages(document: &Value) -> Vec<String> {
    let without_value = |signer: &Value| {
        let mut signer = signer.clone();
        signer.as_object_mut().unwrap().remove("value").unwrap();
        signer
    };
    let signature = &document["signature"];
    let signed: Vec<Value> = if let Some(signers) = signature["signers"].as_array() {
        signers.iter().map(|signer| json!({"signers": [without_value(signer)]})).collect()
    } else if let Some(chain) = signature["chain"].as_array() {
        let upto = |end: usize| {
            let mut chain = chain[..=end].to_vec();
            chain[end] = without_value(&chain[end]);
            json!({"chain": chain})
        };
        (0..chain.len()).map(upto).collect()
    } else {
        vec![without_value(signature)]
    };
    let whole = |signature: Value| {
        let mut document = document.clone();
        document["signature"] = signature;
        serde_json_canonicalizer::to_string(&document).unwrap()
    };
    signed.into_iter().map(whole).collect()
}

/// `good`, the code of the refusal, or what is left to the host.
fn outcome(found: Result<Verification, Refusal>) -> String {
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return refusal.code().to_owned(),
    };
    let left: Vec<&str> = found.open().map(|(_, check)| check.key().algorithm().name()).collect();
    match found.decide() {
        Ok(_) => "good".to_owned(),
        Err(Refusal::Undecided) => {
            format!("{} good, host for {}", found.good_keys().len(), left.join(" "))
        }
        Err(refusal) => refusal.code().to_owned(),
    }
}

/// In one piece, byte by byte, and beside the reader of BOMs, which must all agree.
pub fn read(document: &[u8], threshold: &Threshold, member: &'static str) -> String {
    let settings = jsf::Settings { member, ..jsf::Settings::default() };
    let by_pieces = |bytes| {
        let mut reader = jsf::Reader::new(threshold, settings);
        for piece in document.chunks(bytes) {
            reader.push(piece).unwrap();
        }
        outcome(reader.finish().unwrap())
    };
    let given = by_pieces(usize::MAX);
    assert_eq!(by_pieces(1), given);
    let mut listener = jsf::Listener::new(threshold, settings);
    let mut reader = BomReader::new(BomLimits::default());
    if document.chunks(100).all(|piece| reader.push_with(piece, &mut listener).is_ok()) {
        assert_eq!(outcome(listener.finish()), given, "beside the BOM reader");
    }
    given
}

pub fn jwk(value: &Value) -> PublicKey {
    PublicKey::from_jwk(value.to_string().as_bytes()).unwrap()
}

/// The P-256 key of the first certificate in a signature: what follows its algorithm identifiers.
fn key_in_certificate(signature: &Value) -> PublicKey {
    const BEFORE_POINT: &[u8] =
        b"\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
    let certificate = signature["certificatePath"][0].as_str().unwrap();
    let der = Base64UrlUnpadded::decode_vec(certificate).unwrap();
    let at = der.windows(BEFORE_POINT.len()).position(|bytes| bytes == BEFORE_POINT).unwrap();
    let point = &der[at + BEFORE_POINT.len()..][..64];
    let coordinate = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    jwk(&serde_json::json!({
        "kty": "EC", "crv": "P-256", "x": coordinate(&point[..32]), "y": coordinate(&point[32..])
    }))
}

/// The signed BOMs of the specification, each at the place that the table names.
pub fn signed_boms(case: &Case) -> Decision {
    let mut verdicts = Vec::new();
    for line in case.text().lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let whole = case.corpus.read(fields[0]);
        let document: Value = serde_json::from_slice(&whole).unwrap();
        let part =
            if fields[1] == "root" { &document } else { document.pointer(fields[1]).unwrap() };
        let text = if fields[1] == "root" { whole } else { part.to_string().into_bytes() };
        let expected = if fields[2] == "[true]" { "good" } else { "bad-signature" };
        let pinned = Threshold::one(key_in_certificate(&part["signature"]));
        let given = read(&text, &pinned, "signature");
        assert_eq!(given, expected, "{} {}", fields[0], fields[1]);
        verdicts.push(given);
    }
    let good = verdicts.iter().filter(|given| *given == "good").count();
    let given = format!("{good} signatures good and {} bad, as listed", verdicts.len() - good);
    Decision::agrees_if(verdicts.len() >= 8, given)
}

#[test]
fn other_boms_are_refused_by_their_reason() {
    let Some(corpus) = Corpus::open() else { return };
    let parse = |bytes: &[u8]| -> Value { serde_json::from_slice(bytes).unwrap() };
    let signed = parse(&corpus.read("ml-bom/sample-1.6.cdx.signed.json"));
    let pinned = Threshold::one(jwk(&signed["signature"]["publicKey"]));
    let is_bom = |path: &str| {
        path.starts_with("ml-bom/") || (path.starts_with("cyclonedx/") && path.ends_with(".json"))
    };
    let mut checked = 0;
    for row in corpus.rows.iter().filter(|row| is_bom(&row.path)) {
        let bytes = corpus.read(&row.path);
        let document = parse(&bytes);
        let expected = if row.path.ends_with("sample-1.6.cdx.signed.json") {
            "der-value"
        } else if let Some(signature) = document.get("signature") {
            // The key pinned here is another one. Where a signature names no key, it is tried; the values
            // of some examples are cut short with three dots.
            let is_cut = signature["value"].as_str().is_some_and(|value| value.ends_with("..."));
            match signature.get("publicKey") {
                _ if is_cut => "not-base64",
                Some(_) => "key-not-pinned",
                None => "bad-signature",
            }
        } else if document.get("signatures").is_some() {
            "jss-signatures"
        } else {
            "no-signature"
        };
        assert_eq!(read(&bytes, &pinned, "signature"), expected, "{}", row.path);
        checked += 1;
    }
    assert!(checked > 150, "{checked} files are not the corpus");
}
