//! `bom-untrusted`: nothing that the policy trusts stands behind the BOM.

use crate::verdict::{BomTrust, Finding, ReasonCode};

/// `bom_given` says whether the gate has a BOM at all.
pub(crate) fn check(trust: BomTrust, bom_given: bool) -> Option<Finding> {
    let message = match (trust, bom_given) {
        (BomTrust::None, _) | (BomTrust::UnsignedForDevelopment, true) => return None,
        (_, false) => "the list of published items is missing, so no item can be checked",
        (BomTrust::PinnedKey, true) => {
            "the list of published items carries no signature that this gate can trust"
        }
    };
    Some(Finding::new(ReasonCode::BomUntrusted, message))
}
