//! "A score in 0..1 has expectation at least m, given the past": agreement with others.

use super::mixture::Mixture;
use crate::state;

const BETS: usize = 5;

/// Share of the largest bet that may be lost on one answer; each bet keeps some capital for ever.
const STAKES: [f64; BETS] = [0.05, 0.1, 0.25, 0.5, 0.9];

/// Wealth against the null "score x_t has expectation at least m_t, given the past":
/// Σ over s ≤ n of 1/(s(s+1)) · W(s..n) + 1/(n+1) after n scores, where W(s..n) is the mean over c of
/// ∏(1 + c(m_t - x_t)/(1 - m_t)) over scores s to n, and c = 0.05, 0.1, 0.25, 0.5, 0.9.
///
/// The floor m_t may be another for each score. It must be predictable: fixed by what was known
/// before x_t. "The past" is then any record that holds the floors up to m_t and the scores before
/// x_t; given it, each factor has expectation at most 1, so the wealth is a test supermartingale
/// whatever made the floors. With one floor for all it is the null "expectation at least m".
///
/// With no observation the wealth is 1. W is from Waudby-Smith and Ramdas, arXiv 2010.09686, section
/// 4, whose bets are predictable too. The sum over starts s keeps a change visible after any number of agreeing scores, each of which
/// takes from what was bet before it; its weights sum to 1 with the cash 1/(n+1), so its expectation
/// never grows either (Shin, Ramdas and Rinaldo, arXiv 2203.03532).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    capital: Mixture<BETS>,
    observations: u32,
    sum: f64,
    floors: f64,
}

state::fields!(Scores { capital, observations, sum, floors });

impl Default for Scores {
    fn default() -> Self {
        Self { capital: Mixture::new(), observations: 0, sum: 0.0, floors: 0.0 }
    }
}

impl Scores {
    /// Takes one score against the floor that was in force for it.
    ///
    /// `floor` is a share strictly between 0 and 1; values outside are moved to the nearest that can
    /// be tested (1e-6, 1 - 1e-6). A score outside 0..1 is moved to the nearer end. NaN of either is
    /// no evidence: the least floor, the score 1.
    pub fn observe(&mut self, floor: f64, score: f64) {
        let floor = if floor.is_nan() { LEAST_FLOOR } else { floor };
        let floor = floor.clamp(LEAST_FLOOR, 1.0 - LEAST_FLOOR);
        let score = if score.is_nan() { 1.0 } else { score.clamp(0.0, 1.0) };
        self.capital.observe(self.observations, factors(floor, score));
        self.observations = self.observations.saturating_add(1);
        self.sum += score;
        self.floors += floor;
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

    /// The mean of the floors, 0..1; none before the first score.
    #[must_use]
    pub fn mean_floor(&self) -> Option<f64> {
        (self.observations > 0).then(|| self.floors / f64::from(self.observations))
    }

    /// Whether this is a state that observations can have led to.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let most = f64::from(self.observations) * (1.0 + 1e-9);
        self.capital.is_sound(self.observations)
            && (0.0..=most).contains(&self.sum)
            && (0.0..=most).contains(&self.floors)
    }
}

const LEAST_FLOOR: f64 = 1e-6;

