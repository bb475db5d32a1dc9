import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { assert } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStart } from "@forkyard/node/chain/chain";
import type { SharedObjects } from "../store/shared-objects.ts";
import { SimChainStore } from "../store/sim-chain-store.ts";
import type { CrashKind, OpenedChain, SimDisk } from "./sim-disk.ts";

/** A disk that loses nothing: what was committed is there. */
export class MemoryDisk implements SimDisk {
  readonly #params: NetworkParams;
  readonly #shared: SharedObjects;
  readonly #empty: SimChainStore;
  #store: SimChainStore;

  /**
   * @param empty a store that holds the genesis block alone
   * @param base what the node begins with
   */
  constructor(params: NetworkParams, shared: SharedObjects, empty: SimChainStore, base: SimChainStore) {
    this.#params = params;
    this.#shared = shared;
    this.#empty = empty;
    this.#store = new SimChainStore(shared, base);
  }

  open(): OpenedChain {
    const store = this.#store;
    // Each wallet of the node goes through them from the beginning.
    const coins = { [Symbol.iterator]: () => store.coinList() };
    return { store, start: startOf(this.#params, store), coins };
  }

  close(): undefined {}

  crash(kind: CrashKind): string | undefined {
    if (kind === "flip-bit") return "the disks of this world keep objects, not bits: ask for disks that fail";
    if (kind === "wipe") this.#store = new SimChainStore(this.#shared, this.#empty);
    return undefined;
  }
}

/** The same as the node's own loading, at once. */
function startOf(params: NetworkParams, store: SimChainStore): ChainStart {
  const tipRecord = store.tip();
  assert(tipRecord !== undefined, "a simulated store begins with a genesis block");
  const tree = new HeaderTree(genesisEntry(params));
  let lastSequence = 0;
  for (const entry of store.entryList()) {
    tree.add(entry);
    lastSequence = Math.max(lastSequence, entry.sequence);
  }
  const tip = tree.get(tipRecord.hash);
  assert(tip !== undefined, "the tip of a simulated store is in its index");
  return { tree, tip, tipRecord, nextSequence: lastSequence + 1 };
}
