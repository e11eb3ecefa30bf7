//! Several byte arrays as one value. Declared here, because `js-sys` brings its futures with it.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// <https://tc39.es/ecma262/#sec-array-objects>
    #[wasm_bindgen(typescript_type = "any[]")]
    pub type Array;
    #[wasm_bindgen(constructor)]
    pub fn new() -> Array;
    #[wasm_bindgen(method)]
    pub fn push(this: &Array, value: JsValue);

    /// <https://tc39.es/ecma262/#sec-typedarray-objects>
    #[wasm_bindgen(js_name = Uint8Array)]
    type Bytes;
    /// A copy: what goes over is a view of this module's memory, and the constructor copies it.
    #[wasm_bindgen(constructor, js_class = Uint8Array)]
    fn new(view: &[u8]) -> Bytes;
}

/// An array of `Uint8Array`s, each with a copy of one of `parts`.
pub(super) fn arrays(parts: &[&[u8]]) -> Array {
    let array = Array::new();
    for part in parts {
        push(&array, part);
    }
    array
}

/// Adds a `Uint8Array` with a copy of `part`.
pub(super) fn push(array: &Array, part: &[u8]) {
    array.push(Bytes::new(part).into());
}
