import { toHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin, CoinChange } from "@forkyard/core/coins";
import type { BlockHash, MerkleRoot, Txid } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { OutPoint } from "@forkyard/core/tx";
import { MAX_MONEY } from "@forkyard/core/units";
import * as fc from "fast-check";
import type { StoredTip } from "../codec/tip.ts";

/** fast-check generators of what the store holds. */

const u32: fc.Arbitrary<number> = fc.nat(0xffffffff);
const height: fc.Arbitrary<number> = fc.nat(0x7fffffff);
const satoshis: fc.Arbitrary<bigint> = fc.bigInt(0n, MAX_MONEY);

/** Records as code makes them, not without a prototype. */
function plain<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

function hash<T extends string>(): fc.Arbitrary<T> {
  return fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes) as T);
}

export const coins: fc.Arbitrary<Coin> = plain({
  output: plain({ value: satoshis, scriptPubKey: fc.uint8Array({ maxLength: 300 }) }),
  height,
  coinbase: fc.boolean(),
});

export const outPoints: fc.Arbitrary<OutPoint> = plain({ txid: hash<Txid>(), vout: u32 });

const changes: fc.Arbitrary<CoinChange[]> = fc.array(plain({ outPoint: outPoints, coin: coins }), { maxLength: 8 });

export const deltas: fc.Arbitrary<BlockDelta> = plain({ spent: changes, created: changes });

const tipRecords: fc.Arbitrary<TipRecord> = plain({
  hash: hash<BlockHash>(),
  height,
  coinCount: fc.maxSafeNat(),
  coinTotal: satoshis,
});

export const tips: fc.Arbitrary<StoredTip> = plain({
  tip: tipRecords,
  coinSum: fc.bigInt(0n, (1n << 256n) - 1n),
  flushSequence: fc.maxSafeNat(),
});

const headers: fc.Arbitrary<BlockHeader> = plain({
  version: fc.integer(),
  prevHash: hash<BlockHash>(),
  merkleRoot: hash<MerkleRoot>(),
  time: u32,
  bits: u32,
  nonce: u32,
});

export const entries: fc.Arbitrary<ChainEntry> = plain({
  hash: hash<BlockHash>(),
  header: headers,
  height,
  chainWork: fc.bigInt(0n, (1n << 256n) - 1n),
  scheduleTime: fc.maxSafeInteger(),
  status: fc.constantFrom("header" as const, "body" as const, "connected" as const, "invalid" as const),
  sequence: fc.maxSafeNat(),
});
