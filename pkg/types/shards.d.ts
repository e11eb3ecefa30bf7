/* Where the files of an item index are read from. Written out by shape, as in source.d.ts. */

/** Something that gives a range of a file by the name of the file. */
export interface Ranges {
  /** `length` bytes of a file from `offset`; fewer when it ends before. */
  read(name: string, offset: number, length: number): Promise<Uint8Array>;
  /** Drops what is kept of a range that turned out wrong. Answers whether something was. */
  forget?(name: string, offset: number, length: number): Promise<boolean>;
}

export interface HttpRangeOptions {
  /** In place of the global one. */
  fetch?: ((url: string, init: any) => Promise<RangeResponse>) | undefined;
  /** Sent with every request, such as an authorization. */
  headers?: Record<string, string> | undefined;
  /** Longest wait for one answer, in milliseconds. Default: 10,000. */
  timeoutMs?: number | undefined;
}

/** A `Response`. */
export interface RangeResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

/** An `R2Bucket`. */
export interface BucketLike {
  get(
    key: string,
    options: { range: { offset: number; length: number } },
  ): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

/** A `Cache`. */
export interface CacheLike {
  match(url: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | undefined>;
  put(url: string, response: any): Promise<void>;
  delete(url: string): Promise<boolean>;
}

/** A `File`, or a name and a `Blob`. */
export type NamedBlob = SlicedFile | readonly [name: string, blob: SlicedBlob];

export interface SlicedBlob {
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export interface SlicedFile extends SlicedBlob {
  readonly name: string;
}
