//! Scores of items from comparisons of two at a time.
#![allow(clippy::indexing_slicing)] // INVARIANT: items and annotators of comparisons are checked to be below their counts

use crate::error::{Error, ErrorCode};

/// One comparison: which of two items is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Number of the annotator.
    pub annotator: u32,
    /// Number of the item that was shown first or on the left.
    pub left: u32,
    /// Number of the other item.
    pub right: u32,
    /// What the annotator preferred.
    pub preferred: Preferred,
}

/// Which of two items is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preferred {
    /// The first or left one.
    Left,
    /// The other one.
    Right,
    /// Neither: counts as half a comparison each way.
    Tied,
}

impl Preferred {
    /// How far the left item won: 0, 0.5 or 1.
    pub(super) fn left_share(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => 0.0,
            Self::Tied => 0.5,
        }
    }
}

/// The model of Bradley and Terry: of items with strengths p and q the first is preferred with probability p / (p+q).
///
/// Source: Bradley and Terry, Biometrika 39, 1952; by the algorithm of Hunter, "MM algorithms for generalized
/// Bradley-Terry models", Annals of Statistics 32(1), 2004, section 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BradleyTerry {
    /// Iterations at most; 1,000 by default, at most 1,000,000.
    pub iterations: usize,
    /// Stops when no strength changes by more than this share of itself; 10^-6 by default.
    pub tolerance: f64,
    /// So many comparisons with an item of mean strength, half of them won, are added to every item: 0 or more; 0.1 by
    /// default. Without them an item that always wins has no finite strength, and groups that never meet cannot be
    /// compared. 0 is maximum likelihood, as in the peers.
    pub prior: f64,
}

impl Default for BradleyTerry {
    fn default() -> Self {
        Self { iterations: 1000, tolerance: 1e-6, prior: 0.1 }
    }
}

/// Scores of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemScores {
    /// Each item's strength, by number; 0 or more, and they sum to 1. Without any comparison all are the same.
    pub strengths: Vec<f64>,
    /// How many iterations were made.
    pub iterations: usize,
    /// Whether it stopped because nothing changed any more, and not because of the bound on iterations.
    pub converged: bool,
}

impl ItemScores {
    /// The numbers of the items, strongest first; of equals the smallest first.
    #[must_use]
    pub fn ranking(&self) -> Vec<u32> {
        let mut items: Vec<u32> = (0_u32..).take(self.strengths.len()).collect();
        items.sort_by(|a, b| self.strengths[*b as usize].total_cmp(&self.strengths[*a as usize]));
        items
    }
}

impl BradleyTerry {
    /// The strengths of `items` items. Annotators do not matter. Takes about 48 bytes a comparison.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for an item that is not below `items` or is compared with itself, for 2^31 comparisons or
    /// more, and for settings out of their ranges.
    pub fn infer(&self, items: usize, comparisons: &[Comparison]) -> Result<ItemScores, Error> {
        check(items, usize::MAX, comparisons)?;
        self.check()?;
        let mut games = Games::new(items, comparisons);
        games.weigh(comparisons, |_| 1.0);
        let mut scores = ItemScores { strengths: vec![1.0; items], ..ItemScores::default() };
        while scores.iterations < self.iterations && !scores.converged {
            scores.iterations += 1;
            scores.converged = games.update(&mut scores.strengths, self.prior) <= self.tolerance;
        }
        to_shares(&mut scores.strengths);
        Ok(scores)
    }

    fn check(&self) -> Result<(), Error> {
        let prior_is_sound = (0.0..=MOST_PRIOR).contains(&self.prior);
        if !prior_is_sound || self.iterations > MAX_ITERATIONS || self.tolerance.is_nan() {
            return Err(error(format!(
                "expected a prior of 0 to {MOST_PRIOR}, a tolerance, and at most {MAX_ITERATIONS} iterations"
            )));
        }
        Ok(())
    }
}

/// Comparisons gathered by item.
pub(super) struct Games {
    /// Where the opponents of each item begin, and at last how many there are.
    starts: Vec<u32>,
    opponents: Vec<u32>,
    /// How many comparisons with each opponent, weighted.
    played: Vec<f64>,
    /// How many of its comparisons each item won, weighted.
    won: Vec<f64>,
    /// Of each comparison the place in `played`, from the left item and from the right.
    places: Vec<[u32; 2]>,
}

impl Games {
    pub(super) fn new(items: usize, comparisons: &[Comparison]) -> Self {
        let mut ends: Vec<(u32, u32, u32, u8)> = Vec::with_capacity(2 * comparisons.len());
        for (at, comparison) in (0_u32..).zip(comparisons) {
            ends.push((comparison.left, comparison.right, at, 0));
            ends.push((comparison.right, comparison.left, at, 1));
        }
        ends.sort_unstable();
        let mut games = Self {
            starts: vec![0; items + 1],
            opponents: Vec::new(),
            played: Vec::new(),
            won: vec![0.0; items],
            places: vec![[0; 2]; comparisons.len()],
        };
        let mut last = None;
        for (item, opponent, at, side) in ends {
            if last.replace((item, opponent)) != Some((item, opponent)) {
                games.opponents.push(opponent);
                games.starts[item as usize + 1] += 1;
            }
            // At most twice the comparisons, of which there are fewer than 2^31.
            let place = u32::try_from(games.opponents.len() - 1).unwrap_or(u32::MAX);
            games.places[at as usize][side as usize] = place;
        }
        for at in 1..games.starts.len() {
            games.starts[at] += games.starts[at - 1];
        }
        games.played = vec![0.0; games.opponents.len()];
        games
    }

