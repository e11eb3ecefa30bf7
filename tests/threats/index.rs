//! Large lists: shards of another version, and proofs that are not quite proofs.

use std::sync::atomic::{AtomicU32, Ordering};

use base64ct::{Base64, Encoding as _};
use labelgate::Bom;
use labelgate::bom::shards::{BuildSettings, KeyForm, Lookup, Manifest};
use labelgate::digest::Digest;
use labelgate::merkle::{self, Hash, Tree};

use crate::support::storage::Index;
use crate::world::{Edge, SERIAL, bom, item, judged, key, sha256, sign};

fn content(n: u64) -> [u8; 8] {
    n.to_be_bytes()
}

fn key_of(n: u64) -> Hash {
    KeyForm::Digest.key("", &sha256(&content(n))).unwrap()
}

fn index(items: impl Iterator<Item = u64>) -> Index {
    Index::of(items.map(key_of), BuildSettings::new("set")).unwrap()
}

fn root_bom(manifest: &Digest, version: u64, url: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","serialNumber":"{SERIAL}","version":{version},"components":[{{"type":"data","bom-ref":"set","name":"set","externalReferences":[{{"type":"distribution","comment":"labelgate item index","url":"{url}","hashes":[{{"alg":"SHA-256","content":"{}"}}]}}]}}],"compositions":[{{"aggregate":"complete","assemblies":["set"]}}]}}"#,
        manifest.to_hex()
    )
}

/// A gate with the root of this index in force and its manifest open.
fn edge(index: &Index) -> Edge {
    let mut edge = Edge::with(&root_bom(&index.built.digest(), 1, "items/index.json"));
    edge.gate.bom_mut().unwrap().open_index(&index.built.manifest.to_json()).unwrap();
    edge
}

