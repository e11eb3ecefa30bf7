//! Opens submissions, and finds out how they are written.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::arguments::Format;
use crate::failure::Failure;
use crate::inputs::{is_stdin, looks_like_csv};
use crate::progress::Progress;

/// One file of submissions, or standard input.
pub struct Source {
    pub reader: BufReader<Box<dyn Read>>,
    pub is_csv: bool,
    /// The file's name without its folder, or `stdin`.
    pub name: String,
    pub path: PathBuf,
}

const BUFFER_BYTES: usize = 64 * 1024;

impl Source {
    pub fn open(path: &Path, format: Format, progress: &Progress) -> Result<Self, Failure> {
        let (input, name): (Box<dyn Read>, String) = if is_stdin(path) {
            (Box::new(progress.watch(io::stdin())), "stdin".to_owned())
        } else {
            let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            (Box::new(progress.watch(file)), name)
        };
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, input);
        let is_csv = match format {
            Format::Csv => true,
            Format::Labelgate => false,
            Format::Auto => match by_name(path) {
                Some(is_csv) => is_csv,
                None => looks_like_csv(&mut reader)
                    .map_err(|error| Failure::unreadable(path, &error))?,
            },
        };
        Ok(Self { reader, is_csv, name, path: path.to_owned() })
    }
}

fn by_name(path: &Path) -> Option<bool> {
    match path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase().as_str() {
        "csv" => Some(true),
        "json" | "jsonl" | "ndjson" => Some(false),
        _ => None,
    }
}
