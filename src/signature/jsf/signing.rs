//! Signs a JSON document.

use crate::error::{Error, ErrorCode};
use crate::json::Writer;
use crate::json::canonical::{Canonical, MAX_STRING_BYTES};
use crate::json::stream::{Event, Stream, StreamLimits};

use super::super::{PrivateKey, PublicKey, base64};
use super::Settings;
use super::object::{Form, MAX_SIGNERS, SignatureObject};

/// How several keys sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One key, no list.
    Single,
    /// A list in which each signs as if alone.
    Signers,
    /// A list in which each signs what came before too.
    Chain,
}

/// Signs a document: gives it with `signature` as its first member, and not a byte of the rest changed.
///
/// Each signature names its algorithm, the key, and `keyId` when the key has a `kid`. The same document
/// and keys give the same bytes.
///
/// # Errors
/// [`ErrorCode::Signature`] when the document is not a JSON object by the strict rules, is signed
/// already (also as CycloneDX 2.0 has it), and when the keys are not 1 (for [`Mode::Single`]) or 1 to 16
/// different ones.
pub fn sign(document: &[u8], keys: &[&PrivateKey], mode: Mode) -> Result<Vec<u8>, Error> {
    let twice = keys.iter().enumerate().any(|(at, key)| {
        keys.iter().skip(at + 1).any(|other| other.public().is_same_key(key.public()))
    });
    let most = if mode == Mode::Single { 1 } else { MAX_SIGNERS };
    if keys.is_empty() || keys.len() > most || twice {
        return Err(signature_error(&format!("expected 1 to {most} different keys to sign with")));
    }
    let parsed = Parsed::read(document)?;
    if parsed.signature.is_some() {
        return Err(signature_error("expected a document without a signature"));
    }
    let object = match (mode, keys) {
        (Mode::Single, [key, ..]) => {
            let value = key.sign(&parsed.message(&part(key.public(), None)));
            part(key.public(), Some(&value))
        }
        _ => {
            let is_chain = mode == Mode::Chain;
            let name: &[u8] = if is_chain { b"{\"chain\":[" } else { b"{\"signers\":[" };
            let mut list = List { before: name, parts: Vec::new(), after: b"]}", is_chain };
            for key in keys {
                list.append(&parsed, key);
            }
            list.into_object()
        }
    };
    let (head, tail) = document.split_at_checked(parsed.inside).unwrap_or((document, &[]));
    let comma: &[u8] = if parsed.is_empty { b"" } else { b"," };
    Ok([head, b"\"signature\":", &object, comma, tail].concat())
}

/// Adds a signer to a document signed with [`Mode::Signers`] or [`Mode::Chain`]; its signature object is
/// written anew where it stands, and not a byte of the rest changed.
///
/// The signatures that are there are not checked.
///
/// # Errors
/// [`ErrorCode::Signature`] when the document is not a JSON object by the strict rules; when it has no
/// such signature, or one with what JSF or we do not allow; when it has 16 signers.
pub fn add_signer(document: &[u8], key: &PrivateKey) -> Result<Vec<u8>, Error> {
    let parsed = Parsed::read(document)?;
    let Some((start, end, text)) = &parsed.signature else {
        return Err(signature_error("expected a document with a signature"));
    };
    let object = SignatureObject::read(text.clone())
        .map_err(|refusal| signature_error(refusal.sentence()))?;
    if object.form == Form::Single {
        return Err(signature_error("expected a list of signers, found one signature alone"));
    }
    if object.parts.len() >= MAX_SIGNERS {
        return Err(signature_error(&format!("expected at most {MAX_SIGNERS} signers")));
    }
    let (from, to) = object.list();
    let cut = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let mut list = List {
        before: cut(0, from),
        parts: cut(from, to).to_vec(),
        after: cut(to, text.len()),
        is_chain: object.form == Form::Chain,
    };
    list.append(&parsed, key);
    let rest = |from: usize, to: usize| document.get(from..to).unwrap_or_default();
    Ok([rest(0, *start), &list.into_object(), rest(*end, document.len())].concat())
}

/// A signature object with a list of signers.
struct List<'a> {
    before: &'a [u8],
    parts: Vec<u8>,
    after: &'a [u8],
    is_chain: bool,
}

