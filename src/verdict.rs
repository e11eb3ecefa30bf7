//! The gate's answer: a decision, its reasons, and the evidence behind them, in two views.
//!
//! [`Verdict`] is for operators, reviewers and the command line. [`AnnotatorVerdict`] is for the
//! person who answered: what to change, in plain words, and nothing that works as an oracle. They
//! are two types, so that one cannot be sent for the other.

mod annotator_view;
mod code;

use std::borrow::Cow;

use serde::Serialize;

use crate::digest::Digest;

pub use annotator_view::{AnnotatorReason, AnnotatorVerdict};
pub use code::{ReasonCode, ReasonKind};

/// What happens to a submission. Ordered from mild to severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It goes on to the backend.
    Accept,
    /// It is held for a reviewer.
    Review,
    /// It is refused, with proof.
    Reject,
}

/// What one check says about one submission.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The stable code.
    pub code: ReasonCode,
    /// How sure a finding of this code is.
    pub kind: ReasonKind,
    /// One sentence for a person.
    pub message: String,
    /// What was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Amount>,
    /// What it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Amount>,
    /// The place in the input, when the input itself is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Finding {
    /// A finding with a sentence and nothing measured.
    pub fn new(code: ReasonCode, message: impl Into<String>) -> Self {
        let (measured, threshold, at) = (None, None, None);
        Self { code, kind: code.kind(), message: message.into(), measured, threshold, at }
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
    pub fn with_place(self, at: impl Into<String>) -> Self {
        Self { at: Some(at.into()), ..self }
    }
}

/// A measured value or a threshold, with its unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amount {
    /// The value.
    pub value: Value,
    /// The unit: `ms`, `bytes`, `share`, `wealth`, `digest`, `algorithm`.
    pub unit: &'static str,
}

/// A number or a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
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
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<u32>,
    /// Mean score, 0..1. Only there for scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
}

/// What stands behind the item checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BomTrust {
    /// No BOM at all: labels only; the items' bytes are not checked.
    None,
    /// A BOM signed by a key that the policy pins.
    PinnedKey,
    /// A BOM taken without any signature; never in production.
    UnsignedForDevelopment,
}

/// The full view of a verdict: for operators, reviewers and the command line, never for annotators.
///
/// Serialised as one line of JSON, members in this order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict<'a> {
    /// The decision: the most severe action among the reasons.
    pub decision: Decision,
    /// Id of the submission; absent when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<Cow<'a, str>>,
    /// Id of the annotator; absent when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotator: Option<Cow<'a, str>>,
    /// Id of the item; absent when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Cow<'a, str>>,
    /// Why. Empty for a plain accept.
    pub reasons: Vec<Finding>,
    /// Where each evidence check stands. Empty when none has observed anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Standing>,
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
        to_json(self)
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

/// JSON of a value whose maps have string keys and whose numbers are finite: it cannot fail.
fn to_json(value: &impl Serialize) -> Vec<u8> {
    let mut line = Vec::with_capacity(768);
    // INVARIANT: writing to a Vec does not fail and our types serialise; an empty line would be
    // refused by every reader rather than taken for a verdict.
    if serde_json::to_writer(&mut line, value).is_err() {
        line.clear();
    }
    line
}
