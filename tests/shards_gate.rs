//! A gate before a root BOM whose items are in an index.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

use base64ct::{Base64, Encoding};
use labelgate::bom::Bom;
use labelgate::bom::shards::{BuildSettings, KeyForm};
use labelgate::digest::{Algorithm, Digest, Hasher};
use labelgate::merkle::Hash;
use labelgate::{Gate, Memory, Policy};
use support::storage::Index;

fn digest(n: u64) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&n.to_be_bytes());
    hasher.finish()
}

fn index(form: KeyForm) -> Index {
    let keys = (0..2_000).map(|n| form.key(&format!("{n}.png"), &digest(n)).unwrap());
    Index::of(keys, BuildSettings { key: form, ..BuildSettings::new("pets") }).unwrap()
}

fn root_bom(index: &Digest) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","components":[{{
        "type":"data","bom-ref":"pets","name":"pets","externalReferences":[
          {{"type":"website","url":"https://example.org/pets"}},
          {{"type":"distribution","comment":"labelgate item index","url":"items/index.json",
            "hashes":[{{"alg":"SHA-256","content":"{}"}}]}}]}}],
        "compositions":[{{"aggregate":"complete","assemblies":["pets"]}}]}}"#,
        index.to_hex()
    )
}

fn gate(index: &Index, names: &str) -> Gate {
    let mut bom = Bom::from_slice(root_bom(&index.built.digest()).as_bytes()).unwrap();
    bom.open_index(&index.built.manifest.to_json()).unwrap();
    gate_of(bom, names)
}

