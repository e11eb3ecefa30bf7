//! What the annotator may see.

use std::borrow::Cow;

use super::{Amount, Decision, Finding, ReasonCode, ReasonKind, Verdict, write};
use crate::json::Writer;

/// The annotator's view of a verdict: what to change, in plain words.
///
/// It holds no wealth and no threshold of a statistical check. Checks that compare with secrets
/// (gold answers, other people's labels) all appear under one code, `under-review`, so that the view
/// does not tell which item was gold or what others answered.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnnotatorVerdict<'a> {
    /// The decision.
    pub decision: Decision,
    /// Id of the submission; absent when it could not be read.
    pub submission: Option<Cow<'a, str>>,
    /// Why, in plain words. Empty for a plain accept.
    pub reasons: Vec<AnnotatorReason<'a>>,
}

/// One reason, as told to the annotator.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnnotatorReason<'a> {
    /// The reason's code, or `under-review`.
    pub code: &'static str,
    /// What to do, in plain words.
    pub message: Cow<'a, str>,
    /// For proofs: what was measured.
    pub measured: Option<&'a Amount>,
    /// For proofs: what was expected.
    pub expected: Option<&'a Amount>,
    /// For proofs: the place in the input.
    pub at: Option<&'a str>,
}

/// One code for every check that compares with something secret.
const UNDER_REVIEW: &str = "under-review";

impl<'a> AnnotatorVerdict<'a> {
    pub(super) fn of(verdict: &'a Verdict<'_>) -> Self {
        let mut reasons: Vec<AnnotatorReason<'a>> = Vec::with_capacity(verdict.reasons.len());
        for finding in &verdict.reasons {
            let reason = AnnotatorReason::of(finding);
            // Two secret checks must look like one.
            if !reasons.iter().any(|known| known.code == reason.code) {
                reasons.push(reason);
            }
        }
        Self {
            decision: verdict.decision,
            submission: verdict.submission.as_deref().map(Cow::Borrowed),
            reasons,
        }
    }

    /// One line of JSON, without the line end.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_bytes()
    }

    /// Writes the view as one JSON value.
    pub fn write(&self, writer: &mut Writer) {
        write::annotator_view(writer, self);
    }
}

impl<'a> AnnotatorReason<'a> {
    fn of(finding: &'a Finding) -> Self {
        if finding.kind == ReasonKind::Proof {
            return Self {
                code: finding.code.as_str(),
                message: Cow::Borrowed(&finding.message),
                measured: finding.measured.as_ref(),
                expected: finding.threshold.as_ref(),
                at: finding.at.as_deref(),
            };
        }
        let (code, message) = match finding.code {
            ReasonCode::TooFast => (
                ReasonCode::TooFast.as_str(),
                "Many of your answers came faster than the items can be looked at. Please take the \
                 time each item needs. A person will look at your answers.",
            ),
            ReasonCode::RateBurst => (
                ReasonCode::RateBurst.as_str(),
                "Your answers came at a very high rate. Please slow down or take a break. A person \
                 will look at your answers.",
            ),
            _ => (
                UNDER_REVIEW,
                "A person will look at your answers before they count. You can go on.",
            ),
        };
        let message = Cow::Borrowed(message);
        Self { code, message, measured: None, expected: None, at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BomTrust, Consensus};
    use super::*;

    #[test]
    fn secret_checks_share_one_reason_and_show_no_number() {
        let held = |code| {
            Finding::new(code, "accuracy on gold 0.31")
                .with_amounts(Amount::wealth(812.5), Amount::wealth(400.0))
        };
        let verdict = Verdict {
            decision: Decision::Review,
            submission: Some("s".into()),
            annotator: Some("a".into()),
            item: Some("i".into()),
            reasons: vec![
                held(ReasonCode::GoldMissed),
                held(ReasonCode::Disagrees),
                held(ReasonCode::TooFast),
            ],
            evidence: vec![],
            consensus: Some(Consensus {
                answers: 7,
                probability: 0.91,
                margin: 0.83,
                enough: true,
            }),
            bom: BomTrust::None,
            policy: "sha256:00".into(),
            gate: "0.0.0",
        };
        let view = String::from_utf8(verdict.for_annotator().to_json()).unwrap();
        assert_eq!(view.matches("under-review").count(), 1);
        assert!(view.contains("too-fast"));
        for secret in [
            "812",
            "400",
            "wealth",
            "gold",
            "disagree",
            "0.31",
            "consensus",
            "0.91",
            "0.83",
            "enough",
        ] {
            assert!(!view.contains(secret), "{secret} in {view}");
        }
    }
}
