//! Every threshold of the gate, with its unit, its default and where the default comes from.
//!
//! A policy is one JSON document. `{}` is the default policy. Unknown members are refused, so that
//! a misspelt threshold is never silently the default.

mod actions;
mod bom;
mod read;
mod sections;
mod write;

use crate::digest::{Algorithm, Hasher};
use crate::error::{Error, ErrorCode};
use crate::evidence::{ArrivalsSettings, EventsSettings};
use crate::label::LabelSchema;
use crate::verdict::{BomTrust, Decision, ReasonCode, ReasonKind};

pub use actions::Actions;
pub use bom::{BomPolicy, CheckpointPolicy, NamePolicy};
pub use sections::{
    ClockPolicy, DisagreesPolicy, GoldMissedPolicy, ItemPolicy, RateBurstPolicy, TooFastPolicy,
};

/// The operator's thresholds and actions.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(default, deny_unknown_fields))]
pub struct Policy {
    /// Version of this document's form. Unit: none. Default: 1. Source: this release.
    pub version: u32,
    /// The chance that an honest annotator is ever held by the statistical checks, all together.
    /// Unit: probability, over 0 and at most 0.5. Default: 0.01. Source: chosen; the level at which
    /// the checks were measured on real crowds.
    pub alpha: f64,
    /// Largest submission. Unit: bytes, 1 to 16777216. Default: 262144. Source: chosen; the largest
    /// payload of the labelling platforms read is 31 KB.
    pub max_bytes: usize,
    /// The published ML-BOM.
    pub bom: BomPolicy,
    /// What the task allows as a label. Unit: none. Default: anything readable. Source: the task.
    pub label: Option<LabelSchema>,
    /// What is impossible for a clock.
    pub clock: ClockPolicy,
    /// What is remembered of an item.
    pub item: ItemPolicy,
    /// Answers under the floor time.
    pub too_fast: TooFastPolicy,
    /// Answers an hour.
    pub rate_burst: RateBurstPolicy,
    /// Accuracy on gold.
    pub gold_missed: GoldMissedPolicy,
    /// Agreement with others.
    pub disagrees: DisagreesPolicy,
    /// What a finding leads to, by reason code. Unit: `accept`, `review` or `reject`. Default:
    /// proofs reject, the rest holds for review. Source: invariant "reject only what can be proven":
    /// evidence can be `accept` (recorded only) or `review`, a proof `review` or `reject`.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "std::collections::BTreeMap<ReasonCode, Decision>")
    )]
    pub actions: Actions,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 1,
            alpha: 0.01,
            max_bytes: 256 * 1024,
            bom: BomPolicy::default(),
            label: None,
            clock: ClockPolicy::default(),
            item: ItemPolicy::default(),
            too_fast: TooFastPolicy::default(),
            rate_burst: RateBurstPolicy::default(),
            gold_missed: GoldMissedPolicy::default(),
            disagrees: DisagreesPolicy::default(),
            actions: Actions::default(),
        }
    }
}

impl Policy {
    /// Reads a policy. An empty object is the default policy.
    ///
    /// # Errors
    /// [`ErrorCode::Policy`] when it is not strict JSON, has an unknown member, or a value that is
    /// out of range or does not fit the others.
    pub fn from_json(input: &[u8]) -> Result<Self, Error> {
        let policy = read::policy(input).map_err(|error| error.with_code(ErrorCode::Policy))?;
        policy.complaint().map_or(Ok(()), |text| Err(Error::new(ErrorCode::Policy, text)))?;
        Ok(policy)
    }

