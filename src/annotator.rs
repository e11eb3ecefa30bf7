//! What we remember of one annotator: wealths, counters, the session's clock, recent ids.

mod clock;
mod page;
mod recent;
mod track;

use crate::error::{Error, ErrorCode};
use crate::evidence::{Arrivals, ArrivalsSettings, Events, EventsSettings, Scores};
use crate::id::Id;
use crate::item::{AnswerStanding, LateScore, Observation};
use crate::policy::Policy;
use crate::state::{self, Kind};
use crate::submission::Submission;
use crate::verdict::ReasonCode;

use clock::SessionClock;
use page::{Page, PageStep};
use recent::RecentIds;

pub use track::Track;

/// The policy's thresholds of the evidence checks, worked out once.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceSettings {
    pub(crate) too_fast: EventsSettings,
    pub(crate) rate_burst: ArrivalsSettings,
    pub(crate) gold_missed: EventsSettings,
    thresholds: [f64; 4],
}

impl EvidenceSettings {
    /// The settings that a policy asks for.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        Self {
            too_fast: policy.too_fast_settings(),
            rate_burst: policy.rate_burst_settings(),
            gold_missed: policy.gold_missed_settings(),
            thresholds: [
                policy.threshold(ReasonCode::TooFast),
                policy.threshold(ReasonCode::RateBurst),
                policy.threshold(ReasonCode::GoldMissed),
                policy.threshold(ReasonCode::Disagrees),
            ],
        }
    }
}

/// One annotator's memory: bounded (at most 2 KiB saved), O(1) an answer, free of any clock.
///
/// Can be saved, restored and sent. At the edge it lives in one Durable Object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotator {
    answers: u32,
    recent: RecentIds,
    clock: SessionClock,
    page: Page,
    pub(crate) too_fast: Track<Events>,
    pub(crate) rate_burst: Track<Arrivals>,
    pub(crate) gold_missed: Track<Events>,
    pub(crate) disagrees: Track<Scores>,
}

state::fields!(Annotator {
    answers,
    recent,
    clock,
    page,
    too_fast,
    rate_burst,
    gold_missed,
    disagrees,
});

const KIND: Kind = Kind { magic: *b"LGAN", noun: "annotator" };

impl Annotator {
    /// An annotator of whom nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many answers were taken.
    #[must_use]
    pub fn answers(&self) -> u32 {
        self.answers
    }

    /// Whether this submission id is among the last ones taken (64 of them).
    #[must_use]
    pub fn has_taken(&self, submission_id: &Id<'_>) -> bool {
        self.recent.contains(submission_id)
    }

    /// How far ahead of the gate's clock the session has run at most, in ms; none when the session
    /// is new.
    #[must_use]
    pub fn ahead_ms(&self, submission: &Submission<'_>) -> Option<i64> {
        self.clock.ahead_ms(submission.session.as_ref())
    }

    /// When the latest page arrived, in Unix ms on the gate's clock; none when that is not known. A
    /// host that reads files takes an earlier arrival after it as unknown.
    #[must_use]
    pub fn last_arrival_ms(&self) -> Option<i64> {
        self.rate_burst.process.last_ms()
    }

    /// What this annotator's word counts when others are compared with it: 0 once held, 1 while
    /// fresh, then the log-odds of the smoothed share of right answers, in units of the prior's, from
    /// 0.25 to 4.
    ///
    /// The share is Beta(4, 2) over gold answers and agreement with others (Manino et al., NeurIPS
    /// 2019, widened); before ten answers everybody counts the same, so that early wrong weights
    /// cannot feed themselves. The least is over 0, because on a task with many classes honest people
    /// agree in less than half of their answers, and somebody must be left to compare with.
    #[must_use]
    pub fn weight(&self) -> f32 {
        const PRIOR_RIGHT: f64 = 4.0;
        const PRIOR_WRONG: f64 = 2.0;
        const MIN_ANSWERS: f64 = 10.0;
        const LEAST: f64 = 0.25;
        const MOST: f64 = 4.0;
        if self.is_held() {
            return 0.0;
        }
        let gold = &self.gold_missed.process;
        let peers = &self.disagrees.process;
        let gold_right = f64::from(gold.observations() - gold.events().min(gold.observations()));
        let peers_right = peers.mean().unwrap_or(0.0) * f64::from(peers.observations());
        let seen = f64::from(gold.observations()) + f64::from(peers.observations());
        if seen < MIN_ANSWERS {
            return 1.0;
        }
        let share = (PRIOR_RIGHT + gold_right + peers_right) / (PRIOR_RIGHT + PRIOR_WRONG + seen);
        // The prior's odds are 2 to 1.
        let odds = libm::log(share / (1.0 - share)) / std::f64::consts::LN_2;
        #[allow(clippy::cast_possible_truncation)] // within 0.25..4; rounding to f32 is meant
        let weight = odds.clamp(LEAST, MOST) as f32;
        weight
    }

