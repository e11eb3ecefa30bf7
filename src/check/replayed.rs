//! `replayed`: this submission was already taken.

use crate::annotator::Annotator;
use crate::submission::Submission;
use crate::verdict::{Finding, ReasonCode};

/// What the annotator's own memory shows.
pub(crate) fn check(submission: &Submission<'_>, annotator: &Annotator) -> Option<Finding> {
    annotator.has_taken(&submission.id).then(finding)
}

/// The finding itself, for a memory that knows of the replay by other means.
pub(crate) fn finding() -> Finding {
    Finding::new(ReasonCode::Replayed, "this submission was already taken")
}
