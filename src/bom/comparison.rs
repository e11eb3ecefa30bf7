//! The files of a data set against the BOM that lists them: what matches, what differs, and how.

use crate::digest::{Algorithm, Digest};
use crate::sort::heap_sort;

use super::items::{self, Record};
use super::{Bom, Entry, as_text, prefix_of_text};

/// How a file stands to the BOM, or a listed item to the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The bytes that are listed under this name.
    Matched,
    /// Other bytes than those that are listed under this name.
    Altered,
    /// Listed, and no file has this name.
    Missing,
    /// The name is not listed.
    Extra,
    /// Two files, each with the bytes of the other.
    Swapped,
    /// No file has this name, and a file whose name is not listed has its bytes.
    Moved,
    /// Listed without a digest that was measured: nothing proves these bytes.
    Unproven,
}

impl Standing {
    /// All of them, in the order in which people should hear of them.
    pub const ALL: [Self; 7] = [
        Self::Matched,
        Self::Altered,
        Self::Missing,
        Self::Extra,
        Self::Swapped,
        Self::Moved,
        Self::Unproven,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Swapped => "swapped",
            Self::Moved => "moved",
            Self::Unproven => "unproven",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == word)
    }
}

/// Compares files with a BOM, one after the other, and finds at the end what no file was for.
///
/// Names are compared byte for byte and bom-refs not at all. Takes 8 bytes for a file that matches and a
/// logarithmic number of steps for each file. A sharded BOM lists no items itself, so every file is extra.
///
/// ```
/// use labelgate::bom::{Bom, Comparison, Standing};
/// use labelgate::digest::{Algorithm, Hasher};
///
/// let bom = Bom::from_slice(br#"{
///   "bomFormat": "CycloneDX", "specVersion": "1.7",
///   "components": [{"type": "file", "name": "a.txt", "hashes": [{"alg": "SHA-256", "content":
///     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}]
/// }"#)?;
/// let empty = Hasher::new(Algorithm::Sha256).finish();
/// let mut comparison = Comparison::default();
/// assert_eq!(comparison.meet(&bom, "b.txt", &[empty]), Standing::Extra);
/// let compared = comparison.conclude(&bom);
/// let moved = compared.all(&bom, Standing::Moved).next();
/// assert!(moved.is_some_and(|moved| moved.name == "a.txt" && moved.other == Some("b.txt")));
/// # Ok::<(), labelgate::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The items that a file has the name and the bytes of.
    matched: Vec<u32>,
    /// The items that a file has the name of, in any order.
    met: Vec<u32>,
    /// The files that do not match.
    files: Vec<File>,
}

/// What came of a [`Comparison`], once all files were met.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    matched: Vec<u32>,
    missing: Vec<u32>,
    files: Vec<File>,
}

/// A file that does not match.
#[derive(Clone, Debug)]
struct File {
    standing: Standing,
    /// The item of its name, or the one that was moved; [`NOWHERE`] for one that is extra.
    place: u32,
    /// Another item with its bytes, or [`NOWHERE`].
    other: u32,
    /// Empty when `place` tells it.
    name: Box<str>,
    measured: Vec<Digest>,
}

/// In place of the place of an item: there is none.
const NOWHERE: u32 = u32::MAX;

/// Most items that are looked at for one digest when files are told to be swapped: a BOM may list the
/// same bytes a million times. Chosen; among more copies, swapped files may be told as altered.
const MOST_COPIES: usize = 64;

/// Most digests that are shown of one name, which a BOM may list a million times. Chosen.
const MOST_SHOWN: usize = 16;

/// A file or an item, with all that is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<'a> {
    /// How it stands.
    pub standing: Standing,
    /// The name of the file, or of the item that is missing or was moved.
    pub name: &'a str,
    /// The other file of a swap, where a moved one is now, or an item whose bytes an altered or extra
    /// file has.
    pub other: Option<&'a str>,
    /// Strong digests that are listed under the name, at most 16.
    pub expected: Vec<Digest>,
    /// Digests of the file: none when it is missing; of one that matches, those that are expected.
    pub measured: &'a [Digest],
}

