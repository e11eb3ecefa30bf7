/**
 * The wasm module itself, where the platform or the bundler imports `.wasm` files as compiled modules
 * (workerd and Wrangler do). Hand it to `init` or `initSync` of `labelgate/slim`.
 */
declare const module: WebAssembly.Module;
export default module;
