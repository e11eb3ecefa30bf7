//! Files that list items with their hashes, as input of a build.

mod checksums;
mod table;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use labelgate::bom::Manifest;
use labelgate::digest::{Algorithm, Digest};

use super::found::Origin;
use super::inputs::{List, is_stdin};
use crate::failure::{Failure, quoted};
use crate::terminal::printable;

/// The columns of a table that hold names and hashes, when they were given.
#[derive(Clone, Copy, Default)]
pub struct Columns<'a> {
    pub name: Option<&'a str>,
    pub hash: Option<&'a str>,
}

/// Most bytes of a manifest that is one JSON document; it is in memory as a whole.
const MAX_JSON_BYTES: u64 = 256 << 20;
const BUFFER_BYTES: usize = 64 * 1024;

/// How a manifest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Checksums(Algorithm),
    Csv,
    Json,
    Ndjson,
}

/// Reads a manifest; false when the file is none, and so an item.
pub fn read(path: &Path, columns: Columns<'_>, list: &mut List<'_>) -> Result<bool, Failure> {
    let unreadable = |error: io::Error| Failure::unreadable(path, &error);
    let input: Box<dyn Read> = if is_stdin(path) {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(unreadable)?)
    };
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, input);
    let writing = if is_stdin(path) {
        let start = io::BufRead::fill_buf(&mut reader).map_err(unreadable)?;
        let is_object = start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        Some(match (is_object, columns.hash.is_some()) {
            (true, true) => Writing::Ndjson,
            (true, false) => Writing::Json,
            (false, true) => Writing::Csv,
            (false, false) => Writing::Checksums(Algorithm::Sha256),
        })
    } else {
        by_name(path)
    };
    let is_manifest = match writing {
        None => false,
        Some(Writing::Checksums(algorithm)) => {
            checksums::read(path, reader, algorithm, list)?;
            true
        }
        Some(Writing::Csv) => table::read_csv(path, reader, columns, list)?,
        Some(Writing::Ndjson) => table::read_ndjson(path, reader, columns, list)?,
        Some(Writing::Json) => read_json(path, reader, list)?,
    };
    if !is_manifest && is_stdin(path) {
        return Err(Failure::new("expected a manifest on standard input"));
    }
    Ok(is_manifest)
}

fn by_name(path: &Path) -> Option<Writing> {
    let name = path.file_name().and_then(OsStr::to_str)?.to_ascii_lowercase();
    for algorithm in [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512] {
        let key = algorithm.key();
        if name.contains(&format!("{key}sum")) || name.ends_with(&format!(".{key}")) {
            return Some(Writing::Checksums(algorithm));
        }
    }
    match Path::new(&name).extension().and_then(OsStr::to_str)? {
        "csv" => Some(Writing::Csv),
        "jsonl" | "ndjson" => Some(Writing::Ndjson),
        "json" | "jsonld" | "sig" => Some(Writing::Json),
        _ => None,
    }
}

fn read_json(path: &Path, reader: impl Read, list: &mut List<'_>) -> Result<bool, Failure> {
    let mut document = Vec::new();
    let read = reader.take(MAX_JSON_BYTES + 1).read_to_end(&mut document);
    read.map_err(|error| Failure::unreadable(path, &error))?;
    if document.len() > usize::try_from(MAX_JSON_BYTES).unwrap_or(usize::MAX) {
        let most = MAX_JSON_BYTES >> 20;
        return Err(Failure::new(format!("{}: expected at most {most} MiB", quoted(path))));
    }
    let manifest =
        Manifest::from_json(&document).map_err(|error| Failure::in_file(path, &error))?;
    let Some(manifest) = manifest else { return Ok(false) };
    for item in manifest.items {
        list.push(&item.name, &Origin::Listed(item.digests))?;
    }
    for left in &manifest.left_out {
        leave_out(list, path, &left.name, &left.why);
    }
    list.totals.is_incomplete |= !manifest.is_complete;
    if list.totals.name.is_none() {
        list.totals.name = manifest.name;
    }
    Ok(true)
}

/// An entry that proves no bytes: it is told, and the list is not complete.
fn leave_out(list: &mut List<'_>, path: &Path, name: &str, why: &str) {
    list.totals.unproven += 1;
    list.totals.is_incomplete = true;
    list.warn(&format!("left out `{}` of {}: {why}", printable(name), quoted(path)));
}

/// A failure at a line of a manifest.
fn at_line(path: &Path, line: u64, expected: &str) -> Failure {
    Failure::new(format!("{}: {expected} in line {line}", quoted(path)))
}

/// The name of a listed file: a path below the folder of the manifest.
fn path_name(text: &str) -> Result<&str, &'static str> {
    let name = text.strip_prefix("./").unwrap_or(text);
    if name.contains('\\') {
        return Err("expected a name without a backslash, because Windows reads it as `/`,");
    }
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("expected a path below the folder of the list");
    }
    Ok(name)
}

/// A digest in hexadecimal, with its algorithm before it (`sha256:`) or not.
fn digest(algorithm: Algorithm, text: &str) -> Result<Digest, String> {
    let (algorithm, hex) = match text.split_once(':') {
        Some((key, hex)) => {
            let known = Algorithm::from_key(&key.to_ascii_lowercase());
            (known.ok_or_else(|| format!("`{}` proves nothing here", printable(key)))?, hex)
        }
        None => (algorithm, text),
    };
    Digest::from_hex(algorithm, hex).map_err(|error| error.message().to_owned())
}
