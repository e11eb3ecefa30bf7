//! The signature object: its forms, and what each signer signed.

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::error::Error;
use crate::json::Reader;

use super::super::public_key::Members;
use super::super::{Algorithm, Refusal, Threshold};

/// A signature object in canonical form, and the signers in it.
pub(super) struct SignatureObject {
    text: Vec<u8>,
    pub(super) form: Form,
    pub(super) parts: Vec<Part>,
    /// Where the list of signers is in the text, with its brackets.
    list: (usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Single,
    Signers,
    Chain,
}

/// One signer. Offsets are those of the canonical text.
#[derive(Default)]
pub(super) struct Part {
    end: usize,
    start: usize,
    /// The member `value` with the comma that goes with it.
    value_at: (usize, usize),
    algorithm: Option<String>,
    key_id: Option<String>,
    key: Option<Members>,
    has_key: bool,
    value: Option<String>,
}

/// The most signers that are looked at. Chosen.
pub(super) const MAX_SIGNERS: usize = 16;

/// Deepest nesting in a signature object: a list of signers with a JWK is four levels.
const MAX_DEPTH: usize = 16;

impl SignatureObject {
    /// Reads a signature object in canonical form.
    pub(super) fn read(text: Vec<u8>) -> Result<Self, Refusal> {
        let mut scan = Scan { text: &text, list: None, refusal: None };
        let outer = Reader::new(&text, MAX_DEPTH)
            .and_then(|mut reader| scan.part(&mut reader, true))
            .map_err(|_| scan.refusal.unwrap_or(Refusal::Malformed))?;
        if let Some(refusal) = scan.refusal {
            return Err(refusal);
        }
        let (form, parts, list) = match scan.list {
            Some((form, parts, list)) => {
                // A list and a signature of its own beside it are neither the one nor the other.
                let own = [&outer.algorithm, &outer.value, &outer.key_id];
                if outer.has_key || own.iter().any(|member| member.is_some()) {
                    return Err(Refusal::Malformed);
                }
                (form, parts, list)
            }
            None => (Form::Single, vec![outer], (0, 0)),
        };
        if parts.is_empty() {
            return Err(Refusal::NoSigners);
        }
        for part in &parts {
            part.check_algorithm()?;
        }
        Ok(Self { text, form, parts, list })
    }

    /// The object as the signer of this number signed it.
    pub(super) fn signed_by(&self, number: usize) -> Vec<u8> {
        let Some(part) = self.parts.get(number) else { return Vec::new() };
        let text = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        let (value, after) = part.value_at;
        let (list, list_end) = self.list;
        let tail = text(list_end.saturating_sub(1), self.text.len());
        match self.form {
            Form::Single => [text(0, value), text(after, self.text.len())].concat(),
            Form::Signers => {
                [text(0, list + 1), text(part.start, value), text(after, part.end), tail].concat()
            }
            Form::Chain => [text(0, value), text(after, part.end), tail].concat(),
        }
    }

    /// The list of signers in the text, without its brackets.
    #[cfg(feature = "sign")]
    pub(super) fn list(&self) -> (usize, usize) {
        (self.list.0 + 1, self.list.1.saturating_sub(1))
    }
}

impl Part {
    /// The bytes of the signature, and the numbers of the pinned keys that it is to be tried with.
    pub(super) fn candidates(
        &self,
        threshold: &Threshold,
    ) -> Result<(Vec<u8>, Vec<usize>), Refusal> {
        let algorithm = self.algorithm.as_deref().and_then(Algorithm::from_name);
        let signature = self.signature(algorithm)?;
        let keys = threshold.keys().iter().enumerate();
        let mut named: Vec<_> = match (&self.key, self.has_key) {
            (Some(key), _) => keys.filter(|(_, pinned)| pinned.is_in(key)).collect(),
            (None, true) => Vec::new(),
            (None, false) => {
                let is_named = |pinned: &&super::PublicKey| {
                    self.key_id.is_some() && pinned.key_id() == self.key_id.as_deref()
                };
                let by_name = threshold.keys().iter().any(|key| is_named(&key));
                keys.filter(|(_, pinned)| {
                    if by_name { is_named(pinned) } else { Some(pinned.algorithm()) == algorithm }
                })
                .collect()
            }
        };
        if named.is_empty() {
            return Err(Refusal::KeyNotPinned);
        }
        named.retain(|(_, pinned)| Some(pinned.algorithm()) == algorithm);
        if named.is_empty() {
            return Err(Refusal::AlgorithmNotOfKey);
        }
        named.retain(|(_, pinned)| pinned.signature_bytes() == signature.len());
        if named.is_empty() {
            return Err(Refusal::WrongLength);
        }
        Ok((signature, named.into_iter().map(|(at, _)| at).collect()))
    }

