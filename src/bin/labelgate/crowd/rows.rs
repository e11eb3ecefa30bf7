//! Collects rows into a crowd.

use labelgate::Label;
use labelgate::agreement::{Crowd, CrowdBuilder};
use labelgate::submission::MAX_ID_BYTES;

use super::arguments::CrowdArguments;
use super::kind::Kind;
use crate::failure::Failure;

/// Rows, read as the arguments say.
pub struct Rows<'a> {
    builder: CrowdBuilder,
    arguments: &'a CrowdArguments,
    missing: u64,
}

impl<'a> Rows<'a> {
    pub fn new(arguments: &'a CrowdArguments) -> Result<Self, Failure> {
        let mut builder = CrowdBuilder::new();
        for (text, at) in arguments.labels.iter().zip(0_u32..) {
            let label = if arguments.kind == Kind::Ordinal {
                Label::Number(f64::from(at))
            } else {
                arguments.kind.read(text).map_err(|expected| {
                    Failure::new(format!("--labels: {expected}, found `{text}`"))
                })?
            };
            builder.declare(label).map_err(|error| Failure::new(error.to_string()))?;
        }
        Ok(Self { builder, arguments, missing: 0 })
    }

    /// How many answers were taken.
    pub fn len(&self) -> usize {
        self.builder.len()
    }

    /// Takes a row as text; an error says what was expected, and in which column.
    pub fn take(&mut self, task: &str, annotator: &str, label: &str) -> Result<(), String> {
        let kind = self.arguments.kind;
        let stands_for_nothing = self.arguments.missing.iter().any(|missing| missing == label);
        if stands_for_nothing || (label.is_empty() && !kind.has_empty_answers()) {
            self.missing += 1;
            return Ok(());
        }
        let read = if kind == Kind::Ordinal && !self.arguments.labels.is_empty() {
            self.step(label)
        } else {
            kind.read(label)
        };
        self.take_label(
            task,
            annotator,
            read.map_err(|expected| format!("column `label`: {expected}"))?,
        )
    }

    /// Takes a row whose label is read already.
    pub fn take_label(&mut self, task: &str, annotator: &str, label: Label) -> Result<(), String> {
        for (name, column) in [(task, "task"), (annotator, "annotator")] {
            if name.is_empty() || name.len() > MAX_ID_BYTES {
                return Err(format!("column `{column}`: expected 1 to {MAX_ID_BYTES} bytes"));
            }
        }
        self.builder.add(task, annotator, label).map_err(|error| error.to_string())
    }

    pub fn build(self) -> Result<(Crowd, u64), Failure> {
        let crowd = self.builder.build().map_err(|error| Failure::new(error.to_string()))?;
        Ok((crowd, self.missing))
    }

    /// A step of the scale that `--labels` gives.
    fn step(&self, text: &str) -> Result<Label, String> {
        let at = self.arguments.labels.iter().position(|label| label == text);
        let at = at.and_then(|at| u32::try_from(at).ok());
        at.map(|at| Label::Number(f64::from(at)))
            .ok_or_else(|| "expected one of the labels that `--labels` names".to_owned())
    }
}
