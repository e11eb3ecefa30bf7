//! Everything that one process remembers: its annotators and its items.

use crate::annotator::Annotator;
use crate::bom::Seen;
use crate::error::{Error, ErrorCode};
use crate::item::Item;
use crate::pool::Pool;
use crate::state::{self, Kind};
use crate::table::Table;

/// Annotators and items of one process, for [`Gate::check`](crate::Gate::check).
///
/// Saving gives the same bytes for the same memory. An edge keeps the two kinds apart and needs no
/// `Memory`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    pub(crate) annotators: Table<Annotator>,
    pub(crate) items: Table<Item>,
    pub(crate) pool: Pool,
    pub(crate) boms: Seen,
}

state::fields!(Memory { annotators, items, pool, boms });

const KIND: Kind = Kind { magic: *b"LGMM", noun: "memory" };

impl Memory {
    /// An empty memory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is remembered of an annotator; none for one never seen.
    #[must_use]
    pub fn annotator(&self, id: &str) -> Option<&Annotator> {
        self.annotators.get(&id.into())
    }

    /// What is remembered of an item, by its name in the BOM or else the id that submissions give it;
    /// none for one never labelled.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.get(&id.into())
    }

    /// How far all annotators agree.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Which BOMs were in force before.
    #[must_use]
    pub fn boms(&self) -> &Seen {
        &self.boms
    }

    /// The same, to [compare a BOM with](crate::Gate::meet_bom) when it comes.
    pub fn boms_mut(&mut self) -> &mut Seen {
        &mut self.boms
    }

    /// All annotators with their ids, in the order of their first answers.
    pub fn annotators(&self) -> impl Iterator<Item = (&str, &Annotator)> {
        self.annotators.iter()
    }

    /// Saves the memory in the binary form of [`state`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Restores a saved memory, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let memory: Self = state::restore(KIND, bytes)?;
        let sound = memory.annotators.iter().all(|(_, annotator)| annotator.is_sound())
            && memory.items.iter().all(|(_, item)| item.is_sound())
            && memory.pool.is_sound();
        if sound {
            Ok(memory)
        } else {
            Err(Error::new(ErrorCode::State, "expected a saved memory whose parts fit together"))
        }
    }
}
