import assert from "node:assert/strict";
import { test } from "node:test";
import { lostPaymentsChecker } from "./lost-payments.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("a payment of a block taken back has to wait again, unless something it spends is gone", async () => {
  const { inspection, node, pass, world } = await inspectedWorld();
  const checker = lostPaymentsChecker(inspection);
  const chain = world.hosts.get("a")?.node?.chain ?? assert.fail();
  assert.equal(checker.check?.(node("a")), undefined);
  const mined = [...inspection.payments()].map(({ tx }) => tx).find(({ txid }) => !node("a").mempool.has(txid));
  assert.ok(mined !== undefined, "one payment is in a block");
  chain.invalidate(chain.activeAt(chain.tip.height - 1) ?? assert.fail());
  await pass(0);
  const after = node("a");
  assert.equal(after.mempool.has(mined.txid), true);
  const forgets = altered(after.mempool, {
    has: () => false,
    spender: () => undefined,
    entries: () => [].values(),
  });
  assert.equal(checker.check?.(after), undefined);
  assert.match(again({ ...after, mempool: forgets }), new RegExp(`${mined.txid} .* is forgotten`));
  const taken = altered(forgets, { spender: () => mined.txid });
  assert.equal(again({ ...after, mempool: taken }), "");

  /** What it says when the same reorganisation is all that it sees. */
  function again(inside: ReturnType<typeof node>): string {
    const anew = lostPaymentsChecker(inspection);
    const left = [...chain.tree.tips()].find(({ height }) => height > chain.tip.height) ?? assert.fail();
    anew.check?.({ ...inside, chain: altered(inside.chain, { tip: left }) });
    return anew.check?.(inside)?.text ?? "";
  }
});