fn gate_of(bom: Bom, names: &str) -> Gate {
    let policy = format!(r#"{{"bom":{{"trust":"unsigned-for-development","names":"{names}"}}}}"#);
    Gate::new(Policy::from_json(policy.as_bytes()).unwrap(), Some(bom))
}

fn submission(name: &str, n: u64, proof: Option<&[u8]>) -> Vec<u8> {
    let proof = proof.map(|proof| format!(r#","proof":"{}""#, Base64::encode_string(proof)));
    format!(
        r#"{{"id":"s","annotator":"a","item":{{"id":"task-1","name":"{name}","digest":{{"sha256":"{}"}}{}}},"label":{{"class":"cat"}}}}"#,
        digest(n).to_hex(),
        proof.unwrap_or_default()
    )
    .into_bytes()
}

/// Decision and reason codes, the shard loaded before if the gate asks for it.
fn check(gate: &mut Gate, index: Option<&Index>, submission: &[u8]) -> String {
    if let (Some(read), Some(index)) = (gate.wanted(submission), index) {
        let shards = gate.bom_mut().unwrap().shards_mut().unwrap();
        shards.take(read.shard, index.bytes(&read)).unwrap();
        assert_eq!(gate.wanted(submission), None);
    }
    let verdict = gate.check(&mut Memory::new(), submission, None);
    let codes: Vec<&str> = verdict.reasons.iter().map(|reason| reason.code.as_str()).collect();
    format!("{} {}", verdict.decision.as_str(), codes.join(" ")).trim_end().to_owned()
}

fn proof(index: &Index, key: &Hash) -> Vec<u8> {
    let shards = index.open();
    shards.prove(key, index.bytes(&shards.locate(key))).unwrap().unwrap()
}

#[test]
fn a_root_bom_refers_to_its_index_and_is_complete() {
    let index = index(KeyForm::Digest);
    let bom = Bom::from_slice(root_bom(&index.built.digest()).as_bytes()).unwrap();
    let reference = bom.index().unwrap();
    assert_eq!(reference.url, "items/index.json");
    assert_eq!(reference.bom_ref, "pets");
    assert_eq!(reference.digest, index.built.digest());
    assert!(bom.is_empty() && bom.is_complete());
    assert!(!bom.contains(&index.built.digest()), "the manifest is no item");
}

#[test]
fn a_loaded_index_answers_and_one_that_is_not_loaded_holds() {
    let index = index(KeyForm::Digest);
    let (listed, unlisted) = (submission("x", 7, None), submission("x", 5_000, None));
    let mut gate = gate(&index, "optional");
    assert_eq!(check(&mut gate, None, &listed), "review unchecked");
    assert_eq!(check(&mut gate, None, &unlisted), "review unchecked");
    assert_eq!(check(&mut gate, Some(&index), &listed), "accept");
    assert_eq!(check(&mut gate, Some(&index), &unlisted), "reject item-unlisted");
    let bom = Bom::from_slice(root_bom(&index.built.digest()).as_bytes()).unwrap();
    let mut unopened = gate_of(bom, "optional");
    assert_eq!(unopened.wanted(&listed), None);
    assert_eq!(check(&mut unopened, None, &listed), "review unchecked");
}

#[test]
fn a_submission_that_carries_its_proof_needs_no_read() {
    let index = index(KeyForm::Digest);
    let mut gate = gate(&index, "optional");
    let of = |n| proof(&index, &KeyForm::Digest.key("", &digest(n)).unwrap());
    let proven = submission("x", 7, Some(&of(7)));
    assert_eq!(gate.wanted(&proven), None);
    assert_eq!(check(&mut gate, None, &proven), "accept");
    // Another item's proof says nothing: the index is asked.
    let stolen = submission("x", 5_000, Some(&of(7)));
    assert_eq!(check(&mut gate, None, &stolen), "review unchecked");
    assert_eq!(check(&mut gate, Some(&index), &stolen), "reject item-unlisted");
    let broken = submission("x", 8, Some(&of(8)[1..]));
    assert!(gate.wanted(&broken).is_some());
    assert_eq!(check(&mut gate, Some(&index), &broken), "accept");
}

#[test]
fn names_are_required_only_where_the_index_has_them() {
    let by_digest = index(KeyForm::Digest);
    let mut gate_by_digest = gate(&by_digest, "required");
    let listed = submission("7.png", 7, None);
    assert_eq!(check(&mut gate_by_digest, Some(&by_digest), &listed), "review unchecked");
    let by_name = index(KeyForm::NamedDigest);
    for names in ["required", "optional"] {
        let mut gate = gate(&by_name, names);
        assert_eq!(check(&mut gate, Some(&by_name), &listed), "accept");
        let swapped = submission("8.png", 7, None);
        assert_eq!(check(&mut gate, Some(&by_name), &swapped), "reject item-unlisted");
    }
}

#[test]
fn one_item_is_one_item_whatever_id_it_is_given() {
    let index = index(KeyForm::Digest);
    let mut gate = gate(&index, "optional");
    let first = submission("7.png", 7, None);
    let text = String::from_utf8(first.clone()).unwrap();
    let again =
        text.replace("task-1", "task-2").replace("7.png", "8.png").replace("\"s\"", "\"t\"");
    assert_eq!(check(&mut gate, Some(&index), &first), "accept");
    let mut memory = Memory::new();
    gate.check(&mut memory, &first, None);
    let verdict = gate.check(&mut memory, again.as_bytes(), None);
    assert_eq!(verdict.reasons[0].code.as_str(), "duplicate");
}

#[test]
fn a_digest_that_the_index_does_not_have_cannot_be_compared() {
    let index = index(KeyForm::Digest);
    let mut gate = gate(&index, "optional");
    let other = r#"{"id":"s","annotator":"a","item":{"id":"i","digest":{"sha512":"HEX"}},"label":{"class":"cat"}}"#
        .replace("HEX", &Hasher::new(Algorithm::Sha512).finish().to_hex());
    assert_eq!(gate.wanted(other.as_bytes()), None);
    assert!(check(&mut gate, None, other.as_bytes()).ends_with("weak-digest"));
}

#[test]
fn a_reference_that_is_not_quite_one_is_refused_with_the_reason() {
    let index = index(KeyForm::Digest);
    let good = root_bom(&index.built.digest());
    let refuse = |from: &str, to: &str, expected: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        let error = Bom::from_slice(changed.as_bytes()).unwrap_err();
        assert!(error.message().starts_with(expected), "{from} to {to}: {error}");
    };
    for url in
        ["https://evil.example/index.json", "//evil/x", "../x", "a/../x", "/x", "a//x", "", "a?b"]
    {
        refuse("items/index.json", url, "expected a relative `url` of the item index");
    }
    refuse("SHA-256", "SHA-512", "a SHA-512 digest has 128");
    let md5 = index.built.digest().to_hex();
    refuse(
        &format!("\"SHA-256\",\"content\":\"{md5}\""),
        &format!("\"MD5\",\"content\":\"{}\"", &md5[..32]),
        "expected the SHA-256 of the item index",
    );
    refuse("\"bom-ref\":\"pets\",", "", "expected a `bom-ref`");
    let item = format!(
        r#""components":[{{"type":"file","name":"a","hashes":[{{"alg":"SHA-256","content":"{md5}"}}]}}],"externalReferences""#
    );
    refuse("\"externalReferences\"", &item, "expected an item index or items, not both");
    let reference =
        good[good.find(r#"{"type":"distribution""#).unwrap()..].split_once("]}").unwrap();
    let twice = format!("{}]}},{}]}}", reference.0, reference.0);
    refuse(&format!("{}]}}", reference.0), &twice, "expected one item index");
    // Any other comment or type is a reference like others: a place of an item.
    for (from, to) in [("labelgate item index", "mirror"), ("\"distribution\"", "\"other\"")] {
        let bom = Bom::from_slice(good.replacen(from, to, 1).as_bytes()).unwrap();
        assert!(bom.index().is_none() && bom.contains(&index.built.digest()));
    }
}

#[test]
fn an_index_of_another_data_set_or_another_version_is_not_opened() {
    let index = index(KeyForm::Digest);
    let manifest = index.built.manifest.to_json();
    let mut other = Bom::from_slice(root_bom(&digest(1)).as_bytes()).unwrap();
    assert!(other.open_index(&manifest).is_err());
    let text = root_bom(&index.built.digest()).replace("pets", "cats");
    let mut other = Bom::from_slice(text.as_bytes()).unwrap();
    let error = other.open_index(&manifest).unwrap_err();
    assert_eq!(error.message(), "expected the item index to be of the data set that refers to it");
    let plain = br#"{"bomFormat":"CycloneDX","specVersion":"1.7"}"#;
    assert!(Bom::from_slice(plain).unwrap().open_index(&manifest).is_err());
}
