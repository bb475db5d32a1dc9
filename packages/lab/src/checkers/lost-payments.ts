import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import { outPointKey, type Transaction } from "@forkyard/core/tx";
import type { NodeName } from "../world/world.ts";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import type { ValidBlock } from "./reference/reference-block.ts";
import { violation } from "./violation.ts";

/**
 * A payment that a reorganisation takes out of the chain is on the new branch or waits for a block again, unless what
 * it spends is not there any more: spent on the branch or by what waits, never made, or a reward too young.
 */
export function lostPaymentsChecker(inspection: Inspection): Checker {
  const { reference, params } = inspection;
  const lastTips = new Map<NodeName, BlockHash>();
  return {
    observe(event) {
      // The mempool is not on the disk.
      if (event.type === "life") lastTips.delete(event.node);
    },
    check(node) {
      const { tip, tree } = node.chain;
      const before = lastTips.get(node.name);
      lastTips.set(node.name, tip.hash);
      const left = before === undefined || before === tip.hash ? undefined : tree.get(before);
      const judged = reference.judge(tip.hash);
      if (left === undefined || judged?.valid !== true || tree.isAncestor(left, tip)) return undefined;
      const signed = new Set(Array.from(inspection.payments(), ({ tx }) => tx.wtxid));
      const onBranch = new Set(transactionsSince(tree.forkPoint(left, tip), tip, node).map(({ txid }) => txid));
      for (const tx of transactionsSince(tree.forkPoint(left, tip), left, node)) {
        if (!signed.has(tx.wtxid) || onBranch.has(tx.txid) || node.mempool.has(tx.txid)) continue;
        if (canBeMinedOn(judged, tx, node)) {
          return violation("lost-payments", node.name, `${tx.txid} was mined in a block taken back, and is forgotten`);
        }
      }
      return undefined;
    },
  };

  function transactionsSince(fork: ChainEntry, last: ChainEntry, { chain }: NodeInside): readonly Transaction[] {
    const found: Transaction[] = [];
    for (let at = last; at.height > fork.height; at = chain.tree.ancestor(at, at.height - 1)) {
      const judged = reference.judge(at.hash);
      if (judged?.valid === true) found.push(...judged.block.txs);
    }
    return found;
  }

  function canBeMinedOn(tip: ValidBlock, tx: Transaction, { mempool }: NodeInside): boolean {
    const waiting = new Map(Array.from(mempool.entries(), (entry) => [entry.txid, entry.tx]));
    return tx.inputs.every(({ prevout }) => {
      if (mempool.spender(prevout) !== undefined) return false;
      if (waiting.get(prevout.txid)?.outputs[prevout.vout] !== undefined) return true;
      const coin = tip.coins.get(outPointKey(prevout));
      if (coin === undefined) return false;
      return !coin.coinbase || tip.entry.height + 1 - coin.height >= params.coinbaseMaturity;
    });
  }
}
