//! The signature algorithms, by their JOSE names.

/// An asymmetric signature algorithm of RFC 7518 or RFC 8037.
///
/// HMAC and `none` are not here on purpose: a document that names them is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519, by the strict rules.
    Ed25519,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// ECDSA over P-384 with SHA-384.
    Es384,
    /// ECDSA over P-521 with SHA-512.
    Es512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// RSA PSS with SHA-384.
    Ps384,
    /// RSA PSS with SHA-512.
    Ps512,
    /// RSA PKCS #1 v1.5 with SHA-256.
    Rs256,
    /// RSA PKCS #1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS #1 v1.5 with SHA-512.
    Rs512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Ed25519,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
    ];

    /// The name in JSF and JWK: `Ed25519`, `ES256`, `PS512`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The algorithm with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Whether this build checks it itself. For the others the host is asked.
    #[must_use]
    pub fn is_supported(self) -> bool {
        let has_ed25519 = cfg!(feature = "ed25519") && self == Self::Ed25519;
        has_ed25519 || cfg!(feature = "ecdsa") && matches!(self, Self::Es256 | Self::Es384)
    }

    /// The hash of the message that is signed. None for Ed25519, which hashes key and signature with it.
    #[must_use]
    pub fn digest(self) -> Option<crate::digest::Algorithm> {
        match self {
            Self::Ed25519 => None,
            Self::Es256 | Self::Ps256 | Self::Rs256 => Some(crate::digest::Algorithm::Sha256),
            Self::Es384 | Self::Ps384 | Self::Rs384 => Some(crate::digest::Algorithm::Sha384),
            Self::Es512 | Self::Ps512 | Self::Rs512 => Some(crate::digest::Algorithm::Sha512),
        }
    }

    pub(super) fn is_rsa(self) -> bool {
        !matches!(self, Self::Ed25519 | Self::Es256 | Self::Es384 | Self::Es512)
    }

    /// The curve in a JWK and the length of a coordinate, in bytes. None for RSA.
    pub(super) fn curve(self) -> Option<(&'static str, usize)> {
        match self {
            Self::Ed25519 => Some(("Ed25519", 32)),
            Self::Es256 => Some(("P-256", 32)),
            Self::Es384 => Some(("P-384", 48)),
            Self::Es512 => Some(("P-521", 66)),
            _ => None,
        }
    }
}
