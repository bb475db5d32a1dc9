import { toHex } from "@forkyard/core/bytes/bytes";
import { outPointKey, type Transaction } from "@forkyard/core/tx";
import type { WalletName } from "../world/world.ts";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import { type Violation, violation } from "./violation.ts";

type WalletInside = NodeInside["wallets"] extends ReadonlyMap<string, infer Inside> ? Inside : never;

/**
 * A wallet has the coins of its node's chain that pay its scripts, less those that a waiting or held payment spends, and
 * of unconfirmed ones only what a known payment makes. No change or receiving key is given out twice.
 */
export function walletChecker(inspection: Inspection): Checker {
  return {
    check(node) {
      for (const [name, wallet] of node.wallets) {
        const fault = faultOf(name, wallet, node);
        if (fault !== undefined) return violation("wallet", node.name, `${name}: ${fault}`);
      }
      return undefined;
    },
    checkAtEnd: () => reusedKey(inspection),
  };

  function faultOf(name: WalletName, wallet: WalletInside, node: NodeInside): string | undefined {
    const judged = inspection.reference.judge(node.chain.tip.hash);
    if (judged?.valid !== true) return undefined;
    if (wallet.height !== node.chain.tip.height)
      return `at height ${wallet.height}, its node at ${judged.entry.height}`;
    const listed = new Map(wallet.coins().map((coin) => [outPointKey(coin.outPoint), coin]));
    for (const [key, { height, output }] of listed) {
      const coin = judged.coins.get(key);
      if (height !== undefined && coin === undefined) return `it counts ${key}, which is not on the chain`;
      if (coin !== undefined && coin.output.value !== output.value) return `it counts ${key} with ${output.value}`;
    }
    const own = new Set(wallet.scripts().map(hexOf));
    const spent = spentBy(name, node);
    for (const [key, { output }] of judged.coins) {
      if (!own.has(hexOf(output.scriptPubKey)) || listed.has(key) || spent.has(key)) continue;
      return `${key} with ${output.value} is its own, and it does not know`;
    }
    return undefined;
  }

  /** Outputs that its own payments, waiting or not, and its node's mempool spend. */
  function spentBy(name: WalletName, node: NodeInside): ReadonlySet<string> {
    const spent = new Set<string>();
    const spend = (tx: Transaction): void => {
      for (const { prevout } of tx.inputs) spent.add(outPointKey(prevout));
    };
    for (const { tx, payer } of inspection.payments()) if (payer === name) spend(tx);
    for (const { tx } of node.mempool.entries()) spend(tx);
    return spent;
  }
}

/** The same few scripts are looked at again and again. */
const hexes = new WeakMap<Uint8Array, string>();

function hexOf(script: Uint8Array): string {
  const known = hexes.get(script);
  if (known !== undefined) return known;
  const hex = toHex(script);
  hexes.set(script, hex);
  return hex;
}

/** Every output of every payment goes to a script of its own. */
function reusedKey(inspection: Inspection): Violation | undefined {
  const paidBy = new Map<string, string>();
  for (const { tx } of inspection.payments()) {
    for (const { scriptPubKey } of tx.outputs) {
      const script = hexOf(scriptPubKey);
      const other = paidBy.get(script);
      if (other !== undefined && other !== tx.txid) {
        return violation("wallet", undefined, `${tx.txid} and ${other} pay the same key`);
      }
      paidBy.set(script, tx.txid);
    }
  }
  return undefined;
}
