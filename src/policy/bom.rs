//! The section `bom` of a policy: which ML-BOM is trusted, and what an item must match.

use crate::bom::{CheckpointSettings, TrustSettings};
use crate::error::{Error, ErrorCode};
use crate::json::{Kind, Reader, Writer};
use crate::signature::note::{NoteKind, VerifierKey};
use crate::signature::{PublicKey, Threshold};
use crate::verdict::{BomTrust, Decision};

use super::read::{choice, unknown, whole};
use super::write::{count, section};

/// The published ML-BOM: what is trusted, and what an item must match.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct BomPolicy {
    /// What must stand behind the BOM. Unit: none. Default: `pinned-key`, which refuses everything
    /// until a signature by a pinned key verifies. Source: threat of BOM substitution; an inline key
    /// is only a claim.
    pub trust: BomTrust,
    /// The pinned keys, as JSON Web Keys: Ed25519, P-256, P-384, P-521, or RSA with `alg`. Unit: none,
    /// at most 16. Default: none. Source: RFC 7517; the algorithm is fixed by the key.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Vec<std::collections::BTreeMap<String, serde_json::Value>>")
    )]
    pub keys: Vec<PublicKey>,
    /// How many different pinned keys must have signed. Unit: keys, 1 to the number of keys.
    /// Default: 1. Source: The Update Framework 1.0.34, section 2.1; a signature can be taken out of a
    /// list unseen.
    pub threshold: usize,
    /// The data set that is expected, `urn:uuid:...`. Unit: none. Default: any that the keys signed.
    /// Source: a key may sign more than one data set, and one must not stand for another.
    pub serial_number: Option<String>,
    /// The checkpoint that must stand beside the BOM. Unit: none. Default: none, and then nothing
    /// says when a BOM lapses. Source: C2SP tlog-checkpoint 1.0.0; CycloneDX has no expiry.
    pub checkpoint: Option<CheckpointPolicy>,
    /// Whether an item must be listed by its name, or its digest alone is enough. Unit: none.
    /// Default: `optional`. Source: platforms often give items ids of their own.
    pub names: NamePolicy,
    /// What an unlisted item leads to when the BOM does not claim to be complete. Unit: `accept` or
    /// `review`. Default: `review`. Source: CycloneDX `compositions`: only `complete` makes absence
    /// a proof.
    pub unlisted_in_incomplete: Decision,
}

/// The checkpoint beside the BOM, a C2SP signed note: who signs it and who watches it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct CheckpointPolicy {
    /// Verifier keys of the publisher, `name+hash+base64`; one must have signed. The name is the origin
    /// of the checkpoint. Unit: none, 1 to 16. Default: none. Source: C2SP signed-note 1.0.0.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub keys: Vec<VerifierKey>,
    /// Verifier keys of witnesses, who have seen that the log of publications only grows. Unit: none, at
    /// most 16. Default: none. Source: C2SP tlog-cosignature 1.0.1.
    #[cfg_attr(feature = "schema", schemars(default, with = "Vec<String>"))]
    pub witnesses: Vec<VerifierKey>,
    /// How many of the witnesses must have signed. Unit: witnesses. Default: 0. Source: chosen; without
    /// witnesses a publisher can show two lists to two readers.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub witness_threshold: usize,
}

impl Default for BomPolicy {
    fn default() -> Self {
        Self {
            trust: BomTrust::PinnedKey,
            keys: Vec::new(),
            threshold: 1,
            serial_number: None,
            checkpoint: None,
            names: NamePolicy::Optional,
            unlisted_in_incomplete: Decision::Review,
        }
    }
}

/// Whether an item must be listed by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
pub enum NamePolicy {
    /// A digest that the BOM lists under any name is enough when the item's own name is not listed.
    Optional,
    /// The item's name must be listed, with its digest.
    Required,
}

