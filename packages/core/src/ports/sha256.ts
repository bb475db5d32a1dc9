/**
 * SHA-256 (FIPS 180-4). Engines differ in nothing but speed: all give the same bytes for any input, keep no input, and
 * return arrays of their own.
 */
export interface Sha256Engine {
  /** Name shown in benchmarks. */
  readonly name: string;
  /** 32 bytes. */
  digest(message: Uint8Array): Uint8Array;
  /** SHA-256 of the SHA-256: 32 bytes. */
  digestTwice(message: Uint8Array): Uint8Array;
  /** For long messages that come in pieces, and for many of them that begin alike. */
  stream(): Sha256Stream;
}

/** A message on its way through SHA-256. */
export interface Sha256Stream {
  update(bytes: Uint8Array): this;
  /** A second stream that goes on from here, independent of this one. */
  clone(): Sha256Stream;
  /** 32 bytes; ends the stream, of which nothing may be asked any more. */
  digest(): Uint8Array;
}
