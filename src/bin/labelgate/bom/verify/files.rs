//! The files of a data set against its BOM.

use std::collections::HashMap;

use labelgate::Bom;
use labelgate::bom::Canonical;
use labelgate::digest::{Algorithm, Digest};

use super::super::document::Document;
use super::super::inputs::Inputs;
use super::super::measure::{Measure, measure};
use super::super::shards::Opened;
use crate::failure::Failure;

/// How a path differs from what the BOM lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Other bytes.
    Altered,
    /// Not in the BOM.
    Extra,
    /// Not there.
    Missing,
    /// Not there, and its bytes are under a name that the BOM does not have.
    Moved,
    /// Two files, each with the bytes of the other.
    Swapped,
    /// Listed without a digest that proves anything.
    Unproven,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Altered, Self::Missing, Self::Extra, Self::Swapped, Self::Moved, Self::Unproven];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Extra => "extra",
            Self::Missing => "missing",
            Self::Moved => "moved",
            Self::Swapped => "swapped",
            Self::Unproven => "unproven",
        }
    }
}

/// One path that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub kind: Kind,
    pub path: String,
    /// The other file of a swap, where a moved one is, or the item whose bytes an altered one has.
    pub other: Option<String>,
    pub expected: Vec<Digest>,
    pub measured: Vec<Digest>,
}

/// What came of the comparison.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    pub matched: u64,
    /// In the order of the paths.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// How many files differ in this way: a swap is of two.
    pub fn count(&self, kind: Kind) -> usize {
        let count = self.differences.iter().filter(|difference| difference.kind == kind).count();
        if kind == Kind::Swapped { 2 * count } else { count }
    }
}

/// Hashes all files and compares them with the items.
pub fn compare(
    document: &Document,
    canonical: Canonical,
    inputs: &mut Inputs,
) -> Result<Comparison, Failure> {
    let bom = &document.bom;
    let names = document.names();
    let mut ahead = names.iter().copied().peekable();
    let mut comparison = Comparison::default();
    let how = Measure { canonical, takes_any: true, algorithms: &|name| algorithms(bom, name) };
    measure(inputs, &how, None, |name, measured| {
        while let Some(missing) = ahead.next_if(|listed| *listed < name.as_str()) {
            comparison.differences.push(absent(bom, missing));
        }
        if ahead.next_if(|listed| *listed == name).is_none() {
            let (path, other, expected) = (name, None, Vec::new());
            let kind = Kind::Extra;
            comparison.differences.push(Difference { kind, path, other, expected, measured });
            return Ok(());
        }
        let expected = listed(bom, &name);
        // All strong digests that are listed must be those of the file.
        if expected.is_empty() || expected.iter().any(|digest| !measured.contains(digest)) {
            let kind = if expected.is_empty() { Kind::Unproven } else { Kind::Altered };
            let (path, other) = (name, None);
            comparison.differences.push(Difference { kind, path, other, expected, measured });
        } else {
            comparison.matched += 1;
        }
        Ok(())
    })?;
    comparison.differences.extend(ahead.map(|missing| absent(bom, missing)));
    comparison.differences = related(bom, comparison.differences);
    Ok(comparison)
}

/// The same against the index of a BOM that lists nothing itself. The index says whether a name with these
/// bytes is listed, not which names there are: a file that is altered is one that is not listed, and how
/// many are missing is known by their number alone.
pub fn compare_with_index(
    index: &mut Opened,
    canonical: Canonical,
    inputs: &mut Inputs,
) -> Result<Comparison, Failure> {
    let mut comparison = Comparison::default();
    let how = Measure { takes_any: true, ..Measure::sha256(canonical) };
    measure(inputs, &how, None, |name, measured| {
        let is_listed = match measured.first() {
            Some(digest) => index.prove(&name, digest)?.is_some(),
            None => false,
        };
        if is_listed {
            comparison.matched += 1;
            return Ok(());
        }
        let (kind, other, expected) = (Kind::Extra, None, Vec::new());
        comparison.differences.push(Difference { kind, path: name, other, expected, measured });
        Ok(())
    })?;
    let missing = index.items().saturating_sub(comparison.matched);
    if missing > 0 {
        let path = format!("{missing} items of the index, whose names it does not keep");
        let (kind, other) = (Kind::Missing, None);
        let (expected, measured) = (Vec::new(), Vec::new());
        comparison.differences.push(Difference { kind, path, other, expected, measured });
    }
    Ok(comparison)
}