    /// Counts the comparisons, each with the weight of its number.
    pub(super) fn weigh(&mut self, comparisons: &[Comparison], weight: impl Fn(usize) -> f64) {
        self.played.fill(0.0);
        self.won.fill(0.0);
        for (at, comparison) in comparisons.iter().enumerate() {
            let (weight, share) = (weight(at), comparison.preferred.left_share());
            self.won[comparison.left as usize] += weight * share;
            self.won[comparison.right as usize] += weight * (1.0 - share);
            for place in self.places[at] {
                self.played[place as usize] += weight;
            }
        }
    }

    /// One step of the algorithm; says by what share of itself the strength that changed most did. The mean strength
    /// stays 1.
    pub(super) fn update(&self, strengths: &mut [f64], prior: f64) -> f64 {
        let mut changed = 0.0_f64;
        let before = strengths.to_vec();
        for (item, strength) in strengths.iter_mut().enumerate() {
            let own = before[item];
            let mut rate = 0.0;
            for at in self.starts[item] as usize..self.starts[item + 1] as usize {
                rate += self.played[at] / (own + before[self.opponents[at] as usize]).max(TINY);
            }
            rate += prior / (own + 1.0);
            if rate > 0.0 {
                *strength = ((self.won[item] + prior / 2.0) / rate).clamp(0.0, HUGE);
            }
        }
        let mean = strengths.iter().sum::<f64>() / strengths.len().max(1) as f64;
        for (strength, before) in strengths.iter_mut().zip(before) {
            // With a prior the other item is of strength 1, and the scale is given by that.
            if prior <= 0.0 && mean > 0.0 {
                *strength /= mean;
            }
            changed = changed.max((*strength - before).abs() / before.max(TINY));
        }
        changed
    }
}

/// Scales strengths so that they sum to 1.
pub(super) fn to_shares(strengths: &mut [f64]) {
    let sum: f64 = strengths.iter().sum();
    let count = strengths.len() as f64;
    for strength in strengths {
        *strength = if sum > 0.0 { *strength / sum } else { 1.0 / count };
    }
}

pub(super) fn check(
    items: usize,
    annotators: usize,
    comparisons: &[Comparison],
) -> Result<(), Error> {
    if comparisons.len() >= 1 << 31 {
        return Err(error("expected fewer than 2^31 comparisons".into()));
    }
    for comparison in comparisons {
        let Comparison { annotator, left, right, .. } = *comparison;
        let within = (left as usize) < items && (right as usize) < items;
        if !within || left == right || annotator as usize >= annotators {
            return Err(error(format!(
                "expected two different items below {items} and an annotator below {annotators}, found {comparison:?}"
            )));
        }
    }
    Ok(())
}

pub(super) fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

pub(super) const MAX_ITERATIONS: usize = 1_000_000;
pub(super) const MOST_PRIOR: f64 = 1e6;
/// Strengths are kept numbers.
const TINY: f64 = 1e-200;
const HUGE: f64 = 1e200;

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(left: u32, right: u32, preferred: Preferred) -> Comparison {
        Comparison { annotator: 0, left, right, preferred }
    }

    #[test]
    fn two_items_have_the_odds_of_their_wins() {
        let mut comparisons = vec![comparison(0, 1, Preferred::Left); 3];
        comparisons.push(comparison(0, 1, Preferred::Right));
        let exact = BradleyTerry { prior: 0.0, ..BradleyTerry::default() };
        let scores = exact.infer(2, &comparisons).unwrap();
        assert!((scores.strengths[0] - 0.75).abs() < 1e-6 && scores.converged);
        // A tie is half a win each: 3.5 to 1.5.
        comparisons.push(comparison(1, 0, Preferred::Tied));
        let scores = exact.infer(2, &comparisons).unwrap();
        assert!((scores.strengths[0] - 0.7).abs() < 1e-6);
    }

    #[test]
    fn who_always_wins_has_a_finite_strength_and_is_first() {
        let comparisons = [
            comparison(0, 1, Preferred::Right),
            comparison(1, 2, Preferred::Right),
            comparison(0, 2, Preferred::Right),
        ];
        let scores = BradleyTerry::default().infer(4, &comparisons).unwrap();
        // One win and one defeat are as good as nothing known: items 1 and 3 are equal.
        assert_eq!((scores.ranking()[0], scores.ranking()[3]), (2, 0));
        assert!((scores.strengths[1] - scores.strengths[3]).abs() < 1e-4);
        assert!((scores.strengths.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let exact = BradleyTerry { prior: 0.0, ..BradleyTerry::default() };
        let scores = exact.infer(4, &comparisons).unwrap();
        assert!(scores.strengths.iter().all(|strength| strength.is_finite()));
        assert_eq!(scores.ranking()[0], 2);
    }

    #[test]
    fn nothing_to_compare_and_wrong_numbers() {
        let model = BradleyTerry::default();
        assert!(model.infer(0, &[]).unwrap().strengths.is_empty());
        assert_eq!(model.infer(2, &[]).unwrap().strengths, [0.5, 0.5]);
        assert!(model.infer(2, &[comparison(0, 2, Preferred::Left)]).is_err());
        assert!(model.infer(2, &[comparison(1, 1, Preferred::Left)]).is_err());
        let bad = BradleyTerry { prior: f64::NAN, ..model };
        assert!(bad.infer(2, &[]).is_err());
    }
}
