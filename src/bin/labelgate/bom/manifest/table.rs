//! Tables with a column of names and a column of hashes: CSV and NDJSON.

use std::io::BufRead;
use std::path::Path;

use labelgate::digest::Algorithm;
use labelgate::json::{Kind, Reader};

use super::super::found::Origin;
use super::super::inputs::List;
use super::{Columns, at_line, digest, leave_out};
use crate::failure::Failure;
use crate::lines::{Line, Lines};
use crate::records::{Record, Records};

/// Longest row, in bytes. Chosen: a name of 64 KiB among other columns.
const MAX_ROW_BYTES: usize = 1 << 20;
const MAX_DEPTH: usize = 64;
const NAME: &str = "name";
const HASH: &str = "sha256";

impl Columns<'_> {
    fn name(&self) -> &str {
        self.name.unwrap_or(NAME)
    }

    fn hash(&self) -> &str {
        self.hash.unwrap_or(HASH)
    }

    /// The algorithm that the column is named after, else SHA-256.
    fn algorithm(&self) -> Algorithm {
        Algorithm::from_key(&self.hash().to_ascii_lowercase()).unwrap_or(Algorithm::Sha256)
    }
}

/// False when nobody named the columns and the header has no such ones: the file is an item.
pub fn read_csv(
    path: &Path,
    reader: impl BufRead,
    columns: Columns<'_>,
    list: &mut List<'_>,
) -> Result<bool, Failure> {
    let mut records = Records::new(reader, MAX_ROW_BYTES);
    let unreadable = |error| Failure::unreadable(path, &error);
    let place = |wanted: &str, row: &crate::records::Row<'_>| {
        row.fields().position(|field| field.trim_ascii() == wanted.as_bytes())
    };
    let places = match records.next().map_err(unreadable)? {
        Some((_, Record::Row(row))) => (place(columns.name(), &row), place(columns.hash(), &row)),
        _ => (None, None),
    };
    let (Some(name_at), Some(hash_at)) = places else {
        if columns.hash.is_none() {
            return Ok(false);
        }
        let (name, hash) = (columns.name(), columns.hash());
        return Err(at_line(path, 1, &format!("expected the columns `{name}` and `{hash}`")));
    };
    while let Some((line, record)) = records.next().map_err(unreadable)? {
        let Record::Row(row) = record else {
            return Err(at_line(path, line, "expected a shorter row"));
        };
        let text = |at: usize| {
            let field = row.field(at).ok_or("expected as many fields as the header has");
            field.and_then(|field| std::str::from_utf8(field).map_err(|_| "expected UTF-8"))
        };
        let (name, hash) = text(name_at)
            .and_then(|name| Ok((name, text(hash_at)?)))
            .map_err(|expected| at_line(path, line, expected))?;
        take(path, line, name, hash, columns, list)?;
    }
    Ok(true)
}

/// False when nobody named the columns and the first line has no such members.
pub fn read_ndjson(
    path: &Path,
    reader: impl BufRead,
    columns: Columns<'_>,
    list: &mut List<'_>,
) -> Result<bool, Failure> {
    let mut lines = Lines::new(reader, MAX_ROW_BYTES);
    let mut is_first = true;
    while let Some((number, line)) =
        lines.next().map_err(|error| Failure::unreadable(path, &error))?
    {
        let Line::Whole(line) = line else {
            return Err(at_line(path, number, "expected a shorter line"));
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (name, hash) = match members(line, columns) {
            Ok((Some(name), Some(hash))) => (name, hash),
            _ if is_first && columns.hash.is_none() => return Ok(false),
            Ok(_) => {
                let (name, hash) = (columns.name(), columns.hash());
                let expected = format!("expected the members `{name}` and `{hash}` as strings");
                return Err(at_line(path, number, &expected));
            }
            Err(error) => return Err(at_line(path, number, error.message())),
        };
        is_first = false;
        take(path, number, &name, &hash, columns, list)?;
    }
    Ok(true)
}

/// The two members of a line, when they are strings.
fn members(
    line: &[u8],
    columns: Columns<'_>,
) -> Result<(Option<String>, Option<String>), labelgate::Error> {
    let (mut name, mut hash) = (None, None);
    let mut reader = Reader::new(line, MAX_DEPTH)?;
    reader.object(&mut |reader, member| {
        let slot = if member == columns.name() {
            &mut name
        } else if member == columns.hash() {
            &mut hash
        } else {
            return reader.skip();
        };
        if reader.kind()? == Kind::String {
            *slot = Some(reader.string()?.into_owned());
            return Ok(());
        }
        reader.skip()
    })?;
    reader.finish()?;
    Ok((name, hash))
}

fn take(
    path: &Path,
    line: u64,
    name: &str,
    hash: &str,
    columns: Columns<'_>,
    list: &mut List<'_>,
) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(at_line(path, line, "expected a name"));
    }
    match digest(columns.algorithm(), hash.trim()) {
        Ok(digest) => list.push(name, &Origin::Listed(vec![digest])),
        Err(why) => {
            leave_out(list, path, name, &why);
            Ok(())
        }
    }
}
