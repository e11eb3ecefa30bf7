//! The hash algorithms that CycloneDX names, and what a value of each looks like.

use crate::digest::{Algorithm, Digest};

use super::reader::quoted;

/// An algorithm named in a BOM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Strong(Algorithm),
    /// An index into [`WEAK`].
    Weak(u8),
}

/// A value of a named algorithm.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Proof(Digest),
    /// Proves nothing; an index into [`WEAK`].
    Weak(u8),
}

/// Algorithms that never prove anything here, in the order of the CycloneDX schema, with the
/// hexadecimal digits of a value. MD5 and SHA-1 are broken. Streebog's design was not explained and a
/// structure that was denied has been found in it (Perrin, 2019, "Partitions in the S-Box of Streebog
/// and Kuznyechik"). A BLAKE3 of another length than its own is a weaker hash or says nothing more; the
/// schema allows from 32 to 128 digits (0 here).
const WEAK: [(&str, usize); 5] =
    [("MD5", 32), ("SHA-1", 40), (BLAKE3, 0), ("Streebog-256", 64), ("Streebog-512", 128)];

/// Strong with 64 digits, weak with any other number.
const BLAKE3: &str = "BLAKE3";

/// Where BLAKE3 is in [`WEAK`].
const WEAK_BLAKE3: u8 = 2;

/// The lengths that the CycloneDX schema allows for any algorithm, in hexadecimal digits.
const SCHEMA_DIGITS: [usize; 5] = [32, 40, 64, 96, 128];

impl Named {
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        if let Some(algorithm) = Algorithm::from_cyclonedx(name) {
            return Ok(Self::Strong(algorithm));
        }
        let weak = WEAK.iter().zip(0..).find(|((known, _), _)| *known == name);
        match weak {
            Some((_, index)) => Ok(Self::Weak(index)),
            None => Err(format!(
                "expected a hash algorithm of CycloneDX 1.5 to 1.7, found {}",
                quoted(name)
            )),
        }
    }

    /// The digest, if the value proves something, or what to report; after checking that the value can
    /// be one of this algorithm.
    pub(super) fn read(self, content: &str) -> Result<Value, String> {
        let index = match self {
            Self::Strong(algorithm @ Algorithm::Blake3)
                if content.len() != algorithm.digest_bytes() * 2 =>
            {
                WEAK_BLAKE3
            }
            Self::Strong(algorithm) => {
                let digest = Digest::from_hex(algorithm, content);
                return digest.map(Value::Proof).map_err(|error| error.message().to_owned());
            }
            Self::Weak(index) => index,
        };
        let (name, digits) = WEAK.get(usize::from(index)).copied().unwrap_or_default();
        let length_fits = match digits {
            0 => SCHEMA_DIGITS.contains(&content.len()),
            _ => digits == content.len(),
        };
        if length_fits && content.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Value::Weak(index))
        } else {
            let lengths = match digits {
                0 => "32, 40, 64, 96 or 128".to_owned(),
                _ => digits.to_string(),
            };
            Err(format!("expected {name} as {lengths} hexadecimal digits"))
        }
    }
}

/// A set of weak algorithms.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WeakSet(u16);

impl WeakSet {
    pub(super) fn insert(&mut self, index: u8) {
        self.0 |= 1 << index;
    }

    pub(super) fn to_bits(self) -> u16 {
        self.0
    }

    pub(super) fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        WEAK.iter()
            .enumerate()
            .filter(move |(index, _)| self.0 >> index & 1 == 1)
            .map(|(_, (name, _))| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_of_the_schema_is_known_and_no_other_spelling() {
        for name in [
            "MD5",
            "SHA-1",
            "SHA-256",
            "SHA-384",
            "SHA-512",
            "SHA3-256",
            "SHA3-384",
            "SHA3-512",
            "BLAKE2b-256",
            "BLAKE2b-384",
            "BLAKE2b-512",
            "BLAKE3",
            "Streebog-256",
            "Streebog-512",
        ] {
            assert!(Named::parse(name).is_ok(), "{name}");
            assert!(Named::parse(&name.to_lowercase()).is_err(), "{name}");
        }
        assert!(Named::parse("SHA256").is_err());
    }

    #[test]
    fn a_value_must_have_the_length_of_its_algorithm() {
        let read = |name, digits| Named::parse(name).unwrap().read(&"a".repeat(digits));
        for algorithm in Algorithm::ALL {
            let name = algorithm.cyclonedx();
            let value = read(name, algorithm.digest_bytes() * 2).unwrap();
            assert!(
                matches!(value, Value::Proof(digest) if digest.algorithm() == algorithm),
                "{name}"
            );
            assert!(read(name, algorithm.digest_bytes() * 2 - 1).is_err(), "{name}");
        }
        for (index, name, digits) in [(0, "MD5", 32), (1, "SHA-1", 40), (3, "Streebog-256", 64)] {
            assert_eq!(read(name, digits), Ok(Value::Weak(index)), "{name}");
            assert!(read(name, digits + 2).is_err(), "{name}");
        }
        assert!(Named::parse("MD5").unwrap().read(&"g".repeat(32)).is_err());
    }

    #[test]
    fn a_blake3_of_another_length_is_only_named() {
        let read = |digits| Named::parse("BLAKE3").unwrap().read(&"a".repeat(digits));
        for digits in [32, 40, 96, 128] {
            let Ok(Value::Weak(index)) = read(digits) else {
                panic!("{digits}: {:?}", read(digits))
            };
            assert_eq!(WEAK[usize::from(index)].0, "BLAKE3");
        }
        for digits in [0, 5, 62, 63, 65, 66] {
            assert!(read(digits).is_err(), "{digits}");
        }
        assert!(Named::parse("BLAKE3").unwrap().read(&"g".repeat(96)).is_err());
    }

    #[test]
    fn weak_algorithms_are_named_in_the_order_of_the_schema() {
        let mut set = WeakSet::default();
        for name in ["Streebog-512", "MD5"] {
            if let Ok(Named::Weak(index)) = Named::parse(name) {
                set.insert(index);
            }
        }
        assert_eq!(set.names().collect::<Vec<_>>(), ["MD5", "Streebog-512"]);
    }
}
