import type { Block } from "@forkyard/core/block";
import type { CoinReader } from "@forkyard/core/coins";
import { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import { type Admissible, type AdmissionTerms, examine, type PoolView } from "./admission.ts";
import { ChangeLog, type MempoolChanges, type RemovalReason } from "./change-log.ts";
import { policyError } from "./codes.ts";
import type { MempoolContext } from "./context.ts";
import type { EntryFields, MempoolEntry } from "./entry.ts";
import { EntryGraph } from "./entry-graph.ts";
import { EvictionOrder, evictToLimit } from "./eviction.ts";
import type { FeeRate } from "./fee-rate.ts";
import { DEFAULT_LIMITS, type MempoolLimits, RESURRECTED_CHAIN_LIMITS } from "./limits.ts";
import { OrphanRetries } from "./orphan-retries.ts";
import { type Orphan, OrphanPool } from "./orphans.ts";
import type { VerifyScript } from "./policy/scripts.ts";
import { findInvalidated } from "./recheck.ts";
import { fateOfLost, inChainOrder, type NewBranch, newBranchOf, type TransactionFate } from "./resurrection.ts";
import { RollingFee } from "./rolling-fee.ts";
import { type SelectedTx, selectForBlock } from "./selection.ts";

export interface MempoolDependencies {
  readonly params: NetworkParams;
  /** The coins at the chain's tip, which the context of each call names. */
  readonly coins: CoinReader;
  readonly verify: VerifyScript;
  /** What differs from Bitcoin Core's defaults. */
  readonly limits?: Partial<MempoolLimits>;
}

export type AcceptResult =
  | {
      readonly status: "accepted";
      readonly entry: MempoolEntry;
      readonly replaced: readonly Txid[];
      /** Everything that changed, the entry itself and orphans that it freed included. */
      readonly changes: MempoolChanges;
    }
  /** Parents are missing; kept if it has a sender, until they come or others push it out. */
  | { readonly status: "orphan"; readonly missing: readonly Txid[]; readonly changes: MempoolChanges };

export interface ConnectResult {
  readonly confirmed: readonly Txid[];
  readonly conflicted: readonly Txid[];
  readonly changes: MempoolChanges;
}

export interface ReorgResult extends ConnectResult {
  /** Every transaction of the blocks taken back, coinbases included, in the order in which they had been mined. */
  readonly fates: readonly TransactionFate[];
}

/**
 * Transactions that wait for a block, under Bitcoin Core's policy. Synchronous, without clock or randomness: the time
 * and the chain come with each call. Whatever leaves or comes is in `changes` of some result: what a refused `accept`
 * threw out on its way is reported by the next call that returns.
 */
export class Mempool {
  readonly #limits: MempoolLimits;
  readonly #order: EvictionOrder;
  readonly #graph: EntryGraph;
  readonly #view: PoolView;
  readonly #rollingFee: RollingFee;
  readonly #orphans = new OrphanPool();
  readonly #retries: OrphanRetries;
  readonly #log = new ChangeLog();

  constructor(dependencies: MempoolDependencies) {
    const { params, coins, verify, limits } = dependencies;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#order = new EvictionOrder();
    this.#graph = new EntryGraph(this.#order);
    this.#view = { graph: this.#graph, params, coins, verify, limits: this.#limits };
    this.#rollingFee = new RollingFee(this.#limits.incrementalFeeRate, this.#limits.maxUsageBytes);
    this.#retries = new OrphanRetries(this.#orphans);
  }

  /** Number of entries. */
  get size(): number {
    return this.#graph.size;
  }

  /** Sum of the entries' virtual bytes, as bitcoind's `getmempoolinfo` has it. */
  get bytes(): number {
    return this.#graph.virtualBytes;
  }

  /** Estimated memory, which the size limit is about. */
  get usageBytes(): number {
    return this.#graph.usageBytes;
  }

  get limits(): MempoolLimits {
    return this.#limits;
  }

  get orphanCount(): number {
    return this.#orphans.size;
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.#graph.get(txid);
  }

  has(txid: Txid): boolean {
    return this.#graph.get(txid) !== undefined;
  }

  /** True when the transaction waits for its parents. */
  hasOrphan(txid: Txid): boolean {
    return this.#orphans.has(txid);
  }

  /** In order of arrival. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#graph.entries();
  }

  /** The waiting transaction that spends an output. */
  spender(outPoint: OutPoint): Txid | undefined {
    return this.#graph.spender(outPoint)?.txid;
  }

  /** The lowest fee rate that is accepted now. */
  minFeeRate(nowMs: number): FeeRate {
    const rolling = this.#rollingFee.rate(nowMs, this.usageBytes);
    return rolling > this.#limits.minRelayFeeRate ? rolling : this.#limits.minRelayFeeRate;
  }

  /** What a block should take in: best package fee rates first, parents before children. */
  select(maxWeight: number): readonly SelectedTx[] {
    return selectForBlock(this.#graph.entries(), maxWeight);
  }

  /**
   * What {@link accept} would say, changing nothing; undefined when parents are missing.
   * @throws RuleError
   */
  test(tx: Transaction, context: MempoolContext): EntryFields | undefined {
    const found = examine(tx, context, this.#view, this.#ordinaryTerms(context));
    return found.kind === "missing" ? undefined : found.fields;
  }

  /**
   * Takes a transaction in, replacing what it pays to replace.
   * @throws RuleError with bitcoind's reject reason; `isPolicyCode` tells whether a block could still take it in
   */
  accept(tx: Transaction, context: MempoolContext): AcceptResult {
    this.#expire(context.nowMs);
    const found = examine(tx, context, this.#view, this.#ordinaryTerms(context));
    if (found.kind === "missing") {
      if (context.sender !== undefined) this.#orphans.add(tx, context.sender);
      return { status: "orphan", missing: found.missing, changes: this.#log.take() };
    }
    const entry = this.#enter(found);
    this.#orphans.remove(tx.txid);
    this.#evict();
    if (!this.has(tx.txid)) throw policyError("mempool full");
    this.#retryOrphans(context);
    const replaced = Array.from(found.leaving, ({ txid }) => txid);
    return { status: "accepted", entry, replaced, changes: this.#log.take() };
  }

  /** A block came onto the tip. @param context on top of that block */
  connected(block: Block, context: MempoolContext): ConnectResult {
    const { confirmed, conflicted } = this.#takeOut(block);
    this.#rollingFee.blockConnected(context.nowMs);
    this.#expire(context.nowMs);
    this.#retryOrphans(context);
    return { confirmed, conflicted, changes: this.#log.take() };
  }

  /**
   * The chain changed branches: what was mined on the new one leaves, what was mined only on the old one comes back,
   * and everything that no block on the new tip could take in is dropped.
   * @param disconnected blocks taken back, newest first
   * @param connected blocks of the new branch, oldest first; may be empty
   * @param context on top of the new tip, whose coins the reader must show already
   */
  reorganised(disconnected: readonly Block[], connected: readonly Block[], context: MempoolContext): ReorgResult {
    const confirmed: Txid[] = [];
    const conflicted: Txid[] = [];
    for (const block of connected) {
      const out = this.#takeOut(block);
      confirmed.push(...out.confirmed);
      conflicted.push(...out.conflicted);
    }
    const branch = newBranchOf(connected);
    const txs = inChainOrder(disconnected);
    for (const tx of txs) this.#retries.spenderLeft(tx);
    const errors = this.#resurrect(txs, branch, context);
    for (const { entry, error } of findInvalidated(context, this.#view)) {
      errors.set(entry.txid, error);
      if (this.has(entry.txid)) this.#drop(entry, "reorg");
    }
    if (connected.length > 0) this.#rollingFee.blockConnected(context.nowMs);
    this.#expire(context.nowMs);
    this.#evict();
    this.#retryOrphans(context);
    const fates = txs.map((tx) => this.#fateOf(tx, branch, errors.get(tx.txid)));
    return { confirmed, conflicted, fates, changes: this.#log.take() };
  }

  /** A peer has left: its orphans go. */
  forgetSender(sender: string): void {
    this.#orphans.forgetSender(sender);
  }

  #ordinaryTerms(context: MempoolContext): AdmissionTerms {
    const rollingFeeRate = this.#rollingFee.rate(context.nowMs, this.usageBytes);
    return { chainLimits: this.#limits.chain, rollingFeeRate, mayReplace: true };
  }

  #enter({ fields, leaving }: Admissible): MempoolEntry {
    for (const entry of leaving) {
      if (this.has(entry.txid)) this.#log.removed(this.#graph.removeWithDescendants(entry), "replaced", fields.txid);
    }
    const entry = this.#graph.add(fields);
    this.#log.added(entry);
    this.#retries.parentArrived(fields.tx);
    return entry;
  }

  /** Puts back what it can, parents first; why the others cannot come back. */
  #resurrect(txs: readonly Transaction[], branch: NewBranch, context: MempoolContext): Map<Txid, RuleError> {
    const errors = new Map<Txid, RuleError>();
    for (const tx of txs) {
      if (branch.txids.has(tx.txid)) continue;
      const error = this.#resurrectOne(tx, context);
      if (error === undefined) continue;
      errors.set(tx.txid, error);
      for (const child of this.#graph.childrenOf(tx)) if (this.has(child.txid)) this.#drop(child, "reorg");
    }
    return errors;
  }

  #resurrectOne(tx: Transaction, context: MempoolContext): RuleError | undefined {
    try {
      const found = examine(tx, context, this.#view, { chainLimits: RESURRECTED_CHAIN_LIMITS, mayReplace: false });
      if (found.kind === "missing") return new RuleError("bad-txns-inputs-missingorspent", { txid: tx.txid });
      this.#enter(found);
      return undefined;
    } catch (error) {
      if (error instanceof RuleError) return error;
      throw error;
    }
  }

  #fateOf(tx: Transaction, branch: NewBranch, error: RuleError | undefined): TransactionFate {
    if (branch.txids.has(tx.txid)) return { txid: tx.txid, fate: "mined" };
    if (this.has(tx.txid)) return { txid: tx.txid, fate: "mempool" };
    return fateOfLost(tx, branch, error);
  }

  /** Takes a block's transactions out, and what conflicts with them. */
  #takeOut(block: Block): { confirmed: Txid[]; conflicted: Txid[] } {
    const confirmed: Txid[] = [];
    const conflicted: Txid[] = [];
    for (const tx of block.txs) {
      this.#orphans.remove(tx.txid);
      this.#retries.parentArrived(tx);
      const entry = this.#graph.get(tx.txid);
      if (entry !== undefined) {
        this.#graph.remove(entry);
        this.#log.removed([entry], "block");
        confirmed.push(tx.txid);
      }
      if (!tx.isCoinbase) conflicted.push(...this.#takeOutConflicts(tx));
    }
    return { confirmed, conflicted };
  }

  #takeOutConflicts(tx: Transaction): Txid[] {
    const out: Txid[] = [];
    for (const { prevout } of tx.inputs) {
      for (const orphan of this.#orphans.spenders(prevout)) this.#orphans.remove(orphan);
      const conflict = this.#graph.spender(prevout);
      if (conflict === undefined) continue;
      const removed = this.#graph.removeWithDescendants(conflict);
      this.#log.removed(removed, "conflict", tx.txid);
      for (const { txid } of removed) out.push(txid);
    }
    return out;
  }

  #expire(nowMs: number): void {
    for (const entry of this.#graph.entries()) {
      if (nowMs - entry.timeMs <= this.#limits.expiryMs) return;
      this.#drop(entry, "expired");
    }
  }

  #evict(): void {
    this.#log.removed(
      evictToLimit(this.#graph, this.#order, this.#rollingFee, this.#limits.maxUsageBytes),
      "size-limit",
    );
  }

  #drop(entry: MempoolEntry, reason: RemovalReason): void {
    this.#log.removed(this.#graph.removeWithDescendants(entry), reason);
  }

  #retryOrphans(context: MempoolContext): void {
    this.#retries.run((orphan) => this.#retryOrphan(orphan, context));
    this.#evict();
  }

  /** One that still misses a parent goes on waiting. */
  #retryOrphan({ tx, sender }: Orphan, context: MempoolContext): void {
    try {
      const found = examine(tx, context, this.#view, this.#ordinaryTerms(context));
      if (found.kind === "missing") return;
      this.#enter(found);
      this.#orphans.remove(tx.txid);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      this.#orphans.remove(tx.txid);
      this.#log.refusedOrphan({ txid: tx.txid, sender, error });
    }
  }
}
