//! Answers in CSV.

use std::io::BufRead;
use std::path::Path;

use super::at_line;
use super::columns::{Columns, Places};
use super::rows::{NOBODY, Rows};
use crate::failure::Failure;
use crate::records::{Record, Records, Row};

/// Longest row, in bytes. Chosen: the longest label, an outline of thousands of points, fits.
const MAX_ROW_BYTES: usize = 1 << 20;

pub fn read(
    path: &Path,
    reader: impl BufRead,
    columns: &Columns,
    rows: &mut Rows<'_>,
) -> Result<(), Failure> {
    let mut records = Records::new(reader, MAX_ROW_BYTES);
    let unreadable = |error| Failure::unreadable(path, &error);
    let (width, places) = match records.next().map_err(unreadable)? {
        Some((_, Record::Row(header))) => {
            let names: Vec<String> = header
                .fields()
                .map(|field| String::from_utf8_lossy(field.trim_ascii()).into_owned())
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            (names.len(), columns.places(&names).map_err(|it| at_line(path, 1, &it))?)
        }
        Some(_) => return Err(at_line(path, 1, "expected a shorter header")),
        None => return Ok(()),
    };
    while let Some((line, record)) = records.next().map_err(unreadable)? {
        let taken = match record {
            Record::Row(row) if row.len() != width => {
                Err(format!("expected {width} fields, found {}", row.len()))
            }
            Record::Row(row) => take(row, places, rows),
            Record::TooLong(bytes) => {
                Err(format!("expected a row of at most {MAX_ROW_BYTES} bytes, found {bytes}"))
            }
            Record::TooManyFields => Err("expected fewer fields".to_owned()),
        };
        taken.map_err(|expected| at_line(path, line, &expected))?;
    }
    Ok(())
}

fn take(row: Row<'_>, places: Places, rows: &mut Rows<'_>) -> Result<(), String> {
    let text = |at: usize| {
        let field = row.field(at).unwrap_or_default();
        std::str::from_utf8(field).map_err(|_| "expected UTF-8".to_owned())
    };
    let annotator = places.annotator.map_or(Ok(NOBODY), text)?;
    rows.take(text(places.task)?, annotator, text(places.label)?)
}
