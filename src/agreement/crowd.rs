//! A crowd: the names of tasks and annotators, the labels, and who gave which.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};
use crate::label::Label;

use super::answers::{Answer, Answers};

/// Answers with their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowd {
    /// Names of the tasks, in the order they were first met.
    pub tasks: Vec<String>,
    /// Names of the annotators, in the order they were first met.
    pub annotators: Vec<String>,
    /// The labels that were given or declared, each once, in their own order ([`Label`] says which).
    pub labels: Vec<Label>,
    /// Who gave which label to which task.
    pub answers: Answers,
}

impl Crowd {
    /// A crowd from answers whose labels are numbers of these ones, in any order; two that are equal are one label.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a number is not below its count.
    pub fn of_numbers(
        tasks: Vec<String>,
        annotators: Vec<String>,
        labels: Vec<Label>,
        mut answers: Vec<Answer>,
    ) -> Result<Self, Error> {
        let mut sorted = labels.clone();
        sorted.sort_unstable();
        sorted.dedup();
        // A number that is out of bounds stays so.
        let number =
            |label: &Label| sorted.binary_search(label).ok().and_then(|at| u32::try_from(at).ok());
        let renumbered: Vec<Option<u32>> = labels.iter().map(number).collect();
        for answer in &mut answers {
            let known = renumbered.get(answer.label as usize).copied().flatten();
            answer.label = known.unwrap_or(u32::MAX);
        }
        let answers = Answers::new(tasks.len(), annotators.len(), sorted.len(), &answers)?;
        Ok(Self { tasks, annotators, labels: sorted, answers })
    }
}

/// Collects a crowd answer by answer.
#[derive(Clone, Debug, Default)]
pub struct CrowdBuilder {
    tasks: Numbered,
    annotators: Numbered,
    labels: BTreeMap<Label, u32>,
    answers: Vec<Answer>,
}

/// Names and their numbers, from 0.
#[derive(Clone, Debug, Default)]
struct Numbered {
    numbers: BTreeMap<String, u32>,
    names: Vec<String>,
}

impl CrowdBuilder {
    /// One without answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an answer. Of several of one annotator to one task the last counts.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when there are 2^32 of anything.
    pub fn add(&mut self, task: &str, annotator: &str, label: Label) -> Result<(), Error> {
        let (task, annotator) = (self.tasks.number(task)?, self.annotators.number(annotator)?);
        let label = self.label(label)?;
        // Whoever sends a small file of billions of rows gets an error, and not the end of the process.
        if self.answers.len() >= MOST_ANSWERS || self.answers.try_reserve(1).is_err() {
            let message = format!("expected at most {MOST_ANSWERS} answers, and memory for them");
            return Err(Error::new(ErrorCode::Answers, message));
        }
        self.answers.push(Answer { task, annotator, label });
        Ok(())
    }

    /// Declares a label that may be given, whether it is or not.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when there are 2^32 of them.
    pub fn declare(&mut self, label: Label) -> Result<(), Error> {
        self.label(label).map(|_| ())
    }

    /// How many answers were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether none was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The crowd.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when there are 2^32 answers or more.
    pub fn build(mut self) -> Result<Crowd, Error> {
        // From the number by which a label was met first to its place in the order of labels.
        let mut renumbered = vec![0_u32; self.labels.len()];
        for (old, new) in self.labels.values().zip(0_u32..) {
            if let Some(place) = renumbered.get_mut(*old as usize) {
                *place = new;
            }
        }
        for answer in &mut self.answers {
            answer.label = renumbered.get(answer.label as usize).copied().unwrap_or_default();
        }
        let (tasks, annotators) = (self.tasks.names, self.annotators.names);
        let answers =
            Answers::new(tasks.len(), annotators.len(), self.labels.len(), &self.answers)?;
        let labels = self.labels.into_keys().collect();
        Ok(Crowd { tasks, annotators, labels, answers })
    }

    fn label(&mut self, label: Label) -> Result<u32, Error> {
        let next = next_number(self.labels.len())?;
        Ok(*self.labels.entry(label).or_insert(next))
    }
}

impl Numbered {
    fn number(&mut self, name: &str) -> Result<u32, Error> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        let next = next_number(self.names.len())?;
        self.numbers.insert(name.to_owned(), next);
        self.names.push(name.to_owned());
        Ok(next)
    }
}

fn next_number(count: usize) -> Result<u32, Error> {
    u32::try_from(count)
        .map_err(|_| Error::new(ErrorCode::Answers, "expected fewer than 2^32 names"))
}

/// Most answers, each counted as often as it is given. Chosen: 1.6 GB.
const MOST_ANSWERS: usize = 1 << 27;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_order_and_labels_have_their_own() {
        let mut crowd = CrowdBuilder::new();
        for (task, annotator, class) in [("t2", "b", "z"), ("t1", "a", "c"), ("t2", "a", "z")] {
            crowd.add(task, annotator, Label::Class(class.into())).unwrap();
        }
        crowd.declare(Label::Class("a".into())).unwrap();
        let crowd = crowd.build().unwrap();
        assert_eq!(
            (crowd.tasks, crowd.annotators),
            (vec!["t2".into(), "t1".into()], vec!["b".into(), "a".into()])
        );
        assert_eq!(crowd.labels, ["a", "c", "z"].map(|class| Label::Class(class.into())));
        assert_eq!(crowd.answers.unit(0).labels, [2, 2]);
        assert_eq!(crowd.answers.unit(1).labels, [1]);
    }
}
