//! Hashes what was found, on all cores, in the order of the names.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use labelgate::bom::Canonical;
use labelgate::digest::{Algorithm, Digest};

use super::found::{Origin, Stamp};
use super::in_order::in_order;
use super::inputs::Inputs;
use super::journal::Journal;
use crate::failure::{Failure, reason};
use crate::hashing;
use crate::progress::Progress;

/// How files are hashed.
pub struct Measure<'a> {
    pub canonical: Canonical,
    /// The algorithms for a name; SHA-256 when there is nothing to compare with.
    /// Whether content that has not the canonical form is handed over without digests; else the work
    /// ends there.
    pub takes_any: bool,
    pub algorithms: &'a (dyn Fn(&str) -> Vec<Algorithm> + Sync + 'a),
}

impl Measure<'_> {
    /// SHA-256 of every file.
    pub fn sha256(canonical: Canonical) -> Self {
        Self { canonical, takes_any: false, algorithms: &|_| vec![Algorithm::Sha256] }
    }
}

/// What it took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// Files that an earlier run had hashed.
    pub known: u64,
}

enum Work {
    Known(String, Vec<Digest>),
    File { name: String, path: PathBuf, stamp: Stamp, algorithms: Vec<Algorithm> },
}

struct Done {
    name: String,
    path: PathBuf,
    digests: io::Result<Vec<Digest>>,
    /// Of a file that was hashed just now.
    stamp: Option<Stamp>,
}

/// Hands over each name with its digests, in order. A file that an earlier run hashed and that did not
/// change since is not read again.
pub fn measure(
    inputs: &mut Inputs,
    how: &Measure<'_>,
    mut journal: Option<&mut Journal>,
    mut take: impl FnMut(String, Vec<Digest>) -> Result<(), Failure>,
) -> Result<Measured, Failure> {
    let progress = Progress::new("hashing", Some(inputs.totals.bytes));
    let items = inputs.totals.items;
    let mut measured = Measured::default();
    let (mut earlier, mut own) = match journal.as_mut() {
        Some(journal) => (Some(&mut journal.earlier), Some(&mut journal.own)),
        None => (None, None),
    };
    let broken = |error: io::Error| {
        Failure::new(format!("cannot use the journal of an earlier run: {}", reason(&error)))
    };
    let next = || {
        let Some((name, origin)) = inputs.next()? else { return Ok(None) };
        let (input, stamp) = match origin {
            Origin::Listed(digests) => return Ok(Some((Work::Known(name, digests), 0))),
            Origin::File { input, stamp } => (input, stamp),
        };
        let known = match &mut earlier {
            Some(earlier) => earlier.known(&name, &stamp).map_err(broken)?,
            None => None,
        };
        if let Some(digest) = known {
            measured.known += 1;
            progress.skip(stamp.bytes);
            return Ok(Some((Work::Known(name, vec![digest]), 0)));
        }
        let (path, algorithms) = (inputs.path(input, &name), (how.algorithms)(&name));
        Ok(Some((Work::File { name, path, stamp, algorithms }, stamp.bytes)))
    };
    let work = |work: Work| match work {
        Work::Known(name, digests) => {
            Done { name, path: PathBuf::new(), digests: Ok(digests), stamp: None }
        }
        Work::File { name, path, stamp, algorithms } => {
            let digests = hash(&path, &stamp, how.canonical, &algorithms, &progress);
            Done { name, path, digests, stamp: Some(stamp) }
        }
    };
    let mut done = 0_u64;
    in_order(next, work, |item: Done| {
        done += 1;
        if done.is_multiple_of(64) {
            progress.say(format!("hashing {done} of {items}"));
        }
        let digests = match item.digests {
            Err(error) if how.takes_any && error.kind() == io::ErrorKind::InvalidData => Vec::new(),
            other => other.map_err(|error| Failure::unreadable(&item.path, &error))?,
        };
        if let (Some(own), Some(stamp), [digest]) = (&mut own, item.stamp, digests.as_slice()) {
            own.write(&item.name, &stamp, digest).map_err(broken)?;
        }
        take(item.name, digests)
    })?;
    progress.finish();
    Ok(measured)
}

/// Hashes a file that must be the one that was listed, before and after.
fn hash(
    path: &Path,
    stamp: &Stamp,
    canonical: Canonical,
    algorithms: &[Algorithm],
    progress: &Progress,
) -> io::Result<Vec<Digest>> {
    let is_same = |file: &File| {
        let metadata = file.metadata()?;
        if metadata.is_file() && Stamp::of(&metadata) == *stamp {
            return Ok(());
        }
        Err(io::Error::other("it changed while it was read"))
    };
    let file = File::open(path)?;
    is_same(&file)?;
    let digests = hashing::item(progress.watch(&file), canonical, algorithms)?;
    is_same(&file)?;
    Ok(digests)
}
