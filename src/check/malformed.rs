//! `malformed`: not a submission that can be read.

use crate::submission::Submission;
use crate::verdict::{Finding, ReasonCode};

/// Reads a submission, or says what is wrong with it and where.
pub(crate) fn read(input: &[u8]) -> Result<Submission<'_>, Finding> {
    Submission::from_json(input).map_err(|error| {
        // Errors of the strict reader end in " at <place>".
        match error.message().rsplit_once(" at ") {
            Some((expected, place)) => {
                Finding::new(ReasonCode::Malformed, expected).with_place(place)
            }
            None => Finding::new(ReasonCode::Malformed, error.message()),
        }
    })
}
