import type { Txid } from "@forkyard/core/hash";
import type { NodeName } from "../world/world.ts";
import type { Inspection } from "./inspection.ts";
import { type Violation, violation } from "./violation.ts";

/** All of these nodes run and have one tip. */
export function oneTip(nodes: readonly NodeName[], inspection: Inspection): Violation | undefined {
  const [first, ...others] = nodes;
  const tip = first === undefined ? undefined : inspection.node(first)?.chain.tip;
  for (const name of others) {
    const other = inspection.node(name)?.chain.tip;
    if (other?.hash === tip?.hash && other !== undefined) continue;
    const text = `still at ${other?.hash ?? "nothing"} (height ${other?.height ?? 0}), ${first} at ${tip?.hash} (${tip?.height})`;
    return violation("liveness", name, text);
  }
  return undefined;
}

/** A payment waits in the mempools of all of these nodes. */
export function inEveryMempool(txid: Txid, nodes: readonly NodeName[], inspection: Inspection): Violation | undefined {
  const without = nodes.find((name) => inspection.node(name)?.mempool.has(txid) !== true);
  return without === undefined ? undefined : violation("liveness", without, `${txid} has not come to its mempool`);
}

/** A payment is in a block of the active chain of all of these nodes. */
export function minedEverywhere(txid: Txid, nodes: readonly NodeName[], inspection: Inspection): Violation | undefined {
  for (const name of nodes) {
    const tip = inspection.node(name)?.chain.tip.hash;
    let at = tip === undefined ? undefined : inspection.reference.judge(tip);
    while (at?.valid === true && !at.block.txs.some((tx) => tx.txid === txid)) at = at.parent;
    if (at?.valid !== true) return violation("liveness", name, `${txid} is in no block of its chain`);
  }
  return undefined;
}
