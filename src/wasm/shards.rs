//! The index of a sharded BOM: what to read, and what was read.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{JsGate, thrown};
use crate::bom::shards::{Lookup, Read, Shards};
use crate::digest::{Algorithm, Digest};
use crate::merkle::Hash;
use crate::{Error, ErrorCode};

#[wasm_bindgen(js_class = Gate)]
impl JsGate {
    /// Where the BOM in force says that the index of its items is, relative to itself.
    #[wasm_bindgen(js_name = indexUrl)]
    pub fn index_url(&self) -> Option<String> {
        Some(self.gate.bom()?.index()?.url.clone())
    }

    /// Opens that index by the bytes of its manifest.
    #[wasm_bindgen(js_name = openIndex)]
    pub fn open_index(&mut self, manifest: &[u8]) -> Result<(), JsValue> {
        let bom = self.gate.bom_mut().ok_or_else(no_index)?;
        bom.open_index(manifest).map(|_| ()).map_err(thrown)
    }

    /// What is to be read before this submission is checked: file, offset, length, shard. Nothing when
    /// the answer is there.
    pub fn wanted(&mut self, submission: &[u8]) -> Option<Array> {
        self.gate.wanted(submission).map(array)
    }

    /// Takes what was read for a shard.
    #[wasm_bindgen(js_name = takeShard)]
    pub fn take_shard(&mut self, shard: u32, bytes: &[u8]) -> Result<(), JsValue> {
        let shards = self.gate.bom_mut().and_then(|bom| bom.shards_mut());
        shards.ok_or_else(no_index)?.take(shard, bytes).map_err(thrown)
    }
}

/// An index without a gate.
#[wasm_bindgen(js_name = Shards)]
pub struct JsShards(Shards);

#[wasm_bindgen(js_class = Shards)]
impl JsShards {
    /// The index with this manifest, which must have this SHA-256, keeping so many bytes of shards.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], sha256: &[u8], cache_bytes: usize) -> Result<JsShards, JsValue> {
        let shards = Shards::open(manifest, &digest(sha256)?).map_err(thrown)?;
        Ok(Self(shards.with_cache_bytes(cache_bytes)))
    }

    /// What is to be read before `lookUp` can answer: file, offset, length, shard. Nothing when it can.
    pub fn wanted(&mut self, sha256: &[u8], name: &str) -> Result<Option<Array>, JsValue> {
        let key = self.key(sha256, name)?;
        Ok(self.0.wanted(&key).map(array))
    }

    /// Where the shard of an item lies: file, offset, length, shard.
    pub fn locate(&self, sha256: &[u8], name: &str) -> Result<Array, JsValue> {
        Ok(array(self.0.locate(&self.key(sha256, name)?)))
    }

    /// Takes what was read for a shard.
    pub fn take(&mut self, shard: u32, bytes: &[u8]) -> Result<(), JsValue> {
        self.0.take(shard, bytes).map_err(thrown)
    }

    /// Whether the index lists this item; nothing when its shard is not loaded.
    #[wasm_bindgen(js_name = lookUp)]
    pub fn look_up(&self, sha256: &[u8], name: &str) -> Result<Option<bool>, JsValue> {
        Ok(match self.0.look_up(&self.key(sha256, name)?) {
            Lookup::Absent => Some(false),
            Lookup::Listed => Some(true),
            Lookup::NotLoaded(_) => None,
        })
    }

    /// The proof that the index lists this item, from the bytes of its shard; nothing when it does not.
    pub fn prove(
        &self,
        sha256: &[u8],
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<Vec<u8>>, JsValue> {
        self.0.prove(&self.key(sha256, name)?, bytes).map_err(thrown)
    }

    /// Whether this proof proves that the index lists this item.
    #[wasm_bindgen(js_name = isProven)]
    pub fn is_proven(&self, sha256: &[u8], name: &str, proof: &[u8]) -> Result<bool, JsValue> {
        Ok(self.0.is_proven(&self.key(sha256, name)?, proof))
    }
}

impl JsShards {
    fn key(&self, sha256: &[u8], name: &str) -> Result<Hash, JsValue> {
        let digest = digest(sha256)?;
        Ok(self.0.manifest().key.key(name, &digest).unwrap_or_default())
    }
}

fn digest(sha256: &[u8]) -> Result<Digest, JsValue> {
    Digest::from_bytes(Algorithm::Sha256, sha256).map_err(thrown)
}

#[allow(clippy::cast_precision_loss)] // below 2^53: 2^24 slots of 64 KiB
fn array(read: Read) -> Array {
    let numbers = [f64::from(read.file), read.offset as f64, read.length as f64, read.shard.into()];
    numbers.into_iter().map(JsValue::from).collect()
}

fn no_index() -> JsValue {
    thrown(Error::new(ErrorCode::Bom, "expected a BOM whose item index is open"))
}
