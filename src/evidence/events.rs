//! "An event has probability at most p, given the past": wrong gold answers, fast answers.

use super::mixture::Mixture;
use crate::state;

const BETS: usize = 10;

/// Settings of [`Events`]: the null and the alternatives bet on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventsSettings {
    null: f64,
    /// For each alternative q > p: the factor q/p when the event happens.
    on_event: [f64; BETS],
    /// ... and (1-q)/(1-p) when it does not.
    on_none: [f64; BETS],
}

impl EventsSettings {
    /// The null "probability at most `null`", with ten alternatives spread evenly over the rest:
    /// `1 - q = (1 - null) * g` for g = 0.05, 0.15, …, 0.95.
    ///
    /// `null` is a share strictly between 0 and 1; values outside are moved to the nearest that
    /// can be tested (1e-6, 1 - 1e-6).
    ///
    /// For gold with accuracy floor m use `null = 1 - m` and count wrong answers: the alternatives
    /// are then accuracies m·0.05 … m·0.95.
    #[must_use]
    pub fn new(null: f64) -> Self {
        let null = if null.is_nan() { 1.0 - 1e-6 } else { null.clamp(1e-6, 1.0 - 1e-6) };
        let mut on_event = [1.0; BETS];
        let mut on_none = [1.0; BETS];
        let mut step = 0.0;
        for (event, none) in on_event.iter_mut().zip(&mut on_none) {
            let share = 0.05 + 0.1 * step;
            *event = (1.0 - (1.0 - null) * share) / null;
            *none = share;
            step += 1.0;
        }
        Self { null, on_event, on_none }
    }

    /// The null probability, a share.
    #[must_use]
    pub fn null(&self) -> f64 {
        self.null
    }

    /// What one observation multiplies each bet by.
    fn factors(&self, happened: bool) -> [f64; BETS] {
        if happened { self.on_event } else { self.on_none }
    }
}

/// Wealth against the null of [`EventsSettings`], probability at most p given the past:
/// Σ over s ≤ n of 1/(s(s+1)) · W(s..n) + 1/(n+1) after n observations, where W(s..n) is the mean
/// over alternatives q of the product of the factors of observations s to n.
///
/// Factor of one observation under alternative q: q/p if the event happened, (1-q)/(1-p) if not;
/// the expectation is at most 1 for every true probability up to p. With no observation the wealth
/// is 1. The factors are likelihood ratios, Wald 1947. The sum over starts s keeps a change visible
/// after any number of honest observations, each of which takes from what was bet before it; its
/// weights sum to 1 with the cash 1/(n+1), so its expectation never grows either (Shin, Ramdas and
/// Rinaldo, arXiv 2203.03532).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Events {
    capital: Mixture<BETS>,
    observations: u32,
    events: u32,
}

state::fields!(Events { capital, observations, events });

impl Default for Events {
    fn default() -> Self {
        Self { capital: Mixture::new(), observations: 0, events: 0 }
    }
}

impl Events {
    /// Takes one observation.
    pub fn observe(&mut self, settings: &EventsSettings, happened: bool) {
        self.capital.observe(self.observations, settings.factors(happened));
        self.observations = self.observations.saturating_add(1);
        if happened {
            self.events = self.events.saturating_add(1);
        }
    }

    /// Turns the last observation, taken as "did not happen", into "happened".
    ///
    /// For observations that can only ever turn this way (a page of answers that becomes too fast
    /// as more answers are found to belong to it): the bound holds for the final outcome, and no
    /// earlier look can have shown more wealth than the final one. What is bet on the observation
    /// was bet when it was taken, so the cash stays.
    pub fn revise_last_to_event(&mut self, settings: &EventsSettings) {
        self.events = self.events.saturating_add(1);
        let ratios =
            settings.on_event.iter().zip(&settings.on_none).map(|(event, none)| event / none);
        self.capital.multiply(ratios);
    }

    /// The wealth: 1 at the start, never negative.
    #[must_use]
    pub fn wealth(&self) -> f64 {
        self.capital.wealth(self.observations)
    }

    /// How many observations were taken.
    #[must_use]
    pub fn observations(&self) -> u32 {
        self.observations
    }

