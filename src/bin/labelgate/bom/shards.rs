//! The index of a sharded BOM on disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use labelgate::bom::shards::{
    BuildSettings, KeyForm, MAX_MANIFEST_BYTES, Shards, ShardsBuilder, Storage,
};
use labelgate::bom::{Canonical, IndexReference};
use labelgate::digest::Digest;
use labelgate::{Bom, Error, ErrorCode};

use super::document::read_all;
use super::publish::DATA_SET_REF;
use super::temporary;
use crate::failure::{Failure, quoted, reason};

/// Name of the manifest in the folder of an index.
const MANIFEST: &str = "index.json";

/// An index that is being made.
pub struct Index {
    folder: PathBuf,
    url: String,
    key: KeyForm,
    builder: ShardsBuilder<Disk>,
}

impl Index {
    /// An index in `folder`, which must be below the folder of the BOM that names it.
    pub fn new(folder: &Path, bom: &Path, canonical: Canonical) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::unwritable(folder, &error))?;
        let beside = match bom.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let real =
            |path: &Path| path.canonicalize().map_err(|error| Failure::unreadable(path, &error));
        let (real_folder, beside) = (real(folder)?, real(beside)?);
        let below = real_folder.strip_prefix(&beside).ok().and_then(url_of);
        let url = below.ok_or_else(|| {
            Failure::new(format!(
                "expected {} below the folder of the BOM, in parts of letters, digits, `.`, `_` and `-`",
                quoted(folder)
            ))
        })?;
        let mut settings = BuildSettings::new(DATA_SET_REF);
        settings.canonical = canonical;
        // Listed content under another item's name is found out.
        let key = KeyForm::NamedDigest;
        settings.key = key;
        let disk = Disk { folder: folder.to_owned(), scratch: Vec::new(), out: None };
        let builder = ShardsBuilder::new(disk, settings).map_err(of_index)?;
        Ok(Self { folder: folder.to_owned(), url, key, builder })
    }

    /// Takes one item.
    pub fn add(&mut self, name: &str, digests: &[Digest]) -> Result<(), Failure> {
        let key = digests.iter().find_map(|digest| self.key.key(name, digest));
        let key =
            key.ok_or_else(|| Failure::new("expected a SHA-256 digest of every item of an index"))?;
        self.builder.add(key).map_err(of_index)
    }

    /// Writes the files, and says how a BOM names them.
    pub fn finish(self) -> Result<IndexReference, Failure> {
        let progress = crate::progress::Progress::counting("writing the index");
        let (built, mut disk) =
            self.builder.finish(&mut |keys| progress.count(keys)).map_err(of_index)?;
        disk.close().map_err(of_index)?;
        progress.finish();
        for file in 0..built.manifest.file_count() {
            let to = self.folder.join(built.manifest.file_name(file));
            fs::rename(disk.path(file), &to).map_err(|error| Failure::unwritable(&to, &error))?;
        }
        let path = self.folder.join(MANIFEST);
        crate::whole_file::write(&path, |out| {
            let written = out.write_all(&built.manifest.to_json());
            written.map_err(|error| Failure::unwritable(&path, &error))
        })?;
        Ok(IndexReference {
            bom_ref: DATA_SET_REF.to_owned(),
            digest: built.digest(),
            url: format!("{}/{MANIFEST}", self.url),
        })
    }
}

