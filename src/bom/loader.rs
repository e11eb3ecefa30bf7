//! Reads a published BOM and finds out, in the same pass, who stands behind it.

use crate::error::Error;
use crate::signature::jsf::{self, Listener};
use crate::signature::{Check, PublicKey, Refusal, Verification};

use super::trust::TrustSettings;
use super::{Backing, Bom, BomLimits, BomReader};

/// Reads a published BOM from pieces of any size and checks its signatures on the way.
///
/// ```
/// use labelgate::bom::{BomLimits, BomLoader, TrustSettings};
/// use labelgate::signature::{PublicKey, Threshold};
///
/// let key = PublicKey::from_jwk(
///     br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
/// )?;
/// let settings = TrustSettings { signers: Some(Threshold::one(key)), ..TrustSettings::default() };
/// let mut loader = BomLoader::new(settings, BomLimits::default());
/// loader.push(br#"{"bomFormat":"CycloneDX","specVersion":"1.7"}"#)?;
/// let (_, backing) = loader.finish()?.conclude()?;
/// assert_eq!(backing.refusal().map(|refusal| refusal.code), Some("no-signature"));
/// # Ok::<(), labelgate::Error>(())
/// ```
pub struct BomLoader {
    settings: TrustSettings,
    reader: BomReader,
    listener: Option<Listener>,
}

impl BomLoader {
    /// A loader at the start of a document.
    #[must_use]
    pub fn new(settings: TrustSettings, limits: BomLimits) -> Self {
        let listens = |signers| Listener::new(signers, jsf::Settings::default());
        let listener = settings.signers.as_ref().map(listens);
        Self { settings, reader: BomReader::new(limits), listener }
    }

    /// Takes the next piece of the document; an empty piece changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`](crate::ErrorCode::Bom), as [`BomReader::push`].
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Error> {
        match &mut self.listener {
            Some(listener) => self.reader.push_with(piece, listener),
            None => self.reader.push(piece),
        }
    }

    /// Ends the document.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`](crate::ErrorCode::Bom), as [`BomReader::finish`].
    pub fn finish(self) -> Result<LoadedBom, Error> {
        // First, so that what it kept makes room for the index.
        let found = self.listener.map_or(Err(Refusal::NoSignature), Listener::finish);
        let bom = self.reader.finish()?;
        Ok(LoadedBom { settings: self.settings, bom, found, checkpoint: None })
    }
}

/// A BOM that was read, with checks that may be left to the host.
pub struct LoadedBom {
    settings: TrustSettings,
    bom: Bom,
    found: Result<Verification, Refusal>,
    checkpoint: Option<Vec<u8>>,
}

impl LoadedBom {
    /// The checkpoint that stands beside the BOM.
    pub fn set_checkpoint(&mut self, note: Vec<u8>) {
        self.checkpoint = Some(note);
    }

    /// The checks that this build cannot make, each with its number.
    pub fn open(&self) -> impl Iterator<Item = (usize, &Check)> {
        self.found.iter().flat_map(Verification::open)
    }

    /// What the host found for the check of this number.
    pub fn answer(&mut self, number: usize, is_good: bool) {
        if let Ok(found) = &mut self.found {
            found.answer(number, is_good);
        }
    }

    /// The pinned keys whose signatures are good, also when they are too few.
    #[must_use]
    pub fn good_keys(&self) -> Vec<&PublicKey> {
        self.found.as_ref().map(Verification::good_keys).unwrap_or_default()
    }

    /// The BOM, and what stands behind it. Checks that are still open count as not made.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`](crate::ErrorCode::Bom) when what was in an envelope is no BOM.
    pub fn conclude(self) -> Result<(Bom, Backing), Error> {
        let backing = self.settings.judge(&self.bom, &self.found);
        Ok((self.bom, backing))
    }
}
