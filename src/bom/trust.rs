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
    /// What must stand beside the BOM. None asks for no checkpoint and looks at none.
    pub checkpoint: Option<CheckpointSettings>,
}
