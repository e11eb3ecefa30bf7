//! Short stand-ins for ids and other texts, so that memory stays small whatever they look like.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::state::{Loader, Saver, State};

/// 128 bits that stand for an id in memory.
///
/// SipHash-1-3 with a fixed key, so that every runtime agrees. Two honest ids share one with chance
/// 2^-128; whoever finds a pair on purpose can only make two accounts of their own look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint(u64, u64);

impl Fingerprint {
    /// The fingerprint of an id.
    pub(crate) fn of(id: &str) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(id.as_bytes());
        let hash = hasher.finish128();
        Self(hash.h1, hash.h2)
    }

    /// Half of the bits, where 64 are enough.
    pub(crate) fn low(self) -> u64 {
        self.0
    }

    /// The `n`th four bits, from 0 to 31.
    #[inline]
    pub(crate) fn nibble(self, n: u32) -> usize {
        let half = if n < 16 { self.0 } else { self.1 };
        usize::from(half.rotate_left(n * 4 + 4).to_le_bytes()[0] & 15)
    }

    #[cfg(test)]
    pub(crate) fn from_halves(first: u64, second: u64) -> Self {
        Self(first, second)
    }
}

impl State for Fingerprint {
    fn save_to(&self, out: &mut Saver) {
        self.0.save_to(out);
        self.1.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self(input.take()?, input.take()?))
    }
}

/// 128 bits that stand for a text that is not kept: the text itself and its length up to 15 bytes, else SipHash-1-3
/// with a fixed key. Two texts that differ share one with chance 2^-120.
pub(crate) fn of_text(text: &[u8]) -> u128 {
    let mut short = [0; 16];
    if let (Some(head), Ok(length)) = (short.get_mut(..text.len()), u8::try_from(text.len()))
        && length < 16
    {
        head.copy_from_slice(text);
        return u128::from_le_bytes(short) | u128::from(length) << 120;
    }
    let mut hasher = SipHasher13::new();
    hasher.write(text);
    // The highest byte is a length below 16 in the other branch.
    hasher.finish128().as_u128() | 0xFF << 120
}