    /// Whether any evidence check has ever crossed its threshold.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.too_fast.held_since.is_some()
            || self.rate_burst.held_since.is_some()
            || self.gold_missed.held_since.is_some()
            || self.disagrees.held_since.is_some()
    }

    /// The answer (counted from 1) at which the annotator was first held, by any check.
    #[must_use]
    pub fn first_held_at(&self) -> Option<u32> {
        [
            self.too_fast.held_since,
            self.rate_burst.held_since,
            self.gold_missed.held_since,
            self.disagrees.held_since,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The answer (counted from 1) at which this evidence check first held the annotator; none for
    /// other checks.
    #[must_use]
    pub fn held_since(&self, check: ReasonCode) -> Option<u32> {
        match check {
            ReasonCode::TooFast => self.too_fast.held_since,
            ReasonCode::RateBurst => self.rate_burst.held_since,
            ReasonCode::GoldMissed => self.gold_missed.held_since,
            ReasonCode::Disagrees => self.disagrees.held_since,
            _ => None,
        }
    }

    /// Takes one answer: every evidence process sees what concerns it. O(1).
    ///
    /// `at_ms` is the gate's own clock (Unix ms) when the answer arrived; none when a file does not
    /// tell, and then arrivals are not counted.
    pub fn observe(
        &mut self,
        submission: &Submission<'_>,
        observation: &Observation,
        policy: &Policy,
        settings: &EvidenceSettings,
        at_ms: Option<i64>,
    ) {
        self.answers = self.answers.saturating_add(1);
        self.recent.remember(&submission.id);
        if let Some(at_ms) = at_ms {
            self.clock.observe(submission, at_ms);
        }
        match observation.standing {
            AnswerStanding::New | AnswerStanding::Repeat => {
                self.observe_answer(submission, observation, policy, settings, at_ms);
            }
            // Sent again, or not recorded so that it can be sent again: it counts as an arrival, and
            // not as evidence a second time.
            AnswerStanding::Duplicate | AnswerStanding::Full => {
                if let Some(at_ms) = at_ms {
                    self.rate_burst.process.observe(&settings.rate_burst, at_ms);
                }
            }
        }
        let [too_fast, rate_burst, gold_missed, disagrees] = settings.thresholds;
        self.too_fast.note(self.too_fast.process.wealth(), too_fast, self.answers);
        self.rate_burst.note(self.rate_burst.process.wealth(), rate_burst, self.answers);
        self.gold_missed.note(self.gold_missed.process.wealth(), gold_missed, self.answers);
        self.disagrees.note(self.disagrees.process.wealth(), disagrees, self.answers);
    }

    fn observe_answer(
        &mut self,
        submission: &Submission<'_>,
        observation: &Observation,
        policy: &Policy,
        settings: &EvidenceSettings,
        at_ms: Option<i64>,
    ) {
        self.observe_times(submission, observation, policy, settings, at_ms);
        if let Some(right) = observation.gold_right {
            self.gold_missed.process.observe(&settings.gold_missed, !right);
        }
        if let Some((floor, score)) = observation.floor.zip(observation.agreement) {
            self.disagrees.process.observe(floor, score);
        }
    }

    /// Takes the score of an earlier answer, for which others have come since. O(1).
    ///
    /// Each score is to be heard once. It may hold the annotator, at the number of answers taken so far.
    pub fn hear(&mut self, late: &LateScore, settings: &EvidenceSettings) {
        let [.., threshold] = settings.thresholds;
        self.disagrees.process.observe(late.floor, late.agreement);
        self.disagrees.note(self.disagrees.process.wealth(), threshold, self.answers);
    }

    /// The page is the unit of both time checks: see [`page`].
    fn observe_times(
        &mut self,
        submission: &Submission<'_>,
        observation: &Observation,
        policy: &Policy,
        settings: &EvidenceSettings,
        at_ms: Option<i64>,
    ) {
        match self.page.take(submission, &policy.too_fast, observation.median_spent_ms) {
            PageStep::Untimed => {}
            PageStep::Opened { fast } => {
                self.too_fast.process.observe(&settings.too_fast, fast);
            }
            PageStep::TurnedFast => {
                self.too_fast.process.revise_last_to_event(&settings.too_fast);
                return;
            }
            PageStep::Continued => return,
        }
        if let Some(at_ms) = at_ms {
            self.rate_burst.process.observe(&settings.rate_burst, at_ms);
        }
    }

    /// Saves the annotator in the binary form of [`state`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Restores a saved annotator, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let annotator: Self = state::restore(KIND, bytes)?;
        if annotator.is_sound() {
            Ok(annotator)
        } else {
            Err(Error::new(ErrorCode::State, "expected a saved annotator whose parts fit together"))
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.recent.is_sound()
            && self.too_fast.process.is_sound()
            && self.rate_burst.process.is_sound()
            && self.gold_missed.process.is_sound()
            && self.disagrees.process.is_sound()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(annotator: &mut Annotator, n: u32, policy: &Policy, observation: &Observation) {
        let json = format!(
            r#"{{"id":"s{n}","annotator":"a","item":{{"id":"i{n}"}},"label":{{"class":"x"}},"elapsed_ms":300}}"#
        );
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        let settings = EvidenceSettings::of(policy);
        annotator.observe(&submission, observation, policy, &settings, Some(i64::from(n) * 5000));
    }

    #[test]
    fn a_held_annotator_stays_held_and_counts_nothing() {
        let policy = Policy::default();
        let mut annotator = Annotator::new();
        assert!((annotator.weight() - 1.0).abs() < f32::EPSILON);
        for n in 0..10 {
            take(&mut annotator, n, &policy, &Observation::default());
        }
        assert!(annotator.is_held());
        let since = annotator.first_held_at();
        let slow = r#"{"id":"slow","annotator":"a","item":{"id":"j"},"label":{"class":"x"},"elapsed_ms":9000}"#;
        let slow = Submission::from_json(slow.as_bytes()).unwrap();
        let settings = EvidenceSettings::of(&policy);
        for _ in 0..1000 {
            annotator.observe(&slow, &Observation::default(), &policy, &settings, None);
        }
        assert_eq!(annotator.first_held_at(), since);
        assert!(annotator.weight() <= 0.0);
    }

    #[test]
    fn an_answer_that_is_sent_again_is_no_new_evidence() {
        let policy = Policy::default();
        let mut annotator = Annotator::new();
        for standing in [AnswerStanding::Duplicate, AnswerStanding::Full] {
            let wrong = Observation {
                standing,
                gold_right: Some(false),
                agreement: Some(0.0),
                floor: Some(0.4),
                others: 5,
                ..Observation::default()
            };
            for n in 0..30 {
                take(&mut annotator, n * 2, &policy, &wrong);
            }
        }
        assert_eq!(annotator.gold_missed.process.observations(), 0);
        assert_eq!(annotator.disagrees.process.observations(), 0);
        assert_eq!(annotator.too_fast.process.observations(), 0);
        assert!(annotator.rate_burst.process.arrivals() > 50);
    }

    #[test]
    fn good_answers_raise_the_weight_after_ten() {
        let policy = Policy::from_json(br#"{"too_fast":{"alpha_share":0}}"#).unwrap();
        let mut annotator = Annotator::new();
        let right = Observation { gold_right: Some(true), ..Observation::default() };
        for n in 0..9 {
            take(&mut annotator, n, &policy, &right);
            assert!((annotator.weight() - 1.0).abs() < f32::EPSILON);
        }
        for n in 9..30 {
            take(&mut annotator, n, &policy, &right);
        }
        assert!(annotator.weight() > 2.0 && annotator.weight() <= 4.0);
    }

    #[test]
    fn the_saved_form_stays_under_2_kib_for_ever() {
        let policy = Policy::default();
        let mut annotator = Annotator::new();
        let busy = Observation {
            gold_right: Some(false),
            agreement: Some(0.123_456_789),
            floor: Some(0.4),
            others: 9,
            ..Observation::default()
        };
        for n in 0..5000 {
            take(&mut annotator, n, &policy, &busy);
            assert!(annotator.save().len() <= 2048);
        }
        assert!(size_of::<Annotator>() <= 2048);
        assert_eq!(Annotator::restore(&annotator.save()).unwrap(), annotator);
    }

    #[test]
    fn late_scores_hold_as_others_do() {
        let policy = Policy::default();
        let settings = EvidenceSettings::of(&policy);
        let mut annotator = Annotator::new();
        take(&mut annotator, 0, &policy, &Observation::default());
        let late = LateScore { annotator: "a".into(), agreement: 0.0, floor: 0.5 };
        for _ in 0..30 {
            annotator.hear(&late, &settings);
        }
        assert_eq!(annotator.held_since(ReasonCode::Disagrees), Some(1));
        assert_eq!((annotator.answers(), annotator.disagrees.process.observations()), (1, 30));
    }

    #[test]
    fn damaged_state_is_an_error() {
        let saved = Annotator::new().save();
        for cut in 0..saved.len() {
            assert!(Annotator::restore(&saved[..cut]).is_err());
        }
        let mut longer = saved.clone();
        longer.push(0);
        assert!(Annotator::restore(&longer).is_err());
    }
}
