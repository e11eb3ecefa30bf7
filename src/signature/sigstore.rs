//! Sigstore bundles, as far as a pinned key goes.
//!
//! A bundle holds an envelope or a signature over a file, and material to find out who signed. With a
//! pinned key that material decides nothing: certificates, transparency log entries and timestamps are
//! passed over, and nothing is said about them. A bundle without a pinned key (keyless) cannot be
//! checked here: that takes Fulcio's certificates and Rekor's log.

use crate::error::{Error, ErrorCode};
use crate::json::Reader;

use super::dsse::{Checked, Envelope, base64};
use super::{Refusal, Threshold, Verification};

/// A bundle that was read and not checked.
pub struct Bundle {
    content: Content,
    material: Material,
}

enum Content {
    Envelope(Envelope),
    /// A signature over a file that is not in the bundle.
    Message(Vec<u8>),
}

/// How the bundle says one can find out who signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Material {
    /// A certificate, or a chain of them.
    Certificate,
    /// A key, which is known beforehand.
    PublicKey,
}

/// Deepest nesting in a bundle.
const MAX_DEPTH: usize = 32;

impl Bundle {
    /// Reads a bundle in JSON, of version 0.1 to 0.3.
    ///
    /// # Errors
    /// [`ErrorCode::Signature`] for JSON that breaks the strict rules, another media type, and when the
    /// content or the verification material is missing or comes in two kinds.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let read = |mut reader: Reader<'_>| {
            let bundle = Self::take(&mut reader)?;
            reader.finish()?;
            Ok(bundle)
        };
        Reader::new(json, MAX_DEPTH)
            .and_then(read)
            .map_err(|error| error.with_code(ErrorCode::Signature))
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (mut envelope, mut message, mut material) = (None, None, None);
        let mut is_known = false;
        reader.object(&mut |reader, name| {
            match name {
                "mediaType" => is_known = MEDIA_TYPES.contains(&&*reader.string()?),
                "dsseEnvelope" => envelope = Some(Envelope::take(reader)?),
                "messageSignature" => reader.object(&mut |reader, name| {
                    match name {
                        "signature" => message = Some(base64(reader)?),
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?,
                "verificationMaterial" => material = Some(take_material(reader)?),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        if !is_known {
            return Err(reader.error("expected a Sigstore bundle of version 0.1 to 0.3"));
        }
        let content = match (envelope, message) {
            (Some(envelope), None) => Content::Envelope(envelope),
            (None, Some(message)) => Content::Message(message),
            _ => return Err(reader.error("expected an envelope or a signature in a bundle")),
        };
        let material =
            material.ok_or_else(|| reader.error("expected `verificationMaterial` in a bundle"))?;
        Ok(Self { content, material })
    }

    /// How the bundle says one can find out who signed. It decides nothing.
    #[must_use]
    pub fn material(&self) -> Material {
        self.material
    }

    /// Checks the envelope in the bundle with the pinned keys.
    ///
    /// # Errors
    /// [`Refusal::NoSignature`] when there is none, else as [`Envelope::check`].
    pub fn check_envelope(
        self,
        threshold: &Threshold,
        payload_type: &str,
    ) -> Result<Checked, Refusal> {
        match self.content {
            Content::Envelope(envelope) => envelope.check(threshold, payload_type),
            Content::Message(_) => Err(Refusal::NoSignature),
        }
    }

    /// Checks the signature in the bundle over a file with the pinned keys.
    ///
    /// # Errors
    /// [`Refusal::NoSignature`] when the bundle holds an envelope instead.
    pub fn check_file(&self, threshold: &Threshold, file: &[u8]) -> Result<Verification, Refusal> {
        match &self.content {
            Content::Message(value) => {
                let signer = threshold.signer(None, value, &[file]);
                Ok(Verification::new(threshold, vec![signer]))
            }
            Content::Envelope(_) => Err(Refusal::NoSignature),
        }
    }
}

fn take_material(reader: &mut Reader<'_>) -> Result<Material, Error> {
    let mut found = None;
    let mut is_ambiguous = false;
    reader.object(&mut |reader, name| {
        let material = match name {
            "publicKey" => Some(Material::PublicKey),
            "x509CertificateChain" | "certificate" => Some(Material::Certificate),
            _ => None,
        };
        is_ambiguous |= found.is_some() && material.is_some();
        found = found.or(material);
        reader.skip()
    })?;
    found
        .filter(|_| !is_ambiguous)
        .ok_or_else(|| reader.error("expected one key or certificate in `verificationMaterial`"))
}

/// Versions of the bundle, as they were written over time.
const MEDIA_TYPES: [&str; 4] = [
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
];
