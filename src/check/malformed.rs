//! `malformed`: not a submission that can be read.

use crate::error::Error;
use crate::verdict::{Finding, ReasonCode};

/// What is wrong with the input, and where.
#[cold]
pub(crate) fn finding(error: &Error) -> Finding {
    let (sentence, place) = error.sentence_and_place();
    let finding = Finding::new(ReasonCode::Malformed, sentence);
    match place {
        Some(place) => finding.with_place(place),
        None => finding,
    }
}
