//! Who signed: algorithms that are none, signatures that cover less, keys and certificates that prove nothing.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use labelgate::bom::PAYLOAD_TYPE;
use labelgate::json::canonical::canonicalize;
use labelgate::signature::jsf::{self, Mode};
use labelgate::signature::{Algorithm, PrivateKey, PublicKey, Refusal, Threshold, dsse, oms};

use crate::world::{
    Edge, altered, bom, honest, item, judged, key, outcome, pinning, sha256, sign, sign_by_hand,
    with_members, with_value,
};

/// HMAC with SHA-256 and a key of at most 64 bytes: RFC 2104.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = sha256(&[&pad(0x36)[..], message].concat());
    sha256(&[&pad(0x5C)[..], inner.as_bytes()].concat()).as_bytes().to_vec()
}

/// The bytes of an Ed25519 key, which everybody knows.
fn public_bytes(key: &PrivateKey) -> Vec<u8> {
    let jwk: serde_json::Value = serde_json::from_slice(&key.public().to_jwk()).unwrap();
    Base64UrlUnpadded::decode_vec(jwk["x"].as_str().unwrap()).unwrap()
}

/// The value of the one signature of a document.
fn value_of(signed: &[u8]) -> String {
    let document: serde_json::Value = serde_json::from_slice(signed).unwrap();
    document["signature"]["value"].as_str().unwrap().to_owned()
}

