//! Content digests: algorithms, values, streaming, many messages at once.
//!
//! Part of the instruments: useful alone, knows nothing of gates or policies.

mod algorithm;
mod hasher;
mod hex;
#[cfg(feature = "all-hashes")]
mod keccak;
pub mod many;
mod node;

use std::fmt;

use crate::error::{Error, ErrorCode};

pub use algorithm::Algorithm;
pub use hasher::Hasher;
pub(crate) use node::sha256_of_node;

/// The longest digest of any [`Algorithm`], in bytes.
pub const MAX_DIGEST_BYTES: usize = 64;

/// A digest value together with its algorithm. Compared in full, never by prefix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    /// Left-aligned; the tail beyond the algorithm's length is zero, so that derived equality holds.
    bytes: [u8; MAX_DIGEST_BYTES],
}

impl Digest {
    /// A digest from raw bytes.
    ///
    /// # Errors
    /// [`ErrorCode::Digest`] when the length is not that of the algorithm.
    pub fn from_bytes(algorithm: Algorithm, value: &[u8]) -> Result<Self, Error> {
        let mut bytes = [0; MAX_DIGEST_BYTES];
        match bytes.get_mut(..value.len()) {
            Some(head) if value.len() == algorithm.digest_bytes() => head.copy_from_slice(value),
            _ => {
                return Err(Error::new(
                    ErrorCode::Digest,
                    format!(
                        "a {} digest has {} bytes, got {}",
                        algorithm.cyclonedx(),
                        algorithm.digest_bytes(),
                        value.len()
                    ),
                ));
            }
        }
        Ok(Self { algorithm, bytes })
    }

    /// A digest from hexadecimal text of either case.
    ///
    /// # Errors
    /// [`ErrorCode::Digest`] when a character is not hexadecimal or the length is not that of the
    /// algorithm.
    pub fn from_hex(algorithm: Algorithm, hex: &str) -> Result<Self, Error> {
        let expected = algorithm.digest_bytes() * 2;
        if hex.len() != expected {
            return Err(Error::new(
                ErrorCode::Digest,
                format!(
                    "a {} digest has {expected} hexadecimal digits, got {}",
                    algorithm.cyclonedx(),
                    hex.len()
                ),
            ));
        }
        let mut bytes = [0; MAX_DIGEST_BYTES];
        let mut is_hex = true;
        // Every digest is a whole number of four bytes.
        let (four_bytes, _) = bytes.as_chunks_mut::<4>();
        for (four, digits) in four_bytes.iter_mut().zip(hex.as_bytes().as_chunks::<8>().0) {
            match hex::four_bytes(*digits) {
                Some(value) => *four = value,
                None => is_hex = false,
            }
        }
        if !is_hex {
            return Err(Error::new(
                ErrorCode::Digest,
                format!("a {} digest is hexadecimal digits only", algorithm.cyclonedx()),
            ));
        }
        Ok(Self { algorithm, bytes })
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The value: as many bytes as the algorithm has.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.algorithm.digest_bytes()).unwrap_or(&self.bytes)
    }

    /// The value as lower-case hexadecimal text.
    #[must_use]
    pub fn to_hex(&self) -> String {
        const DIGITS: [char; 16] =
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
        self.as_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

/// `sha256:<lower-case hexadecimal>`, the form used in verdicts.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.key(), self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_round_trips_in_either_case() {
        let lower = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let digest = Digest::from_hex(Algorithm::Sha256, lower).unwrap();
        assert_eq!(digest.to_hex(), lower);
        assert_eq!(Digest::from_hex(Algorithm::Sha256, &lower.to_uppercase()).unwrap(), digest);
        assert_eq!(digest.to_string(), format!("sha256:{lower}"));
    }

    #[test]
    fn an_md5_in_a_sha256_field_is_refused_with_both_lengths() {
        let error =
            Digest::from_hex(Algorithm::Sha256, "d41d8cd98f00b204e9800998ecf8427e").unwrap_err();
        assert_eq!(error.message(), "a SHA-256 digest has 64 hexadecimal digits, got 32");
    }

    #[test]
    fn a_letter_beyond_f_is_refused() {
        assert!(Digest::from_hex(Algorithm::Sha256, &"g".repeat(64)).is_err());
    }
}
