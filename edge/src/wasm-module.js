// In JavaScript, and apart, because the generated types of the .wasm file describe its exports, while the
// bundler and workerd give the compiled module itself.
export { default } from "../../pkg/wasm/labelgate_bg.wasm";
// Instantiated when there is a BOM to be read.
export { default as bom } from "../../pkg/wasm/bom_bg.wasm";
// Instantiated when a signature of a long BOM needs it, and not before.
export { default as more } from "../../pkg/wasm/more_bg.wasm";
