//! Answers of a crowd in files: read, whatever they are written in.

mod arguments;
mod columns;
mod csv;
mod input;
mod kind;
mod label_text;
mod look_alike;
mod ndjson;
mod parquet;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use labelgate::Label;
use labelgate::agreement::{Crowd, Kind};

use crate::failure::{Failure, quoted};
use crate::inputs;
use crate::progress::Progress;
use crate::terminal;
use columns::Columns;
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
    /// Puts the names that `--labels` gives to the steps of an ordinal scale in place of their numbers.
    pub fn name_steps(&mut self, arguments: &CrowdArguments) {
        for label in &mut self.crowd.labels {
            name_step(label, self.kind, &arguments.labels);
        }
    }

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
    let mut rows = Rows::new(arguments, arguments.kind)?;
    take(
        &arguments.files,
        "reading answers",
        &Columns::of_answers(arguments),
        arguments,
        &mut rows,
    )?;
    let (crowd, kind, missing) = rows.build()?;
    for told in look_alike::told(&crowd.labels) {
        terminal::tell(&format!("labelgate: {told}"));
    }
    Ok(Answered { crowd, kind, missing })
}

/// Reads what is true: a table of tasks and labels, of the kind that the answers are.
pub fn read_truth(
    path: &Path,
    kind: Kind,
    arguments: &CrowdArguments,
) -> Result<BTreeMap<String, Label>, Failure> {
    let mut rows = Rows::new(arguments, Some(kind))?;
    let columns = Columns::of_truth(arguments);
    take(&[path.to_owned()], "reading the truth", &columns, arguments, &mut rows)?;
    let (crowd, _, _) = rows.build()?;
    let labels = crowd.answers.units().map(|unit| {
        unit.labels.last().and_then(|number| crowd.labels.get(*number as usize)).cloned()
    });
    let pairs = crowd.tasks.iter().cloned().zip(labels);
    Ok(pairs.filter_map(|(task, label)| Some((task, label?))).collect())
}

fn take(
    files: &[PathBuf],
    what: &'static str,
    columns: &Columns,
    arguments: &CrowdArguments,
    rows: &mut Rows<'_>,
) -> Result<(), Failure> {
    let progress = Progress::new(what, inputs::total_bytes(files)?);
    for path in files {
        let before = rows.len();
        match Input::open(path, arguments.format, &progress)? {
            Input::Csv(reader) => csv::read(path, reader, columns, rows)?,
            Input::Ndjson(reader) => ndjson::read(path, reader, columns, rows)?,
            Input::Parquet(file) => parquet::read(path, file, columns, rows, &progress)?,
        }
        if rows.len() == before {
            progress.tell(&format!("no answer in {}", quoted(path)));
        }
    }
    progress.finish();
    Ok(())
}

/// The name of a step of an ordinal scale, where `--labels` gives them; a number between two steps stays one.
pub fn name_step(label: &mut Label, kind: Kind, names: &[String]) {
    let Label::Number(number) = label else { return };
    if kind != Kind::Ordinal {
        return;
    }
    let named =
        names.iter().zip(0_u32..).find(|(_, step)| f64::from(*step).total_cmp(number).is_eq());
    if let Some((name, _)) = named {
        *label = Label::Class(name.clone());
    }
}

/// What was expected in a line of a file.
fn at_line(path: &Path, line: u64, expected: &str) -> Failure {
    Failure::new(format!("{}, line {line}: {expected}", quoted(path)))
}
