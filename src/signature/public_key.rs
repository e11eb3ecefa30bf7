//! Public keys as JSON Web Keys: RFC 7517, RFC 7518 section 6, RFC 8037.

use crate::digest::{self, Hasher};
use crate::error::{Error, ErrorCode};
use crate::json::{Kind, Reader, Writer, shortened};

use super::{Algorithm, base64};

/// A public key for signatures. Its algorithm is fixed by the key itself, and by `alg` for RSA.
///
/// ```
/// use labelgate::signature::{Algorithm, PublicKey};
///
/// let key = PublicKey::from_jwk(
///     br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
/// )?;
/// assert_eq!(key.algorithm(), Algorithm::Ed25519);
/// assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"); // RFC 8037, A.3
/// # Ok::<(), labelgate::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// `x` of a curve, or the modulus.
    first: Vec<u8>,
    /// `y` of a curve, or the exponent; empty for Ed25519.
    second: Vec<u8>,
    key_id: Option<String>,
}

/// The members of a JWK that say something to us, decoded where they are numbers.
#[derive(Default)]
pub(super) struct Members {
    pub(super) kty: String,
    crv: String,
    alg: Option<String>,
    usage: Option<String>,
    operations: Option<Vec<String>>,
    key_id: Option<String>,
    x: Option<Vec<u8>>,
    y: Option<Vec<u8>>,
    n: Option<Vec<u8>>,
    e: Option<Vec<u8>>,
    pub(super) d: Option<Vec<u8>>,
    other_private: bool,
}

impl PublicKey {
    /// Reads a JSON Web Key.
    ///
    /// # Errors
    /// [`ErrorCode::Key`]: JSON that breaks the strict rules; a kind of key that signs nothing we know;
    /// a private member (`d` and its like); `use`, `key_ops` or `alg` that say otherwise; base64url
    /// that is padded or not canonical; a coordinate of the wrong length; a point that is not on its
    /// curve, or of small order (for Ed25519 with feature `ed25519` only, for P-256 and P-384 with feature `ecdsa`
    /// only, for P-521 never: the host that checks the signature checks the point as well); RSA under 2,048 or over 16,384 bits.
    pub fn from_jwk(jwk: &[u8]) -> Result<Self, Error> {
        let members = Members::read(jwk)?;
        if members.d.is_some() || members.other_private {
            return Err(key_error("expected a public key, found a private member"));
        }
        Self::from_members(members, "verify")
    }

