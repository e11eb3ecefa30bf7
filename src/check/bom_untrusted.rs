//! `bom-untrusted`: nothing that the policy trusts stands behind the BOM.

use crate::bom::Backing;
use crate::verdict::{BomTrust, Finding, ReasonCode};

/// `backing` is none when the gate has no BOM at all.
pub(crate) fn check(trust: BomTrust, backing: Option<&Backing>) -> Option<Finding> {
    let why = match (trust, backing) {
        (BomTrust::None, _) | (BomTrust::UnsignedForDevelopment, Some(_)) => return None,
        (_, None) => "is missing, so no item can be checked",
        (BomTrust::PinnedKey, Some(backing)) => backing.refusal()?,
    };
    let message = format!("the list of published items {why}");
    Some(Finding::new(ReasonCode::BomUntrusted, &message))
}
