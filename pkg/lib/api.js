/* What every entry exports; index.d.ts describes it. */
export { LabelgateError } from "./error.js";
export { Gate, defaultPolicy, version } from "./gate.js";
export { hash, hashMany, hashPacked } from "./hash.js";
export { Hasher } from "./hasher.js";
export { loadMore, verifySignature } from "./more.js";
