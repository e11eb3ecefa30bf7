//! Submissions as the items of a BOM: each line is one, named by its id.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use labelgate::Submission;
use labelgate::digest::{Algorithm, Digest, Hasher};

use super::document::open;
use super::found::Origin;
use super::inputs::Inputs;
use crate::failure::{Failure, quoted};
use crate::lines::{Line, Lines};

/// Longest line. The largest that a policy can allow is not known here; a collector has what it has.
pub const MAX_LINE_BYTES: usize = 64 << 20;

/// SHA-256 of a line without its line feed: the bytes that were collected.
pub fn digest(line: &[u8]) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(line);
    hasher.finish()
}

/// All submissions of these files.
pub fn inputs(paths: &[PathBuf]) -> Result<Inputs, Failure> {
    Inputs::gather(|list| {
        for path in paths {
            let mut lines = lines(path)?;
            while let Some((number, line)) = next(&mut lines, path)? {
                let line = line.unwrap_or_default();
                let Ok(submission) = Submission::from_json(&line) else {
                    return Err(at_line(path, number, "expected a submission"));
                };
                list.totals.bytes += u64::try_from(line.len()).unwrap_or_default();
                list.push(&submission.id, &Origin::Listed(vec![digest(&line)]))?;
            }
        }
        Ok(())
    })
}

/// The lines of a file, or of standard input.
pub fn lines(path: &Path) -> Result<Lines<impl BufRead + use<>>, Failure> {
    Ok(Lines::new(BufReader::new(open(path)?.0), MAX_LINE_BYTES))
}

/// The number of a line and its bytes.
type Numbered = (u64, Option<Vec<u8>>);

/// The next line that is not empty, with its number; without the line when it is too long.
pub fn next(lines: &mut Lines<impl BufRead>, path: &Path) -> Result<Option<Numbered>, Failure> {
    loop {
        let line = lines.next().map_err(|error| Failure::unreadable(path, &error))?;
        return Ok(match line {
            None => None,
            Some((_, Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
            Some((number, Line::Whole(line))) => Some((number, Some(line.to_vec()))),
            Some((number, Line::TooLong(_))) => Some((number, None)),
        });
    }
}

/// A failure at a line.
pub fn at_line(path: &Path, line: u64, expected: &str) -> Failure {
    Failure::new(format!("{}: {expected} in line {line}", quoted(path)))
}
