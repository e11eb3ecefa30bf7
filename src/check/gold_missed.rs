//! `gold-missed`: accuracy on gold is under the floor.
//!
//! Null: a gold answer is right with probability at least the policy's floor, given the past. What
//! makes it true: the gate places gold where the annotator cannot tell it from other items.

use crate::annotator::Annotator;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(annotator: &Annotator, threshold: f64) -> Option<Finding> {
    super::held(ReasonCode::GoldMissed, &annotator.gold_missed, threshold, |events| {
        format!("{} of {} gold answers were wrong", events.events(), events.observations())
    })
}
