//! `disagrees`: agreement with other annotators is under the floor.
//!
//! Null: the weighted share of the others who gave a like answer has expectation at least the
//! policy's floor, given the past. What makes it true: items come to annotators by chance, and most
//! of the others are honest. A task on which honest people agree less needs a lower floor.

use crate::annotator::Annotator;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(annotator: &Annotator, threshold: f64) -> Option<Finding> {
    super::held(ReasonCode::Disagrees, &annotator.disagrees, threshold, |scores| {
        let percent = scores.mean().unwrap_or(0.0) * 100.0;
        format!("agreement with others is {percent:.0} % over {} answers", scores.observations())
    })
}
