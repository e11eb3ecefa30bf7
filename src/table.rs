//! Values found by an id.

mod tree;

use crate::fingerprint::Fingerprint;
use crate::id::Id;
use crate::state::{Loader, Saver, State};

use tree::Tree;

/// Values by id, in the order in which the ids came: one place in three lists.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    places: Tree,
    /// Apart from the rest, because every lookup ends with one of them.
    prints: Vec<Fingerprint>,
    ids: Vec<String>,
    /// Boxed, so that a table that grows moves pointers and not memories.
    values: Vec<Box<T>>,
}

/// Where a value of a [`Table`] stands; good until the table is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(usize);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { places: Tree::default(), prints: Vec::new(), ids: Vec::new(), values: Vec::new() }
    }
}

impl<T: PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ids == other.ids && self.values == other.values
    }
}

impl<T> Table<T> {
    pub(crate) fn place(&self, print: Fingerprint) -> Option<Place> {
        let leaf = self.places.find(print)?;
        (self.prints.get(leaf) == Some(&print)).then_some(Place(leaf))
    }

    pub(crate) fn at(&self, place: Place) -> Option<&T> {
        self.values.get(place.0).map(|value| &**value)
    }

    pub(crate) fn at_mut(&mut self, place: Place) -> Option<&mut T> {
        self.values.get_mut(place.0).map(|value| &mut **value)
    }

    pub(crate) fn get(&self, id: &Id<'_>) -> Option<&T> {
        self.at(self.place(id.print())?)
    }

    /// Sets the value of an id, new or known. Beyond 2^31 ids nothing more is taken.
    pub(crate) fn insert(&mut self, id: &Id<'_>, value: T) {
        let print = id.print();
        if let Some(known) = self.place(print).and_then(|place| self.at_mut(place)) {
            *known = value;
        } else if self.places.insert(print, &self.prints) {
            self.prints.push(print);
            self.ids.push(id.as_str().to_owned());
            self.values.push(Box::new(value));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Ids with their values, in the order in which they came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.ids.iter().map(String::as_str).zip(self.values.iter().map(|value| &**value))
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
            let id = Id::new(input.text()?);
            if table.place(id.print()).is_some() {
                return None;
            }
            table.insert(&id, input.take()?);
        }
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_an_id_stands() {
        let mut table = Table::default();
        for (id, value) in [("b", 1), ("a", 2), ("b", 3)] {
            table.insert(&id.into(), value);
        }
        assert_eq!(table.iter().collect::<Vec<_>>(), [("b", &3), ("a", &2)]);
        assert_eq!((table.len(), table.get(&"c".into())), (2, None));
    }
}
