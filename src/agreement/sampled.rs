//! Distances of labels that are too many for a table of all pairs: boxes, outlines, texts of a whole crowd.
//!
//! What is seen, labels of the same task, is compared in full. What chance gives is the mean distance of two answers
//! drawn from all: every label is compared with a sample of the answers. Which those are follows from the numbers of
//! tasks and annotators, so the same answers in the same order give the same sample.

// INVARIANT: label numbers are below the number of labels.
#![allow(clippy::indexing_slicing)]

use crate::error::Error;
use crate::splitmix::mix;

use super::distance::{error, sound};
use super::{Answers, Comparison};

/// The distances that are known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sampled {
    /// Pairs of labels of one task, the lower number first, in order.
    pairs: Vec<(u32, u32)>,
    /// The distance of each.
    near: Vec<f64>,
    /// The mean distance of each label to an answer of the sample.
    far: Vec<f64>,
    /// How many answers the sample has.
    references: usize,
    /// The standard error of what chance gives, as a share of it.
    error: f64,
}

/// Most pairs of labels that are compared within tasks. Chosen: 128 MB, and for a moment 192 MB.
const MAX_PAIRS: u64 = 1 << 23;
/// Fewer answers are never in the sample, where there are as many. Chosen: what so few cost is in the standard error.
const LEAST_REFERENCES: u64 = 4;

impl Sampled {
    /// Compares the labels of each task, and all labels with at most `references` answers: with fewer where all that
    /// would be more than `comparisons`.
    pub(super) fn new(
        answers: &Answers,
        references: usize,
        comparisons: u64,
        distance: &dyn Fn(usize, usize) -> f64,
    ) -> Result<Self, Error> {
        let pairs = pairs(answers, comparisons)?;
        let left = comparisons.saturating_sub(pairs.len() as u64);
        let affordable = (left / (answers.label_count() as u64).max(1)).max(LEAST_REFERENCES);
        let references = references.min(usize::try_from(affordable).unwrap_or(usize::MAX));
        let near: Result<Vec<f64>, Error> =
            pairs.iter().map(|(a, b)| sound(*a as usize, *b as usize, distance)).collect();
        let (sample, masses) = sample(answers, references);
        let mut far = vec![0.0; answers.label_count()];
        // What chance gives by each answer of the sample alone.
        let mut by_reference = vec![0.0; sample.len()];
        let total: f64 = masses.iter().sum();
        for (label, mass) in masses.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
            for (reference, sum) in sample.iter().zip(&mut by_reference) {
                let apart = sound(label, *reference as usize, distance)?;
                far[label] += apart / sample.len() as f64;
                *sum += apart * mass / total;
            }
        }
        Ok(Self {
            pairs,
            near: near?,
            far,
            references: sample.len(),
            error: share_of_error(&by_reference, total),
        })
    }

    /// The distance of two labels of one task.
    pub(super) fn between(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (a.min(b), a.max(b));
        let wanted =
            |(first, second): &(u32, u32)| (*first as usize, *second as usize).cmp(&(a, b));
        self.pairs.binary_search_by(wanted).map_or(0.0, |at| self.near[at])
    }

    /// The mean distance of each label to all answers.
    pub(super) fn far(&self) -> &[f64] {
        &self.far
    }

    pub(super) fn references(&self) -> usize {
        self.references
    }

    pub(super) fn error(&self) -> f64 {
        self.error
    }
}

