//! The BOM of a gate: read in pieces, its signatures checked here or by the host, its age compared.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::bom::{BomLimits, BomLoader, LoadedBom, Seen};
use crate::json::Writer;
use crate::{Error, ErrorCode};

use super::{JsGate, restored, thrown};

/// A BOM on its way into the gate.
#[derive(Default)]
pub(super) enum Incoming {
    #[default]
    None,
    Reading(Box<BomLoader>),
    /// Read; the host may be asked about signatures.
    Read(Box<LoadedBom>),
}

#[wasm_bindgen(js_class = Gate)]
impl JsGate {
    /// Starts reading a BOM; the gate keeps the one it has until `concludeBom`.
    #[wasm_bindgen(js_name = beginBom)]
    pub fn begin_bom(&mut self) {
        let settings = self.gate.policy().bom.trust_settings();
        let loader = BomLoader::new(settings, BomLimits::default());
        self.bom = Incoming::Reading(Box::new(loader));
    }

    /// Takes the next piece of the BOM.
    #[wasm_bindgen(js_name = pushBom)]
    pub fn push_bom(&mut self, piece: &[u8]) -> Result<(), JsValue> {
        match &mut self.bom {
            Incoming::Reading(loader) => loader.push(piece).map_err(thrown),
            _ => Err(out_of_order("beginBom before a piece of the BOM")),
        }
    }

    /// Ends the BOM. Returns the signatures that the host is to check, as JSON bytes:
    /// `[{"number":0,"algorithm":"ES256","key":{…},"digest":"…"},…]`, `digest` being that of the message,
    /// in hexadecimal. An empty array when there is nothing to check. `checkpoint` is the signed note beside
    /// the BOM, when there is one.
    #[wasm_bindgen(js_name = endBom)]
    pub fn end_bom(&mut self, checkpoint: Option<Vec<u8>>) -> Result<Vec<u8>, JsValue> {
        let Incoming::Reading(loader) = std::mem::take(&mut self.bom) else {
            return Err(out_of_order("beginBom before endBom"));
        };
        let mut loaded = loader.finish().map_err(thrown)?;
        if let Some(checkpoint) = checkpoint {
            loaded.set_checkpoint(checkpoint);
        }
        let mut writer = Writer::new();
        writer.open_array();
        for (number, check) in loaded.open() {
            writer.open_object();
            writer.integer_member("number", i64::try_from(number).unwrap_or(i64::MAX));
            writer.word_member("algorithm", check.key().algorithm().name());
            writer.name("key");
            writer.raw(&check.key().to_jwk());
            if let Some(digest) = check.digest() {
                writer.word_member("digest", &digest.to_hex());
            }
            writer.close_object();
        }
        writer.close_array();
        self.bom = Incoming::Read(Box::new(loaded));
        Ok(writer.into_bytes())
    }

    /// [`JsGate::end_bom`] and [`JsGate::conclude_bom`] in one, for hosts that check no signatures: one that
    /// only a host can check counts as not checked.
    #[wasm_bindgen(js_name = finishBom)]
    pub fn finish_bom(&mut self, checkpoint: Option<Vec<u8>>) -> Result<Vec<u8>, JsValue> {
        self.end_bom(checkpoint)?;
        self.conclude_bom()
    }

    /// The signature of an open check, and its message when that was kept.
    #[wasm_bindgen(js_name = bomCheck)]
    pub fn bom_check(&self, number: usize) -> Result<Array, JsValue> {
        let Incoming::Read(loaded) = &self.bom else {
            return Err(out_of_order("endBom before bomCheck"));
        };
        let check = loaded.open().find(|(open, _)| *open == number);
        let (_, check) = check.ok_or_else(|| out_of_order("the number of an open check"))?;
        let parts = [Some(check.signature()), check.message()];
        Ok(parts.into_iter().flatten().map(js_sys::Uint8Array::from).collect())
    }

    /// What the host found for an open check.
    #[wasm_bindgen(js_name = answerBomCheck)]
    pub fn answer_bom_check(&mut self, number: usize, is_good: bool) -> Result<(), JsValue> {
        match &mut self.bom {
            Incoming::Read(loaded) => loaded.answer(number, is_good),
            _ => return Err(out_of_order("endBom before answerBomCheck")),
        }
        Ok(())
    }

    /// Checks against the BOM from now on. Returns a summary as JSON bytes.
    #[wasm_bindgen(js_name = concludeBom)]
    pub fn conclude_bom(&mut self) -> Result<Vec<u8>, JsValue> {
        let Incoming::Read(loaded) = std::mem::take(&mut self.bom) else {
            return Err(out_of_order("endBom before concludeBom"));
        };
        let (bom, backing) = loaded.conclude().map_err(thrown)?;
        let summary = bom.as_ref().map_or_else(
            || backing.to_json(),
            |bom| bom.summary().with_backing(&backing).to_json(),
        );
        self.gate.set_judged_bom(bom, backing);
        self.gate.meet_bom(self.memory.boms_mut());
        Ok(summary)
    }

    /// The BOM as it was published, for `keepNewest`; nothing when it is not trusted.
    pub fn publication(&self) -> Option<Vec<u8>> {
        self.gate.publication().map(|publication| Seen::of(&publication).save())
    }

    /// Compares the BOM with those that were in force before, for hosts that keep them themselves.
    #[wasm_bindgen(js_name = meetBom)]
    pub fn meet_bom(&mut self, seen: Option<Vec<u8>>) -> Result<(), JsValue> {
        self.gate.meet_bom(&mut restored(seen, Seen::restore)?);
        Ok(())
    }
}

/// What was in force before, together with a publication that is now. An older one changes nothing.
#[wasm_bindgen(js_name = keepNewest)]
pub fn keep_newest(seen: Option<Vec<u8>>, publication: &[u8]) -> Result<Vec<u8>, JsValue> {
    let mut seen = restored(seen, Seen::restore)?;
    seen.merge(&Seen::restore(publication).map_err(thrown)?);
    Ok(seen.save())
}

fn out_of_order(expected: &str) -> JsValue {
    thrown(Error::new(ErrorCode::Bom, format!("expected {expected}")))
}
