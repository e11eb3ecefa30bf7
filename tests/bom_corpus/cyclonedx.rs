//! The test BOMs of the CycloneDX specification, and ML-BOMs of real models.

use std::collections::BTreeSet;

use labelgate::Error;
use labelgate::bom::{Bom, Manifest};
use labelgate::digest::{Algorithm, Digest};
use labelgate::signature::Threshold;
use serde_json::Value;

use crate::decision::Decision;
use crate::jsf;
use crate::manifest::Case;
use crate::support::pieces::read;

/// Files of 1.5 to 1.7 that break their schema where labelgate does not read, by what their name begins
/// with after `invalid-`. It reads what lists bytes: names, bom-refs, types, hashes, compositions.
const LOOSER: &[(&str, &str)] = &[
    ("citations-", "looser: `citations` list no bytes and are not read"),
    (
        "component-ref-",
        "looser: a `bom-ref` may be empty or come twice where its components list no bytes",
    ),
    ("component-swid-", "looser: `swid` lists no bytes and is not read"),
    ("dependency-", "looser: `dependencies` list no bytes and are not read"),
    ("empty-component-", "looser: a component without a name and a hash lists nothing"),
    ("license-", "looser: `licenses` list no bytes and are not read"),
    ("metadata-license-", "looser: `licenses` list no bytes and are not read"),
    ("metadata-timestamp-", "looser: `timestamp` is a claim of the publisher and is not read"),
    ("missing-component-type-", "looser: a component without `type` lists bytes as others do"),
    ("patch-type-", "looser: `pedigree` lists no bytes of the data set and is not read"),
    ("properties-", "looser: `properties` list no bytes and are not read"),
    ("scope-", "looser: `scope` lists no bytes and is not read"),
    ("service-data-", "looser: `services` list no bytes and are not read"),
];

/// The versions that are not read: words of the refusal, and why.
const UNREAD: &[(&str, &str, &str)] = &[
    ("1.4", "found `1.4`", "stricter: ML-BOMs begin with 1.5, so 1.4 is refused by its version"),
    (
        "2.0",
        "found a draft of 2.0",
        "stricter: 2.0 is not released, so it is refused by its version",
    ),
];

const UNREAD_AND_INVALID: &str =
    "refused by its version, which is not read, before what is wrong with it is looked at";

pub fn verdict(case: &Case) -> Decision {
    if case.name() == "SIGNATURE-VERDICTS.tsv" {
        return jsf::signed_boms(case);
    }
    let is_valid = case.expect == "schema:valid";
    assert!(is_valid || case.expect == "schema:invalid", "{}", case.expect);
    let manifest = Manifest::from_json(&case.bytes);
    assert!(matches!(manifest, Ok(None) | Err(_)), "{} is no list of another kind", case.path);
    let read = read_in_pieces(case);
    let given = describe(&read);
    let version = case.path.split('/').nth(1).unwrap();
    if let Some((_, words, reason)) = UNREAD.iter().find(|(unread, ..)| *unread == version) {
        let error = read.expect_err(case.path);
        if !error.message().contains(words) {
            let is_format = case.name().starts_with("invalid-bomformat-");
            return Decision::agrees_if(is_format && !is_valid, given);
        }
        return match is_valid {
            true => Decision::agrees_unless(Some(reason), false, given),
            false => Decision::not_decided(given, UNREAD_AND_INVALID),
        };
    }
    if let Ok(bom) = &read {
        has_its_digests(bom, case);
    }
    let family = case.name().strip_prefix("invalid-").filter(|_| !is_valid);
    let known =
        family.and_then(|family| LOOSER.iter().find(|(start, _)| family.starts_with(start)));
    Decision::agrees_unless(known.map(|(_, reason)| *reason), read.is_ok() == is_valid, given)
}

/// ML-BOMs of real models: `schema:valid; no hashes, no signature`, and one that a tool signed in
/// another way than JSF.
pub fn ml_bom(case: &Case) -> Decision {
    let bom = read_in_pieces(case).unwrap_or_else(|error| panic!("{}: {error}", case.path));
    has_its_digests(&bom, case);
    assert!(!bom.is_complete(), "{}", case.path);
    let signed = case.corpus.read("ml-bom/sample-1.6.cdx.signed.json");
    let signed: Value = serde_json::from_slice(&signed).unwrap();
    let pinned = Threshold::one(jsf::jwk(&signed["signature"]["publicKey"]));
    let signature = jsf::read(&case.bytes, &pinned, "signature");
    let digests = collected(&bom).len();
    let given = format!("read, {digests} digests; signature: {signature}");
    Decision::agrees_if(
        match case.expect {
            "schema:valid; no hashes, no signature" => digests == 0 && signature == "no-signature",
            "unsigned original" => signature == "no-signature",
            expect => expect.contains("DER-encoded value: reject") && signature == "der-value",
        },
        given,
    )
}

fn describe(read: &Result<Bom, Error>) -> String {
    match read {
        Ok(bom) => format!("read, {} digests", collected(bom).len()),
        Err(error) => format!("refused: {error}"),
    }
}

/// The BOM, the same however it is cut.
fn read_in_pieces(case: &Case) -> Result<Bom, Error> {
    let whole = read(&case.bytes, case.bytes.len());
    for piece_bytes in [1, 7, 4_096] {
        assert_eq!(read(&case.bytes, piece_bytes), whole, "{} in pieces", case.path);
    }
    whole
}

fn has_its_digests(bom: &Bom, case: &Case) {
    let expected = walk(&case.json());
    assert_eq!(collected(bom), expected, "{}", case.path);
    for (algorithm, hex) in &expected {
        assert!(bom.contains(&Digest::from_hex(*algorithm, hex).unwrap()), "{}", case.path);
    }
}

fn collected(bom: &Bom) -> BTreeSet<(Algorithm, String)> {
    bom.entries()
        .flat_map(|entry| entry.digests())
        .map(|digest| (digest.algorithm(), digest.to_hex()))
        .collect()
}

/// Every strong digest of every component in the data set, by the slowest obvious way.
fn walk(document: &Value) -> BTreeSet<(Algorithm, String)> {
    fn hashes(of: &Value, found: &mut BTreeSet<(Algorithm, String)>) {
        for hash in of["hashes"].as_array().into_iter().flatten() {
            if let (Some(name), Some(content)) = (hash["alg"].as_str(), hash["content"].as_str())
                && let Some(algorithm) = Algorithm::from_cyclonedx(name)
            {
                found.insert((algorithm, content.to_lowercase()));
            }
        }
    }
    fn component(component: &Value, found: &mut BTreeSet<(Algorithm, String)>) {
        hashes(component, found);
        for reference in component["externalReferences"].as_array().into_iter().flatten() {
            hashes(reference, found);
        }
        components(component, found);
    }
    fn components(of: &Value, found: &mut BTreeSet<(Algorithm, String)>) {
        for part in of["components"].as_array().into_iter().flatten() {
            component(part, found);
        }
    }
    let mut found = BTreeSet::new();
    components(document, &mut found);
    component(&document["metadata"]["component"], &mut found);
    found
}
