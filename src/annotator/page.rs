//! The page: answers with the same two times are one observation of time.
//!
//! Many platforms show several items on one page and stamp all of them alike. Such answers are not
//! independent: if one is too fast, all are. So a page is one observation, and its floor grows with
//! the answers found on it. A page can turn from slow to fast as it grows, never back, which keeps
//! the bound of the e-process (see `Events::revise_last_to_event`).

use crate::policy::TooFastPolicy;
use crate::state;
use crate::submission::Submission;

/// Most answers on one page; the next one opens a new page, so that one claimed page cannot hide a
/// whole session. Chosen: the largest page in the crowds read holds 10 answers.
const MOST_ANSWERS: u16 = 20;

/// The page that is open now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Page {
    times: Option<(i64, i64)>,
    floor_ms: u32,
    answers: u16,
    fast: bool,
}

state::fields!(Page { times, floor_ms, answers, fast });

/// What one more answer means for the time checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageStep {
    /// Another answer on the open page; nothing new.
    Continued,
    /// A new page, and whether it is under its floor already.
    Opened {
        /// Whether it is under its floor.
        fast: bool,
    },
    /// The open page has just turned out to be too fast for its answers.
    TurnedFast,
    /// No time is known; still a new page for counting arrivals.
    Untimed,
}

impl Page {
    pub(super) fn take(&mut self, submission: &Submission<'_>, floor_ms: u32) -> PageStep {
        let times = submission.started_at_ms.zip(submission.submitted_at_ms);
        let Some(spent_ms) = submission.spent_ms() else {
            *self = Self::default();
            return PageStep::Untimed;
        };
        // A time measured for this very answer makes it a page of its own.
        let shared = submission.elapsed_ms.is_none();
        let same = shared && times.is_some() && times == self.times;
        if !same || self.answers >= MOST_ANSWERS {
            let fast = spent_ms < floor_ms;
            let times = times.filter(|_| shared);
            *self = Self { times, floor_ms, answers: 1, fast };
            return PageStep::Opened { fast };
        }
        self.answers += 1;
        self.floor_ms = self.floor_ms.saturating_add(floor_ms);
        if !self.fast && spent_ms < self.floor_ms {
            self.fast = true;
            return PageStep::TurnedFast;
        }
        PageStep::Continued
    }
}

/// The floor of one answer: the policy's least floor, or the policy's share of the item's median.
pub(super) fn floor_ms(policy: &TooFastPolicy, median_spent_ms: Option<u32>) -> u32 {
    let share = median_spent_ms.map_or(0.0, |median| f64::from(median) * policy.floor_share);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // share of a u32, 0..=1
    let of_median = share as u32;
    policy.floor_ms.max(of_median)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(started: &str, submitted: &str) -> String {
        format!(
            r#"{{"id":"s","annotator":"a","item":{{"id":"i"}},"label":{{"rating":1}},"started_at":"{started}","submitted_at":"{submitted}"}}"#
        )
    }

    fn steps(page_seconds: u32, answers: usize) -> Vec<PageStep> {
        let json =
            submission("2026-01-01T00:00:00Z", &format!("2026-01-01T00:00:{page_seconds:02}Z"));
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        let mut page = Page::default();
        (0..answers).map(|_| page.take(&submission, 1000)).collect()
    }

    #[test]
    fn ten_answers_in_twelve_seconds_are_one_slow_page() {
        let steps = steps(12, 10);
        assert_eq!(steps[0], PageStep::Opened { fast: false });
        assert!(steps[1..].iter().all(|step| *step == PageStep::Continued));
    }

    #[test]
    fn ten_answers_in_four_seconds_turn_the_page_fast_once() {
        let steps = steps(4, 10);
        assert_eq!(steps.iter().filter(|step| **step == PageStep::TurnedFast).count(), 1);
        assert_eq!(steps[4], PageStep::TurnedFast);
    }

    #[test]
    fn a_page_does_not_grow_for_ever() {
        let opened = steps(59, 45).iter().filter(|s| matches!(s, PageStep::Opened { .. })).count();
        assert_eq!(opened, 3);
    }

    #[test]
    fn the_floor_is_the_larger_of_the_two() {
        let policy = TooFastPolicy::default();
        assert_eq!(floor_ms(&policy, None), 1000);
        assert_eq!(floor_ms(&policy, Some(5_000)), 1000);
        assert_eq!(floor_ms(&policy, Some(50_000)), 5000);
        assert_eq!(floor_ms(&policy, Some(u32::MAX)), 429_496_729);
    }
}
