//! How two lists of items differ.

use std::collections::HashMap;

use labelgate::Bom;
use labelgate::digest::Digest;
use labelgate::json::Writer;

use crate::terminal::printable;

/// What became of an item from one BOM to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Added,
    Altered,
    Removed,
    Renamed,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Added, Self::Removed, Self::Altered, Self::Renamed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Altered => "altered",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub kind: Kind,
    pub name: String,
    /// The name that a renamed item has now.
    pub to: Option<String>,
    old: Vec<Digest>,
    new: Vec<Digest>,
}

/// All changes, in the order of the names. Memory is for the changes, not for the items.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub all: Vec<Change>,
    pub same: u64,
}

/// Finds changes while the new items come in ascending order of their names.
pub struct Comparer<'a> {
    old: &'a Bom,
    names: std::iter::Peekable<std::vec::IntoIter<&'a str>>,
    changes: Changes,
}

impl<'a> Comparer<'a> {
    /// `names` are those of `old`, in ascending order, each once.
    pub fn new(old: &'a Bom, names: Vec<&'a str>) -> Self {
        Self { old, names: names.into_iter().peekable(), changes: Changes::default() }
    }

    /// Takes the next new item.
    pub fn take(&mut self, name: &str, digests: &[Digest]) {
        while let Some(removed) = self.names.next_if(|old| *old < name) {
            self.push(Kind::Removed, removed, digests_of(self.old, removed), Vec::new());
        }
        let mut new = digests.to_vec();
        new.sort_unstable();
        if self.names.next_if(|old| *old == name).is_none() {
            self.push(Kind::Added, name, Vec::new(), new);
            return;
        }
        let old = digests_of(self.old, name);
        if old == new {
            self.changes.same += 1;
        } else {
            self.push(Kind::Altered, name, old, new);
        }
    }

    pub fn finish(mut self) -> Changes {
        while let Some(removed) = self.names.next() {
            self.push(Kind::Removed, removed, digests_of(self.old, removed), Vec::new());
        }
        self.changes.all = renamed(self.changes.all);
        self.changes
    }

    fn push(&mut self, kind: Kind, name: &str, old: Vec<Digest>, new: Vec<Digest>) {
        self.changes.all.push(Change { kind, name: name.to_owned(), to: None, old, new });
    }
}

/// Every digest that is listed under a name, in ascending order. Those of weak algorithms prove nothing
/// and are no change.
pub fn digests_of(bom: &Bom, name: &str) -> Vec<Digest> {
    let entries = bom.find(name).filter(|entry| entry.name() == name);
    let mut digests: Vec<Digest> = entries.flat_map(|entry| entry.digests()).collect();
    digests.sort_unstable();
    digests.dedup();
    digests
}

/// A removed and an added item with the same digests are one that was renamed.
fn renamed(all: Vec<Change>) -> Vec<Change> {
    let mut added: HashMap<&[Digest], Vec<usize>> = HashMap::new();
    for (number, change) in all.iter().enumerate().rev() {
        if change.kind == Kind::Added && !change.new.is_empty() {
            added.entry(&change.new).or_default().push(number);
        }
    }
    let mut to = vec![None; all.len()];
    let mut is_target = vec![false; all.len()];
    for (number, change) in all.iter().enumerate() {
        let found = match change.kind {
            Kind::Removed => added.get_mut(change.old.as_slice()).and_then(Vec::pop),
            _ => None,
        };
        let Some(target) = found else { continue };
        if let (Some(to), Some(is_target)) = (to.get_mut(number), is_target.get_mut(target)) {
            *to = all.get(target).map(|target| target.name.clone());
            *is_target = true;
        }
    }
    let mut kept = Vec::with_capacity(all.len());
    for ((mut change, to), is_target) in all.into_iter().zip(to).zip(is_target) {
        if is_target {
            continue;
        }
        if to.is_some() {
            (change.kind, change.to) = (Kind::Renamed, to);
        }
        kept.push(change);
    }
    kept
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn count(&self, kind: Kind) -> usize {
        self.all.iter().filter(|change| change.kind == kind).count()
    }

    /// One line a change, and one with the counts.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for change in &self.all {
            text.push_str(&format!("{:<8}  {}", change.kind.as_str(), printable(&change.name)));
            if let Some(to) = &change.to {
                text.push_str(&format!(" -> {}", printable(to)));
            }
            text.push('\n');
        }
        for kind in Kind::ALL {
            text.push_str(&format!("{} {}, ", self.count(kind), kind.as_str()));
        }
        text.push_str(&format!("{} the same\n", self.same));
        text
    }

    /// Writes the members of an object.
    pub fn members(&self, writer: &mut Writer) {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        for kind in Kind::ALL {
            writer.integer_member(kind.as_str(), whole(self.count(kind)));
        }
        writer.integer_member("same", i64::try_from(self.same).unwrap_or(i64::MAX));
        writer.name("changes");
        writer.open_array();
        for change in &self.all {
            writer.open_object();
            writer.word_member("kind", change.kind.as_str());
            writer.string_member("name", &change.name);
            if let Some(to) = &change.to {
                writer.string_member("to", to);
            }
            for (name, digests) in [("old", &change.old), ("new", &change.new)] {
                // A renamed item has the same ones.
                if digests.is_empty() || (change.to.is_some() && name == "new") {
                    continue;
                }
                writer.name(name);
                writer.open_array();
                for digest in digests {
                    writer.word(&digest.to_string());
                }
                writer.close_array();
            }
            writer.close_object();
        }
        writer.close_array();
    }
}
