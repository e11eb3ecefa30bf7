//! Pairs of annotators: Cohen's kappa, and its mean over pairs.

// INVARIANT: numbers of annotators, labels and answers are below their counts; `next` stays within what was counted.
#![allow(clippy::indexing_slicing)]

use super::comparison::standard_error;
use super::{ByAnnotator, Coefficient, Comparison, Distance, Undefined};

/// Two annotators, on the tasks that both answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairAgreement {
    /// Their numbers, the lower first.
    pub annotators: [u32; 2],
    /// How many tasks both answered.
    pub tasks: usize,
    /// 1 less the mean distance of their answers: the share of equal answers, by the nominal distance.
    pub percent_agreement: f64,
    /// Cohen's kappa, weighted by the distance.
    pub cohen_kappa: Coefficient,
}

impl Comparison<'_> {
    /// The least number of common tasks of a pair that counts in the mean: fewer say next to nothing. Chosen.
    pub const LEAST_COMMON_TASKS: usize = 10;
    /// The most pairs of answers to one task, over all tasks, that pairs of annotators are worked out for. Chosen:
    /// some seconds.
    pub const MAX_ANSWER_PAIRS: u64 = 200_000_000;

    /// Every pair of annotators who both answered `least` tasks or more (at least 1), in the order of their numbers.
    ///
    /// J. Cohen, A coefficient of agreement for nominal scales, 1960, and for weights 1968. Undefined kappas: both gave
    /// one and the same label throughout. Memory is that of the pairs that count; time grows with the pairs of answers.
    ///
    /// # Errors
    /// [`Undefined::TooMany`] when there are more pairs of answers than [`Comparison::MAX_ANSWER_PAIRS`]; by a distance
    /// without closed form, also when the squares of the labels of all pairs are twice as many.
    pub fn pairs(&self, least: usize) -> Result<Vec<PairAgreement>, Undefined> {
        let least = least.max(1);
        let answers = self.answers;
        let pairs_of = |unit: super::Unit<'_>| unit.len() as u64 * (unit.len() as u64).max(1) / 2;
        if answers.units().map(pairs_of).sum::<u64>() > Self::MAX_ANSWER_PAIRS {
            return Err(Undefined::TooMany);
        }
        let by_annotator = ByAnnotator::new(answers);
        let mut pairs = Vec::new();
        let mut common = vec![0_u32; answers.annotator_count()];
        let mut next = vec![usize::MAX; answers.annotator_count()];
        let (mut met, mut both) = (Vec::new(), Vec::new());
        let mut work = 0;
        for (first, tasks) in by_annotator.each() {
            for (task, _) in tasks {
                for second in answers.unit(*task as usize).annotators {
                    if *second > first {
                        if common[*second as usize] == 0 {
                            met.push(*second);
                        }
                        common[*second as usize] += 1;
                    }
                }
            }
            met.sort_unstable();
            let mut room = 0;
            for second in &met {
                if common[*second as usize] as usize >= least {
                    next[*second as usize] = room;
                    room += common[*second as usize] as usize;
                }
            }
            both.clear();
            both.resize(room, (0, 0));
            for (task, label) in tasks {
                let unit = answers.unit(*task as usize);
                for (second, other) in unit.annotators.iter().zip(unit.labels) {
                    let next = &mut next[*second as usize];
                    if *second > first && *next != usize::MAX {
                        both[*next] = (*label, *other);
                        *next += 1;
                    }
                }
            }
            let mut start = 0;
            for second in met.drain(..) {
                let end = std::mem::replace(&mut next[second as usize], usize::MAX);
                common[second as usize] = 0;
                if end != usize::MAX {
                    let labels = (2 * (end - start)).min(answers.label_count());
                    work += self.distance.cost(labels, labels);
                    if work > 2 * Self::MAX_ANSWER_PAIRS {
                        return Err(Undefined::TooMany);
                    }
                    pairs.push(pair([first, second], &both[start..end], self.distance));
                    start = end;
                }
            }
        }
        Ok(pairs)
    }

    /// Cohen's kappa of two annotators, given by their numbers, on the tasks that both answered.
    ///
    /// The standard error is Gwet's linearisation over those tasks.
    #[must_use]
    pub fn cohen_kappa(&self, first: u32, second: u32) -> Coefficient {
        if self.answers.is_empty() {
            return Coefficient::undefined(Undefined::NoAnswers);
        }
        if first == second {
            return Coefficient::undefined(Undefined::OneAnnotator);
        }
        let mut both = Vec::new();
        for unit in self.answers.units() {
            let of = |annotator: u32| {
                let place = unit.annotators.iter().position(|other| *other == annotator);
                place.map(|place| unit.labels[place])
            };
            both.extend(of(first).zip(of(second)));
        }
        if both.is_empty() {
            return Coefficient::undefined(Undefined::NoOverlap);
        }
        pair([first, second], &both, self.distance).cohen_kappa
    }

    /// The mean of Cohen's kappa over the pairs of annotators with `least` common tasks or more, those without a kappa
    /// left out. [`Comparison::LEAST_COMMON_TASKS`] is the usual least number. Without standard error: pairs share
    /// annotators.
    #[must_use]
    pub fn mean_pairwise_cohen_kappa(&self, least: usize) -> Coefficient {
        if let Some(reason) = self.nothing {
            return Coefficient::undefined(reason);
        }
        match self.pairs(least) {
            Err(reason) => Coefficient::undefined(reason),
            Ok(pairs) if pairs.is_empty() => Coefficient::undefined(Undefined::TooFew),
            Ok(pairs) => {
                let kappas = pairs.iter().filter_map(|pair| pair.cohen_kappa.value);
                let count = kappas.clone().count();
                if count == 0 {
                    return Coefficient::undefined(Undefined::OneLabel);
                }
                Coefficient::of(kappas.sum::<f64>() / count as f64)
            }
        }
    }
}

fn pair(annotators: [u32; 2], both: &[(u32, u32)], distance: &Distance) -> PairAgreement {
    let tasks = both.len() as f64;
    let mut labels: Vec<u32> = both.iter().flat_map(|(a, b)| [*a, *b]).collect();
    labels.sort_unstable();
    labels.dedup();
    let place = |label: u32| labels.partition_point(|other| *other < label);
    let empty: Vec<(u32, f64)> = labels.iter().map(|label| (*label, 0.0)).collect();
    let (mut left, mut right) = (empty.clone(), empty);
    for (a, b) in both {
        left[place(*a)].1 += 1.0 / tasks;
        right[place(*b)].1 += 1.0 / tasks;
    }
    let (to_left, to_right) = (distance.among(&left), distance.among(&right));
    let observed = both.iter().map(|(a, b)| distance.of(*a, *b)).sum::<f64>() / tasks;
    let expected: f64 = left.iter().zip(&to_right).map(|((_, mass), far)| mass * far).sum();
    let cohen_kappa = if labels.len() == 1 {
        Coefficient::undefined(Undefined::OneLabel)
    } else if expected > 0.0 {
        let value = 1.0 - observed / expected;
        let mut squares = 0.0;
        for (a, b) in both {
            let of = (to_right[place(*a)] + to_left[place(*b)]) / 2.0;
            let part = 1.0 - distance.of(*a, *b) / expected;
            let part = part - 2.0 * (1.0 - value) * (1.0 - of / expected);
            squares += (part - value) * (part - value);
        }
        Coefficient::with_se(value, standard_error(squares, both.len()), both.len())
    } else {
        Coefficient::undefined(Undefined::NoChance)
    };
    PairAgreement { annotators, tasks: both.len(), percent_agreement: 1.0 - observed, cohen_kappa }
}
