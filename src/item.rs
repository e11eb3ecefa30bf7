//! What we remember of one item: the labels so far.

use crate::error::{Error, ErrorCode};
use crate::fingerprint::Fingerprint;
use crate::label::Label;
use crate::policy::Policy;
use crate::state::{self, Kind, Loader, Saver, State};
use crate::submission::Submission;

/// The labels that an item has got so far, each with the weight of its annotator.
///
/// Bounded by [`ItemPolicy::max_labels`](crate::policy::ItemPolicy::max_labels); 40 bytes a label and
/// each distinct label once. Can be saved, restored and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Distinct labels in the order they came.
    labels: Vec<Weighed>,
    answers: Vec<Answer>,
    /// Times spent, in ms, from the shortest to the longest: the median is always at hand.
    times_ms: Vec<u32>,
}

/// A distinct label and the weight of all who gave it.
#[derive(Clone, Debug, PartialEq)]
struct Weighed {
    label: Label,
    weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Answer {
    annotator: Fingerprint,
    /// Tells a retry of the same submission from a second answer.
    submission: u64,
    weight: f32,
    spent_ms: Option<u32>,
    /// Index into the distinct labels.
    label: u16,
}

/// What the others said about an item, as one answer met it. Never counts the annotator's own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observation {
    /// How the answer stands to what the item already had.
    pub standing: AnswerStanding,
    /// Whether the answer is right on gold; none when the item is no gold.
    pub gold_right: Option<bool>,
    /// The others' weighted mean similarity with the answer, 0..1; none when nobody with any weight
    /// has answered.
    pub agreement: Option<f64>,
    /// How many others have answered.
    pub others: u32,
    /// Median time spent by the others, in ms; none under the policy's `min_times`.
    pub median_spent_ms: Option<u32>,
}

/// How an answer stands to what the item already had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerStanding {
    /// The annotator has answered this item before, in another submission. Nothing was recorded.
    Duplicate,
    /// No room for another label. Nothing was recorded.
    Full,
    /// The annotator's first answer to this item; it was recorded.
    #[default]
    New,
    /// The very same submission, with the same label, is already recorded: a retry after a crash, or a
    /// replay. Nothing was recorded twice.
    Repeat,
}

state::fields!(Weighed { label, weight });
state::fields!(Answer { annotator, submission, weight, spent_ms, label });
state::fields!(Observation { standing, gold_right, agreement, others, median_spent_ms });

impl State for Item {
    fn save_to(&self, out: &mut Saver) {
        out.list(&self.labels);
        out.list(&self.answers);
        out.list(&self.times_ms);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self { labels: input.list()?, answers: input.list()?, times_ms: input.list()? })
    }
}

impl State for AnswerStanding {
    fn save_to(&self, out: &mut Saver) {
        let mark: u8 = match self {
            Self::New => 0,
            Self::Repeat => 1,
            Self::Duplicate => 2,
            Self::Full => 3,
        };
        mark.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let all = [Self::New, Self::Repeat, Self::Duplicate, Self::Full];
        all.get(usize::from(input.take::<u8>()?)).copied()
    }
}

impl Observation {
    /// Saves the observation in the binary form of [`state`], to be sent from item to annotator.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(OBSERVATION, self)
    }

    /// Restores a saved observation, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let observation: Self = state::restore(OBSERVATION, bytes)?;
        match observation.agreement {
            Some(share) if !(0.0..=1.0).contains(&share) => {
                Err(Error::new(ErrorCode::State, "expected a saved agreement from 0 to 1"))
            }
            _ => Ok(observation),
        }
    }
}

const KIND: Kind = Kind { magic: *b"LGIT", noun: "item" };
const OBSERVATION: Kind = Kind { magic: *b"LGOB", noun: "observation" };

impl Item {
    /// An item without labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an answer: says what the others said, then records it with `weight`.
    ///
    /// `weight` is what the annotator's word counts, 0 or more; a negative, infinite or NaN weight
    /// counts as 0. `gold_right` is the gate's own knowledge, passed through to the observation.
    /// The cost grows with the labels of this item, which are bounded, and with nothing else.
    pub fn observe(
        &mut self,
        submission: &Submission<'_>,
        weight: f32,
        gold_right: Option<bool>,
        policy: &Policy,
    ) -> Observation {
        let weight = if weight.is_finite() { weight.max(0.0) } else { 0.0 };
        let annotator = submission.annotator.print();
        let id = submission.id.print().low();
        let own = self.answers.iter().find(|answer| answer.annotator == annotator).copied();
        let standing = match own {
            Some(answer) if answer.submission == id && self.is_label(answer, &submission.label) => {
                AnswerStanding::Repeat
            }
            Some(_) => AnswerStanding::Duplicate,
            None if self.answers.len() >= policy.item.max_labels => AnswerStanding::Full,
            None => AnswerStanding::New,
        };
        let observation = Observation {
            standing,
            gold_right,
            agreement: self.agreement(&submission.label, own, policy),
            others: u32::try_from(self.answers.len() - usize::from(own.is_some()))
                .unwrap_or(u32::MAX),
            median_spent_ms: self.median_spent_ms(own, policy.too_fast.min_times),
        };
        if standing == AnswerStanding::New {
            self.record(annotator, id, submission, weight);
        }
        observation
    }