/// Somebody new answers item `n`.
fn submission(n: u64, proof: Option<&[u8]>) -> String {
    static SENT: AtomicU32 = AtomicU32::new(0);
    let sent = SENT.fetch_add(1, Ordering::Relaxed);
    let proof = proof.map(|proof| format!(r#","proof":"{}""#, Base64::encode_string(proof)));
    format!(
        r#"{{"id":"s{sent}","annotator":"a{sent}","item":{{"id":"{n}","digest":{{"sha256":"{}"}}{}}},"label":{{"class":"cat"}}}}"#,
        sha256(&content(n)).to_hex(),
        proof.unwrap_or_default()
    )
}

fn slot(index: &Index, key: &Hash) -> Vec<u8> {
    index.bytes(&index.open().locate(key)).to_vec()
}

fn proof(index: &Index, key: &Hash) -> Vec<u8> {
    index.open().prove(key, &slot(index, key)).unwrap().unwrap()
}

#[test]
fn mix_and_match_of_shards() {
    // Item 7 was withdrawn. Both versions are of one shape, and both are signed.
    let (old, new) = (index(0..2_000), index((0..2_001).filter(|n| *n != 7)));
    assert_eq!(old.built.manifest.slot_bytes(), new.built.manifest.slot_bytes());
    let withdrawn = key_of(7);
    let mut edge = edge(&new);
    let shards = edge.gate.bom_mut().unwrap().shards_mut().unwrap();
    let read = shards.locate(&withdrawn);
    assert!(shards.take(read.shard, &slot(&old, &withdrawn)).is_err());
    // A shard of this version, from another place.
    let elsewhere = (0..2_000).map(key_of).find(|key| shards.locate(key).shard != read.shard);
    assert!(shards.take(read.shard, &slot(&new, &elsewhere.unwrap())).is_err());
    assert_eq!(edge.send(submission(7, None)), "review unchecked");
    // The old version's proof, and its manifest.
    let stale = proof(&old, &withdrawn);
    assert_eq!(edge.send(submission(7, Some(&stale))), "review unchecked");
    let gate_bom = edge.gate.bom_mut().unwrap();
    assert!(gate_bom.open_index(&old.built.manifest.to_json()).is_err());
    let shards = gate_bom.shards_mut().unwrap();
    shards.take(read.shard, &slot(&new, &withdrawn)).unwrap();
    assert_eq!(edge.send(submission(7, Some(&stale))), "reject item-unlisted");
    assert_eq!(edge.send(submission(8, Some(&proof(&new, &key_of(8))))), "accept");
}

#[test]
fn merkle_second_preimage() {
    let leaves: Vec<Hash> = (0..4).map(|n| merkle::leaf(&[&content(n)])).collect();
    let tree = Tree::new(leaves.clone());
    let inner = merkle::node(&leaves[0], &leaves[1]);
    let beside = merkle::node(&leaves[2], &leaves[3]);
    // A node is no leaf: not by its content, and not by a shorter way up.
    assert_ne!(merkle::leaf(&[&leaves[0], &leaves[1]]), inner);
    assert_eq!(merkle::root_of_path(0, 4, inner, &[beside]), None);
    assert_ne!(merkle::root_of_path(0, 4, inner, &[leaves[1], beside]), Some(tree.root()));
    assert_eq!(merkle::root_of_path(0, 4, leaves[0], &[leaves[1], beside]), Some(tree.root()));
    // The last leaf twice is another list.
    let three = Tree::new(leaves[..3].to_vec());
    let doubled = Tree::new([&leaves[..3], &leaves[2..3]].concat());
    assert_ne!(three.root(), doubled.root());
    assert_eq!(merkle::root_of_path(3, 3, leaves[2], &[leaves[2], inner]), None);

    // The same in an index: a row twice, and a node of a shard's tree passed off as an item.
    let index = index(0..2_000);
    let mut shards = index.open();
    let (listed, read) = (key_of(7), shards.locate(&key_of(7)));
    let good = slot(&index, &listed);
    let bits = index.built.manifest.shards().trailing_zeros() as usize;
    let (head, width) = (36 + 32 * bits, 32 - bits / 8);
    let rows = u32::from_be_bytes(*good.first_chunk().unwrap()) as usize;
    let end = head + rows * width;
    let mut doubled = good.clone();
    doubled[..4].copy_from_slice(&u32::try_from(rows + 1).unwrap().to_be_bytes());
    doubled.copy_within(end - width..end, end.min(good.len() - width));
    assert!(shards.take(read.shard, &doubled).is_err());
    let honest = proof(&index, &listed);
    let first = Hash::try_from(&honest[40..72]).unwrap();
    let position = u32::from_be_bytes(honest[4..8].try_into().unwrap());
    let leaf = merkle::leaf(&[&listed]);
    let node = match position % 2 {
        0 => merkle::node(&leaf, &first),
        _ => merkle::node(&first, &leaf),
    };
    for halved in [false, true] {
        let divisor = if halved { 2 } else { 1 };
        let count = u32::try_from(rows).unwrap().div_ceil(divisor);
        let upper =
            [&count.to_be_bytes(), &(position / 2).to_be_bytes(), &honest[8..40], &honest[72..]];
        assert!(!shards.is_proven(&node, &upper.concat()));
    }
    shards.take(read.shard, &good).unwrap();
    assert!(shards.is_proven(&listed, &honest));
}

#[test]
fn proof_malleability() {
    let index = index(0..2_000);
    let mut edge = edge(&index);
    let (shards, listed) = (index.open(), key_of(7));
    let good = proof(&index, &listed);
    let mut others: Vec<Vec<u8>> = vec![
        good[..good.len() - 1].to_vec(),
        good[..good.len() - 32].to_vec(),
        [&good[..], &[0]].concat(),
        [&good[..], &[0; 32]].concat(),
        [&good[..], &good[good.len() - 32..]].concat(),
        [&good[..40], &good[72..], &good[40..72]].concat(),
        [&good[..40], &good[72..104], &good[40..72], &good[104..]].concat(),
        [&[0xFF; 8], &good[8..]].concat(),
        [&good[..4], &[0xFF; 4], &good[8..]].concat(),
        [&[0; 8], &good[8..]].concat(),
    ];
    others.extend((0..good.len()).map(|at| {
        let mut flipped = good.clone();
        flipped[at] ^= 0x80;
        flipped
    }));
    for other in &others {
        assert!(!shards.is_proven(&listed, other));
        // It proves nothing against the item either: the index is asked.
        assert_eq!(edge.send(submission(7, Some(other))), "review unchecked");
    }
    // One proof has one text.
    let text = Base64::encode_string(&good);
    for other in
        [format!("{text}="), format!("{text}\n"), text.trim_end_matches('=').to_owned() + "\u{20}"]
    {
        assert!(!shards.is_proven_by_text(&listed, &other));
    }
    assert!(!shards.is_proven(&key_of(5_000), &good) && !shards.is_proven(&key_of(8), &good));
    assert_eq!(edge.send(submission(7, Some(&good))), "accept");
}

#[test]
fn filter_false_positives_in_an_index() {
    // All rows of a shard begin alike, and rows leave that beginning out: near keys are still other keys.
    let index = index(0..2_000);
    let mut shards = index.open();
    let listed = key_of(7);
    let read = shards.locate(&listed);
    shards.take(read.shard, &slot(&index, &listed)).unwrap();
    assert_eq!(shards.look_up(&listed), Lookup::Listed);
    for at in 0..32 {
        let mut near = listed;
        near[at] ^= 1;
        assert_ne!(shards.look_up(&near), Lookup::Listed, "{at}");
        assert!(!shards.is_proven(&near, &proof(&index, &listed)), "{at}");
    }
}

#[test]
fn ssrf_by_url_fields() {
    // The core asks for nothing; what it tells a host to read lies beside the BOM, under plain names.
    let index = index(0..2_000);
    let signed = |url: &str| sign(&root_bom(&index.built.digest(), 1, url), &key(1));
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//evil.example/index.json",
        "/index.json",
        "../index.json",
        "items/../../index.json",
        "items/%2e%2e/index.json",
        "items\\\\index.json",
        "index.json?to=http://evil.example",
        "user@evil.example",
    ] {
        assert_eq!(judged(&signed(url)), "unreadable", "{url}");
    }
    let manifest = String::from_utf8(index.built.manifest.to_json()).unwrap();
    let own = format!("\"files\":\"{}\"", index.built.manifest.files);
    for files in ["../{}", "/{}", "http://evil.example/{}", "{}/../x", "{}%2f", ".{}"] {
        let other = manifest.replace(&own, &format!("\"files\":\"{files}\""));
        assert_ne!(other, manifest);
        assert!(Manifest::from_json(other.as_bytes()).is_err(), "{files}");
    }
    // Any other address in a BOM is text: the item is known by its digest alone.
    let elsewhere = item("a.png", b"a").replace(
        "\"hashes\"",
        r#""externalReferences":[{"type":"distribution","url":"http://169.254.169.254/"}],"hashes""#,
    );
    let mut edge = Edge::with(&bom(1, &[elsewhere]));
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    let root = root_bom(&index.built.digest(), 1, "items/index.json");
    assert_eq!(Bom::from_slice(root.as_bytes()).unwrap().index().unwrap().url, "items/index.json");
}
