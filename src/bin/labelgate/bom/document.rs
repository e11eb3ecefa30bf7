//! Reads a BOM in one pass: its items, what it says of itself, and its signature.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use labelgate::Bom;
use labelgate::bom::{BomLimits, BomReader};
use labelgate::signature::{Refusal, Threshold, Verification, jsf};

use super::inputs::is_stdin;
use super::outline::{Outline, OutlineReader};
use crate::failure::Failure;
use crate::progress::Progress;

/// A BOM that was read.
pub struct Document {
    pub bom: Bom,
    pub outline: Outline,
    /// What came of the signatures, when there were keys to check them with.
    pub signature: Option<Result<Verification, Refusal>>,
}

/// More items than a gate takes: a machine that publishes has the memory.
const MAX_ITEMS: usize = 50_000_000;
/// Longest canonical form of a signed BOM whose members are not in order, which is kept in memory.
const MAX_KEPT_BYTES: usize = 1 << 30;
const PIECE_BYTES: usize = 64 * 1024;

impl Document {
    pub fn read(path: &Path, keys: Option<&Threshold>) -> Result<Self, Failure> {
        let limits =
            BomLimits { max_items: MAX_ITEMS, max_bytes: 16 << 30, ..BomLimits::default() };
        let unreadable = |error: io::Error| Failure::unreadable(path, &error);
        let broken = |error: labelgate::Error| Failure::in_file(path, &error);
        let (mut input, bytes) = open(path)?;
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
            signature: signature.map(jsf::Reader::finish).transpose().map_err(broken)?,
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
    let (input, _) = open(path)?;
    let mut bytes = Vec::new();
    let read = input.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Failure::unreadable(path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max_bytes {
        let path = crate::failure::quoted(path);
        return Err(Failure::new(format!("{path}: expected at most {max_bytes} bytes")));
    }
    Ok(bytes)
}
