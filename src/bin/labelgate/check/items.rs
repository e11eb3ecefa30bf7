//! Measures items: the SHA-256 of the files that they name.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use labelgate::digest::Digest;
use labelgate::submission::ItemReference;

use crate::failure::{Failure, reason};
use crate::hashing;

/// The files of the items, each hashed once as long as there is room to remember it.
pub struct Items {
    /// Free of symbolic links, so that paths below can be compared with it.
    folder: PathBuf,
    young: HashMap<String, Measured>,
    old: HashMap<String, Measured>,
}

/// A digest, or why there is none.
type Measured = Result<Digest, String>;

/// Most names in each of the two halves of the memory; when one is full the older is forgotten.
/// Chosen: some 30 MB in all.
const REMEMBERED: usize = 1 << 16;

impl Items {
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| Failure::unreadable(folder, &error);
        let real = fs::canonicalize(folder).map_err(unreadable)?;
        if !real.is_dir() {
            return Err(unreadable(io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self { folder: real, young: HashMap::new(), old: HashMap::new() })
    }

    /// The digest of the item's file; an error says why there is none, for the verdict.
    pub fn measure(&mut self, item: &ItemReference<'_>) -> Measured {
        let name = item.name();
        if let Some(known) = self.young.get(name) {
            return known.clone();
        }
        let known = self.old.remove(name);
        let measured = known.unwrap_or_else(|| self.hash(name));
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name.to_string(), measured.clone());
        measured
    }

    fn hash(&self, name: &str) -> Measured {
        let leads_out = || Err("the item's name leads out of the folder of items".to_owned());
        let path = Path::new(name);
        // Only plain names: no root, no drive, no `..`.
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return leads_out();
        }
        let unreadable =
            |error: &io::Error| format!("the item's file cannot be read: {}", reason(error));
        let real = fs::canonicalize(self.folder.join(path)).map_err(|error| unreadable(&error))?;
        // A symbolic link may lead out where the name does not.
        if !real.starts_with(&self.folder) {
            return leads_out();
        }
        let hashed = File::open(&real).and_then(|file| {
            if !file.metadata()?.is_file() {
                return Err(io::Error::other("it is not a file"));
            }
            hashing::sha256(file)
        });
        hashed.map_err(|error| unreadable(&error))
    }
}
