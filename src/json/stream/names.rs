//! Member names of open objects, to find the ones that come twice.
//!
//! As fingerprints, because a stream has no input to point into, as [`Reader`](super::super::Reader) has.

use crate::fingerprint;
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
        let print = fingerprint::of_text(name);
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
