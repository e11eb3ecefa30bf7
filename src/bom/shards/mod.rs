//! The index of up to 10^9 items: sorted shards under one root, served as plain files.
//!
//! A list that large fits neither a BOM nor an edge. So the root BOM binds a small [`Manifest`] by its
//! SHA-256, the manifest names a root, and every lookup is one range read of a file on any object store:
//! [`Shards::locate`] says which, [`Shards::take`] believes it only when it proves itself under the root,
//! and the shard then proves that an item is listed or that it is not. There is no filter that could say
//! yes by chance.
//!
//! # What is stored
//!
//! - A key is what an item is looked up by: the SHA-256 digest of its content, or of its name together
//!   with that ([`KeyForm`]). Keys are sorted; the `prefix_bits` highest bits of a key are the number of
//!   its shard.
//! - The rows of a shard are its keys in ascending order, without the whole bytes that their prefix fixes.
//! - The entry of a shard is its number and its count of keys (4 bytes each, big-endian), the SHA-256 of
//!   its rows, and the root of the RFC 6962 tree over its keys. The root of the index is that of the RFC
//!   6962 tree over the entries of all shards, empty ones too.
//! - A slot is count, root of the keys, the path from the entry to the root, the rows, and padding that
//!   nobody looks at. All slots have one size, so where a shard lies is computed: no table of offsets, no
//!   second read.
//!
//! # Why so
//!
//! The rows are hashed twice, flat and as a tree, because the two uses differ. A lookup by shard hashes
//! some 7 KB once, flat: a sixth of the work that a tree over 238 keys takes. An answer that carries its
//! own [proof](Shards::is_proven) needs the tree: some 30 hashes and 1 KB instead of a shard. That both are of the
//! same keys is the publisher's word; [`Shards::prove`] refuses a shard where they are not.
//!
//! One size for all slots costs a third more storage than packed shards (43 GB instead of 32 for 10^9
//! items), because the largest of 2^22 shards has some 330 keys where the mean has 238. Whoever grinds
//! many items into one shard makes every slot larger; the [builder](ShardsBuilder) refuses slots over
//! [`MAX_SLOT_BYTES`] and names the shard.
//!
//! Keys are kept in full. At half the length, a publisher could make two items of one key with 2^64 steps.

mod build;
mod cache;
mod layout;
mod manifest;
mod proof;
mod slot;

use crate::digest::{Algorithm, Digest, Hasher};
use crate::error::{Error, ErrorCode};
use crate::merkle::Hash;

use super::IndexReference;

use cache::Cache;
use layout::Layout;
use slot::Slot;

pub use super::Canonical;
pub use build::{BuildSettings, Built, ShardsBuilder, Storage};
pub use layout::MAX_SLOT_BYTES;
pub use manifest::{KeyForm, MAX_MANIFEST_BYTES, Manifest};
pub use proof::{MAX_PROOF_BYTES, MAX_PROOF_TEXT_BYTES};

/// An index that was opened: answers from the shards that were loaded, and says what to read for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shards {
    manifest: Manifest,
    digest: Digest,
    cache: Cache,
}

/// One range read: `length` bytes of a file, from `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    /// Number of the file, for [`Manifest::file_name`].
    pub file: u32,
    /// First byte.
    pub offset: u64,
    /// Number of bytes: all of them are needed.
    pub length: usize,
    /// The shard that lies there.
    pub shard: u32,
}

/// What the index says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Proved not to be in the index.
    Absent,
    /// Proved to be in the index.
    Listed,
    /// Not known before this was read and [taken](Shards::take).
    NotLoaded(Read),
}

/// Bytes of shards that are kept by default: some 2,200 of 7 KB.
pub const DEFAULT_CACHE_BYTES: usize = 16 << 20;

impl Shards {
    /// Opens an index by its manifest, which must have the digest that the BOM gives.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when the digest differs, or the manifest breaks a rule of [`Manifest`].
    pub fn open(manifest: &[u8], expected: &Digest) -> Result<Self, Error> {
        if manifest.len() > MAX_MANIFEST_BYTES {
            return Err(refused("expected an index manifest of at most 4096 bytes"));
        }
        let digest = digest_of(manifest);
        if digest != *expected {
            return Err(refused("expected the index manifest that the BOM names by its digest"));
        }
        let manifest = Manifest::from_json(manifest)?;
        Ok(Self { manifest, digest, cache: Cache::new(DEFAULT_CACHE_BYTES) })
    }

    /// Opens the index that a BOM refers to.
    ///
    /// # Errors
    /// As [`Shards::open`]; also when the index is of another data set.
    pub fn of(reference: &IndexReference, manifest: &[u8]) -> Result<Self, Error> {
        let shards = Self::open(manifest, &reference.digest)?;
        if shards.manifest.bom_ref == reference.bom_ref {
            Ok(shards)
        } else {
            Err(refused("expected the item index to be of the data set that refers to it"))
        }
    }

