//! "A score in 0..1 has expectation at least m, given the past": agreement with others.

use super::mixture::Mixture;
use crate::state;

const BETS: usize = 5;

/// Share of the largest bet that may be lost on one answer; each bet keeps some capital for ever.
const STAKES: [f64; BETS] = [0.05, 0.1, 0.25, 0.5, 0.9];

/// Settings of [`Scores`]: the floor and the bets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoresSettings {
    floor: f64,
    bets: [f64; BETS],
}

impl ScoresSettings {
    /// The null "expectation at least `floor`", with five fixed bets λ = c/(1 - floor), c = 0.05,
    /// 0.1, 0.25, 0.5, 0.9.
    ///
    /// `floor` is a share strictly between 0 and 1; values outside are moved to the nearest that
    /// can be tested (1e-6, 1 - 1e-6).
    #[must_use]
    pub fn new(floor: f64) -> Self {
        let floor = if floor.is_nan() { 1e-6 } else { floor.clamp(1e-6, 1.0 - 1e-6) };
        Self { floor, bets: STAKES.map(|stake| stake / (1.0 - floor)) }
    }

    /// The floor m, a share.
    #[must_use]
    pub fn floor(&self) -> f64 {
        self.floor
    }

    /// What one score, 0..1, multiplies each bet by.
    fn factors(&self, score: f64) -> [f64; BETS] {
        let short = self.floor - score;
        self.bets.map(|bet| 1.0 + bet * short)
    }
}

/// Wealth against the null of [`ScoresSettings`], expectation at least m given the past:
/// Σ over s ≤ n of 1/(s(s+1)) · W(s..n) + 1/(n+1) after n scores, where W(s..n) is the mean over λ of
/// ∏(1 + λ(m - x)) over scores s to n.
///
/// With no observation the wealth is 1. W is from Waudby-Smith and Ramdas, arXiv 2010.09686, section
/// 4. The sum over starts s keeps a change visible after any number of agreeing scores, each of which
/// takes from what was bet before it; its weights sum to 1 with the cash 1/(n+1), so its expectation
/// never grows either (Shin, Ramdas and Rinaldo, arXiv 2203.03532).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    capital: Mixture<BETS>,
    observations: u32,
    sum: f64,
}

state::fields!(Scores { capital, observations, sum });

impl Default for Scores {
    fn default() -> Self {
        Self { capital: Mixture::new(), observations: 0, sum: 0.0 }
    }
}

impl Scores {
    /// Takes one score; outside 0..1 it is moved to the nearer end, NaN counts as 1 (no evidence).
    pub fn observe(&mut self, settings: &ScoresSettings, score: f64) {
        let score = if score.is_nan() { 1.0 } else { score.clamp(0.0, 1.0) };
        self.capital.observe(self.observations, settings.factors(score));
        self.observations = self.observations.saturating_add(1);
        self.sum += score;
    }

    /// The wealth: 1 at the start, never negative.
    #[must_use]
    pub fn wealth(&self) -> f64 {
        self.capital.wealth(self.observations)
    }

    /// How many scores were taken.
    #[must_use]
    pub fn observations(&self) -> u32 {
        self.observations
    }

