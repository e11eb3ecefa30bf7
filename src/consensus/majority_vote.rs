//! The label that most annotators gave.
#![allow(clippy::indexing_slicing)] // INVARIANT: annotators and labels are below their counts

use crate::agreement::{Answers, Unit};
use crate::error::{Error, ErrorCode};

use super::candidates::Given;
use super::result::{AnnotatorEstimate, Consensus, TaskEstimate};

/// The majority vote: every answer counts as one vote.
///
/// A task's probability is the share of the votes for its label, its margin the lead over the next label. Of tied
/// labels the smallest number is named, and the tie is told; [`leaders`] says which they are. An annotator's skill,
/// and accuracy, is the share of their answers that are the majority's.
#[must_use]
pub fn majority_vote(answers: &Answers) -> Consensus {
    let mut tally = Tally::new(answers.label_count());
    let tasks = answers.units().map(|unit| tally.estimate(unit, |_| 1.0)).collect();
    finished(answers, tasks)
}

/// The majority vote with a weight for each annotator's votes, by number of the annotator.
///
/// As [`majority_vote`], with shares of the weights. Where all votes weigh nothing, their labels are tied.
///
/// # Errors
/// [`ErrorCode::Answers`] when there are not as many weights as annotators, or one is negative or not finite.
pub fn weighted_majority_vote(answers: &Answers, weights: &[f64]) -> Result<Consensus, Error> {
    let fits = |weight: &f64| weight.is_finite() && *weight >= 0.0 && *weight <= MOST_WEIGHT;
    if weights.len() != answers.annotator_count() || !weights.iter().all(fits) {
        return Err(Error::new(
            ErrorCode::Answers,
            format!(
                "expected {} weights from 0 to 10^100, one an annotator, found {} of which {} are so",
                answers.annotator_count(),
                weights.len(),
                weights.iter().filter(|weight| fits(weight)).count()
            ),
        ));
    }
    Ok(finished(answers, weighted(answers, weights)))
}

/// The labels with the most votes in one task, ascending; more than one when tied, none without answers.
#[must_use]
pub fn leaders(unit: Unit<'_>) -> Vec<u32> {
    let mut labels = unit.labels.to_vec();
    labels.sort_unstable();
    let votes: Vec<(u32, usize)> =
        labels.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
    let most = votes.iter().map(|(_, count)| *count).max().unwrap_or_default();
    votes.into_iter().filter(|(_, count)| *count == most).map(|(label, _)| label).collect()
}

/// The label of each task by weighted votes.
pub(super) fn weighted(answers: &Answers, weights: &[f64]) -> Vec<TaskEstimate> {
    let mut tally = Tally::new(answers.label_count());
    let weight = |annotator: u32| weights[annotator as usize];
    answers.units().map(|unit| tally.estimate(unit, weight)).collect()
}

/// For each annotator, how many answers they gave, and how many of them are the label of the task.
pub(super) fn hits(answers: &Answers, labels: impl Iterator<Item = Option<u32>>) -> Vec<[u32; 2]> {
    let mut hits = vec![[0; 2]; answers.annotator_count()];
    for (unit, best) in answers.units().zip(labels) {
        let best = best.unwrap_or(u32::MAX);
        for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
            let [all, right] = &mut hits[*annotator as usize];
            *all += 1;
            *right += u32::from(*label == best);
        }
    }
    hits
}

/// The share of hits; 0 without answers.
pub(super) fn share([answers, right]: [u32; 2]) -> f64 {
    f64::from(right) / f64::from(answers.max(1))
}

pub(super) fn finished(answers: &Answers, tasks: Vec<TaskEstimate>) -> Consensus {
    let hits = hits(answers, tasks.iter().map(|task| task.label));
    let annotators = hits.into_iter().map(|hits| AnnotatorEstimate::of_share(hits[0], share(hits)));
    Consensus {
        annotators: annotators.collect(),
        tasks,
        iterations: 1,
        converged: true,
        ..Consensus::default()
    }
}

/// Counts the votes of one task after another.
struct Tally {
    /// By label; all 0 between tasks.
    votes: Vec<f64>,
    given: Given,
}

impl Tally {
    fn new(label_count: usize) -> Self {
        Self { votes: vec![0.0; label_count], given: Given::new(label_count) }
    }

    #[inline(always)]
    fn estimate(&mut self, unit: Unit<'_>, weight: impl Fn(u32) -> f64) -> TaskEstimate {
        let mut total = 0.0;
        for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
            let weight = weight(*annotator);
            self.votes[*label as usize] += weight;
            total += weight;
        }
        if self.votes.len() <= FEW_LABELS && total > 0.0 {
            let votes = (0_u32..).zip(self.votes.iter().copied()).filter(|(_, votes)| *votes > 0.0);
            let estimate = TaskEstimate::best(votes, total);
            self.votes.fill(0.0);
            return estimate;
        }
        self.given.fill(unit);
        let votes = self.given.labels.iter().map(|label| (*label, self.votes[*label as usize]));
        let estimate = TaskEstimate::best(votes, total);
        for label in &self.given.labels {
            self.votes[*label as usize] = 0.0;
        }
        estimate
    }
}

/// Up to so many labels, counting all is quicker than finding those given.
const FEW_LABELS: usize = 16;
/// Sums of 2^32 of them are numbers.
const MOST_WEIGHT: f64 = 1e100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    fn answers(rows: &[[u32; 3]]) -> Answers {
        let rows: Vec<Answer> = rows
            .iter()
            .map(|[task, annotator, label]| Answer {
                task: *task,
                annotator: *annotator,
                label: *label,
            })
            .collect();
        Answers::new(3, 3, 40, &rows).unwrap()
    }

    #[test]
    fn most_votes_win_and_ties_go_to_the_smallest_label() {
        let answers = answers(&[[0, 0, 9], [0, 1, 9], [0, 2, 3], [1, 0, 30], [1, 1, 7]]);
        let result = majority_vote(&answers);
        assert_eq!(result.labels().collect::<Vec<_>>(), [Some(9), Some(7), None]);
        assert_eq!(result.tasks.iter().map(|task| task.tied).collect::<Vec<_>>(), [1, 2, 0]);
        assert!((result.tasks[0].margin - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(leaders(answers.unit(1)), [7, 30]);
        let skills: Vec<Option<f64>> = result.annotators.iter().map(|one| one.skill).collect();
        assert_eq!(skills, [Some(0.5), Some(1.0), Some(0.0)]);
    }

    #[test]
    fn weights_decide_and_bad_ones_are_refused() {
        let answers = answers(&[[0, 0, 9], [0, 1, 9], [0, 2, 3], [1, 0, 30], [1, 1, 7]]);
        let result = weighted_majority_vote(&answers, &[0.2, 0.0, 0.9]).unwrap();
        assert_eq!(result.labels().collect::<Vec<_>>(), [Some(3), Some(30), None]);
        let nothing = weighted_majority_vote(&answers, &[0.0; 3]).unwrap();
        assert_eq!((nothing.tasks[0].label, nothing.tasks[0].tied), (Some(3), 2));
        for bad in [vec![1.0; 2], vec![f64::NAN; 3], vec![-1.0; 3], vec![f64::INFINITY; 3]] {
            assert_eq!(
                weighted_majority_vote(&answers, &bad).unwrap_err().code(),
                ErrorCode::Answers
            );
        }
    }

    #[test]
    fn nothing_is_fine() {
        let result = majority_vote(&Answers::new(0, 0, 0, &[]).unwrap());
        assert!(result.tasks.is_empty() && result.annotators.is_empty());
    }
}
