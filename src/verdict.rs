//! The gate's answer: a decision, its reasons, and the evidence behind them, in two views.
//!
//! [`Verdict`] is for operators, reviewers and the command line. [`AnnotatorVerdict`] is for the
//! person who answered: what to change, in plain words, and nothing that works as an oracle. They
//! are two types, so that one cannot be sent for the other.

mod annotator_view;
mod code;
mod write;

use std::borrow::Cow;

use crate::digest::Digest;
use crate::json::Writer;

pub use annotator_view::{AnnotatorReason, AnnotatorVerdict};
pub use code::{ReasonCode, ReasonKind};

/// What happens to a submission. Ordered from mild to severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
pub enum Decision {
    /// It goes on to the backend.
    Accept,
    /// It is held for a reviewer.
    Review,
    /// It is refused, with proof.
    Reject,
}

impl Decision {
    /// The decision as text: `accept`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Review => "review",
            Self::Reject => "reject",
        }
    }
}

/// What one check says about one submission.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The stable code.
    pub code: ReasonCode,
    /// How sure a finding of this code is.
    pub kind: ReasonKind,
    /// One sentence for a person.
    pub message: String,
    /// What was measured.
    pub measured: Option<Amount>,
    /// What it was compared with.
    pub threshold: Option<Amount>,
    /// The place in the input, when the input itself is at fault.
    pub at: Option<String>,
}

impl Finding {
    /// A finding with a sentence and nothing measured.
    pub fn new(code: ReasonCode, message: &str) -> Self {
        let (measured, threshold, at) = (None, None, None);
        Self { code, kind: code.kind(), message: message.to_owned(), measured, threshold, at }
    }

    /// The same, with what was measured and what it was compared with.
    #[must_use]
    pub fn with_amounts(self, measured: Amount, threshold: Amount) -> Self {
        Self { measured: Some(measured), threshold: Some(threshold), ..self }
    }

    /// The same, with what was measured.
    #[must_use]
    pub fn with_measured(self, measured: Amount) -> Self {
        Self { measured: Some(measured), ..self }
    }

    /// The same, with the place in the input.
    #[must_use]
    pub fn with_place(self, at: &str) -> Self {
        Self { at: Some(at.to_owned()), ..self }
    }
}

/// A measured value or a threshold, with its unit.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amount {
    /// The value.
    pub value: Value,
    /// The unit: `ms`, `bytes`, `share`, `wealth`, `digest`, `algorithm`, `version`, `publications`,
    /// `refusal`.
    pub unit: &'static str,
}

/// A number or a text.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged))]
pub enum Value {
    /// A whole number, as for times and sizes.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A text, as for digests.
    Text(String),
}

impl Amount {
    /// Bytes.
    #[must_use]
    pub fn bytes(value: usize) -> Self {
        Self { value: Value::Integer(i64::try_from(value).unwrap_or(i64::MAX)), unit: "bytes" }
    }

    /// A whole number of this unit.
    #[must_use]
    pub fn count(value: u64, unit: &'static str) -> Self {
        Self { value: Value::Integer(i64::try_from(value).unwrap_or(i64::MAX)), unit }
    }

    /// A digest.
    #[must_use]
    pub fn digest(value: &Digest) -> Self {
        Self { value: Value::Text(value.to_string()), unit: "digest" }
    }

    /// Milliseconds.
    #[must_use]
    pub fn ms(value: i64) -> Self {
        Self { value: Value::Integer(value), unit: "ms" }
    }

    /// Names, such as those of algorithms.
    pub fn text(value: impl Into<String>, unit: &'static str) -> Self {
        Self { value: Value::Text(value.into()), unit }
    }

    /// Wealth of an e-process.
    #[must_use]
    pub fn wealth(value: f64) -> Self {
        Self { value: Value::Number(value), unit: "wealth" }
    }
}

/// Where one evidence check stands for this annotator, after this submission.
///
/// JSON shows wealth, threshold and mean with six significant digits; decisions are made on the
/// numbers as they are.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Standing {
    /// The check.
    pub check: ReasonCode,
    /// Wealth now; 1 at the start.
    pub wealth: f64,
    /// An honest annotator's wealth ever gets here with chance at most 1/threshold.
    pub threshold: f64,
    /// Observations so far.
    pub answers: u32,
    /// How many of them were events: fast, wrong on gold. Not there for scores and arrivals.
    pub events: Option<u32>,
    /// Mean score, 0..1. Only there for scores.
    pub mean: Option<f64>,
    /// Mean of the floors that the scores were compared with, 0..1. Only there for scores.
    pub floor: Option<f64>,
}

/// How sure the answers of an item are of its leading label, with this submission among them. Which
/// label leads is not told.
///
/// JSON shows probability and margin with six significant digits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consensus {
    /// Answers that count: those of annotators who were not held.
    pub answers: u32,
    /// Probability of the leading label, 0..1.
    pub probability: f64,
    /// The same less the probability of the next label, 0..1.
    pub margin: f64,
    /// Whether the item needs no more answers, by the policy.
    pub enough: bool,
}

/// What stands behind the item checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "kebab-case"))]
pub enum BomTrust {
    /// No BOM at all: labels only; the items' bytes are not checked.
    None,
    /// A BOM signed by a key that the policy pins.
    PinnedKey,
    /// A BOM taken without any signature; never in production.
    UnsignedForDevelopment,
}

impl BomTrust {
    /// The trust as text: `pinned-key`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PinnedKey => "pinned-key",
            Self::UnsignedForDevelopment => "unsigned-for-development",
        }
    }
}

/// The full view of a verdict: for operators, reviewers and the command line, never for annotators.
///
/// Serialised as one line of JSON, members in this order.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict<'a> {
    /// The decision: the most severe action among the reasons.
    pub decision: Decision,
    /// Id of the submission; absent when it could not be read.
    pub submission: Option<Cow<'a, str>>,
    /// Id of the annotator; absent when it could not be read.
    pub annotator: Option<Cow<'a, str>>,
    /// Id of the item; absent when it could not be read.
    pub item: Option<Cow<'a, str>>,
    /// Why. Empty for a plain accept.
    pub reasons: Vec<Finding>,
    /// Where each evidence check stands. Empty when none has observed anything.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub evidence: Vec<Standing>,
    /// How sure the item's answers are. Absent when the submission was refused, and for labels that
    /// are hardly ever equal.
    pub consensus: Option<Consensus>,
    /// What stands behind the item checks.
    pub bom: BomTrust,
    /// Digest of the policy that decided: SHA-256 of its canonical form.
    pub policy: Cow<'a, str>,
    /// Version of the gate that decided.
    pub gate: &'static str,
}

impl Verdict<'_> {
    /// One line of JSON, without the line end.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Writes the verdict as one JSON value.
    pub fn write(&self, writer: &mut Writer) {
        write::full(writer, self);
    }

    /// What the annotator may see of it.
    #[must_use]
    pub fn for_annotator(&self) -> AnnotatorVerdict<'_> {
        AnnotatorVerdict::of(self)
    }

    /// Whether a finding of this code is among the reasons.
    #[must_use]
    pub fn has(&self, code: ReasonCode) -> bool {
        self.reasons.iter().any(|finding| finding.code == code)
    }
}