impl BomPolicy {
    /// Reads the section alone, strictly: members that nobody knows are refused.
    ///
    /// # Errors
    /// [`ErrorCode::Policy`](crate::ErrorCode::Policy), as [`Policy::from_json`](crate::Policy::from_json).
    pub fn from_json(input: &[u8]) -> Result<Self, Error> {
        let mut policy = Self::default();
        let read = super::read::section(input, &mut |reader, member| policy.read(reader, member));
        read.map_err(|error| error.with_code(ErrorCode::Policy))?;
        policy.complaint().map_or(Ok(policy), |text| Err(Error::new(ErrorCode::Policy, text)))
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "trust" => {
                self.trust = choice(
                    reader,
                    &[
                        ("none", BomTrust::None),
                        ("pinned-key", BomTrust::PinnedKey),
                        ("unsigned-for-development", BomTrust::UnsignedForDevelopment),
                    ],
                )?;
            }
            "keys" => {
                self.keys.clear();
                reader.array(&mut |reader| {
                    let at = reader.offset();
                    let key = PublicKey::from_jwk(reader.raw()?);
                    self.keys.push(key.map_err(|error| reader.error_from(at, error.message()))?);
                    Ok(())
                })?;
            }
            "threshold" => self.threshold = whole(reader)?,
            "serial_number" => {
                self.serial_number = optional(reader, |r| Ok(r.string()?.into_owned()))?
            }
            "checkpoint" => self.checkpoint = optional(reader, CheckpointPolicy::read)?,
            "names" => {
                let names =
                    [("optional", NamePolicy::Optional), ("required", NamePolicy::Required)];
                self.names = choice(reader, &names)?;
            }
            "unlisted_in_incomplete" => {
                let actions = [("accept", Decision::Accept), ("review", Decision::Review)];
                self.unlisted_in_incomplete = choice(reader, &actions)?;
            }
            _ => return unknown(reader, member),
        }
        Ok(())
    }

    /// The section alone, every member written out: what [`BomPolicy::from_json`] reads.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        self.write(&mut writer);
        writer.close_object();
        writer.into_bytes()
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.string_member("trust", self.trust.as_str());
        w.name("keys");
        w.open_array();
        for key in &self.keys {
            w.raw(&key.to_jwk());
        }
        w.close_array();
        count(w, "threshold", self.threshold);
        w.name("serial_number");
        match &self.serial_number {
            Some(serial_number) => w.string(serial_number),
            None => w.null(),
        }
        match &self.checkpoint {
            Some(checkpoint) => section(w, "checkpoint", |w| checkpoint.write(w)),
            None => {
                w.name("checkpoint");
                w.null();
            }
        }
        let names = match self.names {
            NamePolicy::Optional => "optional",
            NamePolicy::Required => "required",
        };
        w.string_member("names", names);
        w.string_member("unlisted_in_incomplete", self.unlisted_in_incomplete.as_str());
    }

    /// Whom to trust for a BOM.
    #[must_use]
    pub fn trust_settings(&self) -> TrustSettings {
        TrustSettings {
            signers: Threshold::new(self.keys.clone(), self.threshold).ok(),
            serial_number: self.serial_number.clone(),
            checkpoint: self.checkpoint.as_ref().map(CheckpointPolicy::settings),
        }
    }

    pub(super) fn complaint(&self) -> Option<String> {
        if let Some(flaw) = self.checkpoint.as_ref().and_then(CheckpointPolicy::complaint) {
            return Some(flaw.to_owned());
        }
        if self.keys.is_empty() {
            return (self.threshold != 1).then(|| {
                "expected `bom.threshold` 1 as long as there are no `bom.keys`".to_owned()
            });
        }
        let threshold = Threshold::new(self.keys.clone(), self.threshold).err();
        threshold.map(|error| format!("{} in `bom`", error.message()))
    }
}

impl CheckpointPolicy {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut policy = Self { keys: Vec::new(), witnesses: Vec::new(), witness_threshold: 0 };
        reader.object(&mut |reader, member| {
            match member {
                "keys" => policy.keys = verifier_keys(reader)?,
                "witnesses" => policy.witnesses = verifier_keys(reader)?,
                "witness_threshold" => policy.witness_threshold = whole(reader)?,
                _ => return unknown(reader, member),
            }
            Ok(())
        })?;
        Ok(policy)
    }

    fn settings(&self) -> CheckpointSettings {
        CheckpointSettings {
            keys: self.keys.clone(),
            witnesses: self.witnesses.clone(),
            witness_threshold: self.witness_threshold,
        }
    }

    fn complaint(&self) -> Option<&'static str> {
        let is_of = |kind, keys: &[VerifierKey]| keys.iter().all(|key| key.kind() == kind);
        if !(1..=16).contains(&self.keys.len()) || !is_of(NoteKind::Ed25519, &self.keys) {
            return Some("expected 1 to 16 verifier keys of type 1 in `bom.checkpoint.keys`");
        }
        if self.witnesses.len() > 16 || !is_of(NoteKind::Cosignature, &self.witnesses) {
            return Some(
                "expected at most 16 verifier keys of type 4 in `bom.checkpoint.witnesses`",
            );
        }
        (self.witness_threshold > self.witnesses.len()).then_some(
            "expected `bom.checkpoint.witness_threshold` of at most as many as there are",
        )
    }

    fn write(&self, w: &mut Writer) {
        for (name, keys) in [("keys", &self.keys), ("witnesses", &self.witnesses)] {
            w.name(name);
            w.open_array();
            keys.iter().for_each(|key| w.string(&key.to_string()));
            w.close_array();
        }
        count(w, "witness_threshold", self.witness_threshold);
    }
}

fn optional<T>(
    reader: &mut Reader<'_>,
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    if reader.kind()? == Kind::Null && reader.null() {
        return Ok(None);
    }
    read(reader).map(Some)
}

fn verifier_keys(reader: &mut Reader<'_>) -> Result<Vec<VerifierKey>, Error> {
    let mut keys = Vec::new();
    reader.array(&mut |reader| {
        let at = reader.offset();
        let key = VerifierKey::parse(&reader.string()?);
        keys.push(key.map_err(|error| reader.error_from(at, error.message()))?);
        Ok(())
    })?;
    Ok(keys)
}
