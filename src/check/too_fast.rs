//! `too-fast`: more answers under the item's floor time than an honest annotator gives.
//!
//! Null: a page is under its floor with probability at most the policy's share, given the past. The
//! slack is what makes it true: people speed up, so their times are not exchangeable, but they do
//! not drop under a tenth of the usual time in more than one page of twenty.

use crate::annotator::Annotator;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(annotator: &Annotator, threshold: f64) -> Option<Finding> {
    super::held(ReasonCode::TooFast, &annotator.too_fast, threshold, |events| {
        let (fast, pages) = (events.events(), events.observations());
        format!("{fast} of {pages} pages were answered in less than their floor time")
    })
}