/// The path of a folder as a relative url.
fn url_of(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        let Component::Normal(part) = part else { return None };
        let part = part.to_str().filter(|part| !part.starts_with('.'))?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        parts.push(part.bytes().all(plain).then_some(part)?);
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn of_index(error: Error) -> Failure {
    Failure::new(error.message())
}

/// Scratch in temporary files, and the files of the index in their folder.
struct Disk {
    folder: PathBuf,
    scratch: Vec<Option<File>>,
    out: Option<(u32, BufWriter<File>)>,
}

impl Disk {
    /// Where a file is until its name is known.
    fn path(&self, file: u32) -> PathBuf {
        self.folder.join(format!(".{file}.{}.tmp", std::process::id()))
    }

    fn close(&mut self) -> Result<(), Error> {
        match self.out.take() {
            Some((_, mut out)) => out.flush().map_err(|error| of_disk(&error)),
            None => Ok(()),
        }
    }

    fn run(&mut self, run: usize) -> io::Result<&mut File> {
        if self.scratch.len() <= run {
            self.scratch.resize_with(run + 1, || None);
        }
        let slot = self.scratch.get_mut(run).ok_or(io::ErrorKind::NotFound)?;
        match slot {
            Some(file) => Ok(file),
            None => Ok(slot.insert(temporary::file()?)),
        }
    }
}

fn of_disk(error: &io::Error) -> Error {
    Error::new(ErrorCode::Bom, format!("cannot write the index: {}", reason(error)))
}

impl Storage for Disk {
    fn append(&mut self, run: usize, bytes: &[u8]) -> Result<(), Error> {
        let mut append = || {
            let file = self.run(run)?;
            file.seek(SeekFrom::End(0))?;
            file.write_all(bytes)
        };
        append().map_err(|error| of_disk(&error))
    }

    fn read(&mut self, run: usize, offset: u64, into: &mut [u8]) -> Result<(), Error> {
        let mut read = || {
            let file = self.run(run)?;
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(into)
        };
        read().map_err(|error| of_disk(&error))
    }

    fn forget(&mut self, run: usize) {
        if let Some(slot) = self.scratch.get_mut(run) {
            *slot = None;
        }
    }

    fn write(&mut self, file: u32, bytes: &[u8]) -> Result<(), Error> {
        if self.out.as_ref().is_none_or(|(current, _)| *current != file) {
            self.close()?;
            let created = File::create(self.path(file)).map_err(|error| of_disk(&error))?;
            self.out = Some((file, BufWriter::new(created)));
        }
        match &mut self.out {
            Some((_, out)) => out.write_all(bytes).map_err(|error| of_disk(&error)),
            None => Ok(()),
        }
    }
}

/// The index of a BOM, to be asked.
pub struct Opened {
    shards: Shards,
    manifest: PathBuf,
    /// The file that was read last, and its number.
    file: Option<(u32, File)>,
}

impl Opened {
    /// Opens the index that stands beside a BOM; none when the BOM lists its items itself.
    pub fn beside(path: &Path, bom: &Bom) -> Result<Option<Self>, Failure> {
        let Some(reference) = bom.index() else { return Ok(None) };
        let limit = u64::try_from(MAX_MANIFEST_BYTES).unwrap_or(u64::MAX);
        let manifest = path.with_file_name(&reference.url);
        let shards = Shards::of(reference, &read_all(&manifest, limit)?)
            .map_err(|error| Failure::in_file(&manifest, &error))?;
        Ok(Some(Self { shards, manifest, file: None }))
    }

    /// Number of items.
    pub fn items(&self) -> u64 {
        self.shards.manifest().items
    }

    /// The proof that an item is listed; none when it is not.
    pub fn prove(&mut self, name: &str, digest: &Digest) -> Result<Option<String>, Failure> {
        let key = self
            .shards
            .manifest()
            .key
            .key(name, digest)
            .ok_or_else(|| Failure::new("expected a SHA-256 digest of an item of an index"))?;
        let place = self.shards.locate(&key);
        let path = self.manifest.with_file_name(self.shards.manifest().file_name(place.file));
        let unreadable = |error: io::Error| Failure::unreadable(&path, &error);
        let file = match &mut self.file {
            Some((number, file)) if *number == place.file => file,
            slot => &mut slot.insert((place.file, File::open(&path).map_err(unreadable)?)).1,
        };
        let mut bytes = vec![0; place.length];
        file.seek(SeekFrom::Start(place.offset)).map_err(unreadable)?;
        file.read_exact(&mut bytes).map_err(unreadable)?;
        let proof = self.shards.prove_as_text(&key, &bytes);
        proof.map_err(|error| Failure::in_file(&path, &error))
    }
}
