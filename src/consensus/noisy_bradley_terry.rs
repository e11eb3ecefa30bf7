//! Scores of items from comparisons by annotators of whom some guess or favour a side.
#![allow(clippy::indexing_slicing)] // INVARIANT: items and annotators of comparisons are checked to be below their counts

use crate::error::Error;

use super::bradley_terry::{
    Comparison, Games, ItemScores, MAX_ITERATIONS, MOST_PRIOR, check, error, to_shares,
};

/// Bradley-Terry with annotators who do not always look: with probability `skill` an annotator compares the items, else
/// answers "left" with probability `bias` whatever they are.
///
/// Source: the mixture of Chen, Bennett, Collins-Thompson and Horvitz, "Pairwise ranking aggregation in a crowdsourced
/// setting", WSDM 2013, with a bias for a side as in crowd-kit 1.4 `NoisyBradleyTerry`. Here by expectation and
/// maximisation, which never lowers the posterior, and with priors instead of a random start and a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoisyBradleyTerry {
    /// Iterations at most; 100 by default, at most 1,000,000.
    pub iterations: usize,
    /// Stops when no strength changes by more than this share of itself; 10^-4 by default.
    pub tolerance: f64,
    /// As in [`BradleyTerry`](super::BradleyTerry); 0.1 by default.
    pub prior: f64,
    /// How many comparisons each annotator is thought to have made with a look at the items, and how many without; 4
    /// and 1 by default. Chosen; each 0 to 10^6.
    pub skill_prior: (f64, f64),
    /// How many answers to either side each annotator is thought to have given without a look; 1 by default. Chosen; 0
    /// to 10^6.
    pub bias_prior: f64,
}

impl Default for NoisyBradleyTerry {
    fn default() -> Self {
        Self {
            iterations: 100,
            tolerance: 1e-4,
            prior: 0.1,
            skill_prior: (4.0, 1.0),
            bias_prior: 1.0,
        }
    }
}

/// Scores of items and of annotators.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NoisyScores {
    /// The items.
    pub items: ItemScores,
    /// Of each annotator, by number: how probable it is that they look at the items, 0 to 1; none without comparisons.
    pub skills: Vec<Option<f64>>,
    /// How probable it is that they answer "left" when they do not look, 0 to 1; none without comparisons.
    pub biases: Vec<Option<f64>>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    looked: f64,
    left: f64,
    right: f64,
}

impl NoisyBradleyTerry {
    /// The strengths of `items` items and how good `annotators` annotators are. A tie is half a comparison each way.
    /// Takes about 64 bytes a comparison.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`](crate::error::ErrorCode::Answers) as for [`BradleyTerry`](super::BradleyTerry), and for
    /// an annotator that is not below `annotators`.
    pub fn infer(
        &self,
        items: usize,
        annotators: usize,
        comparisons: &[Comparison],
    ) -> Result<NoisyScores, Error> {
        check(items, annotators, comparisons)?;
        self.check()?;
        let mut games = Games::new(items, comparisons);
        let mut strengths = vec![1.0; items];
        let mut skills = vec![self.skill(Counts::default()); annotators];
        let mut biases = vec![0.5; annotators];
        let mut looked = vec![0.0; comparisons.len()];
        let mut scores = ItemScores::default();
        while scores.iterations < self.iterations && !scores.converged {
            scores.iterations += 1;
            let mut counts = vec![Counts::default(); annotators];
            for (comparison, looked) in comparisons.iter().zip(&mut looked) {
                let at = comparison.annotator as usize;
                let (left, right) =
                    (strengths[comparison.left as usize], strengths[comparison.right as usize]);
                let sum: f64 = left + right;
                let wins = if sum > 0.0 { left / sum } else { 0.5 };
                let share = comparison.preferred.left_share();
                // A tie is one half of a comparison that the left item won, and one half that it lost.
                let by_left = look(skills[at], wins, biases[at]);
                let by_right = look(skills[at], 1.0 - wins, 1.0 - biases[at]);
                *looked = share * by_left + (1.0 - share) * by_right;
                counts[at].looked += *looked;
                counts[at].left += share * (1.0 - by_left);
                counts[at].right += (1.0 - share) * (1.0 - by_right);
            }
            for (at, counts) in counts.into_iter().enumerate() {
                skills[at] = self.skill(counts);
                biases[at] = ratio(counts.left + self.bias_prior, counts.right + self.bias_prior);
            }
            games.weigh(comparisons, |at| looked[at]);
            let before = strengths.clone();
            for _ in 0..STEPS {
                games.update(&mut strengths, self.prior);
            }
            let changed = strengths.iter().zip(&before);
            let changed =
                changed.map(|(now, before)| (now - before).abs() / before.max(f64::MIN_POSITIVE));
            scores.converged = changed.fold(0.0, f64::max) <= self.tolerance;
        }
        to_shares(&mut strengths);
        scores.strengths = strengths;
        let mut known = vec![false; annotators];
        for comparison in comparisons {
            known[comparison.annotator as usize] = true;
        }
        let of_known = |values: Vec<f64>| {
            values.into_iter().zip(&known).map(|(value, known)| known.then_some(value)).collect()
        };
        Ok(NoisyScores { items: scores, skills: of_known(skills), biases: of_known(biases) })
    }

