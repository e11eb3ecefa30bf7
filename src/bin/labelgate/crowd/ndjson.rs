//! Answers in NDJSON: rows of a table, or submissions as `labelgate check` reads them.

use std::io::BufRead;
use std::path::Path;

use labelgate::Label;
use labelgate::json::{Kind, Reader};

use super::at_line;
use super::columns::Columns;
use super::rows::{NOBODY, Rows};
use crate::failure::Failure;
use crate::lines::{Line, Lines};

/// Longest line, in bytes, as for CSV.
const MAX_LINE_BYTES: usize = 1 << 20;
const MAX_DEPTH: usize = 64;

/// What a line says; a label is text or says its own kind.
#[derive(Default)]
struct Row {
    task: Option<String>,
    annotator: Option<String>,
    text: Option<String>,
    label: Option<Label>,
}

pub fn read(
    path: &Path,
    reader: impl BufRead,
    columns: &Columns,
    rows: &mut Rows<'_>,
) -> Result<(), Failure> {
    let mut lines = Lines::new(reader, MAX_LINE_BYTES);
    while let Some((number, line)) =
        lines.next().map_err(|error| Failure::unreadable(path, &error))?
    {
        let taken = match line {
            Line::TooLong(bytes) => {
                Err(format!("expected a line of at most {MAX_LINE_BYTES} bytes, found {bytes}"))
            }
            Line::Whole(line) if line.trim_ascii().is_empty() => Ok(()),
            Line::Whole(line) => Row::read(line, columns)
                .map_err(|error| error.to_string())
                .and_then(|row| row.give(columns, rows)),
        };
        taken.map_err(|expected| at_line(path, number, &expected))?;
    }
    Ok(())
}

impl Row {
    fn read(line: &[u8], columns: &Columns) -> Result<Self, labelgate::Error> {
        let mut row = Self::default();
        let mut reader = Reader::new(line, MAX_DEPTH)?;
        reader.object(&mut |reader, name| {
            let is = |names: &[String]| names.iter().any(|known| known == name);
            if is(&columns.task) {
                row.task = task(reader)?;
            } else if columns.annotator.as_deref().is_some_and(&is) {
                row.annotator = text(reader)?;
            } else if is(&columns.label) {
                match reader.kind()? {
                    Kind::Object => row.label = Some(Label::read(reader)?),
                    _ => row.text = text(reader)?,
                }
            } else {
                reader.skip()?;
            }
            Ok(())
        })?;
        reader.finish()?;
        Ok(row)
    }

    fn give(self, columns: &Columns, rows: &mut Rows<'_>) -> Result<(), String> {
        let named = |name: Option<String>, member: &str| {
            name.ok_or_else(|| format!("expected a member `{member}`"))
        };
        let task = named(self.task, "task")?;
        let annotator = match columns.annotator {
            Some(_) => named(self.annotator, "annotator")?,
            None => NOBODY.to_owned(),
        };
        match (self.label, self.text) {
            (Some(label), _) => rows.take_label(&task, &annotator, label),
            (None, text) => rows.take(&task, &annotator, &text.unwrap_or_default()),
        }
    }
}

/// A task by its name, or as the item of a submission.
fn task(reader: &mut Reader<'_>) -> Result<Option<String>, labelgate::Error> {
    if reader.kind()? != Kind::Object {
        return text(reader);
    }
    let mut id = None;
    reader.object(&mut |reader, name| {
        if name == "id" {
            id = text(reader)?;
            return Ok(());
        }
        reader.skip()
    })?;
    Ok(id)
}

/// Text, or a number as it is written; none for null.
fn text(reader: &mut Reader<'_>) -> Result<Option<String>, labelgate::Error> {
    match reader.kind()? {
        Kind::String => Ok(Some(reader.string()?.into_owned())),
        // As it is written: two long ids must not become one number.
        Kind::Number => Ok(Some(String::from_utf8_lossy(reader.raw()?).into_owned())),
        Kind::Null => reader.skip().map(|()| None),
        _ => Err(reader.error("expected text or a number")),
    }
}
