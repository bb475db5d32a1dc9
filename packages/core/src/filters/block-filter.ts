import type { Block } from "../block.ts";
import { concatBytes, toHex } from "../bytes/bytes.ts";
import { ByteWriter } from "../bytes/writer.ts";
import { hash256, hashToBytes } from "../hash.ts";
import { OP_RETURN } from "../script/opcodes.ts";
import { sipHash24 } from "./siphash.ts";

/** BIP158: bits of a remainder, and how many values there are for each element. */
const REMAINDER_BITS = 19n;
const VALUES_PER_ELEMENT = 784_931n;

/**
 * The basic filter of a block (BIP158): a compressed set of all scripts that it pays to or spends.
 * @param spentScripts of the outputs that the block's inputs spend
 */
export function basicBlockFilter(block: Block, spentScripts: readonly Uint8Array[]): Uint8Array {
  const paid = block.txs.flatMap((tx) => tx.outputs.map(({ scriptPubKey }) => scriptPubKey));
  const scripts = [...paid.filter((script) => script[0] !== OP_RETURN), ...spentScripts];
  const elements = new Map(scripts.filter(({ length }) => length > 0).map((script) => [toHex(script), script]));
  const hashBytes = hashToBytes(block.hash);
  const key = new DataView(hashBytes.buffer, hashBytes.byteOffset);
  const range = BigInt(elements.size) * VALUES_PER_ELEMENT;
  const values = [...elements.values()]
    .map((script) => (sipHash24([key.getBigUint64(0, true), key.getBigUint64(8, true)], script) * range) >> 64n)
    .toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  return concatBytes(new ByteWriter().compactSize(elements.size).finish(), golombRice(values));
}

/** BIP157: commits to a filter and all before it; 32 bytes in hashing order. */
export function filterHeader(filter: Uint8Array, previous: Uint8Array): Uint8Array {
  return hash256(concatBytes(hash256(filter), previous));
}

/** The distances between sorted values: the quotient in ones, a zero, the remainder; highest bits first. */
function golombRice(values: readonly bigint[]): Uint8Array {
  const bits: number[] = [];
  let previous = 0n;
  for (const value of values) {
    const distance = value - previous;
    previous = value;
    for (let quotient = distance >> REMAINDER_BITS; quotient > 0n; quotient--) bits.push(1);
    bits.push(0);
    for (let bit = REMAINDER_BITS - 1n; bit >= 0n; bit--) bits.push(Number((distance >> bit) & 1n));
  }
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) bytes[at >> 3] = (bytes[at >> 3] as number) | (bit << (7 - (at & 7)));
  return bytes;
}
