import { assert } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore, StoredCoin } from "@forkyard/core/ports/chain-store";
import type { ChainStart } from "@forkyard/node/chain/chain";
import { loadChainStart } from "@forkyard/node/chain/load-chain";
import { salvageChain } from "@forkyard/node/recovery/salvage";
import { auditCoins } from "@forkyard/storage/audit-coins";
import { EngineChainStore } from "@forkyard/storage/chain-store";
import { COIN_SUM_KEY_BYTES } from "@forkyard/storage/coin-sum";
import type { KeyValue } from "@forkyard/storage/engine/engine";
import { StoreDamagedError } from "@forkyard/storage/errors";
import { openChainStore } from "@forkyard/storage/open-chain-store";
import type { RandomStream } from "../random/stream.ts";
import type { SimChainStore } from "../store/sim-chain-store.ts";
import { FailingEngine, flipBit, type PlanWrite } from "./failing-engine.ts";
import type { CrashKind, OpenedChain, SimDisk } from "./sim-disk.ts";

type OpenedStore = OpenedChain & { readonly store: EngineChainStore };

/** Coins are stored at least this often, so that crashes fall before, within and after it. */
const MAX_BLOCKS_PER_FLUSH = 8;

export interface FailingDiskParts {
  readonly params: NetworkParams;
  readonly random: RandomStream;
  /** What the node begins with. */
  readonly base: SimChainStore;
  readonly plan: PlanWrite;
  /** Something is about to be written. */
  readonly committing: () => void;
  /** A record that was read is damaged: the node ends its process. */
  readonly damaged: () => void;
}

/** A disk under the node's real storage: loses what was not written yet, and sometimes a bit of what was. */
export class FailingDisk implements SimDisk {
  readonly #parts: FailingDiskParts;
  #records: Map<string, KeyValue> | undefined;
  #engine: FailingEngine | undefined;
  #store: EngineChainStore | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(parts: FailingDiskParts) {
    this.#parts = parts;
  }

  async open(): Promise<OpenedChain> {
    await this.#closing;
    const opened = await this.#openExamined().catch((error: unknown) => this.#rebuilt(error));
    opened.store.onDamage(this.#parts.damaged);
    this.#store = opened.store;
    this.#engine?.takeTime();
    return { ...opened, store: telling(opened.store, this.#parts.committing) };
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#engine?.hurry();
    this.#closing = store?.close() ?? Promise.resolve();
    await this.#closing;
  }

  crash(kind: CrashKind): string | undefined {
    const survived = this.#engine?.crash() ?? this.#records ?? new Map();
    this.#engine = undefined;
    this.#store = undefined;
    this.#closing = Promise.resolve();
    this.#records = kind === "wipe" ? new Map() : survived;
    if (kind === "flip-bit") flipBit(this.#records, this.#parts.random);
    return undefined;
  }

  async #openExamined(): Promise<OpenedStore> {
    const { params, base } = this.#parts;
    const isNew = this.#records === undefined;
    this.#records ??= new Map();
    const store = await this.#openStore(this.#records);
    if (isNew) await copyChain(base, store);
    try {
      return await examined(store, params);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** What a damaged store still holds is copied to a new one, as the node does with its folder. */
  async #rebuilt(error: unknown): Promise<OpenedStore> {
    if (!(error instanceof StoreDamagedError)) throw error;
    const { params } = this.#parts;
    const old = new EngineChainStore(new FailingEngine(this.#records ?? new Map(), this.#parts.random, now), {
      closedCleanly: false,
      coinSumKey: new Uint8Array(COIN_SUM_KEY_BYTES),
      readOnly: true,
    });
    this.#records = new Map();
    const fresh = await this.#openStore(this.#records);
    await salvageChain(old, fresh, params);
    return examined(fresh, params);
  }

  async #openStore(records: Map<string, KeyValue>): Promise<EngineChainStore> {
    const { params, random, plan } = this.#parts;
    this.#engine = new FailingEngine(records, random, plan);
    const identity = { networkName: params.name, genesisHash: params.genesis.hash };
    const coinCache = { flushAfterBlocks: 1 + random.below(MAX_BLOCKS_PER_FLUSH) };
    return openChainStore(this.#engine, identity, random, coinCache);
  }
}

/** A store that says when it is committed to. */
function telling(store: EngineChainStore, committing: () => void): ChainStore {
  return {
    coin: (outPoint) => store.coin(outPoint),
    entries: () => store.entries(),
    coins: () => store.coins(),
    tip: () => store.tip(),
    prunedHeight: () => store.prunedHeight(),
    blockBytes: (hash) => store.blockBytes(hash),
    undo: (hash) => store.undo(hash),
    batch: () => store.batch(),
    commit: (batch) => {
      committing();
      return store.commit(batch);
    },
    close: () => store.close(),
  };
}

const now: PlanWrite = (run) => run();

/** What a node makes sure of before it trusts its store. @throws StoreDamagedError */
async function examined(store: EngineChainStore, params: NetworkParams): Promise<OpenedStore> {
  const start: ChainStart = await loadChainStart(params, store);
  const audit = await auditCoins(store);
  if (!audit.consistent) throw new StoreDamagedError("the coins do not add up to what the tip stands for");
  for (let { tip: entry } = start; entry.height > 0; entry = start.tree.ancestor(entry, entry.height - 1)) {
    if (store.blockBytes(entry.hash) === undefined || store.undo(entry.hash) === undefined) {
      throw new StoreDamagedError(`body or undo data of block ${entry.hash} is missing`);
    }
  }
  readBranches(start, store);
  const coins: StoredCoin[] = [];
  for await (const stored of store.coins()) coins.push(stored);
  return { store, start, coins };
}

/** The node goes on to the best branch before it trusts its store: what it reads for that is read here. @throws StoreDamagedError */
function readBranches({ tree, tip }: ChainStart, store: EngineChainStore): void {
  for (const leaf of tree.tips()) {
    for (let at = leaf; !tree.isAncestor(at, tip); at = tree.ancestor(at, at.height - 1)) store.blockBytes(at.hash);
  }
}

/** Writes a chain into an empty store. */
async function copyChain(from: SimChainStore, to: EngineChainStore): Promise<void> {
  const tip = from.tip();
  assert(tip !== undefined, "a chain to begin with has a tip");
  const batch = to.batch();
  for (const entry of from.entryList()) {
    batch.putEntry(entry);
    const [bytes, undo] = [from.blockBytes(entry.hash), from.undo(entry.hash)];
    if (bytes !== undefined) batch.putBlock(entry.hash, bytes);
    if (undo !== undefined) batch.putUndo(entry.hash, undo);
  }
  for (const { outPoint, coin } of from.coinList()) batch.putCoin(outPoint, coin);
  batch.putTip(tip);
  await to.commit(batch);
}