    fn signature(&self, algorithm: Option<Algorithm>) -> Result<Vec<u8>, Refusal> {
        let value = self.value.as_deref().ok_or(Refusal::Malformed)?;
        if value.split('.').count() == 3 {
            return Err(Refusal::JwsValue);
        }
        let bytes = Base64UrlUnpadded::decode_vec(value).map_err(|_| Refusal::NotBase64)?;
        let is_curve = algorithm.filter(|algorithm| *algorithm != Algorithm::Ed25519);
        let expected = is_curve.and_then(Algorithm::curve).map(|(_, length)| 2 * length);
        if expected.is_some_and(|expected| expected != bytes.len()) && is_der_sequence(&bytes) {
            return Err(Refusal::DerValue);
        }
        Ok(bytes)
    }

    fn check_algorithm(&self) -> Result<(), Refusal> {
        match self.algorithm.as_deref() {
            None => Err(Refusal::Malformed),
            Some("HS256" | "HS384" | "HS512") => Err(Refusal::Hmac),
            Some(name) if name.eq_ignore_ascii_case("none") => Err(Refusal::NoneAlgorithm),
            // Known, and no key for it can be pinned.
            Some("Ed448") => Ok(()),
            Some(name) if Algorithm::from_name(name).is_some() => Ok(()),
            Some(_) => Err(Refusal::UnknownAlgorithm),
        }
    }
}

/// Whether the bytes are one ASN.1 sequence, by its tag and length.
fn is_der_sequence(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, length @ 0..=0x7F, rest @ ..] => rest.len() == usize::from(*length),
        [0x30, 0x81, length, rest @ ..] => rest.len() == usize::from(*length),
        _ => false,
    }
}

/// What is found on the way through a signature object.
struct Scan<'a> {
    text: &'a [u8],
    list: Option<(Form, Vec<Part>, (usize, usize))>,
    refusal: Option<Refusal>,
}

impl Scan<'_> {
    fn part(&mut self, reader: &mut Reader<'_>, is_outer: bool) -> Result<Part, Error> {
        let mut part = Part { start: reader.offset(), ..Part::default() };
        // Where the member before ended: at a comma, or after the bracket.
        let mut before = part.start + 1;
        reader.object(&mut |reader, name| {
            let at = reader.offset();
            match name {
                "algorithm" => part.algorithm = Some(reader.string()?.into_owned()),
                "keyId" => part.key_id = Some(reader.string()?.into_owned()),
                "certificatePath" => reader.skip()?,
                "publicKey" => {
                    part.has_key = true;
                    reader.skip()?;
                    let key = self.text.get(at..reader.offset()).unwrap_or_default();
                    part.key = Members::read(key).ok();
                }
                "value" => {
                    part.value = Some(reader.string()?.into_owned());
                    part.value_at = (before, reader.offset());
                }
                "signers" if is_outer => self.parts(reader, Form::Signers)?,
                "chain" if is_outer => self.parts(reader, Form::Chain)?,
                "excludes" => self.refuse(reader, Refusal::Excludes)?,
                "extensions" => self.refuse(reader, Refusal::Extensions)?,
                _ => self.refuse(reader, Refusal::Malformed)?,
            }
            before = reader.offset();
            Ok(())
        })?;
        part.end = reader.offset();
        let (value, after) = part.value_at;
        if value == part.start + 1 && self.text.get(after) == Some(&b',') {
            part.value_at = (value, after + 1);
        }
        Ok(part)
    }

    fn parts(&mut self, reader: &mut Reader<'_>, form: Form) -> Result<(), Error> {
        if self.list.is_some() {
            return self.refuse(reader, Refusal::Malformed);
        }
        let start = reader.offset();
        let mut parts = Vec::new();
        reader.array(&mut |reader| {
            if parts.len() == MAX_SIGNERS {
                return self.refuse(reader, Refusal::TooManySigners);
            }
            parts.push(self.part(reader, false)?);
            Ok(())
        })?;
        self.list = Some((form, parts, (start, reader.offset())));
        Ok(())
    }

    /// Remembers a reason, and passes over the value. Any reason says more than "malformed".
    fn refuse(&mut self, reader: &mut Reader<'_>, refusal: Refusal) -> Result<(), Error> {
        if matches!(self.refusal, None | Some(Refusal::Malformed)) {
            self.refusal = Some(refusal);
        }
        reader.skip()
    }
}
