// In JavaScript, and apart, because the package's own files carry no types of their own.
export { provideBom } from "../../pkg/lib/bom-module.js";
export { IncomingBom } from "../../pkg/lib/load-bom.js";
export { provideMore } from "../../pkg/lib/more.js";
export { bucketRanges, cachedRanges, httpRanges, ShardLoader } from "../../pkg/lib/shards.js";
