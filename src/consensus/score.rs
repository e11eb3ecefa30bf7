//! A result beside what is true.

use std::collections::BTreeMap;

use crate::agreement::{Crowd, Measure, value};
use crate::label::Label;

use super::{Method, Outcome, leaders};

/// How right a result is, over the tasks whose truth is known and that have an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// How many tasks that are.
    pub tasks: usize,
    /// The share of right labels, 0 to 1. Of the majority vote a tie counts as far as a draw among the tied would be
    /// right; any other method names one label.
    pub accuracy: f64,
    /// The mean of 1 less the distance to the truth, 0 to 1.
    pub similarity: f64,
    /// The mean of the absolute error and the root of the mean of its square, of numbers.
    pub error: Option<Errors>,
}

/// Errors of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Errors {
    /// The mean absolute error.
    pub mean_absolute: f64,
    /// The root of the mean squared error.
    pub root_mean_square: f64,
}

impl Score {
    /// The score of a result; none when there is no task to score. `truth` is by number of the task.
    #[must_use]
    pub fn of(
        outcome: &Outcome,
        method: Method,
        crowd: &Crowd,
        measure: &Measure,
        truth: &BTreeMap<usize, Label>,
    ) -> Option<Self> {
        let mut score = Self::default();
        let (mut absolute, mut squares, mut numbers) = (0.0, 0.0, 0_usize);
        for (at, decided) in outcome.tasks.iter().enumerate() {
            let (Some(label), Some(truth)) = (&decided.label, truth.get(&at)) else { continue };
            score.tasks += 1;
            score.accuracy += if method == Method::MajorityVote {
                drawn(crowd, at, truth)
            } else {
                f64::from(u8::from(**label == *truth))
            };
            score.similarity += 1.0 - measure.between(label, truth);
            if let (Some(number), Some(truth)) = (value(label), value(truth)) {
                numbers += 1;
                absolute += (number - truth).abs();
                squares += (number - truth) * (number - truth);
            }
        }
        if score.tasks == 0 {
            return None;
        }
        let tasks = score.tasks as f64;
        score.accuracy /= tasks;
        score.similarity /= tasks;
        score.error = (numbers == score.tasks).then(|| Errors {
            mean_absolute: absolute / tasks,
            root_mean_square: (squares / tasks).sqrt(),
        });
        Some(score)
    }
}

/// How often a draw among the labels of most votes gives the truth.
fn drawn(crowd: &Crowd, task: usize, truth: &Label) -> f64 {
    let leaders = leaders(crowd.answers.unit(task));
    let is_truth = |number: &u32| crowd.labels.get(*number as usize) == Some(truth);
    if leaders.iter().any(is_truth) { 1.0 / leaders.len() as f64 } else { 0.0 }
}
