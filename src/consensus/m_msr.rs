//! M-MSR: skills from how often pairs of annotators agree, robust against some who lie.
#![allow(clippy::indexing_slicing)] // INVARIANT: numbers in `Answers` are below their counts; `starts` ends with the length

use crate::agreement::{Answers, ByAnnotator};
use crate::error::{Error, ErrorCode};

use super::result::{AnnotatorEstimate, Consensus, TaskEstimate};

/// The matrix mean-subsequence-reduced algorithm.
///
/// An annotator of skill s is right with probability s (K-1)/K + 1/K of K labels. Then two annotators agree, beyond
/// chance and scaled to 1, by the product of their skills: a matrix of rank one, known where two annotators have common
/// tasks. Each skill is estimated in turn as a mean of ratios, with the largest and the smallest left out: so a share
/// of each annotator's neighbours may answer as they like. The labels are a vote with the log odds of the skills.
///
/// Source: Ma and Olshevsky, "Adversarial crowdsourcing through robust rank-one matrix completion", NeurIPS 2020,
/// algorithms 1 and 2. It differs from the peer (crowd-kit 1.4) in this: only pairs with common tasks are kept and
/// count (there, pairs without any count as disagreeing when signs are found, and the matrix is dense); each annotator
/// has an own number of neighbours that are left out; signs are found by power iteration, with a pair's weight growing
/// with the root of its common tasks; nothing is random.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MMsr {
    /// Iterations at most; 200 by default.
    pub iterations: usize,
    /// Stops when no skill moves by more than this; 10^-6 by default.
    pub tolerance: f64,
    /// The share of an annotator's neighbours that is left out at either end, 0 to 0.5; 0.25 by default. Chosen: the
    /// peer leaves out up to a half of the fewest neighbours that anybody has.
    pub trimmed_share: f64,
}

impl Default for MMsr {
    fn default() -> Self {
        Self { iterations: 200, tolerance: 1e-6, trimmed_share: 0.25 }
    }
}

impl MMsr {
    /// Most pairs of answers to one task, over all tasks, that are gone through: some seconds.
    pub const MAX_CO_ANSWERS: u64 = 1 << 29;
    /// Most pairs of annotators with common tasks, each counted from both ends: 20 bytes each.
    pub const MAX_NEIGHBOURS: usize = 1 << 23;

    /// Infers the labels.
    ///
    /// A skill is from -1/(K-1), always wrong, over 0, as good as chance, to 1; both ends are kept apart by one over
    /// the root of the number of tasks, as in the paper. An annotator without common tasks has no skill, and votes
    /// with the mean of the others'. A task's probability is the posterior by these skills. With fewer than two labels
    /// every task has the one there is. An iteration takes time that grows with the pairs of annotators.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when there are over [`Self::MAX_CO_ANSWERS`] pairs of answers or over [`Self::MAX_NEIGHBOURS`] pairs
    /// of annotators (160 MiB), and for a trimmed share out of its range.
    pub fn infer(&self, answers: &Answers) -> Result<Consensus, Error> {
        if !(0.0..=0.5).contains(&self.trimmed_share) {
            return Err(error("expected a trimmed share of 0 to 0.5".into()));
        }
        let pairs = Pairs::new(answers)?;
        let signs = pairs.signs();
        let (sizes, iterations, converged) = self.sizes(&pairs);
        let labels = answers.label_count().max(2) as f64;
        let apart = 1.0 / (answers.task_count().max(1) as f64).sqrt();
        let bounds = (-1.0 / (labels - 1.0) + apart, 1.0 - apart);
        let skills: Vec<Option<f64>> = sizes
            .iter()
            .zip(&signs)
            .enumerate()
            .map(|(annotator, (size, sign))| {
                // With one or two tasks the bounds cross: then nothing is known.
                let skill = (size * sign).min(bounds.1).max(bounds.0);
                (!pairs.of(annotator).is_empty()).then_some(skill.clamp(-1.0, MOST))
            })
            .collect();
        let accuracy = |skill: f64| skill * (labels - 1.0) / labels + 1.0 / labels;
        let known: Vec<f64> = skills.iter().copied().flatten().collect();
        let usual = match known.len() {
            0 => START,
            count => (known.iter().sum::<f64>() / count as f64).clamp(apart.min(START), MOST),
        };
        let weights: Vec<f64> = skills
            .iter()
            .map(|skill| {
                let right = accuracy(skill.unwrap_or(usual)).clamp(LEAST, 1.0 - LEAST);
                libm::log(right * (labels - 1.0) / (1.0 - right))
            })
            .collect();
        let annotators =
            skills.into_iter().zip(answers.answered()).map(|(skill, answers)| AnnotatorEstimate {
                answers,
                skill,
                accuracy: skill.map(|skill| accuracy(skill).clamp(0.0, 1.0)),
                ..AnnotatorEstimate::default()
            });
        Ok(Consensus {
            tasks: vote(answers, &weights),
            annotators: annotators.collect(),
            iterations,
            converged,
            ..Consensus::default()
        })
    }

