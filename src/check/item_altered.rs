//! `item-altered`: the item's bytes are not those that the BOM published under its name.

use super::listing::Listing;
use crate::verdict::{Amount, Finding, ReasonCode};

pub(crate) fn check(listing: &Listing<'_>) -> Option<Finding> {
    let Listing::Altered { measured, expected } = listing else { return None };
    Some(
        Finding::new(
            ReasonCode::ItemAltered,
            "the item that was shown is not the one that was published under this name",
        )
        .with_amounts(Amount::digest(measured), Amount::digest(expected)),
    )
}