    /// How many labels are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether the item has no label yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Saves the item in the binary form of [`state`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Restores a saved item, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let item: Self = state::restore(KIND, bytes)?;
        if item.is_sound() {
            Ok(item)
        } else {
            Err(Error::new(ErrorCode::State, "expected a saved item whose parts fit together"))
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        let weights = self.labels.iter().all(|known| (0.0..f64::INFINITY).contains(&known.weight));
        let answers = self.answers.iter().all(|answer| {
            usize::from(answer.label) < self.labels.len()
                && (0.0..f32::INFINITY).contains(&answer.weight)
        });
        let timed = self.answers.iter().filter(|answer| answer.spent_ms.is_some()).count();
        let times = self.times_ms.is_sorted() && self.times_ms.len() == timed;
        weights && answers && times
    }

    /// Whether an answer gave this label: a retry says the same, and an id alone can be made to look
    /// like another.
    fn is_label(&self, answer: Answer, label: &Label) -> bool {
        self.labels.get(usize::from(answer.label)).is_some_and(|known| known.label == *label)
    }

    fn record(
        &mut self,
        annotator: Fingerprint,
        id: u64,
        submission: &Submission<'_>,
        weight: f32,
    ) {
        let known = self.labels.iter().position(|known| known.label == submission.label);
        let index = known.unwrap_or(self.labels.len());
        // max_labels is at most 65535, so the index of a distinct label always fits.
        let Ok(label) = u16::try_from(index) else { return };
        match self.labels.get_mut(index) {
            Some(known) => known.weight += f64::from(weight),
            None => self
                .labels
                .push(Weighed { label: submission.label.clone(), weight: f64::from(weight) }),
        }
        let spent_ms = submission.spent_ms();
        if let Some(spent_ms) = spent_ms {
            let place = self.times_ms.partition_point(|known| *known < spent_ms);
            self.times_ms.insert(place, spent_ms);
        }
        self.answers.push(Answer { annotator, submission: id, weight, spent_ms, label });
    }

    fn agreement(&self, label: &Label, own: Option<Answer>, policy: &Policy) -> Option<f64> {
        let mut total = 0.0;
        let mut agreeing = 0.0;
        for (index, known) in self.labels.iter().enumerate() {
            let mine = own.filter(|answer| usize::from(answer.label) == index);
            let weight = known.weight - mine.map_or(0.0, |answer| f64::from(answer.weight));
            if weight > 0.0 {
                total += weight;
                agreeing += weight * label.similarity(&known.label, policy.label.as_ref());
            }
        }
        (total > 0.0).then(|| (agreeing / total).clamp(0.0, 1.0))
    }

