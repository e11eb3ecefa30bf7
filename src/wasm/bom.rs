//! The BOM of a gate: read in pieces, its signatures checked here or by the host, its age compared.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::bom::Seen;

use super::arrays::Array;
use super::incoming::Incoming;
use super::{JsGate, restored, thrown};

#[wasm_bindgen(js_class = Gate)]
impl JsGate {
    /// Starts reading a BOM; the gate keeps the one it has until `concludeBom`.
    #[wasm_bindgen(js_name = beginBom)]
    pub fn begin_bom(&mut self) {
        self.bom = Incoming::begin(self.gate.policy().bom.trust_settings());
    }

    /// Takes the next piece of the BOM.
    #[wasm_bindgen(js_name = pushBom)]
    pub fn push_bom(&mut self, piece: &[u8]) -> Result<(), JsValue> {
        self.bom.push(piece)
    }

    /// Ends the BOM. Returns the signatures that the host is to check, as JSON bytes:
    /// `[{"number":0,"algorithm":"ES256","key":{…},"digest":"…"},…]`, `digest` being that of the message,
    /// in hexadecimal. An empty array when there is nothing to check. `checkpoint` is the signed note beside
    /// the BOM, when there is one.
    #[wasm_bindgen(js_name = endBom)]
    pub fn end_bom(&mut self, checkpoint: Option<Vec<u8>>) -> Result<Vec<u8>, JsValue> {
        self.bom.end(checkpoint)
    }

    /// [`JsGate::end_bom`] and [`JsGate::conclude_bom`] in one, for hosts that check no signatures: one that
    /// only a host can check counts as not checked.
    #[wasm_bindgen(js_name = finishBom)]
    pub fn finish_bom(&mut self, checkpoint: Option<Vec<u8>>) -> Result<Vec<u8>, JsValue> {
        self.bom.end(checkpoint)?;
        self.conclude_bom()
    }

    /// The signature of an open check, and its message when that was kept.
    #[wasm_bindgen(js_name = bomCheck)]
    pub fn bom_check(&self, number: usize) -> Result<Array, JsValue> {
        self.bom.check(number)
    }

    /// What the host found for an open check.
    #[wasm_bindgen(js_name = answerBomCheck)]
    pub fn answer_bom_check(&mut self, number: usize, is_good: bool) -> Result<(), JsValue> {
        self.bom.answer(number, is_good)
    }

    /// Thumbprints of the pinned keys whose signatures are good, after `endBom` and the answers of the host:
    /// a JSON array as bytes.
    #[wasm_bindgen(js_name = bomSigners)]
    pub fn bom_signers(&self) -> Vec<u8> {
        self.bom.signers()
    }

    /// Checks against the BOM from now on. Returns a summary as JSON bytes.
    #[wasm_bindgen(js_name = concludeBom)]
    pub fn conclude_bom(&mut self) -> Result<Vec<u8>, JsValue> {
        let (bom, backing, summary) = self.bom.conclude()?;
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
