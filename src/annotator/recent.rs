//! The ids of the last submissions taken.

use std::collections::VecDeque;

use crate::id::Id;
use crate::state::{Loader, Saver, State};

/// How many ids are remembered. Chosen: a replay of an older submission names an item that already
/// holds this annotator's label, and is found there.
const KEPT: usize = 64;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RecentIds {
    /// 64-bit marks, oldest first.
    marks: VecDeque<u64>,
}

impl RecentIds {
    pub(super) fn contains(&self, id: &Id<'_>) -> bool {
        self.marks.contains(&id.print().low())
    }

    pub(super) fn remember(&mut self, id: &Id<'_>) {
        if self.marks.len() >= KEPT {
            self.marks.pop_front();
        }
        self.marks.push_back(id.print().low());
    }

    pub(super) fn is_sound(&self) -> bool {
        self.marks.len() <= KEPT
    }
}

impl State for RecentIds {
    fn save_to(&self, out: &mut Saver) {
        let (older, newer) = self.marks.as_slices();
        let marks: Vec<u64> = older.iter().chain(newer).copied().collect();
        out.list(&marks);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self { marks: input.list()?.into() })
    }
}
