//! An index in memory: for tests and benches.

use std::collections::BTreeMap;

use labelgate::bom::shards::{BuildSettings, Built, Read, Shards, ShardsBuilder, Storage};
use labelgate::merkle::Hash;
use labelgate::{Error, ErrorCode};

/// Runs and files as bytes in memory.
#[derive(Default)]
pub struct InMemory {
    pub runs: BTreeMap<usize, Vec<u8>>,
    pub files: BTreeMap<u32, Vec<u8>>,
    /// The most bytes that all runs had together.
    pub most_scratch_bytes: usize,
}

impl Storage for InMemory {
    fn append(&mut self, run: usize, bytes: &[u8]) -> Result<(), Error> {
        self.runs.entry(run).or_default().extend_from_slice(bytes);
        let scratch = self.runs.values().map(Vec::len).sum();
        self.most_scratch_bytes = self.most_scratch_bytes.max(scratch);
        Ok(())
    }

    fn read(&mut self, run: usize, offset: u64, into: &mut [u8]) -> Result<(), Error> {
        let offset = usize::try_from(offset).unwrap();
        let bytes = self.runs.get(&run).and_then(|run| run.get(offset..offset + into.len()));
        into.copy_from_slice(bytes.ok_or_else(|| Error::new(ErrorCode::Bom, "no such bytes"))?);
        Ok(())
    }

    fn forget(&mut self, run: usize) {
        self.runs.remove(&run);
    }

    fn write(&mut self, file: u32, bytes: &[u8]) -> Result<(), Error> {
        self.files.entry(file).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

/// A whole index.
pub struct Index {
    pub built: Built,
    pub files: BTreeMap<u32, Vec<u8>>,
}

impl Index {
    pub fn of(
        keys: impl IntoIterator<Item = Hash>,
        settings: BuildSettings,
    ) -> Result<Self, Error> {
        let mut builder = ShardsBuilder::new(InMemory::default(), settings)?;
        for key in keys {
            builder.add(key)?;
        }
        let (built, storage) = builder.finish(&mut |_| {})?;
        assert!(storage.runs.is_empty(), "scratch runs are left");
        Ok(Self { built, files: storage.files })
    }

    pub fn open(&self) -> Shards {
        Shards::open(&self.built.manifest.to_json(), &self.built.digest()).unwrap()
    }

    pub fn bytes(&self, read: &Read) -> &[u8] {
        let offset = usize::try_from(read.offset).unwrap();
        &self.files[&read.file][offset..offset + read.length]
    }
}
