//! What a finding leads to, by reason code.

use crate::verdict::{Decision, ReasonCode, ReasonKind};

/// Actions that a policy sets itself, by reason code; the others follow their kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actions {
    /// In the order of the codes.
    set: Vec<(ReasonCode, Decision)>,
}

impl Actions {
    /// The action set for a code.
    #[must_use]
    pub fn get(&self, code: ReasonCode) -> Option<Decision> {
        self.set.iter().find(|(known, _)| *known == code).map(|(_, action)| *action)
    }

    /// Sets the action of a code.
    pub fn insert(&mut self, code: ReasonCode, action: Decision) {
        match self.set.binary_search_by_key(&code, |(known, _)| *known) {
            Ok(at) => {
                if let Some((_, known)) = self.set.get_mut(at) {
                    *known = action;
                }
            }
            Err(at) => self.set.insert(at, (code, action)),
        }
    }

    /// The actions set, in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = (ReasonCode, Decision)> {
        self.set.iter().copied()
    }

    /// What is wrong with the actions; none when invariant 5 holds: evidence never rejects, proof is
    /// never waved through.
    pub(super) fn complaint(&self) -> Option<String> {
        self.set.iter().find_map(|(code, action)| {
            let (allowed, expected) = allowed(*code);
            (!allowed.contains(action))
                .then(|| format!("expected the action of `{code}` to be {expected}"))
        })
    }
}

fn allowed(code: ReasonCode) -> (&'static [Decision], &'static str) {
    use Decision::{Accept, Reject, Review};
    // What cannot be read, and what was taken already, leaves a reviewer nothing to decide.
    if matches!(code, ReasonCode::Malformed | ReasonCode::TooLarge | ReasonCode::Replayed) {
        return (&[Reject], "`reject`");
    }
    match code.kind() {
        ReasonKind::Evidence => {
            (&[Accept, Review], "`accept` or `review` (evidence never rejects)")
        }
        ReasonKind::Held => (&[Review], "`review`"),
        ReasonKind::Proof => (&[Review, Reject], "`review` or `reject`"),
    }
}
