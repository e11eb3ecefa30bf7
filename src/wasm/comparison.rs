//! Files against the BOM of a gate, and who signed it.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::bom::{Bom, Compared, Comparison, Standing};
use crate::digest::{Algorithm, Digest};
use crate::json::Writer;
use crate::{Error, ErrorCode};

use super::bom::Incoming;
use super::{JsGate, thrown};

#[wasm_bindgen(js_class = Gate)]
impl JsGate {
    /// Thumbprints of the pinned keys whose signatures are good, after `endBom` and the answers of the host:
    /// a JSON array as bytes.
    #[wasm_bindgen(js_name = bomSigners)]
    pub fn bom_signers(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_array();
        if let Incoming::Read(loaded) = &self.bom {
            loaded.good_keys().iter().for_each(|key| writer.word(&key.thumbprint()));
        }
        writer.close_array();
        writer.into_bytes()
    }
}

/// Files against the BOM of one gate: [`Comparison`].
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

    /// By which algorithms a file of this name is to be measured: their keys, with a space between.
    pub fn algorithms(gate: &JsGate, name: &str) -> Result<String, JsValue> {
        let mut keys = String::new();
        for algorithm in bom_of(gate)?.algorithms_of(name) {
            if !keys.is_empty() {
                keys.push(' ');
            }
            keys.push_str(algorithm.key());
        }
        Ok(keys)
    }

    /// Meets a file with these digests, `sha256:…` with a space between, and says how it stands for now.
    pub fn meet(&mut self, gate: &JsGate, name: &str, digests: &str) -> Result<String, JsValue> {
        let digests = digests.split(' ').map(digest).collect::<Result<Vec<_>, _>>();
        Ok(self.comparison.meet(bom_of(gate)?, name, &digests.map_err(thrown)?).as_str().into())
    }

    /// Ends the comparison: how many stand how, as the JSON bytes of an object.
    pub fn conclude(&mut self, gate: &JsGate) -> Result<Vec<u8>, JsValue> {
        self.compared = std::mem::take(&mut self.comparison).conclude(bom_of(gate)?);
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
        gate: &JsGate,
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
        for difference in self.compared.all(bom_of(gate)?, standing).skip(from).take(count) {
            writer.open_object();
            writer.string_member("name", difference.name);
            if let Some(other) = difference.other {
                writer.string_member("other", other);
            }
            for (name, digests) in
                [("expected", &*difference.expected), ("measured", difference.measured)]
            {
                writer.name(name);
                writer.open_array();
                for digest in digests {
                    writer.word(&digest.to_string());
                }
                writer.close_array();
            }
            writer.close_object();
        }
        writer.close_array();
        Ok(writer.into_bytes())
    }
}

fn bom_of(gate: &JsGate) -> Result<&Bom, JsValue> {
    let none = || thrown(Error::new(ErrorCode::Bom, "expected a gate with a BOM"));
    gate.gate.bom().ok_or_else(none)
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
