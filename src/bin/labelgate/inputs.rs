//! Files that are read, or standard input: what there is to know before they are.

use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Whether a path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A CSV header starts with a name, NDJSON with a brace.
pub fn looks_like_csv(reader: &mut impl BufRead) -> io::Result<bool> {
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
