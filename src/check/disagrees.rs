//! `disagrees`: agreement with other annotators is under the floor.
//!
//! Null: the weighted share of the others who gave a like answer has expectation at least the floor
//! that was in force, given the annotator's earlier scores and the floors up to then. The floor is the
//! policy's, or what the [pool](crate::pool) had taught before any comparison of this answer. What
//! makes it true: items come to annotators by chance, most of the others are honest, and an honest
//! annotator agrees beyond chance at least `pool_share` as much as the pool does. Measured on real crowds, one in
//! twenty annotators who are not marked as bad is near or under such a share in the hardest tasks: whom the null does
//! not hold for, it does not protect.
//!
//! Which answers are scored must not depend on the labels. Each is scored once, when enough others have come; an item
//! is not said to have enough before, so that whoever stops there has scored all of its answers.

use crate::annotator::Annotator;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(annotator: &Annotator, threshold: f64) -> Option<Finding> {
    super::held(ReasonCode::Disagrees, &annotator.disagrees, threshold, |scores| {
        format!(
            "agreement with others is {} % over {} answers, where the floor is {} % in the mean",
            percent(scores.mean()),
            scores.observations(),
            percent(scores.mean_floor())
        )
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=100
fn percent(share: Option<f64>) -> u8 {
    (share.unwrap_or(0.0) * 100.0 + 0.5) as u8
}
