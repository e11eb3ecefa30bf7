//! The files below a folder.

use std::path::{Component, Path};

use walkdir::{DirEntry, WalkDir};

use crate::failure::{Failure, quoted};

/// What is in a folder, in ascending order of the bytes of the names.
pub struct Folder {
    pub files: Vec<Listed>,
    /// What was left out, and why.
    pub warnings: Vec<String>,
}

/// One file.
pub struct Listed {
    /// Its path below the folder, with `/` on every system.
    pub name: String,
    pub bytes: u64,
}

impl Folder {
    /// Walks a folder. `left_out` is the file that is about to be written.
    pub fn list(folder: &Path, left_out: Option<&Path>) -> Result<Self, Failure> {
        if !folder.is_dir() {
            let error = match folder.metadata() {
                Ok(_) => std::io::ErrorKind::NotADirectory.into(),
                Err(error) => error,
            };
            return Err(Failure::unreadable(folder, &error));
        }
        let left_out = left_out.and_then(|path| path.canonicalize().ok());
        let mut list = Self { files: Vec::new(), warnings: Vec::new() };
        for entry in WalkDir::new(folder).min_depth(1) {
            let entry = entry.map_err(|error| of_walk(folder, &error))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let path = entry.path();
            if entry.path_is_symlink() {
                list.warnings.push(format!("left out the symbolic link {}", quoted(path)));
            } else if !entry.file_type().is_file() {
                list.warnings.push(format!("left out {}, which is no file", quoted(path)));
            } else if left_out.is_some() && path.canonicalize().ok() == left_out {
                list.warnings.push(format!("left out {}, the BOM itself", quoted(path)));
            } else {
                let name = name_below(folder, path)?;
                list.files.push(Listed { name, bytes: length(folder, &entry)? });
            }
        }
        list.files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(list)
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

fn length(folder: &Path, entry: &DirEntry) -> Result<u64, Failure> {
    entry.metadata().map(|found| found.len()).map_err(|error| of_walk(folder, &error))
}

fn of_walk(folder: &Path, error: &walkdir::Error) -> Failure {
    let path = error.path().unwrap_or(folder);
    match error.io_error() {
        Some(error) => Failure::unreadable(path, error),
        None => Failure::new(format!("cannot read {}", quoted(path))),
    }
}

fn name_below(folder: &Path, path: &Path) -> Result<String, Failure> {
    let not_utf8 = || {
        Failure::new(format!(
            "expected file names in UTF-8, because a BOM can hold no others; rename {}",
            quoted(path)
        ))
    };
    let mut parts = Vec::new();
    for part in path.strip_prefix(folder).unwrap_or(path).components() {
        if let Component::Normal(part) = part {
            parts.push(part.to_str().ok_or_else(not_utf8)?);
        }
    }
    Ok(parts.join("/"))
}
