//! Reads the gold file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use labelgate::label::LabelSchema;
use labelgate::{Gold, Label};

use crate::cell;
use crate::failure::{Failure, quoted};
use crate::records::{Record, Records, Row};

/// Longest row of a gold CSV. Chosen: 64 accepted labels of the longest class take 16 KiB.
const MAX_ROW_BYTES: usize = 64 * 1024;

/// Reads gold answers; JSON or CSV by the file's name.
pub fn read(path: &Path, schema: Option<&LabelSchema>) -> Result<Gold, Failure> {
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("csv") => from_csv(path, schema),
        Some("json") => {
            let input = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
            Gold::from_json(&input).map_err(|error| Failure::in_file(path, &error))
        }
        _ => Err(Failure::new(format!(
            "expected a gold file that ends in `.json` or `.csv`, got {}",
            quoted(path)
        ))),
    }
}

fn from_csv(path: &Path, schema: Option<&LabelSchema>) -> Result<Gold, Failure> {
    let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
    let mut records = Records::new(BufReader::new(file), MAX_ROW_BYTES);
    let mut columns = None;
    let mut answers: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    while let Some((line, record)) =
        records.next().map_err(|error| Failure::unreadable(path, &error))?
    {
        let read = match record {
            Record::Row(row) => match &columns {
                None => GoldColumns::from_header(row).map(|found| columns = Some(found)),
                Some(columns) => columns.read(row, schema).map(|(task, accepted)| {
                    answers.entry(task).or_default().extend(accepted);
                }),
            },
            Record::TooLong(_) => Err(format!("expected at most {MAX_ROW_BYTES} bytes")),
            Record::TooManyFields => Err("expected fewer fields".to_owned()),
        };
        read.map_err(|expected| {
            Failure::new(format!("{}: {expected} at line {line}", quoted(path)))
        })?;
    }
    if columns.is_none() {
        return Err(Failure::new(format!("{}: expected a header", quoted(path))));
    }
    let mut gold = Gold::new();
    for (task, accepted) in answers {
        gold.insert(&task, accepted);
    }
    Ok(gold)
}

/// Where the two columns are.
struct GoldColumns {
    task: usize,
    label: usize,
    count: usize,
}

impl GoldColumns {
    fn from_header(header: Row<'_>) -> Result<Self, String> {
        let place = |name: &str| {
            header
                .fields()
                .position(|field| field.trim_ascii() == name.as_bytes())
                .ok_or_else(|| format!("expected a header with the column `{name}`"))
        };
        Ok(Self { task: place("task")?, label: place("label")?, count: header.len() })
    }

    fn read(
        &self,
        row: Row<'_>,
        schema: Option<&LabelSchema>,
    ) -> Result<(String, Vec<Label>), String> {
        if row.len() != self.count {
            return Err(format!("expected {} fields, found {}", self.count, row.len()));
        }
        let text = |at| {
            std::str::from_utf8(row.field(at).unwrap_or_default())
                .map_err(|_| "expected UTF-8".to_owned())
        };
        let task = text(self.task)?;
        if task.is_empty() {
            return Err("expected a `task`".into());
        }
        Ok((task.to_owned(), cell::accepted(text(self.label)?, schema)?))
    }
}