/// The pairs of different labels that a task has, each once.
fn pairs(answers: &Answers, comparisons: u64) -> Result<Vec<(u32, u32)>, Error> {
    let most = comparisons.min(MAX_PAIRS);
    let refuse = || {
        Err(error(format!(
            "expected at most {most} pairs of different labels of the same task, as many as can be compared in bounded time"
        )))
    };
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut labels = Vec::new();
    // How many were left when repeats were last taken out, and how many were met at all.
    let (mut distinct, mut met) = (0, 0);
    for unit in answers.units() {
        labels.clear();
        labels.extend_from_slice(unit.labels);
        labels.sort_unstable();
        labels.dedup();
        let new = labels.len() as u64 * (labels.len() as u64).saturating_sub(1) / 2;
        met += new;
        if new > most || met > Comparison::MAX_ANSWER_PAIRS {
            return refuse();
        }
        // Only when they have doubled, so that the sorting takes no longer than that of all at once.
        if pairs.len() as u64 + new > most.max(2 * distinct) {
            pairs.sort_unstable();
            pairs.dedup();
            distinct = pairs.len() as u64;
        }
        if distinct > most {
            return refuse();
        }
        for (at, a) in labels.iter().enumerate() {
            pairs.extend(labels[at + 1..].iter().map(|b| (*a, *b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    if pairs.len() as u64 > most { refuse() } else { Ok(pairs) }
}

/// The labels of the answers with the least of numbers drawn for all that can be compared, and how often each label is
/// among all those.
fn sample(answers: &Answers, references: usize) -> (Vec<u32>, Vec<f64>) {
    let mut masses = vec![0.0; answers.label_count()];
    let mut drawn = Vec::new();
    for (task, unit) in (0_u64..).zip(answers.units()) {
        if unit.len() < 2 {
            continue;
        }
        for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
            masses[*label as usize] += 1.0;
            drawn.push((mix(task << 32 | u64::from(*annotator)), *label));
        }
    }
    if drawn.len() > references {
        drawn.select_nth_unstable(references);
        drawn.truncate(references);
        drawn.sort_unstable();
    }
    (drawn.into_iter().map(|(_, label)| label).collect(), masses)
}

/// The standard error of the mean of these numbers, drawn from so many, as a share of it; 0 for fewer than two.
fn share_of_error(numbers: &[f64], all: f64) -> f64 {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean) * (number - mean)).sum();
    if numbers.len() < 2 || mean <= 0.0 {
        return 0.0;
    }
    // Who has drawn all makes no error.
    let undrawn = (1.0 - count / all).max(0.0);
    (squares / (count - 1.0) / count * undrawn).sqrt() / mean
}

#[cfg(test)]
mod tests {
    use crate::agreement::{Answer, Answers, Comparison, Distance};

    /// So many tasks with four answers, each a number that is in no other answer.
    fn crowd(tasks: u32) -> (Answers, Vec<f64>) {
        let mut rows = Vec::new();
        let mut values = Vec::new();
        for task in 0..tasks {
            for annotator in 0..4 {
                let label = task * 4 + annotator;
                rows.push(Answer { task, annotator: (task + annotator) % 9, label });
                let truth = (super::mix(u64::from(task)) % 100) as f64;
                values.push(truth + (super::mix(u64::from(label)) % 1_000) as f64 / 40.0);
            }
        }
        (Answers::new(tasks as usize, 9, values.len(), &rows).unwrap(), values)
    }

    #[test]
    fn with_every_answer_in_the_sample_alpha_is_that_of_the_table() {
        let (answers, values) = crowd(60);
        let apart = |a: usize, b: usize| (values[a] - values[b]).abs();
        let sampled = Distance::sampled(&answers, 1_000, u64::MAX, apart).unwrap();
        let table = Distance::between(240, apart).unwrap();
        let alpha =
            |distance: &Distance| Comparison::new(&answers, distance).unwrap().krippendorff_alpha();
        let (found, exact) = (alpha(&sampled), alpha(&table));
        assert!((found.value.unwrap() - exact.value.unwrap()).abs() < 1e-9);
        assert!((found.se.unwrap() - exact.se.unwrap()).abs() < 1e-9);
        assert_eq!(sampled.references(), Some(240));
    }

    #[test]
    fn with_a_sample_alpha_is_within_its_standard_errors_of_the_exact_one() {
        let (answers, values) = crowd(5_000);
        let exact = Distance::interval(&values).unwrap();
        let alpha =
            |distance: &Distance| Comparison::new(&answers, distance).unwrap().krippendorff_alpha();
        let exact = alpha(&exact);
        for references in [64, 256, 1_024] {
            let apart = |a: usize, b: usize| (values[a] - values[b]) * (values[a] - values[b]);
            let sampled = Distance::sampled(&answers, references, u64::MAX, apart).unwrap();
            let found = alpha(&sampled);
            let (value, se) = (found.value.unwrap(), found.se.unwrap());
            assert!(se > exact.se.unwrap() && se < 0.05, "{se}");
            assert!((value - exact.value.unwrap()).abs() < 3.0 * se, "{value} {exact:?}");
        }
    }

    #[test]
    fn a_distance_that_is_none_is_an_error_and_so_are_too_many_pairs_of_one_task() {
        let (answers, _) = crowd(60);
        assert!(Distance::sampled(&answers, 10, u64::MAX, |_, _| f64::NAN).is_err());
        let rows: Vec<Answer> =
            (0..5_000).map(|annotator| Answer { task: 0, annotator, label: annotator }).collect();
        let crowded = Answers::new(1, 5_000, 5_000, &rows).unwrap();
        assert!(Distance::sampled(&crowded, 10, u64::MAX, |_, _| 1.0).is_err());
    }

    #[test]
    fn pairs_of_one_task_and_the_sample_share_the_comparisons_there_may_be() {
        let (answers, values) = crowd(60);
        let apart = |a: usize, b: usize| (values[a] - values[b]).abs();
        // Six pairs in each of 60 tasks.
        assert!(Distance::sampled(&answers, 200, 359, apart).is_err());
        let least = Distance::sampled(&answers, 200, 360, apart).unwrap();
        let more = Distance::sampled(&answers, 200, 360 + 240 * 100, apart).unwrap();
        assert_eq!((least.references(), more.references()), (Some(4), Some(100)));
    }

    #[test]
    fn pairs_that_many_tasks_have_count_once() {
        let rows =
            |task: u32| (0..100).map(move |annotator| Answer { task, annotator, label: annotator });
        let rows: Vec<Answer> = (0..100).flat_map(rows).collect();
        let answers = Answers::new(100, 100, 100, &rows).unwrap();
        assert!(Distance::sampled(&answers, 10, 4_950, |_, _| 1.0).is_ok());
        assert!(Distance::sampled(&answers, 10, 4_949, |_, _| 1.0).is_err());
    }
}
