//! Reads a BOM in one pass: its items, what it says of itself, and its signature.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use labelgate::Bom;
use labelgate::bom::{BomLimits, BomReader};
use labelgate::signature::dsse::Envelope;
use labelgate::signature::{PublicKey, Refusal, Threshold, Verification, jsf};

use super::inputs::is_stdin;
use super::outline::{Outline, OutlineReader};
use crate::failure::{Failure, quoted};
use crate::progress::Progress;

/// A BOM that was read.
pub struct Document {
    pub bom: Bom,
    pub outline: Outline,
    /// What came of the signatures, when there were keys to check them with.
    pub signature: Option<Result<Vec<PublicKey>, Refused>>,
}

/// Why no signature makes a document trusted.
pub struct Refused {
    pub refusal: Refusal,
    /// The pinned keys whose signatures are good all the same.
    pub good: Vec<PublicKey>,
}

/// The type of what is in a DSSE envelope.
pub const PAYLOAD_TYPE: &str = "application/vnd.cyclonedx+json";

/// More items than a gate takes: a machine that publishes has the memory.
const MAX_ITEMS: usize = 50_000_000;
/// Longest canonical form of a signed BOM whose members are not in order, which is kept in memory.
const MAX_KEPT_BYTES: usize = 1 << 30;
/// Longest DSSE envelope; it is in memory as a whole.
const MAX_ENVELOPE_BYTES: u64 = 1 << 30;
const PIECE_BYTES: usize = 64 * 1024;

impl Document {
    /// Reads a BOM whose signatures nobody asks for.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        match Self::read_signed(path, None)? {
            Ok(document) => Ok(document),
            Err(refused) => Err(Failure::new(refused.refusal.sentence())),
        }
    }

    /// Reads a BOM with its signatures. In a DSSE envelope it is not looked at unless those are good; then
    /// the reason comes in its place.
    pub fn read_signed(
        path: &Path,
        keys: Option<&Threshold>,
    ) -> Result<Result<Self, Refused>, Failure> {
        let (input, bytes) = open(path)?;
        let mut input = BufReader::with_capacity(PIECE_BYTES, input);
        let start = input.fill_buf().map_err(|error| Failure::unreadable(path, &error))?;
        if !is_envelope(start) {
            return Self::stream(path, input, bytes, keys).map(Ok);
        }
        let Some(keys) = keys else {
            return Err(Failure::new(format!(
                "{}: expected `--key FILE` with a DSSE envelope, whose content is not read before its \
                 signature is checked; or a BOM",
                quoted(path)
            )));
        };
        let broken = |error: labelgate::Error| Failure::in_file(path, &error);
        let envelope = read_up_to(path, input, MAX_ENVELOPE_BYTES)?;
        let envelope = Envelope::from_json(&envelope).map_err(broken)?;
        let checked = match envelope.check(keys, PAYLOAD_TYPE) {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Err(Refused { refusal, good: Vec::new() })),
        };
        let (payload, signers) = match checked.payload() {
            Ok(good) => good,
            Err(refusal) => return Ok(Err(Refused::new(refusal, checked.verification()))),
        };
        let signers = signers.into_iter().cloned().collect();
        let mut document = Self::stream(path, payload, None, None)?;
        document.signature = Some(Ok(signers));
        Ok(Ok(document))
    }

    fn stream(
        path: &Path,
        mut input: impl Read,
        bytes: Option<u64>,
        keys: Option<&Threshold>,
    ) -> Result<Self, Failure> {
        let limits =
            BomLimits { max_items: MAX_ITEMS, max_bytes: 16 << 30, ..BomLimits::default() };
        let unreadable = |error: io::Error| Failure::unreadable(path, &error);
        let broken = |error: labelgate::Error| Failure::in_file(path, &error);
        let progress = Progress::new("reading the BOM", bytes);
        let mut reader = BomReader::new(limits);
        let mut outline = OutlineReader::new(limits);
        let settings = jsf::Settings { max_kept_bytes: MAX_KEPT_BYTES, ..Default::default() };
        let mut signature = keys.map(|keys| jsf::Reader::new(keys, settings));
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let bytes = match input.read(&mut piece) {
                Ok(0) => break,
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(error)),
            };
            progress.skip(u64::try_from(bytes).unwrap_or_default());
            let piece = piece.get(..bytes).unwrap_or_default();
            reader.push(piece).map_err(broken)?;
            outline.push(piece).map_err(broken)?;
            if let Some(signature) = &mut signature {
                signature.push(piece).map_err(broken)?;
            }
        }
        let document = Self {
            bom: reader.finish().map_err(broken)?,
            outline: outline.finish().map_err(broken)?,
            signature: match signature {
                Some(signature) => Some(decide(signature.finish().map_err(broken)?)),
                None => None,
            },
        };
        progress.finish();
        Ok(document)
    }

    /// The names of all items in ascending order, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.bom.entries().map(|entry| entry.name()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Refused {
    fn new(refusal: Refusal, verification: &Verification) -> Self {
        Self { refusal, good: verification.good_keys().into_iter().cloned().collect() }
    }
}

fn decide(found: Result<Verification, Refusal>) -> Result<Vec<PublicKey>, Refused> {
    let verification = found.map_err(|refusal| Refused { refusal, good: Vec::new() })?;
    match verification.decide() {
        Ok(keys) => Ok(keys.into_iter().cloned().collect()),
        Err(refusal) => Err(Refused::new(refusal, &verification)),
    }
}

/// Whether a document begins with a member that DSSE has and CycloneDX has not.
fn is_envelope(start: &[u8]) -> bool {
    let inside = start.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| {
        [&b"\"payload\""[..], b"\"payloadType\""].iter().any(|name| inside.starts_with(name))
    })
}

/// Opens a file, or standard input, with its length when that is known.
pub fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), Failure> {
    if is_stdin(path) {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
    let bytes = file.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
    Ok((Box::new(file), bytes))
}

/// Reads all of a file, or of standard input, up to a bound.
pub fn read_all(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Failure> {
    read_up_to(path, open(path)?.0, max_bytes)
}

fn read_up_to(path: &Path, input: impl Read, max_bytes: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = input.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Failure::unreadable(path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max_bytes {
        let path = quoted(path);
        return Err(Failure::new(format!("{path}: expected at most {max_bytes} bytes")));
    }
    Ok(bytes)
}
