//! JavaScript's `Error`. Declared here, because `js-sys` brings its futures with it.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// <https://tc39.es/ecma262/#sec-error-objects>
    #[wasm_bindgen(js_name = Error)]
    pub type JsError;
    #[wasm_bindgen(constructor, js_class = Error)]
    pub fn new(message: &str) -> JsError;
    /// Fails where something on the page made `code` of all errors read-only. To be caught: what is thrown through
    /// Rust leaves borrows open for ever.
    #[wasm_bindgen(method, setter, catch)]
    pub fn set_code(this: &JsError, code: &str) -> Result<(), JsValue>;
}
