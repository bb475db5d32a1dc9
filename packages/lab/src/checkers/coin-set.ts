import { equalBytes } from "@forkyard/core/bytes/bytes";
import type { Coin } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import type { ValidBlock } from "./reference/reference-block.ts";
import { type Violation, violation } from "./violation.ts";

/**
 * The coins that a node keeps are those that its active chain makes, folded block by block by the reference: looked up
 * one by one after every event, and listed whole at the end.
 */
export function coinSetChecker({ reference }: Inspection): Checker {
  const seen = new Map<string, string>();
  return {
    check(node) {
      const { tip } = node.chain;
      if (seen.get(node.name) === tip.hash) return undefined;
      seen.set(node.name, tip.hash);
      const judged = reference.judge(tip.hash);
      return judged?.valid === true ? compareByKey(node, judged) : undefined;
    },
    async checkAtEnd(node) {
      const judged = reference.judge(node.chain.tip.hash);
      if (judged?.valid !== true) return undefined;
      return compareByKey(node, judged) ?? (await compareWhole(node, judged));
    },
  };
}

function compareByKey({ name, store, chain }: NodeInside, { coins, parent }: ValidBlock): Violation | undefined {
  for (const [key, coin] of coins) {
    const kept = store.coin(outPointOf(key));
    if (kept === undefined) return violation("coins", name, `${key} is missing at height ${chain.tip.height}`);
    if (!isSameCoin(kept, coin)) return violation("coins", name, `${key} is another coin than its block made`);
  }
  for (const key of parent?.coins.keys() ?? []) {
    if (coins.has(key) || store.coin(outPointOf(key)) === undefined) continue;
    return violation("coins", name, `${key} was spent by the tip and is still there`);
  }
  return undefined;
}

async function compareWhole({ name, store }: NodeInside, { coins }: ValidBlock): Promise<Violation | undefined> {
  let count = 0;
  for await (const { outPoint } of store.coins()) {
    count += 1;
    const key = outPointKey(outPoint);
    if (!coins.has(key)) return violation("coins", name, `${key} is kept, but its chain has no such coin`);
  }
  if (count === coins.size) return undefined;
  return violation("coins", name, `${count} coins are listed, ${coins.size} are there`);
}

export function isSameCoin(a: Coin, b: Coin): boolean {
  return (
    a.height === b.height &&
    a.coinbase === b.coinbase &&
    a.output.value === b.output.value &&
    equalBytes(a.output.scriptPubKey, b.output.scriptPubKey)
  );
}

/** @param key `txid:vout` */
export function outPointOf(key: string): OutPoint {
  const colon = key.indexOf(":");
  return { txid: key.slice(0, colon) as Txid, vout: Number(key.slice(colon + 1)) };
}
