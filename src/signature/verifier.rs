//! One signature to be checked with one key.

#[cfg(feature = "ed25519")]
use ed25519_dalek::{Signature, StreamVerifier, VerifyingKey};

use crate::digest::{Digest, Hasher};

use super::{Algorithm, PublicKey};

/// What came of a [`Check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The signature is by the key, over the message.
    Good,
    /// It is not.
    Bad,
    /// This build cannot say: the host is asked.
    Unsupported,
}

/// A signature, the key it is to be checked with, and the message, which may come in pieces.
///
/// Ed25519 is checked by the rules of `verify_strict` of ed25519-dalek: `S` is reduced, neither the key
/// nor `R` is of small order, `R` is canonical, and the equation holds without the cofactor. As that
/// function takes a message as a whole only, the same steps are made here around the verifier of that
/// crate that takes pieces.
pub struct Check {
    key: PublicKey,
    signature: Vec<u8>,
    state: State,
    message: Option<Vec<u8>>,
}

#[allow(clippy::large_enum_variant)] // lives in one place at a time
enum State {
    /// The signature cannot be one, whatever the message.
    Bad,
    #[cfg(feature = "ed25519")]
    Ed25519(StreamVerifier),
    Hashing(Hasher),
    /// No part of this build can take the message.
    #[cfg(not(feature = "ed25519"))]
    Unsupported,
}

impl Check {
    /// A check of `signature` by `key` over a message that follows in pieces.
    ///
    /// `keep_message` keeps the message for a host that must have it whole, as WebCrypto must, when
    /// this build cannot check by itself.
    #[must_use]
    pub fn begin(key: &PublicKey, signature: &[u8], keep_message: bool) -> Self {
        let keeps = keep_message && !key.algorithm().is_supported();
        Self {
            state: State::new(key, signature),
            key: key.clone(),
            signature: signature.to_vec(),
            message: keeps.then(Vec::new),
        }
    }

    /// A check over a message that is in memory.
    #[must_use]
    pub fn new(key: &PublicKey, signature: &[u8], message: &[u8]) -> Self {
        let mut check = Self::begin(key, signature, true);
        check.update(message);
        check
    }

    /// Takes the next piece of the message.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.state {
            State::Bad => {}
            #[cfg(feature = "ed25519")]
            State::Ed25519(verifier) => verifier.update(piece),
            State::Hashing(hasher) => hasher.update(piece),
            #[cfg(not(feature = "ed25519"))]
            State::Unsupported => {}
        }
        if let Some(message) = &mut self.message {
            message.extend_from_slice(piece);
        }
    }

    /// Whether the digest of the message is enough for a build with feature `ecdsa`, if not for this
    /// one. WebCrypto wants the message for all others.
    pub(super) fn can_be_hashed(&self) -> bool {
        matches!(self.key.algorithm(), Algorithm::Ed25519 | Algorithm::Es256 | Algorithm::Es384)
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The signature, as JOSE writes it: for ECDSA the two numbers one after the other.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The message, when it was kept.
    #[must_use]
    pub fn message(&self) -> Option<&[u8]> {
        self.message.as_deref()
    }

    /// The digest of the message taken so far; none for Ed25519, which has no such thing.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        match &self.state {
            State::Hashing(hasher) => Some(hasher.clone().finish()),
            _ => None,
        }
    }

    /// Says whether the signature is good.
    #[must_use]
    pub fn run(&mut self) -> Outcome {
        match std::mem::replace(&mut self.state, State::Bad) {
            State::Bad => Outcome::Bad,
            #[cfg(feature = "ed25519")]
            State::Ed25519(verifier) => good_or_bad(verifier.finalize_and_verify().is_ok()),
            #[cfg(not(feature = "ed25519"))]
            State::Unsupported => {
                self.state = State::Unsupported;
                Outcome::Unsupported
            }
            State::Hashing(hasher) => {
                let digest = hasher.clone().finish();
                let outcome = of_digest(&self.key, &digest, &self.signature);
                if outcome == Outcome::Unsupported {
                    self.state = State::Hashing(hasher);
                }
                outcome
            }
        }
    }
}

