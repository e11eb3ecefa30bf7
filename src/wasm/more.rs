//! The module that is loaded on demand: every hash algorithm, and the signatures of ES256 and ES384.
//!
//! Built from the same crate with the feature `more`, which leaves out the gate.

mod base;
mod hashing;
mod js;

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Error, ErrorCode};

use base::thrown;
pub use hashing::{JsHasher, JsManyHasher};

/// Whether `signature` is one of `message` by `key`. See [`verify_digest`] for the arguments.
#[wasm_bindgen]
pub fn verify(
    algorithm: &str,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<bool, JsValue> {
    Ok(match algorithm {
        "ES256" => p256(key, signature).is_some_and(|(key, it)| key.verify(message, &it).is_ok()),
        "ES384" => p384(key, signature).is_some_and(|(key, it)| key.verify(message, &it).is_ok()),
        _ => return Err(unknown()),
    })
}

/// The same of a message that was hashed already: 32 bytes of SHA-256 for `ES256`, 48 of SHA-384 for
/// `ES384`. RFC 7518, section 3.4: the key is an uncompressed point (SEC1, 65 or 97 bytes), the signature is
/// `r` and `s` one after the other (64 or 96 bytes). What has another length, or is no point of the curve,
/// verifies nothing. Throws for another algorithm.
#[wasm_bindgen(js_name = verifyDigest)]
pub fn verify_digest(
    algorithm: &str,
    key: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<bool, JsValue> {
    Ok(match algorithm {
        "ES256" => p256(key, signature)
            .is_some_and(|(key, it)| digest.len() == 32 && key.verify_prehash(digest, &it).is_ok()),
        "ES384" => p384(key, signature)
            .is_some_and(|(key, it)| digest.len() == 48 && key.verify_prehash(digest, &it).is_ok()),
        _ => return Err(unknown()),
    })
}

fn p256(
    key: &[u8],
    signature: &[u8],
) -> Option<(p256::ecdsa::VerifyingKey, p256::ecdsa::Signature)> {
    let key = Some(key).filter(|key| key.len() == 65)?;
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    Some((key, p256::ecdsa::Signature::from_slice(signature).ok()?))
}

fn p384(
    key: &[u8],
    signature: &[u8],
) -> Option<(p384::ecdsa::VerifyingKey, p384::ecdsa::Signature)> {
    let key = Some(key).filter(|key| key.len() == 97)?;
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    Some((key, p384::ecdsa::Signature::from_slice(signature).ok()?))
}

fn unknown() -> JsValue {
    thrown(Error::new(ErrorCode::Digest, "expected the algorithm `ES256` or `ES384`"))
}