impl List<'_> {
    fn append(&mut self, parsed: &Parsed, key: &PrivateKey) {
        if !self.parts.is_empty() {
            self.parts.push(b',');
        }
        let earlier: &[u8] = if self.is_chain { &self.parts } else { &[] };
        let own = part(key.public(), None);
        let signed = [self.before, earlier, &own, self.after].concat();
        let value = key.sign(&parsed.message(&signed));
        self.parts.extend_from_slice(&part(key.public(), Some(&value)));
    }

    fn into_object(self) -> Vec<u8> {
        [self.before, &self.parts, self.after].concat()
    }
}

/// What signing needs to know of a document.
struct Parsed {
    /// The canonical form without the signature, and where that has its place in it.
    form: Vec<u8>,
    place: Option<usize>,
    /// Where the document goes on after its first bracket.
    inside: usize,
    is_empty: bool,
    /// Where the value of the signature is in the document, and its canonical form.
    signature: Option<(usize, usize, Vec<u8>)>,
}

impl Parsed {
    fn read(document: &[u8]) -> Result<Self, Error> {
        let mut stream = Stream::new(StreamLimits {
            max_bytes: 2 << 30,
            max_depth: 128,
            max_open_names: 65_536,
            max_string_bytes: MAX_STRING_BYTES,
        });
        Self::follow(&mut stream, document).map_err(|error| error.with_code(ErrorCode::Signature))
    }

    fn follow(stream: &mut Stream, document: &[u8]) -> Result<Self, Error> {
        let name = Settings::default().member;
        let mut parsed =
            Self { form: Vec::new(), place: None, inside: 0, is_empty: true, signature: None };
        let mut form = Canonical::default();
        let mut signature = Canonical::default();
        let mut start = None;
        let mut in_signature = false;
        let mut rest = document;
        loop {
            let depth = stream.depth();
            let Some(event) = stream.next(&mut rest, true)? else { break };
            let taken = document.len() - rest.len();
            let is_member = matches!(event, Event::Name(_)) && depth == 1;
            let is_jss = event == Event::Name("signatures") && depth == 1;
            let is_signature = event == Event::Name(name) && depth == 1;
            let is_end = event == Event::ObjectEnd && depth == 1;
            if depth == 0 && event != Event::ObjectStart {
                return Err(stream.error("expected a JSON object"));
            }
            parsed.is_empty &= !is_member;
            let into = if in_signature { &mut signature } else { &mut form };
            if is_end {
                into.sort();
                parsed.place = into.place_in_root(name);
            }
            if !is_signature {
                into.take(event).map_err(|no_form| stream.error(no_form.expected()))?;
            }
            if depth == 0 {
                parsed.inside = taken;
            }
            if is_jss {
                return Err(stream.error("expected no `signatures` of CycloneDX 2.0"));
            }
            if in_signature {
                let start = *start.get_or_insert(stream.position().byte);
                if stream.depth() == 1 {
                    in_signature = false;
                    let text = std::mem::take(&mut signature).into_bytes();
                    parsed.signature = Some((start, taken, text));
                }
            }
            in_signature |= is_signature;
        }
        // Only its end says that a number is all there is.
        if stream.finish()?.is_some() {
            return Err(stream.error("expected a JSON object"));
        }
        parsed.form = form.into_bytes();
        Ok(parsed)
    }

    /// What is signed with this signature object.
    fn message(&self, object: &[u8]) -> Vec<u8> {
        let end = self.form.len().saturating_sub(1);
        let place = self.place.unwrap_or(end);
        let (head, tail) = self.form.split_at_checked(place).unwrap_or_default();
        let before: &[u8] =
            if place == end && end > 1 { b",\"signature\":" } else { b"\"signature\":" };
        let after: &[u8] = if place == end { b"" } else { b"," };
        [head, before, object, after, tail].concat()
    }
}

/// One signer in canonical form, with or without its value.
fn part(key: &PublicKey, value: Option<&[u8]>) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open_object();
    writer.word_member("algorithm", key.algorithm().name());
    if let Some(key_id) = key.key_id() {
        writer.string_member("keyId", key_id);
    }
    writer.name("publicKey");
    writer.raw(&key.to_bare_jwk());
    if let Some(value) = value {
        writer.word_member("value", &base64::encode_url(value));
    }
    writer.close_object();
    writer.into_bytes()
}

fn signature_error(text: &str) -> Error {
    Error::new(ErrorCode::Signature, text)
}
