//! `malformed`: not a submission that can be read.

use crate::submission::Submission;
use crate::verdict::{Finding, ReasonCode};

/// Reads a submission, or says what is wrong with it and where.
pub(crate) fn read(input: &[u8]) -> Result<Submission<'_>, Box<Finding>> {
    Submission::from_json(input).map_err(|error| {
        let (sentence, place) = error.sentence_and_place();
        let finding = Finding::new(ReasonCode::Malformed, sentence);
        Box::new(match place {
            Some(place) => finding.with_place(place),
            None => finding,
        })
    })
}
