//! Private keys, for whoever publishes.

use ed25519_dalek::{Signer as _, SigningKey};

use crate::error::Error;
use crate::json::Writer;

use super::public_key::{Members, key_error};
use super::{Algorithm, PublicKey};

/// A private key for Ed25519, and with feature `ecdsa` for ES256 and ES384.
///
/// Signatures are deterministic: RFC 8032, RFC 6979.
pub struct PrivateKey {
    public: PublicKey,
    secret: Secret,
}

enum Secret {
    Ed25519(SigningKey),
    #[cfg(feature = "ecdsa")]
    P256(p256::ecdsa::SigningKey),
    #[cfg(feature = "ecdsa")]
    P384(p384::ecdsa::SigningKey),
}

impl PrivateKey {
    /// A new key from random bytes: 32 for Ed25519 and ES256, 48 for ES384.
    ///
    /// # Errors
    /// [`ErrorCode::Key`](crate::ErrorCode::Key) for another algorithm or number of bytes. For ES256 and
    /// ES384 also when the bytes are zero or not under the order of the curve, with a chance of 2^-32
    /// at most: take others.
    pub fn generate(algorithm: Algorithm, random: &[u8]) -> Result<Self, Error> {
        let secret = Secret::from_bytes(algorithm, random)?;
        Ok(Self { public: secret.public()?, secret })
    }

    /// Reads a JSON Web Key with `d`.
    ///
    /// # Errors
    /// [`ErrorCode::Key`](crate::ErrorCode::Key) as [`PublicKey::from_jwk`]; when there is no `d`; when
    /// the public members are not those of `d`; when `key_ops` does not hold `sign`.
    pub fn from_jwk(jwk: &[u8]) -> Result<Self, Error> {
        let mut members = Members::read(jwk)?;
        let secret = members.d.take().ok_or_else(|| key_error("expected `d` in a private key"))?;
        let public = PublicKey::from_members(members, "sign")?;
        let secret = Secret::from_bytes(public.algorithm(), &secret)?;
        if !secret.public()?.is_same_key(&public) {
            return Err(key_error("expected the public members of a key to belong to its `d`"));
        }
        Ok(Self { public, secret })
    }

    /// The key as a JWK in canonical form. Whoever has it can sign.
    #[must_use]
    pub fn to_jwk(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        writer.word_member("alg", self.public.algorithm().name());
        self.public.write_members(&mut writer, self.public.key_id(), Some(&self.secret.to_bytes()));
        writer.close_object();
        writer.into_bytes()
    }

    /// The same key under this `kid`.
    #[must_use]
    pub fn with_key_id(mut self, key_id: &str) -> Self {
        self.public = self.public.with_key_id(key_id);
        self
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature over a message, as JOSE writes it.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            #[cfg(feature = "ecdsa")]
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
            #[cfg(feature = "ecdsa")]
            Secret::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
        }
    }
}

/// Shows the public key alone.
impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey of {:?}", self.public)
    }
}

impl Secret {
    fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, Error> {
        let wrong =
            |length| key_error(&format!("expected {length} bytes of a private key in range"));
        match algorithm {
            Algorithm::Ed25519 => {
                let seed: &[u8; 32] = bytes.try_into().map_err(|_| wrong(32))?;
                Ok(Self::Ed25519(SigningKey::from_bytes(seed)))
            }
            #[cfg(feature = "ecdsa")]
            Algorithm::Es256 if bytes.len() == 32 => {
                p256::ecdsa::SigningKey::from_slice(bytes).map(Self::P256).map_err(|_| wrong(32))
            }
            #[cfg(feature = "ecdsa")]
            Algorithm::Es384 if bytes.len() == 48 => {
                p384::ecdsa::SigningKey::from_slice(bytes).map(Self::P384).map_err(|_| wrong(48))
            }
            #[cfg(feature = "ecdsa")]
            Algorithm::Es256 => Err(wrong(32)),
            #[cfg(feature = "ecdsa")]
            Algorithm::Es384 => Err(wrong(48)),
            _ => Err(key_error(&format!("this build does not sign with {}", algorithm.name()))),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.to_bytes().to_vec(),
            #[cfg(feature = "ecdsa")]
            Self::P256(key) => key.to_bytes().to_vec(),
            #[cfg(feature = "ecdsa")]
            Self::P384(key) => key.to_bytes().to_vec(),
        }
    }

    fn public(&self) -> Result<PublicKey, Error> {
        match self {
            Self::Ed25519(key) => PublicKey::from_ed25519(key.verifying_key().as_bytes()),
            #[cfg(feature = "ecdsa")]
            Self::P256(key) => {
                of_point(Algorithm::Es256, key.verifying_key().to_sec1_point(false).as_bytes())
            }
            #[cfg(feature = "ecdsa")]
            Self::P384(key) => {
                of_point(Algorithm::Es384, key.verifying_key().to_sec1_point(false).as_bytes())
            }
        }
    }
}

/// A key from an uncompressed point: 4, `x`, `y`.
#[cfg(feature = "ecdsa")]
fn of_point(algorithm: Algorithm, sec1: &[u8]) -> Result<PublicKey, Error> {
    let point = sec1.get(1..).unwrap_or_default();
    let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
    PublicKey::from_parts(algorithm, x.to_vec(), y.to_vec())
}
