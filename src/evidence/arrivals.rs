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
}

/// Wealth against the null of [`ArrivalsSettings`]: the mean over r of r^N · exp(-λt(r-1)).
///
/// The clock starts at the first arrival, which is not counted. With no arrival the wealth is 1.
/// Likelihood ratio of Poisson processes, Wald 1947; a supermartingale for every intensity up to λ.
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
        self.arrivals = self.arrivals.saturating_add(1);
        #[allow(clippy::cast_precision_loss)] // beyond 2^53 ms the factor is 0 either way
        let expected = settings.per_ms * passed_ms as f64;
        // exp(-λt(r-1)) for every r from one call: r-1 is 1/2 times 1, 2, 4, 8, 18.
        let half = libm::exp(-expected / 2.0);
        let one = half * half;
        let two = one * one;
        let four = two * two;
        let eight = four * four;
        let decays = [half, one, two, four, eight * one];
        self.capital.multiply(RATES.iter().zip(decays).map(|(rate, decay)| rate * decay));
    }

    /// The wealth: 1 at the start, never negative.
    #[must_use]
    pub fn wealth(&self) -> f64 {
        self.capital.wealth()
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
        self.capital.is_sound() && (self.arrivals == 0 || self.last_ms.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_wealth(per_hour: f64, arrivals: i64, over_ms: i64) -> f64 {
        let settings = ArrivalsSettings::new(per_hour);
        let mut process = Arrivals::default();
        for n in 0..=arrivals {
            process.observe(&settings, n * over_ms / arrivals);
        }
        process.wealth().ln()
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
        assert!((process.wealth() - direct).abs() < 1e-12);
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
