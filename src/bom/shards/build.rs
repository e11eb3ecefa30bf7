//! Makes an index of keys that come in any order, in bounded memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use crate::bom::Canonical;
use crate::digest::Digest;
use crate::error::Error;
use crate::merkle::{self, Hash, RootBuilder, Tree};

use super::layout::{Layout, MAX_PREFIX_BITS, MAX_SLOT_BYTES, MAX_SLOTS_PER_FILE, as_usize};
use super::manifest::{self, KeyForm, Manifest};
use super::{refused, sha256, slot};

/// Where a builder keeps what does not fit into its memory, and where it writes the files of the index.
/// Disks and tests do it differently.
pub trait Storage {
    /// Appends to a scratch run; the first bytes begin it.
    ///
    /// # Errors
    /// Whatever keeps it from doing so; the build ends with that.
    fn append(&mut self, run: usize, bytes: &[u8]) -> Result<(), Error>;

    /// Fills `into` from a scratch run, from byte `offset`.
    ///
    /// # Errors
    /// As above; also when there are fewer bytes.
    fn read(&mut self, run: usize, offset: u64, into: &mut [u8]) -> Result<(), Error>;

    /// Forgets a scratch run, to free its room.
    fn forget(&mut self, run: usize);

    /// Appends to a file of the index. Files come in the order of their numbers, each once.
    ///
    /// # Errors
    /// As above.
    fn write(&mut self, file: u32, bytes: &[u8]) -> Result<(), Error>;
}

/// How an index is made.
#[derive(Clone, Debug)]
pub struct BuildSettings {
    /// The bom-ref of the data set; 1 to 1,024 bytes.
    pub bom_ref: String,
    /// What of an item was hashed.
    pub canonical: Canonical,
    /// What the keys are.
    pub key: KeyForm,
    /// Slots in a file, from 1 to 2^24. Default 2^16: files of some 700 MB for 10^9 items.
    pub slots_per_file: u32,
    /// Memory for sorting, in bytes; at least 1 MiB is used. Default 64 MiB. Counts of shards (4 bytes for
    /// each) and the tree over a part of them come on top: some 17 MiB for 10^9 items.
    pub memory_bytes: usize,
}

impl BuildSettings {
    /// The defaults for this data set.
    #[must_use]
    pub fn new(bom_ref: impl Into<String>) -> Self {
        Self {
            bom_ref: bom_ref.into(),
            canonical: Canonical::default(),
            key: KeyForm::default(),
            slots_per_file: 1 << 16,
            memory_bytes: 64 << 20,
        }
    }
}

/// An index that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Its manifest, to be written as [`Manifest::to_json`] has it.
    pub manifest: Manifest,
    /// Keys that came again, and are there once.
    pub duplicates: u64,
    /// Keys in the largest shard.
    pub largest_shard: u32,
}

impl Built {
    /// SHA-256 of [`Manifest::to_json`], by which a BOM names the index.
    #[must_use]
    pub fn digest(&self) -> Digest {
        super::digest_of(&self.manifest.to_json())
    }
}

/// Takes the keys of all items in any order, then writes the index.
///
/// Keys are sorted in runs that fit into memory, merged, and read twice more: for the hashes of the
/// shards, and to write them out, because every slot holds a path that depends on all of them. The files
/// are written from front to back, so that they may as well be uploads. The same keys make the same
/// bytes, whatever order they came in.
pub struct ShardsBuilder<S> {
    storage: S,
    settings: BuildSettings,
    keys: Vec<Hash>,
    most_keys: usize,
    /// Keys in each run that was put away.
    runs: Vec<u64>,
    added: u64,
}

const KEY_BYTES: usize = size_of::<Hash>();
/// In the run of entries: leaf of the shard, root of its keys, count.
const ENTRY_BYTES: usize = 32 + 32 + 4;
/// Bytes read at once from the sorted keys: long enough that seeking does not count.
const READ_BYTES: usize = 1 << 18;

