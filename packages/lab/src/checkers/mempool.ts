import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import { outPointKey, type Transaction } from "@forkyard/core/tx";
import type { MempoolEntry } from "@forkyard/mempool/entry";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import { violation } from "./violation.ts";

/**
 * What waits for a block can go into the next one: every input is there and ripe, nothing is spent twice, parents come
 * before their children, and what is selected for a block is in an order that a block can have.
 */
export function mempoolChecker({ reference, params }: Inspection): Checker {
  return {
    check(node) {
      const text = faultOf(node) ?? unripe(node) ?? wrongSelection(node);
      return text === undefined ? undefined : violation("mempool", node.name, text);
    },
  };

  function faultOf({ mempool, chain }: NodeInside): string | undefined {
    const judged = reference.judge(chain.tip.hash);
    if (judged?.valid !== true) return undefined;
    // In order of arrival, which after a reorganisation may be children first.
    const waiting = new Map<string, Transaction>(Array.from(mempool.entries(), ({ txid, tx }) => [txid, tx]));
    const spent = new Map<string, string>();
    let count = 0;
    for (const { tx, txid, fee } of mempool.entries()) {
      count += 1;
      let paid = 0n;
      for (const { prevout } of tx.inputs) {
        const key = outPointKey(prevout);
        const other = spent.get(key);
        if (other !== undefined) return `${txid} and ${other} both spend ${key}`;
        spent.set(key, txid);
        const output = waiting.get(prevout.txid)?.outputs[prevout.vout] ?? judged.coins.get(key)?.output;
        if (output === undefined) return `${txid} spends ${key}, which is neither in the chain nor waiting`;
        paid += output.value;
      }
      const fees = paid - tx.outputs.reduce((sum, { value }) => sum + value, 0n);
      if (fees !== fee) return `${txid} pays ${fees} and is counted with ${fee}`;
    }
    return count === mempool.size ? undefined : `${count} transactions are listed, ${mempool.size} counted`;
  }

  function unripe({ mempool, chain }: NodeInside): string | undefined {
    const judged = reference.judge(chain.tip.hash);
    if (judged?.valid !== true) return undefined;
    for (const { tx, txid } of mempool.entries()) {
      for (const { prevout } of tx.inputs) {
        const coin = judged.coins.get(outPointKey(prevout));
        if (coin?.coinbase !== true || chain.tip.height + 1 - coin.height >= params.coinbaseMaturity) continue;
        return `${txid} spends a reward of height ${coin.height} at height ${chain.tip.height}`;
      }
    }
    return undefined;
  }
}

/** Parents first; everything when there is room for it. */
function wrongSelection({ mempool }: NodeInside): string | undefined {
  const done = new Set<string>();
  for (const { tx } of mempool.select(MAX_BLOCK_WEIGHT)) {
    const early = tx.inputs.find(({ prevout }) => mempool.has(prevout.txid) && !done.has(prevout.txid));
    if (early !== undefined) return `${tx.txid} is selected before its parent ${early.prevout.txid}`;
    done.add(tx.txid);
  }
  return done.size === mempool.size ? undefined : `${done.size} of ${mempool.size} transactions are selected`;
}

/** Sums over all entries, as the mempool itself keeps them. */
export function totalsOf(entries: Iterable<MempoolEntry>): { readonly usageBytes: number; readonly bytes: number } {
  let [usageBytes, bytes] = [0, 0];
  for (const entry of entries) {
    usageBytes += entry.usageBytes;
    bytes += entry.virtualBytes;
  }
  return { usageBytes, bytes };
}