/// What one score, 0..1, multiplies each bet by.
fn factors(floor: f64, score: f64) -> [f64; BETS] {
    let short = (floor - score) / (1.0 - floor);
    STAKES.map(|stake| 1.0 + stake * short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expectation_is_at_most_one_under_the_null() {
        for floor in [0.2, 0.5, 0.7, 0.95] {
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
                        scores.observe(floor, *score);
                        p * scores.wealth()
                    })
                    .sum();
                assert!(expected <= 1.0 + 1e-12, "{floor} {expected}");
            }
        }
    }

    /// The expected wealth after `more` scores, each drawn from `case`: chances and scores.
    fn expected(scores: Scores, floor: f64, case: &[(f64, f64)], more: u32) -> f64 {
        if more == 0 {
            return scores.wealth();
        }
        let branch = |(p, score): &(f64, f64)| {
            let mut after = scores;
            after.observe(floor, *score);
            p * expected(after, floor, case, more - 1)
        };
        case.iter().map(branch).sum()
    }

    #[test]
    fn the_expectation_over_a_whole_tree_is_one_at_the_null_and_never_grows_above() {
        for floor in [0.2, 0.4, 0.7] {
            for over in [0.0, 0.1, 0.3] {
                let mean = floor + over;
                let three = [(mean / 2.0, 1.0), (0.5, mean), (0.5 - mean / 2.0, 0.0)];
                for case in [&[(mean, 1.0), (1.0 - mean, 0.0)][..], &three] {
                    let mut last = 1.0;
                    for more in 0..=7 {
                        let now = expected(Scores::default(), floor, case, more);
                        assert!(now <= last * (1.0 + 1e-12), "{floor} {over} {more}: {now}");
                        last = now;
                    }
                    assert!(over > 0.0 || (last - 1.0).abs() < 1e-12, "{floor}: {last}");
                }
            }
        }
    }

    /// The expected wealth after `more` scores when each floor depends on the score before it, and
    /// each score is 1 with the chance of its floor.
    fn expected_when_floors_follow(scores: Scores, floor: f64, more: u32) -> f64 {
        if more == 0 {
            return scores.wealth();
        }
        let branch = |score: f64, chance: f64| {
            let mut after = scores;
            after.observe(floor, score);
            let next = if score > 0.5 { 0.8 * floor + 0.1 } else { 0.9 * floor };
            chance * expected_when_floors_follow(after, next, more - 1)
        };
        branch(1.0, floor) + branch(0.0, 1.0 - floor)
    }

    #[test]
    fn the_expectation_stays_one_when_the_floor_follows_what_was_seen() {
        for floor in [0.2, 0.5, 0.9] {
            let wealth = expected_when_floors_follow(Scores::default(), floor, 10);
            assert!((wealth - 1.0).abs() < 1e-12, "{floor}: {wealth}");
        }
    }

    #[test]
    fn nothing_observed_is_wealth_one() {
        assert_eq!(Scores::default().wealth().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn the_wealth_is_the_weighted_sum_over_starts_and_the_cash() {
        let mut scores = Scores::default();
        let mut all = vec![];
        for (n, score) in (0u8..).zip([1.0, 0.0, 0.3, 0.0, 0.0, 1.0, 0.9, 0.0, 0.0, 0.5]) {
            let floor = 0.4 + f64::from(n) / 40.0;
            scores.observe(floor, score);
            all.push(factors(floor, score));
            let direct = Mixture::by_the_formula(&all);
            assert!((scores.wealth() / direct - 1.0).abs() < 1e-12);
        }
        assert!((scores.mean_floor().unwrap() - 0.5125).abs() < 1e-12);
    }

    #[test]
    fn disagreement_after_a_long_agreement_is_caught() {
        let floor = 0.4;
        let mut scores = Scores::default();
        for _ in 0..100_000 {
            scores.observe(floor, 1.0);
        }
        let held = (1..=200).find(|_| {
            scores.observe(floor, 0.0);
            scores.wealth() >= 400.0
        });
        let held = held.expect("who changes is caught");
        assert!(held <= 80, "{held}");
    }

    #[test]
    fn a_million_scores_neither_overflow_nor_turn_to_nan() {
        let floor = 0.4;
        for score in [0.0, 1.0] {
            let mut scores = Scores::default();
            for _ in 0..1_000_000 {
                scores.observe(floor, score);
            }
            assert!(scores.wealth().is_finite() && scores.is_sound());
        }
    }

    #[test]
    fn full_agreement_never_earns_and_full_disagreement_does() {
        let floor = 0.5;
        let (mut agree, mut disagree) = (Scores::default(), Scores::default());
        for _ in 0..20 {
            agree.observe(floor, 1.0);
            disagree.observe(floor, 0.0);
        }
        assert!(agree.wealth() < 1.0);
        assert!(disagree.wealth() > 400.0);
    }

    #[test]
    fn a_score_that_is_no_number_is_no_evidence() {
        let floor = 0.5;
        let mut scores = Scores::default();
        scores.observe(floor, f64::NAN);
        assert!(scores.wealth() <= 1.0);
        assert!(scores.is_sound());
    }
}
