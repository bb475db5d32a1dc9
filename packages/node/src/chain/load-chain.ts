import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { encodeBlock } from "@forkyard/core/block";
import type { TipRecord } from "@forkyard/core/chain";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { StoreDamagedError } from "@forkyard/storage/errors";
import type { ChainStart } from "./chain.ts";

/**
 * What the store holds, as the chain needs it to begin; writes the genesis block into an empty store.
 * @throws StoreDamagedError when entries do not link up to the tip
 */
export async function loadChainStart(params: NetworkParams, store: ChainStore): Promise<ChainStart> {
  const tipRecord = store.tip() ?? (await writeGenesis(params, store));
  const tree = new HeaderTree(genesisEntry(params));
  let lastSequence = 0;
  for await (const entry of store.entries()) {
    if (!tree.has(entry.hash)) {
      if (tree.get(entry.header.prevHash)?.height !== entry.height - 1) {
        throw new StoreDamagedError(`the index has block ${entry.hash} at height ${entry.height} without its parent`);
      }
      tree.add(entry);
    }
    lastSequence = Math.max(lastSequence, entry.sequence);
  }
  const tip = tree.get(tipRecord.hash);
  if (tip === undefined) {
    throw new StoreDamagedError(`the tip ${tipRecord.hash} is not in the index`);
  }
  return { tree, tip, tipRecord, nextSequence: lastSequence + 1 };
}

/** The genesis block makes no coins: its coinbase cannot be spent (Bitcoin Core). */
async function writeGenesis(params: NetworkParams, store: ChainStore): Promise<TipRecord> {
  const entry = genesisEntry(params);
  const record: TipRecord = { hash: entry.hash, height: 0, coinCount: 0, coinTotal: 0n };
  const batch = store.batch();
  batch.putEntry(entry);
  batch.putBlock(entry.hash, encodeBlock(params.genesis));
  batch.putUndo(entry.hash, { spent: [], created: [] });
  batch.putTip(record);
  await store.commit(batch);
  return record;
}
