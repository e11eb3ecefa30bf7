//! How a session's clock stands to the gate's.

use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::state;
use crate::submission::Submission;

/// The greatest distance by which the current session's stamps ran ahead of the gate's clock.
///
/// Honest client clocks are off by a constant (8 % of real submissions by more than a minute), so a
/// stamp in the future proves nothing until it departs from the session's own offset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SessionClock {
    /// The session; a submission without one belongs to the account's only session.
    session: Option<Fingerprint>,
    ahead_ms: Option<i64>,
}

state::fields!(SessionClock { session, ahead_ms });

impl SessionClock {
    pub(super) fn ahead_ms(&self, session: Option<&Id<'_>>) -> Option<i64> {
        self.ahead_ms.filter(|_| self.session == session.map(Id::print))
    }

    pub(super) fn observe(&mut self, submission: &Submission<'_>, at_ms: i64) {
        let Some(stamp) = submission.submitted_at_ms.or(submission.started_at_ms) else { return };
        let known = self.ahead_ms(submission.session.as_ref());
        let ahead = stamp.saturating_sub(at_ms);
        self.session = submission.session.as_ref().map(Id::print);
        self.ahead_ms = Some(known.map_or(ahead, |known| known.max(ahead)));
    }
}
