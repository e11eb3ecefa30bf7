//! Which BOMs were in force before: what a replayed older one is found by.
//!
//! CycloneDX says that a version SHOULD grow by one and that the newest SHOULD be used; nothing in a signed
//! BOM stops an old one from being shown again. So whoever checks remembers the newest (TUF specification
//! 1.0.34, sections 5.3.5 and 5.4.4: a client must never go back).

use crate::digest::Digest;
use crate::error::Error;
use crate::state::{self, Kind};

/// The newest version of each data set that was ever trusted. Bounded by the data sets that an operator
/// publishes under; grows by some 130 bytes for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    newest: Vec<Newest>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Newest {
    serial_number: String,
    version: u64,
    /// Size of the publication log; 0 as long as no checkpoint came.
    size: u64,
    digest: Vec<u8>,
}

impl state::State for Newest {
    fn save_to(&self, out: &mut state::Saver) {
        out.text(&self.serial_number);
        self.version.save_to(out);
        self.size.save_to(out);
        out.list(&self.digest);
    }

    fn restore_from(input: &mut state::Loader<'_>) -> Option<Self> {
        let (serial_number, version, size) = (input.take()?, input.take()?, input.take()?);
        Some(Self { serial_number, version, size, digest: input.list()? })
    }
}

impl state::State for Seen {
    fn save_to(&self, out: &mut state::Saver) {
        out.list(&self.newest);
    }

    fn restore_from(input: &mut state::Loader<'_>) -> Option<Self> {
        Some(Self { newest: input.list()? })
    }
}

const KIND: Kind = Kind { magic: *b"LGSB", noun: "memory of BOMs" };

/// One publication of a data set, as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication<'a> {
    /// `urn:uuid:...`: names the data set.
    pub serial_number: &'a str,
    /// Version of the BOM under it, from 1.
    pub version: u64,
    /// How many publications the checkpoint counts; none without a checkpoint.
    pub log_size: Option<u64>,
    /// SHA-256 of the document.
    pub digest: Digest,
}

/// Why a publication is older than one already seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// Its version is lower.
    Version {
        /// What was shown.
        shown: u64,
        /// The newest seen before.
        newest: u64,
    },
    /// Its log counts fewer publications.
    LogSize {
        /// What was shown.
        shown: u64,
        /// The most seen before.
        newest: u64,
    },
    /// The same version has other bytes: two lists for two readers. A further signature changes the bytes too,
    /// so whoever adds one publishes a new version.
    OtherBytes {
        /// The version that both have.
        version: u64,
    },
}

impl Seen {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compares a trusted publication with the newest of its data set and remembers it when it is not
    /// older. An older one changes nothing.
    ///
    /// # Errors
    /// What is older about it.
    pub fn meet(&mut self, shown: &Publication<'_>) -> Result<(), Rollback> {
        let of_set = |known: &&mut Newest| known.serial_number == shown.serial_number;
        let Some(known) = self.newest.iter_mut().find(of_set) else {
            self.newest.push(Newest::of(shown));
            return Ok(());
        };
        if shown.version < known.version {
            return Err(Rollback::Version { shown: shown.version, newest: known.version });
        }
        // Whether there must be a checkpoint is for the settings to say; without one nothing is known of the log.
        let size = shown.log_size.unwrap_or(known.size);
        if size < known.size {
            return Err(Rollback::LogSize { shown: size, newest: known.size });
        }
        if shown.version == known.version && !known.has(&shown.digest) {
            return Err(Rollback::OtherBytes { version: shown.version });
        }
        if shown.version == known.version && size == known.size {
            // Every submission but the first comes here: nothing is written.
            return Ok(());
        }
        (known.version, known.size) = (shown.version, size);
        known.digest = shown.digest.as_bytes().to_vec();
        Ok(())
    }

    /// What is seen when nothing but this publication was.
    #[must_use]
    pub fn of(shown: &Publication<'_>) -> Self {
        Self { newest: vec![Newest::of(shown)] }
    }