    /// The skills without their signs, and how they were found.
    fn sizes(&self, pairs: &Pairs) -> (Vec<f64>, usize, bool) {
        let count = pairs.starts.len() - 1;
        let (mut left, mut right) = (vec![START; count], vec![START; count]);
        let mut ratios = Vec::new();
        let (mut iterations, mut converged) = (0, false);
        while iterations < self.iterations && !converged {
            iterations += 1;
            let moved = self.update(pairs, &left, &mut right, &mut ratios);
            let moved = moved.max(self.update(pairs, &right, &mut left, &mut ratios));
            converged = moved <= self.tolerance;
        }
        let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let scale = (norm(&left) / norm(&right)).sqrt();
        if scale > 0.0 && scale.is_finite() {
            left.iter_mut().for_each(|size| *size /= scale);
        }
        (left, iterations, converged)
    }

    /// Estimates `to` from `from`; says by how much the greatest change was.
    fn update(&self, pairs: &Pairs, from: &[f64], to: &mut [f64], ratios: &mut Vec<f64>) -> f64 {
        let mut moved = 0.0_f64;
        for (annotator, size) in to.iter_mut().enumerate() {
            ratios.clear();
            ratios.extend(pairs.of(annotator).map(|at| {
                pairs.agreement[at].abs() / from[pairs.neighbours[at] as usize].max(FLOOR)
            }));
            if ratios.is_empty() {
                continue;
            }
            let mean = trimmed_mean(ratios, *size, self.trimmed_share);
            moved = moved.max((mean - *size).abs());
            *size = mean;
        }
        moved
    }
}

/// The mean of `values` without the largest share that is above `current`, and the smallest that is below.
fn trimmed_mean(values: &mut [f64], current: f64, share: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // at most the number of values
    let most = (values.len() as f64 * share) as usize;
    let below = values.iter().filter(|value| **value < current).count().min(most);
    let above = values.iter().filter(|value| **value > current).count().min(most);
    let end = values.len() - above;
    if below >= end {
        return current;
    }
    if above > 0 {
        values.select_nth_unstable_by(end, f64::total_cmp);
    }
    let kept = &mut values[..end];
    if below > 0 {
        kept.select_nth_unstable_by(below, f64::total_cmp);
    }
    let kept = &mut kept[below..];
    // In one order, so that the sum does not depend on how the values were split.
    kept.sort_unstable_by(f64::total_cmp);
    kept.iter().sum::<f64>() / kept.len() as f64
}

/// How far each pair of annotators with common tasks agrees, from both ends.
struct Pairs {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
    /// 1 always, 0 as often as chance, -1/(K-1) never.
    agreement: Vec<f64>,
    common: Vec<u32>,
}

