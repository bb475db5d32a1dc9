import { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { type OutPoint, outPointKey, type Transaction } from "@forkyard/core/tx";
import type { MempoolEntry } from "@forkyard/mempool/entry";
import { rejectionOf } from "@forkyard/mempool/reject-reason";
import type {
  MempoolApi,
  MempoolEntryView,
  MempoolTotals,
  SubmitTransactionResult,
  TestAcceptResult,
} from "@forkyard/rpc/node-api";
import type { Node } from "../node.ts";

/** The mempool as RPC sees it. */
export function mempoolApi(node: Node): MempoolApi {
  const { mempool } = node;
  return {
    txids: () => [...mempool.entries()].map(({ txid }) => txid),
    entry: (txid: Txid): MempoolEntryView | undefined => mempool.get(txid),
    ancestors: (txid: Txid) => reachable(mempool.get(txid), (entry) => entry.parents),
    descendants: (txid: Txid) => reachable(mempool.get(txid), (entry) => entry.children),
    spender: (outPoint: OutPoint) => mempool.spender(outPoint),
    totals: () => totals(node),
    test: (tx: Transaction) => testAccept(node, tx),
    submit: (tx: Transaction) => submit(node, tx),
  };
}

/** Entries that can be reached by going up or down, the start left out; the mempool bounds how many. */
function reachable(
  start: MempoolEntry | undefined,
  next: (entry: MempoolEntry) => ReadonlySet<MempoolEntry>,
): readonly Txid[] {
  const found = new Set<MempoolEntry>();
  const waiting = start === undefined ? [] : [...next(start)];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (found.has(entry)) continue;
    found.add(entry);
    waiting.push(...next(entry));
  }
  return Array.from(found, ({ txid }) => txid);
}

function totals({ mempool, clock }: Node): MempoolTotals {
  let totalFees = 0n;
  for (const { fee } of mempool.entries()) totalFees += fee;
  return {
    count: mempool.size,
    virtualBytes: mempool.bytes,
    usageBytes: mempool.usageBytes,
    maxBytes: mempool.limits.maxUsageBytes,
    totalFees,
    minFeeRate: mempool.minFeeRate(clock.nowMs()),
    minRelayFeeRate: mempool.limits.minRelayFeeRate,
    incrementalFeeRate: mempool.limits.incrementalFeeRate,
  };
}

function testAccept(node: Node, tx: Transaction): TestAcceptResult {
  try {
    const found = node.mempool.test(tx, node.transactions.context());
    if (found === undefined) return { status: "missing-inputs", missing: missingParents(node, tx) };
    return { status: "accepted", fee: found.fee };
  } catch (error) {
    if (error instanceof RuleError) return { status: "refused", ...rejectionOf(error, tx) };
    throw error;
  }
}

function submit(node: Node, tx: Transaction): SubmitTransactionResult {
  if (node.mempool.has(tx.txid)) return { status: "already-in-mempool" };
  try {
    const result = node.submitOwnTransaction(tx);
    if (result.status === "orphan") return { status: "missing-inputs", missing: result.missing };
    return { status: "accepted", replaced: result.replaced };
  } catch (error) {
    if (error instanceof RuleError) return { status: "refused", ...rejectionOf(error, tx) };
    throw error;
  }
}

function missingParents({ mempool, store }: Node, tx: Transaction): readonly Txid[] {
  const missing = tx.inputs.filter(
    ({ prevout }) =>
      store.coin(prevout) === undefined && mempool.get(prevout.txid)?.tx.outputs[prevout.vout] === undefined,
  );
  return [...new Map(missing.map(({ prevout }) => [outPointKey(prevout), prevout.txid])).values()];
}