impl State {
    fn new(key: &PublicKey, signature: &[u8]) -> Self {
        if signature.len() != key.signature_bytes() {
            return Self::Bad;
        }
        match key.algorithm().digest() {
            Some(algorithm) => Self::Hashing(Hasher::new(algorithm)),
            #[cfg(feature = "ed25519")]
            None => ed25519(key, signature).map_or(Self::Bad, Self::Ed25519),
            #[cfg(not(feature = "ed25519"))]
            None => Self::Unsupported,
        }
    }
}

/// The verifier, when key and signature pass what `verify_strict` asks before it looks at the message.
#[cfg(feature = "ed25519")]
fn ed25519(key: &PublicKey, signature: &[u8]) -> Option<StreamVerifier> {
    let signature = Signature::from_slice(signature).ok()?;
    let r = VerifyingKey::from_bytes(signature.r_bytes()).ok()?;
    let key = VerifyingKey::from_bytes(key.first().try_into().ok()?).ok()?;
    if r.is_weak() || key.is_weak() {
        return None;
    }
    key.verify_stream(&signature).ok()
}

/// Checks an ECDSA signature (the two numbers one after the other) over the digest of a message.
///
/// `Unsupported` for other keys, and without feature `ecdsa`.
#[must_use]
#[cfg_attr(not(feature = "ecdsa"), allow(unused_variables))]
pub fn of_digest(key: &PublicKey, digest: &Digest, signature: &[u8]) -> Outcome {
    if key.algorithm().digest() != Some(digest.algorithm()) {
        return Outcome::Bad;
    }
    match key.algorithm() {
        #[cfg(feature = "ecdsa")]
        Algorithm::Es256 => {
            use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
            good_or_bad(p256_key(key).is_some_and(|key| {
                p256::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
                    key.verify_prehash(digest.as_bytes(), &signature).is_ok()
                })
            }))
        }
        #[cfg(feature = "ecdsa")]
        Algorithm::Es384 => {
            use p384::ecdsa::signature::hazmat::PrehashVerifier as _;
            good_or_bad(p384_key(key).is_some_and(|key| {
                p384::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
                    key.verify_prehash(digest.as_bytes(), &signature).is_ok()
                })
            }))
        }
        _ => Outcome::Unsupported,
    }
}

/// Whether the key is a point that may be used, as far as this build can say.
pub(super) fn is_valid_point(key: &PublicKey) -> bool {
    match key.algorithm() {
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => {
            let point =
                key.first().try_into().ok().and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
            // A point has encodings that are not reduced; two keys that differ must not be one.
            point.is_some_and(|point| {
                !point.is_weak() && point.to_edwards().compress().to_bytes() == point.to_bytes()
            })
        }
        #[cfg(feature = "ecdsa")]
        Algorithm::Es256 => p256_key(key).is_some(),
        #[cfg(feature = "ecdsa")]
        Algorithm::Es384 => p384_key(key).is_some(),
        _ => true,
    }
}

#[cfg(feature = "ecdsa")]
fn p256_key(key: &PublicKey) -> Option<p256::ecdsa::VerifyingKey> {
    p256::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(key)).ok()
}

#[cfg(feature = "ecdsa")]
fn p384_key(key: &PublicKey) -> Option<p384::ecdsa::VerifyingKey> {
    p384::ecdsa::VerifyingKey::from_sec1_bytes(&sec1(key)).ok()
}

/// A point as SEC 1 has it, uncompressed.
#[cfg(feature = "ecdsa")]
fn sec1(key: &PublicKey) -> Vec<u8> {
    [&[4], key.first(), key.second()].concat()
}

#[cfg(any(feature = "ecdsa", feature = "ed25519"))]
fn good_or_bad(is_good: bool) -> Outcome {
    if is_good { Outcome::Good } else { Outcome::Bad }
}
