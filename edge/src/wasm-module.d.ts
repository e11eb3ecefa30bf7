/** The compiled module of the gate. */
declare const module: WebAssembly.Module;
export default module;

/** The compiled module that reads a BOM. */
export declare const bom: WebAssembly.Module;

/** The compiled second module, which checks ES256 and ES384 by a digest. */
export declare const more: WebAssembly.Module;
