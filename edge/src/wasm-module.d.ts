/** The compiled module of the gate. */
declare const module: WebAssembly.Module;
export default module;

/** The compiled second module, which checks ES256 and ES384 by a digest. */
export declare const more: WebAssembly.Module;