    /// The same, keeping shards of at most so many bytes in all; the one taken last is always kept.
    #[must_use]
    pub fn with_cache_bytes(mut self, bytes: usize) -> Self {
        self.cache = Cache::new(bytes);
        self
    }

    /// What the index says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether an item is listed under its name, or under its content alone.
    #[must_use]
    pub fn binds_names(&self) -> bool {
        self.manifest.key == KeyForm::NamedDigest
    }

    /// SHA-256 of the manifest, by which the BOM names it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Where the shard of this key lies.
    #[must_use]
    pub fn locate(&self, key: &Hash) -> Read {
        self.layout().read(self.layout().shard_of(key))
    }

    /// What is still to be read before [`Shards::look_up`] can answer for this key; nothing when its shard
    /// is loaded, which now counts as used last.
    pub fn wanted(&mut self, key: &Hash) -> Option<Read> {
        let shard = self.layout().shard_of(key);
        if self.cache.touch(shard) { None } else { Some(self.layout().read(shard)) }
    }

    /// Takes what was read for a shard, and keeps it when it is that shard of this index and of no other.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`] when they are anything else: too few or too many bytes, another shard, a shard
    /// of another version, a row altered. What was loaded before stays.
    pub fn take(&mut self, shard: u32, bytes: &[u8]) -> Result<(), Error> {
        let slot = self.verified(shard, bytes)?;
        self.cache.insert(shard, slot.rows());
        Ok(())
    }

    /// What the loaded shards say of this key.
    #[must_use]
    pub fn look_up(&self, key: &Hash) -> Lookup {
        let shard = self.layout().shard_of(key);
        match self.cache.rows(shard) {
            Some(rows) if self.layout().position(rows, key).is_some() => Lookup::Listed,
            Some(_) => Lookup::Absent,
            None => Lookup::NotLoaded(self.layout().read(shard)),
        }
    }

    /// The proof that this key is listed, made of the bytes of [its shard](Shards::locate); none when it
    /// is not listed.
    ///
    /// # Errors
    /// As [`Shards::take`]; also when the tree in the shard is not that of its rows.
    pub fn prove(&self, key: &Hash, bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let slot = self.verified(self.layout().shard_of(key), bytes)?;
        match self.layout().position(slot.rows(), key) {
            Some(position) => slot.prove(self.layout(), position, key).map(Some),
            None => Ok(None),
        }
    }

    /// [`Shards::prove`] in Base64 (RFC 4648, section 4), for a submission.
    ///
    /// # Errors
    /// As [`Shards::prove`].
    pub fn prove_as_text(&self, key: &Hash, bytes: &[u8]) -> Result<Option<String>, Error> {
        Ok(self.prove(key, bytes)?.map(|proof| proof::to_text(&proof)))
    }

    /// Whether `proof` proves that this key is listed. A proof that does not says nothing: the key may
    /// still be listed.
    #[must_use]
    #[inline(never)]
    pub fn is_proven(&self, key: &Hash, proof: &[u8]) -> bool {
        proof::root(self.layout(), key, proof) == Some(self.manifest.root)
    }

    /// [`Shards::is_proven`] of a proof in Base64 (RFC 4648, section 4), as in a submission.
    #[must_use]
    pub fn is_proven_by_text(&self, key: &Hash, proof: &str) -> bool {
        proof::from_text(proof).is_some_and(|proof| self.is_proven(key, &proof))
    }

    /// Bytes of shards that are kept now.
    #[must_use]
    pub fn cached_bytes(&self) -> usize {
        self.cache.bytes()
    }

    #[inline(never)]
    fn verified<'s>(&self, shard: u32, bytes: &'s [u8]) -> Result<Slot<'s>, Error> {
        let slot = Slot::parse(self.layout(), bytes)
            .filter(|slot| slot.root(shard) == Some(self.manifest.root))
            .ok_or_else(|| refused("expected the shard that the index names, found other bytes"))?;
        // The publisher has signed these rows; a broken tool must not make "absent" of "out of order".
        if self.layout().are_in_order(slot.rows(), shard) {
            Ok(slot)
        } else {
            Err(refused("expected the rows of a shard in ascending order, each once"))
        }
    }

    fn layout(&self) -> &Layout {
        &self.manifest.layout
    }
}

/// A SHA-256 digest as the key of an index; none for any other algorithm.
#[must_use]
pub fn key_of(digest: &Digest) -> Option<Hash> {
    match digest.algorithm() {
        Algorithm::Sha256 => digest.as_bytes().first_chunk().copied(),
        _ => None,
    }
}

#[cold]
#[inline(never)]
fn refused(expected: &str) -> Error {
    Error::new(ErrorCode::Bom, expected)
}

fn digest_of(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(bytes);
    hasher.finish()
}

#[inline(never)]
fn sha256(bytes: &[u8]) -> Hash {
    key_of(&digest_of(bytes)).unwrap_or_default()
}
