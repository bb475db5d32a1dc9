import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import type { ReorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import type { AcceptedBlock, CheckedBlock } from "@forkyard/consensus/rules/stages";
import { type Block, encodeBlock } from "@forkyard/core/block";
import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import { assert, InputError, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import { MAX_FRESH_BLOCKS } from "../limits.ts";
import { blamesHeader, checkStage } from "../pipeline/check.ts";
import { stageCommit } from "../pipeline/commit.ts";
import { probeStage } from "../pipeline/probe.ts";
import { inlineScriptRunner, type ScriptRunner } from "../scripts/script-runner.ts";
import { runScriptSteps, type ScriptSteps } from "../scripts/script-steps.ts";
import { type BlockReader, plainBlockReader } from "./block-reader.ts";
import { attempt, type BlockOutcome, type BlockVerdict, outcomeAtOnce, refused } from "./block-verdict.ts";
import { type CarriedOut, type ConnectFailure, carryOutPlan } from "./carry-out-plan.ts";
import type { ChainChange } from "./chain-events.ts";
import type { ChainParts, ChainStart } from "./chain-parts.ts";
import { nextPlan } from "./next-plan.ts";
import { prefetchInputs } from "./prefetch-inputs.ts";
import { prunedBranch } from "./pruned-branch.ts";
import { StoredBlocks } from "./stored-blocks.ts";
import type { Staging, UndecidedBlock } from "./undecided.ts";

export type { ChainParts, ChainStart };

/**
 * The chain of one node: takes headers and blocks, keeps the tree, follows the most work, and stages every change as
 * one atomic batch. A call returns when the change is decided and visible, unless the scripts of a block run elsewhere:
 * until they are joined the active chain stays as it is, while headers and bodies are still taken and stored; what
 * they make possible comes next. The disk follows.
 */
export class Chain {
  readonly tree: HeaderTree;
  readonly #parts: ChainParts;
  readonly #scripts: ScriptRunner;
  readonly #reader: BlockReader;
  readonly #stored: StoredBlocks;
  readonly #fresh = new Map<BlockHash, AcceptedBlock>();
  #tip: ChainEntry;
  #tipRecord: TipRecord;
  #nextSequence: number;
  #lastCommit: Promise<void> = Promise.resolve();
  /** In order of arrival. */
  #undecided: readonly UndecidedBlock[] = [];
  #moving = false;
  #giveUp: () => void = () => {};

  constructor(parts: ChainParts, start: ChainStart) {
    this.#parts = parts;
    this.tree = start.tree;
    this.#scripts = parts.scripts ?? inlineScriptRunner(parts.curve);
    this.#reader = parts.reader ?? plainBlockReader(parts.params, parts.curve);
    this.#stored = new StoredBlocks(parts.store, this.tree, this.#reader, parts.storageFailed);
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

  /** True while scripts are waited for: the active chain stays as it is. */
  get moving(): boolean {
    return this.#moving;
  }

  /** Blocks that are stored and whose fate waits for scripts. */
  get undecidedBlocks(): number {
    return this.#undecided.length;
  }

  /** A block from its bytes. @throws DecodeError */
  decodeBlock(bytes: Uint8Array): Block {
    return this.#reader.decode(bytes);
  }

  /** A stored block; undefined when only its header is known. */
  block(hash: BlockHash): Block | undefined {
    return this.#stored.block(hash);
  }

  /**
   * The same as it is stored; undefined also for a pruned one.
   * @throws StoreDamagedError when it should be there; the node then stops
   */
  blockBytes(hash: BlockHash): Uint8Array | undefined {
    return this.#stored.bytes(hash);
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
   * Takes a block from anywhere: check, accept, store, and connect when it makes the best chain.
   * @param answer called once, possibly before this returns; not at all when the chain is stopped first
   * @param bytes the block's serialisation when the caller has it, so that it is not made again
   */
  takeBlock(block: Block, nowSeconds: number, answer: (verdict: BlockVerdict) => void, bytes?: Uint8Array): void {
    const entered = this.#enterBlock(block, nowSeconds, bytes);
    if (entered.kind !== "entered") return answer(entered);
    this.#undecided = [...this.#undecided, { hash: block.hash, answer }];
    if (!this.#moving) return this.#move(entered.batch, Number.POSITIVE_INFINITY, () => {});
    this.#commit(entered.batch);
    prefetchInputs(block, this.#parts.store, this.#parts.storageFailed);
  }

  /**
   * The same for a chain whose scripts run on the calling thread.
   * @throws RuleError when the block breaks a rule
   */
  submitBlock(block: Block, nowSeconds: number, bytes?: Uint8Array): BlockOutcome {
    return outcomeAtOnce((answer) => this.takeBlock(block, nowSeconds, answer, bytes));
  }

  /**
   * Whether a block on the tip is valid; changes nothing.
   * @param answer called once, possibly before this returns; with the rule that the block breaks, if any
   */
  probeBlock(block: Block, nowSeconds: number, answer: (error: RuleError | undefined) => void): void {
    const { params, store: coins } = this.#parts;
    const parent = this.#tip;
    assert(block.header.prevHash === parent.hash, "only a block on the tip can be probed");
    const place = { parent, tree: this.tree, coins, params, reader: this.#reader, scripts: this.#scripts, nowSeconds };
    const attempted = attempt(() => probeStage(block, place));
    if (attempted instanceof RuleError) answer(attempted);
    else attempted.scripts.finish(answer);
  }

  /**
   * Declares a block and all that stands on it invalid, whatever the rules say (bitcoind's invalidateblock).
   * @throws InputError for the genesis block and while the fate of other blocks waits for scripts
   */
  invalidate(entry: ChainEntry): void {
    this.#refuseWhileMoving();
    if (entry.height === 0) throw new InputError("the genesis block is valid by definition");
    const batch = this.#parts.store.batch();
    this.#invalidate(entry.hash, batch);
    this.#move(batch, Number.POSITIVE_INFINITY, () => {});
  }

  /** Takes back that a block, its ancestors and what stands on it are invalid: the rules decide (bitcoind's reconsiderblock). */
  reconsider(entry: ChainEntry): void {
    this.#refuseWhileMoving();
    const batch = this.#parts.store.batch();
    const hasBody = (hash: BlockHash): boolean => this.#parts.store.blockBytes(hash) !== undefined;
    for (const changed of this.tree.reconsider(entry.hash, hasBody)) batch.putEntry(changed);
    this.#move(batch, Number.POSITIVE_INFINITY, () => {});
  }

  #refuseWhileMoving(): void {
    if (this.#moving) throw new InputError("the scripts of a block are being run: try again in a moment");
  }

  /** Gives up what waits for scripts: nothing changes any more, and nobody is told anything. */
  stop(): void {
    this.#moving = true;
    this.#giveUp();
  }

  /** Resolves when everything decided so far is on the disk. */
  durable(): Promise<void> {
    return this.#lastCommit;
  }

  /** Moves to the best chain among what is stored: needed once, after loading. */
  resume(): void {
    this.resumeStep(Number.POSITIVE_INFINITY, () => {});
  }

  /**
   * The same in steps, each in a batch of its own: for long ways.
   * @param maxBlocks to connect in this step; a reorganisation is one step however long
   * @param done told whether there is more to do
   */
  resumeStep(maxBlocks: number, done: (more: boolean) => void): void {
    this.#move(this.#parts.store.batch(), maxBlocks, (changed) =>
      done(changed && this.tree.isBetter(this.tree.bestCandidate(), this.#tip)),
    );
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

  /** Everything up to the point where the block is stored, or what it is answered when it does not come so far. */
  #enterBlock(
    block: Block,
    nowSeconds: number,
    bytes: Uint8Array | undefined,
  ): BlockVerdict | { readonly kind: "entered"; readonly batch: ChainBatch } {
    const known = this.tree.get(block.hash);
    if (known?.status === "invalid") return refused(new RuleError("duplicate-invalid", { block: block.hash }));
    if (known !== undefined && known.status !== "header") return { kind: "duplicate", entry: known };

    const result = checkStage(block, this.#reader);
    const parent = this.tree.get(block.header.prevHash);
    if ("error" in result) {
      if (parent !== undefined && result.blamesHeader) this.#remember(block, nowSeconds);
      return refused(result.error);
    }
    if (parent === undefined) return { kind: "unknown-parent", parent: block.header.prevHash };
    const batch = attempt(() => this.#enterBody(result.checked, parent, nowSeconds, bytes ?? encodeBlock(block)));
    return batch instanceof RuleError ? refused(batch) : { kind: "entered", batch };
  }

  /** @returns the batch that stores the block, not committed yet @throws RuleError */
  #enterBody(block: CheckedBlock, parent: ChainEntry, nowSeconds: number, bytes: Uint8Array): ChainBatch {
    const batch = this.#parts.store.batch();
    const header = this.#enterHeader(block.header, block.hash, nowSeconds, batch);
    let accepted: AcceptedBlock;
    try {
      accepted = acceptBlock(block, header, parent, this.tree, this.#parts.params);
    } catch (error) {
      if (error instanceof RuleError && blamesHeader(error)) this.#invalidate(block.hash, batch);
      this.#commit(batch);
      throw error;
    }
    const entry = this.tree.update(block.hash, { status: "body", sequence: this.#nextSequence++ });
    batch.putEntry(entry);
    batch.putBlock(block.hash, bytes);
    if (this.#fresh.size < MAX_FRESH_BLOCKS) this.#fresh.set(block.hash, accepted);
    return batch;
  }

  /**
   * Follows the most work, until nothing that came meanwhile is left undecided.
   * @param batch goes into the same commit as the move when no scripts are waited for, else before it
   */
  #move(batch: ChainBatch, maxBlocks: number, done: (changed: boolean) => void): void {
    assert(!this.#moving, "one move of the active chain at a time");
    const staging: Staging = { batch, dirty: true };
    this.#moving = true;
    try {
      this.#giveUp = runScriptSteps(this.#rounds(staging, maxBlocks), {
        waiting: () => this.#flush(staging),
        ended: (changed) => {
          this.#moving = false;
          done(changed);
        },
        failed: this.#parts.storageFailed,
      });
    } catch (error) {
      this.#moving = false;
      this.#undecided = [];
      this.#fresh.clear();
      throw error;
    }
  }

  *#rounds(staging: Staging, maxBlocks: number): ScriptSteps<boolean> {
    let changed = false;
    do {
      const round = new Set(this.#undecided);
      const { change, failures } = yield* this.#followBest(staging, maxBlocks);
      // The store shows the new coins once the batch is committed, and listeners read coins: commit first.
      this.#flush(staging);
      if (change !== undefined) this.#parts.listener.chainChanged(change);
      for (const failure of failures) this.#parts.listener.blockInvalid(failure.entry, failure.error);
      this.#settle(round, failures);
      changed ||= change !== undefined;
    } while (this.#undecided.length > 0);
    return changed;
  }

  /** Answers every block whose fate is known: of those that were there when the round began, all. */
  #settle(round: ReadonlySet<UndecidedBlock>, failures: readonly ConnectFailure[]): void {
    const decided = this.#undecided.flatMap((undecided) => {
      const verdict = this.#verdictOn(undecided.hash, failures);
      return verdict.kind === "side" && !round.has(undecided) ? [] : [{ undecided, verdict }];
    });
    const settled = new Set(decided.map(({ undecided }) => undecided));
    this.#undecided = this.#undecided.filter((undecided) => !settled.has(undecided));
    for (const { undecided, verdict } of decided) {
      this.#fresh.delete(undecided.hash);
      if (verdict.kind === "side") this.#parts.listener.sideBlock(verdict.entry);
      undecided.answer(verdict);
    }
  }

  #verdictOn(hash: BlockHash, failures: readonly ConnectFailure[]): BlockVerdict {
    const refusal = failures.find((failure) => failure.entry.hash === hash);
    if (refusal !== undefined) return refused(refusal.error);
    const entry = this.tree.get(hash);
    assert(entry !== undefined, "an entered block stays in the tree");
    if (entry.status === "invalid") return refused(new RuleError("bad-prevblk", { block: hash }));
    return { kind: this.isActive(entry) ? "connected" : "side", entry };
  }

  /** Follows the most work. Only when a whole plan holds does anything change but the marks of invalid blocks. */
  *#followBest(
    staging: Staging,
    maxBlocks: number,
  ): ScriptSteps<{ change?: ChainChange; failures: readonly ConnectFailure[] }> {
    const { params, store, permits, extraRule, storageFailed } = this.#parts;
    const { tree } = this;
    const [stored, fresh, reader, scripts] = [this.#stored, this.#fresh, this.#reader, this.#scripts];
    const parts = { params, store, extraRule, tree, stored, fresh, reader, scripts };
    const failures: ConnectFailure[] = [];
    // Each round that does not end the loop marks at least one more block as invalid.
    for (;;) {
      const plan = nextPlan(tree, this.#tip, maxBlocks, permits);
      if (plan === undefined) return { failures };
      const pruned = prunedBranch(plan, store);
      if (pruned !== undefined) {
        storageFailed(pruned);
        return { failures };
      }
      const result = yield* carryOutPlan(plan, parts);
      if ("coins" in result) return { change: this.#adopt(plan, result, staging), failures };
      failures.push(result);
      this.#invalidate(result.entry.hash, staging.batch);
      staging.dirty = true;
    }
  }

  /** The plan holds: from here on this is the active chain. */
  #adopt(plan: ReorgPlan, { coins, disconnected, connected }: CarriedOut, staging: Staging): ChainChange {
    const marked = connected.map((change) => ({
      ...change,
      entry: this.tree.update(change.entry.hash, { status: "connected" }),
    }));
    const tip = marked.at(-1)?.entry ?? plan.fork;
    this.#tipRecord = stageCommit(staging.batch, coins, marked, tip, this.#tipRecord);
    this.#tip = tip;
    staging.dirty = true;
    return { fork: plan.fork, disconnected, connected: marked, tip };
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

  #flush(staging: Staging): void {
    if (!staging.dirty) return;
    this.#commit(staging.batch);
    staging.batch = this.#parts.store.batch();
    staging.dirty = false;
  }

  #commit(batch: ChainBatch): void {
    this.#lastCommit = this.#parts.store.commit(batch);
    this.#lastCommit.catch(this.#parts.storageFailed);
  }
}
