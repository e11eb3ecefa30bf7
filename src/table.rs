//! Values found by an id.

use std::collections::BTreeMap;

use crate::fingerprint::Fingerprint;
use crate::state::{Loader, Saver, State};

/// Values by id.
///
/// The map goes from the fingerprint of an id to a place: an ordered map, so that no id that a client
/// chooses can make a lookup slow, of numbers, because comparing texts is slow in wasm, and of one
/// kind, so that one map serves every kind of value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table<T> {
    places: BTreeMap<Fingerprint, u32>,
    values: Vec<(String, T)>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new() }
    }
}

impl<T> Table<T> {
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        let at = self.places.get(&Fingerprint::of(id))?;
        self.values.get(place(*at)).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        let at = self.places.get(&Fingerprint::of(id))?;
        self.values.get_mut(place(*at)).map(|(_, value)| value)
    }

    /// Sets the value of an id, new or known. Beyond 2^32 ids nothing more is taken.
    pub(crate) fn insert(&mut self, id: &str, value: T) {
        if let Some(known) = self.get_mut(id) {
            *known = value;
        } else if let Ok(next) = u32::try_from(self.values.len()) {
            self.places.insert(Fingerprint::of(id), next);
            self.values.push((id.to_owned(), value));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Ids with their values, in the order in which they came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.values.iter().map(|(id, value)| (id.as_str(), value))
    }
}

/// Ids with their values, in the order in which they came; each id once.
impl<T: State> State for Table<T> {
    fn save_to(&self, out: &mut Saver) {
        u32::try_from(self.len()).unwrap_or(u32::MAX).save_to(out);
        for (id, value) in self.iter() {
            out.text(id);
            value.save_to(out);
        }
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let mut table = Self::default();
        for _ in 0..input.take::<u32>()? {
            let id = input.text()?;
            if table.get(&id).is_some() {
                return None;
            }
            table.insert(&id, input.take()?);
        }
        Some(table)
    }
}

fn place(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_an_id_stands() {
        let mut table = Table::default();
        for (id, value) in [("b", 1), ("a", 2), ("b", 3)] {
            table.insert(id, value);
        }
        assert_eq!(table.iter().collect::<Vec<_>>(), [("b", &3), ("a", &2)]);
        assert_eq!((table.len(), table.get("c")), (2, None));
    }
}
