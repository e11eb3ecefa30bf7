//! What we remember of one item: the labels so far.

mod consensus;
mod observation;

use crate::error::{Error, ErrorCode};
use crate::fingerprint::Fingerprint;
use crate::label::Label;
use crate::policy::Policy;
use crate::pool::Pool;
use crate::state::{self, Kind};
use crate::submission::Submission;

pub use observation::{AnswerStanding, LateScore, Observation, Observed};

/// The labels that an item has got so far, each with the weight of its annotator.
///
/// Bounded by [`ItemPolicy::max_labels`](crate::policy::ItemPolicy::max_labels), with some 40 bytes an answer, and by
/// [`ItemPolicy::max_bytes`](crate::policy::ItemPolicy::max_bytes) of distinct labels, each kept once. Can be saved,
/// restored and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Distinct labels in the order they came.
    labels: Vec<Weighed>,
    answers: Vec<Answer>,
    /// Times spent, in ms, from the shortest to the longest: the median is always at hand.
    times_ms: Vec<u32>,
    /// Ids of the annotators whose answers are not scored yet, because too few others have answered; at most the
    /// greatest `disagrees.min_others` that was in force. Who counts nothing is held already, and does not wait.
    waiting: Vec<String>,
    /// Length of the distinct labels as saved, in bytes.
    bytes: u32,
}

/// A distinct label and the weight of all who gave it.
#[derive(Clone, Debug, PartialEq)]
struct Weighed {
    label: Label,
    weight: f64,
    /// How many of them have any weight.
    answers: u32,
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
    /// Whether it was not scored as it came. Then it never is when its submission is sent again.
    waited: bool,
}

state::fields!(Item { labels, answers, times_ms, waiting, bytes });
state::fields!(Weighed { label, weight, answers });
state::fields!(Answer { annotator, submission, weight, spent_ms, label, waited });