impl<S: Storage> ShardsBuilder<S> {
    /// A builder that has no keys yet.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`](crate::ErrorCode::Bom) when a setting is out of its range.
    pub fn new(storage: S, settings: BuildSettings) -> Result<Self, Error> {
        if !(1..=1024).contains(&settings.bom_ref.len()) {
            return Err(refused("expected a bom-ref of 1 to 1024 bytes"));
        }
        if !(1..=MAX_SLOTS_PER_FILE).contains(&settings.slots_per_file) {
            return Err(refused("expected from 1 to 2^24 slots in a file"));
        }
        let most_keys = settings.memory_bytes.max(1 << 20) / KEY_BYTES;
        Ok(Self { storage, settings, keys: Vec::new(), most_keys, runs: Vec::new(), added: 0 })
    }

    /// Takes the key of one item, as [`KeyForm::key`] makes it.
    ///
    /// # Errors
    /// What the storage says.
    pub fn add(&mut self, key: Hash) -> Result<(), Error> {
        if self.keys.len() == self.most_keys {
            self.put_away()?;
        }
        self.keys.push(key);
        self.added += 1;
        Ok(())
    }

    /// Writes the files of the index, and gives the storage back. `progress` hears now and then how many
    /// keys of the manifest's were written.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`](crate::ErrorCode::Bom) when there is no key, or so many share a prefix that a
    /// slot would be over [`MAX_SLOT_BYTES`]; what the storage says.
    pub fn finish(mut self, progress: &mut dyn FnMut(u64)) -> Result<(Built, S), Error> {
        if self.added == 0 {
            return Err(refused("expected at least one item in an index"));
        }
        let mut counts = Counts::new(Layout::bits_for(self.added));
        let sorted = self.sort(&mut counts)?;
        let prefix_bits = Layout::bits_for(sorted.keys);
        let (largest, largest_shard) = counts.largest(prefix_bits);
        let layout = Layout {
            prefix_bits,
            slot_bytes: Layout::slot_bytes_for(prefix_bits, as_usize(largest)),
            slots_per_file: self.settings.slots_per_file,
        };
        drop(counts);
        if layout.slot_bytes > MAX_SLOT_BYTES {
            return Err(refused(&format!(
                "expected shards of even size, found {largest} of {} keys in shard {largest_shard:#x} of \
                 2^{prefix_bits}: somebody chose these items to crowd it",
                sorted.keys
            )));
        }
        let entries = sorted.run + 1;
        let upper = self.hash_shards(&layout, sorted, entries)?;
        let mut files = String::new();
        for byte in upper.root().iter().take(8) {
            files.push_str(&format!("{byte:02x}"));
        }
        files.push_str("-{}.bin");
        self.write_slots(&layout, sorted, entries, &upper, progress)?;
        for run in [sorted.run, entries] {
            self.storage.forget(run);
        }
        let manifest = Manifest {
            bom_ref: self.settings.bom_ref,
            canonical: self.settings.canonical,
            key: self.settings.key,
            items: sorted.keys,
            files,
            root: upper.root(),
            layout,
        };
        debug_assert!(manifest::is_file_name(&manifest.files));
        let duplicates = self.added - sorted.keys;
        Ok((Built { manifest, duplicates, largest_shard: largest }, self.storage))
    }

    /// Puts the keys in memory away as a sorted run, each once.
    fn put_away(&mut self) -> Result<(), Error> {
        self.keys.sort_unstable();
        self.keys.dedup();
        self.storage.append(self.runs.len(), self.keys.as_flattened())?;
        self.runs.push(self.keys.len().try_into().unwrap_or(u64::MAX));
        self.keys.clear();
        Ok(())
    }

