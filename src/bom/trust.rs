//! Whom to trust for a BOM, and what must be true of one that they signed.

use crate::signature::checkpoint::{self, Checkpoint};
use crate::signature::note::VerifierKey;
use crate::signature::{Refusal, Threshold};

use super::{Backing, Header};

/// Whom to trust for a BOM.
#[derive(Clone, Debug, Default)]
pub struct TrustSettings {
    /// The pinned keys, and how many of them must have signed. None trusts nobody.
    pub signers: Option<Threshold>,
    /// The data set that is expected: `urn:uuid:...`. None takes any that the keys signed.
    pub serial_number: Option<String>,
    /// The checkpoint that must stand beside the BOM. None asks for none and looks at none.
    pub checkpoint: Option<CheckpointSettings>,
}

/// Who signs the checkpoint of a BOM, and who watches its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointSettings {
    /// One of these must have signed; its name is the origin of the checkpoint.
    pub keys: Vec<VerifierKey>,
    /// Witnesses, who have seen that the log only grows.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them must have signed.
    pub witness_threshold: usize,
}

impl TrustSettings {
    /// What stands behind a BOM whose signatures are good.
    pub(super) fn judge(&self, bom: &Header, note: Option<&[u8]>) -> Backing {
        let Some(serial_number) = bom.serial_number.as_deref() else {
            // Nothing would tell an older version of it from another data set.
            return Backing::refused("no-serial-number", "it has no serial number");
        };
        if self.serial_number.as_deref().is_some_and(|expected| expected != serial_number) {
            return Backing::refused("other-serial-number", "it is of another data set");
        }
        match (&self.checkpoint, note) {
            (None, _) => Backing::trusted(),
            (Some(_), None) => Backing::refused("no-checkpoint", "no checkpoint stands beside it"),
            (Some(settings), Some(note)) => settings.judge(bom, note),
        }
    }
}

impl CheckpointSettings {
    fn judge(&self, bom: &Header, note: &[u8]) -> Backing {
        let refused = |code, why: &str| Backing::refused(code, format!("of its checkpoint: {why}"));
        let opened = checkpoint::open(note, &self.keys, &self.witnesses, self.witness_threshold);
        let checkpoint: Checkpoint = match opened {
            Err(error) => return refused("checkpoint-malformed", error.message()),
            Ok(Err(refusal @ Refusal::ThresholdNotMet)) => {
                return refused("checkpoint-unwitnessed", refusal.sentence());
            }
            Ok(Err(refusal)) => return refused("checkpoint-untrusted", refusal.sentence()),
            Ok(Ok(checkpoint)) => checkpoint,
        };
        let named = match checkpoint.bom_in_force() {
            Err(error) => return refused("checkpoint-malformed", error.message()),
            Ok(named) => named,
        };
        let is_of_bom = named.bom == bom.digest
            && named.version == bom.version
            && named.serial == bom.serial_number;
        if !is_of_bom {
            return refused("checkpoint-of-other-bom", "it names another BOM");
        }
        Backing::trusted().with_checkpoint(Some(named.expires_ms), checkpoint.size)
    }
}
