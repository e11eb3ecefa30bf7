use super::super::{Algorithm, PrivateKey};
use super::*;

fn key(seed: u8) -> PrivateKey {
    PrivateKey::generate(Algorithm::Ed25519, &[seed; 32]).unwrap()
}

fn threshold(keys: &[&PrivateKey], needed: usize) -> Threshold {
    Threshold::new(keys.iter().map(|key| key.public().clone()).collect(), needed).unwrap()
}

fn refused(document: &[u8], threshold: &Threshold) -> &'static str {
    match verify(document, threshold).unwrap() {
        Ok(keys) => panic!("trusted by {keys:?}"),
        Err(refusal) => refusal.code(),
    }
}

fn altered(document: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(document.to_vec()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1).into_bytes()
}

const BOM: &[u8] = b"{\n \"version\": 1.0, \"bomFormat\": \"CycloneDX\", \"z\": [{\"b\": 1, \"a\": \"\\u00e9\"}]\n}\n";

#[test]
fn what_is_signed_verifies_and_keeps_its_other_bytes() {
    for (mode, keys) in [
        (Mode::Single, vec![key(1)]),
        (Mode::Signers, vec![key(1), key(2)]),
        (Mode::Chain, vec![key(1), key(2), key(3)]),
    ] {
        let keys: Vec<&PrivateKey> = keys.iter().collect();
        for document in
            [BOM, b"{}", b" { \n}", b"{\"a\":1}", b"{\"z\":1}", b"{\"signature \":1,\"sig\":{}}"]
        {
            let signed = sign(document, &keys, mode).unwrap();
            assert_eq!(sign(document, &keys, mode).unwrap(), signed, "deterministic");
            let good = verify(&signed, &threshold(&keys, keys.len())).unwrap().unwrap();
            assert_eq!(good.len(), keys.len());
            let inside = document.iter().position(|byte| *byte == b'{').unwrap() + 1;
            assert!(
                signed.ends_with(&document[inside..]) && signed.starts_with(&document[..inside])
            );
        }
    }
}

#[test]
fn a_changed_document_is_refused_and_white_space_and_order_are_not_changes() {
    let key = key(1);
    let signed = sign(BOM, &[&key], Mode::Single).unwrap();
    let pinned = threshold(&[&key], 1);
    for (from, to) in [
        ("1.0", "1"),
        ("\\u00e9", "é"),
        ("\n", "\t"),
        ("\"b\": 1, \"a\": \"\\u00e9\"", "\"a\":\"\\u00E9\",\"b\":1"),
    ] {
        assert!(verify(&altered(&signed, from, to), &pinned).unwrap().is_ok(), "{to}");
    }
    for (from, to) in [
        ("1.0", "2"),
        ("CycloneDX", "cycloneDX"),
        ("\"z\"", "\"y\""),
        ("\"value\":\"", "\"value\":\"A"),
    ] {
        assert_ne!(refused(&altered(&signed, from, to), &pinned), "", "{to}");
    }
    assert_eq!(refused(&altered(&signed, "1.0", "2"), &pinned), "bad-signature");
    assert_eq!(refused(&altered(&signed, "1.0", "1e20"), &pinned), "large-integer");
}

#[test]
fn keys_that_are_not_pinned_never_count() {
    let (own, other) = (key(1), key(2));
    let signed = sign(BOM, &[&other], Mode::Single).unwrap();
    assert_eq!(refused(&signed, &threshold(&[&own], 1)), "key-not-pinned");
    // The thief names the pinned key and signs with another.
    let named = String::from_utf8(own.public().to_bare_jwk()).unwrap();
    let thief = String::from_utf8(other.public().to_bare_jwk()).unwrap();
    assert_eq!(refused(&altered(&signed, &thief, &named), &threshold(&[&own], 1)), "bad-signature");
    // Without a key inside, those that are pinned are tried.
    let bare = altered(&signed, &format!(",\"publicKey\":{thief}"), "");
    assert_eq!(refused(&bare, &threshold(&[&own], 1)), "bad-signature");
}

#[test]
fn the_threshold_counts_different_keys() {
    let keys = [key(1), key(2), key(3)];
    let [one, two, three] = &keys;
    let all = threshold(&[one, two, three], 2);
    let alone = sign(BOM, &[one], Mode::Signers).unwrap();
    assert_eq!(refused(&alone, &all), "threshold-not-met");
    let mut twice = add_signer(&alone, one).unwrap();
    assert_eq!(refused(&twice, &all), "threshold-not-met", "the same key twice is one key");
    assert_eq!(verify(&twice, &threshold(&[one], 1)).unwrap().unwrap().len(), 1);
    twice = add_signer(&twice, three).unwrap();
    let good = verify(&twice, &all).unwrap().unwrap();
    assert_eq!(good, [one.public().clone(), three.public().clone()]);
    assert_eq!(refused(&twice, &threshold(&[one, two, three], 3)), "threshold-not-met");
    for _ in 3..16 {
        twice = add_signer(&twice, two).unwrap();
    }
    assert!(add_signer(&twice, two).is_err());
}

