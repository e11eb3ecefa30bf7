//! A published list, and files against it.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::bom::{Bom, Compared, Comparison, Handover, Standing, TrustSettings, summary};
use crate::digest::{Algorithm, Digest};
use crate::json::Writer;
use crate::policy::BomPolicy;
use crate::{Error, ErrorCode};

use super::arrays::Array;
use super::base::thrown;
use super::incoming::Incoming;

/// A published list on its way to a gate, or without one.
#[wasm_bindgen(js_name = List)]
pub struct JsList {
    settings: TrustSettings,
    incoming: Incoming,
    bom: Option<Bom>,
    handover: Option<Handover>,
}

#[wasm_bindgen(js_class = List)]
impl JsList {
    /// A list that must be signed as this says: the section `bom` of a policy as JSON bytes. Throws an error
    /// with `code: "policy"`.
    #[wasm_bindgen(constructor)]
    pub fn new(section: &[u8]) -> Result<JsList, JsValue> {
        let settings = BomPolicy::from_json(section).map_err(thrown)?.trust_settings();
        Ok(Self { settings, incoming: Incoming::default(), bom: None, handover: None })
    }

    /// Starts reading; the list stays what it was until `concludeBom`.
    #[wasm_bindgen(js_name = beginBom)]
    pub fn begin_bom(&mut self) {
        self.incoming = Incoming::begin(self.settings.clone());
    }

    /// Takes the next piece.
    #[wasm_bindgen(js_name = pushBom)]
    pub fn push_bom(&mut self, piece: &[u8]) -> Result<(), JsValue> {
        self.incoming.push(piece)
    }

    /// Ends it, with the signed note beside it. Returns what the host is to check, as JSON bytes.
    #[wasm_bindgen(js_name = endBom)]
    pub fn end_bom(&mut self, checkpoint: Option<Vec<u8>>) -> Result<Vec<u8>, JsValue> {
        self.incoming.end(checkpoint)
    }

    /// The signature of an open check, and its message when that was kept.
    #[wasm_bindgen(js_name = bomCheck)]
    pub fn bom_check(&self, number: usize) -> Result<Array, JsValue> {
        self.incoming.check(number)
    }

    /// What the host found for an open check.
    #[wasm_bindgen(js_name = answerBomCheck)]
    pub fn answer_bom_check(&mut self, number: usize, is_good: bool) -> Result<(), JsValue> {
        self.incoming.answer(number, is_good)
    }

    /// Thumbprints of the pinned keys whose signatures are good: a JSON array as bytes.
    #[wasm_bindgen(js_name = bomSigners)]
    pub fn bom_signers(&self) -> Vec<u8> {
        self.incoming.signers()
    }

    /// Compares with the list from now on. Returns a summary as JSON bytes.
    #[wasm_bindgen(js_name = concludeBom)]
    pub fn conclude_bom(&mut self) -> Result<Vec<u8>, JsValue> {
        let (bom, backing) = self.incoming.conclude()?.conclude().map_err(thrown)?;
        let summary = summary(bom.as_ref(), &backing);
        self.bom = bom;
        Ok(summary)
    }

    /// In place of `concludeBom`, for a gate: all but the items, as bytes for `concludeBom` of the gate. The items
    /// that are still here come from `takeBlock`.
    #[wasm_bindgen(js_name = handOver)]
    pub fn hand_over(&mut self) -> Result<Vec<u8>, JsValue> {
        let handover = self.incoming.conclude()?.hand_over().map_err(thrown)?;
        Ok(self.handover.insert(handover).save())
    }

    /// The next block of items for `takeBlock` of a gate, if there is one: to be asked after each piece until there is
    /// none, and again after `handOver`. From the first one on the list is that gate's.
    #[wasm_bindgen(js_name = takeBlock)]
    pub fn take_block(&mut self) -> Option<Vec<u8>> {
        self.incoming.take_block().or_else(|| self.handover.as_mut()?.take_block())
    }

