//! `weak-digest`: only digests that prove nothing, on one side or the other.

use super::listing::Listing;
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(listing: &Listing<'_>) -> Option<Finding> {
    let Listing::Uncomparable(why) = listing else { return None };
    Some(Finding::new(ReasonCode::WeakDigest, why))
}
