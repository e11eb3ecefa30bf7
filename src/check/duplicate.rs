//! `duplicate`: this annotator's answer to this item was already taken.

use crate::item::{AnswerStanding, Observation};
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(observation: &Observation) -> Option<Finding> {
    (observation.standing == AnswerStanding::Duplicate)
        .then(|| Finding::new(ReasonCode::Duplicate, "your answer to this item was already taken"))
}