    /// One run of all keys in ascending order, each once.
    fn sort(&mut self, counts: &mut Counts) -> Result<Sorted, Error> {
        if self.runs.is_empty() {
            // Everything is in memory: counted on the way.
            self.keys.sort_unstable();
            self.keys.dedup();
            self.keys.iter().for_each(|key| counts.add(key));
        }
        self.put_away()?;
        self.keys = Vec::new();
        if let [keys] = self.runs[..] {
            return Ok(Sorted { run: 0, keys });
        }
        let to = self.runs.len();
        let memory = self.most_keys * KEY_BYTES / (self.runs.len() + 1);
        let read_bytes = memory.clamp(KEY_BYTES, READ_BYTES);
        let mut readers = Vec::new();
        let mut heap = BinaryHeap::new();
        for (run, &keys) in self.runs.iter().enumerate() {
            let mut reader = RunReader::new(Sorted { run, keys }, KEY_BYTES, read_bytes);
            if let Some(key) = reader.key(&mut self.storage)? {
                heap.push(Reverse((key, run)));
            }
            readers.push(reader);
        }
        let mut merged: Vec<Hash> = Vec::with_capacity(READ_BYTES / KEY_BYTES);
        let mut keys = 0;
        let mut last = None;
        while let Some(mut top) = heap.peek_mut() {
            let Reverse((key, run)) = *top;
            let reader = readers.get_mut(run);
            let next = reader.map_or(Ok(None), |reader| reader.key(&mut self.storage))?;
            match next {
                Some(next) => *top = Reverse((next, run)),
                None => {
                    PeekMut::pop(top);
                    self.storage.forget(run);
                }
            }
            if last != Some(key) {
                last = Some(key);
                keys += 1;
                counts.add(&key);
                merged.push(key);
                if merged.len() == merged.capacity() {
                    self.storage.append(to, merged.as_flattened())?;
                    merged.clear();
                }
            }
        }
        self.storage.append(to, merged.as_flattened())?;
        Ok(Sorted { run: to, keys })
    }

    /// Hashes every shard, keeps its entry, and answers the tree above the blocks.
    fn hash_shards(
        &mut self,
        layout: &Layout,
        sorted: Sorted,
        entries: usize,
    ) -> Result<Tree, Error> {
        let mut keys = Keys::new(sorted);
        let block = block_shards(layout);
        let mut roots = Vec::new();
        let mut leaves = Vec::new();
        let mut written = Vec::new();
        let mut rows = Vec::new();
        for shard in 0..layout.shards() {
            rows.clear();
            let mut root = RootBuilder::new();
            let count = keys.shard(&mut self.storage, layout, shard, &mut |key| {
                rows.extend_from_slice(layout.row_of(key));
                root.push(merkle::leaf(&[key]));
            })?;
            let keys_root = root.root();
            let entry = slot::entry(shard, count, &sha256(&rows), &keys_root);
            leaves.push(entry);
            written.extend_from_slice(&entry);
            written.extend_from_slice(&keys_root);
            written.extend_from_slice(&count.to_be_bytes());
            if leaves.len() == block {
                roots.push(Tree::new(std::mem::take(&mut leaves)).root());
                self.storage.append(entries, &written)?;
                written.clear();
            }
        }
        Ok(Tree::new(roots))
    }

    /// Writes the slots of all shards, each with its path.
    fn write_slots(
        &mut self,
        layout: &Layout,
        sorted: Sorted,
        entries: usize,
        upper: &Tree,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let mut keys = Keys::new(sorted);
        let block = block_shards(layout);
        let mut written = vec![0; block * ENTRY_BYTES];
        let mut shard = 0;
        let mut done = 0_u64;
        let mut offset = 0_u64;
        let (mut rows, mut slots) = (Vec::new(), Vec::new());
        for number in 0..upper.size() {
            self.storage.read(entries, offset, &mut written)?;
            offset += u64::try_from(written.len()).unwrap_or(u64::MAX);
            let whole = written.as_chunks::<ENTRY_BYTES>().0;
            let leaves = whole.iter().filter_map(|entry| entry.first_chunk().copied()).collect();
            let lower = Tree::new(leaves);
            let above = upper.inclusion(number).unwrap_or_default();
            for (place, entry) in whole.iter().enumerate() {
                rows.clear();
                let count = keys.shard(&mut self.storage, layout, shard, &mut |key| {
                    rows.extend_from_slice(layout.row_of(key));
                })?;
                let keys_root = entry.get(32..).and_then(|rest| rest.first_chunk());
                let path = lower.inclusion(place).unwrap_or_default();
                if let Some(keys_root) = keys_root {
                    slot::write(&mut slots, layout, count, keys_root, &[&path, &above], &rows);
                }
                let is_last = layout.read(shard).file != layout.read(shard + 1).file;
                if is_last || slots.len() >= READ_BYTES {
                    self.storage.write(layout.read(shard).file, &slots)?;
                    slots.clear();
                }
                done += u64::from(count);
                shard += 1;
            }
            progress(done);
        }
        if slots.is_empty() {
            return Ok(());
        }
        self.storage.write(layout.read(shard.saturating_sub(1)).file, &slots)
    }
}

