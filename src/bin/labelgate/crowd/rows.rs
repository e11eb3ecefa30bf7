//! Collects rows into a crowd.

use labelgate::Label;
use labelgate::agreement::{Crowd, CrowdBuilder, Kind};
use labelgate::submission::MAX_ID_BYTES;

use super::arguments::CrowdArguments;
use super::kind;
use crate::failure::Failure;

/// Rows, read as the arguments say.
pub struct Rows<'a> {
    builder: CrowdBuilder,
    arguments: &'a CrowdArguments,
    /// Of text.
    kind: Kind,
    asked: Option<Kind>,
    /// Of the first label that says its own kind.
    typed: Option<Kind>,
    missing: u64,
}

/// Who gives what is true.
pub const NOBODY: &str = "nobody";

impl<'a> Rows<'a> {
    /// Rows of this kind, or of what typed labels say.
    pub fn new(arguments: &'a CrowdArguments, asked: Option<Kind>) -> Result<Self, Failure> {
        let mut builder = CrowdBuilder::new();
        let kind = asked.unwrap_or(Kind::Class);
        for (text, at) in arguments.labels.iter().zip(0_u32..) {
            let label = if kind == Kind::Ordinal {
                Label::Number(f64::from(at))
            } else {
                kind::read(kind, text).map_err(|expected| {
                    Failure::new(format!("--labels: {expected}, found `{text}`"))
                })?
            };
            builder.declare(label).map_err(|error| Failure::new(error.to_string()))?;
        }
        Ok(Self { builder, arguments, kind, asked, typed: None, missing: 0 })
    }

    /// How many answers were taken.
    pub fn len(&self) -> usize {
        self.builder.len()
    }

    /// Takes a row as text; an error says what was expected, and in which column.
    pub fn take(&mut self, task: &str, annotator: &str, label: &str) -> Result<(), String> {
        let kind = self.kind;
        let stands_for_nothing = self.arguments.missing.iter().any(|missing| missing == label);
        if stands_for_nothing || (label.is_empty() && !kind::has_empty_answers(kind)) {
            self.missing += 1;
            return Ok(());
        }
        let read = if kind == Kind::Ordinal && !self.arguments.labels.is_empty() {
            self.step(label)
        } else {
            kind::read(kind, label)
        };
        let label = read.map_err(|expected| format!("column `label`: {expected}"))?;
        self.add(task, annotator, self.on_circle(kind, label))
    }

    /// Takes a row whose label says its own kind.
    pub fn take_label(&mut self, task: &str, annotator: &str, label: Label) -> Result<(), String> {
        let kind = self.asked.or(self.typed).unwrap_or_else(|| Kind::of(&label));
        self.typed = Some(kind);
        if !kind.takes(&label) {
            return Err(format!("expected labels of one kind, `{}`", kind.as_str()));
        }
        self.add(task, annotator, self.on_circle(kind, label))
    }

    /// Numbers that are the same place on a circle are one label.
    fn on_circle(&self, kind: Kind, label: Label) -> Label {
        match (label, self.arguments.period) {
            (Label::Number(number), Some(period)) if kind == Kind::Circular => {
                let rest = number.rem_euclid(period);
                Label::Number(if rest < period { rest } else { 0.0 })
            }
            (label, _) => label,
        }
    }

    fn add(&mut self, task: &str, annotator: &str, label: Label) -> Result<(), String> {
        for (name, column) in [(task, "task"), (annotator, "annotator")] {
            if name.is_empty() || name.len() > MAX_ID_BYTES {
                return Err(format!("column `{column}`: expected 1 to {MAX_ID_BYTES} bytes"));
            }
        }
        self.builder.add(task, annotator, label).map_err(|error| error.to_string())
    }

    pub fn build(self) -> Result<(Crowd, Kind, u64), Failure> {
        let crowd = self.builder.build().map_err(|error| Failure::new(error.to_string()))?;
        let kind = self.typed.unwrap_or(self.kind);
        match crowd.labels.iter().find(|label| !kind.takes(label)) {
            None => Ok((crowd, kind, self.missing)),
            Some(_) => Err(Failure::new(format!(
                "expected labels of one kind, `{}`; text in some rows is read by `--kind`",
                kind.as_str()
            ))),
        }
    }

    /// A step of the scale that `--labels` gives.
    fn step(&self, text: &str) -> Result<Label, String> {
        let at = self.arguments.labels.iter().position(|label| label == text);
        let at = at.and_then(|at| u32::try_from(at).ok());
        at.map(|at| Label::Number(f64::from(at)))
            .ok_or_else(|| "expected one of the labels that `--labels` names".to_owned())
    }
}
