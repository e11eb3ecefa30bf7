//! Opens submissions, and finds out how they are written.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::arguments::Format;
use crate::failure::Failure;
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

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn by_name(path: &Path) -> Option<bool> {
    match path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase().as_str() {
        "csv" => Some(true),
        "json" | "jsonl" | "ndjson" => Some(false),
        _ => None,
    }
}

/// A CSV header starts with a name, NDJSON with a brace.
fn looks_like_csv(reader: &mut impl BufRead) -> io::Result<bool> {
    let start = reader.fill_buf()?;
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(first.is_some_and(|byte| *byte != b'{'))
}

/// Finds all files before the first is read, so that a wrong name costs no time. Answers how many
/// bytes there are; none when standard input is among them.
pub fn total_bytes(paths: &[PathBuf]) -> Result<Option<u64>, Failure> {
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(Failure::new("expected `-` once: standard input can be read only once"));
    }
    let mut total = Some(0_u64);
    for path in paths {
        if is_stdin(path) {
            total = None;
            continue;
        }
        let metadata = fs::metadata(path).map_err(|error| Failure::unreadable(path, &error))?;
        if metadata.is_dir() {
            let error = io::ErrorKind::IsADirectory.into();
            return Err(Failure::unreadable(path, &error));
        }
        // A pipe or a device has no length.
        let bytes = metadata.is_file().then_some(metadata.len());
        total = total.zip(bytes).map(|(total, bytes)| total.saturating_add(bytes));
    }
    Ok(total)
}
