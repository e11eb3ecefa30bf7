//! What every method of consensus says: a label for each task, an estimate of each annotator.

use crate::agreement::Answers;
use crate::error::{Error, ErrorCode};

use super::confusion::Confusion;

/// The result of a method: one estimate a task and one an annotator, by their numbers in the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Consensus {
    /// What each task's label is.
    pub tasks: Vec<TaskEstimate>,
    /// How good each annotator is.
    pub annotators: Vec<AnnotatorEstimate>,
    /// The share of each label among the tasks, by number of the label; empty where the method has none.
    pub prior: Vec<f64>,
    /// How each annotator mistakes labels for one another, where the method says.
    pub confusion: Option<Confusion>,
    /// The probability of every label of every task, where it was asked for.
    pub posteriors: Option<Posteriors>,
    /// How many iterations were made; 1 for methods that make one pass.
    pub iterations: usize,
    /// Whether it stopped because nothing changed any more, and not because of the bound on iterations.
    pub converged: bool,
    /// Natural logarithm of the likelihood of all answers, by the estimates with which the tasks were judged.
    pub log_likelihood: Option<f64>,
}

/// What a task's label is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskEstimate {
    /// Number of the label; none for a task without answers. Of tied labels the smallest number.
    pub label: Option<u32>,
    /// How probable that label is, 0 to 1: the posterior, or the share of the votes. 0 without a label.
    pub probability: f64,
    /// How much more probable it is than the next label, 0 to 1; 0 when tied.
    pub margin: f64,
    /// How many labels are the best: 1 when one alone is, more when tied, 0 without answers. Labels are tied whose
    /// probabilities differ by at most 10^-9.
    pub tied: u32,
}

/// How good an annotator is. A measure that the method does not have, or for which there are no answers, is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AnnotatorEstimate {
    /// How many answers were counted.
    pub answers: u32,
    /// The method's own measure; more is better. Each method says its range.
    pub skill: Option<f64>,
    /// How probable a right answer is, 0 to 1.
    pub accuracy: Option<f64>,
    /// How probable an answer is that does not look at the task, 0 to 1.
    pub spamming: Option<f64>,
    /// How much the answers say of the truth, 0 (nothing) to 1 (everything): [`spammer_score`](super::spammer_score).
    pub spammer_score: Option<f64>,
}

/// The probability of every label of every task: tasks x labels numbers of 8 bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Posteriors {
    label_count: usize,
    probabilities: Vec<f64>,
}

/// A task for which two methods name different labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Number of the task.
    pub task: usize,
    /// What the first method says.
    pub label: u32,
    /// What the floor says.
    pub floor: u32,
    /// Whether the floor's label was tied with others, so that the first method may only break a tie.
    pub tied: bool,
}

impl Consensus {
    /// Where this result names another label than `floor`, in the order of the tasks. With the majority vote of the
    /// same answers as floor: the tasks for which a model overrules the votes. Tasks that only one of them has, or
    /// that have no answer, are no departures.
    pub fn departures(&self, floor: &Self) -> impl Iterator<Item = Departure> {
        let both = self.tasks.iter().zip(&floor.tasks).enumerate();
        both.filter_map(|(task, (ours, theirs))| match (ours.label, theirs.label) {
            (Some(label), Some(floor)) if label != floor => {
                Some(Departure { task, label, floor, tied: theirs.tied > 1 })
            }
            _ => None,
        })
    }

    /// The labels by number of the task.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = Option<u32>> {
        self.tasks.iter().map(|task| task.label)
    }
}

impl Posteriors {
    /// The probability of each label of a task, by number of the label; empty for a task that there is not.
    #[must_use]
    pub fn of(&self, task: usize) -> &[f64] {
        let start = task.saturating_mul(self.label_count);
        self.probabilities.get(start..start.saturating_add(self.label_count)).unwrap_or_default()
    }

    /// Room for those of all tasks, if it is within the bound.
    pub(super) fn new(answers: &Answers) -> Result<Self, Error> {
        let (tasks, label_count) = (answers.task_count(), answers.label_count());
        match tasks.checked_mul(label_count) {
            Some(count) if count <= MOST_BYTES / 8 => {
                Ok(Self { label_count, probabilities: vec![0.0; count] })
            }
            _ => Err(Error::new(
                ErrorCode::Answers,
                format!(
                    "expected posteriors of at most {} MiB, and those of {tasks} tasks with {label_count} labels take {} MiB: ask for none",
                    MOST_BYTES >> 20,
                    (tasks.saturating_mul(label_count) >> 20).saturating_mul(8)
                ),
            )),
        }
    }

