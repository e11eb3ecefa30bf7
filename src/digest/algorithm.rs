//! The hash algorithms that prove something, with their names.

/// A hash algorithm that labelgate accepts as proof of content: FIPS 180-4, FIPS 202, RFC 7693, BLAKE3.
///
/// MD5, SHA-1 and anything else that a document may name is not here on purpose: a weak digest is
/// reported, never compared. Values of all of these are read and compared in every build; which are
/// computed as well says [`Algorithm::is_computed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// SHA-256: 32 bytes.
    Sha256,
    /// SHA-384: 48 bytes.
    Sha384,
    /// SHA-512: 64 bytes.
    Sha512,
    /// SHA3-256: 32 bytes.
    Sha3_256,
    /// SHA3-384: 48 bytes.
    Sha3_384,
    /// SHA3-512: 64 bytes.
    Sha3_512,
    /// BLAKE2b with 32 bytes asked for; no prefix of the longer ones.
    Blake2b256,
    /// BLAKE2b with 48 bytes asked for.
    Blake2b384,
    /// BLAKE2b with 64 bytes asked for.
    Blake2b512,
    /// BLAKE3 with 32 bytes, its default. A longer output is no stronger, a shorter one weaker; neither
    /// is this algorithm.
    Blake3,
}

impl Algorithm {
    /// All of them: by family, weakest first.
    pub const ALL: [Self; 10] = [
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
        Self::Blake2b256,
        Self::Blake2b384,
        Self::Blake2b512,
        Self::Blake3,
    ];

    /// The short key used in submissions and digest sets: `sha256`, `sha3-256`, `blake2b-256`, `blake3`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha3_256 => "sha3-256",
            Self::Sha3_384 => "sha3-384",
            Self::Sha3_512 => "sha3-512",
            Self::Blake2b256 => "blake2b-256",
            Self::Blake2b384 => "blake2b-384",
            Self::Blake2b512 => "blake2b-512",
            Self::Blake3 => "blake3",
        }
    }

    /// The name used by CycloneDX: `SHA-256`.
    #[must_use]
    pub fn cyclonedx(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
            Self::Blake2b256 => "BLAKE2b-256",
            Self::Blake2b384 => "BLAKE2b-384",
            Self::Blake2b512 => "BLAKE2b-512",
            Self::Blake3 => "BLAKE3",
        }
    }

    /// The algorithm with this short key, if it is one of ours.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.key() == key)
    }

    /// The algorithm with this CycloneDX name, if it is one of ours.
    #[must_use]
    pub fn from_cyclonedx(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.cyclonedx() == name)
    }

    /// Length of a digest, in bytes.
    #[must_use]
    pub fn digest_bytes(self) -> usize {
        match self {
            Self::Sha256 | Self::Sha3_256 | Self::Blake2b256 | Self::Blake3 => 32,
            Self::Sha384 | Self::Sha3_384 | Self::Blake2b384 => 48,
            Self::Sha512 | Self::Sha3_512 | Self::Blake2b512 => 64,
        }
    }

    /// Whether this build can hash with it: SHA-2 always, the others with feature `all-hashes`.
    #[must_use]
    pub fn is_computed(self) -> bool {
        cfg!(feature = "all-hashes") || matches!(self, Self::Sha256 | Self::Sha384 | Self::Sha512)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_algorithm_and_no_other_spelling_does() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_key(algorithm.key()), Some(algorithm));
            assert_eq!(Algorithm::from_cyclonedx(algorithm.cyclonedx()), Some(algorithm));
            assert_eq!(Algorithm::from_key(&algorithm.key().to_uppercase()), None);
        }
        for other in ["", "sha1", "md5", "sha-256", "SHA-256", "blake3-256", "sha3256"] {
            assert_eq!(Algorithm::from_key(other), None, "{other}");
        }
    }
}