    /// The canonical form: every member, in the order of the type, defaults filled in.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        write::policy(self)
    }

    /// Names this policy: `sha256:` and the hexadecimal SHA-256 of [the canonical form](Self::to_json).
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(&self.to_json());
        hasher.finish().to_string()
    }

    /// What a finding of this code leads to.
    #[must_use]
    pub fn action(&self, code: ReasonCode) -> Decision {
        self.actions.get(code).unwrap_or(match code.kind() {
            ReasonKind::Proof => Decision::Reject,
            ReasonKind::Evidence | ReasonKind::Held => Decision::Review,
        })
    }

    /// The share of [`Policy::alpha`] that an evidence check may spend; 0 for other codes.
    #[must_use]
    pub fn alpha_share(&self, check: ReasonCode) -> f64 {
        match check {
            ReasonCode::TooFast => self.too_fast.alpha_share,
            ReasonCode::RateBurst => self.rate_burst.alpha_share,
            ReasonCode::GoldMissed => self.gold_missed.alpha_share,
            ReasonCode::Disagrees => self.disagrees.alpha_share,
            _ => 0.0,
        }
    }

    /// The wealth at which an evidence check holds: 1 / (alpha × its share). Infinite for a check
    /// that is switched off by a share of 0.
    #[must_use]
    pub fn threshold(&self, check: ReasonCode) -> f64 {
        1.0 / (self.alpha * self.alpha_share(check))
    }

    /// What is wrong with the values; none when they can be used.
    fn complaint(&self) -> Option<String> {
        let text = |text: &str| Some(text.to_owned());
        if self.version != 1 {
            return Some(format!("expected `version` 1, got {}", self.version));
        }
        if !(self.alpha > 0.0 && self.alpha <= 0.5) {
            return text("expected `alpha` over 0 and at most 0.5");
        }
        if !(1..=16 * 1024 * 1024).contains(&self.max_bytes) {
            return text("expected `max_bytes` from 1 to 16777216");
        }
        if let Some(flaw) = self.label.as_ref().and_then(LabelSchema::flaw) {
            return Some(format!("{flaw} in `label`"));
        }
        self.bom
            .complaint()
            .or_else(|| self.sections_complaint().map(str::to_owned))
            .or_else(|| self.shares_complaint())
            .or_else(|| self.actions.complaint())
    }

    fn sections_complaint(&self) -> Option<&'static str> {
        self.clock
            .complaint()
            .or_else(|| self.item.complaint())
            .or_else(|| self.too_fast.complaint())
            .or_else(|| self.rate_burst.complaint())
            .or_else(|| self.gold_missed.complaint())
            .or_else(|| self.disagrees.complaint())
    }

    fn shares_complaint(&self) -> Option<String> {
        let shares = [
            self.too_fast.alpha_share,
            self.rate_burst.alpha_share,
            self.gold_missed.alpha_share,
            self.disagrees.alpha_share,
        ];
        let in_range = shares.iter().all(|share| (0.0..=1.0).contains(share));
        let sum: f64 = shares.iter().sum();
        // The tolerance lets decimal shares such as 0.1 + 0.2 + 0.3 + 0.4 add up to 1.
        (!in_range || sum > 1.0 + 1e-9)
            .then(|| "expected each `alpha_share` from 0 to 1, and at most 1 in all".to_owned())
    }

    /// The trust that the policy asks for.
    #[must_use]
    pub fn trust(&self) -> BomTrust {
        self.bom.trust
    }

    /// Settings of the e-process behind `too-fast`.
    #[must_use]
    pub fn too_fast_settings(&self) -> EventsSettings {
        EventsSettings::new(self.too_fast.honest_share)
    }

    /// Settings of the e-process behind `rate-burst`.
    #[must_use]
    pub fn rate_burst_settings(&self) -> ArrivalsSettings {
        ArrivalsSettings::new(self.rate_burst.per_hour)
    }

    /// Settings of the e-process behind `gold-missed`: the event is a wrong answer.
    #[must_use]
    pub fn gold_missed_settings(&self) -> EventsSettings {
        EventsSettings::new(1.0 - self.gold_missed.floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_object_is_the_default() {
        assert_eq!(Policy::from_json(b"{}").unwrap(), Policy::default());
        assert_eq!(Policy::from_json(&Policy::default().to_json()).unwrap(), Policy::default());
    }

    #[test]
    fn a_misspelt_or_repeated_member_is_refused() {
        for (bad, says) in [
            (r#"{"alfa":0.1}"#, "expected no member `alfa`"),
            (r#"{"alpha":0.1,"alpha":0.2}"#, "each member name once"),
            (r#"{"too_fast":{"floor":1}}"#, "expected no member `floor`"),
            (r#"{"alpha":NaN}"#, "expected a number"),
        ] {
            let error = Policy::from_json(bad.as_bytes()).unwrap_err();
            assert!(error.message().contains(says), "{bad}: {}", error.message());
            assert_eq!(error.code(), ErrorCode::Policy);
        }
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        for bad in [
            r#"{"alpha":0}"#,
            r#"{"alpha":0.6}"#,
            r#"{"version":2}"#,
            r#"{"max_bytes":0}"#,
            r#"{"gold_missed":{"alpha_share":0.9}}"#,
            r#"{"label":{"kind":"class","classes":[]}}"#,
            r#"{"actions":{"too-fast":"reject"}}"#,
            r#"{"actions":{"item-altered":"accept"}}"#,
            r#"{"actions":{"malformed":"review"}}"#,
            r#"{"actions":{"no-such":"review"}}"#,
            r#"{"gold_missed":{"floor":1}}"#,
            r#"{"rate_burst":{"per_hour":0}}"#,
            r#"{"disagrees":{"floor":0}}"#,
            r#"{"disagrees":{"pool_share":1}}"#,
            r#"{"disagrees":{"min_others":0}}"#,
            r#"{"disagrees":{"min_others":101}}"#,
            r#"{"item":{"enough_probability":1}}"#,
            r#"{"item":{"min_answers":0}}"#,
        ] {
            assert!(Policy::from_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_thresholds_spend_alpha_once() {
        let policy = Policy::default();
        let spent: f64 = ReasonCode::ALL.iter().map(|code| 1.0 / policy.threshold(*code)).sum();
        assert!((spent - policy.alpha).abs() < 1e-12);
    }
}
