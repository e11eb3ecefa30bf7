//! "Arrivals have conditional intensity at most λ": how many answers an hour.

use super::mixture::Mixture;
use crate::state;

const BETS: usize = 5;

/// How many times faster than the null each bet expects the arrivals to be.
const RATES: [f64; BETS] = [1.5, 2.0, 3.0, 5.0, 10.0];

/// Settings of [`Arrivals`]: the greatest honest rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrivalsSettings {
    per_ms: f64,
}

const MS_PER_HOUR: f64 = 3_600_000.0;

impl ArrivalsSettings {
    /// The null "at most `per_hour` arrivals an hour at any moment, given the past".
    ///
    /// `per_hour` is a positive, finite number; anything else counts as the smallest or greatest
    /// that can be tested (1e-3, 1e9).
    #[must_use]
    pub fn new(per_hour: f64) -> Self {
        let per_hour = if per_hour.is_nan() { 1e9 } else { per_hour.clamp(1e-3, 1e9) };
        Self { per_ms: per_hour / MS_PER_HOUR }
    }

    /// The rate of the null, per hour.
    #[must_use]
    pub fn per_hour(&self) -> f64 {
        self.per_ms * MS_PER_HOUR
    }

    /// r · exp(-λt(r-1)) for every bet r: what one arrival after this time multiplies it by.
    fn factors(&self, passed_ms: i64) -> [f64; BETS] {
        #[allow(clippy::cast_precision_loss)] // beyond 2^53 ms the factor is 0 either way
        let expected = self.per_ms * passed_ms as f64;
        // exp(-λt(r-1)) for every r from one call: r-1 is 1/2 times 1, 2, 4, 8, 18.
        let half = libm::exp(-expected / 2.0);
        let one = half * half;
        let two = one * one;
        let four = two * two;
        let eight = four * four;
        let mut factors = [half, one, two, four, eight * one];
        for (factor, rate) in factors.iter_mut().zip(RATES) {
            *factor *= rate;
        }
        factors
    }
}

/// Wealth against the null of [`ArrivalsSettings`], conditional intensity at most λ:
/// Σ over s ≤ N of 1/(s(s+1)) · W(s..N) + 1/(N+1) after N arrivals, where W(s..N) is the mean over r
/// of r^(N-s+1) · exp(-λt(r-1)) and t is the time from arrival s-1 to arrival N.
///
/// The clock starts at the first arrival, which is not counted (it is arrival 0). With no arrival the
/// wealth is 1. W is the likelihood ratio of Poisson processes, Wald 1947; a supermartingale for every
/// intensity up to λ. The sum over starts s keeps a burst visible after any pause, which takes nearly
/// all that was bet before it; its weights sum to 1 with the cash 1/(N+1), so it is one too (Shin,
/// Ramdas and Rinaldo, arXiv 2203.03532).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrivals {
    capital: Mixture<BETS>,
    arrivals: u32,
    last_ms: Option<i64>,
}

state::fields!(Arrivals { capital, arrivals, last_ms });

impl Default for Arrivals {
    fn default() -> Self {
        Self { capital: Mixture::new(), arrivals: 0, last_ms: None }
    }
}

impl Arrivals {
    /// Takes one arrival at `at_ms` (Unix milliseconds of the observer's own clock). Time that runs
    /// backwards counts as no time passed.
    pub fn observe(&mut self, settings: &ArrivalsSettings, at_ms: i64) {
        let Some(last_ms) = self.last_ms else {
            self.last_ms = Some(at_ms);
            return;
        };
        let passed_ms = at_ms.saturating_sub(last_ms).max(0);
        self.last_ms = Some(last_ms.max(at_ms));
        self.capital.observe(self.arrivals, settings.factors(passed_ms));
        self.arrivals = self.arrivals.saturating_add(1);
    }

    /// The wealth: 1 at the start, never negative.
    #[must_use]
    pub fn wealth(&self) -> f64 {
        self.capital.wealth(self.arrivals)
    }

    /// When the latest arrival was, in Unix milliseconds; none before the first.
    #[must_use]
    pub fn last_ms(&self) -> Option<i64> {
        self.last_ms
    }

    /// How many arrivals were counted: all but the first.
    #[must_use]
    pub fn arrivals(&self) -> u32 {
        self.arrivals
    }

    /// Whether this is a state that observations can have led to.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.capital.is_sound(self.arrivals) && (self.arrivals == 0 || self.last_ms.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Log wealth of one start: the published values are of a process that bets all its capital
    /// before the first arrival. The whole is a weighted sum of such, see `mixture`.
    fn log_wealth(per_hour: f64, arrivals: i64, over_ms: i64) -> f64 {
        let settings = ArrivalsSettings::new(per_hour);
        let at = |n: i64| n * over_ms / arrivals;
        let factors = (1..=arrivals).map(|n| settings.factors(at(n) - at(n - 1)));
        Mixture::of_one_start(factors).ln()
    }