impl Bom {
    /// The algorithms by which a file of this name is to be measured, each once: those that the BOM lists
    /// for it; for a name that is not listed those of the first item, so that its bytes are found under
    /// another name; SHA-256 when there is no item.
    #[must_use]
    pub fn algorithms_of(&self, name: &str) -> Vec<Algorithm> {
        let mut algorithms = Vec::new();
        let mut add = |record: Record<'_>| {
            for (algorithm, _) in (Entry { record }).values() {
                if !algorithms.contains(&algorithm) {
                    algorithms.push(algorithm);
                }
            }
        };
        match self.named(name).next() {
            Some(_) => self.named(name).for_each(|(_, record)| add(record)),
            None => self.entries().take(1).for_each(|entry| add(entry.record)),
        }
        if algorithms.is_empty() {
            algorithms.push(Algorithm::Sha256);
        }
        algorithms
    }

    /// The items with this name, and not those with this bom-ref.
    fn named(&self, name: &str) -> impl Iterator<Item = (u32, Record<'_>)> {
        let text = name.as_bytes();
        let keys = self.names.find(prefix_of_text(text), |key| {
            super::by_length(super::key_text(&self.items, key), text)
        });
        keys.iter().filter(|key| key.nth() == 0).filter_map(|key| self.item(key.record))
    }

    /// The items that list this digest.
    fn with_digest(&self, digest: &Digest) -> impl Iterator<Item = (u32, Record<'_>)> {
        self.digest_keys(digest).iter().filter_map(|key| self.item(key.record))
    }

    fn item(&self, place: u32) -> Option<(u32, Record<'_>)> {
        let record = self.items.record(place).filter(|record| record.role().is_item)?;
        Some((place, record))
    }

    fn name_at(&self, place: u32) -> Option<&str> {
        self.item(place).map(|(_, record)| as_text(record.name()))
    }
}

impl Comparison {
    /// Compares a file with what is listed under its name. When the name is listed more than once, a file
    /// must have the digests of all. Only algorithms that were measured are compared, and at least one of
    /// each listed item must be.
    ///
    /// What is said here is not the last word: an altered file may turn out to be
    /// [swapped](Standing::Swapped), and one that is extra to be [moved](Standing::Moved).
    pub fn meet(&mut self, bom: &Bom, name: &str, measured: &[Digest]) -> Standing {
        let mut standing = Standing::Extra;
        let mut place = NOWHERE;
        for (at, record) in bom.named(name) {
            self.met.push(at);
            if place == NOWHERE {
                place = at;
            }
            let this = standing_of(record, measured);
            // A digest that differs is a proof, whatever the others leave open.
            standing = match (standing, this) {
                (Standing::Altered, _) | (Standing::Unproven, Standing::Matched) => standing,
                _ => this,
            };
        }
        if standing == Standing::Matched {
            self.matched.push(place);
        } else {
            let name = if place == NOWHERE { name.into() } else { Box::default() };
            let measured = measured.to_vec();
            self.files.push(File { standing, place, other: NOWHERE, name, measured });
        }
        standing
    }

    /// Ends the comparison: finds what is missing, and what belongs together.
    #[must_use]
    pub fn conclude(mut self, bom: &Bom) -> Compared {
        heap_sort(&mut self.met, &|a, b| a < b);
        let is_missing = |(place, record): &(u32, Record<'_>)| {
            record.role().is_item && self.met.binary_search(place).is_err()
        };
        let missing = bom.items.records().filter(is_missing).map(|(place, _)| place).collect();
        let mut compared = Compared { matched: self.matched, missing, files: self.files };
        compared.find_moved(bom);
        compared.find_swapped(bom);
        compared
    }
}

impl Compared {
    /// How many files or items stand like this. Of a swap both files are counted.
    #[must_use]
    pub fn count(&self, standing: Standing) -> usize {
        self.places(standing).len() + self.files_of(standing).count()
    }

