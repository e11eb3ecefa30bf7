//! Member names of the objects that are open, to find the ones that come twice.

use crate::sort::heap_sort;

/// The names of all open objects over one input, innermost last. Each object remembers how many there
/// were when it began.
pub(super) struct OpenNames<'a> {
    input: &'a str,
    names: Vec<Name>,
    /// The texts of those that were written with escapes, one after the other.
    unescaped: String,
}

/// Where a name is: in the input, or beyond its end in the unescaped texts. A place and not the text,
/// so that forgetting names is nothing to be done name by name.
#[derive(Clone, Copy)]
pub(super) struct Name {
    start: usize,
    end: usize,
}

/// One bit for each look that a name of one object has; most objects never need a comparison.
#[derive(Default)]
pub(super) struct Looks(u64);

/// The same name came twice in one object.
pub(super) struct Twice;

/// Room for the names that a submission has open at once, on most platforms.
const ROOM: usize = 32;

/// Up to this many names of one object are compared one by one; beyond, they are sorted when the
/// object ends. Both find every duplicate.
const FEW: usize = 16;

impl<'a> OpenNames<'a> {
    pub(super) fn new(input: &'a str) -> Self {
        Self { input, names: Vec::with_capacity(ROOM), unescaped: String::new() }
    }

    /// How many names are open: what an object that begins now must keep.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The place of a name that stands in the input as it is.
    #[inline(always)]
    pub(super) fn written(start: usize, name: &str) -> Name {
        Name { start, end: start + name.len() }
    }

    /// The place of a name that was written with escapes.
    pub(super) fn unescaped(&mut self, name: &str) -> Name {
        let start = self.input.len() + self.unescaped.len();
        self.unescaped.push_str(name);
        Name { start, end: start + name.len() }
    }

    /// Remembers a name of the innermost object, which began at `first`.
    #[inline(always)]
    pub(super) fn remember(
        &mut self,
        first: usize,
        looks: &mut Looks,
        name: &str,
        place: Name,
    ) -> Result<(), Twice> {
        let look = look(name);
        if looks.0 & look != 0 && self.is_remembered(first, name) {
            return Err(Twice);
        }
        looks.0 |= look;
        self.names.push(place);
        Ok(())
    }

    /// Forgets the names of the innermost object, which began at `first` and ends now.
    #[inline(always)]
    pub(super) fn forget(&mut self, first: usize) -> Result<(), Twice> {
        if self.names.len() - first > FEW && self.has_twice(first) {
            return Err(Twice);
        }
        self.names.truncate(first);
        if first == 0 {
            self.unescaped.clear();
        }
        Ok(())
    }

    #[inline(never)]
    fn is_remembered(&self, first: usize, name: &str) -> bool {
        let own = self.names.get(first..).unwrap_or_default();
        own.len() < FEW && own.iter().any(|known| text(self.input, &self.unescaped, *known) == name)
    }

    #[inline(never)]
    fn has_twice(&mut self, first: usize) -> bool {
        let text = |place: &Name| text(self.input, &self.unescaped, *place);
        let own = self.names.get_mut(first..).unwrap_or_default();
        heap_sort(own, &|a, b| text(a) < text(b));
        own.windows(2).any(|pair| matches!(pair, [a, b] if text(a) == text(b)))
    }
}

fn text<'n>(input: &'n str, unescaped: &'n str, place: Name) -> &'n str {
    let found = match place.start.checked_sub(input.len()) {
        None => input.get(place.start..place.end),
        Some(start) => unescaped.get(start..place.end - input.len()),
    };
    found.unwrap_or_default()
}

/// One of 64 bits, by the length of a name and the bytes at its ends.
#[inline(always)]
fn look(name: &str) -> u64 {
    let ends = name.bytes().next().zip(name.bytes().next_back());
    let (first, last) = ends.unwrap_or_default();
    let mix = usize::from(first) * 7 + usize::from(last) * 3 + name.len();
    1 << (mix % 64)
}
