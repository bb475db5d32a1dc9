import { toHex } from "@forkyard/core/bytes/bytes";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, CoinChange } from "@forkyard/core/coins";
import { type BlockHash, type MerkleRoot, sha256, type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { encodeHeader } from "@forkyard/core/header";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";

/**
 * Blocks without transactions or work, whose whole content follows from height and salt, so that what a store must
 * hold can be worked out from its header entries alone.
 */
export interface ToyBlock {
  readonly entry: ChainEntry;
  readonly bytes: Uint8Array;
  readonly delta: BlockDelta;
}

/** Coins each block makes; the first of them is spent by the block two above. */
const COINS_PER_BLOCK = 3;
const SPEND_DISTANCE = 2;

export const TOY_GENESIS: ToyBlock = toyBlock(undefined, 0);

/** The block after `parents` (oldest first), or a genesis. */
export function toyBlockAfter(parents: readonly ToyBlock[], salt: number): ToyBlock {
  return toyBlock(parents, salt);
}

function toyBlock(parents: readonly ToyBlock[] | undefined, salt: number): ToyBlock {
  const parent = parents?.at(-1);
  const height = parent === undefined ? 0 : parent.entry.height + 1;
  const header = {
    version: 1,
    prevHash: parent?.entry.hash ?? (ZERO_HASH as BlockHash),
    merkleRoot: ZERO_HASH as MerkleRoot,
    time: height,
    bits: 0x207fffff,
    nonce: salt,
  };
  const bytes = encodeHeader(header);
  const hash = toHex(sha256(bytes)) as BlockHash;
  const entry: ChainEntry = {
    hash,
    header,
    height,
    chainWork: BigInt(height + 1) * 2n,
    scheduleTime: height,
    status: "connected",
    sequence: height + 1,
  };
  const spentFrom = parents?.at(-SPEND_DISTANCE);
  const spent = spentFrom?.delta.created.slice(0, 1) ?? [];
  return { entry, bytes, delta: { spent, created: createdBy(hash, height) } };
}

function createdBy(hash: BlockHash, height: number): CoinChange[] {
  const seed = new ByteWriter().bytes(Buffer.from(hash, "hex")).u32(height).finish();
  const txid = toHex(sha256(seed)) as Txid;
  return Array.from({ length: COINS_PER_BLOCK }, (_, vout) => ({
    outPoint: { txid, vout },
    coin: { output: { value: BigInt(1000 + height * 7 + vout), scriptPubKey: seed }, height, coinbase: vout === 0 },
  }));
}

/** Coins that a chain of toy blocks leaves, by outpoint. */
export function coinsOf(chain: readonly ToyBlock[]): Map<string, CoinChange> {
  const coins = new Map<string, CoinChange>();
  for (const { delta } of chain) {
    for (const { outPoint } of delta.spent) coins.delete(`${outPoint.txid}:${outPoint.vout}`);
    for (const change of delta.created) coins.set(`${change.outPoint.txid}:${change.outPoint.vout}`, change);
  }
  return coins;
}

export function tipOf(chain: readonly ToyBlock[]): TipRecord {
  const coins = [...coinsOf(chain).values()];
  const tip = chain.at(-1) as ToyBlock;
  return {
    hash: tip.entry.hash,
    height: tip.entry.height,
    coinCount: coins.length,
    coinTotal: coins.reduce((sum, { coin }) => sum + coin.output.value, 0n),
  };
}

/** The tip after a block on top of another tip, without folding the whole chain. */
export function nextTip(tip: TipRecord, block: ToyBlock): TipRecord {
  return moveTip(tip, block, block.entry.hash, 1);
}

/** The tip after the block is taken back. */
export function previousTip(tip: TipRecord, block: ToyBlock): TipRecord {
  return moveTip(tip, block, block.entry.header.prevHash, -1);
}

function moveTip(tip: TipRecord, block: ToyBlock, hash: BlockHash, direction: 1 | -1): TipRecord {
  const { spent, created } = block.delta;
  const value = total(created) - total(spent);
  return {
    hash,
    height: tip.height + direction,
    coinCount: tip.coinCount + direction * (created.length - spent.length),
    coinTotal: tip.coinTotal + BigInt(direction) * value,
  };
}

function total(changes: readonly CoinChange[]): bigint {
  return changes.reduce((sum, { coin }) => sum + coin.output.value, 0n);
}

export function connectToy(batch: ChainBatch, block: ToyBlock): void {
  batch.putEntry(block.entry);
  batch.putBlock(block.entry.hash, block.bytes);
  batch.putUndo(block.entry.hash, block.delta);
  for (const { outPoint, coin } of block.delta.spent) batch.deleteCoin(outPoint, coin);
  for (const { outPoint, coin } of block.delta.created) batch.putCoin(outPoint, coin);
}

export function disconnectToy(batch: ChainBatch, block: ToyBlock): void {
  for (const { outPoint, coin } of block.delta.created) batch.deleteCoin(outPoint, coin);
  for (const { outPoint, coin } of block.delta.spent) batch.putCoin(outPoint, coin);
}