impl Pairs {
    fn new(answers: &Answers) -> Result<Self, Error> {
        let co_answers: u64 = answers.units().map(|unit| (unit.len() as u64).pow(2)).sum();
        if co_answers > MMsr::MAX_CO_ANSWERS {
            return Err(error(format!(
                "expected at most {} pairs of answers to the same task, found {co_answers}",
                MMsr::MAX_CO_ANSWERS
            )));
        }
        let count = answers.annotator_count();
        let labels = answers.label_count().max(2) as f64;
        let mut pairs = Self {
            starts: vec![0],
            neighbours: Vec::new(),
            agreement: Vec::new(),
            common: Vec::new(),
        };
        let (mut common, mut same) = (vec![0_u32; count], vec![0_u32; count]);
        for (annotator, given) in ByAnnotator::new(answers).each() {
            let start = pairs.neighbours.len();
            for (task, label) in given {
                let unit = answers.unit(*task as usize);
                for (other, their) in unit.annotators.iter().zip(unit.labels) {
                    if *other == annotator {
                        continue;
                    }
                    let at = *other as usize;
                    if common[at] == 0 {
                        pairs.neighbours.push(*other);
                    }
                    common[at] += 1;
                    same[at] += u32::from(their == label);
                }
            }
            if pairs.neighbours.len() > MMsr::MAX_NEIGHBOURS {
                return Err(error(format!(
                    "expected at most {} pairs of annotators with common tasks",
                    MMsr::MAX_NEIGHBOURS
                )));
            }
            for other in &pairs.neighbours[start..] {
                let at = *other as usize;
                let share = f64::from(same[at]) / f64::from(common[at]);
                pairs.agreement.push((share * labels - 1.0) / (labels - 1.0));
                pairs.common.push(common[at]);
                (common[at], same[at]) = (0, 0);
            }
            pairs.starts.push(pairs.neighbours.len());
        }
        Ok(pairs)
    }

    fn of(&self, annotator: usize) -> std::ops::Range<usize> {
        self.starts[annotator]..self.starts[annotator + 1]
    }

    /// The signs of the skills: those of the first eigenvector of the weighted agreements. It starts from 1 for all, so
    /// that in every group of annotators who share tasks most are taken for better than chance.
    fn signs(&self) -> Vec<f64> {
        let weight = |at: usize| self.agreement[at] * f64::from(self.common[at]).sqrt();
        let count = self.starts.len() - 1;
        let degrees: Vec<f64> = (0..count)
            .map(|annotator| self.of(annotator).map(|at| weight(at).abs()).sum())
            .collect();
        let mut now = vec![1.0; count];
        let mut next = now.clone();
        // Each round multiplies by at most 2: no number leaves its range.
        for _ in 0..SIGN_ROUNDS {
            for (annotator, value) in next.iter_mut().enumerate() {
                let sum: f64 = self
                    .of(annotator)
                    .map(|at| weight(at) * now[self.neighbours[at] as usize])
                    .sum();
                let degree = degrees[annotator];
                *value = now[annotator] + if degree > 0.0 { sum / degree } else { 0.0 };
            }
            std::mem::swap(&mut now, &mut next);
        }
        now.into_iter().map(|value| if value < 0.0 { -1.0 } else { 1.0 }).collect()
    }
}

/// The posterior of each task: log odds that add up for the labels given, and 0 for all others.
fn vote(answers: &Answers, weights: &[f64]) -> Vec<TaskEstimate> {
    let mut sums = vec![0.0_f64; answers.label_count()];
    let mut given: Vec<u32> = Vec::new();
    let estimate = |unit: crate::agreement::Unit<'_>| {
        if unit.is_empty() {
            return TaskEstimate::default();
        }
        given.clear();
        given.extend_from_slice(unit.labels);
        given.sort_unstable();
        given.dedup();
        for (annotator, label) in unit.annotators.iter().zip(unit.labels) {
            sums[*label as usize] += weights[*annotator as usize];
        }
        let others = sums.len() - given.len();
        // The smallest label that nobody gave.
        let other = (0_u32..)
            .zip(&given)
            .find(|(at, label)| at != *label)
            .map_or(given.len(), |(at, _)| at as usize);
        let least = if others > 0 { 0.0 } else { f64::NEG_INFINITY };
        let most = given.iter().map(|label| sums[*label as usize]).fold(least, f64::max);
        let mut odds: Vec<(u32, f64)> =
            given.iter().map(|label| (*label, libm::exp(sums[*label as usize] - most))).collect();
        let mut total: f64 = odds.iter().map(|(_, odds)| odds).sum();
        if others > 0 {
            let weight = libm::exp(-most);
            total += weight * others as f64;
            let place = odds.partition_point(|(label, _)| (*label as usize) < other);
            odds.insert(place, (u32::try_from(other).unwrap_or(u32::MAX), weight));
        }
        for label in &given {
            sums[*label as usize] = 0.0;
        }
        TaskEstimate::best(odds.into_iter(), total)
    };
    answers.units().map(estimate).collect()
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

