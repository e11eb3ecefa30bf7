//! The DSSE vector, signed notes and checkpoints.

use std::fs;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use labelgate::signature::checkpoint::Checkpoint;
use labelgate::signature::dsse::{Envelope, pae};
use labelgate::signature::note::{Note, VerifierKey};
use labelgate::signature::{PublicKey, Refusal, Threshold};
use serde_json::Value;

use crate::support;
use crate::table::Table;

fn parse(path: &str) -> Option<Value> {
    let path = support::shared(path)?;
    Some(serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
}

/// A decimal number in 32 bytes.
fn bytes_of_decimal(digits: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for digit in digits.bytes() {
        let mut carry = u32::from(digit - b'0');
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 10;
            *byte = u8::try_from(carry & 0xFF).unwrap();
            carry >>= 8;
        }
        assert_eq!(carry, 0);
    }
    bytes
}

#[test]
fn the_vector_of_dsse_opens_under_its_key_and_type_alone() {
    let Some(vector) = parse("data/bom/dsse/vector-hello-world.json") else { return };
    let text = |member: &str| vector[member].as_str().unwrap();
    let coordinate =
        |member: &str| Base64UrlUnpadded::encode_string(&bytes_of_decimal(text(member)));
    let jwk = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#,
        coordinate("public_x_dec"),
        coordinate("public_y_dec")
    );
    let pinned = Threshold::one(PublicKey::from_jwk(jwk.as_bytes()).unwrap());
    assert_eq!(
        pae(text("payloadType"), text("payload_utf8").as_bytes()),
        text("pae_utf8").as_bytes()
    );
    let open = |envelope: &Value, payload_type: &str| {
        let envelope = Envelope::from_json(envelope.to_string().as_bytes()).unwrap();
        let checked = envelope.check(&pinned, payload_type)?;
        checked.payload().map(|(payload, _)| payload.to_vec())
    };
    let envelope = &vector["envelope"];
    assert_eq!(open(envelope, text("payloadType")).unwrap(), text("payload_utf8").as_bytes());
    assert_eq!(open(envelope, "text/plain"), Err(Refusal::PayloadType));
    let mut changed = envelope.clone();
    changed["payload"] = Base64::encode_string(b"hello, world").into();
    assert_eq!(open(&changed, text("payloadType")), Err(Refusal::BadSignature));
}

#[test]
fn published_notes_get_their_verdicts() {
    let Some(notes) = parse("data/bom/notes/signed-notes.json") else { return };
    let mut table = Table::default();
    for case in notes.as_array().unwrap() {
        let text = |member: &str| case[member].as_str().unwrap();
        let keys = [VerifierKey::parse(text("vkey")).unwrap()];
        assert_eq!(keys[0].to_string(), text("vkey"));
        let verdict = |note: &str| match Note::parse(note.as_bytes()).unwrap().verify(&keys, 1) {
            Ok((text, _)) => {
                assert!(note.starts_with(text));
                "verifies".to_owned()
            }
            Err(refusal) => refusal.code().to_owned(),
        };
        assert_eq!(case["verifies"], true);
        assert_eq!(Note::parse(text("note").as_bytes()).unwrap().to_string(), text("note"));
        table.row(text("name"), "verifies", &verdict(text("note")));
        let changed = format!("x{}", text("note"));
        table.row(&format!("{} changed", text("name")), "bad-signature", &verdict(&changed));
    }
    table.finish(6);
}

#[test]
fn checkpoints_get_their_verdicts() {
    let Some(cases) = parse("data/bom/notes/checkpoint-parse.json") else { return };
    let mut table = Table::default();
    for case in cases.as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let given = if Checkpoint::parse(text).is_ok() { "valid" } else { "reject" };
        let root = text.lines().nth(2).and_then(|root| Base64::decode_vec(root).ok());
        let has_long_root = root.is_some_and(|root| root.len() == 32);
        if case["expect"] == "valid" && !has_long_root {
            table.not_decided(text, "the root is not 32 bytes, so no SHA-256 of RFC 6962: refused");
            assert_eq!(given, "reject");
            let long = text.replace(text.lines().nth(2).unwrap(), &Base64::encode_string(&[7; 32]));
            assert!(Checkpoint::parse(&long).is_ok(), "{long:?}");
        } else {
            table.row(text, case["expect"].as_str().unwrap(), given);
        }
    }
    table.finish(7);
}
