//! A table that is written as CSV, NDJSON or Parquet.

mod csv;
mod ndjson;
mod parquet;

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;
use crate::whole_file;

/// Columns of the same length.
pub struct Sheet {
    columns: Vec<(&'static str, Column)>,
}

/// The values of a column.
pub enum Column {
    Number(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Ndjson,
    Parquet,
}

impl Form {
    /// By the name of the file.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json" | "jsonl" | "ndjson") => Ok(Self::Ndjson),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(Failure::new(
                "expected an output file that ends in `.csv`, `.ndjson` or `.parquet`",
            )),
        }
    }
}

impl Sheet {
    /// A table with these columns.
    pub fn new(columns: Vec<(&'static str, Column)>) -> Self {
        Self { columns }
    }

    /// Writes a file, whole or not at all.
    pub fn write_file(&self, path: &Path, form: Form) -> Result<(), Failure> {
        whole_file::write(path, |out| {
            let written = match form {
                Form::Csv => csv::write(self, out),
                Form::Ndjson => ndjson::write(self, out),
                Form::Parquet => parquet::write(self, out).map_err(io::Error::other),
            };
            written.map_err(|error| Failure::unwritable(path, &error))
        })
    }

    /// Writes CSV.
    pub fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        csv::write(self, out)
    }

    fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// One value as text; none when it is absent.
    fn text(&self, at: usize) -> Option<String> {
        match self {
            Self::Number(values) => {
                values.get(at).copied().flatten().map(|value| rounded(value).to_string())
            }
            Self::Text(values) => values.get(at).cloned().flatten(),
        }
    }
}

/// Nine digits after the point: more than any answer carries, and no `0.30000000000000004`.
pub fn rounded(value: f64) -> f64 {
    let rounded = (value * 1e9).round() / 1e9;
    if rounded.is_finite() { rounded + 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        Sheet::new(vec![
            ("task", Column::Text(vec![Some("a,\"b\"".into()), Some("é\n".into()), None])),
            ("probability", Column::Number(vec![Some(0.1 + 0.2), Some(-0.0), None])),
        ])
    }

    #[test]
    fn csv_is_quoted_where_it_must_be() {
        let mut out = Vec::new();
        sheet().write_csv(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "task,probability\n\"a,\"\"b\"\"\",0.3\n\"é\n\",0\n,\n"
        );
    }

    #[test]
    fn ndjson_says_null_for_what_is_absent() {
        let mut out = Vec::new();
        ndjson::write(&sheet(), &mut out).unwrap();
        let lines = String::from_utf8(out).unwrap();
        assert_eq!(
            lines.lines().collect::<Vec<_>>(),
            [
                r#"{"task":"a,\"b\"","probability":0.3}"#,
                r#"{"task":"é\n","probability":0}"#,
                r#"{"task":null,"probability":null}"#,
            ]
        );
    }
}
