//! `too-large`: over the bound of a submission.

use crate::verdict::{Amount, Finding, ReasonCode};

pub(crate) fn check(bytes: usize, max_bytes: usize) -> Option<Finding> {
    (bytes > max_bytes).then(|| {
        Finding::new(ReasonCode::TooLarge, "the submission is larger than a submission may be")
            .with_amounts(Amount::bytes(bytes), Amount::bytes(max_bytes))
    })
}
