//! `disagrees`: agreement with other annotators is under the floor.
//!
//! Null: the weighted share of the others who gave a like answer has expectation at least the
//! policy's floor, given the past. What makes it true: items come to annotators by chance, and most
//! of the others are honest. A task on which honest people agree less needs a lower floor.

use crate::annotator::Annotator;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(annotator: &Annotator, threshold: f64) -> Option<Finding> {
    super::held(ReasonCode::Disagrees, &annotator.disagrees, threshold, |scores| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=100
        let percent = (scores.mean().unwrap_or(0.0) * 100.0 + 0.5) as u8;
        format!("agreement with others is {percent} % over {} answers", scores.observations())
    })
}
