//! Dead Simple Signing Envelope 1.0: a payload, its type, and signatures over both.
//!
//! <https://github.com/secure-systems-lab/dsse>. Nothing is canonicalised: the bytes are signed, and the
//! bytes that were checked are the bytes that are handed out. The type of the payload is pinned like the
//! keys, so that nothing signed for another purpose passes.

use base64ct::{Base64, Base64Url, Encoding as _};

use crate::error::{Error, ErrorCode};
use crate::json::Reader;

use super::threshold::{Signer, Try};
use super::{Check, PublicKey, Refusal, Threshold, Verification};

/// An envelope that was read and not checked. The payload comes out of [`Checked`] alone.
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

struct EnvelopeSignature {
    key_id: Option<String>,
    value: Vec<u8>,
}

/// The most signatures that are looked at. Chosen.
const MAX_SIGNATURES: usize = 16;

/// Deepest nesting in an envelope: members that we do not read may hold something.
const MAX_DEPTH: usize = 32;

impl Envelope {
    /// Reads an envelope in JSON. Members that are not those of the specification are ignored, as it
    /// asks for; base64 may be the standard or the URL-safe one, padded.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] for JSON that breaks the strict rules, a missing member, and what is not
    /// base64.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let read = |mut reader: Reader<'_>| {
            let envelope = Self::take(&mut reader)?;
            reader.finish()?;
            Ok(envelope)
        };
        Reader::new(json, MAX_DEPTH)
            .and_then(read)
            .map_err(|error| error.with_code(ErrorCode::Signature))
    }

    /// Reads an envelope inside another document.
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (mut payload_type, mut payload, mut signatures) = (None, None, None);
        reader.object(&mut |reader, name| {
            match name {
                "payloadType" => payload_type = Some(reader.string()?.into_owned()),
                "payload" => payload = Some(base64(reader)?),
                "signatures" => {
                    let mut list = Vec::new();
                    reader.array(&mut |reader| {
                        list.push(EnvelopeSignature::take(reader)?);
                        Ok(())
                    })?;
                    signatures = Some(list);
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        match (payload_type, payload, signatures) {
            (Some(payload_type), Some(payload), Some(signatures)) => {
                Ok(Self { payload_type, payload, signatures })
            }
            _ => {
                Err(reader.error("expected `payload`, `payloadType` and `signatures` before here"))
            }
        }
    }

    /// What the envelope says its payload is.
    #[must_use]
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// Checks the signatures with the pinned keys.
    ///
    /// A `keyid` only chooses among them; where it names none, all are tried. ECDSA signatures may be
    /// the two numbers as they are, or ASN.1 DER, which Sigstore writes: the specification leaves it
    /// open.
    ///
    /// # Errors
    /// [`Refusal::PayloadType`], [`Refusal::NoSigners`], [`Refusal::TooManySigners`].
    pub fn check(self, threshold: &Threshold, payload_type: &str) -> Result<Checked, Refusal> {
        if self.payload_type != payload_type {
            return Err(Refusal::PayloadType);
        }
        if self.signatures.is_empty() {
            return Err(Refusal::NoSigners);
        }
        if self.signatures.len() > MAX_SIGNATURES {
            return Err(Refusal::TooManySigners);
        }
        let head = pae_head(&self.payload_type, self.payload.len());
        let message = [&head[..], &self.payload];
        let signer = |signature: &EnvelopeSignature| {
            threshold.signer(signature.key_id.as_deref(), &signature.value, &message)
        };
        let signers = self.signatures.iter().map(signer).collect();
        Ok(Checked { verification: Verification::new(threshold, signers), payload: self.payload })
    }
}

/// An envelope whose signatures were looked at.
pub struct Checked {
    verification: Verification,
    payload: Vec<u8>,
}

impl Checked {
    /// What is known of the signatures; a host may have to answer for some.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// As [`Verification::answer`].
    pub fn answer(&mut self, number: usize, is_good: bool) {
        self.verification.answer(number, is_good);
    }

    /// The payload, and the pinned keys that signed it.
    ///
    /// # Errors
    /// As [`Verification::decide`].
    pub fn payload(&self) -> Result<(&[u8], Vec<&PublicKey>), Refusal> {
        let keys = self.verification.decide()?;
        Ok((&self.payload, keys))
    }
}

impl EnvelopeSignature {
    fn take(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (mut key_id, mut value) = (None, None);
        reader.object(&mut |reader, name| {
            match name {
                "keyid" if reader.null() => {}
                "keyid" => key_id = Some(reader.string()?.into_owned()),
                "sig" => value = Some(base64(reader)?),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        let value =
            value.ok_or_else(|| reader.error("expected `sig` in a signature before here"))?;
        Ok(Self { key_id, value })
    }
}

impl Threshold {
    /// Tries a signature that names no algorithm with the pinned keys: those with this `kid`, or all.
    pub(super) fn signer(&self, key_id: Option<&str>, value: &[u8], message: &[&[u8]]) -> Signer {
        let is_named = |key: &PublicKey| {
            key_id.is_some_and(|id| key.key_id() == Some(id) || key.thumbprint() == id)
        };
        let by_name = self.keys().iter().any(is_named);
        let mut signer = Signer { refusal: Refusal::WrongLength, tries: Vec::new() };
        for (at, key) in self.keys().iter().enumerate() {
            if by_name && !is_named(key) {
                continue;
            }
            let Some(signature) = key.plain_signature(value) else { continue };
            let mut check = Check::begin(key, &signature, true);
            message.iter().for_each(|piece| check.update(piece));
            signer.refusal = Refusal::BadSignature;
            signer.tries.push(Try::run(at, check));
        }
        signer
    }
}

/// The pre-authentication encoding: what is signed.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = pae_head(payload_type, payload.len());
    message.extend_from_slice(payload);
    message
}

fn pae_head(payload_type: &str, payload_bytes: usize) -> Vec<u8> {
    format!("DSSEv1 {} {payload_type} {payload_bytes} ", payload_type.len()).into_bytes()
}

/// Signs a payload: an envelope in canonical JSON, with the `kid` of each key or its thumbprint as
/// `keyid`.
///
/// # Errors
/// [`ErrorCode::Signature`] without keys, or with more than 16.
#[cfg(feature = "sign")]
pub fn sign(
    payload: &[u8],
    payload_type: &str,
    keys: &[&super::PrivateKey],
) -> Result<Vec<u8>, Error> {
    if keys.is_empty() || keys.len() > MAX_SIGNATURES {
        let text = format!("expected 1 to {MAX_SIGNATURES} keys to sign with");
        return Err(Error::new(ErrorCode::Signature, text));
    }
    let message = pae(payload_type, payload);
    let mut writer = crate::json::Writer::with_capacity(payload.len() * 3 / 2 + 512);
    writer.open_object();
    writer.word_member("payload", &Base64::encode_string(payload));
    writer.string_member("payloadType", payload_type);
    writer.name("signatures");
    writer.open_array();
    for key in keys {
        let public = key.public();
        writer.open_object();
        match public.key_id() {
            Some(key_id) => writer.string_member("keyid", key_id),
            None => writer.word_member("keyid", &public.thumbprint()),
        }
        writer.word_member("sig", &Base64::encode_string(&key.sign(&message)));
        writer.close_object();
    }
    writer.close_array();
    writer.close_object();
    Ok(writer.into_bytes())
}

/// Standard or URL-safe base64, padded.
pub(super) fn base64(reader: &mut Reader<'_>) -> Result<Vec<u8>, Error> {
    let at = reader.offset();
    let text = reader.string()?;
    Base64::decode_vec(&text)
        .or_else(|_| Base64Url::decode_vec(&text))
        .map_err(|_| reader.error_from(at, "expected base64 with its padding"))
}

#[cfg(test)]
#[cfg(feature = "sign")]
mod tests {
    use super::super::{Algorithm, PrivateKey};
    use super::*;

    const TYPE: &str = "application/vnd.cyclonedx+json";

    fn key(seed: u8) -> PrivateKey {
        PrivateKey::generate(Algorithm::Ed25519, &[seed; 32]).unwrap()
    }

    fn open(
        envelope: &[u8],
        threshold: &Threshold,
        payload_type: &str,
    ) -> Result<Vec<u8>, Refusal> {
        let checked = Envelope::from_json(envelope).unwrap().check(threshold, payload_type)?;
        checked.payload().map(|(payload, _)| payload.to_vec())
    }

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(pae("http://example.com/HelloWorld", b"hello world"), expected);
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }

    #[test]
    fn a_payload_comes_out_under_its_keys_and_its_type_alone() {
        let (one, two) = (key(1), key(2).with_key_id("two"));
        let envelope = sign(b"{\"a\": 1}", TYPE, &[&one, &two]).unwrap();
        assert_eq!(sign(b"{\"a\": 1}", TYPE, &[&one, &two]).unwrap(), envelope);
        let both = Threshold::new(vec![one.public().clone(), two.public().clone()], 2).unwrap();
        assert_eq!(open(&envelope, &both, TYPE).unwrap(), b"{\"a\": 1}");
        assert_eq!(open(&envelope, &both, "text/plain"), Err(Refusal::PayloadType));
        let other = Threshold::one(key(3).public().clone());
        assert_eq!(open(&envelope, &other, TYPE), Err(Refusal::BadSignature));
        let alone = sign(b"{\"a\": 1}", TYPE, &[&one]).unwrap();
        assert_eq!(open(&alone, &both, TYPE), Err(Refusal::ThresholdNotMet));
        let twice = sign(b"{\"a\": 1}", TYPE, &[&one, &one]).unwrap();
        assert_eq!(open(&twice, &both, TYPE), Err(Refusal::ThresholdNotMet));
    }

    #[test]
    fn a_changed_byte_or_type_is_found() {
        let one = key(1);
        let pinned = Threshold::one(one.public().clone());
        let text = String::from_utf8(sign(b"hello", TYPE, &[&one]).unwrap()).unwrap();
        let other = text.replace("aGVsbG8=", "aGVsbG9v");
        assert_eq!(open(other.as_bytes(), &pinned, TYPE), Err(Refusal::BadSignature));
        let other = text.replace(TYPE, "text/plain");
        assert_eq!(open(other.as_bytes(), &pinned, "text/plain"), Err(Refusal::BadSignature));
        let none = r#"{"payload":"aGVsbG8=","payloadType":"t","signatures":[]}"#;
        assert_eq!(open(none.as_bytes(), &pinned, "t"), Err(Refusal::NoSigners));
        let short = r#"{"payload":"aGVsbG8=","payloadType":"t","signatures":[{"sig":"AAAA"}]}"#;
        assert_eq!(open(short.as_bytes(), &pinned, "t"), Err(Refusal::WrongLength));
    }

    #[test]
    fn both_alphabets_are_read_and_the_padding_is_not_optional() {
        let with = |payload: &str| {
            Envelope::from_json(
                format!(
                    r#"{{"payload":"{payload}","payloadType":"t","signatures":[],"x":[{{}}]}}"#
                )
                .as_bytes(),
            )
            .map(|envelope| envelope.payload)
        };
        assert_eq!(with("--__").unwrap(), with("++//").unwrap());
        assert_eq!(with("").unwrap(), b"");
        for bad in ["aGVsbG8", "aGVsbG8=\\n", "+-__", "aGVsbG9=", "aGVsbG8==="] {
            assert!(with(bad).is_err(), "{bad}");
        }
        assert!(Envelope::from_json(br#"{"payload":"","payloadType":"t"}"#).is_err());
    }
}
