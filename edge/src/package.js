// In JavaScript, and apart, because the package's own files carry no types of their own.
export { provideMore } from "../../pkg/lib/more.js";
export { bucketRanges, cachedRanges, httpRanges, ShardLoader } from "../../pkg/lib/shards.js";
export { answerChecks } from "../../pkg/lib/signatures.js";