    /// The lower median of the others' times.
    fn median_spent_ms(&self, own: Option<Answer>, min_times: usize) -> Option<u32> {
        let own_ms = own.and_then(|answer| answer.spent_ms);
        let others = self.times_ms.len().saturating_sub(usize::from(own_ms.is_some()));
        let middle = others.checked_sub(1)? / 2;
        if others < min_times {
            return None;
        }
        // Leaving one's own time out moves the middle by one when it stands before it.
        let own_place = own_ms.map(|own| self.times_ms.partition_point(|known| *known < own));
        let skip = usize::from(own_place.is_some_and(|place| place <= middle));
        self.times_ms.get(middle + skip).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(item: &mut Item, id: &str, annotator: &str, class: &str, weight: f32) -> Observation {
        let json = format!(
            r#"{{"id":"{id}","annotator":"{annotator}","item":{{"id":"i"}},"label":{{"class":"{class}"}},"elapsed_ms":{}}}"#,
            1000 * item.len()
        );
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        item.observe(&submission, weight, None, &Policy::default())
    }

    #[test]
    fn the_first_answer_meets_nobody() {
        let observation = answer(&mut Item::new(), "1", "a", "x", 1.0);
        assert_eq!(observation, Observation::default());
    }

    #[test]
    fn agreement_is_the_weighted_share_of_the_others() {
        let mut item = Item::new();
        answer(&mut item, "1", "a", "x", 1.0);
        answer(&mut item, "2", "b", "y", 3.0);
        let third = answer(&mut item, "3", "c", "x", 1.0);
        assert_eq!((third.agreement, third.others), (Some(0.25), 2));
    }

    #[test]
    fn a_retry_gets_the_same_observation_and_is_recorded_once() {
        let mut item = Item::new();
        answer(&mut item, "1", "a", "x", 1.0);
        let first = answer(&mut item, "2", "b", "y", 2.0);
        let again = answer(&mut item, "2", "b", "y", 2.0);
        assert_eq!(again, Observation { standing: AnswerStanding::Repeat, ..first });
        assert_eq!(item.len(), 2);
    }

    #[test]
    fn the_same_submission_id_with_another_label_is_no_retry() {
        let mut item = Item::new();
        answer(&mut item, "1", "a", "x", 1.0);
        assert_eq!(answer(&mut item, "1", "a", "y", 1.0).standing, AnswerStanding::Duplicate);
        assert_eq!(answer(&mut item, "1", "a", "x", 1.0).standing, AnswerStanding::Repeat);
    }

    #[test]
    fn an_item_that_lost_its_times_is_not_restored() {
        let mut item = Item::new();
        answer(&mut item, "1", "a", "x", 1.0);
        item.times_ms.clear();
        assert!(Item::restore(&item.save()).is_err());
    }

    #[test]
    fn a_second_answer_of_one_annotator_is_a_duplicate() {
        let mut item = Item::new();
        answer(&mut item, "1", "a", "x", 1.0);
        assert_eq!(answer(&mut item, "2", "a", "y", 1.0).standing, AnswerStanding::Duplicate);
        assert_eq!(item.len(), 1);
    }

    #[test]
    fn weights_that_are_no_weights_count_nothing() {
        let mut item = Item::new();
        for (id, weight) in [("1", f32::NAN), ("2", -1.0), ("3", f32::INFINITY), ("4", 0.0)] {
            assert_eq!(answer(&mut item, id, id, "x", weight).agreement, None);
        }
        assert!(item.is_sound());
    }

    #[test]
    fn the_median_needs_enough_times_and_is_that_of_the_others() {
        let mut item = Item::new();
        for n in 0..30 {
            assert_eq!(
                answer(&mut item, &n.to_string(), &n.to_string(), "x", 1.0).median_spent_ms,
                None
            );
        }
        assert_eq!(answer(&mut item, "30", "30", "x", 1.0).median_spent_ms, Some(14_000));
    }

    #[test]
    fn a_full_item_records_nothing_more() {
        let mut item = Item::new();
        let policy = Policy::from_json(br#"{"item":{"max_labels":1}}"#).unwrap();
        for (id, standing) in [("1", AnswerStanding::New), ("2", AnswerStanding::Full)] {
            let json = format!(
                r#"{{"id":"{id}","annotator":"{id}","item":{{"id":"i"}},"label":{{"rating":1}}}}"#
            );
            let submission = Submission::from_json(json.as_bytes()).unwrap();
            assert_eq!(item.observe(&submission, 1.0, None, &policy).standing, standing);
        }
        assert_eq!(item.len(), 1);
    }

    #[test]
    fn saving_and_restoring_keeps_every_bit_and_other_versions_are_refused() {
        let mut item = Item::new();
        for n in 0..5 {
            answer(
                &mut item,
                &n.to_string(),
                &n.to_string(),
                if n % 2 == 0 { "x" } else { "y" },
                0.1,
            );
        }
        let mut saved = item.save();
        assert_eq!(Item::restore(&saved).unwrap(), item);
        assert_eq!(Item::restore(&saved).unwrap().save(), saved);
        saved[4] = 9;
        let error = Item::restore(&saved).unwrap_err();
        assert_eq!(
            error.message(),
            "expected a saved item, got version 9 where this release reads 1"
        );
        assert!(Item::restore(&saved[..3]).is_err());
        assert!(Item::restore(&[]).is_err());
    }

    #[test]
    fn a_label_takes_at_most_64_bytes() {
        assert!(size_of::<Answer>() <= 64, "{}", size_of::<Answer>());
        let mut item = Item::new();
        for n in 0..1000 {
            answer(
                &mut item,
                &n.to_string(),
                &n.to_string(),
                if n % 3 == 0 { "x" } else { "y" },
                1.0,
            );
        }
        let saved = item.save().len();
        assert!(saved <= 64 * 1000, "{saved}");
    }
}
