//! `item-unlisted`: the BOM does not list the item.
//!
//! Absence is a proof only when the BOM says that it is complete; the finding says which it was.

use super::listing::Listing;
use crate::submission::ItemReference;
use crate::verdict::{Amount, Finding, ReasonCode};

pub(crate) fn check(
    listing: &Listing<'_>,
    item: &ItemReference<'_>,
    bom_is_complete: bool,
) -> Option<Finding> {
    if *listing != Listing::Unlisted {
        return None;
    }
    let message = if bom_is_complete {
        "the item is not in the published list, and the list is complete"
    } else {
        "the item is not in the published list; the list does not say that it is complete"
    };
    let finding = Finding::new(ReasonCode::ItemUnlisted, message);
    Some(match item.digests.first() {
        Some(digest) => finding.with_measured(Amount::digest(digest)),
        None => finding,
    })
}
