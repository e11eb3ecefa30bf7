//! `unchecked`: a check could not run, so the submission is held: neither lost nor let through.

use super::listing::Listing;
use crate::item::{AnswerStanding, Observation};
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(observation: &Observation) -> Option<Finding> {
    (observation.standing == AnswerStanding::Full).then(|| {
        let message = "the item holds as many labels as can be remembered, so this one could not \
                       be compared with them";
        Finding::new(ReasonCode::Unchecked, message)
    })
}

/// For an item of which nobody can say whether it is listed.
pub(crate) fn of_listing(listing: &Listing<'_>) -> Option<Finding> {
    let Listing::Unchecked(why) = listing else { return None };
    Some(Finding::new(ReasonCode::Unchecked, why))
}