    pub(super) fn of_mut(&mut self, task: usize) -> &mut [f64] {
        let start = task * self.label_count;
        self.probabilities.get_mut(start..start + self.label_count).unwrap_or_default()
    }
}

impl TaskEstimate {
    /// A label that is known.
    pub(super) fn certain(label: u32) -> Self {
        Self { label: Some(label), probability: 1.0, margin: 1.0, tied: 1 }
    }

    /// The best of some labels, which come in ascending order with what speaks for each, and sum to `total`.
    pub(super) fn best(labels: impl Iterator<Item = (u32, f64)>, total: f64) -> Self {
        let (mut best, mut tied, mut next) = (None::<(u32, f64)>, 0_u32, 0.0_f64);
        let slack = TIE * total;
        for (label, weight) in labels {
            match best {
                Some((_, most)) if weight <= most + slack => {
                    if weight >= most - slack {
                        tied += 1;
                    }
                    next = next.max(weight);
                }
                _ => {
                    next = best.map_or(0.0, |(_, most)| most);
                    (best, tied) = (Some((label, weight)), 1);
                }
            }
        }
        let Some((label, most)) = best else { return Self::default() };
        // Votes that all weigh nothing: the labels share the probability.
        if total <= 0.0 || !total.is_finite() {
            return Self {
                label: Some(label),
                probability: 1.0 / f64::from(tied),
                margin: 0.0,
                tied,
            };
        }
        let margin = if tied > 1 { 0.0 } else { (most - next) / total };
        Self { label: Some(label), probability: (most / total).clamp(0.0, 1.0), margin, tied }
    }
}

impl AnnotatorEstimate {
    /// Of an annotator whose answers are the tasks' labels in this share.
    pub(super) fn of_share(answers: u32, share: f64) -> Self {
        let share = (answers > 0).then_some(share);
        Self { answers, skill: share, accuracy: share, ..Self::default() }
    }

    /// Of an annotator who is right with this probability, and whose wrong answers are any other label alike.
    pub(super) fn of_one_coin(answers: u32, accuracy: f64, label_count: usize) -> Self {
        if answers == 0 {
            return Self::default();
        }
        let others = label_count.saturating_sub(1) as f64;
        // All rows of the confusion matrix differ alike: by this in two places.
        let apart = accuracy - (1.0 - accuracy) / others;
        Self {
            answers,
            skill: Some(accuracy),
            accuracy: Some(accuracy),
            spamming: None,
            spammer_score: (label_count > 1).then_some(apart * apart),
        }
    }
}

/// What the posteriors of all tasks, or all confusion matrices, may take.
pub(super) const MOST_BYTES: usize = 256 << 20;

/// Probabilities that differ by at most this are the same: sums of the same numbers in another order differ by less.
pub(super) const TIE: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn best(weights: &[(u32, f64)]) -> TaskEstimate {
        let total = weights.iter().map(|(_, weight)| weight).sum();
        TaskEstimate::best(weights.iter().copied(), total)
    }

    #[test]
    fn of_tied_labels_the_smallest_is_named_and_the_tie_is_told() {
        let tied = best(&[(3, 1.0), (5, 2.0), (6, 2.0)]);
        assert_eq!((tied.label, tied.tied, tied.margin), (Some(5), 2, 0.0));
        let first = best(&[(1, 4.0), (2, 1.0)]);
        assert_eq!((first.label, first.tied, first.probability), (Some(1), 1, 0.8));
        assert!((first.margin - 0.6).abs() < 1e-12);
    }

    #[test]
    fn the_next_label_may_come_before_the_best() {
        let later = best(&[(1, 3.0), (2, 1.0), (3, 6.0)]);
        assert_eq!((later.label, later.tied), (Some(3), 1));
        assert!((later.margin - 0.3).abs() < 1e-12);
    }

    #[test]
    fn no_labels_are_no_estimate() {
        assert_eq!(best(&[]), TaskEstimate::default());
        assert_eq!(best(&[(2, 0.0), (4, 0.0)]).probability, 0.5);
    }
}
