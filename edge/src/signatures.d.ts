import type { Gate } from "../../pkg/wasm/labelgate.js";

/** Has WebCrypto make the checks that the module left open, and tells the gate. `open` is what `endBom` said. */
export function answerChecks(gate: Gate, open: Uint8Array): Promise<void>;
