// In JavaScript, and apart, because the generated types of the .wasm file describe its exports, while the
// bundler and workerd give the compiled module itself.
export { default } from "../../pkg/wasm/labelgate_bg.wasm";
