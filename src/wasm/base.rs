//! What both modules need: memory, errors, and a readable end.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::js::JsError;
use crate::Error;

/// Smaller and quicker than the standard library's allocator for this target: docs/performance.md.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Turns a panic, which no input can cause, into a readable message before the trap.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

pub(super) fn thrown(error: Error) -> JsValue {
    let value = JsError::new(error.message());
    // The message is there either way.
    let _ = value.set_code(error.code().as_str());
    value.into()
}
