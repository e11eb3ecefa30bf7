//! The posterior of a task's label where a model favours the label that an answer gave, and treats all others alike.
#![allow(clippy::indexing_slicing)] // INVARIANT: places are below the number of the task's candidates

use std::ops::Range;

use super::candidates::Candidates;
use super::product::LogProduct;
use super::result::TaskEstimate;

/// The share of each label among the tasks, before a task's answers are seen.
pub(super) enum Prior {
    /// The same for each of so many labels.
    Uniform(usize),
    /// By label, with the labels in descending order of it.
    Shares { shares: Vec<f64>, order: Vec<u32> },
}

/// The posterior of one task after another.
pub(super) struct Posterior {
    /// The probability of each candidate of the task.
    pub(super) candidates: Vec<f64>,
    /// The probability of any other label is its prior times this.
    pub(super) scale: f64,
}

impl Prior {
    pub(super) fn shares(shares: Vec<f64>) -> Self {
        let mut order: Vec<u32> = (0_u32..).take(shares.len()).collect();
        order.sort_by(|a, b| shares[*b as usize].total_cmp(&shares[*a as usize]));
        Self::Shares { shares, order }
    }

    pub(super) fn of(&self, label: u32) -> f64 {
        match self {
            Self::Uniform(count) => 1.0 / *count as f64,
            Self::Shares { shares, .. } => shares[label as usize],
        }
    }

    pub(super) fn into_shares(self) -> Vec<f64> {
        match self {
            Self::Uniform(count) => vec![1.0 / count as f64; count],
            Self::Shares { shares, .. } => shares,
        }
    }

    fn label_count(&self) -> usize {
        match self {
            Self::Uniform(count) => *count,
            Self::Shares { shares, .. } => shares.len(),
        }
    }

    /// The most probable labels that are not among `given`, the smaller of equals first.
    fn others(&self, given: &[u32]) -> impl Iterator<Item = u32> {
        let label = |place: usize| match self {
            Self::Uniform(_) => u32::try_from(place).unwrap_or(u32::MAX),
            Self::Shares { order, .. } => order[place],
        };
        (0..self.label_count()).map(label).filter(|label| given.binary_search(label).is_err())
    }
}

impl Posterior {
    pub(super) fn new() -> Self {
        Self { candidates: Vec::new(), scale: 0.0 }
    }

    /// The posterior of `task`, whose answers are at `at`. `ratio` says of an answer how much likelier it is if its
    /// label is right than if another one is: 10^-14 to 10^14. Multiplies `likelihood` by that of the answers, with
    /// each taken for 1 if its label is wrong.
    #[inline(always)]
    pub(super) fn fill(
        &mut self,
        candidates: &Candidates,
        task: usize,
        at: Range<usize>,
        prior: &Prior,
        likelihood: &mut LogProduct,
        ratio: impl Fn(usize) -> f64,
    ) {
        let given = candidates.of(task);
        self.candidates.clear();
        self.candidates.extend(given.iter().map(|label| prior.of(*label)));
        let others = if given.len() == prior.label_count() {
            0.0
        } else {
            (1.0 - self.candidates.iter().sum::<f64>()).max(0.0)
        };
        let places = &candidates.places[at.clone()];
        if places.len() > FEW {
            return self.fill_by_logarithms(places, others, likelihood, |n| ratio(at.start + n));
        }
        for (n, place) in places.iter().enumerate() {
            self.candidates[*place as usize] *= ratio(at.start + n);
        }
        let total = self.candidates.iter().sum::<f64>() + others;
        likelihood.multiply(total);
        self.scale = 1.0 / total;
        for weight in &mut self.candidates {
            *weight *= self.scale;
        }
    }

    /// The same where products might leave the range of numbers.
    #[cold]
    fn fill_by_logarithms(
        &mut self,
        places: &[u32],
        others: f64,
        likelihood: &mut LogProduct,
        ratio: impl Fn(usize) -> f64,
    ) {
        for weight in &mut self.candidates {
            *weight = libm::log(weight.max(f64::MIN_POSITIVE));
        }
        for (n, place) in places.iter().enumerate() {
            self.candidates[*place as usize] += libm::log(ratio(n));
        }
        // Other labels have the logarithm 0, if there are any.
        let least = if others > 0.0 { 0.0 } else { f64::NEG_INFINITY };
        let most = self.candidates.iter().copied().fold(least, f64::max);
        let mut total = if others > 0.0 { libm::exp(-most) * others } else { 0.0 };
        for weight in &mut self.candidates {
            *weight = libm::exp(*weight - most);
            total += *weight;
        }
        likelihood.add(most);
        likelihood.multiply(total);
        self.scale = if others > 0.0 { libm::exp(-most) / total } else { 0.0 };
        for weight in &mut self.candidates {
            *weight /= total;
        }
    }

    /// Makes the label of a task known.
    pub(super) fn know(&mut self, given: &[u32], label: u32) {
        self.scale = 0.0;
        self.candidates.clear();
        self.candidates
            .extend(given.iter().map(|candidate| f64::from(u8::from(*candidate == label))));
    }

    /// The estimate that follows, for a task with answers.
    pub(super) fn estimate(&self, given: &[u32], prior: &Prior) -> TaskEstimate {
        let weight = |label: u32| prior.of(label) * self.scale;
        let mut labels: Vec<(u32, f64)> =
            given.iter().copied().zip(self.candidates.iter().copied()).collect();
        // All others that are as probable as the first of them, so that ties are counted, and the one after.
        let mut others = prior.others(given);
        if let Some(first) = others.next() {
            labels.push((first, weight(first)));
            let most = self.candidates.iter().copied().fold(0.0, f64::max);
            for other in others.take(MOST_TIED) {
                labels.push((other, weight(other)));
                if weight(other) < most || weight(other) < weight(first) {
                    break;
                }
            }
            labels.sort_unstable_by_key(|(label, _)| *label);
        }
        TaskEstimate::best(labels.into_iter(), 1.0)
    }

    /// Writes the probability of every label of a task.
    pub(super) fn write(&self, given: &[u32], prior: &Prior, row: &mut [f64]) {
        for (label, cell) in (0_u32..).zip(row.iter_mut()) {
            *cell = prior.of(label) * self.scale;
        }
        for (label, weight) in given.iter().zip(&self.candidates) {
            row[*label as usize] = *weight;
        }
    }
}

/// So many tied labels that nobody gave are counted at most.
const MOST_TIED: usize = 64;

/// Up to so many answers, the products of their ratios are numbers.
const FEW: usize = 20;