    #[test]
    fn golden_values_of_rate() {
        // Tolerance 1e-9: spacing in whole milliseconds, and a product instead of a sum of logarithms.
        assert!((log_wealth(30.0, 60, 3_600_000) - 10.081_673_955_213_61).abs() < 1e-9);
        assert!((log_wealth(30.0, 40, 3_600_000) + 0.360_868_904_991_467_07).abs() < 1e-9);
    }

    #[test]
    fn the_last_decay_is_that_of_rate_ten() {
        let settings = ArrivalsSettings::new(3600.0);
        let mut process = Arrivals::default();
        process.observe(&settings, 0);
        process.observe(&settings, 1000);
        let direct: f64 =
            RATES.iter().map(|r| r * (-(r - 1.0f64)).exp()).sum::<f64>() / RATES.len() as f64;
        assert!((process.wealth() - (direct / 2.0 + 0.5)).abs() < 1e-12);
    }

    #[test]
    fn the_wealth_is_the_weighted_sum_over_starts_and_the_cash() {
        let settings = ArrivalsSettings::new(1200.0);
        let mut process = Arrivals::default();
        let mut factors = vec![];
        let mut at_ms = 0;
        process.observe(&settings, at_ms);
        for gap_ms in [10, 3000, 0, 7_200_000, 5, 5, 900, 4000, 1, 1] {
            at_ms += gap_ms;
            process.observe(&settings, at_ms);
            factors.push(settings.factors(gap_ms));
            let direct = Mixture::by_the_formula(&factors);
            assert!((process.wealth() / direct - 1.0).abs() < 1e-12, "{gap_ms}");
        }
    }

    #[test]
    fn the_expectation_never_grows_under_the_null() {
        // Gaps of a Poisson process at a share of the null's rate, which is exactly 1 at the null; a
        // sum over gaps of 1 ms, each by its chance, up to where nothing is left. Whole milliseconds
        // rounded up take evidence away only.
        let settings = ArrivalsSettings::new(36_000.0);
        for past in [&[][..], &[0], &[3_600_000], &[1, 1, 1, 50, 4000], &[0; 9]] {
            let mut before = Arrivals::default();
            let mut at_ms = 0;
            before.observe(&settings, at_ms);
            for gap_ms in past {
                at_ms += gap_ms;
                before.observe(&settings, at_ms);
            }
            for (share, until_ms) in [(1.0, 4000), (0.5, 8000), (0.01, 400_000)] {
                let rate = settings.per_ms * share;
                let expected: f64 = (1..=until_ms)
                    .map(|gap_ms| {
                        let mut after = before;
                        after.observe(&settings, at_ms + i64::from(gap_ms));
                        let until = |ms: i32| -(-rate * f64::from(ms)).exp_m1();
                        (until(gap_ms) - until(gap_ms - 1)) * after.wealth()
                    })
                    .sum();
                assert!(expected <= before.wealth() * (1.0 + 1e-9), "{past:?} {share} {expected}");
                if until_ms == 4000 {
                    let least = before.wealth() * 0.9;
                    assert!(expected > least, "{past:?}: {expected}, is this the border?");
                }
            }
        }
    }

    #[test]
    fn a_burst_after_a_long_pause_is_caught() {
        const HOUR_MS: i64 = 3_600_000;
        // The default policy: 1200 an hour, and wealth 400 holds.
        let settings = ArrivalsSettings::new(1200.0);
        for pause_ms in [72 * 60_000, 2 * HOUR_MS, 7 * 24 * HOUR_MS, 365 * 24 * HOUR_MS] {
            let mut process = Arrivals::default();
            for n in 0..100 {
                process.observe(&settings, n * 10_000);
            }
            let start_ms = 100 * 10_000 + pause_ms;
            let held = (0..100).position(|n| {
                process.observe(&settings, start_ms + n);
                process.wealth() >= 400.0
            });
            let held = held.expect("a burst is caught") + 1;
            assert!(held <= 20, "{pause_ms} ms: {held}");
        }
    }

    #[test]
    fn a_million_arrivals_neither_overflow_nor_turn_to_nan() {
        let settings = ArrivalsSettings::new(1200.0);
        for gap_ms in [0, 3000, 7_200_000] {
            let mut process = Arrivals::default();
            for n in 0..=1_000_000 {
                process.observe(&settings, n * gap_ms);
            }
            assert!(process.wealth().is_finite() && process.is_sound());
            assert_eq!(process.arrivals(), 1_000_000);
        }
    }

    #[test]
    fn a_clock_that_runs_backwards_gives_no_extra_time() {
        let settings = ArrivalsSettings::new(60.0);
        let (mut back, mut still) = (Arrivals::default(), Arrivals::default());
        for at in [10_000, 5_000, 10_000] {
            back.observe(&settings, at);
        }
        for at in [10_000, 10_000, 10_000] {
            still.observe(&settings, at);
        }
        assert_eq!(back, still);
    }

    #[test]
    fn a_pause_of_years_is_finite() {
        let settings = ArrivalsSettings::new(60.0);
        let mut process = Arrivals::default();
        process.observe(&settings, i64::MIN);
        process.observe(&settings, i64::MAX);
        assert!(process.wealth().is_finite() && process.is_sound());
    }
}
