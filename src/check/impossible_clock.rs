//! `impossible-clock`: finished before it started, or in the future beyond the session's own offset.

use crate::annotator::Annotator;
use crate::policy::ClockPolicy;
use crate::submission::Submission;
use crate::verdict::{Amount, Finding, ReasonCode};

/// What the submission alone shows: it ended before it started.
pub(crate) fn alone(submission: &Submission<'_>) -> Option<Finding> {
    let (started, submitted) = submission.started_at_ms.zip(submission.submitted_at_ms)?;
    let took_ms = submitted.saturating_sub(started);
    (took_ms < 0).then(|| {
        Finding::new(ReasonCode::ImpossibleClock, "the answer was sent before it was started")
            .with_amounts(Amount::ms(took_ms), Amount::ms(0))
    })
}

/// What the gate's clock and the session's earlier stamps show: a time that has not come yet.
///
/// Null of no statistics: a client clock may be wrong by a constant, and answers may arrive late,
/// but within one session a stamp cannot run further ahead than the session's own offset.
pub(crate) fn in_session(
    submission: &Submission<'_>,
    annotator: &Annotator,
    at_ms: i64,
    policy: &ClockPolicy,
) -> Option<Finding> {
    let stamp = submission.submitted_at_ms.or(submission.started_at_ms)?;
    let ahead_ms = stamp.saturating_sub(at_ms);
    let allowed_ms = match annotator.ahead_ms(submission) {
        Some(known) => known.max(0).saturating_add(policy.max_jump_ms).min(policy.max_ahead_ms),
        None => policy.max_ahead_ms,
    };
    (ahead_ms > allowed_ms).then(|| {
        Finding::new(
            ReasonCode::ImpossibleClock,
            "the answer is stamped with a time that has not come yet; please check the clock",
        )
        .with_amounts(Amount::ms(ahead_ms), Amount::ms(allowed_ms))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotator::EvidenceSettings;
    use crate::item::Observation;
    use crate::policy::Policy;

    const HOUR: i64 = 3_600_000;

    /// Sends one answer stamped `ahead_ms` before or after the gate's clock; says if it is refused.
    fn send(annotator: &mut Annotator, ahead_ms: i64, session: &str) -> bool {
        let stamp = jiff::Timestamp::from_millisecond(1_800_000_000_000 + ahead_ms).unwrap();
        let json = format!(
            r#"{{"id":"s","annotator":"a","item":{{"id":"i"}},"label":{{"rating":1}},"submitted_at":"{stamp}","session":"{session}"}}"#
        );
        let submission = Submission::from_json(json.as_bytes()).unwrap();
        let policy = Policy::default();
        let refused =
            in_session(&submission, annotator, 1_800_000_000_000, &policy.clock).is_some();
        if !refused {
            let settings = EvidenceSettings::of(&policy);
            let at_ms = Some(1_800_000_000_000);
            annotator.observe(&submission, &Observation::default(), &policy, &settings, at_ms);
        }
        refused
    }

    #[test]
    fn a_clock_that_is_wrong_by_a_constant_is_fine() {
        let mut annotator = Annotator::new();
        for offset in [5 * HOUR, 5 * HOUR + 800, 5 * HOUR - 3000] {
            assert!(!send(&mut annotator, offset, "tab"));
        }
    }

    #[test]
    fn a_late_delivery_does_not_make_the_next_answer_impossible() {
        let mut annotator = Annotator::new();
        assert!(!send(&mut annotator, -7 * HOUR, "tab"));
        assert!(!send(&mut annotator, 0, "tab"));
    }

    #[test]
    fn a_jump_into_the_future_within_a_session_is_impossible() {
        let mut annotator = Annotator::new();
        assert!(!send(&mut annotator, 0, "tab"));
        assert!(send(&mut annotator, HOUR, "tab"));
        assert!(!send(&mut annotator, HOUR, "another tab"));
    }

    #[test]
    fn creeping_ahead_ends_at_the_widest_time_zone_distance() {
        let mut annotator = Annotator::new();
        let refused = (0..400).find(|n| send(&mut annotator, n * 500_000, "tab"));
        assert!(refused.is_some_and(|n| n * 500_000 <= 27 * HOUR));
    }
}