#[test]
fn a_chain_covers_what_came_before_and_its_end_can_be_cut() {
    let (one, two) = (key(1), key(2));
    let chain = sign(BOM, &[&one, &two], Mode::Chain).unwrap();
    assert_eq!(chain, add_signer(&sign(BOM, &[&one], Mode::Chain).unwrap(), &two).unwrap());
    let both = threshold(&[&one, &two], 2);
    assert_eq!(verify(&chain, &both).unwrap().unwrap().len(), 2);
    // The first signature is gone, and the second covered it.
    let text = String::from_utf8(chain.clone()).unwrap();
    let first = text.find("{\"algorithm\"").unwrap();
    let second = text.rfind("{\"algorithm\"").unwrap();
    let cut = [&chain[..first], &chain[second..]].concat();
    assert_eq!(refused(&cut, &threshold(&[&one, &two], 1)), "bad-signature");
}

#[test]
fn each_thing_that_is_not_accepted_has_its_reason() {
    let key = key(1);
    let pinned = threshold(&[&key], 1);
    let signed = sign(b"{\"a\":1}", &[&key], Mode::Single).unwrap();
    let text = String::from_utf8(signed.clone()).unwrap();
    let value = text.split("\"value\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let value = value.as_str();
    for (from, to, reason) in [
        ("\"Ed25519\",\"pub", "\"HS256\",\"pub", "hmac"),
        ("\"Ed25519\",\"pub", "\"none\",\"pub", "none-algorithm"),
        ("\"Ed25519\",\"pub", "\"urn:my\",\"pub", "unknown-algorithm"),
        ("\"Ed25519\",\"pub", "\"ES256\",\"pub", "algorithm-not-of-key"),
        ("\"Ed25519\",\"pub", "\"Ed448\",\"pub", "algorithm-not-of-key"),
        ("\"algorithm\":\"Ed25519\",", "", "malformed-signature"),
        ("\"algorithm\"", "\"excludes\":[\"a\"],\"algorithm\"", "excludes"),
        ("\"algorithm\"", "\"extensions\":[\"x\"],\"x\":1,\"algorithm\"", "extensions"),
        ("\"algorithm\"", "\"x\":1,\"algorithm\"", "malformed-signature"),
        ("\"algorithm\"", "\"signers\":[],\"algorithm\"", "malformed-signature"),
        ("\"algorithm\"", "\"algorithms\"", "malformed-signature"),
        ("\"signature\"", "\"signatures\"", "jss-signatures"),
        ("\"signature\"", "\"Signature\"", "no-signature"),
        (value, "!!", "not-base64"),
        (value, "AA==", "not-base64"),
        (value, "AAAA", "wrong-length"),
        (value, "e30.e30.AAAA", "jws-value"),
    ] {
        assert_eq!(refused(&altered(&signed, from, to), &pinned), reason, "{to}");
    }
    for (document, reason) in [
        (&b"[1]"[..], "no-signature"),
        (b"{\"a\":{\"signature\":{}}}", "no-signature"),
        (b"{\"signature\":{\"signers\":[]}}", "no-signers"),
        (b"{\"signature\":{\"chain\":[],\"signers\":[]}}", "malformed-signature"),
        (b"{\"signature\":[]}", "malformed-signature"),
        (b"{\"signature\":null}", "malformed-signature"),
        (b"{\"signature\":{}}", "malformed-signature"),
    ] {
        assert_eq!(refused(document, &pinned), reason);
    }
    assert!(verify(b"{\"a\":1,\"a\":2}", &pinned).is_err());
    assert!(verify(b"{\"a\":1", &pinned).is_err());
}

#[test]
fn what_is_no_object_is_not_signed_also_when_it_is_a_number() {
    for document in ["0", "\n0", "-1.5e3", "0 ", "\"a\"", "null", "[]", "[{}]", ""] {
        for mode in [Mode::Single, Mode::Signers, Mode::Chain] {
            assert!(sign(document.as_bytes(), &[&key(1)], mode).is_err(), "{document}");
        }
        assert!(add_signer(document.as_bytes(), &key(1)).is_err(), "{document}");
    }
}

#[test]
fn a_signature_that_leaves_the_signature_object_out_is_named() {
    let key = key(1);
    let signed = sign(b"{\"b\":2,\"a\":1}", &[&key], Mode::Single).unwrap();
    let value = key.sign(b"{\"a\":1,\"b\":2}");
    let text = String::from_utf8(signed).unwrap();
    let old = text.split("\"value\":\"").nth(1).unwrap().split('"').next().unwrap();
    let new = <base64ct::Base64UrlUnpadded as base64ct::Encoding>::encode_string(&value);
    let forged = text.replace(old, &new);
    assert_eq!(refused(forged.as_bytes(), &threshold(&[&key], 1)), "signature-left-out");
}
