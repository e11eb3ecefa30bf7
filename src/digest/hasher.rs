//! Streaming hashing of one message.

use sha2::Digest as _;

#[cfg(feature = "all-hashes")]
use super::keccak::Sha3;
use super::{Algorithm, Digest};

/// Hashes one message that arrives in pieces. Memory is constant.
#[derive(Clone)]
pub struct Hasher {
    algorithm: Algorithm,
    state: State,
}

#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // a few hundred bytes, seldom moved; a box would cost every SHA-3
enum State {
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    #[cfg(feature = "all-hashes")]
    Sha3(Sha3),
    #[cfg(feature = "all-hashes")]
    Blake2b256(blake2::Blake2b256),
    #[cfg(feature = "all-hashes")]
    Blake2b384(blake2::Blake2b<blake2::digest::consts::U48>),
    #[cfg(feature = "all-hashes")]
    Blake2b512(blake2::Blake2b512),
    /// Boxed: the states of its tree are 2 KiB, ten times the others.
    #[cfg(feature = "all-hashes")]
    Blake3(Box<blake3::Hasher>),
}

impl Hasher {
    /// A hasher that has seen nothing yet.
    ///
    /// # Panics
    /// When this build does not compute `algorithm`. SHA-2 is computed by every build; where the
    /// algorithm is not known beforehand, use [`Hasher::try_new`].
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        match Self::try_new(algorithm) {
            Some(hasher) => hasher,
            None => unreachable!("the algorithm needs the feature `all-hashes`"),
        }
    }

    /// The same, or none when this build does not compute `algorithm`: [`Algorithm::is_computed`].
    #[must_use]
    #[inline(never)]
    pub fn try_new(algorithm: Algorithm) -> Option<Self> {
        let state = match algorithm {
            Algorithm::Sha256 => State::Sha256(sha2::Sha256::new()),
            Algorithm::Sha384 => State::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => State::Sha512(sha2::Sha512::new()),
            #[cfg(feature = "all-hashes")]
            Algorithm::Sha3_256 | Algorithm::Sha3_384 | Algorithm::Sha3_512 => {
                State::Sha3(Sha3::new(algorithm.digest_bytes()))
            }
            #[cfg(feature = "all-hashes")]
            Algorithm::Blake2b256 => State::Blake2b256(blake2::Blake2b256::new()),
            #[cfg(feature = "all-hashes")]
            Algorithm::Blake2b384 => State::Blake2b384(blake2::Blake2b::new()),
            #[cfg(feature = "all-hashes")]
            Algorithm::Blake2b512 => State::Blake2b512(blake2::Blake2b512::new()),
            #[cfg(feature = "all-hashes")]
            Algorithm::Blake3 => State::Blake3(Box::default()),
            #[cfg(not(feature = "all-hashes"))]
            _ => return None,
        };
        Some(Self { algorithm, state })
    }

    /// Takes the next piece of the message; an empty piece changes nothing.
    #[inline(never)]
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.state {
            State::Sha256(state) => state.update(piece),
            State::Sha384(state) => state.update(piece),
            State::Sha512(state) => state.update(piece),
            #[cfg(feature = "all-hashes")]
            State::Sha3(state) => state.update(piece),
            #[cfg(feature = "all-hashes")]
            State::Blake2b256(state) => state.update(piece),
            #[cfg(feature = "all-hashes")]
            State::Blake2b384(state) => state.update(piece),
            #[cfg(feature = "all-hashes")]
            State::Blake2b512(state) => state.update(piece),
            #[cfg(feature = "all-hashes")]
            State::Blake3(state) => {
                state.update(piece);
            }
        }
    }

    /// The digest of everything taken; of the empty message when nothing was.
    #[must_use]
    #[inline(never)]
    pub fn finish(self) -> Digest {
        let mut bytes = [0; super::MAX_DIGEST_BYTES];
        let mut fill = |value: &[u8]| {
            for (slot, byte) in bytes.iter_mut().zip(value) {
                *slot = *byte;
            }
        };
        match self.state {
            State::Sha256(state) => fill(&state.finalize()),
            State::Sha384(state) => fill(&state.finalize()),
            State::Sha512(state) => fill(&state.finalize()),
            #[cfg(feature = "all-hashes")]
            State::Sha3(state) => fill(&state.finish()[..]),
            #[cfg(feature = "all-hashes")]
            State::Blake2b256(state) => fill(&state.finalize()),
            #[cfg(feature = "all-hashes")]
            State::Blake2b384(state) => fill(&state.finalize()),
            #[cfg(feature = "all-hashes")]
            State::Blake2b512(state) => fill(&state.finalize()),
            #[cfg(feature = "all-hashes")]
            State::Blake3(state) => fill(state.finalize().as_bytes()),
        }
        // Equality of digests looks at the tail as well, and a sponge gives more than was asked for.
        for byte in bytes.iter_mut().skip(self.algorithm.digest_bytes()) {
            *byte = 0;
        }
        Digest { algorithm: self.algorithm, bytes }
    }
}
