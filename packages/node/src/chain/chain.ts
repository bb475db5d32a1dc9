import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { type ReorgPlan, reorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import type { CheckedBlock } from "@forkyard/consensus/rules/stages";
import { type Block, blockFromBytes, encodeBlock } from "@forkyard/core/block";
import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import { assert, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainBatch, ChainStore } from "@forkyard/core/ports/chain-store";
import type { Curve } from "@forkyard/core/ports/curve";
import { StoreDamagedError } from "@forkyard/storage/errors";
import { blamesHeader, checkStage } from "../pipeline/check.ts";
import { stageCommit } from "../pipeline/commit.ts";
import { connectStage } from "../pipeline/connect.ts";
import type { BlockChange, ChainChange, ChainListener, ConnectedChange } from "./chain-events.ts";
import { StagedCoins } from "./staged-coins.ts";

/** The most work is on a branch that leaves ours below what is still stored. */
export class PrunedBranchError extends Error {
  override readonly name = "PrunedBranchError";

  constructor(forkHeight: number, prunedHeight: number) {
    super(
      `a chain with more work leaves ours at height ${forkHeight}, and blocks up to ${prunedHeight} are pruned: remove the chain folder and let the node sync again`,
    );
  }
}

/** What became of a block that broke no rule. */
export type BlockOutcome =
  | { readonly kind: "connected"; readonly entry: ChainEntry }
  | { readonly kind: "side"; readonly entry: ChainEntry }
  | { readonly kind: "duplicate"; readonly entry: ChainEntry }
  | { readonly kind: "unknown-parent"; readonly parent: BlockHash };

interface ConnectFailure {
  readonly entry: ChainEntry;
  readonly error: RuleError;
}

export interface ChainParts {
  readonly params: NetworkParams;
  readonly store: ChainStore;
  readonly curve: Curve;
  readonly listener: ChainListener;
  /** The disk refused a write: nothing may go on. */
  readonly storageFailed: (error: unknown) => void;
}

/** Where a chain begins: what was loaded from its store (see load-chain.ts). */
export interface ChainStart {
  readonly tree: HeaderTree;
  readonly tip: ChainEntry;
  readonly tipRecord: TipRecord;
  /** Arrival number of the next body. */
  readonly nextSequence: number;
}

/**
 * The chain of one node: takes headers and blocks, keeps the tree, follows the most work, and stages every change as
 * one atomic batch. Synchronous: a call returns when the change is decided and visible; the disk follows.
 */
export class Chain {
  readonly tree: HeaderTree;
  readonly #parts: ChainParts;
  #tip: ChainEntry;
  #tipRecord: TipRecord;
  #nextSequence: number;
  #lastCommit: Promise<void> = Promise.resolve();

  constructor(parts: ChainParts, start: ChainStart) {
    this.#parts = parts;
    this.tree = start.tree;
    this.#tip = start.tip;
    this.#tipRecord = start.tipRecord;
    this.#nextSequence = start.nextSequence;
  }

  get tip(): ChainEntry {
    return this.#tip;
  }

  /** Number and sum of the coins at the tip. */
  get tipRecord(): TipRecord {
    return this.#tipRecord;
  }

  /** The block of the active chain at a height; undefined above the tip. */
  activeAt(height: number): ChainEntry | undefined {
    return height >= 0 && height <= this.#tip.height ? this.tree.ancestor(this.#tip, height) : undefined;
  }

  isActive(entry: ChainEntry): boolean {
    return this.activeAt(entry.height)?.hash === entry.hash;
  }

  /** A stored block; undefined when only its header is known. */
  block(hash: BlockHash): Block | undefined {
    const bytes = this.blockBytes(hash);
    return bytes === undefined ? undefined : blockFromBytes(bytes);
  }

  /**
   * The same as it is stored; undefined also for a pruned one.
   * @throws StoreDamagedError when it should be there; the node then stops
   */
  blockBytes(hash: BlockHash): Uint8Array | undefined {
    const bytes = this.#parts.store.blockBytes(hash);
    const entry = bytes === undefined ? this.tree.get(hash) : undefined;
    const expected = entry?.status === "connected" || entry?.status === "body";
    if (expected && entry.height > this.#parts.store.prunedHeight()) throw this.#lost(entry, "body");
    return bytes;
  }

  /**
   * Takes headers in chain order. Stops at the first that breaks a rule, keeping the ones before it.
   * @param nowSeconds the time of day
   */
  submitHeaders(headers: readonly BlockHeader[], nowSeconds: number): { accepted: ChainEntry[]; error?: RuleError } {
    const batch = this.#parts.store.batch();
    const accepted: ChainEntry[] = [];
    let failure: RuleError | undefined;
    for (const header of headers) {
      try {
        accepted.push(this.#enterHeader(header, blockHashOf(header), nowSeconds, batch));
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        failure = error;
        break;
      }
    }
    this.#commit(batch);
    return failure === undefined ? { accepted } : { accepted, error: failure };
  }

  /**
   * Takes a block from anywhere: check, accept, connect when it makes the best chain, commit.
   * @param bytes the block's serialisation when the caller has it, so that it is not made again
   * @throws RuleError when the block breaks a rule
   */
  submitBlock(block: Block, nowSeconds: number, bytes?: Uint8Array): BlockOutcome {
    const known = this.tree.get(block.hash);
    if (known?.status === "invalid") throw new RuleError("duplicate-invalid", { block: block.hash });
    if (known !== undefined && known.status !== "header") return { kind: "duplicate", entry: known };

    const result = checkStage(block, this.#parts.params, this.#parts.curve);
    const parent = this.tree.get(block.header.prevHash);
    if ("error" in result) {
      if (parent !== undefined && result.blamesHeader) this.#remember(block, nowSeconds);
      throw result.error;
    }
    if (parent === undefined) return { kind: "unknown-parent", parent: block.header.prevHash };
    return this.#enterBody(result.checked, parent, nowSeconds, bytes);
  }

  /** Whether a block on the tip is valid; changes nothing. @throws RuleError */
  probeBlock(block: Block, nowSeconds: number): void {
    const { params, curve } = this.#parts;
    const parent = this.#tip;
    assert(block.header.prevHash === parent.hash, "only a block on the tip can be probed");
    const entry = acceptHeader(block.header, block.hash, parent, this.tree, params, nowSeconds);
    const accepted = acceptBlock(checkBlock(block, params, curve), entry, parent, this.tree, params);
    connectStage(accepted, parent, this.#parts.store, { params, tree: this.tree, curve });
  }

  /** Resolves when everything decided so far is on the disk. */
  durable(): Promise<void> {
    return this.#lastCommit;
  }

  /** Moves to the best chain among what is stored: needed once, after loading. */
  resume(): void {
    this.resumeStep(Number.POSITIVE_INFINITY);
  }

  /**
   * The same in steps, each in a batch of its own: for long ways.
   * @param maxBlocks to connect in this step; a reorganisation is one step however long
   * @returns whether there is more to do
   */
  resumeStep(maxBlocks: number): boolean {
    const batch = this.#parts.store.batch();
    const { change, failures } = this.#followBest(new Map(), batch, maxBlocks);
    this.#commit(batch);
    if (change !== undefined) this.#parts.listener.chainChanged(change);
    for (const failure of failures) this.#parts.listener.blockInvalid(failure.entry, failure.error);
    return change !== undefined && this.tree.bestCandidate().chainWork > this.#tip.chainWork;
  }

  #enterHeader(header: BlockHeader, hash: BlockHash, nowSeconds: number, batch: ChainBatch): ChainEntry {
    const known = this.tree.get(hash);
    if (known?.status === "invalid") throw new RuleError("duplicate-invalid", { block: hash });
    if (known !== undefined) return known;
    const parent = this.tree.get(header.prevHash);
    if (parent === undefined) throw new RuleError("prev-blk-not-found", { block: hash, parent: header.prevHash });
    if (parent.status === "invalid") throw new RuleError("bad-prevblk", { block: hash, parent: parent.hash });
    const entry = acceptHeader(header, hash, parent, this.tree, this.#parts.params, nowSeconds);
    this.tree.add(entry);
    batch.putEntry(entry);
    return entry;
  }

  #enterBody(block: CheckedBlock, parent: ChainEntry, nowSeconds: number, bytes: Uint8Array | undefined): BlockOutcome {
    const batch = this.#parts.store.batch();
    const header = this.#enterHeader(block.header, block.hash, nowSeconds, batch);
    try {
      acceptBlock(block, header, parent, this.tree, this.#parts.params);
    } catch (error) {
      if (error instanceof RuleError && blamesHeader(error)) this.#invalidate(block.hash, batch);
      this.#commit(batch);
      throw error;
    }
    const entry = this.tree.update(block.hash, { status: "body", sequence: this.#nextSequence });
    this.#nextSequence += 1;
    batch.putEntry(entry);
    batch.putBlock(block.hash, bytes ?? encodeBlock(block));
    return this.#activate(entry, block, batch);
  }

  #activate(entry: ChainEntry, block: CheckedBlock, batch: ChainBatch): BlockOutcome {
    const { change, failures } = this.#followBest(new Map([[block.hash, block]]), batch);
    // The store shows the new coins once the batch is committed, and listeners read coins: commit first.
    this.#commit(batch);
    if (change !== undefined) this.#parts.listener.chainChanged(change);
    for (const failure of failures) this.#parts.listener.blockInvalid(failure.entry, failure.error);
    const refusal = failures.find((failure) => failure.entry.hash === entry.hash);
    if (refusal !== undefined) throw refusal.error;
    const now = this.tree.get(entry.hash);
    assert(now !== undefined, "an entered block stays in the tree");
    if (now.status === "invalid") throw new RuleError("bad-prevblk", { block: entry.hash });
    if (this.isActive(now)) return { kind: "connected", entry: now };
    this.#parts.listener.sideBlock(now, block);
    return { kind: "side", entry: now };
  }

  /** Follows the most work. Only when a whole plan holds does anything change but the marks of invalid blocks. */
  #followBest(
    fresh: ReadonlyMap<BlockHash, CheckedBlock>,
    batch: ChainBatch,
    maxBlocks: number = Number.POSITIVE_INFINITY,
  ): { change?: ChainChange; failures: readonly ConnectFailure[] } {
    const failures: ConnectFailure[] = [];
    let best = this.tree.bestCandidate();
    // Each round that does not end the loop marks at least one more block as invalid.
    while (best.chainWork > this.#tip.chainWork) {
      const plan = shorten(reorgPlan(this.tree, this.#tip, best), maxBlocks);
      if (plan.disconnect.length > 0 && !this.#canTakeBackTo(plan.fork)) return { failures };
      const result = this.#follow(plan, fresh, batch);
      if ("tip" in result) return { change: result, failures };
      failures.push(result);
      this.#invalidate(result.entry.hash, batch);
      best = this.tree.bestCandidate();
    }
    return { failures };
  }

  /** Carries out a plan, or names the block that breaks a rule and leaves everything as it was. */
  #follow(
    plan: ReorgPlan,
    fresh: ReadonlyMap<BlockHash, CheckedBlock>,
    batch: ChainBatch,
  ): ChainChange | ConnectFailure {
    const coins = new StagedCoins(this.#parts.store);
    const disconnected = plan.disconnect.map((entry) => this.#disconnect(entry, coins));
    const connected: ConnectedChange[] = [];
    for (const entry of plan.connect) {
      try {
        connected.push(this.#connect(entry, fresh, coins));
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        return { entry, error };
      }
    }
    const marked = connected.map((change) => ({
      ...change,
      entry: this.tree.update(change.entry.hash, { status: "connected" }),
    }));
    const tip = marked.at(-1)?.entry ?? plan.fork;
    this.#tipRecord = stageCommit(batch, coins, marked, tip, this.#tipRecord);
    this.#tip = tip;
    return { fork: plan.fork, disconnected, connected: marked, tip };
  }

  /** A pruned block cannot be taken back: the node stops, for it can neither follow the most work nor ignore it. */
  #canTakeBackTo(fork: ChainEntry): boolean {
    const prunedHeight = this.#parts.store.prunedHeight();
    if (fork.height >= prunedHeight) return true;
    this.#parts.storageFailed(new PrunedBranchError(fork.height, prunedHeight));
    return false;
  }

  #disconnect(entry: ChainEntry, coins: StagedCoins): BlockChange {
    const undo = this.#parts.store.undo(entry.hash);
    const block = this.block(entry.hash);
    if (undo === undefined || block === undefined) throw this.#lost(entry, "undo data");
    coins.disconnect(undo);
    return { entry, block, delta: undo };
  }

  #connect(entry: ChainEntry, fresh: ReadonlyMap<BlockHash, CheckedBlock>, coins: StagedCoins): ConnectedChange {
    const { params, curve } = this.#parts;
    const parent = this.tree.get(entry.header.prevHash);
    const block = fresh.get(entry.hash) ?? this.#storedBlock(entry);
    assert(parent !== undefined, `block ${entry.hash} has no parent in the tree`);
    const accepted = acceptBlock(block, entry, parent, this.tree, params);
    const result = connectStage(accepted, parent, coins, { params, tree: this.tree, curve });
    coins.connect(result.delta);
    return { entry, block, ...result };
  }

  #storedBlock(entry: ChainEntry): CheckedBlock {
    const block = this.block(entry.hash);
    if (block === undefined) throw this.#lost(entry, "body");
    return checkBlock(block, this.#parts.params, this.#parts.curve);
  }

  /** The index says that something is stored and it is not: the disk lost it. */
  #lost(entry: ChainEntry, what: string): StoreDamagedError {
    const error = new StoreDamagedError(
      `the ${what} of block ${entry.hash} at height ${entry.height} is missing: start the node with --reindex to build the chain anew from what is sound`,
    );
    this.#parts.storageFailed(error);
    return error;
  }

  /** Enters the header of a block whose body is bad beyond doubt, so that it is never asked for again. */
  #remember(block: Block, nowSeconds: number): void {
    const { accepted } = this.submitHeaders([block.header], nowSeconds);
    if (accepted.length === 0) return;
    const batch = this.#parts.store.batch();
    this.#invalidate(block.hash, batch);
    this.#commit(batch);
  }

  #invalidate(hash: BlockHash, batch: ChainBatch): void {
    for (const changed of this.tree.invalidate(hash)) batch.putEntry(changed);
  }

  #commit(batch: ChainBatch): void {
    this.#lastCommit = this.#parts.store.commit(batch);
    this.#lastCommit.catch(this.#parts.storageFailed);
  }
}

/** Only the first blocks of a plan that takes nothing back: each of them is a state that holds by itself. */
function shorten(plan: ReorgPlan, maxBlocks: number): ReorgPlan {
  if (plan.disconnect.length > 0 || plan.connect.length <= maxBlocks) return plan;
  return { ...plan, connect: plan.connect.slice(0, maxBlocks) };
}
