//! Items whose digest or name is not quite the one that was published.

use labelgate::bom::BomLimits;
use labelgate::bom::BomLoader;
use labelgate::digest::Algorithm;

use crate::world::{
    Edge, bom, honest, item, item_with, judged, key, of, pinning, sha256, sign, with_checkpoint,
};

/// An entry of `hashes`.
fn hash(algorithm: &str, content: &str) -> String {
    format!(r#"{{"alg":"{algorithm}","content":"{content}"}}"#)
}

const MD5: &str = "0cc175b9c0f1b6a831c399e269772661";
const SHA1: &str = "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8";

#[test]
fn algorithm_downgrade() {
    let strong = sha256(b"a").to_hex();
    let stronger = of(Algorithm::Sha512, b"a").to_hex();
    let both = [hash("SHA-256", &strong), hash("SHA-512", &stronger), hash("MD5", MD5)].join(",");
    let weak = [hash("MD5", MD5), hash("SHA-1", SHA1)].join(",");
    let mut edge = Edge::with(&bom(1, &[item_with("a.png", &both), item_with("weak.png", &weak)]));
    let mut told = |name, digests: &[(&str, &str)]| {
        let members: Vec<String> =
            digests.iter().map(|(name, hex)| format!("\"{name}\":\"{hex}\"")).collect();
        edge.answer_with(name, &members.join(","))
    };
    assert_eq!(told("a.png", &[("sha256", &strong)]), "accept");
    assert_eq!(told("a.png", &[("sha256", &strong), ("sha512", &stronger)]), "accept");
    // Only what is weak, on one side or the other, proves nothing.
    assert_eq!(told("a.png", &[("md5", MD5)]), "reject weak-digest");
    assert_eq!(told("a.png", &[("md5", MD5), ("sha1", SHA1)]), "reject weak-digest");
    assert_eq!(told("weak.png", &[("sha256", &strong), ("md5", MD5)]), "reject weak-digest");
    // Each that both sides know must agree: a collision under one of them is not enough.
    let other = of(Algorithm::Sha512, b"poison").to_hex();
    assert_eq!(told("a.png", &[("sha256", &strong), ("sha512", &other)]), "reject item-altered");
    let other = sha256(b"poison").to_hex();
    let good_md5 = [("md5", MD5), ("sha256", other.as_str())];
    assert_eq!(told("a.png", &good_md5), "reject item-altered");
    let good_sha512 = [("sha256", other.as_str()), ("sha512", stronger.as_str())];
    assert_eq!(told("a.png", &good_sha512), "reject item-altered");
}

#[test]
fn unicode_normalisation_and_path_tricks() {
    let tricks =
        ["./a.png", "x/../a.png", "../a.png", "/a.png", "A.PNG", "a.png ", "a.png:0:5", "a.png%00"];
    let items = [item("a.png", b"a"), item("caf\u{e9}.png", b"b")];
    let document = bom(1, &items);
    let mut edge = Edge::with(&document);
    for name in tricks.into_iter().chain(["cafe\u{301}.png", "CAF\u{c9}.png"]) {
        assert_eq!(edge.answer(name, b"poison"), "reject item-unlisted", "{name}");
    }
    assert_eq!(edge.answer("caf\u{e9}.png", b"poison"), "reject item-altered");
    assert_eq!(edge.answer("caf\u{e9}.png", b"b"), "accept");
    // The right content under another name is the item that was published with it, and no further one.
    let send = |edge: &mut Edge, id: &str, name: &str| {
        let hex = sha256(b"a").to_hex();
        edge.send(format!(
            r#"{{"id":"{id}","annotator":"one","item":{{"id":"{name}","digest":{{"sha256":"{hex}"}}}},"label":{{"class":"cat"}}}}"#
        ))
    };
    assert_eq!(send(&mut edge, "first", "a.png"), "accept");
    for name in tricks {
        assert_eq!(send(&mut edge, name, name), "reject duplicate", "{name}");
    }
    // Where names are required they are compared byte by byte.
    let mut strict = Edge::new(&format!(r#"{},"names":"required""#, pinning(&[&key(1)], 1)));
    strict.show(&sign(&document, &key(1)), None).unwrap();
    for name in tricks {
        assert_eq!(strict.answer(name, b"a"), "reject item-unlisted", "{name}");
    }
    assert_eq!(strict.answer("a.png", b"a"), "accept");
}

#[test]
fn hash_length_case_and_encoding_confusion() {
    let hex = sha256(b"a").to_hex();
    let base64 = "ypeBEsobvcr6wjGznE3vAW0Dh0S5zXbhyXkQp7rkPLs=";
    let multihash = format!("1220{hex}");
    let long = of(Algorithm::Sha512, b"a").to_hex();
    let tricks = [
        base64,
        &multihash,
        SHA1,
        &long,
        &hex[..62],
        "",
        &hex.replace('a', "\u{430}"),
        &format!("0x{hex}"),
    ]
    .map(str::to_owned);
    let upper = hex.to_uppercase();
    let listed = |content: &str| bom(1, &[item_with("a.png", &hash("SHA-256", content))]);
    for content in &tricks {
        assert_eq!(judged(&sign(&listed(content), &key(1))), "unreadable", "{content}");
    }
    let mut edge = Edge::with(&listed(&upper));
    for content in &tricks {
        let told = edge.answer_with("a.png", &format!("\"sha256\":\"{content}\""));
        assert_eq!(told, "reject malformed", "{content}");
    }
    // The name of an algorithm has one spelling in a submission; another is a digest that proves nothing.
    for name in ["SHA256", "sha-256", "sha2-256"] {
        let told = edge.answer_with("a.png", &format!("\"{name}\":\"{hex}\""));
        assert_eq!(told, "reject weak-digest", "{name}");
    }
    let two = format!(r#""sha256":"{}","sha-256":"{hex}""#, sha256(b"poison").to_hex());
    assert_eq!(edge.answer_with("a.png", &two), "reject item-altered");
    assert_eq!(edge.answer_with("a.png", &format!("\"sha256\":\"{upper}\"")), "accept");
    assert_eq!(edge.answer_with("a.png", &format!("\"sha256\":\"{hex}\"")), "accept");
}

#[test]
fn filter_false_positives() {
    // What an attacker can grind out is content whose digest begins, or ends, as a listed one does. Here it
    // even agrees in all bytes but one.
    let mut edge = Edge::with(&honest());
    let good = *sha256(b"a").as_bytes().first_chunk::<32>().unwrap();
    let told = |edge: &mut Edge, name: &str, digest: &[u8]| {
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        edge.answer_with(name, &format!("\"sha256\":\"{hex}\""))
    };
    for at in 0..32 {
        let mut near = good;
        near[at] ^= 1;
        assert_eq!(told(&mut edge, "other.png", &near), "reject item-unlisted", "{at}");
        assert_eq!(told(&mut edge, "a.png", &near), "reject item-altered", "{at}");
    }
    assert_eq!(told(&mut edge, "a.png", &good), "accept");
}

#[test]
fn right_item_wrong_task() {
    let document = bom(1, &[item("a.png", b"a"), item("b.png", b"b")]);
    let mut edge = Edge::with(&document);
    // Easy content is shown in the place of the item that was to be labelled.
    assert_eq!(edge.answer("b.png", b"a"), "reject item-altered");
    // One item is answered again and again under ids that the sender makes up.
    let send = |edge: &mut Edge, submission: &str, task: &str, label: &str| {
        let hex = sha256(b"a").to_hex();
        edge.send(format!(
            r#"{{"id":"{submission}","annotator":"one","item":{{"id":"{task}","digest":{{"sha256":"{hex}"}}}},"label":{{"class":"{label}"}}}}"#
        ))
    };
    assert_eq!(send(&mut edge, "s-1", "task-1", "cat"), "accept");
    assert_eq!(send(&mut edge, "s-2", "task-2", "cat"), "reject duplicate");
    assert_eq!(send(&mut edge, "s-3", "a.png", "dog"), "reject duplicate");
    assert_eq!(send(&mut edge, "s-1", "task-1", "cat"), "reject replayed");
    // Where names are required, an item has its own id and no other.
    let mut strict = Edge::new(&format!(r#"{},"names":"required""#, pinning(&[&key(1)], 1)));
    strict.show(&sign(&document, &key(1)), None).unwrap();
    assert_eq!(send(&mut strict, "s-1", "task-1", "cat"), "reject item-unlisted");
    assert_eq!(send(&mut strict, "s-2", "a.png", "cat"), "accept");
}

#[test]
fn time_of_check_to_time_of_use() {
    // Signature, checkpoint and items are of the bytes of one pass: there is no second reading in between.
    // A buffer that is filled with something else once it was taken changes nothing.
    let document = sign(&honest(), &key(1));
    let poisoned = sign(&bom(1, &[item("a.png", b"poison")]), &key(9));
    let mut edge = Edge::new(&with_checkpoint(None));
    let mut loader = BomLoader::new(edge.gate.policy().bom.trust_settings(), BomLimits::default());
    let mut buffer = [0; 64];
    for (piece, other) in document.chunks(64).zip(poisoned.chunks(64)) {
        buffer[..piece.len()].copy_from_slice(piece);
        loader.push(&buffer[..piece.len()]).unwrap();
        buffer[..other.len()].copy_from_slice(other);
    }
    let mut loaded = loader.finish().unwrap();
    let note = |of: &[u8]| crate::world::checkpoint(of, 1, 1, "2027-11-23T00:00:00Z", None);
    loaded.set_checkpoint(note(&document));
    let (read, backing) = loaded.conclude().unwrap();
    assert_eq!(read.as_ref().unwrap().digest(), sha256(&document));
    edge.gate.set_judged_bom(read, backing);
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    assert_eq!(edge.answer("a.png", b"poison"), "reject item-altered");
    // White space is no change to the signature, and the checkpoint still names other bytes.
    let spaced = [&document[..], b"\n"].concat();
    edge.show(&spaced, Some(note(&document))).unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "reject bom-untrusted checkpoint-of-other-bom");
}
