//! One document that two readers read as two, and documents that cost whoever reads them.

use labelgate::Bom;
use labelgate::bom::{BomLimits, BomReader};

use crate::world::{
    Edge, altered, bom, honest, item, judged, key, sha256, sign, sign_by_hand, with_members,
};

/// Signed by the publisher, although our own signer refuses to: the attacker found one that does not.
fn signed_for_both(document: &str, one_reading: &str) -> Vec<u8> {
    let signature = String::from_utf8(sign(one_reading, &key(1))).unwrap();
    let signature: serde_json::Value = serde_json::from_str(&signature).unwrap();
    with_members(document, &format!("\"signature\":{}", signature["signature"])).into_bytes()
}

fn submission(label: &str) -> Vec<u8> {
    let digest = sha256(b"a").to_hex();
    format!(
        r#"{{"id":"s","annotator":"x","item":{{"id":"a.png","digest":{{"sha256":"{digest}"}}}},"label":{label}}}"#
    )
    .into_bytes()
}

#[test]
fn duplicate_keys() {
    let poison = format!("\"components\":[{}],", item("b.png", b"poison"));
    for name in ["\"components\"", "\"c\\u006fmponents\""] {
        let other = poison.replacen("\"components\"", name, 1);
        for at in ["\"components\":[{\"type\":\"data\"", "\"compositions\""] {
            let document = honest().replacen(at, &format!("{other}{at}"), 1);
            assert_ne!(document, honest());
            // Whichever of the two a lenient signer took.
            assert_eq!(judged(&signed_for_both(&document, &honest())), "unreadable", "{name}");
        }
    }
    let signed = sign(&honest(), &key(1));
    let twice = altered(&signed, "\"algorithm\":", "\"algorithm\":\"none\",\"algorithm\":");
    assert_eq!(judged(&twice), "unreadable");
    let mut edge = Edge::with(&honest());
    for label in [r#"{"class":"cat","class":"dog"}"#, r#"{"class":"cat","cl\u0061ss":"dog"}"#] {
        assert_eq!(edge.send(submission(label)), "reject malformed");
    }
    assert_eq!(edge.send(submission(r#"{"class":"cat"}"#)), "accept");
}

#[test]
fn number_collapse() {
    // Read as doubles, both are one number, and one signature is good for both.
    let with = |number: &str| {
        let members = format!(r#""signature":{{"algorithm":"Ed25519"}},"x":{number}"#);
        with_members(&honest(), &members)
    };
    let even = sign_by_hand(&with("9007199254740991"), &key(1));
    assert_eq!(judged(&even), "accept");
    for number in ["9007199254740992", "9007199254740993", "-9007199254740993"] {
        assert_eq!(judged(&altered(&even, "9007199254740991", number)), "unreadable", "{number}");
    }
    let spelled = altered(&even, "9007199254740991", "9007199254740992.0");
    assert_eq!(judged(&spelled), "reject bom-untrusted large-integer");
    for version in ["9007199254740992", "1e400", "1.5", "-1"] {
        let document = honest().replace("\"version\":1,", &format!("\"version\":{version},"));
        assert!(Bom::from_slice(document.as_bytes()).is_err(), "{version}");
    }
    let mut edge = Edge::with(&honest());
    assert_eq!(edge.send(submission(r#"{"number":1e400}"#)), "reject malformed");
}

#[test]
fn lone_surrogates_byte_order_marks_overlong_utf8() {
    let signed = sign(&bom(1, &[item("a.png", b"a"), item("b/c.png", b"b")]), &key(1));
    assert_eq!(judged(&signed), "accept");
    let text = String::from_utf8(signed.clone()).unwrap();
    let at = text.find("b/c.png").unwrap();
    let spelled = |name: &[u8]| [&signed[..at], name, &signed[at + 7..]].concat();
    for name in [
        &b"b\\ud800c.png"[..],
        b"b\\udfff\\ud800.png",
        b"b\xC0\xAFc.png",
        b"b\xE0\x80\xAFc.png",
        b"b\xED\xA0\x80c.png",
        b"b\xF5\x80\x80\x80.png",
        b"b\xFFc.png",
        b"b\0c.png",
    ] {
        assert_eq!(judged(&spelled(name)), "unreadable", "{}", name.escape_ascii());
    }
    for mark in [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"] {
        assert_eq!(judged(&[mark, &signed].concat()), "unreadable");
        let mut edge = Edge::with(&honest());
        let marked = [mark, &submission(r#"{"class":"cat"}"#)].concat();
        assert_eq!(edge.send(marked), "reject malformed");
    }
    let mut edge = Edge::with(&honest());
    assert_eq!(edge.send(submission(r#"{"class":"\ud800"}"#)), "reject malformed");
}

#[test]
fn huge_and_deep_json() {
    for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        assert_eq!(judged(deep.as_bytes()), "unreadable");
        assert_eq!(
            judged(with_members(&honest(), &format!("\"x\":{deep}")).as_bytes()),
            "unreadable"
        );
        let mut edge = Edge::with(&honest());
        assert_eq!(edge.send(submission(&deep[..50_000])), "reject malformed");
        assert_eq!(edge.send(submission(&deep.repeat(6))), "reject too-large");
    }
    let many = |members: usize| {
        let members: Vec<String> = (0..members).map(|n| format!("\"m{n}\":0")).collect();
        with_members(&honest(), &members.join(","))
    };
    assert!(Bom::from_slice(many(60_000).as_bytes()).is_ok());
    assert!(Bom::from_slice(many(70_000).as_bytes()).is_err());
    let long = item(&"n".repeat(64 * 1024 + 1), b"a");
    assert!(Bom::from_slice(bom(1, &[long]).as_bytes()).is_err());
    // A host with less room sets less; nothing is cut off to fit.
    let read = |limits: BomLimits| {
        let items: Vec<String> = (0..9).map(|n| item(&format!("{n}.png"), b"a")).collect();
        let mut reader = BomReader::new(limits);
        reader.push(bom(1, &items).as_bytes())?;
        reader.finish().map(|bom| bom.len())
    };
    let default = BomLimits::default();
    assert_eq!(read(default), Ok(9));
    assert!(read(BomLimits { max_items: 9, ..default }).is_err(), "the set itself counts too");
    assert!(read(BomLimits { max_bytes: 1_000, ..default }).is_err());
    assert!(read(BomLimits { max_depth: 4, ..default }).is_err());
    assert_eq!(judged(&sign(&honest(), &key(1))), "accept");
}
