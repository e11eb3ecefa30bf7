//! The DSSE vector, signed notes and checkpoints.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use labelgate::signature::checkpoint::Checkpoint;
use labelgate::signature::dsse::{Envelope, pae};
use labelgate::signature::note::{Note, VerifierKey};
use labelgate::signature::{PublicKey, Refusal, Threshold};
use serde_json::Value;

use crate::decision::Decision;
use crate::manifest::Case;

/// The vector opens under its key and type alone.
pub fn dsse(case: &Case) -> Decision {
    let vector = case.json();
    let text = |member: &str| vector[member].as_str().unwrap();
    let coordinate =
        |member: &str| Base64UrlUnpadded::encode_string(&bytes_of_decimal(text(member)));
    let jwk = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#,
        coordinate("public_x_dec"),
        coordinate("public_y_dec")
    );
    let pinned = Threshold::one(PublicKey::from_jwk(jwk.as_bytes()).unwrap());
    let payload = text("payload_utf8").as_bytes();
    assert_eq!(pae(text("payloadType"), payload), text("pae_utf8").as_bytes());
    let open = |envelope: &Value, payload_type: &str| {
        let envelope = Envelope::from_json(envelope.to_string().as_bytes()).unwrap();
        let checked = envelope.check(&pinned, payload_type)?;
        checked.payload().map(|(payload, _)| payload.to_vec())
    };
    let envelope = &vector["envelope"];
    assert_eq!(open(envelope, "text/plain"), Err(Refusal::PayloadType));
    let mut changed = envelope.clone();
    changed["payload"] = Base64::encode_string(b"hello, world").into();
    assert_eq!(open(&changed, text("payloadType")), Err(Refusal::BadSignature));
    let opened = open(envelope, text("payloadType"));
    Decision::agrees_if(
        opened.as_deref() == Ok(payload),
        "verifies; with another payload or as another type it does not",
    )
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

pub fn verdict(case: &Case) -> Decision {
    let vectors = case.json();
    let vectors = vectors.as_array().unwrap();
    match case.name() {
        "signed-notes.json" => signed(vectors),
        _ => checkpoints(vectors),
    }
}

fn signed(vectors: &[Value]) -> Decision {
    for vector in vectors {
        let text = |member: &str| vector[member].as_str().unwrap();
        let keys = [VerifierKey::parse(text("vkey")).unwrap()];
        assert_eq!(keys[0].to_string(), text("vkey"));
        let verify = |note: &str| match Note::parse(note.as_bytes()).unwrap().verify(&keys, 1) {
            Ok((text, _)) => {
                assert!(note.starts_with(text));
                Ok(())
            }
            Err(refusal) => Err(refusal),
        };
        assert_eq!(vector["verifies"], true);
        assert_eq!(Note::parse(text("note").as_bytes()).unwrap().to_string(), text("note"));
        assert_eq!(verify(text("note")), Ok(()), "{}", text("name"));
        let changed = format!("x{}", text("note"));
        assert_eq!(verify(&changed), Err(Refusal::BadSignature), "{}", text("name"));
    }
    let given = format!("{} notes verify, and none with a letter more", vectors.len());
    Decision::agrees_if(vectors.len() >= 3, given)
}

const SHORT_ROOTS: &str = "stricter: a root that is not 32 bytes is no SHA-256 of RFC 6962, so the examples \
    with a text in its place are refused; with 32 bytes there they are taken";

fn checkpoints(vectors: &[Value]) -> Decision {
    let (mut as_expected, mut short) = (0, 0);
    for vector in vectors {
        let text = vector["text"].as_str().unwrap();
        let is_valid = vector["expect"] == "valid";
        let is_taken = Checkpoint::parse(text).is_ok();
        let root = text.lines().nth(2).and_then(|root| Base64::decode_vec(root).ok());
        if is_valid && root.is_none_or(|root| root.len() != 32) {
            assert!(!is_taken, "{text:?}");
            let long = text.replace(text.lines().nth(2).unwrap(), &Base64::encode_string(&[7; 32]));
            assert!(Checkpoint::parse(&long).is_ok(), "{long:?}");
            short += 1;
        } else {
            assert_eq!(is_taken, is_valid, "{text:?}");
            as_expected += 1;
        }
    }
    let given = format!("{as_expected} as expected, {short} valid ones refused");
    Decision::agrees_unless(Some(SHORT_ROOTS), short == 0, given)
}