/// The skill from which the iterations start, and of an annotator when nothing is known of anybody. Chosen.
const START: f64 = 0.5;
/// No skill is divided by that is nearer to 0. Chosen; keeps ratios numbers.
const FLOOR: f64 = 1e-3;
/// Most skill, and least probability of a right or wrong answer. Chosen; keeps log odds numbers.
const MOST: f64 = 1.0 - 1e-6;
const LEAST: f64 = 1e-6;
const SIGN_ROUNDS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Answer;

    fn infer(tasks: usize, annotators: usize, rows: &[[u32; 3]]) -> Consensus {
        let rows: Vec<Answer> = rows
            .iter()
            .map(|[task, annotator, label]| Answer {
                task: *task,
                annotator: *annotator,
                label: *label,
            })
            .collect();
        MMsr::default().infer(&Answers::new(tasks, annotators, 3, &rows).unwrap()).unwrap()
    }

    #[test]
    fn annotators_who_guess_are_outweighed() {
        let mut rows = Vec::new();
        let mut guess = 7_u32;
        for task in 0..300 {
            for annotator in 0..6 {
                guess = guess.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let label = if annotator < 3 { task % 3 } else { (guess >> 16) % 3 };
                rows.push([task, annotator, label]);
            }
        }
        let consensus = infer(300, 6, &rows);
        let right =
            consensus.labels().zip(0_u32..).filter(|(label, task)| *label == Some(task % 3));
        assert_eq!(right.count(), 300);
        assert!(consensus.converged);
        let skill = |annotator: usize| consensus.annotators[annotator].skill.unwrap();
        // Ratios to skills near 0 are wild, so the good ones come out low, and well apart all the same.
        assert!(skill(0) > 0.5 && skill(4).abs() < 0.2, "{} {}", skill(0), skill(4));
    }

    #[test]
    fn without_common_tasks_there_are_no_skills_and_the_answers_stand() {
        let consensus = infer(4, 3, &[[0, 0, 2], [1, 1, 1]]);
        assert_eq!(consensus.labels().collect::<Vec<_>>(), [Some(2), Some(1), None, None]);
        assert!(consensus.annotators.iter().all(|annotator| annotator.skill.is_none()));
        assert!(MMsr::default().infer(&Answers::default()).unwrap().tasks.is_empty());
    }

    #[test]
    fn one_task_with_very_many_answers_is_refused() {
        let rows: Vec<Answer> = (0..100_000)
            .map(|annotator| Answer { task: 0, annotator, label: annotator % 2 })
            .collect();
        let answers = Answers::new(1, 100_000, 2, &rows).unwrap();
        assert_eq!(MMsr::default().infer(&answers).unwrap_err().code(), ErrorCode::Answers);
    }

    #[test]
    fn the_trimmed_mean_leaves_out_what_is_beyond_the_current_value() {
        let mean = |current: f64| trimmed_mean(&mut [9.0, 1.0, 2.0, 3.0], current, 0.25);
        assert_eq!(mean(2.5), 2.5);
        assert_eq!(mean(0.0), 2.0);
        assert!((mean(10.0) - 14.0 / 3.0).abs() < 1e-12);
    }
}
