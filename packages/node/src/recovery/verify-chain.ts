import { existsSync } from "node:fs";
import { join } from "node:path";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { blockFromBytes } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, CoinChange, CoinReader } from "@forkyard/core/coins";
import { DecodeError, InputError, RuleError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import { outPointKey } from "@forkyard/core/tx";
import { auditCoins } from "@forkyard/storage/audit-coins";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import { StoreDamagedError } from "@forkyard/storage/errors";
import { openLevelChainForReading } from "@forkyard/storage/open-chain-store";
import { loadChainStart } from "../chain/load-chain.ts";
import { StagedCoins } from "../chain/staged-coins.ts";
import { MAX_VERIFY_PROBLEMS } from "../limits.ts";
import { firstScriptFailure } from "../scripts/script-runner.ts";

export interface VerifyOptions {
  readonly params: NetworkParams;
  /** The node's data folder. */
  readonly dataDir: string;
  /** The fastest that works, when absent. */
  readonly curve?: Curve;
  /** Blocks from the tip down that are taken back and connected again in memory, scripts included. */
  readonly depth: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/** One thing that is not as it should be. */
export interface VerifyProblem {
  readonly height: number | null;
  readonly block: string | null;
  readonly problem: string;
}

export interface VerifyReport {
  /** True when nothing is wrong. */
  readonly sound: boolean;
  readonly height: number | null;
  readonly tip: string | null;
  readonly entries: number;
  /** Bodies of the active chain that were read and held against their entries. */
  readonly bodies: number;
  readonly prunedHeight: number;
  readonly coins: number;
  /** Blocks taken back and connected again. */
  readonly reconnected: number;
  /** The first of them, bounded. */
  readonly problems: readonly VerifyProblem[];
}

/**
 * Holds everything in a data folder against everything else, without changing it: headers against the rules, bodies
 * against headers, undo data against bodies, coins against the tip record, and the last blocks against the rules.
 * @throws InputError when there is no chain of this network, or a node has it open
 */
export async function verifyChain(options: VerifyOptions): Promise<VerifyReport> {
  const { params, dataDir } = options;
  const folder = existsSync(join(dataDir, "chain")) ? join(dataDir, "chain") : dataDir;
  const verification = new Verification(options);
  let store: EngineChainStore;
  try {
    store = await openLevelChainForReading(folder, { networkName: params.name, genesisHash: params.genesis.hash });
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    verification.found(null, error.message);
    return verification.report();
  }
  try {
    if (store.tip() === undefined) throw new InputError(`there is no chain in ${folder}`);
    await verification.run(store);
  } catch (error) {
    // Damage that leaves nothing to go on with: index or tip.
    if (!(error instanceof StoreDamagedError)) throw error;
    verification.found(null, error.message);
  } finally {
    await store.close();
  }
  return verification.report();
}

class Verification {
  readonly #options: VerifyOptions;
  readonly #curve: Curve;
  readonly #problems: VerifyProblem[] = [];
  #problemCount = 0;
  #tip: ChainEntry | undefined;
  #entries = 0;
  #bodies = 0;
  #prunedHeight = 0;
  #coins = 0;
  #reconnected = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#curve = options.curve ?? selectCurve();
  }

  found(entry: ChainEntry | null, problem: string): void {
    this.#problemCount += 1;
    if (this.#problems.length >= MAX_VERIFY_PROBLEMS) return;
    this.#problems.push({ height: entry?.height ?? null, block: entry?.hash ?? null, problem });
  }

  report(): VerifyReport {
    return {
      sound: this.#problemCount === 0,
      height: this.#tip?.height ?? null,
      tip: this.#tip?.hash ?? null,
      entries: this.#entries,
      bodies: this.#bodies,
      prunedHeight: this.#prunedHeight,
      coins: this.#coins,
      reconnected: this.#reconnected,
      problems: this.#problems,
    };
  }

  async run(store: EngineChainStore): Promise<void> {
    const { tree, tip } = await loadChainStart(this.#options.params, store);
    this.#tip = tip;
    this.#entries = tree.size;
    this.#prunedHeight = store.prunedHeight();
    const height = tip.height;
    for (let at = 1; at <= height; at++) {
      this.#guarded(tree.ancestor(tip, at), (entry) => this.#checkEntry(entry, tree, store));
      this.#options.onProgress?.(at, height);
    }
    await this.#checkCoins(store);
    this.#checkLast(store, tree, tip);
  }

  /** Runs a check; what it throws about the data is a problem of the entry. */
  #guarded(entry: ChainEntry, check: (entry: ChainEntry) => void): boolean {
    try {
      check(entry);
      return true;
    } catch (error) {
      const about = error instanceof StoreDamagedError || error instanceof RuleError || error instanceof DecodeError;
      if (!about) throw error;
      this.found(entry, error.message);
      return false;
    }
  }

  #checkEntry(entry: ChainEntry, tree: HeaderTree, store: EngineChainStore): void {
    const { params } = this.#options;
    const parent = tree.ancestor(entry, entry.height - 1);
    const accepted = acceptHeader(entry.header, entry.hash, parent, tree, params, entry.header.time);
    if (accepted.chainWork !== entry.chainWork) this.found(entry, "the entry's work is not that of its headers");
    if (entry.status !== "connected") this.found(entry, `the entry is marked "${entry.status}" below the tip`);
    if (entry.height <= this.#prunedHeight) return;
    const bytes = store.blockBytes(entry.hash);
    if (bytes === undefined) throw new StoreDamagedError("the body is missing");
    const block = blockFromBytes(bytes);
    if (block.hash !== entry.hash) throw new StoreDamagedError(`the body is that of block ${block.hash}`);
    const checked = checkBlock(block, params, this.#curve);
    acceptBlock(checked, entry, parent, tree, params);
    this.#bodies += 1;
    const undo = store.undo(entry.hash);
    if (undo === undefined) throw new StoreDamagedError("the undo data is missing");
    const spent = new Set(undo.spent.map(({ outPoint }) => outPointKey(outPoint)));
    const own = new Set(block.txs.map(({ txid }) => txid));
    for (const tx of block.txs.slice(1)) {
      for (const { prevout } of tx.inputs) {
        if (own.has(prevout.txid) || spent.has(outPointKey(prevout))) continue;
        throw new StoreDamagedError(`the undo data lacks the spent coin ${outPointKey(prevout)}`);
      }
    }
  }

  async #checkCoins(store: EngineChainStore): Promise<void> {
    try {
      const audit = await auditCoins(store);
      this.#coins = audit.coinCount;
      if (!audit.consistent) this.found(null, "the coins do not add up to what the tip record says");
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      this.found(null, error.message);
    }
  }

  /** Takes the last blocks back and connects them again, over the stored coins but in memory. */
  #checkLast(store: EngineChainStore, tree: HeaderTree, tip: ChainEntry): void {
    const lowest = Math.max(this.#prunedHeight, tip.height - this.#options.depth);
    const coins = new StagedCoins(store);
    for (let height = tip.height; height > lowest; height--) {
      const holds = this.#guarded(tree.ancestor(tip, height), (entry) => takeBack(entry, store, coins));
      // Further down the coins would not be what they were.
      if (!holds) return;
    }
    for (let height = lowest + 1; height <= tip.height; height++) {
      const holds = this.#guarded(tree.ancestor(tip, height), (entry) => this.#connect(entry, tree, store, coins));
      if (!holds) return;
      this.#reconnected += 1;
    }
  }

  #connect(entry: ChainEntry, tree: HeaderTree, store: EngineChainStore, coins: StagedCoins): void {
    const { params } = this.#options;
    const curve = this.#curve;
    const parent = tree.ancestor(entry, entry.height - 1);
    const block = checkBlock(blockFromBytes(store.blockBytes(entry.hash) ?? new Uint8Array()), params, curve);
    const accepted = acceptBlock(block, entry, parent, tree, params);
    const { delta, scripts } = connectBlock(accepted, parent, coins, tree, params);
    const failure = firstScriptFailure(scripts, curve);
    if (failure !== undefined) throw failure;
    if (!sameDelta(delta, store.undo(entry.hash))) {
      throw new StoreDamagedError("the undo data is not what connecting the block gives");
    }
    coins.connect(delta);
  }
}

/** @throws StoreDamagedError when the undo data does not fit the coins */
function takeBack(entry: ChainEntry, store: EngineChainStore, coins: StagedCoins): void {
  const undo = store.undo(entry.hash);
  if (undo === undefined) throw new StoreDamagedError("the undo data is missing");
  for (const change of undo.created) {
    if (sameCoin(change, coins)) continue;
    throw new StoreDamagedError(`the coin ${outPointKey(change.outPoint)} that the block made is not there`);
  }
  for (const { outPoint } of undo.spent) {
    if (coins.coin(outPoint) === undefined) continue;
    throw new StoreDamagedError(`the coin ${outPointKey(outPoint)} that the block spent is there`);
  }
  coins.disconnect(undo);
}

function sameCoin({ outPoint, coin }: CoinChange, coins: CoinReader): boolean {
  const found = coins.coin(outPoint);
  return found !== undefined && describe({ outPoint, coin }) === describe({ outPoint, coin: found });
}

function sameDelta(a: BlockDelta, b: BlockDelta | undefined): boolean {
  return b !== undefined && describeDelta(a) === describeDelta(b);
}

function describeDelta({ spent, created }: BlockDelta): string {
  return JSON.stringify([spent.map(describe), created.map(describe)]);
}

function describe({ outPoint, coin }: CoinChange): string {
  const script = Buffer.from(coin.output.scriptPubKey).toString("hex");
  return `${outPointKey(outPoint)} ${coin.height} ${coin.coinbase} ${coin.output.value} ${script}`;
}