const KIND: Kind = Kind { magic: *b"LGIT", noun: "item" };

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
    /// `pool` is that of the items kept together; it gives the floor and learns from the answer.
    ///
    /// An answer that comes before `disagrees.min_others` others with any weight is scored when so many have
    /// come, and then given beside the observation. The cost grows with the labels of this item, which are
    /// bounded, and with nothing else; a label that is dear to compare meets the first 64 different ones.
    pub fn observe(
        &mut self,
        pool: &mut Pool,
        submission: &Submission<'_>,
        weight: f32,
        gold_right: Option<bool>,
        policy: &Policy,
    ) -> Observed {
        let weight = if weight.is_finite() { weight.max(0.0) } else { 0.0 };
        let annotator = submission.annotator.print();
        let id = submission.id.print().low();
        let own = self.answers.iter().find(|answer| answer.annotator == annotator).copied();
        let standing = match own {
            Some(answer) if answer.submission == id && self.is_label(answer, &submission.label) => {
                AnswerStanding::Repeat
            }
            Some(_) => AnswerStanding::Duplicate,
            None if !self.has_room(&submission.label, policy) => AnswerStanding::Full,
            None => AnswerStanding::New,
        };
        let others = self.others(own);
        let has_others = others >= policy.disagrees.min_others;
        let is_scored = match standing {
            AnswerStanding::New => has_others,
            AnswerStanding::Repeat => has_others && own.is_some_and(|answer| !answer.waited),
            AnswerStanding::Duplicate | AnswerStanding::Full => false,
        };
        let agreement =
            if is_scored { self.agreement(&submission.label, own, policy) } else { None };
        // Before the pool meets this answer, or one that waited for it.
        let floor = pool.floor(&policy.disagrees);
        let mut observed = Observed {
            observation: Observation {
                standing,
                gold_right,
                agreement,
                floor: floor.filter(|_| is_scored && agreement.is_some()),
                others: u32::try_from(others).unwrap_or(u32::MAX),
                median_spent_ms: self.median_spent_ms(own, policy.too_fast.min_times),
                consensus: None,
            },
            late: Vec::new(),
        };
        if standing == AnswerStanding::New {
            self.record(annotator, id, submission, weight, !has_others);
            let item = submission.item.id.print().low();
            if has_others {
                pool.learn(item, &submission.label, weight, agreement, policy.label.as_ref());
            } else if weight > 0.0 {
                self.waiting.push(submission.annotator.as_str().to_owned());
            }
            observed.late = self.score_waiting(item, floor, pool, policy);
        }
        observed.observation.consensus = self.consensus(policy).map(|(_, consensus)| consensus);
        observed
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
        let weighed = self.labels.iter().map(|known| u64::from(known.answers)).sum::<u64>()
            == self.answers.iter().filter(|answer| answer.weight > 0.0).count() as u64;
        let times = self.times_ms.is_sorted() && self.times_ms.len() == timed;
        let bytes = self.labels.iter().map(|known| state::length(&known.label)).sum::<usize>();
        weights
            && answers
            && weighed
            && times
            && self.waiting.len() <= self.answers.len()
            && u32::try_from(bytes) == Ok(self.bytes)
    }

    /// Whether an answer gave this label: a retry says the same, and an id alone can be made to look
    /// like another.
    fn is_label(&self, answer: Answer, label: &Label) -> bool {
        self.labels.get(usize::from(answer.label)).is_some_and(|known| known.label == *label)
    }

    /// How many others have answered with any weight.
    fn others(&self, own: Option<Answer>) -> usize {
        let all = self.labels.iter().fold(0_u32, |sum, known| sum.saturating_add(known.answers));
        let own = u32::from(own.is_some_and(|answer| answer.weight > 0.0));
        usize::try_from(all.saturating_sub(own)).unwrap_or(usize::MAX)
    }

    /// Whether one more answer with this label is within the policy's bounds.
    fn has_room(&self, label: &Label, policy: &Policy) -> bool {
        if self.answers.len() >= policy.item.max_labels {
            return false;
        }
        let bytes = usize::try_from(self.bytes).unwrap_or(usize::MAX);
        let fits = |more: usize| bytes.saturating_add(more) <= policy.item.max_bytes;
        // The first label always fits: a submission has a bound of its own.
        self.labels.is_empty()
            || self.labels.iter().any(|known| known.label == *label)
            || fits(state::length(label))
    }

    fn record(
        &mut self,
        annotator: Fingerprint,
        id: u64,
        submission: &Submission<'_>,
        weight: f32,
        waited: bool,
    ) {
        let known = self.labels.iter().position(|known| known.label == submission.label);
        let index = known.unwrap_or(self.labels.len());
        // max_labels is at most 65535, so the index of a distinct label always fits.
        let Ok(label) = u16::try_from(index) else { return };
        let answers = u32::from(weight > 0.0);
        match self.labels.get_mut(index) {
            Some(known) => {
                known.weight += f64::from(weight);
                known.answers += answers;
            }
            None => {
                let label = submission.label.clone();
                let bytes = u32::try_from(state::length(&label)).unwrap_or(u32::MAX);
                self.bytes = self.bytes.saturating_add(bytes);
                self.labels.push(Weighed { label, weight: f64::from(weight), answers });
            }
        }
        let spent_ms = submission.spent_ms();
        if let Some(spent_ms) = spent_ms {
            let place = self.times_ms.partition_point(|known| *known < spent_ms);
            self.times_ms.insert(place, spent_ms);
        }
        self.answers.push(Answer { annotator, submission: id, weight, spent_ms, label, waited });
    }

    /// Scores the answers that waited for others and have enough now, and forgets who waited. The pool learns from
    /// all scores, after them; those for which a floor was known are given.
    fn score_waiting(
        &mut self,
        item: u64,
        floor: Option<f64>,
        pool: &mut Pool,
        policy: &Policy,
    ) -> Vec<LateScore> {
        let mut late = Vec::new();
        for annotator in std::mem::take(&mut self.waiting) {
            let print = Fingerprint::of(&annotator);
            let own = self.answers.iter().find(|answer| answer.annotator == print).copied();
            if self.others(own) < policy.disagrees.min_others {
                self.waiting.push(annotator);
                continue;
            }
            let label = own.and_then(|own| self.labels.get(usize::from(own.label)));
            let (Some(own), Some(known)) = (own, label) else { continue };
            let agreement = self.agreement(&known.label, Some(own), policy);
            pool.learn(item, &known.label, own.weight, agreement, policy.label.as_ref());
            if let (Some(agreement), Some(floor)) = (agreement, floor) {
                late.push(LateScore { annotator, agreement, floor });
            }
        }
        late
    }

    fn agreement(&self, label: &Label, own: Option<Answer>, policy: &Policy) -> Option<f64> {
        let mut total = 0.0;
        let mut agreeing = 0.0;
        let most = if label.is_dear() { MOST_COMPARED } else { usize::MAX };
        for (index, known) in self.labels.iter().enumerate().take(most) {
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

/// Different labels that an outline, a text or the like is compared with. Chosen: one comparison may take a
/// millisecond.
const MOST_COMPARED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Consensus;

    fn answer(item: &mut Item, id: &str, annotator: &str, class: &str, weight: f32) -> Observation {
        let json = format!(
            r#"{{"id":"{id}","annotator":"{annotator}","item":{{"id":"i"}},"label":{{"class":"{class}"}},"elapsed_ms":{}}}"#,
            1000 * item.len()
        );
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        item.observe(&mut Pool::new(), &submission, weight, None, &Policy::default()).observation
    }

    #[test]
    fn the_first_answer_meets_nobody() {
        let observation = answer(&mut Item::new(), "1", "a", "x", 1.0);
        let alone =
            Consensus { answers: 1, probability: 2.0 / 3.0, margin: 1.0 / 3.0, enough: false };
        let Observation { consensus, .. } = observation;
        assert!((consensus.unwrap().probability - alone.probability).abs() < 1e-12);
        assert_eq!(observation, Observation { consensus, ..Observation::default() });
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
        assert_eq!(again.floor, None);
        assert_eq!(item.len(), 2);
    }

    /// An item with a floor that is fixed: what each of these annotators hears late.
    fn late(item: &mut Item, id: &str, annotator: &str, class: &str) -> Vec<(String, f64)> {
        let json = format!(
            r#"{{"id":"{id}","annotator":"{annotator}","item":{{"id":"i"}},"label":{{"class":"{class}"}}}}"#
        );
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        let policy = Policy::from_json(br#"{"disagrees":{"floor":0.4}}"#).unwrap();
        let observed = item.observe(&mut Pool::new(), &submission, 1.0, None, &policy);
        assert_eq!(observed.observation.floor.is_some(), item.len() > 2 && item.waiting.is_empty());
        observed.late.into_iter().map(|late| (late.annotator, late.agreement)).collect()
    }

    #[test]
    fn the_first_answers_are_scored_when_enough_others_have_come() {
        let mut item = Item::new();
        assert_eq!(late(&mut item, "1", "a", "x"), []);
        assert_eq!(late(&mut item, "2", "b", "x"), []);
        assert_eq!(item.waiting, ["a", "b"]);
        let item_after_crash = Item::restore(&item.save()).unwrap();
        assert_eq!(item_after_crash, item);
        assert_eq!(late(&mut item, "3", "c", "y"), [("a".into(), 0.5), ("b".into(), 0.5)]);
        assert_eq!(late(&mut item, "4", "d", "y"), []);
    }

    #[test]
    fn an_answer_that_waited_is_not_scored_again_when_it_is_sent_again() {
        let mut item = Item::new();
        for (id, annotator) in [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")] {
            late(&mut item, id, annotator, "x");
        }
        let policy = Policy::from_json(br#"{"disagrees":{"floor":0.4}}"#).unwrap();
        for (id, annotator, floor) in [("2", "b", None), ("4", "d", Some(0.4))] {
            let json = format!(
                r#"{{"id":"{id}","annotator":"{annotator}","item":{{"id":"i"}},"label":{{"class":"x"}}}}"#
            );
            let submission = Submission::from_json(json.as_bytes()).unwrap();
            let observed = item.observe(&mut Pool::new(), &submission, 1.0, None, &policy);
            assert_eq!(observed.observation.standing, AnswerStanding::Repeat);
            assert_eq!((observed.observation.floor, observed.late), (floor, vec![]));
        }
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
    fn who_is_held_is_no_other_that_an_answer_waits_for() {
        let mut item = Item::new();
        let policy = Policy::from_json(br#"{"disagrees":{"floor":0.4}}"#).unwrap();
        let mut observe = |id: &str, class: &str, weight: f32| {
            let json = format!(
                r#"{{"id":"{id}","annotator":"{id}","item":{{"id":"i"}},"label":{{"class":"{class}"}}}}"#
            );
            let submission = Submission::from_json(json.as_bytes()).unwrap();
            item.observe(&mut Pool::new(), &submission, weight, None, &policy)
        };
        observe("a", "x", 1.0);
        assert_eq!(observe("held", "y", 0.0).late, []);
        assert_eq!(observe("held too", "y", 0.0).late, []);
        let second = observe("b", "x", 1.0);
        assert_eq!((second.observation.others, second.observation.floor), (1, None));
        assert_eq!(second.late, []);
        let third = observe("c", "x", 1.0);
        assert_eq!((third.observation.others, third.observation.floor), (2, Some(0.4)));
        assert_eq!(third.late.iter().map(|late| &*late.annotator).collect::<Vec<_>>(), ["a", "b"]);
        assert!(third.late.iter().all(|late| late.agreement > 0.99));
    }

    #[test]
    fn the_floor_of_a_late_score_has_not_seen_the_answer() {
        let mut pool = Pool::new();
        let policy = Policy::from_json(br#"{"disagrees":{"min_pool":1}}"#).unwrap();
        let mut n = 0;
        let mut observe = |pool: &mut Pool, item: &mut Item, class: &str| {
            n += 1;
            let json = format!(
                r#"{{"id":"{n}","annotator":"{n}","item":{{"id":"i{}"}},"label":{{"class":"{class}"}}}}"#,
                n / 9
            );
            let submission = Submission::from_json(json.as_bytes()).unwrap();
            item.observe(pool, &submission, 1.0, None, &policy)
        };
        for class in ["x", "y", "z", "x", "y"] {
            let mut item = Item::new();
            for _ in 0..9 {
                observe(&mut pool, &mut item, class);
            }
        }
        let (floor, chance) = (pool.floor(&policy.disagrees), pool.chance());
        let mut item = Item::new();
        observe(&mut pool, &mut item, "x");
        observe(&mut pool, &mut item, "x");
        assert_eq!(pool.chance(), chance);
        let third = observe(&mut pool, &mut item, "z");
        assert_eq!(third.late.iter().map(|late| Some(late.floor)).collect::<Vec<_>>(), [floor; 2]);
        assert_ne!(pool.chance(), chance);
    }

    #[test]
    fn an_item_is_full_when_its_different_labels_are_too_long_together() {
        let mut item = Item::new();
        let policy = Policy::from_json(br#"{"item":{"max_bytes":65536}}"#).unwrap();
        let mut standing = |n: usize, text: &str| {
            let json = format!(
                r#"{{"id":"{n}","annotator":"{n}","item":{{"id":"i"}},"label":{{"text":"{text}"}}}}"#
            );
            let submission = Submission::from_json(json.as_bytes()).unwrap();
            let observed = item.observe(&mut Pool::new(), &submission, 1.0, None, &policy);
            (observed.observation.standing, item.save().len())
        };
        for n in 0..20 {
            let (standing, bytes) = standing(n, &format!("{n:0>15000}"));
            let expected = if n < 4 { AnswerStanding::New } else { AnswerStanding::Full };
            assert!(standing == expected && bytes < 70_000, "{n}: {standing:?}, {bytes} bytes");
        }
        // One that is there already takes no more room.
        assert_eq!(standing(50, &format!("{:0>15000}", 2)).0, AnswerStanding::New);
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
            let observed = item.observe(&mut Pool::new(), &submission, 1.0, None, &policy);
            assert_eq!(observed.observation.standing, standing);
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
            "expected a saved item, got version 9 where this release reads 2"
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
