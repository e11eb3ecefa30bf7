//! Answers of a crowd in files: read, whatever they are written in.

mod arguments;
mod csv;
mod input;
mod kind;
mod label_text;
mod look_alike;
mod ndjson;
mod parquet;
mod rows;

use std::path::Path;

use labelgate::agreement::{Crowd, Kind};

use crate::failure::{Failure, quoted};
use crate::progress::Progress;
use input::Input;
use rows::Rows;

pub use arguments::{AFTER, CrowdArguments};
pub use label_text::text_of;

/// A crowd, and what was met while it was read.
#[derive(Debug)]
pub struct Answered {
    pub crowd: Crowd,
    /// What its labels are.
    pub kind: Kind,
    /// Rows without a label.
    pub missing: u64,
}

impl Answered {
    /// Which rules were used on this crowd, and how often, one sentence each.
    pub fn rules(&self) -> Vec<String> {
        let replaced = self.crowd.answers.replaced();
        vec![
            format!(
                "duplicates: the last of several answers of one annotator to one task counts ({replaced} left out)"
            ),
            format!("missing: rows without a label are left out ({})", self.missing),
        ]
    }
}

/// Reads all files as one crowd. Says on standard error what a person should know of them.
pub fn read(arguments: &CrowdArguments) -> Result<Answered, Failure> {
    let progress = Progress::new("reading answers", input::total_bytes(&arguments.files)?);
    let mut rows = Rows::new(arguments)?;
    for path in &arguments.files {
        let before = rows.len();
        match Input::open(path, arguments.format, &progress)? {
            Input::Csv(reader) => csv::read(path, reader, arguments, &mut rows)?,
            Input::Ndjson(reader) => ndjson::read(path, reader, arguments, &mut rows)?,
            Input::Parquet(file) => parquet::read(path, file, arguments, &mut rows, &progress)?,
        }
        if rows.len() == before {
            progress.tell(&format!("no answer in {}", quoted(path)));
        }
    }
    progress.finish();
    let (crowd, kind, missing) = rows.build()?;
    for told in look_alike::told(&crowd.labels) {
        progress.tell(&told);
    }
    Ok(Answered { crowd, kind, missing })
}

/// What was expected in a line of a file.
fn at_line(path: &Path, line: u64, expected: &str) -> Failure {
    Failure::new(format!("{}, line {line}: {expected}", quoted(path)))
}