    /// Takes over what somebody else saw, where that is newer. Two lists under one version stay the one
    /// that was seen here.
    pub fn merge(&mut self, other: &Self) {
        for theirs in &other.newest {
            let of_set = |known: &&mut Newest| known.serial_number == theirs.serial_number;
            match self.newest.iter_mut().find(of_set) {
                None => self.newest.push(theirs.clone()),
                Some(known) => {
                    known.size = known.size.max(theirs.size);
                    if known.version < theirs.version {
                        known.version = theirs.version;
                        known.digest.clone_from(&theirs.digest);
                    }
                }
            }
        }
    }

    /// The newest version seen of a data set.
    #[must_use]
    pub fn newest_version(&self, serial_number: &str) -> Option<u64> {
        let known = self.newest.iter().find(|known| known.serial_number == serial_number);
        known.map(|known| known.version)
    }

    /// Saves it in the binary form of [`crate::state`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Restores what was saved, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`](crate::ErrorCode::State) when the bytes are of another kind or version, or
    /// damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        state::restore(KIND, bytes)
    }
}

impl Newest {
    fn of(shown: &Publication<'_>) -> Self {
        Self {
            serial_number: shown.serial_number.to_owned(),
            version: shown.version,
            size: shown.log_size.unwrap_or(0),
            digest: shown.digest.as_bytes().to_vec(),
        }
    }

    fn has(&self, digest: &Digest) -> bool {
        self.digest == digest.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Algorithm, Hasher};

    fn digest(content: &str) -> Digest {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(content.as_bytes());
        hasher.finish()
    }

    fn shown(version: u64, log_size: Option<u64>, content: &str) -> Publication<'static> {
        Publication { serial_number: "urn:uuid:a", version, log_size, digest: digest(content) }
    }

    #[test]
    fn a_newer_version_is_remembered_and_an_older_one_refused() {
        let mut seen = Seen::new();
        assert_eq!(seen.meet(&shown(2, None, "two")), Ok(()));
        assert_eq!(seen.meet(&shown(2, None, "two")), Ok(()));
        assert_eq!(seen.meet(&shown(3, None, "three")), Ok(()));
        let older = Rollback::Version { shown: 2, newest: 3 };
        assert_eq!(seen.meet(&shown(2, None, "two")), Err(older));
        assert_eq!(seen.newest_version("urn:uuid:a"), Some(3));
        let other = Publication { serial_number: "urn:uuid:b", ..shown(1, None, "one") };
        assert_eq!(seen.meet(&other), Ok(()));
    }

    #[test]
    fn a_log_never_shrinks_and_nothing_is_said_of_it_without_a_checkpoint() {
        let mut seen = Seen::new();
        assert_eq!(seen.meet(&shown(1, Some(4), "one")), Ok(()));
        let shorter = |shown| Err(Rollback::LogSize { shown, newest: 4 });
        assert_eq!(seen.meet(&shown(2, Some(3), "two")), shorter(3));
        assert_eq!(seen.meet(&shown(2, None, "two")), Ok(()));
        assert_eq!(seen.meet(&shown(2, Some(3), "two")), shorter(3));
        assert_eq!(seen.meet(&shown(2, Some(5), "two")), Ok(()));
    }

    #[test]
    fn what_two_saw_is_the_newest_of_each() {
        let mut here = Seen::of(&shown(3, Some(3), "three"));
        here.merge(&Seen::of(&shown(2, Some(4), "two")));
        assert_eq!(here.meet(&shown(3, Some(4), "three")), Ok(()));
        here.merge(&Seen::of(&shown(5, None, "five")));
        assert_eq!(here.newest_version("urn:uuid:a"), Some(5));
        here.merge(&Seen::of(&Publication {
            serial_number: "urn:uuid:b",
            ..shown(1, None, "one")
        }));
        assert_eq!(here.newest_version("urn:uuid:b"), Some(1));
    }

    #[test]
    fn two_lists_under_one_version_are_a_split_view() {
        let mut seen = Seen::new();
        assert_eq!(seen.meet(&shown(1, None, "for you")), Ok(()));
        let split = Err(Rollback::OtherBytes { version: 1 });
        assert_eq!(seen.meet(&shown(1, None, "for me")), split);
        assert_eq!(seen.meet(&shown(1, Some(7), "for me")), split);
        assert_eq!(Seen::restore(&seen.save()).unwrap(), seen);
        assert!(Seen::restore(b"LGSB\x01\x00\xFF\xFF\xFF\xFF").is_err());
    }
}
