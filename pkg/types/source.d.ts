/*
 * What content can come from. Written out by shape, so that the types of a browser, of Node, of Deno
 * and of workerd all fit, and none of them is needed.
 */

/**
 * Bytes at once (`Uint8Array`, `ArrayBuffer`, `string` as UTF-8) or as a stream: a `Blob` or `File`, a
 * `Response`, a `ReadableStream`, or any async iterable of bytes such as a Node stream.
 */
export type Source =
  Uint8Array | ArrayBuffer | string | BlobLike | ResponseLike | ByteStream | AsyncIterable<Uint8Array>;

/** A `Blob` or `File`. */
export interface BlobLike {
  readonly size: number;
  stream(): ByteStream;
}

/** A `Response`; one whose status is no success is refused with the code `http`. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null; has(name: string): boolean };
  readonly body: ByteStream | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `ReadableStream` of bytes. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<unknown>;
  };
}

/** An `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface Progress {
  /** Bytes read so far. */
  loaded: number;
  /** Bytes in all, where that is known before the end. */
  total: number | undefined;
}

export interface ReadOptions {
  /** Called after every piece that was read. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the work; the promise is rejected with the signal's reason. */
  signal?: Signal | undefined;
}

export interface HashOptions extends ReadOptions {
  /**
   * Whether to hash in a worker, where the runtime has one. Default: for sources of 4 MiB and more or
   * of unknown size, in a page. Elsewhere, and if the worker does not start, hashing happens in place,
   * in pieces between which other work runs.
   */
  worker?: boolean | undefined;
}
