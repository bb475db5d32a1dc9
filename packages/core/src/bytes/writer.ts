import { assert } from "../errors.ts";
import { writeReversedHex } from "./bytes.ts";

const INITIAL_BYTES = 256;

/** Writes Bitcoin's little-endian serialisation into a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array;
  /** Made at the first use: writers of a few bytes and hashes need none. */
  #lazyView: DataView | undefined;
  #length = 0;

  /** @param capacity bytes to reserve at first; the exact size saves the growing. */
  constructor(capacity: number = INITIAL_BYTES) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  i32(value: number): this {
    const at = this.#grow(4);
    this.#view.setInt32(at, value, true);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  i64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, value, true);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** The bytes of hexadecimal text in reverse order: of a hash as it is shown. @throws RangeError when it is not one */
  reversedHex(text: string): this {
    const at = this.#grow(text.length >>> 1);
    writeReversedHex(this.#bytes, at, text);
    return this;
  }

  compactSize(value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, `compactSize of ${value}`);
    if (value < 0xfd) return this.u8(value);
    if (value <= 0xffff) return this.u8(0xfd).u16(value);
    if (value <= 0xffffffff) return this.u8(0xfe).u32(value);
    return this.u8(0xff).u64(BigInt(value));
  }

  /** A compactSize length, then the bytes. */
  varBytes(value: Uint8Array): this {
    return this.compactSize(value.length).bytes(value);
  }

  /** Starts anew in the same memory: what {@link finish} gave before is overwritten. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** What was written, as a view that the next write may move away from: take it last. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get #view(): DataView {
    this.#lazyView ??= new DataView(this.#bytes.buffer);
    return this.#lazyView;
  }

  #grow(extra: number): number {
    const at = this.#length;
    const needed = at + extra;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#lazyView = undefined;
    }
    this.#length = needed;
    return at;
  }
}

/** Bytes that {@link ByteWriter.compactSize} takes for `value`. */
export function compactSizeLength(value: number): number {
  if (value < 0xfd) return 1;
  if (value <= 0xffff) return 3;
  return value <= 0xffffffff ? 5 : 9;
}
