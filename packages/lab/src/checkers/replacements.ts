import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import type { NodeName } from "../world/world.ts";
import type { Checker, NodeInside } from "./inspection.ts";
import { violation } from "./violation.ts";

interface Paying {
  readonly tx: Transaction;
  readonly fee: bigint;
}

interface Waiting {
  readonly tip: BlockHash;
  readonly entries: ReadonlyMap<Txid, Paying>;
}

/** On one tip, what waits gives way to another spender of its coins only when that pays more than all that go (BIP125). */
export function replacementsChecker(): Checker {
  const before = new Map<NodeName, Waiting>();
  return {
    observe(event) {
      if (event.type === "life") before.delete(event.node);
    },
    check(node) {
      const last = before.get(node.name);
      const now = waitingAt(node);
      before.set(node.name, now);
      if (last === undefined || last.tip !== now.tip) return undefined;
      for (const [txid, fees] of feesReplaced(last, node)) {
        const { fee } = now.entries.get(txid) ?? { fee: 0n };
        if (fee > fees) continue;
        return violation("mempool", node.name, `${txid} pays ${fee}, and has taken the place of what paid ${fees}`);
      }
      return undefined;
    },
  };
}

function waitingAt({ chain, mempool }: NodeInside): Waiting {
  return { tip: chain.tip.hash, entries: new Map(Array.from(mempool.entries(), (entry) => [entry.txid, entry])) };
}

/** What went because a coin of it is now spent by another: fees by who spends it. */
function feesReplaced({ entries }: Waiting, { mempool }: NodeInside): ReadonlyMap<Txid, bigint> {
  const fees = new Map<Txid, bigint>();
  for (const [txid, { tx, fee }] of entries) {
    if (mempool.has(txid)) continue;
    const spenders = new Set(tx.inputs.flatMap(({ prevout }) => mempool.spender(prevout) ?? []));
    for (const spender of spenders) fees.set(spender, (fees.get(spender) ?? 0n) + fee);
  }
  return fees;
}
