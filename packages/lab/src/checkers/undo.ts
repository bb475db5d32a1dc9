import type { BlockHash } from "@forkyard/core/hash";
import { outPointKey } from "@forkyard/core/tx";
import { isSameCoin } from "./coin-set.ts";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import type { ValidBlock } from "./reference/reference-block.ts";
import { type Violation, violation } from "./violation.ts";

/** Taking a block off gives the coins back as they were before it, to the last byte: `disconnect(connect(S)) = S`. */
export function undoChecker({ reference }: Inspection): Checker {
  const checked = new Map<string, Set<BlockHash>>();
  return {
    observe(event) {
      if (event.type === "life") checked.delete(event.node);
    },
    check(node) {
      const done = checked.get(node.name) ?? new Set();
      checked.set(node.name, done);
      const { tree, tip } = node.chain;
      for (let at = tip; at.height > 0 && !done.has(at.hash); at = tree.ancestor(at, at.height - 1)) {
        done.add(at.hash);
        const judged = reference.judge(at.hash);
        const fault = judged?.valid === true ? undoes(node, judged) : undefined;
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

function undoes(node: NodeInside, { block, parent, coins }: ValidBlock): Violation | undefined {
  const undo = node.store.undo(block.hash);
  const where = `undo data of block ${block.hash}`;
  if (undo === undefined || parent === undefined) return violation("undo", node.name, `${where} is not there`);
  const after = new Map(coins);
  for (const { outPoint } of undo.created) {
    if (!after.delete(outPointKey(outPoint))) {
      return violation("undo", node.name, `${where} takes ${outPointKey(outPoint)} back, which it did not make`);
    }
  }
  for (const { outPoint, coin } of undo.spent) after.set(outPointKey(outPoint), coin);
  for (const [key, coin] of parent.coins) {
    const given = after.get(key);
    if (given === undefined) return violation("undo", node.name, `${where} does not bring ${key} back`);
    if (!isSameCoin(given, coin)) return violation("undo", node.name, `${where} brings ${key} back as another coin`);
  }
  if (after.size === parent.coins.size) return undefined;
  return violation("undo", node.name, `${where} leaves ${after.size} coins of ${parent.coins.size}`);
}
