//! The BOM of a gate: taken from the module that has read it, its age compared.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::bom::{Received, Seen, summary};

use super::{JsGate, restored, thrown};

#[wasm_bindgen(js_class = Gate)]
impl JsGate {
    /// The section `bom` of the policy as JSON bytes: whom the module that reads a BOM is to trust.
    #[wasm_bindgen(js_name = bomPolicy)]
    pub fn bom_policy(&self) -> Vec<u8> {
        self.gate.policy().bom.to_json()
    }

    /// Takes the next block of items of a BOM; the gate keeps the one it has until `concludeBom`.
    #[wasm_bindgen(js_name = takeBlock)]
    pub fn take_block(&mut self, block: Vec<u8>) {
        self.received.push(block);
    }

    /// Forgets the blocks that came since the last BOM.
    #[wasm_bindgen(js_name = dropBlocks)]
    pub fn drop_blocks(&mut self) {
        self.received = Received::default();
    }

    /// Checks against the BOM from now on: what `handOver` of its list gave, and all of its blocks. Returns a summary
    /// as JSON bytes.
    #[wasm_bindgen(js_name = concludeBom)]
    pub fn conclude_bom(&mut self, handover: &[u8]) -> Result<Vec<u8>, JsValue> {
        let received = std::mem::take(&mut self.received);
        let (bom, backing) = received.conclude(handover).map_err(thrown)?;
        let summary = summary(bom.as_ref(), &backing);
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
