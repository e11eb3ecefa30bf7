//! Reason codes: stable names, one for each check.

/// Why a submission was held or refused. A code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ReasonCode {
    /// The checkpoint of the BOM has lapsed.
    BomExpired,
    /// The BOM is older than one that was in force before.
    BomRollback,
    /// The BOM itself is not signed by a pinned key, or there is none.
    BomUntrusted,
    /// Agreement with other annotators is under the floor.
    Disagrees,
    /// This annotator's answer to this item was already taken.
    Duplicate,
    /// Accuracy on gold is under the floor.
    GoldMissed,
    /// Finished before it started, or in the future beyond the session's own offset.
    ImpossibleClock,
    /// The item's bytes are not those that the BOM published under its name.
    ItemAltered,
    /// The BOM does not list the item.
    ItemUnlisted,
    /// The label is not one that the task allows.
    LabelOutOfSchema,
    /// Not a submission that can be read.
    Malformed,
    /// More answers an hour than an honest annotator gives.
    RateBurst,
    /// This submission was already taken.
    Replayed,
    /// More answers under the item's floor time than an honest annotator gives.
    TooFast,
    /// Over the bound of a submission.
    TooLarge,
    /// A check could not run.
    Unchecked,
    /// Only digests that prove nothing.
    WeakDigest,
}

/// How sure a finding is, and so what it may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ReasonKind {
    /// Statistical, with an error bound for life: may hold, never rejects.
    Evidence,
    /// A check could not run: held, neither lost nor let through.
    Held,
    /// Proven: may reject.
    Proof,
}

impl ReasonKind {
    /// The kind as text: `proof`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Held => "held",
            Self::Proof => "proof",
        }
    }
}

impl ReasonCode {
    /// All codes of this release, in alphabetical order.
    pub const ALL: [Self; 17] = [
        Self::BomExpired,
        Self::BomRollback,
        Self::BomUntrusted,
        Self::Disagrees,
        Self::Duplicate,
        Self::GoldMissed,
        Self::ImpossibleClock,
        Self::ItemAltered,
        Self::ItemUnlisted,
        Self::LabelOutOfSchema,
        Self::Malformed,
        Self::RateBurst,
        Self::Replayed,
        Self::TooFast,
        Self::TooLarge,
        Self::Unchecked,
        Self::WeakDigest,
    ];

    /// The code as text: `too-fast`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BomExpired => "bom-expired",
            Self::BomRollback => "bom-rollback",
            Self::BomUntrusted => "bom-untrusted",
            Self::Disagrees => "disagrees",
            Self::Duplicate => "duplicate",
            Self::GoldMissed => "gold-missed",
            Self::ImpossibleClock => "impossible-clock",
            Self::ItemAltered => "item-altered",
            Self::ItemUnlisted => "item-unlisted",
            Self::LabelOutOfSchema => "label-out-of-schema",
            Self::Malformed => "malformed",
            Self::RateBurst => "rate-burst",
            Self::Replayed => "replayed",
            Self::TooFast => "too-fast",
            Self::TooLarge => "too-large",
            Self::Unchecked => "unchecked",
            Self::WeakDigest => "weak-digest",
        }
    }

    /// The kind of its findings.
    #[must_use]
    pub fn kind(self) -> ReasonKind {
        match self {
            Self::Disagrees | Self::GoldMissed | Self::RateBurst | Self::TooFast => {
                ReasonKind::Evidence
            }
            Self::Unchecked => ReasonKind::Held,
            _ => ReasonKind::Proof,
        }
    }
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_alphabetical_and_whole() {
        assert!(ReasonCode::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    }
}