#[test]
fn key_confusion() {
    // A MAC whose secret is the public key, over the very bytes that an honest signature covers.
    let unsigned = with_members(&honest(), r#""signature":{"algorithm":"HS256"}"#);
    let form = canonicalize(unsigned.as_bytes()).unwrap();
    let forged = with_value(&unsigned, &hmac(&public_bytes(&key(1)), &form));
    assert_eq!(judged(&forged), "reject bom-untrusted hmac");
    // The algorithm is the pinned key's, not the one that the signature names.
    let named = altered(&sign(&honest(), &key(1)), "\"Ed25519\",\"pub", "\"ES256\",\"pub");
    assert_eq!(judged(&named), "reject bom-untrusted algorithm-not-of-key");
    assert!(PublicKey::from_jwk(br#"{"kty":"oct","k":"c2VjcmV0"}"#).is_err());
    assert_eq!(judged(&sign(&honest(), &key(1))), "accept");
}

#[test]
fn none_uri_empty_signers_any_of() {
    let signed = sign(&honest(), &key(1));
    for (algorithm, refusal) in [
        ("none", "none-algorithm"),
        ("None", "none-algorithm"),
        ("https://evil.example/alg", "unknown-algorithm"),
    ] {
        let to = format!("\"{algorithm}\",\"pub");
        let told = judged(&altered(&signed, "\"Ed25519\",\"pub", &to));
        assert_eq!(told, format!("reject bom-untrusted {refusal}"));
    }
    let nobody = with_members(&honest(), r#""signature":{"signers":[]}"#);
    assert_eq!(judged(nobody.as_bytes()), "reject bom-untrusted no-signers");
    // One of two is not two, and one that signs twice is one.
    let one = jsf::sign(honest().as_bytes(), &[&key(1)], Mode::Signers).unwrap();
    let twice = jsf::add_signer(&one, &key(1)).unwrap();
    let stranger = jsf::add_signer(&one, &key(9)).unwrap();
    let two = jsf::add_signer(&one, &key(2)).unwrap();
    for (document, told) in [
        (one, "reject bom-untrusted threshold-not-met"),
        (twice, "reject bom-untrusted threshold-not-met"),
        (stranger, "reject bom-untrusted threshold-not-met"),
        (two, "accept"),
    ] {
        assert_eq!(outcome(&document, &[&key(1), &key(2)], 2), told);
    }
}

#[test]
fn excludes_abuse() {
    // The publisher signs what a tool of theirs asks for, and the list itself is left out of it.
    let list =
        with_members(&honest(), r#""signature":{"algorithm":"Ed25519","excludes":["components"]}"#);
    let mut covered: serde_json::Map<_, _> = serde_json::from_str(&list).unwrap();
    covered.remove("components");
    let form = canonicalize(serde_json::to_string(&covered).unwrap().as_bytes()).unwrap();
    let signed = with_value(&list, &key(1).sign(&form));
    assert_eq!(judged(&signed), "reject bom-untrusted excludes");
    // Also when nothing is left out by it.
    assert_eq!(judged(&sign_by_hand(&list, &key(1))), "reject bom-untrusted excludes");
    let all = with_members(&honest(), r#""signature":{"algorithm":"Ed25519"}"#);
    assert_eq!(judged(&sign_by_hand(&all, &key(1))), "accept");
}

#[test]
fn signature_stripping() {
    let (one, two) = (key(1), key(2));
    for mode in [Mode::Signers, Mode::Chain] {
        let both = jsf::sign(honest().as_bytes(), &[&one, &two], mode).unwrap();
        assert_eq!(outcome(&both, &[&one, &two], 2), "accept");
        // The second signer is gone, and what is left verifies: that is why the policy says how many.
        let mut document: serde_json::Value = serde_json::from_slice(&both).unwrap();
        let list = if mode == Mode::Chain { "chain" } else { "signers" };
        document["signature"][list].as_array_mut().unwrap().pop();
        let stripped = document.to_string();
        assert_eq!(outcome(stripped.as_bytes(), &[&one, &two], 1), "accept");
        let told = outcome(stripped.as_bytes(), &[&one, &two], 2);
        assert_eq!(told, "reject bom-untrusted threshold-not-met");
        document.as_object_mut().unwrap().remove("signature");
        let told = outcome(document.to_string().as_bytes(), &[&one, &two], 1);
        assert_eq!(told, "reject bom-untrusted no-signature");
    }
}

#[test]
fn transplant_of_a_signed_component() {
    // Signed by the publisher, and put into a list that is not.
    let component = String::from_utf8(sign(&item("a.png", b"a"), &key(1))).unwrap();
    let transplanted = bom(7, &[component, item("b.png", b"poison")]);
    assert_eq!(judged(transplanted.as_bytes()), "reject bom-untrusted no-signature");
    assert_eq!(judged(&sign(&transplanted, &key(9))), "reject bom-untrusted key-not-pinned");
    assert_eq!(judged(&sign(&transplanted, &key(1))), "accept");
}

#[test]
fn parse_twice_and_jws_payload() {
    let envelope = |bom: &str| dsse::sign(bom.as_bytes(), PAYLOAD_TYPE, &[&key(1)]).unwrap();
    let honest_one = envelope(&honest());
    let poisoned = bom(1, &[item("a.png", b"a"), item("b.png", b"poison")]);
    let payload = |bom: &str| Base64::encode_string(bom.as_bytes());
    // Another payload under the old signature: it is not even read as a list.
    let swapped = altered(&honest_one, &payload(&honest()), &payload(&poisoned));
    let mut edge = Edge::new(&pinning(&[&key(1)], 1));
    edge.show(&swapped, None).unwrap();
    assert_eq!(edge.answer("b.png", b"poison"), "reject bom-untrusted bad-signature");
    assert!(edge.gate.bom().is_none());
    // Two payloads, one for each reader.
    let twice = altered(
        &honest_one,
        "\"payload\":",
        &format!("\"payload\":\"{}\",\"payload\":", payload(&poisoned)),
    );
    assert_eq!(judged(&twice), "unreadable");
    // A list beside the payload is passed over; a payload beside a list signs nothing.
    let members = poisoned.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
    let text = String::from_utf8(honest_one.clone()).unwrap();
    edge.show(
        text.replace("\"signatures\"", &format!("{members},\"signatures\"")).as_bytes(),
        None,
    )
    .unwrap();
    assert_eq!(edge.answer("a.png", b"a"), "accept");
    assert_eq!(edge.answer("b.png", b"poison"), "reject item-unlisted");
    let list_first = with_members(&text, members);
    assert_eq!(judged(list_first.as_bytes()), "reject bom-untrusted jss-signatures");
    // A JWS brings a payload of its own, which nobody compares with the document.
    let signed = sign(&poisoned, &key(1));
    let jws = format!("e30.{}.{}", Base64UrlUnpadded::encode_string(b"{}"), value_of(&signed));
    let with_jws = altered(&signed, &value_of(&signed), &jws);
    assert_eq!(judged(&with_jws), "reject bom-untrusted jws-value");
    assert_eq!(judged(&honest_one), "accept");
}

#[test]
fn predicate_type_confusion() {
    // A good signature by the pinned key, over something of another type.
    let other = dsse::sign(honest().as_bytes(), oms::PAYLOAD_TYPE, &[&key(1)]).unwrap();
    assert_eq!(judged(&other), "reject bom-untrusted payload-type");
    let relabelled = altered(&other, oms::PAYLOAD_TYPE, PAYLOAD_TYPE);
    assert_eq!(judged(&relabelled), "reject bom-untrusted bad-signature");
    // The same for a list of files: the statement must be of this predicate.
    let statement = |predicate: &str| {
        let digest = sha256(b"a");
        let root = sha256(digest.as_bytes()).to_hex();
        format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"set","digest":{{"sha256":"{root}"}}}}],"predicateType":"{predicate}","predicate":{{"serialization":{{"method":"files","hash_type":"sha256","allow_symlinks":false,"ignore_paths":[]}},"resources":[{{"name":"a.png","algorithm":"sha256","digest":"{}"}}]}}}}"#,
            digest.to_hex()
        )
    };
    let bundle = |payload: &str, kind: &str| {
        let envelope = dsse::sign(payload.as_bytes(), kind, &[&key(1)]).unwrap();
        let envelope = String::from_utf8(envelope).unwrap();
        format!(
            r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{"publicKey":{{"hint":""}}}},"dsseEnvelope":{envelope}}}"#
        )
    };
    let pinned = Threshold::one(key(1).public().clone());
    let verify = |bundle: String| oms::verify(bundle.as_bytes(), &pinned);
    let model = statement("https://model_signing/signature/v1.0");
    assert_eq!(verify(bundle(&model, oms::PAYLOAD_TYPE)).unwrap().unwrap().subject, "set");
    assert!(
        verify(bundle(&statement("https://slsa.dev/provenance/v1"), oms::PAYLOAD_TYPE)).is_err()
    );
    assert_eq!(verify(bundle(&model, PAYLOAD_TYPE)), Ok(Err(Refusal::PayloadType)));
}