    /// The mean score, 0..1; none before the first.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.observations > 0).then(|| self.sum / f64::from(self.observations))
    }

    /// Whether this is a state that observations can have led to.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.capital.is_sound(self.observations)
            && (0.0..=f64::from(self.observations) * (1.0 + 1e-9)).contains(&self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expectation_is_at_most_one_under_the_null() {
        for floor in [0.2, 0.5, 0.7, 0.95] {
            let settings = ScoresSettings::new(floor);
            // Two-point scores with mean exactly at the floor are the hardest case; also three points.
            let cases: [&[(f64, f64)]; 3] = [
                &[(floor, 1.0), (1.0 - floor, 0.0)],
                &[(1.0, floor)],
                &[(floor / 2.0, 1.0), (0.5, floor), (0.5 - floor / 2.0, 0.0)],
            ];
            for case in cases {
                let expected: f64 = case
                    .iter()
                    .map(|(p, score)| {
                        let mut scores = Scores::default();
                        scores.observe(&settings, *score);
                        p * scores.wealth()
                    })
                    .sum();
                assert!(expected <= 1.0 + 1e-12, "{floor} {expected}");
            }
        }
    }

    /// The expected wealth after `more` scores, each drawn from `case`: chances and scores.
    fn expected(scores: Scores, settings: &ScoresSettings, case: &[(f64, f64)], more: u32) -> f64 {
        if more == 0 {
            return scores.wealth();
        }
        let branch = |(p, score): &(f64, f64)| {
            let mut after = scores;
            after.observe(settings, *score);
            p * expected(after, settings, case, more - 1)
        };
        case.iter().map(branch).sum()
    }

    #[test]
    fn the_expectation_over_a_whole_tree_is_one_at_the_null_and_never_grows_above() {
        for floor in [0.2, 0.4, 0.7] {
            let settings = ScoresSettings::new(floor);
            for over in [0.0, 0.1, 0.3] {
                let mean = floor + over;
                let three = [(mean / 2.0, 1.0), (0.5, mean), (0.5 - mean / 2.0, 0.0)];
                for case in [&[(mean, 1.0), (1.0 - mean, 0.0)][..], &three] {
                    let mut last = 1.0;
                    for more in 0..=7 {
                        let now = expected(Scores::default(), &settings, case, more);
                        assert!(now <= last * (1.0 + 1e-12), "{floor} {over} {more}: {now}");
                        last = now;
                    }
                    assert!(over > 0.0 || (last - 1.0).abs() < 1e-12, "{floor}: {last}");
                }
            }
        }
    }

    #[test]
    fn nothing_observed_is_wealth_one() {
        assert_eq!(Scores::default().wealth().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn the_wealth_is_the_weighted_sum_over_starts_and_the_cash() {
        let settings = ScoresSettings::new(0.4);
        let mut scores = Scores::default();
        let mut factors = vec![];
        for score in [1.0, 0.0, 0.3, 0.0, 0.0, 1.0, 0.9, 0.0, 0.0, 0.5] {
            scores.observe(&settings, score);
            factors.push(settings.factors(score));
            let direct = Mixture::by_the_formula(&factors);
            assert!((scores.wealth() / direct - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn disagreement_after_a_long_agreement_is_caught() {
        // The default policy: floor 0.4; wealth 400 holds.
        let settings = ScoresSettings::new(0.4);
        let mut scores = Scores::default();
        for _ in 0..100_000 {
            scores.observe(&settings, 1.0);
        }
        let held = (1..=200).find(|_| {
            scores.observe(&settings, 0.0);
            scores.wealth() >= 400.0
        });
        let held = held.expect("who changes is caught");
        assert!(held <= 80, "{held}");
    }

    #[test]
    fn a_million_scores_neither_overflow_nor_turn_to_nan() {
        let settings = ScoresSettings::new(0.4);
        for score in [0.0, 1.0] {
            let mut scores = Scores::default();
            for _ in 0..1_000_000 {
                scores.observe(&settings, score);
            }
            assert!(scores.wealth().is_finite() && scores.is_sound());
        }
    }

    #[test]
    fn full_agreement_never_earns_and_full_disagreement_does() {
        let settings = ScoresSettings::new(0.5);
        let (mut agree, mut disagree) = (Scores::default(), Scores::default());
        for _ in 0..20 {
            agree.observe(&settings, 1.0);
            disagree.observe(&settings, 0.0);
        }
        assert!(agree.wealth() < 1.0);
        assert!(disagree.wealth() > 400.0);
    }

    #[test]
    fn a_score_that_is_no_number_is_no_evidence() {
        let settings = ScoresSettings::new(0.5);
        let mut scores = Scores::default();
        scores.observe(&settings, f64::NAN);
        assert!(scores.wealth() <= 1.0);
        assert!(scores.is_sound());
    }
}