    /// By which algorithms a file of this name is to be measured: their keys, with a space between.
    pub fn algorithms(&self, name: &str) -> Result<String, JsValue> {
        let mut keys = String::new();
        for algorithm in self.bom()?.algorithms_of(name) {
            if !keys.is_empty() {
                keys.push(' ');
            }
            keys.push_str(algorithm.key());
        }
        Ok(keys)
    }
}

impl JsList {
    fn bom(&self) -> Result<&Bom, JsValue> {
        let none = || thrown(Error::new(ErrorCode::Bom, "expected a list that could be read"));
        self.bom.as_ref().ok_or_else(none)
    }
}

/// Files against one list: [`Comparison`].
#[wasm_bindgen(js_name = Comparison)]
#[derive(Default)]
pub struct JsComparison {
    comparison: Comparison,
    compared: Compared,
}

#[wasm_bindgen(js_class = Comparison)]
impl JsComparison {
    /// Before the first file.
    #[wasm_bindgen(constructor)]
    pub fn new() -> JsComparison {
        Self::default()
    }

    /// Meets a file with these digests, `sha256:…` with a space between, and says how it stands for now.
    pub fn meet(&mut self, list: &JsList, name: &str, digests: &str) -> Result<String, JsValue> {
        let mut measured = Vec::new();
        for text in digests.split(' ') {
            measured.push(digest(text).map_err(thrown)?);
        }
        Ok(self.comparison.meet(list.bom()?, name, &measured).as_str().into())
    }

    /// Ends the comparison: how many stand how, as the JSON bytes of an object.
    pub fn conclude(&mut self, list: &JsList) -> Result<Vec<u8>, JsValue> {
        self.compared = std::mem::take(&mut self.comparison).conclude(list.bom()?);
        let mut writer = Writer::new();
        writer.open_object();
        for standing in Standing::ALL {
            let count = self.compared.count(standing);
            writer.integer_member(standing.as_str(), i64::try_from(count).unwrap_or(i64::MAX));
        }
        writer.close_object();
        Ok(writer.into_bytes())
    }

    /// Those that stand like this, from one on and at most so many, as the JSON bytes of an array.
    pub fn list(
        &self,
        list: &JsList,
        standing: &str,
        from: usize,
        count: usize,
    ) -> Result<Vec<u8>, JsValue> {
        let expected =
            "expected `matched`, `altered`, `missing`, `extra`, `swapped`, `moved` or `unproven`";
        let standing = Standing::from_word(standing)
            .ok_or_else(|| thrown(Error::new(ErrorCode::Bom, expected)))?;
        let mut writer = Writer::new();
        writer.open_array();
        for difference in self.compared.list(list.bom()?, standing, from, count) {
            writer.open_object();
            writer.string_member("name", difference.name);
            if let Some(other) = difference.other {
                writer.string_member("other", other);
            }
            write_digests(&mut writer, "expected", &difference.expected);
            write_digests(&mut writer, "measured", difference.measured);
            writer.close_object();
        }
        writer.close_array();
        Ok(writer.into_bytes())
    }
}

#[inline(never)]
fn write_digests(writer: &mut Writer, name: &'static str, digests: &[Digest]) {
    writer.name(name);
    writer.open_array();
    for digest in digests {
        writer.word(&digest.to_string());
    }
    writer.close_array();
}

/// A digest of the form `sha256:<hexadecimal>`.
fn digest(text: &str) -> Result<Digest, Error> {
    let parts = text.split_once(':');
    let known = parts.and_then(|(key, value)| Some((Algorithm::from_key(key)?, value)));
    let (algorithm, value) = known.ok_or_else(|| {
        Error::new(ErrorCode::Digest, "expected a digest like `sha256:` and hexadecimal digits")
    })?;
    Digest::from_hex(algorithm, value)
}