    fn skill(&self, counts: Counts) -> f64 {
        let (with, without) = self.skill_prior;
        ratio(counts.looked + with, counts.left + counts.right + without)
    }

    fn check(&self) -> Result<(), Error> {
        let (with, without) = self.skill_prior;
        let priors = [self.prior, with, without, self.bias_prior];
        let sound = priors.iter().all(|prior| (0.0..=MOST_PRIOR).contains(prior));
        if !sound || self.iterations > MAX_ITERATIONS || self.tolerance.is_nan() {
            return Err(error(format!(
                "expected priors of 0 to {MOST_PRIOR}, a tolerance, and at most {MAX_ITERATIONS} iterations"
            )));
        }
        Ok(())
    }
}

/// How probable it is that an annotator looked, if both who look and who do not would answer so with some probability.
fn look(skill: f64, if_looked: f64, if_not: f64) -> f64 {
    ratio(skill * if_looked, (1.0 - skill) * if_not)
}

/// The share of the first in both; a half when there is nothing.
fn ratio(one: f64, other: f64) -> f64 {
    let sum = one + other;
    if sum > 0.0 { one / sum } else { 0.5 }
}

/// Steps for the strengths in each iteration. Chosen: more cost time, fewer cost iterations.
const STEPS: usize = 5;

#[cfg(test)]
mod tests {
    use super::super::bradley_terry::Preferred;
    use super::*;

    /// Items in order of their numbers, the last strongest. Annotators 0 to 3 look, 4 always answers "left".
    fn comparisons() -> Vec<Comparison> {
        let mut comparisons = Vec::new();
        for left in 0..8_u32 {
            for right in (0..8).filter(|right| *right != left) {
                for annotator in 0..5 {
                    let preferred = match annotator == 4 || left > right {
                        true => Preferred::Left,
                        false => Preferred::Right,
                    };
                    comparisons.push(Comparison { annotator, left, right, preferred });
                }
            }
        }
        comparisons
    }

    #[test]
    fn who_always_answers_left_is_found_and_not_heard() {
        let scores = NoisyBradleyTerry::default().infer(8, 6, &comparisons()).unwrap();
        assert_eq!(scores.items.ranking(), [7, 6, 5, 4, 3, 2, 1, 0]);
        let skill = |annotator: usize| scores.skills[annotator].unwrap();
        assert!(skill(0) > 0.9 && skill(4) < 0.2, "{:?}", scores.skills);
        assert!(scores.biases[4].unwrap() > 0.9);
        assert_eq!(scores.skills[5], None);
    }

    #[test]
    fn nothing_and_wrong_numbers() {
        let model = NoisyBradleyTerry::default();
        assert_eq!(model.infer(2, 0, &[]).unwrap().items.strengths, [0.5, 0.5]);
        assert!(model.infer(8, 4, &comparisons()).is_err());
        let bad = NoisyBradleyTerry { skill_prior: (1.0, f64::INFINITY), ..model };
        assert!(bad.infer(0, 0, &[]).is_err());
        let zero =
            NoisyBradleyTerry { prior: 0.0, skill_prior: (0.0, 0.0), bias_prior: 0.0, ..model };
        let scores = zero.infer(8, 5, &comparisons()).unwrap();
        assert!(scores.items.strengths.iter().all(|strength| strength.is_finite()));
    }
}