/// Shards under one node of the upper tree: half of the levels, so that neither tree is large.
fn block_shards(layout: &Layout) -> usize {
    1 << layout.prefix_bits.div_ceil(2)
}

/// A run of keys in ascending order, each once.
#[derive(Clone, Copy)]
struct Sorted {
    run: usize,
    keys: u64,
}

/// How many keys each shard has.
struct Counts {
    prefix_bits: u32,
    counts: Vec<u32>,
}

impl Counts {
    fn new(prefix_bits: u32) -> Self {
        Self { prefix_bits, counts: vec![0; 1 << prefix_bits.min(MAX_PREFIX_BITS)] }
    }

    fn add(&mut self, key: &Hash) {
        let [a, b, c, d, ..] = *key;
        let prefix = u32::from_be_bytes([a, b, c, d]).checked_shr(u32::BITS - self.prefix_bits);
        if let Some(count) = self.counts.get_mut(as_usize(prefix.unwrap_or(0))) {
            *count = count.saturating_add(1);
        }
    }

    /// The most keys that a shard has with so many bits of prefix, no more than were counted, and its
    /// number.
    fn largest(&self, prefix_bits: u32) -> (u32, u32) {
        let together = 1 << (self.prefix_bits - prefix_bits);
        let sums = self
            .counts
            .chunks(together)
            .map(|counts| counts.iter().fold(0_u32, |sum, count| sum.saturating_add(*count)));
        sums.zip(0..).max().unwrap_or_default()
    }
}

/// Reads records of a run one after the other, many at once.
struct RunReader {
    run: usize,
    offset: u64,
    left: u64,
    read_bytes: usize,
    buffer: Vec<u8>,
    at: usize,
}

impl RunReader {
    fn new(sorted: Sorted, record_bytes: usize, read_bytes: usize) -> Self {
        let record = u64::try_from(record_bytes).unwrap_or(u64::MAX);
        Self {
            run: sorted.run,
            offset: 0,
            left: sorted.keys * record,
            read_bytes: read_bytes / record_bytes * record_bytes,
            buffer: Vec::new(),
            at: 0,
        }
    }

    fn key<S: Storage>(&mut self, storage: &mut S) -> Result<Option<Hash>, Error> {
        if self.at == self.buffer.len() {
            let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.read_bytes);
            if length == 0 {
                return Ok(None);
            }
            self.buffer.resize(length, 0);
            storage.read(self.run, self.offset, &mut self.buffer)?;
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            self.offset += length;
            self.left -= length;
            self.at = 0;
        }
        let key = self.buffer.get(self.at..).and_then(|rest| rest.first_chunk()).copied();
        self.at += KEY_BYTES;
        Ok(key)
    }
}

/// The sorted keys, one shard after the other.
struct Keys {
    reader: RunReader,
    next: Option<Hash>,
    is_begun: bool,
}

impl Keys {
    fn new(sorted: Sorted) -> Self {
        let reader = RunReader::new(sorted, KEY_BYTES, READ_BYTES);
        Self { reader, next: None, is_begun: false }
    }

    /// Hands out the keys of the next shard, and answers how many they were.
    fn shard<S: Storage>(
        &mut self,
        storage: &mut S,
        layout: &Layout,
        shard: u32,
        take: &mut dyn FnMut(&Hash),
    ) -> Result<u32, Error> {
        if !self.is_begun {
            self.is_begun = true;
            self.next = self.reader.key(storage)?;
        }
        let mut count = 0;
        while let Some(key) = self.next.filter(|key| layout.shard_of(key) == shard) {
            take(&key);
            count += 1;
            self.next = self.reader.key(storage)?;
        }
        Ok(count)
    }
}
