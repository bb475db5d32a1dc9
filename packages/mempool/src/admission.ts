import { checkSpentCoins } from "@forkyard/consensus/rules/check-inputs";
import { checkTransaction } from "@forkyard/consensus/rules/check-tx";
import { STANDARD_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { sigopCost } from "@forkyard/consensus/rules/sigops";
import type { Coin, CoinReader } from "@forkyard/core/coins";
import { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import { policyError } from "./codes.ts";
import type { MempoolContext } from "./context.ts";
import type { EntryFields, MempoolEntry } from "./entry.ts";
import { type EntryGraph, reach } from "./entry-graph.ts";
import type { FeeRate } from "./fee-rate.ts";
import {
  type ChainLimits,
  ENTRY_OVERHEAD_BYTES,
  INPUT_OVERHEAD_BYTES,
  type MempoolLimits,
  OUTPUT_OVERHEAD_BYTES,
} from "./limits.ts";
import { checkChainLimits } from "./policy/chain-limits.ts";
import { checkDustIsFree } from "./policy/dust.ts";
import { checkMinimumFee } from "./policy/minimum-fee.ts";
import { checkScripts, type VerifyScript } from "./policy/scripts.ts";
import { adjustedVirtualBytes, checkSigops } from "./policy/sigops.ts";
import { checkStandardInputs } from "./policy/standard-inputs.ts";
import { checkNotTooSmall, checkStandardTx } from "./policy/standard-tx.ts";
import { checkStandardWitness } from "./policy/standard-witness.ts";
import { checkFinal, checkRelativeLocks } from "./policy/time-locks.ts";
import { checkReplacement } from "./replacement.ts";

/** What admission looks at. */
export interface PoolView {
  readonly graph: EntryGraph;
  readonly params: NetworkParams;
  readonly coins: CoinReader;
  readonly verify: VerifyScript;
  readonly limits: MempoolLimits;
}

/** How strict admission is: a reorganisation puts back what a block held already. */
export interface AdmissionTerms {
  readonly chainLimits: ChainLimits;
  /** The fee rate that a full pool demands; absent when fees are not asked for at all. */
  readonly rollingFeeRate?: FeeRate;
  /** Whether it may put others out. */
  readonly mayReplace: boolean;
}

/** A transaction that may come in, and what has to leave for it. */
export interface Admissible {
  readonly kind: "admissible";
  readonly fields: EntryFields;
  readonly leaving: ReadonlySet<MempoolEntry>;
}

/** Some parents are not known. */
export interface MissingParents {
  readonly kind: "missing";
  /** Transactions whose outputs it spends and that are not here, each once. */
  readonly missing: readonly Txid[];
}

/**
 * Everything that is asked of a transaction before it may wait here, in Bitcoin Core's order; changes nothing.
 * @throws RuleError with bitcoind's reject reason
 */
export function examine(
  tx: Transaction,
  context: MempoolContext,
  view: PoolView,
  terms: AdmissionTerms,
): Admissible | MissingParents {
  checkTransaction(tx);
  if (tx.isCoinbase) throw policyError("coinbase");
  if (view.limits.requireStandard) checkStandardTx(tx, view.limits.dustFeeRate);
  checkNotTooSmall(tx);
  checkFinal(tx, context);
  checkNotHere(tx, view.graph);
  const found = findCoins(tx, context, view);
  return found.kind === "missing" ? found : examineWithCoins(tx, found.coins, context, view, terms);
}

/** The coin that an outpoint stands for: made by a waiting transaction, or in the chain. */
export function coinOf(outPoint: OutPoint, context: MempoolContext, view: PoolView): Coin | undefined {
  const parent = view.graph.get(outPoint.txid);
  if (parent === undefined) return view.coins.coin(outPoint);
  const output = parent.tx.outputs[outPoint.vout];
  return output === undefined ? undefined : { output, height: context.height, coinbase: false };
}

function examineWithCoins(
  tx: Transaction,
  coins: readonly Coin[],
  context: MempoolContext,
  view: PoolView,
  terms: AdmissionTerms,
): Admissible {
  const { graph, limits, params } = view;
  const spent = coins.map((coin) => coin.output);
  checkRelativeLocks(tx, coins, context);
  const fee = checkSpentCoins(tx, coins, context.height, params);
  if (limits.requireStandard) {
    checkStandardInputs(tx, spent);
    checkStandardWitness(tx, spent);
  }
  const cost = sigopCost(tx, spent, STANDARD_SCRIPT_FLAGS);
  if (limits.requireStandard) checkDustIsFree(tx, fee, limits.dustFeeRate);
  checkSigops(cost);
  const virtualBytes = adjustedVirtualBytes(tx, cost);
  if (terms.rollingFeeRate !== undefined) {
    checkMinimumFee(fee, virtualBytes, terms.rollingFeeRate, limits.minRelayFeeRate);
  }
  const ancestors = reach(graph.parentsOf(tx), (entry) => entry.parents);
  const conflicts = conflictsOf(tx, graph, terms);
  const leaving = checkReplacement({ tx, fee, virtualBytes, ancestors, conflicts }, limits.incrementalFeeRate);
  checkChainLimits(virtualBytes, ancestors, leaving, terms.chainLimits);
  checkScripts(tx, spent, view.verify);
  return { kind: "admissible", fields: fieldsOf(tx, fee, virtualBytes, cost, context), leaving };
}

function checkNotHere(tx: Transaction, graph: EntryGraph): void {
  const waiting = graph.get(tx.txid);
  if (waiting === undefined) return;
  const same = waiting.tx.wtxid === tx.wtxid;
  throw policyError(same ? "txn-already-in-mempool" : "txn-same-nonwitness-data-in-mempool");
}

function conflictsOf(tx: Transaction, graph: EntryGraph, terms: AdmissionTerms): Set<MempoolEntry> {
  const conflicts = new Set<MempoolEntry>();
  for (const { prevout } of tx.inputs) {
    const conflict = graph.spender(prevout);
    if (conflict === undefined) continue;
    if (!terms.mayReplace) throw policyError("txn-mempool-conflict", { conflict: conflict.txid });
    conflicts.add(conflict);
  }
  return conflicts;
}

/** Finds what is spent, or which parents are missing. @throws RuleError when no parent could ever turn up */
function findCoins(
  tx: Transaction,
  context: MempoolContext,
  view: PoolView,
): { kind: "found"; coins: Coin[] } | MissingParents {
  const coins: Coin[] = [];
  const missing = new Set<Txid>();
  for (const [input, { prevout }] of tx.inputs.entries()) {
    const coin = coinOf(prevout, context, view);
    if (coin !== undefined) coins.push(coin);
    else if (view.graph.get(prevout.txid) === undefined) missing.add(prevout.txid);
    // The parent is here and has no such output.
    else throw new RuleError("bad-txns-inputs-missingorspent", { input, spentTxid: prevout.txid });
  }
  if (missing.size === 0) return { kind: "found", coins };
  checkNotConfirmed(tx, view);
  return { kind: "missing", missing: [...missing] };
}

/** Inputs are missing of a transaction that was mined, too: an output of it that is not spent tells. */
function checkNotConfirmed(tx: Transaction, view: PoolView): void {
  for (let vout = 0; vout < tx.outputs.length; vout++) {
    if (view.coins.coin({ txid: tx.txid, vout }) !== undefined) throw policyError("txn-already-known");
  }
}

function fieldsOf(
  tx: Transaction,
  fee: bigint,
  virtualBytes: number,
  cost: number,
  context: MempoolContext,
): EntryFields {
  return {
    tx,
    txid: tx.txid,
    fee,
    virtualBytes,
    sigopCost: cost,
    usageBytes:
      ENTRY_OVERHEAD_BYTES +
      tx.totalSize +
      tx.inputs.length * INPUT_OVERHEAD_BYTES +
      tx.outputs.length * OUTPUT_OVERHEAD_BYTES,
    timeMs: context.nowMs,
    height: context.parent.height,
  };
}
