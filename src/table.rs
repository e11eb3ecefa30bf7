//! Values found by an id.

use std::collections::BTreeMap;

use crate::state::{Loader, Saver, State};

/// Values by id, in the order of the ids.
///
/// An ordered map on purpose: no id that a client chooses can make a lookup slow, and saving gives the
/// same bytes for the same content. The map holds only places, so that one map serves every kind of
/// value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table<T> {
    places: BTreeMap<String, u32>,
    values: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), values: Vec::new() }
    }
}

impl<T> Table<T> {
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.values.get(place(*self.places.get(id)?))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.values.get_mut(place(*self.places.get(id)?))
    }

    /// Sets the value of an id, new or known. Beyond 2^32 ids nothing more is taken.
    pub(crate) fn insert(&mut self, id: &str, value: T) {
        if let Some(known) = self.get_mut(id) {
            *known = value;
        } else if let Ok(next) = u32::try_from(self.values.len()) {
            self.places.insert(id.to_owned(), next);
            self.values.push(value);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let value = |at: &u32| self.values.get(place(*at));
        self.places.iter().filter_map(move |(id, at)| value(at).map(|found| (id.as_str(), found)))
    }
}

/// Ids with their values, in the order of the ids; each id once.
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
    fn the_last_value_of_an_id_stands_and_ids_come_in_order() {
        let mut table = Table::default();
        for (id, value) in [("b", 1), ("a", 2), ("b", 3)] {
            table.insert(id, value);
        }
        assert_eq!(table.iter().collect::<Vec<_>>(), [("a", &2), ("b", &3)]);
        assert_eq!((table.len(), table.get("c")), (2, None));
    }
}
