/* What every entry exports; index.d.ts describes it. */
export { Bom } from "./bom.js";
export { loadBomModule } from "./bom-module.js";
export { agreement, consensus } from "./crowd.js";
export { LabelgateError } from "./error.js";
export { Gate, defaultPolicy, version } from "./gate.js";
export { hash, hashMany, hashPacked } from "./hash.js";
export { Hasher } from "./hasher.js";
export { blobRanges, bucketRanges, cachedRanges, folderRanges, httpRanges } from "./shards.js";
export { loadMore, verifySignature } from "./more.js";
