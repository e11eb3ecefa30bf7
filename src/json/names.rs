//! Member names of open objects, to find the ones that come twice.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::sort::heap_sort;

/// Up to this many names of one object are compared one by one; beyond, they are sorted when the
/// object ends. Both find every duplicate; small objects stay free of sorting.
const FEW: usize = 16;

/// Fingerprints of the names of all open objects, innermost last. Each object remembers how many
/// there were when it began.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    prints: Vec<u128>,
}

/// The same member name came twice in one object.
pub(super) struct Twice;

impl Names {
    /// How many names are remembered: what an object that begins now must keep.
    pub(super) fn len(&self) -> usize {
        self.prints.len()
    }

    /// Remembers a name of the innermost object, which began at `first`.
    pub(super) fn remember(&mut self, first: usize, name: &[u8]) -> Result<(), Twice> {
        let print = fingerprint(name);
        let own = self.prints.get(first..).unwrap_or_default();
        if own.len() < FEW && own.contains(&print) {
            return Err(Twice);
        }
        self.prints.push(print);
        Ok(())
    }

    /// Forgets the names of the innermost object, which began at `first` and ends now.
    pub(super) fn forget(&mut self, first: usize) -> Result<(), Twice> {
        let own = self.prints.get_mut(first..).unwrap_or_default();
        let mut twice = false;
        if own.len() > FEW {
            heap_sort(own, &|a, b| a < b);
            twice = own.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
        }
        self.prints.truncate(first);
        if twice { Err(Twice) } else { Ok(()) }
    }
}

/// 128 bits that stand for a text: the text itself and its length up to 15 bytes, else SipHash-1-3
/// with a fixed key. Two texts that differ share one with chance 2^-120.
pub(crate) fn fingerprint(text: &[u8]) -> u128 {
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
