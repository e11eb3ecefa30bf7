//! C2SP checkpoints: the head of a log, as the text of a signed note.
//!
//! <https://c2sp.org/tlog-checkpoint> v1.0.0. A checkpoint beside a BOM says in extension lines which BOM
//! is in force and until when, which nothing in CycloneDX can say:
//!
//! ```text
//! example.org/pets
//! 3
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! bom sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
//! serial urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79
//! version 3
//! expires 2026-12-31T00:00:00Z
//! ```

use base64ct::{Base64, Encoding as _};

use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::json::MAX_SAFE_INTEGER;
use crate::timestamp;

use super::Refusal;
use super::note::{Note, VerifierKey, note_error};

/// The head of a log: its name, its size and its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// The RFC 6962 root over them, with SHA-256.
    pub root: [u8; 32],
    /// Further lines.
    pub extensions: Vec<String>,
}

/// What the extension lines say of a BOM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BomInForce {
    /// SHA-256 of the document.
    pub bom: Digest,
    /// Its serial number, when it has one.
    pub serial: Option<String>,
    /// Its version, from 1.
    pub version: u64,
    /// When the checkpoint lapses, in milliseconds since 1970.
    pub expires_ms: i64,
}

impl Checkpoint {
    /// Reads the text of a note, which must be [verified](super::note::Note::verify) before.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`](crate::ErrorCode::Signature) for fewer than three lines, an empty line, a
    /// last line without its line feed, a size that is not a number in its shortest form under 2^64, and
    /// a root that is not 32 bytes in base64.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let lines: Vec<&str> = text
            .strip_suffix('\n')
            .ok_or_else(|| note_error("expected a line feed at the end of a checkpoint"))?
            .split('\n')
            .collect();
        let [origin, size, root, extensions @ ..] = &lines[..] else {
            return Err(note_error("expected origin, size and root in a checkpoint"));
        };
        if lines.iter().any(|line| line.is_empty()) {
            return Err(note_error("expected no empty line in a checkpoint"));
        }
        let root = Base64::decode_vec(root).ok().and_then(|root| root.try_into().ok());
        Ok(Self {
            origin: (*origin).to_owned(),
            size: decimal(size)
                .ok_or_else(|| note_error("expected the size of a checkpoint to be a number"))?,
            root: root.ok_or_else(|| note_error("expected a root of 32 bytes in base64"))?,
            extensions: extensions.iter().map(|line| (*line).to_owned()).collect(),
        })
    }

    /// The BOM that the extension lines name. Lines that begin with another word are passed over.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`](crate::ErrorCode::Signature) when `bom`, `version` or `expires` do not
    /// come exactly once, `serial` comes twice, or one of them is not in its one form.
    pub fn bom_in_force(&self) -> Result<BomInForce, Error> {
        let one = |word: &str| {
            let mut values = self
                .extensions
                .iter()
                .filter_map(|line| line.split_once(' ').filter(|(first, _)| *first == word));
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(note_error(&format!("expected one line `{word}`"))),
                (value, None) => Ok(value.map(|(_, value)| value)),
            }
        };
        let must = |word: &str| {
            one(word)?
                .ok_or_else(|| note_error(&format!("expected a line `{word}` in a checkpoint")))
        };
        let hex = must("bom")?.strip_prefix("sha256:").filter(|hex| is_lower_hex(hex));
        let bom = hex.and_then(|hex| Digest::from_hex(Algorithm::Sha256, hex).ok());
        let largest = u64::try_from(MAX_SAFE_INTEGER).unwrap_or_default();
        let version = decimal(must("version")?).filter(|version| (1..=largest).contains(version));
        Ok(BomInForce {
            bom: bom.ok_or_else(|| note_error("expected `bom sha256:` and 64 digits"))?,
            serial: one("serial")?.map(str::to_owned),
            version: version
                .ok_or_else(|| note_error("expected `version` to be from 1 to 2^53 - 1"))?,
            expires_ms: utc_seconds(must("expires")?)
                .ok_or_else(|| note_error("expected `expires` as 2026-12-31T00:00:00Z"))?,
        })
    }

    /// The text of a note.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`](crate::ErrorCode::Signature) for an origin or a line that is empty or
    /// has a control character.
    pub fn to_text(&self) -> Result<String, Error> {
        let mut text =
            format!("{}\n{}\n{}\n", self.origin, self.size, Base64::encode_string(&self.root));
        let is_bad = |line: &String| line.is_empty() || line.bytes().any(|byte| byte < b' ');
        if is_bad(&self.origin) || self.extensions.iter().any(is_bad) {
            return Err(note_error(
                "expected lines that are not empty, without control characters",
            ));
        }
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        Ok(text)
    }
}

impl BomInForce {
    /// The extension lines. `expires` is the time as it is written, `2026-12-31T00:00:00Z`.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`](crate::ErrorCode::Signature) when `expires` is in another form.
    pub fn lines(
        bom: &Digest,
        serial: Option<&str>,
        version: u64,
        expires: &str,
    ) -> Result<Vec<String>, Error> {
        if utc_seconds(expires).is_none() {
            return Err(note_error("expected `expires` as 2026-12-31T00:00:00Z"));
        }
        let mut lines = vec![format!("bom {bom}")];
        lines.extend(serial.map(|serial| format!("serial {serial}")));
        lines.push(format!("version {version}"));
        lines.push(format!("expires {expires}"));
        Ok(lines)
    }
}

/// Reads and checks the note of a checkpoint: it is signed by one of `keys`, whose name is the origin, and
/// by `needed` different ones of `witnesses`.
///
/// # Errors
/// [`ErrorCode::Signature`](crate::ErrorCode::Signature) for what is no note or no checkpoint.
pub fn open(
    note: &[u8],
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
    needed: usize,
) -> Result<Result<Checkpoint, Refusal>, Error> {
    let note = Note::parse(note)?;
    let (text, signers) = match note.verify(keys, 1) {
        Ok(verified) => verified,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if needed > 0
        && let Err(refusal) = note.verify(witnesses, needed)
    {
        let is_bad = refusal == Refusal::BadSignature;
        return Ok(Err(if is_bad { refusal } else { Refusal::ThresholdNotMet }));
    }
    let checkpoint = Checkpoint::parse(text)?;
    if !signers.iter().any(|signer| signer.key.name() == checkpoint.origin) {
        return Ok(Err(Refusal::OriginNotOfKey));
    }
    Ok(Ok(checkpoint))
}

/// A number in its shortest decimal form.
fn decimal(text: &str) -> Option<u64> {
    let is_shortest = text == "0" || !text.starts_with('0');
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_shortest && is_digits)
}

/// A time of the one form `YYYY-MM-DDThh:mm:ssZ`, in milliseconds since 1970.
fn utc_seconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let is_form = bytes.len() == 20 && bytes.get(10) == Some(&b'T') && bytes.get(19) == Some(&b'Z');
    let is_leap_second = bytes.get(17..19) == Some(b"60");
    if is_form && !is_leap_second { timestamp::from_rfc3339(text) } else { None }
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
#[cfg(feature = "sign")]
mod tests;
