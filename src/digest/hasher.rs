//! Streaming hashing of one message.

use sha2::Digest as _;

use super::{Algorithm, Digest};

/// Hashes one message that arrives in pieces. Memory is constant.
#[derive(Clone)]
pub struct Hasher {
    state: State,
}

#[derive(Clone)]
enum State {
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// A hasher that has seen nothing yet.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        let state = match algorithm {
            Algorithm::Sha256 => State::Sha256(sha2::Sha256::new()),
            Algorithm::Sha384 => State::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => State::Sha512(sha2::Sha512::new()),
        };
        Self { state }
    }

    /// Takes the next piece of the message; an empty piece changes nothing.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.state {
            State::Sha256(state) => state.update(piece),
            State::Sha384(state) => state.update(piece),
            State::Sha512(state) => state.update(piece),
        }
    }

    /// The digest of everything taken; of the empty message when nothing was.
    #[must_use]
    pub fn finish(self) -> Digest {
        let mut bytes = [0; super::MAX_DIGEST_BYTES];
        let mut fill = |value: &[u8]| {
            for (slot, byte) in bytes.iter_mut().zip(value) {
                *slot = *byte;
            }
        };
        let algorithm = match self.state {
            State::Sha256(state) => {
                fill(&state.finalize());
                Algorithm::Sha256
            }
            State::Sha384(state) => {
                fill(&state.finalize());
                Algorithm::Sha384
            }
            State::Sha512(state) => {
                fill(&state.finalize());
                Algorithm::Sha512
            }
        };
        Digest { algorithm, bytes }
    }
}