fn absent(bom: &Bom, name: &str) -> Difference {
    Difference {
        kind: Kind::Missing,
        path: name.to_owned(),
        other: None,
        expected: listed(bom, name),
        measured: Vec::new(),
    }
}

/// Every strong digest that is listed under a name. When the name comes twice, a file must be both.
fn listed(bom: &Bom, name: &str) -> Vec<Digest> {
    let entries = bom.find(name).filter(|entry| entry.name() == name);
    let mut digests = Vec::new();
    let mut is_proven = true;
    for entry in entries {
        is_proven &= !entry.is_weak_only();
        for digest in entry.digests() {
            if !digests.contains(&digest) {
                digests.push(digest);
            }
        }
    }
    if !is_proven {
        digests.clear();
    }
    digests
}

fn algorithms(bom: &Bom, name: &str) -> Vec<Algorithm> {
    let mut algorithms: Vec<Algorithm> = listed(bom, name).iter().map(Digest::algorithm).collect();
    algorithms.sort_unstable();
    algorithms.dedup();
    if algorithms.is_empty() {
        algorithms.push(Algorithm::Sha256);
    }
    algorithms
}

/// Finds what belongs together: two altered files with each other's bytes are a swap, and a missing one
/// whose bytes an extra one has was moved.
fn related(bom: &Bom, differences: Vec<Difference>) -> Vec<Difference> {
    let at: HashMap<&str, usize> =
        differences.iter().map(|difference| difference.path.as_str()).zip(0..).collect();
    let mut partner: Vec<Option<usize>> = vec![None; differences.len()];
    let mut of_other: Vec<Option<String>> = vec![None; differences.len()];
    let is_free =
        |partner: &[Option<usize>], number: usize| partner.get(number).is_some_and(Option::is_none);
    for (number, difference) in differences.iter().enumerate() {
        let wanted = match difference.kind {
            Kind::Altered => Kind::Altered,
            Kind::Extra => Kind::Missing,
            _ => continue,
        };
        if !is_free(&partner, number) {
            continue;
        }
        let owners = difference.measured.iter().flat_map(|digest| bom.find_digest(digest));
        for owner in owners {
            let name = owner.name();
            if let Some(slot) = of_other.get_mut(number).filter(|slot| slot.is_none()) {
                *slot = Some(name.to_owned());
            }
            let Some(&candidate) = at.get(name) else { continue };
            let Some(other) = differences.get(candidate) else { continue };
            let fits = other.kind == wanted
                && candidate != number
                && is_free(&partner, candidate)
                && (wanted == Kind::Missing
                    || other.measured.iter().any(|digest| difference.expected.contains(digest)));
            if fits {
                for (one, two) in [(number, candidate), (candidate, number)] {
                    if let Some(slot) = partner.get_mut(one) {
                        *slot = Some(two);
                    }
                }
                break;
            }
        }
    }
    let path = |number: usize| differences.get(number).map(|other| other.path.clone());
    let mut all = Vec::with_capacity(differences.len());
    for (number, difference) in differences.iter().enumerate() {
        let partner = partner.get(number).copied().flatten();
        let mut difference = difference.clone();
        match (difference.kind, partner) {
            // Told with the first of the two.
            (Kind::Altered, Some(other)) if other < number => continue,
            (Kind::Altered, Some(other)) => {
                difference.kind = Kind::Swapped;
                difference.other = path(other);
            }
            // Told with the one that is missing.
            (Kind::Extra, Some(_)) => continue,
            (Kind::Missing, Some(other)) => {
                difference.kind = Kind::Moved;
                difference.other = path(other);
            }
            (Kind::Altered | Kind::Extra, None) => {
                difference.other = of_other.get_mut(number).and_then(Option::take);
            }
            _ => {}
        }
        all.push(difference);
    }
    all
}
