//! The files of a data set against the BOM that lists them: what matches, what differs, and how.

use crate::digest::{Algorithm, Digest};
use crate::sort::heap_sort;

use super::index::Key;
use super::items::{self, Record};
use super::{Bom, Entry, as_text};

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
/// let moved = compared.list(&bom, Standing::Moved, 0, 1);
/// assert!(moved.iter().any(|moved| moved.name == "a.txt" && moved.other == Some("b.txt")));
/// # Ok::<(), labelgate::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The items that a file has the name and the bytes of.
    matched: Vec<u32>,
    /// The items that a file has the name of, in any order.
    met: Vec<u32>,
    /// The files that do not match.
    files: Vec<Mismatch>,
}

/// What came of a [`Comparison`], once all files were met.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    matched: Vec<u32>,
    missing: Vec<u32>,
    files: Vec<Mismatch>,
}

/// A file that does not match.
#[derive(Clone, Debug)]
struct Mismatch {
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
        let mut tags = 0_u32;
        let mut add = |record: Record<'_>| record.digests().for_each(|(tag, _)| tags |= 1 << tag);
        let mut is_listed = false;
        for (_, record) in self.named(name) {
            is_listed = true;
            add(record);
        }
        if !is_listed && let Some(first) = self.entries().next() {
            add(first.record);
        }
        let all = Algorithm::ALL.into_iter();
        let mut algorithms: Vec<_> =
            all.filter(|algorithm| tags >> items::tag(*algorithm) & 1 == 1).collect();
        if algorithms.is_empty() {
            algorithms.push(Algorithm::Sha256);
        }
        algorithms
    }

    /// The items with this name, and not those with this bom-ref.
    fn named(&self, name: &str) -> impl Iterator<Item = (u32, Record<'_>)> {
        let keys = self.name_keys(name).iter().filter(|key| key.nth() == 0);
        keys.filter_map(|key| self.item(key.record))
    }

    #[inline(never)]
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
            self.files.push(Mismatch { standing, place, other: NOWHERE, name, measured });
        }
        standing
    }

    /// Ends the comparison: finds what is missing, and what belongs together.
    #[must_use]
    pub fn conclude(mut self, bom: &Bom) -> Compared {
        sort(&mut self.met);
        let mut missing = Vec::new();
        for (place, record) in bom.items.records() {
            if record.role().is_item && !contains(&self.met, place) {
                missing.push(place);
            }
        }
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

    /// Those that stand like this, from the one with the number `from` on, at most `count`: files in the order
    /// in which they were met, missing items in that of the document. `bom` is the one that was compared with;
    /// another one makes no sense.
    #[must_use]
    pub fn list<'a>(
        &'a self,
        bom: &'a Bom,
        standing: Standing,
        from: usize,
        count: usize,
    ) -> Vec<Difference<'a>> {
        let mut listed = Vec::new();
        for &place in self.places(standing).iter().skip(from).take(count) {
            listed.push(difference(bom, standing, place, None));
        }
        // Places and files never stand alike.
        for file in self.files_of(standing).skip(from).take(count) {
            listed.push(difference(bom, standing, file.place, Some(file)));
        }
        listed
    }

    fn places(&self, standing: Standing) -> &[u32] {
        match standing {
            Standing::Matched => &self.matched,
            Standing::Missing => &self.missing,
            _ => &[],
        }
    }

    fn files_of(&self, standing: Standing) -> impl Iterator<Item = &Mismatch> {
        self.files.iter().filter(move |file| file.standing == standing)
    }

    /// Gives each missing item to one extra file with its bytes.
    fn find_moved(&mut self, bom: &Bom) {
        let mut extra = select(&mut self.files, Standing::Extra);
        // Files of the same bytes together, so that the items that list them are gone through once; by name
        // among those, so that the order of the files changes nothing.
        heap_sort(&mut extra, &|a, b| {
            first_bytes(a).cmp(first_bytes(b)).then_with(|| a.name.cmp(&b.name)).is_lt()
        });
        let mut moved = Vec::new();
        let mut keys: &[Key] = &[];
        let mut before = None;
        for file in extra {
            let Some(digest) = file.measured.first().copied() else { continue };
            let all = bom.digest_keys(&digest);
            if before != Some(digest) {
                before = Some(digest);
                keys = all;
            }
            file.other = all.first().map_or(NOWHERE, |key| key.record);
            while let Some((key, rest)) = keys.split_first() {
                keys = rest;
                if contains(&self.missing, key.record) {
                    file.standing = Standing::Moved;
                    file.place = key.record;
                    moved.push(key.record);
                    break;
                }
            }
        }
        sort(&mut moved);
        self.missing.retain(|place| !contains(&moved, *place));
    }

    /// Tells two altered files with each other's bytes as swapped, and of which item others have the bytes.
    fn find_swapped(&mut self, bom: &Bom) {
        let mut altered = select(&mut self.files, Standing::Altered);
        heap_sort(&mut altered, &|a, b| a.place < b.place);
        for at in 0..altered.len() {
            let Some(file) = altered.get(at).filter(|file| file.standing == Standing::Altered)
            else {
                continue;
            };
            let Some((own_place, own)) = bom.item(file.place) else { continue };
            let mut other = NOWHERE;
            let mut found = None;
            for digest in &file.measured {
                for key in bom.digest_keys(digest).iter().take(MOST_COPIES) {
                    let place = key.record;
                    if other == NOWHERE && bom.name_at(place) != Some(as_text(own.name())) {
                        other = place;
                    }
                    let partner = altered.partition_point(|file| file.place < place);
                    let fits = |file: &&mut Mismatch| {
                        file.place == place
                            && place != own_place
                            && file.standing == Standing::Altered
                            && standing_of(own, &file.measured) == Standing::Matched
                    };
                    if found.is_none() && altered.get(partner).is_some_and(fits) {
                        found = Some((partner, place));
                    }
                }
            }
            if let Some((partner, place)) = found {
                other = place;
                if let Some(file) = altered.get_mut(partner) {
                    file.standing = Standing::Swapped;
                    file.other = own_place;
                }
            }
            if let Some(file) = altered.get_mut(at) {
                file.other = other;
                if found.is_some() {
                    file.standing = Standing::Swapped;
                }
            }
        }
    }
}

