//! The page: answers with the same two times are one observation of time.
//!
//! Many platforms show several items on one page and stamp all of them alike. Such answers are not
//! independent: if one is too fast, all are. So a page is one observation, and its floor grows with
//! the answers found on it: the least time of each, or a share of the median where that is more. A page can turn from slow to fast as it grows, never back, which keeps
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
    /// The largest share of an item's median time among the answers of the page.
    share_ms: u32,
    answers: u16,
    fast: bool,
}

state::fields!(Page { times, share_ms, answers, fast });

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
    pub(super) fn take(
        &mut self,
        submission: &Submission<'_>,
        policy: &TooFastPolicy,
        median_spent_ms: Option<u32>,
    ) -> PageStep {
        let times = submission.started_at_ms.zip(submission.submitted_at_ms);
        let Some(spent_ms) = submission.spent_ms() else {
            *self = Self::default();
            return PageStep::Untimed;
        };
        // A time measured for this very answer makes it a page of its own.
        let shared = submission.elapsed_ms.is_none();
        let same = shared && times.is_some() && times == self.times;
        let goes_on = same && self.answers < MOST_ANSWERS;
        if !goes_on {
            *self = Self { times: times.filter(|_| shared), ..Self::default() };
        }
        self.answers += 1;
        self.share_ms = self.share_ms.max(share_ms(policy, median_spent_ms));
        let was_fast = self.fast;
        self.fast = spent_ms < self.floor_ms(policy);
        match (goes_on, was_fast, self.fast) {
            (false, _, fast) => PageStep::Opened { fast },
            (true, false, true) => PageStep::TurnedFast,
            (true, ..) => PageStep::Continued,
        }
    }

    /// The least time of every answer, or the largest share of a median. Not the sum of shares: where
    /// a page has several answers, the times known of an item are those of whole pages too.
    fn floor_ms(&self, policy: &TooFastPolicy) -> u32 {
        policy.floor_ms.saturating_mul(u32::from(self.answers)).max(self.share_ms)
    }
}

/// The policy's share of an item's median time; 0 while that is not known.
fn share_ms(policy: &TooFastPolicy, median_spent_ms: Option<u32>) -> u32 {
    let share = median_spent_ms.map_or(0.0, |median| f64::from(median) * policy.floor_share);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // share of a u32, 0..=1
    let share = share as u32;
    share
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
        let policy = TooFastPolicy::default();
        (0..answers).map(|_| page.take(&submission, &policy, None)).collect()
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
    fn the_floor_of_one_answer_is_the_larger_of_the_two() {
        let policy = TooFastPolicy::default();
        let floor = |median| {
            let json = submission("2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z");
            let mut page = Page::default();
            page.take(&Submission::from_json(json.as_bytes()).unwrap(), &policy, median);
            page.floor_ms(&policy)
        };
        assert_eq!(floor(None), 1000);
        assert_eq!(floor(Some(5_000)), 1000);
        assert_eq!(floor(Some(50_000)), 5000);
        assert_eq!(floor(Some(u32::MAX)), 429_496_729);
    }

    #[test]
    fn ten_answers_on_an_ordinary_page_are_not_fast_because_medians_are_of_pages() {
        let json = submission("2026-01-01T00:00:00Z", "2026-01-01T00:00:40Z");
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        let (mut page, policy) = (Page::default(), TooFastPolicy::default());
        for _ in 0..10 {
            page.take(&submission, &policy, Some(60_000));
        }
        assert!(!page.fast);
    }
}