#[test]
fn canonicalisation_drift() {
    let list = bom(1, &[item("a.png", b"a"), item("caf\u{e9} \u{1f600}.png", b"b")]);
    let list = with_members(&list, "\"x\":1");
    let signed = sign(&list, &key(1));
    // Other spellings of the same document are the same document.
    for (from, to) in [("\"x\":1,", "\"x\":1.0e0,"), ("\u{e9}", "\\u00E9"), (",", " ,\n ")] {
        assert_eq!(judged(&altered(&signed, from, to)), "accept", "{to}");
    }
    let composed = altered(&signed, "caf\u{e9}", "cafe\u{301}");
    assert_eq!(judged(&composed), "reject bom-untrusted bad-signature");
    // A signer that covers less than the format says, and one that signed another encoding around it.
    let bare = canonicalize(list.as_bytes()).unwrap();
    let unsigned = with_members(&list, r#""signature":{"algorithm":"Ed25519"}"#);
    let less = with_value(&unsigned, &key(1).sign(&bare));
    assert_eq!(judged(&less), "reject bom-untrusted signature-left-out");
    let envelope = dsse::sign(list.as_bytes(), PAYLOAD_TYPE, &[&key(1)]).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&envelope).unwrap();
    let good = json["signatures"][0]["sig"].as_str().unwrap();
    let old = [b"DSSEV1", &dsse::pae(PAYLOAD_TYPE, list.as_bytes())[6..]].concat();
    let drifted = altered(&envelope, good, &Base64::encode_string(&key(1).sign(&old)));
    assert_eq!(judged(&drifted), "reject bom-untrusted bad-signature");
    assert_eq!(judged(&envelope), "accept");
}

