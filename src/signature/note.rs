//! C2SP signed notes: a text, and lines of signatures under it.
//!
//! <https://c2sp.org/signed-note> v1.0.0, with Ed25519 (type 1) and the timestamped cosignatures of
//! witnesses (type 4, <https://c2sp.org/tlog-cosignature> v1.0.0).

use crate::digest::{self, Hasher};
use crate::error::{Error, ErrorCode};

use super::public_key::key_error;
use super::{Check, Outcome, PublicKey, Refusal, base64};

/// What a key in a note signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// The text.
    Ed25519,
    /// The text and a time, as a witness: `cosignature/v1`.
    Cosignature,
}

impl NoteKind {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }
}

/// A key under a name, as notes are checked with: `name+hash+base64`.
///
/// ```
/// use labelgate::signature::note::VerifierKey;
///
/// let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
/// assert_eq!(VerifierKey::parse(text)?.to_string(), text);
/// # Ok::<(), labelgate::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: NoteKind,
    key: PublicKey,
}

impl VerifierKey {
    /// An Ed25519 key under a name.
    ///
    /// # Errors
    /// [`ErrorCode::Key`] for another kind of key, an empty name, or one with white space, a plus, or a
    /// control character.
    pub fn new(name: &str, kind: NoteKind, key: PublicKey) -> Result<Self, Error> {
        if key.signature_bytes() != 64 || key.algorithm().digest().is_some() {
            return Err(key_error("expected an Ed25519 key for a note"));
        }
        if !is_key_name(name) {
            return Err(key_error("expected the name of a key without white space and `+`"));
        }
        Ok(Self { name: name.to_owned(), kind, key })
    }

    /// Reads `name+hash+base64`.
    ///
    /// # Errors
    /// [`ErrorCode::Key`] for anything else, a type other than 1 and 4, and a hash that is not that of
    /// name and key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(encoded)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(key_error("expected a verifier key `name+hash+base64`"));
        };
        let bytes = base64::decode(encoded)
            .ok_or_else(|| key_error("expected base64 in a verifier key"))?;
        let (kind, key) = match bytes.split_first() {
            Some((1, key)) => (NoteKind::Ed25519, key),
            Some((4, key)) => (NoteKind::Cosignature, key),
            _ => return Err(key_error("expected a verifier key of type 1 or 4")),
        };
        let parsed = Self::new(name, kind, PublicKey::from_ed25519(key)?)?;
        if hexadecimal(parsed.id()) != hash {
            return Err(key_error("expected the hash in a verifier key to be that of its key"));
        }
        Ok(parsed)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub fn kind(&self) -> NoteKind {
        self.kind
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The first four bytes of the hash of name, type and key. They help to find a key, and no more.
    fn id(&self) -> [u8; 4] {
        let mut hasher = Hasher::new(digest::Algorithm::Sha256);
        hasher.update(self.name.as_bytes());
        hasher.update(&[b'\n', self.kind.byte()]);
        hasher.update(self.key.first());
        first_four(hasher.finish().as_bytes())
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[self.kind.byte()], self.key.first()].concat();
        write!(f, "{}+{}+{}", self.name, hexadecimal(self.id()), base64::encode(&bytes))
    }
}

/// A note that was read. Its text is worth nothing before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    /// Four bytes of key id, and the signature.
    bytes: Vec<u8>,
}

/// A signature in a note that is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteSigner<'a> {
    /// The key.
    pub key: &'a VerifierKey,
    /// When a witness signed, in seconds since 1970; none for [`NoteKind::Ed25519`]. Its clock, not ours.
    pub time_s: Option<u64>,
}

impl Note {
    /// Longest note, in bytes. Chosen: sixteen signatures of 5 KB and a text.
    pub const MAX_BYTES: usize = 128 << 10;
    /// Most signatures. The specification asks for 16 at least.
    pub const MAX_SIGNATURES: usize = 64;

    /// Reads a note.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] for what is no note: not UTF-8, a control character, no blank line, no
    /// signature line, or more than [`Note::MAX_BYTES`] and [`Note::MAX_SIGNATURES`].
    pub fn parse(note: &[u8]) -> Result<Self, Error> {
        if note.len() > Self::MAX_BYTES {
            return Err(note_error(&format!("expected at most {} bytes", Self::MAX_BYTES)));
        }
        let whole = std::str::from_utf8(note).map_err(|_| note_error("expected UTF-8"))?;
        // By bytes: searching for a string is a kilobyte of wasm.
        let blank = whole.as_bytes().windows(2).rposition(|two| two == b"\n\n");
        let parts = blank.and_then(|at| Some((whole.get(..at)?, whole.get(at + 2..)?)));
        let (text, lines) =
            parts.ok_or_else(|| note_error("expected a blank line before the signatures"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| note_error("expected a line feed after the last signature"))?;
        let mut read = Self::new(&[text, "\n"].concat())?;
        for line in lines.split('\n') {
            if read.signatures.len() == Self::MAX_SIGNATURES {
                let text = format!("expected at most {} signatures", Self::MAX_SIGNATURES);
                return Err(note_error(&text));
            }
            let signature = NoteSignature::parse(line)
                .ok_or_else(|| note_error("expected a signature line `— name base64`"))?;
            read.signatures.push(signature);
        }
        Ok(read)
    }

    /// A note without signatures yet.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] for a text that does not end in a line feed or has a control character.
    pub fn new(text: &str) -> Result<Self, Error> {
        if !text.ends_with('\n') {
            return Err(note_error("expected a text that ends in a line feed"));
        }
        if text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(note_error("expected no control character"));
        }
        Ok(Self { text: text.to_owned(), signatures: Vec::new() })
    }

