import * as fc from "fast-check";
import type { Block } from "../block.ts";
import { toHex } from "../bytes/bytes.ts";
import type { BlockHash, MerkleRoot, Txid } from "../hash.ts";
import { type BlockHeader, blockHashOf } from "../header.ts";
import { type OutPoint, Transaction, type TxInput, type TxOutput } from "../tx.ts";

/** fast-check generators of what is on the wire: every field over its whole range, nothing valid by any rule. */

const u32: fc.Arbitrary<number> = fc.nat(0xffffffff);
const i32: fc.Arbitrary<number> = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const i64: fc.Arbitrary<bigint> = fc.bigInt(-(1n << 63n), (1n << 63n) - 1n);

/** Lengths around the steps of compactSize as well as short ones. */
const scripts: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(252, 253, 255, 256, 65_535, 65_536).map((length) => new Uint8Array(length)) },
);

export function hashes<T extends string>(): fc.Arbitrary<T> {
  return fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes) as T);
}

export const headers: fc.Arbitrary<BlockHeader> = plain({
  version: i32,
  prevHash: hashes<BlockHash>(),
  merkleRoot: hashes<MerkleRoot>(),
  time: u32,
  bits: u32,
  nonce: u32,
});

const outPoints: fc.Arbitrary<OutPoint> = plain({ txid: hashes<Txid>(), vout: u32 });

const inputs: fc.Arbitrary<TxInput> = plain({
  prevout: outPoints,
  scriptSig: scripts,
  sequence: u32,
  witness: fc.array(scripts, { maxLength: 3 }),
});

const outputs: fc.Arbitrary<TxOutput> = plain({ value: i64, scriptPubKey: scripts });

/** Transactions with at least one input: one without any and with outputs cannot be told from the segwit marker. */
export const transactions: fc.Arbitrary<Transaction> = plain({
  version: i32,
  inputs: fc.array(inputs, { minLength: 1, maxLength: 4 }),
  outputs: fc.array(outputs, { maxLength: 4 }),
  lockTime: u32,
}).map((fields) => new Transaction(fields));

export const blocks: fc.Arbitrary<Block> = fc
  .tuple(headers, fc.array(transactions, { maxLength: 3 }))
  .map(([header, txs]) => ({ hash: blockHashOf(header), header, txs }));

/** Records as code makes them, not without a prototype. */
function plain<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
}
