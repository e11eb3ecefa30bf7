/**
 * The same package without the wasm module inside: for those who load the file themselves.
 *
 * ```js
 * import { init, Gate } from "labelgate/slim";
 * await init(fetch("/assets/labelgate.wasm"));
 * const gate = new Gate();
 * ```
 *
 * Anything used before `init` throws a `LabelgateError` with the code `not-loaded`.
 */
export * from "./index.js";

/**
 * Loads the wasm module, the file `labelgate/labelgate.wasm` of this very release. Loading it
 * again changes nothing.
 *
 * @throws `LabelgateError` `http` when the response is not a good answer, `usage` when it is none of
 * these; what the engine throws when the bytes are no module or a Content-Security-Policy forbids it.
 */
export function init(
  source:
    | WebAssembly.Module
    | Uint8Array
    | ArrayBuffer
    | Response
    | PromiseLike<WebAssembly.Module | Uint8Array | ArrayBuffer | Response>,
): Promise<void>;

/** The same at once. In a page's main thread Chromium compiles up to 8 MiB in this way. */
export function initSync(source: WebAssembly.Module | Uint8Array | ArrayBuffer): void;

/**
 * Loads the module that reads a BOM, the file `labelgate/bom.wasm` of this very release, before `gate.loadBom` and
 * `Bom.load`; in an engine without SIMD `labelgate/bom-scalar.wasm`. Loading it again changes nothing.
 *
 * @throws as `init`
 */
export function initBom(source: Parameters<typeof init>[0]): Promise<void>;

/**
 * Loads the second module, the file `labelgate/more.wasm` of this very release, before anything that needs it. Loading it
 * again changes nothing.
 *
 * @throws as `init`
 */
export function initMore(source: Parameters<typeof init>[0]): Promise<void>;

/**
 * Loads the module for crowds, the file `labelgate/crowd.wasm` of this very release, before `agreement` and `consensus`.
 * Loading it again changes nothing.
 *
 * @throws as `init`
 */
export function initCrowd(source: Parameters<typeof init>[0]): Promise<void>;

/**
 * Whether this engine runs `labelgate/labelgate.wasm`. One from before 2023 may not: hand `init` the file
 * `labelgate/labelgate-scalar.wasm` instead.
 */
export function supportsSimd(): boolean;
