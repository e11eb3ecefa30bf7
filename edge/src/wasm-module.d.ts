/** The compiled module of the gate. */
declare const module: WebAssembly.Module;
export default module;
