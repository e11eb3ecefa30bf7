//! What stands under a name before it is an item: a file to hash, or digests that a manifest lists.

use std::fs::Metadata;
use std::time::UNIX_EPOCH;

use labelgate::digest::{Algorithm, Digest};

/// Where the digests of a name come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file below one of the inputs, by the number of that.
    File { input: u32, stamp: Stamp },
    /// A manifest.
    Listed(Vec<Digest>),
}

/// What tells whether a file is still the one that was hashed, without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub bytes: u64,
    /// Nanoseconds since 1970 of the last change to the content.
    pub modified_ns: i64,
    /// The same of the last change to anything about the file, where the system has that. Unlike the
    /// other time, nobody can set it.
    pub changed_ns: i64,
}

impl Stamp {
    pub fn of(metadata: &Metadata) -> Self {
        let modified =
            metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified_ns = modified.and_then(|since| i64::try_from(since.as_nanos()).ok());
        Self {
            bytes: metadata.len(),
            modified_ns: modified_ns.unwrap_or_default(),
            changed_ns: changed_ns(metadata),
        }
    }
}

#[cfg(unix)]
fn changed_ns(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed_ns(_: &Metadata) -> i64 {
    0
}

const FILE: u8 = 0;
const LISTED: u8 = 1;

impl Origin {
    /// For the sorter.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(40);
        match self {
            Self::File { input, stamp } => {
                bytes.push(FILE);
                bytes.extend_from_slice(&input.to_le_bytes());
                bytes.extend_from_slice(&stamp.bytes.to_le_bytes());
                bytes.extend_from_slice(&stamp.modified_ns.to_le_bytes());
                bytes.extend_from_slice(&stamp.changed_ns.to_le_bytes());
            }
            Self::Listed(digests) => {
                bytes.push(LISTED);
                for digest in digests {
                    let place =
                        Algorithm::ALL.iter().position(|known| *known == digest.algorithm());
                    bytes.push(place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX));
                    bytes.extend_from_slice(digest.as_bytes());
                }
            }
        }
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, mut rest) = bytes.split_first()?;
        if *kind == FILE {
            let (input, rest) = rest.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            let (modified, rest) = rest.split_first_chunk()?;
            let (changed, _) = rest.split_first_chunk()?;
            let stamp = Stamp {
                bytes: u64::from_le_bytes(*length),
                modified_ns: i64::from_le_bytes(*modified),
                changed_ns: i64::from_le_bytes(*changed),
            };
            return Some(Self::File { input: u32::from_le_bytes(*input), stamp });
        }
        let mut digests = Vec::new();
        while let Some((place, after)) = rest.split_first() {
            let algorithm = *Algorithm::ALL.get(usize::from(*place))?;
            let (value, after) = after.split_at_checked(algorithm.digest_bytes())?;
            digests.push(Digest::from_bytes(algorithm, value).ok()?);
            rest = after;
        }
        Some(Self::Listed(digests))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_the_sorter_is_read_back() {
        let stamp = Stamp { bytes: u64::MAX, modified_ns: -1, changed_ns: i64::MAX };
        let digests = vec![
            Digest::from_bytes(Algorithm::Sha256, &[7; 32]).unwrap(),
            Digest::from_bytes(Algorithm::Sha512, &[8; 64]).unwrap(),
        ];
        for origin in
            [Origin::File { input: 3, stamp }, Origin::Listed(digests), Origin::Listed(vec![])]
        {
            assert_eq!(Origin::from_bytes(&origin.to_bytes()), Some(origin));
        }
    }
}
