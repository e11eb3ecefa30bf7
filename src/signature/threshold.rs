//! How many of which keys must have signed, and what came of the checks.

use crate::error::Error;

use super::public_key::key_error;
use super::{Check, Outcome, PublicKey, Refusal};

/// The pinned keys, and how many different ones of them must have signed.
#[derive(Clone, Debug)]
pub struct Threshold {
    keys: Vec<PublicKey>,
    needed: usize,
}

impl Threshold {
    /// Most keys that can be pinned. Chosen: a signature without a hint is tried with each of its
    /// algorithm.
    pub const MAX_KEYS: usize = 16;

    /// `needed` signatures by different keys of `keys`.
    ///
    /// # Errors
    /// [`ErrorCode::Key`](crate::ErrorCode::Key) without keys, with more than [`Threshold::MAX_KEYS`],
    /// when the same key comes twice, and when `needed` is 0 or more than there are keys.
    pub fn new(keys: Vec<PublicKey>, needed: usize) -> Result<Self, Error> {
        if keys.is_empty() || keys.len() > Self::MAX_KEYS {
            return Err(key_error(&format!("expected 1 to {} pinned keys", Self::MAX_KEYS)));
        }
        let twice =
            |(at, key): (usize, &PublicKey)| keys.iter().skip(at + 1).any(|k| k.is_same_key(key));
        if keys.iter().enumerate().any(twice) {
            return Err(key_error("expected each pinned key once"));
        }
        if needed == 0 || needed > keys.len() {
            return Err(key_error("expected a threshold from 1 to the number of pinned keys"));
        }
        Ok(Self { keys, needed })
    }

    /// One signature by this key.
    #[must_use]
    pub fn one(key: PublicKey) -> Self {
        Self { keys: vec![key], needed: 1 }
    }

    /// The pinned keys.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// How many of them must have signed.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.needed
    }
}

/// The signatures that were found, and what is known of each.
///
/// What this build cannot check is left [open](Verification::open): the host checks it, by WebCrypto
/// for example, and [answers](Verification::answer); then [`Verification::decide`] says the result.
pub struct Verification {
    keys: Vec<PublicKey>,
    needed: usize,
    signers: Vec<Signer>,
}

/// One signature: tried with one or several pinned keys, or refused before that.
pub(super) struct Signer {
    pub(super) refusal: Refusal,
    pub(super) tries: Vec<Try>,
}

/// A signature and one pinned key, by its number.
pub(super) struct Try {
    pub(super) key: usize,
    pub(super) outcome: Outcome,
    /// Kept while it is open.
    pub(super) check: Option<Check>,
}

impl Try {
    /// Runs the check, and keeps it when this build cannot.
    pub(super) fn run(key: usize, mut check: Check) -> Self {
        let outcome = check.run();
        Self { key, outcome, check: (outcome == Outcome::Unsupported).then_some(check) }
    }
}

impl Verification {
    pub(super) fn new(threshold: &Threshold, signers: Vec<Signer>) -> Self {
        Self { keys: threshold.keys.clone(), needed: threshold.needed, signers }
    }

    /// The checks that are left to the host, each with its number.
    pub fn open(&self) -> impl Iterator<Item = (usize, &Check)> {
        self.signers
            .iter()
            .flat_map(|signer| &signer.tries)
            .enumerate()
            .filter_map(|(n, tried)| tried.check.as_ref().map(|check| (n, check)))
    }

    /// What the host found for the check of this number; another number changes nothing.
    pub fn answer(&mut self, number: usize, is_good: bool) {
        let mut tries = self.signers.iter_mut().flat_map(|signer| &mut signer.tries);
        if let Some(tried) = tries.nth(number).filter(|tried| tried.check.is_some()) {
            tried.outcome = if is_good { Outcome::Good } else { Outcome::Bad };
            tried.check = None;
        }
    }

    /// The pinned keys whose signatures are good, each once, in the order of the threshold.
    #[must_use]
    pub fn good_keys(&self) -> Vec<&PublicKey> {
        let has_signed = |at: &usize| {
            let mut tries = self.signers.iter().flat_map(|signer| &signer.tries);
            tries.any(|tried| tried.key == *at && tried.outcome == Outcome::Good)
        };
        (0..self.keys.len()).filter(has_signed).filter_map(|at| self.keys.get(at)).collect()
    }

    /// The pinned keys that signed, when they are as many as are needed.
    ///
    /// # Errors
    /// [`Refusal::Undecided`] while open checks could still make it so; the reason of the one signature,
    /// or of all when they have the same and no key has signed; else [`Refusal::ThresholdNotMet`].
    pub fn decide(&self) -> Result<Vec<&PublicKey>, Refusal> {
        let good = self.good_keys();
        if good.len() >= self.needed {
            return Ok(good);
        }
        let could_sign = |at: usize| {
            let mut tries = self.signers.iter().flat_map(|signer| &signer.tries);
            tries.any(|tried| tried.key == at && tried.outcome != Outcome::Bad)
        };
        if (0..self.keys.len()).filter(|at| could_sign(*at)).count() >= self.needed {
            return Err(Refusal::Undecided);
        }
        let mut reasons = self.signers.iter().map(|signer| signer.refusal);
        let first = reasons.next().unwrap_or(Refusal::NoSigners);
        if good.is_empty() && reasons.all(|reason| reason == first) {
            return Err(first);
        }
        Err(Refusal::ThresholdNotMet)
    }
}
