import { ByteReader } from "../bytes/reader.ts";
import { ByteWriter } from "../bytes/writer.ts";
import { hashToBytes } from "../hash.ts";
import { readOps } from "../script/codec.ts";
import { classifyOutput } from "../script/templates.ts";
import { encodeOutPoint, type OutPoint, type Transaction } from "../tx.ts";
import { murmurHash3 } from "./murmur-hash.ts";

/** BIP37: largest filter. */
const MAX_FILTER_BYTES = 36_000;
const MAX_HASH_FUNCTIONS = 50;
/** BIP37: tells the hash functions apart. */
const SEED_STEP = 0xfba4c795;
const UPDATE_MASK = 3;
const UPDATE_ALL = 1;
const UPDATE_PUBLIC_KEY_ONLY = 2;

/** How a filter is made. */
export interface BloomFilterOptions {
  readonly elements: number;
  /** Share of strangers that may match. */
  readonly falsePositiveRate: number;
  readonly tweak: number;
  /** BIP37: 0 nothing is added while matching, 1 matched outpoints are, 2 only those of public keys. */
  readonly flags: number;
}

/** A filter that knows what a light client is after (BIP37). It may match more, never less. */
export class BloomFilter {
  readonly #bits: Uint8Array;
  readonly #hashFunctions: number;
  readonly #tweak: number;
  readonly #flags: number;

  private constructor(bits: Uint8Array, hashFunctions: number, tweak: number, flags: number) {
    this.#bits = bits;
    this.#hashFunctions = hashFunctions;
    this.#tweak = tweak;
    this.#flags = flags;
  }

  static create({ elements, falsePositiveRate, tweak, flags }: BloomFilterOptions): BloomFilter {
    const bits = Math.trunc((-1 / Math.LN2 ** 2) * elements * Math.log(falsePositiveRate));
    const bytes = Math.floor(Math.min(bits, MAX_FILTER_BYTES * 8) / 8);
    const hashFunctions = Math.trunc(((bytes * 8) / elements) * Math.LN2);
    return new BloomFilter(new Uint8Array(bytes), Math.min(hashFunctions, MAX_HASH_FUNCTIONS), tweak, flags);
  }

  /** @throws DecodeError */
  static fromBytes(bytes: Uint8Array): BloomFilter {
    const reader = new ByteReader(bytes);
    const bits = reader.varBytes(MAX_FILTER_BYTES).slice();
    const filter = new BloomFilter(bits, reader.u32(), reader.u32(), reader.u8());
    reader.end();
    return filter;
  }

  encode(): Uint8Array {
    return new ByteWriter().varBytes(this.#bits).u32(this.#hashFunctions).u32(this.#tweak).u8(this.#flags).finish();
  }

  insert(data: Uint8Array): void {
    for (const at of this.#positions(data)) this.#bits[at >> 3] = (this.#bits[at >> 3] as number) | (1 << (at & 7));
  }

  has(data: Uint8Array): boolean {
    return this.#positions(data).every((at) => ((this.#bits[at >> 3] as number) & (1 << (at & 7))) !== 0);
  }

  /** True when the transaction is one that the filter is after; adds outpoints as the flags say. */
  matches(tx: Transaction): boolean {
    let found = this.has(hashToBytes(tx.txid));
    for (const [vout, { scriptPubKey }] of tx.outputs.entries()) {
      if (!this.#hasPushOf(scriptPubKey)) continue;
      found = true;
      if (this.#adds(scriptPubKey)) this.insert(outPointBytes({ txid: tx.txid, vout }));
    }
    return (
      found ||
      tx.inputs.some(({ prevout, scriptSig }) => this.has(outPointBytes(prevout)) || this.#hasPushOf(scriptSig))
    );
  }

  #hasPushOf(script: Uint8Array): boolean {
    return readOps(script).ops.some(({ data }) => data !== undefined && data.length > 0 && this.has(data));
  }

  #adds(scriptPubKey: Uint8Array): boolean {
    const update = this.#flags & UPDATE_MASK;
    return (
      update === UPDATE_ALL || (update === UPDATE_PUBLIC_KEY_ONLY && classifyOutput(scriptPubKey).type === "pubkey")
    );
  }

  #positions(data: Uint8Array): number[] {
    const bits = this.#bits.length * 8;
    if (bits === 0) return [];
    return Array.from({ length: this.#hashFunctions }, (_, n) => {
      const seed = (Math.imul(n, SEED_STEP) + this.#tweak) >>> 0;
      return murmurHash3(seed, data) % bits;
    });
  }
}

function outPointBytes(outPoint: OutPoint): Uint8Array {
  const writer = new ByteWriter();
  encodeOutPoint(writer, outPoint);
  return writer.finish();
}
