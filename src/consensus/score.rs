//! A result beside what is true.

use std::collections::{BTreeMap, BTreeSet};

use crate::agreement::{Crowd, Measure, value};
use crate::label::Label;

#[cfg(doc)]
use super::Options;
use super::{Method, Outcome, leaders};

/// How right a result is, over the tasks whose truth is known and that have an answer. Tasks whose label the method was
/// told ([`Options::gold`]) are left out.
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
    /// The score of a result; none when there is no task to score. `truth` is by number of the task, and `gold` what the
    /// method was told.
    #[must_use]
    pub fn of(
        outcome: &Outcome,
        method: Method,
        crowd: &Crowd,
        measure: &Measure,
        truth: &BTreeMap<usize, Label>,
        gold: &[(u32, u32)],
    ) -> Option<Self> {
        let told: BTreeSet<usize> = gold.iter().map(|(task, _)| *task as usize).collect();
        let mut score = Self::default();
        let (mut absolute, mut squares, mut numbers) = (0.0, 0.0, 0_usize);
        for (at, decided) in outcome.tasks.iter().enumerate().filter(|(at, _)| !told.contains(at)) {
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

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;
    use crate::agreement::{CrowdBuilder, Kind};

    #[test]
    fn what_the_method_was_told_is_not_scored() {
        let mut crowd = CrowdBuilder::new();
        for (task, annotator, class) in
            [("1", "a", "x"), ("1", "b", "x"), ("2", "a", "x"), ("2", "b", "y"), ("2", "c", "y")]
        {
            crowd.add(task, annotator, Label::Class(class.into())).unwrap();
        }
        let crowd = crowd.build().unwrap();
        let gold = vec![(0, 1)];
        let options = Options { gold: gold.clone(), ..Options::default() };
        let method = Method::DawidSkene;
        let outcome = Outcome::of(&crowd, Kind::Class, method, &options).unwrap();
        let measure = Measure::of(Kind::Class, &crowd.labels, None, None);
        let y = || Label::Class("y".into());
        let truth = BTreeMap::from([(0, y()), (1, y())]);
        let score = |gold: &[(u32, u32)]| {
            Score::of(&outcome, method, &crowd, &measure, &truth, gold).map(|score| score.tasks)
        };
        assert_eq!((score(&gold), score(&[])), (Some(1), Some(2)));
        assert_eq!(score(&[(0, 1), (1, 1)]), None);
    }
}
