//! JSF: the samples of its author, the signed BOMs of the CycloneDX specification, and BOMs that tools
//! signed in other ways.

use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use labelgate::bom::{BomLimits, BomReader};
use labelgate::signature::{PublicKey, Refusal, Threshold, Verification, jsf};
use serde_json::Value;

use crate::support;
use crate::table::{Table, files, name};

/// `good`, the code of the refusal, or what is left to the host.
fn verdict(found: Result<Verification, Refusal>) -> String {
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
fn read(document: &[u8], threshold: &Threshold, member: &'static str) -> String {
    let settings = jsf::Settings { member, ..jsf::Settings::default() };
    let by_pieces = |bytes| {
        let mut reader = jsf::Reader::new(threshold, settings);
        for piece in document.chunks(bytes) {
            reader.push(piece).unwrap();
        }
        verdict(reader.finish().unwrap())
    };
    let given = by_pieces(usize::MAX);
    assert_eq!(by_pieces(1), given);
    let mut listener = jsf::Listener::new(threshold, settings);
    let mut reader = BomReader::new(BomLimits::default());
    if document.chunks(100).all(|piece| reader.push_with(piece, &mut listener).is_ok()) {
        assert_eq!(verdict(listener.finish()), given, "beside the BOM reader");
    }
    given
}

fn jwk(value: &Value) -> PublicKey {
    PublicKey::from_jwk(value.to_string().as_bytes()).unwrap()
}

fn parse(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The key of this name in the samples: `p256`, `r2048` with the algorithm `rs256`.
fn sample_key(folder: &Path, key: &str, algorithm: &str) -> PublicKey {
    match key {
        // There is no file with this key alone.
        "p256-2" => {
            let sample = parse(&folder.join("signed/p256_es256+p256-2_es256@chai-jwk.json"));
            jwk(&sample["signature"]["chain"][1]["publicKey"])
        }
        "r2048" => {
            let sample = parse(&folder.join("signed/r2048_rs256@jwk.json"));
            let mut key = sample["signature"]["publicKey"].clone();
            key["alg"] = algorithm.to_uppercase().into();
            jwk(&key)
        }
        _ => {
            let pem = fs::read_to_string(folder.join(format!("keys/{key}publickey.pem"))).unwrap();
            PublicKey::from_pem(&pem).unwrap()
        }
    }
}

#[test]
fn the_samples_of_its_author_get_their_verdicts() {
    let Some(folder) = support::shared("data/bom/jsf") else { return };
    let mut table = Table::default();
    for path in files(&folder.join("signed")) {
        let file = name(&path);
        let (signers, form) = file.trim_end_matches(".json").split_once('@').unwrap();
        let document = fs::read(&path).unwrap();
        let signers: Vec<(&str, &str)> =
            signers.split('+').map(|signer| signer.split_once('_').unwrap()).collect();
        let is_ours =
            |(_, algorithm): &&(&str, &str)| !algorithm.starts_with("hs") && *algorithm != "ed448";
        let keys: Vec<PublicKey> = signers
            .iter()
            .filter(is_ours)
            .map(|(key, algorithm)| sample_key(&folder, key, algorithm))
            .collect();
        let member = if form.starts_with("name-") { "authorizationSignature" } else { "signature" };
        let host: Vec<&str> = keys
            .iter()
            .map(PublicKey::algorithm)
            .filter(|a| !a.is_supported())
            .map(|a| a.name())
            .collect();
        let expected = if signers.iter().any(|(_, algorithm)| algorithm.starts_with("hs")) {
            "hmac".to_owned()
        } else if form.contains("excl") {
            "excludes".to_owned()
        } else if form.contains("exts") {
            "extensions".to_owned()
        } else if keys.is_empty() {
            table.not_decided(file, "Ed448: no key for it can be pinned");
            "key-not-pinned".to_owned()
        } else if host.is_empty() {
            "good".to_owned()
        } else {
            format!("{} good, host for {}", keys.len() - host.len(), host.join(" "))
        };
        let pinned =
            if keys.is_empty() { vec![sample_key(&folder, "p256", "es256")] } else { keys };
        let needed = pinned.len();
        let all = Threshold::new(pinned.clone(), needed).unwrap();
        table.row(file, &expected, &read(&document, &all, member));
        if expected != "good" {
            continue;
        }
        // The same with one thing changed, and with another key pinned.
        let text = String::from_utf8(document).unwrap();
        let changed =
            text.replacen("\"Joe\"", "\"Jim\"", 1).replacen("\"something\"", "\"anything\"", 1);
        assert_ne!(changed, text);
        let given = read(changed.as_bytes(), &all, member);
        table.row(&format!("{file} changed"), "bad-signature", &given);
        let other = sample_key(&folder, "p384", "es384");
        if !pinned.iter().any(|key| key.is_same_key(&other)) {
            let given = read(text.as_bytes(), &Threshold::one(other), member);
            table.row(&format!("{file} by another key"), "key-not-pinned", &given);
        }
    }
    table.finish(80);
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

#[test]
fn the_signed_boms_of_the_cyclonedx_specification_get_their_verdicts() {
    let Some(folder) = support::shared("data/bom") else { return };
    let mut table = Table::default();
    let verdicts = fs::read_to_string(folder.join("cyclonedx/SIGNATURE-VERDICTS.tsv")).unwrap();
    for line in verdicts.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let whole = fs::read(folder.join(fields[0])).unwrap();
        let document: Value = serde_json::from_slice(&whole).unwrap();
        let part =
            if fields[1] == "root" { &document } else { document.pointer(fields[1]).unwrap() };
        let text = if fields[1] == "root" { whole } else { part.to_string().into_bytes() };
        let expected = if fields[2] == "[true]" { "good" } else { "bad-signature" };
        let pinned = Threshold::one(key_in_certificate(&part["signature"]));
        let given = read(&text, &pinned, "signature");
        table.row(&format!("{} {}", fields[0], fields[1]), expected, &given);
    }
    table.finish(8);
}

#[test]
fn other_boms_are_refused_by_their_reason() {
    let Some(folder) = support::shared("data/bom") else { return };
    let mut table = Table::default();
    let signed = parse(&folder.join("ml-bom/sample-1.6.cdx.signed.json"));
    let pinned = Threshold::one(jwk(&signed["signature"]["publicKey"]));
    let mut documents = files(&folder.join("ml-bom"));
    for version in ["1.4", "1.5", "1.6", "1.7", "2.0"] {
        documents.extend(files(&folder.join("cyclonedx").join(version)));
    }
    for path in documents {
        let document = parse(&path);
        let expected = if path.ends_with("sample-1.6.cdx.signed.json") {
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
        let given = read(&fs::read(&path).unwrap(), &pinned, "signature");
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        table.row(&file, expected, &given);
    }
    table.finish(150);
}