    pub(super) fn from_members(members: Members, operation: &str) -> Result<Self, Error> {
        if members.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(key_error("expected `use` of a key to be sig"));
        }
        if members.operations.as_ref().is_some_and(|all| !all.iter().any(|one| one == operation)) {
            return Err(key_error(&format!("expected {operation} among the `key_ops` of a key")));
        }
        let named = match members.alg.as_deref() {
            // RFC 8037, and RFC 9864 that gave it a name of its own.
            Some("EdDSA") => Some(Algorithm::Ed25519),
            Some(name) => Some(Algorithm::from_name(name).ok_or_else(|| {
                key_error(&format!("expected a signature algorithm, found `{}`", shortened(name)))
            })?),
            None => None,
        };
        let algorithm = match (members.kty.as_str(), members.crv.as_str()) {
            ("OKP", "Ed25519") => Algorithm::Ed25519,
            ("EC", "P-256") => Algorithm::Es256,
            ("EC", "P-384") => Algorithm::Es384,
            ("EC", "P-521") => Algorithm::Es512,
            ("RSA", _) => named
                .filter(|algorithm| algorithm.is_rsa())
                .ok_or_else(|| key_error("expected `alg` of an RSA key to be RS256 to PS512"))?,
            _ => return Err(key_error("expected a key of Ed25519, P-256, P-384, P-521 or RSA")),
        };
        if named.is_some_and(|named| named != algorithm) {
            return Err(key_error(&format!("expected `alg` to be {}", algorithm.name())));
        }
        let missing = || key_error("expected the coordinates or the modulus of a key");
        let (first, second) = if algorithm.is_rsa() {
            (members.n.ok_or_else(missing)?, members.e.ok_or_else(missing)?)
        } else if algorithm == Algorithm::Ed25519 {
            (members.x.ok_or_else(missing)?, Vec::new())
        } else {
            (members.x.ok_or_else(missing)?, members.y.ok_or_else(missing)?)
        };
        let mut key = Self::from_parts(algorithm, first, second)?;
        key.key_id = members.key_id;
        Ok(key)
    }

    /// An Ed25519 key from its 32 bytes.
    ///
    /// # Errors
    /// [`ErrorCode::Key`] when they are not a point, not its canonical encoding, or of small order.
    pub fn from_ed25519(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_parts(Algorithm::Ed25519, bytes.to_vec(), Vec::new())
    }

    /// A key of P-256, P-384 or P-521 from its coordinates, in bytes of full length.
    pub(super) fn from_parts(
        algorithm: Algorithm,
        first: Vec<u8>,
        second: Vec<u8>,
    ) -> Result<Self, Error> {
        if let Some((curve, length)) = algorithm.curve() {
            let second_length = if algorithm == Algorithm::Ed25519 { 0 } else { length };
            if first.len() != length || second.len() != second_length {
                let text = format!("expected coordinates of {length} bytes for {curve}");
                return Err(key_error(&text));
            }
        } else {
            check_rsa(&first, &second)?;
        }
        let key = Self { algorithm, first, second, key_id: None };
        if !super::verifier::is_valid_point(&key) {
            return Err(key_error("expected a point on the curve, not of small order"));
        }
        Ok(key)
    }

    /// The one algorithm that signatures by this key may have.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the JWK. It only helps to find a key, and proves nothing.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The same key under this `kid`.
    #[must_use]
    pub fn with_key_id(mut self, key_id: &str) -> Self {
        self.key_id = Some(key_id.to_owned());
        self
    }

    /// The key as a JWK in canonical form (RFC 8785), with `alg`, and `kid` when it has one.
    #[must_use]
    pub fn to_jwk(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        writer.word_member("alg", self.algorithm.name());
        self.write_members(&mut writer, self.key_id.as_deref(), None);
        writer.close_object();
        writer.into_bytes()
    }

    /// The key as JSF wants it inside a signature: a JWK of nothing but the key.
    pub(super) fn to_bare_jwk(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        self.write_members(&mut writer, None, None);
        writer.close_object();
        writer.into_bytes()
    }

    /// The JWK thumbprint with SHA-256, in base64url: RFC 7638. It is the same for the same key,
    /// whatever else its JWK says.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let mut hasher = Hasher::new(digest::Algorithm::Sha256);
        hasher.update(&self.to_bare_jwk());
        base64::encode_url(hasher.finish().as_bytes())
    }

    /// Whether both are the same key, whatever their `kid`.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm
            && self.first == other.first
            && self.second == other.second
    }

    /// Whether a JWK (of any source, RSA without `alg` too) holds this key.
    pub(super) fn is_in(&self, members: &Members) -> bool {
        let same = |own: &[u8], other: &Option<Vec<u8>>| other.as_deref() == Some(own);
        if self.algorithm.is_rsa() {
            members.kty == "RSA" && same(&self.first, &members.n) && same(&self.second, &members.e)
        } else {
            self.algorithm.curve().is_some_and(|(curve, _)| curve == members.crv)
                && same(&self.first, &members.x)
                && (self.second.is_empty() || same(&self.second, &members.y))
        }
    }

    /// `x` or the modulus.
    pub(super) fn first(&self) -> &[u8] {
        &self.first
    }

    /// `y` or the exponent; empty for Ed25519.
    #[cfg(feature = "ecdsa")]
    pub(super) fn second(&self) -> &[u8] {
        &self.second
    }

    /// How long a signature by this key is, in bytes.
    pub(super) fn signature_bytes(&self) -> usize {
        match self.algorithm.curve() {
            Some((_, length)) => 2 * length,
            None => self.first.len(),
        }
    }

    /// Writes the members after `alg` in canonical order; `secret` is `d`.
    pub(super) fn write_members(
        &self,
        writer: &mut Writer,
        key_id: Option<&str>,
        secret: Option<&[u8]>,
    ) {
        let kty = match self.algorithm {
            Algorithm::Ed25519 => "OKP",
            Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => "EC",
            _ => "RSA",
        };
        let encoded = base64::encode_url;
        if let Some((curve, _)) = self.algorithm.curve() {
            writer.word_member("crv", curve);
        }
        if let Some(secret) = secret {
            writer.word_member("d", &encoded(secret));
        }
        if self.algorithm.is_rsa() {
            writer.word_member("e", &encoded(&self.second));
        }
        if let Some(key_id) = key_id {
            writer.string_member("kid", key_id);
        }
        writer.word_member("kty", kty);
        if self.algorithm.is_rsa() {
            writer.word_member("n", &encoded(&self.first));
            return;
        }
        writer.word_member("x", &encoded(&self.first));
        if !self.second.is_empty() {
            writer.word_member("y", &encoded(&self.second));
        }
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm.name(), self.thumbprint())
    }
}

