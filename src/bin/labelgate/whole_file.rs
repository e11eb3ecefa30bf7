//! Files that are there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::failure::Failure;

/// Writes a file by way of a temporary one beside it, so that a run that is cut off leaves the old
/// file as it was.
pub fn write<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    write_if(path, |out| Ok((true, fill(out)?)))
}

/// The same, but the old file stays as it was when `fill` answers false.
pub fn write_if<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(bool, T), Failure>,
) -> Result<T, Failure> {
    let unwritable = |error: io::Error| Failure::unwritable(path, &error);
    let Some(name) = path.file_name() else {
        return Err(unwritable(io::ErrorKind::IsADirectory.into()));
    };
    let mut temporary_name = OsString::from(".");
    temporary_name.push(name);
    // Two runs at the same time must not share it.
    temporary_name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary_name);
    let filled = File::create(&temporary).map_err(unwritable).and_then(|file| {
        let mut out = BufWriter::new(file);
        let filled = fill(&mut out)?;
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(unwritable)?;
        Ok(filled)
    });
    let moved = filled.and_then(|(is_wanted, filled)| {
        if is_wanted {
            fs::rename(&temporary, path).map_err(unwritable)?;
        } else {
            fs::remove_file(&temporary).map_err(unwritable)?;
        }
        Ok(filled)
    });
    if moved.is_err() {
        // The failure that is told is the first one.
        let _ = fs::remove_file(&temporary);
    }
    moved
}
