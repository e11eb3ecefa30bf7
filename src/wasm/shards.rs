//! The index of a sharded BOM: what to read, and what was read.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::arrays::Array;
use super::{JsGate, thrown};
use crate::bom::shards::Read;
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

#[inline(never)]
#[allow(clippy::cast_precision_loss)] // below 2^53: 2^24 slots of 64 KiB
fn array(read: Read) -> Array {
    let array = Array::new();
    for number in [f64::from(read.file), read.offset as f64, read.length as f64, read.shard.into()]
    {
        array.push(number.into());
    }
    array
}

#[cold]
#[inline(never)]
fn no_index() -> JsValue {
    thrown(Error::new(ErrorCode::Bom, "expected a BOM whose item index is open"))
}
