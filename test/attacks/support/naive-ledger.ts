import assert from "node:assert/strict";
import { outPointKey } from "@forkyard/core/tx";
import type { Forge } from "./forge.ts";
import type { SimNode } from "./sim-node.ts";

const OP_RETURN = 0x6a;
const LONGEST_SCRIPT_BYTES = 10_000;

/** What is spent and what is not after these blocks, worked out in the plainest way: satoshis and script by outpoint. */
function ledgerOf(blocks: ReturnType<Forge["path"]>): ReadonlyMap<string, string> {
  const coins = new Map<string, string>();
  for (const { txs } of blocks) {
    for (const [position, tx] of txs.entries()) {
      if (position > 0) {
        for (const { prevout } of tx.inputs) {
          assert.ok(coins.delete(outPointKey(prevout)), `${outPointKey(prevout)} is spent, but it is no coin`);
        }
      }
      for (const [vout, { value, scriptPubKey }] of tx.outputs.entries()) {
        if (scriptPubKey[0] === OP_RETURN || scriptPubKey.length > LONGEST_SCRIPT_BYTES) continue;
        coins.set(outPointKey({ txid: tx.txid, vout }), `${value} ${scriptPubKey.toString()}`);
      }
    }
  }
  return coins;
}

/** Holds a node's coins, one by one and in its totals, against the plain ledger of the chain that it follows. */
export async function assertCoins(node: SimNode, forge: Forge): Promise<void> {
  const expected = ledgerOf(forge.path(node.chain.tip.hash));
  const coins = await node.coins();
  const found = new Map(
    [...coins].map(([key, { output }]) => [key, `${output.value} ${output.scriptPubKey.toString()}`] as const),
  );
  assert.deepEqual(found, expected, "the coins are those of the chain");
  const total = [...coins.values()].reduce((sum, { output }) => sum + output.value, 0n);
  const { coinCount, coinTotal, hash } = node.chain.tipRecord;
  assert.deepEqual(
    { coinCount, coinTotal, hash },
    { coinCount: coins.size, coinTotal: total, hash: node.chain.tip.hash },
  );
}
