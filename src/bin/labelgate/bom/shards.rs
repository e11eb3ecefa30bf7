//! Where an index is built: scratch runs and unfinished files in a folder beside the finished ones.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use labelgate::bom::shards::Storage;
use labelgate::{Error, ErrorCode};

use crate::failure::{Failure, reason};

/// Files in a folder. Until [`FolderStorage::keep`], everything is in a hidden folder of its own, which
/// goes away with this.
pub struct FolderStorage {
    folder: PathBuf,
    scratch: PathBuf,
    runs: BTreeMap<usize, File>,
    /// The file that is being written.
    open: Option<(u32, BufWriter<File>)>,
    files: u32,
}

impl FolderStorage {
    pub fn new(folder: &Path) -> Result<Self, Failure> {
        let scratch = folder.join(format!(".index.{}.tmp", std::process::id()));
        fs::create_dir(&scratch).map_err(|error| Failure::unwritable(&scratch, &error))?;
        let folder = folder.to_owned();
        Ok(Self { folder, scratch, runs: BTreeMap::new(), open: None, files: 0 })
    }

    /// Moves the files of the index to their places, under their names.
    pub fn keep(mut self, name: impl Fn(u32) -> String) -> Result<(), Failure> {
        self.close().map_err(|error| Failure::unwritable(&self.scratch, &error))?;
        for file in 0..self.files {
            let to = self.folder.join(name(file));
            fs::rename(self.part(file), &to).map_err(|error| Failure::unwritable(&to, &error))?;
        }
        Ok(())
    }

    fn part(&self, file: u32) -> PathBuf {
        self.scratch.join(format!("part-{file}"))
    }

    fn close(&mut self) -> io::Result<()> {
        match self.open.take() {
            Some((_, mut out)) => out.flush().and_then(|()| out.get_ref().sync_all()),
            None => Ok(()),
        }
    }

    fn run(&mut self, run: usize) -> io::Result<&mut File> {
        if !self.runs.contains_key(&run) {
            let path = self.scratch.join(format!("run-{run}"));
            let file = File::options().read(true).write(true).create_new(true).open(path)?;
            self.runs.insert(run, file);
        }
        self.runs.get_mut(&run).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn failed(&self, error: &io::Error) -> Error {
        let (folder, reason) = (self.folder.display(), reason(error));
        Error::new(ErrorCode::Bom, format!("cannot build the index in `{folder}`: {reason}"))
    }
}

impl Storage for FolderStorage {
    fn append(&mut self, run: usize, bytes: &[u8]) -> Result<(), Error> {
        let appended = self.run(run).and_then(|file| {
            file.seek(SeekFrom::End(0))?;
            file.write_all(bytes)
        });
        appended.map_err(|error| self.failed(&error))
    }

    fn read(&mut self, run: usize, offset: u64, into: &mut [u8]) -> Result<(), Error> {
        let read = self.run(run).and_then(|file| {
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(into)
        });
        read.map_err(|error| self.failed(&error))
    }

    fn forget(&mut self, run: usize) {
        self.runs.remove(&run);
        // What cannot be removed now goes with the folder.
        let _ = fs::remove_file(self.scratch.join(format!("run-{run}")));
    }

    fn write(&mut self, file: u32, bytes: &[u8]) -> Result<(), Error> {
        let mut write = || {
            if self.open.as_ref().is_none_or(|(open, _)| *open != file) {
                self.close()?;
                self.files = file + 1;
                self.open = Some((file, BufWriter::new(File::create_new(self.part(file))?)));
            }
            match &mut self.open {
                Some((_, out)) => out.write_all(bytes),
                None => Ok(()),
            }
        };
        write().map_err(|error| self.failed(&error))
    }
}

impl Drop for FolderStorage {
    fn drop(&mut self) {
        // Nothing of worth is in there; the failure that is told is another.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}
