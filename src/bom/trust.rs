//! Who stands behind a BOM: its signatures, its serial number and its checkpoint, by pinned keys.

use crate::signature::{Refusal, Threshold, Verification};

use super::{Backing, Bom};

/// Whom to trust for a BOM.
#[derive(Clone, Debug, Default)]
pub struct TrustSettings {
    /// The pinned keys, and how many of them must have signed. None trusts nobody.
    pub signers: Option<Threshold>,
    /// The data set that is expected: `urn:uuid:...`. None takes any that the keys signed.
    pub serial_number: Option<String>,
}

impl TrustSettings {
    /// Says what stands behind a BOM whose signatures were checked.
    pub(super) fn judge(&self, bom: &Bom, found: &Result<Verification, Refusal>) -> Backing {
        if self.signers.is_none() {
            return Backing::refused("no-pinned-key", "the policy pins no key");
        }
        let decided = found.as_ref().map_err(|refusal| *refusal).and_then(Verification::decide);
        if let Err(refusal) = decided {
            return Backing::refused(refusal.code(), refusal.sentence());
        }
        let Some(serial_number) = bom.serial_number() else {
            // Nothing would tell an older version of it from another data set.
            return Backing::refused("no-serial-number", "it has no serial number");
        };
        if self.serial_number.as_deref().is_some_and(|expected| expected != serial_number) {
            return Backing::refused("other-serial-number", "it is of another data set");
        }
        Backing::trusted()
    }
}
