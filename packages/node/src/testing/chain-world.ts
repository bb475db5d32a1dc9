import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { type BlockOptions, buildBlock } from "@forkyard/consensus/testing/build-block";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { Coin } from "@forkyard/core/coins";
import { assert, type RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { ChainBatch, ChainStore } from "@forkyard/core/ports/chain-store";
import { outPointKey } from "@forkyard/core/tx";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import type { BlockOutcome, BlockVerdict } from "../chain/block-verdict.ts";
import { Chain } from "../chain/chain.ts";
import type { ChainChange, ChainListener } from "../chain/chain-events.ts";
import { loadChainStart } from "../chain/load-chain.ts";
import { inlineScriptRunner, type ScriptRunner } from "../scripts/script-runner.ts";

const curve = selectCurve();
/** Blocks of tests carry times a few hours after genesis: this clock is ahead of them all. */
export const NOW_SECONDS = 2_000_000_000;
/** Counted over all worlds, so that blocks of two of them differ too. */
let lastTag = 0;

/** What a chain told its listener, in order. */
export type ChainNews =
  | { readonly kind: "changed"; readonly change: ChainChange; readonly tipSeen: BlockHash }
  | { readonly kind: "side"; readonly entry: ChainEntry }
  | { readonly kind: "invalid"; readonly entry: ChainEntry; readonly error: RuleError };

interface BranchBlockOptions extends BlockOptions {
  /** The parent; the tip when absent. */
  readonly on?: BlockHash;
}

/** A chain over a store in memory, blocks that fit it, and everything it said and wrote. For tests. */
export class ChainWorld {
  readonly chain: Chain;
  readonly params: NetworkParams;
  readonly store: ChainStore;
  readonly news: ChainNews[];
  readonly storageFailures: unknown[];

  constructor(chain: Chain, params: NetworkParams, store: ChainStore, news: ChainNews[], storageFailures: unknown[]) {
    this.chain = chain;
    this.params = params;
    this.store = store;
    this.news = news;
    this.storageFailures = storageFailures;
  }

  /** Opens the chain that is in the store, as a node does when it starts. */
  static async open(
    store: ChainStore = memoryChainStore(),
    params = networkByName("regtest"),
    scripts: ScriptRunner = inlineScriptRunner(curve),
  ): Promise<ChainWorld> {
    const news: ChainNews[] = [];
    const storageFailures: unknown[] = [];
    const start = await loadChainStart(params, store);
    const listener: ChainListener = {
      chainChanged: (change) => void news.push({ kind: "changed", change, tipSeen: chain.tip.hash }),
      sideBlock: (entry) => void news.push({ kind: "side", entry }),
      blockInvalid: (entry, error) => void news.push({ kind: "invalid", entry, error }),
    };
    const storageFailed = (error: unknown): void => void storageFailures.push(error);
    const chain: Chain = new Chain({ params, store, curve, scripts, listener, storageFailed }, start);
    chain.resume();
    return new ChainWorld(chain, params, store, news, storageFailures);
  }

  /** Mines a child of a known block, by default of the tip; no two are alike. */
  build(options: BranchBlockOptions = {}): Block {
    const parent = options.on === undefined ? this.chain.tip : this.entry(options.on);
    lastTag += 1;
    return buildBlock(parent, this.params, { tag: lastTag, ...options });
  }

  submit(block: Block): BlockOutcome {
    return this.chain.submitBlock(block, NOW_SECONDS);
  }

  /** Gives a block to a chain that may answer later. @returns fills with the verdict */
  take(block: Block): BlockVerdict[] {
    const verdicts: BlockVerdict[] = [];
    this.chain.takeBlock(block, NOW_SECONDS, (verdict) => void verdicts.push(verdict));
    return verdicts;
  }

  /** Puts blocks with nothing but a coinbase on a block; gives them, oldest first. */
  grow(count: number, on?: BlockHash): Block[] {
    const blocks: Block[] = [];
    for (let i = 0; i < count; i++) {
      const last = blocks.at(-1)?.hash ?? on;
      const block = this.build(last === undefined ? {} : { on: last });
      this.submit(block);
      blocks.push(block);
    }
    return blocks;
  }

  /** Gives only the header to the chain, as headers-first sync does. */
  submitHeader(block: Block): RuleError | undefined {
    return this.chain.submitHeaders([block.header], NOW_SECONDS).error;
  }

  entry(hash: BlockHash): ChainEntry {
    const entry = this.chain.tree.get(hash);
    assert(entry !== undefined, `no block ${hash}`);
    return entry;
  }

  /** All coins in the store, by outpoint. */
  async coins(): Promise<ReadonlyMap<string, Coin>> {
    await this.chain.durable();
    const coins = new Map<string, Coin>();
    for await (const { outPoint, coin } of this.store.coins()) coins.set(outPointKey(outPoint), coin);
    return new Map([...coins].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** The coins of a node that has seen nothing but these blocks, by other code than the chain's. */
export function coinsAfter(blocks: readonly Block[]): ReadonlyMap<string, Coin> {
  const chain = new TestChain();
  for (const block of blocks) chain.connect(block);
  return chain.coins.snapshot();
}

/** A store that counts what is committed to it, and keeps the batches apart. */
export function countingStore(inner: ChainStore): { readonly store: ChainStore; readonly batches: ChainBatch[] } {
  const batches: ChainBatch[] = [];
  const commit = (batch: ChainBatch): Promise<void> => {
    batches.push(batch);
    return inner.commit(batch);
  };
  return { store: storeWith(inner, { commit }), batches };
}

/** The store, some of its methods replaced. */
export function storeWith(inner: ChainStore, replaced: Partial<ChainStore>): ChainStore {
  return new Proxy(inner, {
    get: (target, name) => {
      const own: unknown = Reflect.get(replaced, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
