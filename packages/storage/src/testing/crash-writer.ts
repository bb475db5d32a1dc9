import { writeSync } from "node:fs";
import type { TipRecord } from "@forkyard/core/chain";
import type { EngineChainStore } from "../chain-store.ts";
import { openLevelChainStore } from "../open-chain-store.ts";
import { fixedRandom } from "./fixed-random.ts";
import {
  connectToy,
  disconnectToy,
  nextTip,
  previousTip,
  TOY_GENESIS,
  type ToyBlock,
  tipOf,
  toyBlockAfter,
} from "./toy-chain.ts";

/**
 * Commits toy blocks and small reorganisations for ever, several of them in flight, and prints the height of the tip
 * of each commit once it is acknowledged. Arguments: folder, seed. Made to be killed.
 */
const COMMITS_IN_FLIGHT = 6;
const REORG_EVERY = 5;
const MAX_REORG_DEPTH = 4;

const [folder = "", seed = "1"] = process.argv.slice(2);
let salt = Number(seed);

writeSync(1, "start\n");
const store = await openLevelChainStore(
  folder,
  {
    networkName: "regtest",
    genesisHash: TOY_GENESIS.entry.hash,
  },
  fixedRandom,
);
const chain = await loadChain(store);
let tip = store.tip() ?? (await commitGenesis(store));
for (;;) {
  const commits = Array.from({ length: COMMITS_IN_FLIGHT }, async () => {
    const committed = step(store);
    const { height } = tip;
    await committed;
    writeSync(1, `${height}\n`);
  });
  await Promise.all(commits);
}

/** Takes back up to four blocks now and then, and always connects one more than it took back. */
async function step(into: EngineChainStore): Promise<void> {
  salt = (salt * 48271) % 0x7fffffff;
  const batch = into.batch();
  const depth = salt % REORG_EVERY === 0 ? Math.min(1 + (salt % MAX_REORG_DEPTH), chain.length - 1) : 0;
  for (let i = 0; i < depth; i++) {
    const block = chain.pop() as ToyBlock;
    disconnectToy(batch, block);
    tip = previousTip(tip, block);
  }
  for (let i = 0; i <= depth; i++) {
    const block = toyBlockAfter(chain, salt + i);
    chain.push(block);
    connectToy(batch, block);
    tip = nextTip(tip, block);
  }
  batch.putTip(tip);
  await into.commit(batch);
}

async function commitGenesis(into: EngineChainStore): Promise<TipRecord> {
  const batch = into.batch();
  connectToy(batch, TOY_GENESIS);
  const record = tipOf([TOY_GENESIS]);
  batch.putTip(record);
  await into.commit(batch);
  return record;
}

/** The active chain, oldest first. */
async function loadChain(from: EngineChainStore): Promise<ToyBlock[]> {
  const salts = new Map<string, { prev: string; salt: number }>();
  for await (const { hash, header } of from.entries()) salts.set(hash, { prev: header.prevHash, salt: header.nonce });
  const path: number[] = [];
  for (let at = salts.get(from.tip()?.hash ?? ""); at !== undefined; at = salts.get(at.prev)) path.push(at.salt);
  const loaded = [TOY_GENESIS];
  for (const blockSalt of path.toReversed().slice(1)) loaded.push(toyBlockAfter(loaded, blockSalt));
  return loaded;
}