fn select(files: &mut [Mismatch], standing: Standing) -> Vec<&mut Mismatch> {
    files.iter_mut().filter(|file| file.standing == standing).collect()
}

/// Of one algorithm for all files that are extra: see [`Bom::algorithms_of`].
fn first_bytes(file: &Mismatch) -> &[u8] {
    file.measured.first().map_or(&[], Digest::as_bytes)
}

fn sort(places: &mut [u32]) {
    heap_sort(places, &|a, b| a < b);
}

#[inline(never)]
fn contains(sorted: &[u32], place: u32) -> bool {
    sorted.binary_search(&place).is_ok()
}

fn difference<'a>(
    bom: &'a Bom,
    standing: Standing,
    place: u32,
    file: Option<&'a Mismatch>,
) -> Difference<'a> {
    let name = bom.name_at(place);
    let own = file.map_or("", |file| &file.name);
    let moved_to = name.filter(|_| !own.is_empty()).map(|_| own);
    Difference {
        standing,
        name: name.unwrap_or(own),
        other: moved_to.or_else(|| bom.name_at(file?.other)),
        expected: name.map_or_else(Vec::new, |name| expected(bom, name)),
        measured: file.map_or(&[], |file| &file.measured),
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

/// Strong digests that are listed under a name.
fn expected(bom: &Bom, name: &str) -> Vec<Digest> {
    let mut expected = Vec::new();
    for (_, record) in bom.named(name).take(MOST_SHOWN) {
        for digest in (Entry { record }).digests() {
            if expected.len() < MOST_SHOWN && !expected.contains(&digest) {
                expected.push(digest);
            }
        }
    }
    expected
}

#[cfg(test)]
#[path = "comparison/tests.rs"]
mod tests;
