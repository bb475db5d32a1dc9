import type { BlockHash } from "@forkyard/core/hash";
import type { NodeName } from "../world/world.ts";
import type { Checker, Inspection } from "./inspection.ts";
import { isDeclaredInvalid } from "./most-work.ts";
import { violation } from "./violation.ts";

interface Held {
  readonly tips: Set<BlockHash>;
  last: BlockHash | undefined;
  /** Tip of the chain when the node last said that everything was on its disk. */
  durable: BlockHash | undefined;
  /** The node has started and its first tip has not been looked at. */
  fresh: boolean;
}

/**
 * After a crash the tip is one that the node has held, and nothing is missing that it said was on its disk. Disks that
 * were wiped hold nothing: their nodes begin anew ({@link DurabilityChecker.wiped}).
 */
export interface DurabilityChecker extends Checker {
  wiped(node: NodeName): void;
}

async function noteDurable(held: Held, written: Promise<void>, tip: BlockHash): Promise<void> {
  await written;
  held.durable = tip;
}

export function durabilityChecker(inspection: Inspection): DurabilityChecker {
  const { reference } = inspection;
  const nodes = new Map<NodeName, Held>();
  return {
    wiped: (node) => void nodes.delete(node),
    observe(event) {
      const held = nodes.get(event.node);
      if (event.type === "life" && event.status === "started" && held !== undefined) held.fresh = true;
    },
    check(node) {
      const { name, chain } = node;
      const held: Held = nodes.get(name) ?? { tips: new Set(), last: undefined, durable: undefined, fresh: false };
      nodes.set(name, held);
      const { tip } = chain;
      const { fresh } = held;
      held.fresh = false;
      if (fresh && !held.tips.has(tip.hash) && !descendsFrom(tip.hash, held.tips)) {
        return violation("durability", name, `it came back with ${tip.hash}, a tip that it never had`);
      }
      const durable = held.durable === undefined ? undefined : chain.tree.get(held.durable);
      const declared = durable !== undefined && isDeclaredInvalid(durable, node, inspection);
      if (fresh && !declared && (workOf(tip.hash) ?? 0n) < (workOf(held.durable) ?? 0n)) {
        return violation("durability", name, `it came back at ${tip.hash}, and ${held.durable} was on its disk`);
      }
      if (held.last !== tip.hash) {
        held.last = tip.hash;
        held.tips.add(tip.hash);
        void noteDurable(held, chain.durable(), tip.hash);
      }
      return undefined;
    },
  };

  function workOf(hash: BlockHash | undefined): bigint | undefined {
    const judged = hash === undefined ? undefined : reference.judge(hash);
    return judged?.valid === true ? judged.work : undefined;
  }

  /** A node that comes back may go on at once with blocks that it had stored without connecting them. */
  function descendsFrom(hash: BlockHash, tips: ReadonlySet<BlockHash>): boolean {
    let judged = reference.judge(hash);
    while (judged?.valid === true && judged.parent !== undefined) {
      judged = judged.parent;
      if (tips.has(judged.block.hash)) return true;
    }
    return false;
  }
}
