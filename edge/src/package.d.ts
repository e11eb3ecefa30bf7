import type { BucketLike, CacheLike, HttpRangeOptions, Ranges } from "../../pkg/types/shards.js";
import type { Gate } from "../../pkg/wasm/labelgate.js";

export type { Ranges };

/** Says how to get the second module, without getting it yet. */
export function provideMore(compile: () => WebAssembly.Module): void;

/** Has WebCrypto or the second module make the checks that the module left open, and tells the gate. `open` is what `endBom` said. */
export function answerChecks(gate: Gate, open: Uint8Array): Promise<void>;

/** Reads shards of an item index: each once, however many ask for it at a time. */
export class ShardLoader {
  constructor(manifest: Uint8Array, ranges: Ranges);
  load(
    wanted: [file: number, offset: number, length: number, shard: number],
    take: (shard: number, bytes: Uint8Array) => void,
  ): Promise<void>;
}

export function bucketRanges(bucket: BucketLike, options: { prefix: string }): Ranges;
export function httpRanges(base: string, options: HttpRangeOptions): Ranges;
export function cachedRanges(ranges: Ranges, cache: CacheLike, base: string): Ranges;