impl Members {
    pub(super) fn read(jwk: &[u8]) -> Result<Self, Error> {
        let read = |mut reader: Reader<'_>| {
            let members = Self::take(&mut reader)?;
            reader.finish()?;
            Ok(members)
        };
        Reader::new(jwk, MAX_DEPTH).and_then(read).map_err(|error| error.with_code(ErrorCode::Key))
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut members = Self::default();
        reader.object(&mut |reader, name| {
            match name {
                "kty" => members.kty = reader.string()?.into_owned(),
                "crv" => members.crv = reader.string()?.into_owned(),
                "alg" => members.alg = Some(reader.string()?.into_owned()),
                "use" => members.usage = Some(reader.string()?.into_owned()),
                "kid" => members.key_id = Some(reader.string()?.into_owned()),
                "key_ops" => {
                    let mut operations = Vec::new();
                    reader.array(&mut |reader| {
                        operations.push(reader.string()?.into_owned());
                        Ok(())
                    })?;
                    members.operations = Some(operations);
                }
                "x" => members.x = Some(bytes(reader)?),
                "y" => members.y = Some(bytes(reader)?),
                "n" => members.n = Some(bytes(reader)?),
                "e" => members.e = Some(bytes(reader)?),
                "d" => members.d = Some(bytes(reader)?),
                "p" | "q" | "dp" | "dq" | "qi" | "oth" | "k" => {
                    members.other_private = true;
                    reader.skip()?;
                }
                _ if reader.kind()? == Kind::Null => {
                    reader.null();
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(members)
    }
}

fn bytes(reader: &mut Reader<'_>) -> Result<Vec<u8>, Error> {
    let at = reader.offset();
    let text = reader.string()?;
    base64::decode_url(&text)
        .ok_or_else(|| reader.error_from(at, "expected base64url without padding"))
}

/// A modulus and an exponent that WebCrypto takes and that are worth something.
fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), Error> {
    let is_minimal = |number: &[u8]| number.first().is_some_and(|byte| *byte != 0);
    let bits = modulus.len() * 8;
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    let fits = (2_048..=16_384).contains(&bits)
        && is_minimal(modulus)
        && is_odd(modulus)
        && exponent.len() <= 4
        && is_minimal(exponent)
        && is_odd(exponent)
        && exponent != [1];
    if fits { Ok(()) } else { Err(key_error("expected an RSA key of 2,048 to 16,384 bits")) }
}

pub(super) fn key_error(text: &str) -> Error {
    Error::new(ErrorCode::Key, text)
}

/// Deepest nesting in a JWK: members that we do not read may hold something.
const MAX_DEPTH: usize = 8;

#[cfg(test)]
#[cfg(all(feature = "sign", feature = "ecdsa"))]
mod tests;