#[test]
fn zero_ecdsa_and_small_order_ed25519() {
    let replaced = |signed: &[u8], value: &[u8]| {
        altered(signed, &value_of(signed), &Base64UrlUnpadded::encode_string(value))
    };
    // ECDSA: both numbers zero, or the order of the curve; too short; in ASN.1.
    let p256 = PrivateKey::generate(Algorithm::Es256, &[3; 32]).unwrap();
    let signed = sign(&honest(), &p256);
    let told = |value: &[u8]| outcome(&replaced(&signed, value), &[&p256], 1);
    assert_eq!(outcome(&signed, &[&p256], 1), "accept");
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order: Vec<u8> =
        (0..32).map(|n| u8::from_str_radix(&order[2 * n..][..2], 16).unwrap()).collect();
    let bad = "reject bom-untrusted bad-signature";
    assert_eq!(told(&[0; 64]), bad);
    assert_eq!(told(&order.repeat(2)), bad);
    let own = Base64UrlUnpadded::decode_vec(&value_of(&signed)).unwrap();
    assert_eq!(told(&[&own[..32], &[0; 32]].concat()), bad);
    assert_eq!(told(&[&[0; 32], &own[32..]].concat()), bad);
    assert_eq!(told(&own[..63]), "reject bom-untrusted wrong-length");
    let der = [&[0x30, 0x44, 0x02, 0x20], &[1; 32][..], &[0x02, 0x20], &[1; 32]].concat();
    assert_eq!(told(&der), "reject bom-untrusted der-value");
    // Ed25519: S not reduced, R of small order, a key of small order.
    let signed = sign(&honest(), &key(1));
    let own = Base64UrlUnpadded::decode_vec(&value_of(&signed)).unwrap();
    assert_eq!(judged(&replaced(&signed, &[&own[..32], &plus_order(&own[32..])].concat())), bad);
    let identity: Vec<u8> = [1].into_iter().chain([0; 31]).collect();
    assert_eq!(judged(&replaced(&signed, &[&identity[..], &[0; 32]].concat())), bad);
    assert!(PublicKey::from_ed25519(&identity).is_err());
    assert_eq!(judged(&signed), "accept");
}

/// A number of 32 bytes, the lowest first, and the order of Ed25519 added to it.
fn plus_order(number: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    let sums = number.iter().zip(ORDER).map(|(a, b)| {
        let sum = u16::from(*a) + u16::from(b) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    sums.collect()
}

#[test]
fn expired_or_odd_certificate() {
    // What a path of certificates says decides nothing, for or against: the pinned key does.
    let unsigned = |path: &str| {
        let members = format!(r#""signature":{{"algorithm":"Ed25519","certificatePath":{path}}}"#);
        with_members(&honest(), &members)
    };
    for path in [r#"["MIIBszCCAVmgAwIBAgIUexpired"]"#, r#"["!!"]"#, "[]"] {
        assert_eq!(judged(&sign_by_hand(&unsigned(path), &key(1))), "accept", "{path}");
        let by_thief = sign_by_hand(&unsigned(path), &key(9));
        assert_eq!(judged(&by_thief), "reject bom-untrusted bad-signature", "{path}");
    }
    // It is covered all the same: nobody adds one later.
    let signed = with_members(&honest(), r#""signature":{"algorithm":"Ed25519"}"#);
    let added = altered(
        &sign_by_hand(&signed, &key(1)),
        "\"algorithm\"",
        "\"certificatePath\":[\"MIIB\"],\"algorithm\"",
    );
    assert_eq!(judged(&added), "reject bom-untrusted bad-signature");
}
