import assert from "node:assert/strict";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import type { Block } from "@forkyard/core/block";
import type { BlockHash } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { systemClock } from "@forkyard/node/adapters/system-clock";
import { systemRandom } from "@forkyard/node/adapters/system-random";
import { openChain } from "@forkyard/node/recovery/open-chain";
import { ChainWorld } from "@forkyard/node/testing/chain-world";
import { describeCoins } from "@forkyard/storage/coin-hash/coin-set";

const params = networkByName("regtest");
const curve = selectCurve();

/** What a node makes of a folder when it starts on it. */
export interface Inspection {
  readonly height: number;
  readonly tip: BlockHash;
  readonly coinHash: string;
  /** Blocks of the active chain above genesis, oldest first. */
  readonly blocks: readonly Block[];
  /** Warnings and errors that opening logged. */
  readonly said: readonly string[];
  readonly openMs: number;
}

interface InspectOptions {
  readonly known?: Iterable<BlockHash>;
  readonly peers?: readonly Block[];
  readonly reindex?: boolean;
}

/**
 * Opens a folder as a node does, and holds the coins against those of a healthy node that is told the same blocks.
 * @param known hashes that must be in the index, for they were acknowledged
 * @param peers blocks that peers would bring: what was lost comes back through them
 */
export async function inspect(
  folder: string,
  { known = [], peers = [], reindex = false }: InspectOptions = {},
): Promise<Inspection> {
  const said: string[] = [];
  const say = (message: string, fields?: object): void => void said.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log = { debug: () => {}, info: () => {}, warn: say, error: say };
  const started = performance.now();
  const options = { folder, params, curve, clock: systemClock, random: systemRandom, log, reindex };
  const { store } = await openChain(options);
  const openMs = performance.now() - started;
  try {
    const world = await ChainWorld.open(store, params);
    for (const block of peers) world.submit(block);
    for (const hash of known) assert.ok(world.chain.tree.has(hash), `acknowledged block ${hash} is lost`);
    const blocks = activeBlocks(world);
    const healthy = await ChainWorld.open();
    for (const block of blocks) healthy.submit(block);
    assert.equal(healthy.chain.tip.hash, world.chain.tip.hash);
    await world.chain.durable();
    const coinHash = (await describeCoins(store.coins(), "hash_serialized_3")).hash as string;
    assert.equal(coinHash, (await describeCoins(healthy.store.coins(), "hash_serialized_3")).hash, "coins differ");
    assert.deepEqual(world.chain.tipRecord, healthy.chain.tipRecord);
    return { height: world.chain.tip.height, tip: world.chain.tip.hash, coinHash, blocks, said, openMs };
  } finally {
    await store.close();
  }
}

function activeBlocks({ chain }: ChainWorld): Block[] {
  return Array.from({ length: chain.tip.height }, (_, i) => {
    const block = chain.block(chain.activeAt(i + 1)?.hash as BlockHash);
    assert.ok(block !== undefined, `no body at height ${i + 1}`);
    return block;
  });
}
