//! Which columns, or members of an object, are read.

use super::arguments::CrowdArguments;

/// The names that each may have, the first that is there counts.
pub struct Columns {
    pub task: Vec<String>,
    /// None for tables of what is true, which nobody gave.
    pub annotator: Option<Vec<String>>,
    pub label: Vec<String>,
}

/// Where they stand in a row.
#[derive(Clone, Copy)]
pub struct Places {
    pub task: usize,
    pub annotator: Option<usize>,
    pub label: usize,
}

impl Columns {
    /// Those of answers.
    pub fn of_answers(arguments: &CrowdArguments) -> Self {
        Self {
            task: named(arguments.task.as_ref(), &["task", "item"]),
            annotator: Some(named(arguments.annotator.as_ref(), &["annotator", "worker"])),
            label: named(arguments.label.as_ref(), &["label"]),
        }
    }

    /// Those of what is true.
    pub fn of_truth(arguments: &CrowdArguments) -> Self {
        Self { annotator: None, ..Self::of_answers(arguments) }
    }

    /// Where they stand among the columns of a table; an error says what was expected.
    pub fn places(&self, names: &[&str]) -> Result<Places, String> {
        let place = |wanted: &[String]| {
            let found = wanted.iter().find_map(|name| names.iter().position(|known| known == name));
            found.ok_or_else(|| {
                const SHOWN: usize = 12;
                let shown: Vec<&str> = names.iter().take(SHOWN).copied().collect();
                let wanted = wanted.join("` or `");
                format!("expected a column `{wanted}`, found {}", shown.join(", "))
            })
        };
        Ok(Places {
            task: place(&self.task)?,
            annotator: self.annotator.as_deref().map(place).transpose()?,
            label: place(&self.label)?,
        })
    }
}

fn named(wanted: Option<&String>, usual: &[&str]) -> Vec<String> {
    wanted.map_or_else(
        || usual.iter().map(|name| (*name).to_owned()).collect(),
        |name| vec![name.clone()],
    )
}
