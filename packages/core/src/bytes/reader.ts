import { DecodeError } from "../errors.ts";
import { MAX_COMPACT_SIZE } from "../limits.ts";
import { toReversedHexAt } from "./bytes.ts";

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Reads Bitcoin's little-endian serialisation from bytes in memory. Returned byte ranges are views on the input, not
 * copies. Every method throws {@link DecodeError} when the input ends too early.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** The byte that comes next plus `ahead`, without reading it; undefined past the end. */
  peek(ahead = 0): number | undefined {
    return this.bytes[this.#offset + ahead];
  }

  u8(): number {
    const at = this.#take(1);
    return this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#take(2);
    return this.#view.getUint16(at, true);
  }

  u32(): number {
    const at = this.#take(4);
    return this.#view.getUint32(at, true);
  }

  i32(): number {
    const at = this.#take(4);
    return this.#view.getInt32(at, true);
  }

  u64(): bigint {
    const at = this.#take(8);
    return this.#view.getBigUint64(at, true);
  }

  i64(): bigint {
    const at = this.#take(8);
    return this.#view.getBigInt64(at, true);
  }

  /** A view of the next `length` bytes. */
  view(length: number): Uint8Array {
    const at = this.#take(length);
    // Most scripts in the inputs of segwit transactions are empty: for them no view is made.
    return length === 0 ? EMPTY : this.bytes.subarray(at, at + length);
  }

  /** The next `length` bytes as hexadecimal in reverse order: how hashes are shown. */
  reversedHex(length: number): string {
    return toReversedHexAt(this.bytes, this.#take(length), length);
  }

  /**
   * A compactSize number; only the shortest form is accepted (Bitcoin Core "non-canonical ReadCompactSize()").
   * @param max the largest value allowed here.
   */
  compactSize(max: number = MAX_COMPACT_SIZE): number {
    const at = this.#offset;
    const first = this.u8();
    const value = first < 0xfd ? first : this.#wideCompactSize(first, at);
    if (value > max) throw new DecodeError(`count ${value} is above the limit ${max}`, at);
    return value;
  }

  /** A compactSize length followed by that many bytes, as a view. */
  varBytes(max: number = MAX_COMPACT_SIZE): Uint8Array {
    return this.view(this.compactSize(max));
  }

  /** Throws unless all input was read. */
  end(): void {
    if (this.remaining !== 0) throw new DecodeError(`${this.remaining} bytes too many`, this.#offset);
  }

  #wideCompactSize(first: number, at: number): number {
    const wide = first === 0xfd ? this.u16() : first === 0xfe ? this.u32() : Number(this.u64());
    const least = first === 0xfd ? 0xfd : first === 0xfe ? 0x10000 : 0x100000000;
    if (wide < least) throw new DecodeError("compactSize is not in its shortest form", at);
    return wide;
  }

  #take(length: number): number {
    const at = this.#offset;
    if (length > this.bytes.length - at) {
      throw new DecodeError(`needs ${length} bytes, ${this.bytes.length - at} are left`, at);
    }
    this.#offset = at + length;
    return at;
  }
}