    /// Whether every file is listed with its bytes, and no item is without its file.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.files.is_empty() && self.missing.is_empty()
    }

    /// All that stand like this: files in the order in which they were met, missing items in the order of
    /// the document. `bom` is the one that was compared with; another one makes no sense.
    pub fn all<'a>(
        &'a self,
        bom: &'a Bom,
        standing: Standing,
    ) -> impl Iterator<Item = Difference<'a>> {
        let of_place = move |place: &u32| Difference {
            standing,
            name: bom.name_at(*place).unwrap_or_default(),
            other: None,
            expected: expected(bom, *place),
            measured: &[],
        };
        let of_file = |file: &'a File| {
            let name = bom.name_at(file.place);
            let other = if name.is_some() && !file.name.is_empty() {
                Some(&*file.name)
            } else {
                bom.name_at(file.other)
            };
            Difference {
                standing: file.standing,
                name: name.unwrap_or(&file.name),
                other,
                expected: expected(bom, file.place),
                measured: &file.measured,
            }
        };
        self.places(standing).iter().map(of_place).chain(self.files_of(standing).map(of_file))
    }

    fn places(&self, standing: Standing) -> &[u32] {
        match standing {
            Standing::Matched => &self.matched,
            Standing::Missing => &self.missing,
            _ => &[],
        }
    }

    fn files_of(&self, standing: Standing) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.standing == standing)
    }

    /// Gives each missing item to one extra file with its bytes.
    fn find_moved(&mut self, bom: &Bom) {
        let mut extra: Vec<&mut File> =
            self.files.iter_mut().filter(|file| file.standing == Standing::Extra).collect();
        // Files of the same bytes together, so that the items that list them are gone through once.
        // By name among those, so that the order of the files changes nothing.
        heap_sort(&mut extra, &|a, b| {
            (a.measured.first(), &a.name) < (b.measured.first(), &b.name)
        });
        let mut moved = Vec::new();
        for same in extra.chunk_by_mut(|a, b| a.measured.first() == b.measured.first()) {
            let Some(digest) = same.first().and_then(|file| file.measured.first().copied()) else {
                continue;
            };
            let is_missing = |place: &u32| self.missing.binary_search(place).is_ok();
            let mut owners = bom.with_digest(&digest).map(|(place, _)| place);
            let other = owners.next().unwrap_or(NOWHERE);
            let mut free = [other].into_iter().chain(owners).filter(is_missing);
            for file in same {
                file.other = other;
                if let Some(place) = free.next() {
                    file.standing = Standing::Moved;
                    file.place = place;
                    moved.push(place);
                }
            }
        }
        heap_sort(&mut moved, &|a, b| a < b);
        self.missing.retain(|place| moved.binary_search(place).is_err());
    }

    /// Tells two altered files with each other's bytes as swapped, and of which item others have the bytes.
    fn find_swapped(&mut self, bom: &Bom) {
        let mut altered: Vec<&mut File> =
            self.files.iter_mut().filter(|file| file.standing == Standing::Altered).collect();
        heap_sort(&mut altered, &|a, b| a.place < b.place);
        for at in 0..altered.len() {
            let Some(file) = altered.get(at).filter(|file| file.standing == Standing::Altered)
            else {
                continue;
            };
            let Some((place, own)) = bom.item(file.place) else { continue };
            let owners = || {
                let copies = |digest| bom.with_digest(digest).take(MOST_COPIES);
                file.measured.iter().flat_map(copies).map(|(owner, _)| owner)
            };
            let partner = owners().find_map(|owner| {
                let partner = altered.binary_search_by_key(&owner, |file| file.place).ok()?;
                let file = altered.get(partner)?;
                let fits = file.standing == Standing::Altered
                    && standing_of(own, &file.measured) == Standing::Matched;
                (fits && partner != at).then_some((partner, owner))
            });
            let is_other = |owner: &u32| bom.name_at(*owner) != Some(as_text(own.name()));
            let other = owners().find(is_other).unwrap_or(NOWHERE);
            if let Some((partner, owner)) = partner {
                for (number, other) in [(at, owner), (partner, place)] {
                    if let Some(file) = altered.get_mut(number) {
                        file.standing = Standing::Swapped;
                        file.other = other;
                    }
                }
            } else if let Some(file) = altered.get_mut(at) {
                file.other = other;
            }
        }
    }
}

/// How measured digests stand to those of one item.
fn standing_of(record: Record<'_>, measured: &[Digest]) -> Standing {
    let mut standing = Standing::Unproven;
    for (tag, value) in record.digests() {
        let of_same = |digest: &&Digest| items::tag(digest.algorithm()) == tag;
        match measured.iter().find(of_same) {
            Some(digest) if digest.as_bytes() == value => standing = Standing::Matched,
            Some(_) => return Standing::Altered,
            None => {}
        }
    }
    standing
}

/// Strong digests that are listed under the name of an item.
fn expected(bom: &Bom, place: u32) -> Vec<Digest> {
    let mut expected = Vec::new();
    let entries = bom.name_at(place).into_iter().flat_map(|name| bom.named(name));
    for digest in entries.take(MOST_SHOWN).flat_map(|(_, record)| Entry { record }.digests()) {
        if expected.len() < MOST_SHOWN && !expected.contains(&digest) {
            expected.push(digest);
        }
    }
    expected
}

#[cfg(test)]
#[path = "comparison/tests.rs"]
mod tests;