    /// In how many of them the event happened.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.events
    }

    /// Whether this is a state that observations can have led to.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.capital.is_sound(self.observations) && self.events <= self.observations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Log wealth for gold with floor 0.7 after these answers; 1 is right. Of one start: the
    /// published values are of a process that bets all its capital before the first answer. The
    /// whole is a weighted sum of such, see `mixture`.
    fn gold(answers: &[u8]) -> f64 {
        let settings = EventsSettings::new(1.0 - 0.7);
        Mixture::of_one_start(answers.iter().map(|answer| settings.factors(*answer == 0))).ln()
    }

    #[test]
    fn golden_values_of_gold_accuracy() {
        // Tolerance 1e-12: the reference adds logarithms, this multiplies.
        assert!((gold(&[0; 5]) - 4.577_961_477_866_764).abs() < 1e-12);
        assert!((gold(&[1, 0, 1, 0, 0, 1, 0, 0, 0, 0]) - 2.664_981_658_017_039_4).abs() < 1e-12);
        assert!(gold(&[0; 5]) < 100_f64.ln());
        assert!(gold(&[0; 6]) > 100_f64.ln());
    }

    #[test]
    fn nothing_observed_is_wealth_one() {
        assert_eq!(Events::default().wealth().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn the_wealth_is_the_weighted_sum_over_starts_and_the_cash() {
        let settings = EventsSettings::new(0.05);
        let mut events = Events::default();
        let mut factors = vec![];
        for happened in [false, true, true, false, false, false, true, true, true, false] {
            events.observe(&settings, happened);
            factors.push(settings.factors(happened));
            let direct = Mixture::by_the_formula(&factors);
            assert!((events.wealth() / direct - 1.0).abs() < 1e-12);
        }
    }

    /// The expected wealth after `more` observations, each an event with probability `p`.
    fn expected(events: Events, settings: &EventsSettings, p: f64, more: u32) -> f64 {
        if more == 0 {
            return events.wealth();
        }
        let (mut yes, mut no) = (events, events);
        yes.observe(settings, true);
        no.observe(settings, false);
        p * expected(yes, settings, p, more - 1) + (1.0 - p) * expected(no, settings, p, more - 1)
    }

    #[test]
    fn the_expectation_over_a_whole_tree_is_one_at_the_null_and_never_grows_below() {
        for null in [0.05, 0.3, 0.5, 0.9] {
            let settings = EventsSettings::new(null);
            for share in [0.0, 0.3, 0.9, 1.0] {
                let mut last = 1.0;
                for more in 0..=10 {
                    let mean = expected(Events::default(), &settings, null * share, more);
                    assert!(mean <= last * (1.0 + 1e-12), "{null} {share} {more}: {mean}");
                    last = mean;
                }
                assert!(share < 1.0 || (last - 1.0).abs() < 1e-12, "{null}: {last}");
            }
        }
    }

    #[test]
    fn events_after_a_long_honest_past_are_caught() {
        // The default policy: 5 % too fast, 30 % of gold wrong; wealth 400 holds.
        for (null, most) in [(0.05, 20), (0.3, 40)] {
            let settings = EventsSettings::new(null);
            let mut events = Events::default();
            for _ in 0..100_000 {
                events.observe(&settings, false);
            }
            let held = (1..=100).find(|_| {
                events.observe(&settings, true);
                events.wealth() >= 400.0
            });
            let held = held.expect("who changes is caught");
            assert!(held <= most, "{null}: {held}");
        }
    }

    #[test]
    fn the_expectation_is_at_most_one_everywhere_under_the_null() {
        for null in [0.05, 0.3, 0.5, 0.9] {
            let settings = EventsSettings::new(null);
            for start in [&[][..], &[true], &[false, false], &[true, false, true]] {
                let mut before = Events::default();
                for happened in start {
                    before.observe(&settings, *happened);
                }
                let (mut yes, mut no) = (before, before);
                yes.observe(&settings, true);
                no.observe(&settings, false);
                for share in [0.0, 0.5, 1.0] {
                    let p = null * share;
                    let expected = p * yes.wealth() + (1.0 - p) * no.wealth();
                    assert!(expected <= before.wealth() * (1.0 + 1e-12), "{null} {share}");
                }
                // Also after a revision, which only makes the observation an event after all.
                let mut revised = no;
                revised.revise_last_to_event(&settings);
                assert!((revised.wealth() / yes.wealth() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_revised_observation_equals_one_taken_as_event() {
        let settings = EventsSettings::new(0.05);
        let (mut revised, mut direct) = (Events::default(), Events::default());
        revised.observe(&settings, false);
        revised.revise_last_to_event(&settings);
        direct.observe(&settings, true);
        assert!((revised.wealth() / direct.wealth() - 1.0).abs() < 1e-12);
        assert_eq!((revised.observations(), revised.events()), (1, 1));
    }

    #[test]
    fn a_million_observations_neither_overflow_nor_turn_to_nan() {
        let settings = EventsSettings::new(0.05);
        for happened in [true, false] {
            let mut events = Events::default();
            for _ in 0..1_000_000 {
                events.observe(&settings, happened);
            }
            assert!(events.wealth().is_finite() && events.is_sound());
        }
    }
}
