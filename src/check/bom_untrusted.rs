//! `bom-untrusted`: nothing that the policy trusts stands behind the BOM.

use crate::bom::Backing;
use crate::verdict::{Amount, BomTrust, Finding, ReasonCode};

/// `bom_given` says whether the gate has a BOM; `backing` is what is known of one that was shown.
pub(crate) fn check(
    trust: BomTrust,
    bom_given: bool,
    backing: Option<&Backing>,
) -> Option<Finding> {
    let finding = |why: &str| {
        let message = format!("the list of published items {why}");
        Finding::new(ReasonCode::BomUntrusted, &message)
    };
    match (trust, backing) {
        (BomTrust::None, _) => None,
        (BomTrust::UnsignedForDevelopment, _) if bom_given => None,
        (BomTrust::UnsignedForDevelopment, _) | (_, None) => {
            Some(finding("is missing, so no item can be checked"))
        }
        (BomTrust::PinnedKey, Some(backing)) => {
            let refusal = backing.refusal()?;
            let finding = finding(&format!("is not trusted: {}", refusal.sentence));
            Some(finding.with_measured(Amount::text(&*refusal.code, "refusal")))
        }
    }
}