    /// The text and the good signatures by these keys, of `needed` different ones at least. Signatures by
    /// other keys are passed over.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`] when a line has the name and id of one of the keys and is not by it,
    /// whatever the others are; [`Refusal::KeyNotPinned`] when no line is by one of the keys, and
    /// [`Refusal::ThresholdNotMet`] when too few are.
    pub fn verify<'a>(
        &self,
        keys: &'a [VerifierKey],
        needed: usize,
    ) -> Result<(&str, Vec<NoteSigner<'a>>), Refusal> {
        let mut good: Vec<NoteSigner<'a>> = Vec::new();
        for key in keys {
            let id = key.id();
            let is_by_key = |signature: &&NoteSignature| {
                signature.name == key.name && signature.bytes.starts_with(&id)
            };
            for signature in self.signatures.iter().filter(is_by_key) {
                let time_s = self.check(key, signature).ok_or(Refusal::BadSignature)?;
                if !good.iter().any(|signer| signer.key.key.is_same_key(&key.key)) {
                    good.push(NoteSigner { key, time_s });
                }
            }
        }
        match good.len() {
            0 => Err(Refusal::KeyNotPinned),
            count if count < needed => Err(Refusal::ThresholdNotMet),
            _ => Ok((&self.text, good)),
        }
    }

    /// The time of a good signature, if it has one; none outside when it is bad.
    fn check(&self, key: &VerifierKey, signature: &NoteSignature) -> Option<Option<u64>> {
        let bytes = signature.bytes.get(4..)?;
        let (time_s, value) = match key.kind {
            NoteKind::Ed25519 => (None, bytes),
            NoteKind::Cosignature => {
                let (time, value) = bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                i64::try_from(time).ok()?;
                (Some(time), value)
            }
        };
        let mut check = Check::begin(&key.key, value, false);
        if let Some(time) = time_s {
            check.update(cosignature_head(time).as_bytes());
        }
        check.update(self.text.as_bytes());
        (check.run() == Outcome::Good).then_some(time_s)
    }

    /// Signs the text.
    ///
    /// # Errors
    /// [`ErrorCode::Key`] as [`VerifierKey::new`].
    #[cfg(feature = "sign")]
    pub fn sign(&mut self, name: &str, key: &super::PrivateKey) -> Result<(), Error> {
        let verifier = VerifierKey::new(name, NoteKind::Ed25519, key.public().clone())?;
        self.add(&verifier, &[], &key.sign(self.text.as_bytes()));
        Ok(())
    }

    /// Signs the text as a witness, at this time in seconds since 1970.
    ///
    /// # Errors
    /// [`ErrorCode::Key`] as [`VerifierKey::new`]; [`ErrorCode::Signature`] for a time beyond 2^63 - 1.
    #[cfg(feature = "sign")]
    pub fn cosign(
        &mut self,
        name: &str,
        key: &super::PrivateKey,
        time_s: u64,
    ) -> Result<(), Error> {
        if i64::try_from(time_s).is_err() {
            return Err(note_error("expected a time under 2^63"));
        }
        let verifier = VerifierKey::new(name, NoteKind::Cosignature, key.public().clone())?;
        let message = [cosignature_head(time_s).as_bytes(), self.text.as_bytes()].concat();
        self.add(&verifier, &time_s.to_be_bytes(), &key.sign(&message));
        Ok(())
    }

    #[cfg(feature = "sign")]
    fn add(&mut self, key: &VerifierKey, time: &[u8], signature: &[u8]) {
        let bytes = [&key.id()[..], time, signature].concat();
        self.signatures.push(NoteSignature { name: key.name.clone(), bytes });
    }
}

/// The note as it is published.
impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "— {} {}", signature.name, base64::encode(&signature.bytes))?;
        }
        Ok(())
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = base64::decode(encoded)?;
        (is_key_name(name) && bytes.len() > 4).then(|| Self { name: name.to_owned(), bytes })
    }
}

fn cosignature_head(time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n")
}

fn is_key_name(name: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && !name.contains(is_odd)
}

fn first_four(bytes: &[u8]) -> [u8; 4] {
    bytes.first_chunk().copied().unwrap_or_default()
}

fn hexadecimal(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

pub(super) fn note_error(text: &str) -> Error {
    Error::new(ErrorCode::Signature, text)
}

#[cfg(test)]
#[cfg(feature = "sign")]
mod tests;
