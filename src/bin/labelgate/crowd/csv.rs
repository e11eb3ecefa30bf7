//! Answers in CSV.

use std::io::BufRead;
use std::path::Path;

use super::arguments::CrowdArguments;
use super::at_line;
use super::rows::Rows;
use crate::failure::Failure;
use crate::records::{Record, Records, Row};

/// Longest row, in bytes. Chosen: the longest label, an outline of thousands of points, fits.
const MAX_ROW_BYTES: usize = 1 << 20;

pub fn read(
    path: &Path,
    reader: impl BufRead,
    arguments: &CrowdArguments,
    rows: &mut Rows<'_>,
) -> Result<(), Failure> {
    let mut records = Records::new(reader, MAX_ROW_BYTES);
    let unreadable = |error| Failure::unreadable(path, &error);
    let places = match records.next().map_err(unreadable)? {
        Some((_, Record::Row(header))) => {
            let names: Vec<String> = header
                .fields()
                .map(|field| String::from_utf8_lossy(field.trim_ascii()).into_owned())
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            (names.len(), places(&names, arguments).map_err(|it| at_line(path, 1, &it))?)
        }
        Some(_) => return Err(at_line(path, 1, "expected a shorter header")),
        None => return Ok(()),
    };
    let (width, [task, annotator, label]) = places;
    while let Some((line, record)) = records.next().map_err(unreadable)? {
        let taken = match record {
            Record::Row(row) if row.len() != width => {
                Err(format!("expected {width} fields, found {}", row.len()))
            }
            Record::Row(row) => [task, annotator, label]
                .map(|at| text(row, at))
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
                .and_then(|cells| match *cells {
                    [task, annotator, label] => rows.take(task, annotator, label),
                    _ => Ok(()),
                }),
            Record::TooLong(bytes) => {
                Err(format!("expected a row of at most {MAX_ROW_BYTES} bytes, found {bytes}"))
            }
            Record::TooManyFields => Err("expected fewer fields".to_owned()),
        };
        taken.map_err(|expected| at_line(path, line, &expected))?;
    }
    Ok(())
}

/// Where task, annotator and label stand among the columns.
pub fn places(names: &[&str], arguments: &CrowdArguments) -> Result<[usize; 3], String> {
    let place = |wanted: Option<&String>, usual: &[&str]| {
        let wanted: Vec<&str> = wanted.map_or_else(|| usual.to_vec(), |name| vec![name.as_str()]);
        let found = wanted.iter().find_map(|name| names.iter().position(|known| known == name));
        found.ok_or_else(|| {
            let shown: Vec<&str> = names.iter().take(12).copied().collect();
            format!("expected a column `{}`, found {}", wanted.join("` or `"), shown.join(", "))
        })
    };
    Ok([
        place(arguments.task.as_ref(), &["task", "item"])?,
        place(arguments.annotator.as_ref(), &["annotator", "worker"])?,
        place(arguments.label.as_ref(), &["label"])?,
    ])
}

fn text(row: Row<'_>, at: usize) -> Result<&str, String> {
    std::str::from_utf8(row.field(at).unwrap_or_default()).map_err(|_| "expected UTF-8".to_owned())
}
