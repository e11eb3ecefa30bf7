//! Opens a file of answers, and finds out how it is written.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::arguments::Format;
use crate::failure::Failure;
use crate::inputs::{is_stdin, looks_like_csv};
use crate::progress::Progress;

/// A file of answers, or standard input.
pub enum Input {
    Csv(Stream),
    Ndjson(Stream),
    /// Parquet keeps its index at the end, so it is no stream.
    Parquet(File),
}

pub type Stream = BufReader<Box<dyn Read>>;

const BUFFER_BYTES: usize = 64 * 1024;
const GZIP: &[u8] = &[0x1f, 0x8b];
const PARQUET: &[u8] = b"PAR1";

impl Input {
    pub fn open(path: &Path, format: Format, progress: &Progress) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| Failure::unreadable(path, &error);
        let named = by_name(path);
        let wants_parquet = format == Format::Parquet || named == Some(Format::Parquet);
        if is_stdin(path) {
            if wants_parquet {
                return Err(Failure::new("expected Parquet in a file, not on standard input"));
            }
            return Self::stream(path, Box::new(progress.watch(io::stdin())), format);
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let mut start = Vec::new();
        let length = u64::try_from(PARQUET.len()).unwrap_or_default();
        // A pipe cannot be read twice, and is no Parquet.
        if fs::metadata(path).is_ok_and(|found| found.is_file()) {
            file.by_ref().take(length).read_to_end(&mut start).map_err(unreadable)?;
            file = File::open(path).map_err(unreadable)?;
        }
        if wants_parquet || (format == Format::Auto && start == PARQUET) {
            return Ok(Self::Parquet(file));
        }
        let format = if format == Format::Auto { named.unwrap_or(Format::Auto) } else { format };
        Self::stream(path, Box::new(progress.watch(file)), format)
    }

    fn stream(path: &Path, input: Box<dyn Read>, format: Format) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| Failure::unreadable(path, &error);
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, input);
        if reader.fill_buf().map_err(unreadable)?.starts_with(GZIP) {
            let decoder: Box<dyn Read> = Box::new(MultiGzDecoder::new(reader));
            reader = BufReader::with_capacity(BUFFER_BYTES, decoder);
        }
        let is_csv = match format {
            Format::Csv => true,
            Format::Ndjson => false,
            Format::Auto | Format::Parquet => looks_like_csv(&mut reader).map_err(unreadable)?,
        };
        Ok(if is_csv { Self::Csv(reader) } else { Self::Ndjson(reader) })
    }
}

fn by_name(path: &Path) -> Option<Format> {
    let ending = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
    let mut last = ending(path)?;
    if last == "gz" {
        last = ending(path.file_stem().map(Path::new)?)?;
    }
    match last.as_str() {
        "csv" => Some(Format::Csv),
        "json" | "jsonl" | "ndjson" => Some(Format::Ndjson),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}
