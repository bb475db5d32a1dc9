import type { KeyRange } from "../keys.ts";

export type WriteOperation =
  | {
      readonly kind: "put";
      readonly key: Uint8Array;
      readonly value: Uint8Array;
      /** About the length of a value that is not made before it is asked for. */
      readonly expectedBytes?: number;
    }
  | { readonly kind: "delete"; readonly key: Uint8Array };

export type KeyValue = readonly [key: Uint8Array, value: Uint8Array];

/**
 * An ordered table of bytes: what the chain store needs of a database. Arrays that go in or come out must not be
 * changed afterwards.
 */
export interface Engine {
  /** Name for error lines: a folder, or "memory". */
  readonly location: string;
  get(key: Uint8Array): Uint8Array | undefined;
  /** The same for many at once, off the calling thread where there is another; as of some moment until it resolves. */
  getMany?(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** All operations or none; resolves when they will survive a power cut. No key may appear twice. */
  write(operations: readonly WriteOperation[]): Promise<void>;
  /** Records in the order of their keys, as they are at this very call: later writes do not show. */
  scan(range: KeyRange): AsyncIterable<KeyValue>;
  close(): Promise<void>;
}
