import type { BucketLike, CacheLike, HttpRangeOptions, Ranges } from "../../pkg/types/shards.js";
import type { Gate } from "../../pkg/wasm/labelgate.js";

export type { Ranges };

/** Says how to get the module that reads a BOM, without getting it yet. */
export function provideBom(compile: () => WebAssembly.Module): void;

/** A BOM on its way into a gate, which keeps the one that it has until `conclude`. */
export class IncomingBom {
  static into(call: <T>(step: (gate: Gate) => T) => T): Promise<IncomingBom>;
  push(piece: Uint8Array): void;
  /** Ends it, with the signed note beside it; answers the signatures that the host is to check. */
  end(note: Uint8Array | undefined): Uint8Array;
  /** Has WebCrypto or the second module check what `end` left open. */
  check(open: Uint8Array): Promise<void>;
  /** Brings it into force, and says what was found in it. */
  conclude(): object;
  free(): void;
}

/** Says how to get the second module, without getting it yet. */
export function provideMore(compile: () => WebAssembly.Module): void;

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
