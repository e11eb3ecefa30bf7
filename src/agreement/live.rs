//! Agreement kept as answers arrive.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};

use super::totals::Step;
use super::{Agreement, Answer, Level, Scale, Totals};

/// The answers to some tasks and their [`Totals`], kept as answers are given, changed and taken back.
///
/// One change costs the labels of the task (their square for a scale that is not nominal), and the answers of the task
/// when pairs of annotators are kept; never the number of tasks. Memory: 8 bytes an answer, 8 for each label of a task,
/// and the totals.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveAgreement {
    scale: Scale,
    labels: usize,
    tasks: BTreeMap<u32, Task>,
    totals: Totals,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Task {
    /// Annotator and label, by annotator.
    answers: Vec<(u32, u32)>,
    /// Label and how often it was given, by label.
    counts: Vec<(u32, u32)>,
}

impl LiveAgreement {
    /// The most different labels of one task on a scale that is not nominal, whose pairs are counted. Chosen: 10^5
    /// counts.
    pub const MAX_TASK_LABELS: usize = 512;

    /// Nothing yet, for labels with numbers below `labels`.
    ///
    /// With `pairs`, Kendall's W and the mean of Cohen's kappa are kept too; each answer then costs time and memory by
    /// the answers of its task.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the scale does not have one value for each label.
    pub fn new(scale: Scale, labels: usize, pairs: bool) -> Result<Self, Error> {
        if scale.level() != Level::Nominal && scale.values().len() != labels {
            return Err(error(format!(
                "expected values for {labels} labels, found {}",
                scale.values().len()
            )));
        }
        let totals = Totals::new(scale.level() != Level::Nominal, pairs);
        Ok(Self { scale, labels, tasks: BTreeMap::new(), totals })
    }

    /// Adds an answer, or changes the one that the annotator gave to the task; returns the earlier label.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`], and nothing changes, when the label's number is not below the number of labels, or the
    /// task would have more than [`LiveAgreement::MAX_TASK_LABELS`] labels on a scale that is not nominal.
    pub fn set(&mut self, answer: Answer) -> Result<Option<u32>, Error> {
        let Answer { task, annotator, label } = answer;
        if label as usize >= self.labels {
            return Err(error(format!("expected labels below {}, found {label}", self.labels)));
        }
        let known = self.tasks.get(&task);
        let full = known.is_some_and(|task| task.counts.len() >= Self::MAX_TASK_LABELS);
        if full && self.scale.level() != Level::Nominal {
            let met = known.is_some_and(|task| {
                task.counts.binary_search_by_key(&label, |(label, _)| *label).is_ok()
            });
            if !met {
                return Err(error(format!(
                    "expected at most {} different labels of one task",
                    Self::MAX_TASK_LABELS
                )));
            }
        }
        let (task, totals) = (self.tasks.entry(task).or_default(), &mut self.totals);
        totals.task(&task.counts, Step::Remove);
        let earlier = match task.answers.binary_search_by_key(&annotator, |(who, _)| *who) {
            Ok(place) => task.answers.get_mut(place).map(|(_, given)| {
                let earlier = std::mem::replace(given, label);
                count(&mut task.counts, earlier, Step::Remove);
                earlier
            }),
            Err(place) => {
                task.answers.insert(place, (annotator, label));
                None
            }
        };
        if let Some(earlier) = earlier {
            totals.answer((annotator, earlier), &task.answers, Step::Remove);
        }
        count(&mut task.counts, label, Step::Add);
        totals.answer((annotator, label), &task.answers, Step::Add);
        totals.task(&task.counts, Step::Add);
        Ok(earlier)
    }

    /// Takes the annotator's answer to the task back; returns its label, none when there is no such answer.
    pub fn remove(&mut self, task: u32, annotator: u32) -> Option<u32> {
        let known = self.tasks.get_mut(&task)?;
        let place = known.answers.binary_search_by_key(&annotator, |(who, _)| *who).ok()?;
        let (_, label) = known.answers.remove(place);
        self.totals.task(&known.counts, Step::Remove);
        count(&mut known.counts, label, Step::Remove);
        self.totals.task(&known.counts, Step::Add);
        self.totals.answer((annotator, label), &known.answers, Step::Remove);
        if known.answers.is_empty() {
            self.tasks.remove(&task);
        }
        Some(label)
    }

    /// The sums over all tasks, to be merged with those of other tasks.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Every coefficient of the answers so far, without standard errors: [`Totals::agreement`].
    #[must_use]
    pub fn agreement(&self) -> Agreement {
        self.totals.of_scale(&self.scale, self.labels)
    }
}

/// Counts a label, or takes it back.
fn count(counts: &mut Vec<(u32, u32)>, label: u32, step: Step) {
    match (counts.binary_search_by_key(&label, |(label, _)| *label), step) {
        (Err(place), Step::Add) => counts.insert(place, (label, 1)),
        (Err(_), Step::Remove) => {}
        (Ok(place), step) => {
            let Some((_, count)) = counts.get_mut(place) else { return };
            match step {
                Step::Add => *count += 1,
                Step::Remove => *count -= 1,
            }
            if *count == 0 {
                counts.remove(place);
            }
        }
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(pairs: bool) -> LiveAgreement {
        let scale = Scale::interval((0..2000).map(f64::from).collect()).unwrap();
        LiveAgreement::new(scale, 2000, pairs).unwrap()
    }

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let mut live = live(true);
        let empty = live.clone();
        for n in 0..20 {
            live.set(Answer { task: n % 3, annotator: n, label: n % 7 }).unwrap();
            live.set(Answer { task: n % 3, annotator: n, label: n % 5 }).unwrap();
        }
        assert_eq!(live.set(Answer { task: 0, annotator: 0, label: 4 }).unwrap(), Some(0));
        for n in 0..20 {
            assert!(live.remove(n % 3, n).is_some());
            assert_eq!(live.remove(n % 3, n), None);
        }
        assert_eq!(live, empty);
    }

    #[test]
    fn labels_out_of_bounds_change_nothing() {
        let mut live = live(false);
        for label in 0..512 {
            live.set(Answer { task: 0, annotator: label, label }).unwrap();
        }
        let before = live.clone();
        assert!(live.set(Answer { task: 0, annotator: 9999, label: 600 }).is_err());
        assert!(live.set(Answer { task: 1, annotator: 0, label: 2000 }).is_err());
        assert_eq!(live, before);
        live.set(Answer { task: 0, annotator: 9999, label: 5 }).unwrap();
        assert!(LiveAgreement::new(Scale::ordinal(vec![1.0]).unwrap(), 2, false).is_err());
    }

    #[test]
    fn totals_that_keep_other_things_do_not_merge() {
        let mut one = live(true).totals().clone();
        assert!(one.merge(live(false).totals()).is_err());
        assert!(one.merge(live(true).totals()).is_ok());
    }
}
