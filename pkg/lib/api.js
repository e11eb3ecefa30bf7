/* What every entry exports; index.d.ts describes it. */
export { Bom } from "./bom.js";
export { LabelgateError } from "./error.js";
export { Gate, defaultPolicy, version } from "./gate.js";
export { Hasher } from "./hasher.js";
export { blobRanges, bucketRanges, cachedRanges, folderRanges, httpRanges } from "./shards.js";
